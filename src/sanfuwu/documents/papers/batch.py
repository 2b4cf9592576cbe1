"""交办单 of several problems: one Word file each, in one .zip."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from sanfuwu.problems.snapshot import load_many
from sanfuwu.territory.actor import Actor

from ..actions.issuing import issue
from ..commands import RequestExport
from ..models import Paper
from ..queries import approved_template, asked_for, letterhead
from . import standard, word
from .fields import sheet_of

_CHUNK = 50


def write_orders(
    path: Path, cmd: RequestExport, *, actor: Actor, now: dt.datetime, told: Callable[[int, int], None]
) -> int:
    """Issue and write them; returns how many. One that was issued before keeps its number."""
    asked = asked_for(cmd, actor)
    if asked is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(*asked)
        ids = [row[0] for row in cursor.fetchall()]
    own = approved_template(Paper.ORDER)
    template = bytes(own.file) if own else standard.template(Paper.ORDER)
    head = letterhead()
    written = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for start in range(0, len(ids), _CHUNK):
            snaps = {snap.problem.pk: snap for snap in load_many(ids[start : start + _CHUNK])}
            for pk in ids[start : start + _CHUNK]:
                document = issue(pk, Paper.ORDER.value, actor=actor, now=now)
                filled = word.render(template, sheet_of(document, snaps[pk], head, host=cmd.host))
                package.writestr(f"{document.number} {snaps[pk].problem.number}.docx", filled)
                written += 1
                told(written, written)
    return written
