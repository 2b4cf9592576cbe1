"""What time it is. Pages, API and tokens ask `now()`; actions and queries are told.

An installation has the real time. A demonstration plays on 20 February 2019 and its clock runs on from there: the file
`demo-clock.json` in the data directory, written by `sanfuwu demo` and by nothing else, says by how many seconds it
differs. A production has no such file; `sanfuwu check` warns where there is one.
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


def stored_offset(data_dir: Path) -> float:
    """Seconds to add to the real time: 0 without the file. Read once, when a program starts."""
    try:
        return float(json.loads((data_dir / FILE).read_text(encoding="utf-8"))["offset"])
    except FileNotFoundError:
        return 0.0


def store(data_dir: Path, moment: dt.datetime, *, real: dt.datetime) -> float:
    """Let programs that start from now on begin at `moment`; returns the offset."""
    offset = round((moment - real).total_seconds(), 3)
    (data_dir / FILE).write_text(json.dumps({"offset": offset}), encoding="utf-8")
    return offset
