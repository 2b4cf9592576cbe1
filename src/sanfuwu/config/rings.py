"""Python's search for rings among objects, for programs that live long and make rows by the hundred."""

from __future__ import annotations

import gc
from typing import Final

EVERY: Final = 50_000  # new objects between two looks: some ten batches of rows, some hundred requests


def settle() -> None:
    """Call it when what such a program needs is loaded. That stays and is not looked through again; the rest less often
    than every 700 objects, which a few rows fill (ADR 0031)."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(EVERY, 20, 20)
