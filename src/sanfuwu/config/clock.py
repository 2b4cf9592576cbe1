"""What time it is. Pages, API and tokens ask `now()`; actions and queries are told.

An installation has the real time. A demonstration plays on 20 February 2019 and its clock runs on from there, but only
while it is in use: the file `demo-clock.json` in the data directory, written by `sanfuwu demo` and by nothing else,
says by how many seconds it differs. A production has no such file; `sanfuwu check` warns where there is one.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from django.conf import settings
from django.utils import timezone

FILE = "demo-clock.json"


def now() -> dt.datetime:
    """The present moment, aware; of a demonstration the moment it plays at."""
    return timezone.now() + dt.timedelta(seconds=settings.SANFUWU_CLOCK_OFFSET)


def today() -> dt.date:
    """The local date of `now()`."""
    return timezone.localdate(now())


def is_shifted() -> bool:
    """Whether this installation does not have the real time, because it is a demonstration."""
    return bool(settings.SANFUWU_CLOCK_OFFSET)


def for_tables(now: dt.datetime) -> dt.datetime:
    """When the rows of a table are registered: the real time where this is a demonstration, whose clock stands in 2019,
    because tables come from later years; otherwise `now`."""
    return timezone.now() if is_shifted() else now


def stored_offset(data_dir: Path) -> float:
    """Seconds to add to the real time: 0 without the file. Read once, when a program starts."""
    return float(_read(data_dir).get("offset", 0.0))


def set_going(data_dir: Path, begins: dt.datetime, *, real: dt.datetime) -> None:
    """Let the clock of programs that start from now on run: where it stood when it was stopped, otherwise at `begins`.

    One that was not stopped (the program was killed) has run on.
    """
    said = _read(data_dir)
    if "offset" in said and "stopped_at" not in said:
        return
    moment = dt.datetime.fromisoformat(str(said.get("stopped_at", begins.isoformat())))
    _write(data_dir, {"offset": round((moment - real).total_seconds(), 3)})


def stop(data_dir: Path, *, real: dt.datetime) -> None:
    """Let the clock stand until `set_going`."""
    offset = stored_offset(data_dir)
    _write(data_dir, {"offset": offset, "stopped_at": (real + dt.timedelta(seconds=offset)).isoformat()})


def _read(data_dir: Path) -> dict[str, float | str]:
    try:
        said: dict[str, float | str] = json.loads((data_dir / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return said


def _write(data_dir: Path, said: dict[str, float | str]) -> None:
    draft = data_dir / f".{FILE}.new"
    draft.write_text(json.dumps(said), encoding="utf-8")
    draft.replace(data_dir / FILE)
