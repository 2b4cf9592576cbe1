"""The number of a problem, and the code on the requester's slip of paper."""

from __future__ import annotations

import datetime as dt
import secrets
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from sanfuwu.counties.queries import county_code
from sanfuwu.ledger.reader import ask
from sanfuwu.ledger.together import open_book

DRAWN_AT_ONCE = 50  # numbers for an open book, which registers many one by one
# Crockford's base 32: no I, L, O, U, so that a code survives a telephone call.
_CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_PAIRS = [one + two for one in _CODE_ALPHABET for two in _CODE_ALPHABET]


def next_numbers(now: dt.datetime, count: int, *, training: bool) -> list[str]:
    """The next numbers of this year's sequence: unique, rising, with gaps where a transaction failed.

    Training has a sequence of its own, so that it leaves no gap in the real one.
    """
    year = now.astimezone(ZoneInfo(settings.TIME_ZONE)).year
    sequence, mark = ("training_number", "YL") if training else (f"problem_number_{year}", "")
    book = open_book()
    drawn = book.drawn.setdefault(sequence, []) if book is not None else []
    if len(drawn) < count:
        wanted = max(count - len(drawn), DRAWN_AT_ONCE) if book is not None else count
        # In a pipeline the act's BEGIN goes with it: a round trip less.
        with connection.cursor() as cursor, cursor.connection.pipeline():
            drawn += [n for (n,) in ask("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, wanted])]
    taken, drawn[:] = drawn[:count], drawn[count:]
    before = f"{county_code()}-{mark}{year}-"
    return [f"{before}{value:06d}" for value in taken]


def new_read_code() -> str:
    """What stands on the requester's slip of paper."""
    bits = secrets.randbits(60)
    return "".join([_CODE_PAIRS[bits >> shift & 1023] for shift in range(0, 60, 10)])
