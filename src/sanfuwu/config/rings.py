"""Python's search for rings among objects, for programs that live long and make rows by the hundred."""

from __future__ import annotations

import gc
from typing import Final

EVERY: Final = 50_000  # new objects between two looks: a batch of rows or some requests, at most a few megabytes


def settle() -> None:
    """Call it once all is loaded. What is loaded stays and is not looked through again; the rest less often than every
    700 objects, which a few rows fill: that took a tenth of the work of a registration."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(EVERY, 20, 20)
