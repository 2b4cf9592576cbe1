"""One form field per field of a command. A command's field that is not named here has no place on a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from sanfuwu.problems.commands import DECLINE_REASONS, SEND_BACK_REASONS
from sanfuwu.web import words

Choices = list[Any]


@dataclass(frozen=True, slots=True)
class FormContext:
    """What the choices of a form depend on. Lists are (id, name) or (group, [(id, name) …])."""

    now: dt.datetime
    units: Choices = field(default_factory=list)  # may lead or help
    units_below: Choices = field(default_factory=list)  # may be handed down to
    categories: Choices = field(default_factory=list)
    places: Choices = field(default_factory=list)
    requirements: Choices = field(default_factory=list)  # still owed
    systems: Choices = field(default_factory=list)  # other systems in use
    numbers: Choices = field(default_factory=list)  # (id, system and number) that the problem has there
    confidential: bool = False
    anonymous: bool = False
    result_kind: str = ""
    initial: dict[str, Any] = field(default_factory=dict)


Maker = Callable[[FormContext], forms.Field | None]
_BLANK = [("", "—")]


def _area(label: str, help_text: str = "", *, required: bool = True, most: int = 2000, rows: int = 3) -> forms.Field:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _radio(
    label: str, options: Choices, *, initial: str = "", required: bool = True, help_text: str = ""
) -> forms.Field:
    return forms.ChoiceField(
        label=label,
        choices=options,
        initial=initial,
        required=required,
        help_text=help_text,
        widget=forms.RadioSelect,
    )


def _said(label: str) -> forms.Field:
    """Yes, no, or not asked: never a default."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


def _date(label: str, help_text: str = "") -> forms.Field:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )


def _select(label: str, options: Choices, *, required: bool = True, help_text: str = "") -> forms.Field:
    return forms.ChoiceField(label=label, choices=_BLANK + options, required=required, help_text=help_text)


def _several(label: str, options: Choices, help_text: str = "") -> forms.Field:
    flat: Choices = []
    for value, name in options:
        flat += list(name) if isinstance(name, list | tuple) else [(value, name)]
    return forms.MultipleChoiceField(
        label=label, choices=flat, required=False, help_text=help_text, widget=forms.CheckboxSelectMultiple
    )


def _secret(only: Maker) -> Maker:
    """Asked only for a confidential problem."""
    return lambda c: only(c) if c.confidential else None


