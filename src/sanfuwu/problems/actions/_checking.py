"""What can be said of a registration before anything is read or written: is it complete, and does it fit together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from sanfuwu.counties.queries import division_exists
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.parties.actions import CheckedRequester, check_requester
from sanfuwu.rules.identifiers import check_division
from sanfuwu.rules.resolution_level import OnSpotClaim, OnSpotFault, on_spot_faults

from ..commands import Registration, SpotSolution
from ..models import Problem
from ._shell import require_choice, require_text

TITLE_LENGTH = 40
TEXT_LENGTH = 20_000  # the longest real message looked at has 12,220 characters
_SENTENCE_END = re.compile(r"[。！？!?;；\n]")

# `.values` of choices is worked out at every look; a batch looks 1,500 times.
_CHANNEL = frozenset(Problem.Channel.values)
_URGENCY = frozenset(Problem.Urgency.values)
_NATURE = frozenset(Problem.Nature.values)


@dataclass(frozen=True, slots=True)
class Checked:
    """A registration that can no longer fail."""

    reg: Registration
    requester: CheckedRequester
    division: str  # 12 digits
    text: str
    title: str
    raised_on: dt.datetime


def check(reg: Registration, solution: SpotSolution | None, now: dt.datetime) -> Checked:
    """What the office may write down, in its normal form. Raises `InvalidInput` with the field that is wrong."""
    text = require_text(reg.text, "text", most=TEXT_LENGTH)
    title = reg.title.strip() or first_sentence(text)
    if len(title) > 200:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": 200}, field="title")
    division = check_division(reg.division)
    if not division.ok or not division_exists(division.value):
        raise InvalidInput(_("Choose the town or village it belongs to."), field="division")
    require_choice(reg.channel, _CHANNEL, "channel")
    require_choice(reg.urgency, _URGENCY, "urgency")
    require_choice(reg.nature, _NATURE, "nature")
    require_choice(reg.origin, ("live", "import"), "origin")  # training is the actor's, never a row's
    who = check_requester(reg.requester)
    if not reg.anonymous and not (who.name or who.contact_name or who.phone or who.party_id):
        raise InvalidInput(_("Say who raised it, or mark it as anonymous."), field="requester")
    raised_on = reg.raised_on or now
    if raised_on > now:
        raise InvalidInput(_("It cannot have been raised in the future."), field="raised_on")
    if reg.source_ref is not None and len(reg.source_ref) > 80:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": 80}, field="source_ref")
    if solution is not None:
        _check_on_spot(reg, solution, raised_on, now)
    return Checked(reg, who, division.value, text, title, raised_on)


_FAULTS: dict[OnSpotFault, tuple[str, Callable[[], str]]] = {
    OnSpotFault.NOT_THE_SAME_DAY: ("raised_on", lambda: _("Only what was raised today can be solved on the spot.")),
    OnSpotFault.NOT_AT_VISIT_OR_MEETING: (
        "channel",
        lambda: _("Solved on the spot is for visits and meetings; register it otherwise."),
    ),
    OnSpotFault.HOW_IS_MISSING: ("how", lambda: _("Say how it was solved.")),
    OnSpotFault.CONFIRMATION_IS_MISSING: ("confirmed_by", lambda: _("Say who confirmed it.")),
}


def _check_on_spot(reg: Registration, solution: SpotSolution, raised_on: dt.datetime, now: dt.datetime) -> None:
    claim = OnSpotClaim(
        registered_at=raised_on,
        solved_at=now,
        during_visit_or_meeting=reg.channel in (Problem.Channel.VISIT, Problem.Channel.MEETING),
        how=solution.how,
        confirmed_by=solution.confirmed_by,
        dispatched_before=False,
    )
    for fault in on_spot_faults(claim, tz=ZoneInfo(settings.TIME_ZONE)):
        field, sentence = _FAULTS[fault]
        raise InvalidInput(sentence(), field=field)
    require_text(solution.how, "how", most=2000)
    require_text(solution.confirmed_by, "confirmed_by", most=80)


def first_sentence(text: str) -> str:
    """The title of a text that was given none."""
    first = _SENTENCE_END.split(text, maxsplit=1)[0].strip() or text
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"
