"""Lines of the ledger and of the desk, from the queries' lines."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanfuwu.problems.queries import Line

from . import bars, words
from .pieces import LedgerRow


def row(line: Line) -> LedgerRow:
    """One line in words. A resident's name is not listed; a confidential requester never."""
    co = [name for name in line.co if name]
    follows = _("merged into %(number)s") % {"number": line.master.partition("-")[2]} if line.master else ""
    said = (follows, line.place, line.category, words.word(words.CHANNELS, line.channel))
    second = " · ".join(part for part in said if part)
    kind = words.word(words.PARTY_KINDS, line.party_kind)
    return LedgerRow(
        number=line.number,
        short=line.number.partition("-")[2],
        url=reverse("web:problem", args=[line.number]),
        title=line.title or _("(confidential, not yet sent out)"),
        second=second,
        party=_("confidential") if line.confidential and not line.requester else line.requester or kind,
        lead=line.lead,
        lead_second=_co(co),
        chip=words.stage_chip(line.stage),
        bar=bars.of_line(line),
        tier=line.tier,
        marks=tuple(words.mark_chip(mark) for mark in line.marks),
    )


def _co(names: list[str]) -> str:
    if not names:
        return ""
    if len(names) == 1:
        return _("with %(unit)s") % {"unit": names[0]}
    return ngettext("with %(n)d unit", "with %(n)d units", len(names)) % {"n": len(names)}
