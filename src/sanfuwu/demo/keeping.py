"""What a data directory remembers of its demonstration: whether it is complete, and who may log in (0600)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from sanfuwu.config import env

from .cast import Credential

FILE = env.DEMO_FILE


@dataclass(frozen=True, slots=True)
class Kept:
    """`complete` False: the program was ended while it made the demonstration."""

    complete: bool
    people: tuple[Credential, ...] = ()


def path_in(data_dir: Path) -> Path:
    return data_dir / FILE


def load(data_dir: Path) -> Kept | None:
    """None: there is no demonstration here."""
    try:
        said = json.loads(path_in(data_dir).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Kept(bool(said["complete"]), tuple(Credential(**one) for one in said["people"]))


def save(data_dir: Path, kept: Kept) -> None:
    """Readable by the owner of the directory only, and never half written."""
    draft = data_dir / f".{FILE}.new"
    body = json.dumps(
        {"complete": kept.complete, "people": [one.as_dict() for one in kept.people]}, ensure_ascii=False, indent=1
    )
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(body)
    draft.replace(path_in(data_dir))