MAKERS: dict[str, Maker] = {
    "accept.category_id": lambda c: _select(
        _("Category"), c.categories, help_text=_("Proposed at registration; you decide.")
    ),
    "accept.tier": lambda c: _radio(_("Tier"), words.options(words.TIERS, ("limited", "key")), initial="limited"),
    "accept.urgency": lambda c: _radio(_("Urgency"), words.options(words.URGENCIES), initial="normal"),
    "accept.nature": lambda c: _radio(_("Nature"), words.options(words.NATURES), initial="problem"),
    "decline.reason_code": lambda c: _radio(_("Reason"), words.options(words.DECLINE_REASONS, DECLINE_REASONS)),
    "decline.where_to_go": lambda c: _area(
        _("Where the requester should go instead"),
        _("Office, telephone or procedure. He reads this sentence."),
        most=500,
    ),
    "request_info.what": lambda c: _area(_("What is missing"), most=500),
    "supply_info.text": lambda c: _area(_("Supplement"), rows=4),
    "correct.reason": lambda c: _area(_("Why it is corrected"), most=500, rows=2),
    "correct.title": lambda c: forms.CharField(label=_("Title"), max_length=200, required=False),
    "correct.division": lambda c: _select(_("Town or village"), c.places, required=False),
    "correct.category_id": lambda c: _select(_("Category"), c.categories, required=False),
    "correct.confidential": lambda c: _radio(
        _("Identity of the requester"),
        [("", _("as before")), ("yes", _("confidential")), ("no", _("open"))],
        required=False,
    ),
    "dispatch.lead": lambda c: _select(_("Lead unit"), c.units),
    "dispatch.co": lambda c: _several(_("Co-handling units"), c.units),
    "dispatch.instruction": lambda c: _area(_("What is asked of them"), required=False, most=500, rows=2),
    "dispatch.title_for_units": _secret(
        lambda c: forms.CharField(
            label=_("Title for the units"),
            max_length=200,
            help_text=_("The requester is confidential: write it so that nobody can be recognised."),
        )
    ),
    "dispatch.text_for_units": _secret(lambda c: _area(_("Text for the units"), rows=4, most=5000)),
    "hand_down.lead": lambda c: _select(_("Unit below that takes the lead"), c.units_below),
    "hand_down.co": lambda c: _several(_("Co-handling units"), c.units_below),
    "hand_down.instruction": lambda c: _area(_("What is asked of them"), required=False, most=500, rows=2),
    "recall.reason": lambda c: _area(_("Reason"), most=500, rows=2),
    "contact.how": lambda c: _radio(
        _("How"), words.options(words.CONTACT_WAYS, ("phone", "visit", "sms")), initial="phone"
    ),
    "contact.text": lambda c: _area(_("What was said"), required=False),
    "report.text": lambda c: _area(_("Progress")),
    "report.for_requester": lambda c: forms.BooleanField(label=_("The requester may read it too"), required=False),
    "submit_result.result_kind": lambda c: _radio(
        _("Kind of result"), words.options(words.RESULT_KINDS, ("solved", "explained", "unsolvable"))
    ),
    "submit_result.text": lambda c: _area(_("Answer to the requester"), _("He reads this text."), most=5000, rows=4),
    "submit_result.evidence": lambda c: _area(
        _("What proves it"), _("A document, a date, who was there. A photograph is welcome, never compulsory."), rows=2
    ),
    "send_back.reason_code": lambda c: _radio(_("Reason"), words.options(words.SEND_BACK_REASONS, SEND_BACK_REASONS)),
    "send_back.text": lambda c: _area(_("What has to be done again"), most=1000),
    "record_callback.channel": lambda c: _radio(
        _("How"), words.options(words.CONTACT_WAYS, ("phone", "visit", "sms")), initial="phone"
    ),
    "record_callback.reached": lambda c: forms.TypedChoiceField(
        label=_("Was the requester reached?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        initial="no" if c.anonymous else "yes",
        widget=forms.RadioSelect,
    ),
    "record_callback.contacted": lambda c: _said(_("Had the unit been in contact?")),
    "record_callback.solved": lambda c: _said(_("Is it solved?")),
    "record_callback.satisfied": lambda c: _radio(
        _("Is he satisfied?"), words.options(words.SATISFACTION), required=False
    ),
    "record_callback.outcome": lambda c: _radio(
        _("What follows"),
        words.options(
            words.CALLBACK_OUTCOMES, ("anonymous",) if c.anonymous else ("confirmed", "dissatisfied", "redo")
        ),
        required=False,
        help_text="" if c.anonymous else _("Left open, it follows from the answers above."),
    ),
    "record_callback.words": lambda c: _area(
        _("Where the result was published") if c.anonymous else _("In the requester's own words"), required=False
    ),
    "strike_off.remark": lambda c: _area(_("Remark"), required=False, most=500, rows=2),
    "add_requirement.text": lambda c: _area(_("Paper to prepare"), most=500, rows=2),
    "add_requirement.owed_by_unit": lambda c: forms.ChoiceField(
        label=_("Who prepares it"), choices=[("", _("the requester")), *c.units], required=False
    ),
    "add_requirement.due_on": lambda c: _date(_("By")),
    "meet_requirement.requirement_id": lambda c: _radio(_("Paper"), c.requirements),
    "record_commitment.unit_id": lambda c: _select(_("Unit that promises"), c.units),
    "record_commitment.text": lambda c: _area(_("What was promised"), most=500, rows=2),
    "record_commitment.due_on": lambda c: _date(_("By"), _("Leave open when no date was named.")),
    "note_foreign_number.system": lambda c: _radio(_("System"), c.systems),
    "note_foreign_number.number": lambda c: forms.CharField(label=_("Number there"), max_length=80),
    "correct_foreign_number.foreign_id": lambda c: _radio(_("Wrong number"), c.numbers),
    "correct_foreign_number.number": lambda c: forms.CharField(
        label=_("Right number"), max_length=80, required=False, help_text=_("Leave open to take the wrong one away.")
    ),
    "correct_foreign_number.reason": lambda c: _area(_("Why it is corrected"), most=500, rows=2),
    "note_foreign_update.system": lambda c: _radio(_("System"), c.systems),
    "note_foreign_update.number": lambda c: forms.CharField(label=_("Number there"), max_length=80),
    "note_foreign_update.status": lambda c: forms.CharField(
        label=_("State there, in their word"), max_length=40, required=False
    ),
    "note_foreign_update.text": lambda c: _area(_("What they say"), required=False, most=5000),
    "note_foreign_update.said_on": lambda c: _date(_("Said on")),
}

# Fields of commands that a page fills by itself or leaves to the API.
NOT_ASKED = frozenset(
    {"assignment_id", "correct.party_id", "record_commitment.visit_id", "record_commitment.meeting_id"}
)
# Fields that stand behind "more" because they have a good default (quality.md §4: three fields for a main act).
# Not required by the form because it depends on the other answers: not marked "optional" either.
ASKED = frozenset(
    {"record_callback.contacted", "record_callback.solved", "record_callback.satisfied", "record_callback.outcome"}
)
FOLDED = frozenset({"accept.urgency", "accept.nature", "record_callback.channel", "record_callback.outcome"})
