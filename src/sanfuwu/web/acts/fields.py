"""One form field per field of a command. A command's field that is not named here has no place on a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from sanfuwu.reference.queries import rules_at
from sanfuwu.web import words
from sanfuwu.web.limit_words import length

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
    sees_requester: bool = True  # whoever acts; what is kept from him is not asked of him
    anonymous: bool = False
    result_kind: str = ""
    withdrawn: bool = False  # the call-back asks about a withdrawal
    proposal: str = ""  # who the catalogue says, and by which line
    proposed_category: str = ""  # what whoever registered it thinks it is, with its path
    initial: dict[str, Any] = field(default_factory=dict)


Maker = Callable[[FormContext], forms.Field | None]


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


def _said(label: str, help_text: str = "") -> forms.Field:
    """Yes, no, or not asked: never a default."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        help_text=help_text,
        widget=forms.RadioSelect,
    )


def _yes_no(label: str, yes: str, no: str) -> forms.Field:
    """A decision: never a default."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


def _date(label: str, help_text: str = "", *, required: bool = False) -> forms.Field:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )


def _select(
    label: str, options: Choices, *, required: bool = True, help_text: str = "", blank: str = "—"
) -> forms.Field:
    return forms.ChoiceField(label=label, choices=[("", blank), *options], required=required, help_text=help_text)


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


def _of_requester(only: Maker) -> Maker:
    """Not asked of somebody from whom the requester is kept."""
    return lambda c: only(c) if c.sees_requester else None


def _limits(now: dt.datetime) -> dict[str, str]:
    """What a lead gets for each choice, for a sentence: "(7 working days)". By the rules in force."""
    rules = rules_at(now)
    return {
        name: _(" (%(time)s)") % {"time": length(str(getattr(rules, name).lead))}
        for name in ("limited", "key", "urgent", "consult", "study", "dispute")
    }


def _phone(help_text: str = "") -> forms.Field:
    return forms.CharField(
        label=_("Telephone"),
        max_length=20,
        required=False,
        help_text=help_text,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "class": "short"}),
    )


def _contact_name() -> forms.Field:
    return forms.CharField(label=_("Contact person"), max_length=40, required=False)


MAKERS: dict[str, Maker] = {
    "accept.category_id": lambda c: _select(
        _("Category"),
        c.categories,
        help_text=_("Proposed at registration: %(category)s. You decide.") % {"category": c.proposed_category}
        if c.proposed_category
        else _("Nothing was proposed at registration; choose as finely as you can."),
    ),
    "accept.tier": lambda c: _radio(
        _("Tier"),
        words.options(words.TIERS, ("limited", "key")),
        initial="limited",
        help_text=_("Time-limited: solved soon with some co-ordination%(limited)s. Key: hard, for a leader%(key)s.")
        % _limits(c.now),
    ),
    "accept.urgency": lambda c: _radio(
        _("Urgency"),
        words.options(words.URGENCIES),
        initial="normal",
        help_text=_("Ordinary: the time of its tier. Urgent%(urgent)s and question only%(consult)s: their own.")
        % _limits(c.now),
    ),
    "accept.nature": lambda c: _radio(
        _("Nature"),
        words.options(words.NATURES),
        initial="problem",
        help_text=_("Counts for key problems: a subject to study%(study)s, a dispute%(dispute)s; else no difference.")
        % _limits(c.now),
    ),
    "decline.reason_code": lambda c: _radio(_("Reason"), words.reason_options("decline")),
    "decline.where_to_go": lambda c: _area(
        _("Where the requester should go instead"),
        _("Office, telephone or procedure; he reads it. Left empty, the reason's own sentence goes out."),
        most=500,
        required=False,
    ),
    "request_info.what": lambda c: _area(_("What is missing"), most=500),
    "supply_info.text": lambda c: _area(_("Supplement"), _("No telephone number here: it has a field below."), rows=4),
    "supply_info.contact_name": _of_requester(lambda c: _contact_name()),
    "supply_info.phone": _of_requester(
        lambda c: _phone(_("Kept encrypted; filled in, it takes the place of what was there."))
    ),
    "correct.reason": lambda c: _area(_("Why it is corrected"), most=500, rows=2),
    "correct.title": lambda c: forms.CharField(
        label=_("Title"), max_length=200, required=False, help_text=_("What is left open stays as it is.")
    ),
    "correct.division": lambda c: _select(_("Town or village"), c.places, required=False, blank=_("as before")),
    "correct.category_id": lambda c: _select(_("Category"), c.categories, required=False, blank=_("as before")),
    "correct.confidential": _of_requester(
        lambda c: _radio(
            _("Identity of the requester"),
            [("", _("as before")), ("yes", _("confidential")), ("no", _("open"))],
            required=False,
        )
    ),
    "correct.contact_name": _of_requester(lambda c: _contact_name()),
    "correct.phone": _of_requester(lambda c: _phone(_("Kept encrypted; left open, it stays as it is."))),
    "dispatch.lead": lambda c: _select(_("Lead unit"), c.units, help_text=c.proposal),
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
    "return.reason": lambda c: _area(_("Why it is not your unit's"), most=1000),
    "return.basis": lambda c: _area(
        _("By which provision"), _("A list of duties, a rule, a contract: name and number."), most=1000, rows=2
    ),
    "return.proposed_unit": lambda c: _select(_("Whose it is instead"), c.units),
    "rule_uphold.reason": lambda c: _area(_("Reason"), most=1000),
    "rule_reassign.unit": lambda c: _select(_("Unit that gets it"), c.units),
    "rule_reassign.reason": lambda c: _area(_("Remark"), required=False, most=1000, rows=2),
    "request_extension.due_on": lambda c: _date(
        _("New date"), _("A working day; it ends at the close of business."), required=True
    ),
    "request_extension.reason": lambda c: _area(_("Reason"), most=1000),
    "decide_extension.granted": lambda c: _yes_no(_("Decision"), _("grant"), _("refuse")),
    "decide_extension.remark": lambda c: _area(
        _("Remark"), _("A refusal says why."), required=False, most=1000, rows=2
    ),
    "request_hold.condition": lambda c: _radio(_("What is waited for"), words.options(words.HOLD_CONDITIONS)),
    "request_hold.review_on": lambda c: _date(_("To be looked at again on"), _("A working day."), required=True),
    "request_hold.reason": lambda c: _area(_("Reason"), most=1000),
    "hold.condition": lambda c: _radio(_("What is waited for"), words.options(words.HOLD_CONDITIONS)),
    "hold.review_on": lambda c: _date(_("To be looked at again on"), _("A working day."), required=True),
    "hold.remark": lambda c: _area(_("Remark"), required=False, most=1000, rows=2),
    "refuse_hold.reason": lambda c: _area(_("Reason"), most=1000),
    "renew_hold.review_on": lambda c: _date(_("To be looked at again on"), _("A working day."), required=True),
    "renew_hold.reason": lambda c: _area(_("Reason"), most=1000, rows=2),
    "unhold.remark": lambda c: _area(_("Remark"), required=False, most=1000, rows=2),
    "reopen.reason": lambda c: _area(_("What the requester says"), most=2000),
    "reopen.how": lambda c: _radio(
        _("How he said it"), words.options(words.CONTACT_WAYS, ("phone", "visit", "sms")), initial="phone"
    ),
    "withdraw.reason": lambda c: _area(_("Why he withdraws it"), most=1000),
    "withdraw.proof": lambda c: _area(
        _("What proves it"), _("A letter, a recording, a message, who was there."), most=1000, rows=2
    ),
    "withdraw.how": lambda c: _radio(
        _("How he said it"), words.options(words.CONTACT_WAYS, ("phone", "visit", "sms")), initial="phone"
    ),
    "merge.master": lambda c: forms.CharField(
        label=_("Number of the problem it is merged into"),
        help_text=_("As on its page, for example 330604-2019-000123."),
        max_length=24,
    ),
    "merge.reason": lambda c: _area(_("Why they are the same matter"), most=1000, rows=2),
    "unmerge.reason": lambda c: _area(_("Why it is a matter of its own"), most=1000, rows=2),
    "split.parts": lambda c: _area(
        _("The parts"), _("One paragraph each, an empty line between them."), most=20_000, rows=8
    ),
    "split.reason": lambda c: _area(_("Remark"), required=False, most=1000, rows=2),
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
    "send_back.reason_code": lambda c: _radio(_("Reason"), words.reason_options("send_back")),
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
    "record_callback.contacted": lambda c: (
        None
        if c.withdrawn
        else _said(
            _("Had the unit been in contact?"), _("Three questions to the requester; none is filled in beforehand.")
        )
    ),
    "record_callback.solved": lambda c: None if c.withdrawn else _said(_("Is it solved?")),
    "record_callback.satisfied": lambda c: (
        _radio(_("Did he withdraw it of his own will?"), [("yes", _("Yes")), ("no", _("No"))], required=False)
        if c.withdrawn
        else _radio(_("Is he satisfied?"), words.options(words.SATISFACTION), required=False)
    ),
    "record_callback.outcome": lambda c: (
        None
        if c.withdrawn
        else _radio(
            _("What follows"),
            words.options(
                words.CALLBACK_OUTCOMES, ("anonymous",) if c.anonymous else ("confirmed", "dissatisfied", "redo")
            ),
            required=False,
            help_text="" if c.anonymous else _("Left open, it follows from the answers above."),
        )
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
FOLDED = frozenset(
    {
        "reopen.how",
        "withdraw.how",
        "accept.urgency",
        "accept.nature",
        "record_callback.outcome",
    }
)
