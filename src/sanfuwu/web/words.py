"""Codes of the records in the words of the trade. Every code that a page shows has its word here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .pieces import Chip

Words = Mapping[str, "str | Promise"]

# stage -> word, icon, tone
_STAGES: dict[str, tuple[str | Promise, str, str]] = {
    "draft": (_("Draft"), "file-text", ""),
    "submitted": (_("Awaiting acceptance"), "hourglass", "amber"),
    "info_needed": (_("Awaiting supplement"), "help-circle", "amber"),
    "to_dispatch": (_("Awaiting dispatch"), "send", "amber"),
    "to_sign": (_("Awaiting signature"), "circle-dashed", "amber"),
    "handling": (_("In hand"), "progress", "accent"),
    "returned": (_("Returned, awaiting ruling"), "arrow-back-up", "amber"),
    "on_hold": (_("On hold, followed up"), "player-pause", ""),
    "to_sign_off": (_("Awaiting the head's sign-off"), "user-check", "accent"),
    "to_review": (_("Awaiting review"), "eye", "accent"),
    "to_call_back": (_("Awaiting call-back"), "phone", "amber"),
    "to_strike_off": (_("Awaiting striking off"), "check", "amber"),
    "struck_off": (_("Struck off"), "circle-check", "green"),
    "declined": (_("Not accepted"), "ban", ""),
    "withdrawn": (_("Withdrawn"), "arrow-back-up", ""),
    "merged": (_("Merged"), "transfer", ""),
    "archived": (_("Archived"), "archive", ""),
}

ASSIGNMENT_STATES: dict[str, tuple[str | Promise, str, str]] = {
    "pending_sign": (_("Awaiting signature"), "circle-dashed", "amber"),
    "in_progress": (_("In hand"), "progress", "accent"),
    "return_pending": (_("Returned, awaiting ruling"), "arrow-back-up", "amber"),
    "on_hold": (_("On hold, followed up"), "player-pause", ""),
    "pending_review": (_("Awaiting review"), "eye", "accent"),
    "done": (_("Finished"), "check", "green"),
    "reassigned": (_("Given to another unit"), "transfer", ""),
    "recalled": (_("Recalled"), "arrow-back-up", ""),
}

TIERS: Words = {"on_spot": _("On the spot"), "limited": _("Time-limited"), "key": _("Key problem")}

URGENCIES: Words = {
    "normal": pgettext_lazy("urgency", "Ordinary"),
    "urgent": pgettext_lazy("urgency", "Urgent"),
    "consult": pgettext_lazy("urgency", "Question only"),
}

NATURES: Words = {
    "problem": pgettext_lazy("nature", "Problem"),
    "study": pgettext_lazy("nature", "Subject to study"),
    "dispute": pgettext_lazy("nature", "Dispute"),
}

CHANNELS: Words = {
    "survey": _("Local survey"),
    "line": _("Collected by line departments"),
    "visit": _("Found on a visit"),
    "meeting": _("Government–enterprise meeting"),
    "self": _("Raised by the requester"),
    "hotline": _("Hotline and other systems"),
    "import": _("Imported ledger"),
}

PARTY_KINDS: Words = {
    "enterprise": _("Enterprise"),
    "resident": _("Resident"),
    "village": _("Village or community"),
    "organisation": _("Organisation"),
    "project": _("Project"),
}

RESULT_KINDS: Words = {
    "solved": _("Actually solved"),
    "explained": _("Explained"),
    "planned": _("To be solved by plan"),
    "unsolvable": _("Cannot be solved"),
}

CLOSE_BASES: Words = {
    "confirmed": _("the requester confirmed"),
    "dissatisfied_reviewed": _("the requester is dissatisfied, a second approver reviewed it"),
    "unreachable": _("the requester could not be reached"),
    "anonymous_published": _("anonymous, the result was published"),
    "imported_unknown": _("imported, not known"),
}

RESOLUTION_LEVELS: Words = {
    "on_spot": _("on the spot"),
    "under_leader": _("under a lead leader"),
    "district": _("by co-ordination of the district"),
    "town": _("by co-ordination of the town"),
    "unit": _("by the unit"),
}

ROLES: Words = {
    "collector": _("Visiting cadre"),
    "dispatcher": _("Dispatcher"),
    "town_dispatcher": _("Town dispatcher"),
    "handler": _("Handler"),
    "unit_head": _("Head of the unit"),
    "verifier": _("Call-back officer"),
    "supervisor": _("Supervisor"),
    "leader": _("Leader"),
    "system_officer": _("System officer"),
    "security_officer": _("Security officer"),
    "audit_officer": _("Audit officer"),
}

DECLINE_REASONS: Words = {
    "not_ours": _("Not the duty of this level"),
    "legal_channel": _("To be settled by lawsuit, arbitration or reconsideration"),
    "letters_and_visits": _("Belongs to letters and visits"),
    "no_facts": _("No concrete facts, or they cannot be checked"),
    "repeated": _("Already settled, no new facts or reasons"),
    "state_secret": _("Secret content may not be entered in this system"),
}

# Why another county does not take a problem: its own reason, or that the message found nobody to take it.
TRANSFER_REFUSALS: Words = {
    **DECLINE_REASONS,
    "withdrawn": _("Withdrawn by the requester"),
    "archived": _("Archived without a result"),
    "not_a_partner": _("It does not take problems from this county"),
    "no_such_county": _("There is no such county in this installation"),
}

TRANSFER_KINDS: Words = {
    "up": pgettext_lazy("transfer", "Reported up"),
    "across": pgettext_lazy("transfer", "Handed over"),
}

# What is waited for beyond this county, as a filter and a mark on the problem.
WAITING_ON: Words = {"up": _("Waiting for a superior"), "across": _("Waiting for another county")}

# state of a transfer -> word, icon, tone
TRANSFER_STATES: dict[str, tuple[str | Promise, str, str]] = {
    "waiting": (_("On its way"), "send", "amber"),
    "received": (_("Received, not yet accepted"), "hourglass", "amber"),
    "accepted": (_("Accepted there"), "check", "accent"),
    "declined": (_("Declined"), "ban", ""),
    "finished": (_("Finished there"), "circle-check", "green"),
}

# The same of one that came from there: it is we who accept or decline.
RECEIVED_STATES: dict[str, tuple[str | Promise, str, str]] = {
    "received": (_("Awaiting acceptance"), "hourglass", "amber"),
    "accepted": (_("Accepted here"), "check", "accent"),
    "declined": (_("Not accepted"), "ban", ""),
    "finished": (_("Finished here"), "circle-check", "green"),
}

PARTNER_RELATIONS: Words = {
    "superior": _("Superior"),
    "neighbour": _("Same level"),
    "subordinate": _("Subordinate"),
}

# What becomes of a row of a workbook that came in -> word, icon, tone
VERDICTS: dict[str, tuple[str | Promise, str, str]] = {
    "matched": (_("Will be noted"), "check", "green"),
    "conflict": (_("You decide"), "alert-triangle", "amber"),
    "known": (_("Noted before"), "history", ""),
    "unknown": (_("Number not known"), "help-circle", ""),
    "fault": (_("Cannot be read"), "alert-circle", "red"),
}

VERDICT_REASONS: Words = {
    "two_words": _("Two different words of the same day"),
    "older": _("Older than what was noted last"),
    "closed_here": _("The problem is closed here"),
    "no_number": _("The number is missing"),
    "long_number": _("The number has more than 80 characters"),
    "no_words": _("Neither a state nor a reply"),
    "long_status": _("The state has more than 40 characters"),
    "long_reply": _("The reply has more than 5,000 characters"),
    "no_date": _("The date cannot be read"),
    "future": _("The date lies in the future"),
}

EXCHANGE_STATES: dict[str, tuple[str | Promise, str, str]] = {
    "made": (_("Made"), "file-export", "accent"),
    "preview": (_("Read, not yet noted"), "eye", "amber"),
    "recorded": (_("Noted"), "check", "green"),
    "dropped": (_("Not used"), "x", ""),
}

CONCLUSIONS: Words = {
    "confirmed": _("The requester confirmed it"),
    "dissatisfied": _("The requester is dissatisfied"),
    "unreachable": _("The requester could not be reached"),
    "anonymous": _("Anonymous, the result was published"),
    "redo": _("Done again"),
}

SEND_BACK_REASONS: Words = {
    "off_the_point": _("Answers something else"),
    "untrue": _("Not true"),
    "no_evidence": _("Without evidence"),
    "incomplete": _("Incomplete"),
}

CONTACT_WAYS: Words = {
    "phone": pgettext_lazy("channel", "By phone"),
    "visit": pgettext_lazy("channel", "In person"),
    "sms": pgettext_lazy("channel", "By text message"),
    "web": pgettext_lazy("channel", "On the web"),
}

SATISFACTION: Words = {
    "yes": _("Satisfied"),
    "basically": _("Basically satisfied"),
    "no": _("Dissatisfied"),
}

CALLBACK_OUTCOMES: Words = {
    "confirmed": _("Solved as the requester sees it: go on to striking off"),
    "dissatisfied": _("Objectively done, the requester is dissatisfied: a second approver decides"),
    "redo": _("Not done: the unit does it again"),
    "anonymous": _("Nobody to call, the result was published"),
}

# For what somebody looks at a telephone number; stays in the access log.
REVEAL_REASONS: Words = {
    "handle": _("To handle the problem"),
    "verify": _("To verify facts"),
    "call_back": _("To call back"),
}


def stage_chip(stage: str) -> Chip:
    """The chip of a problem's stage. An unknown code is shown as it is: a gap is seen, not hidden."""
    word, icon, tone = _STAGES.get(stage, (stage, "", ""))
    return Chip(str(word), icon, tone)


def stage_word(stage: str) -> str:
    return stage_chip(stage).word


def stages() -> list[tuple[str, str]]:
    """All stages with their words, in the order of the work."""
    return [(code, str(word)) for code, (word, _icon, _tone) in _STAGES.items()]


def chip_of(known: dict[str, tuple[str | Promise, str, str]], code: str) -> Chip:
    """The chip of a code of one of the tables above."""
    word, icon, tone = known.get(code, (code, "", ""))
    return Chip(str(word), icon, tone)


def assignment_chip(state: str) -> Chip:
    word, icon, tone = ASSIGNMENT_STATES.get(state, (state, "", ""))
    return Chip(str(word), icon, tone)


def word(words: Words, code: str) -> str:
    """The word of a code; an empty code has none."""
    return str(words.get(code, code)) if code else ""


def options(words: Words, codes: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    """Choices of a form field."""
    return [(code, str(words[code])) for code in (codes or tuple(words))]
