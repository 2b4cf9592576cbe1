"""Codes of the records in the words of the trade. Every code that a page shows has its word here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sanfuwu.counties.wording import local
from sanfuwu.reference import queries as reference

from .pieces import Chip

Words = Mapping[str, "str | Promise"]

# stage -> word, icon, tone
_STAGES: dict[str, tuple[str | Promise, str, str]] = {
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
    "merged": (_("Merged"), "git-merge", ""),
    "split": (_("Split, handled in parts"), "git-branch", "accent"),
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

# Said at acceptance, of one and of many: the call-back is still far then, and the number can be asked for.
NO_TELEPHONE = _("No telephone is known: at the call-back the requester cannot be reached.")

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
    "parts_closed": _("all its parts are closed"),
}

RESOLUTION_LEVELS: Words = {
    "on_spot": _("on the spot"),
    "under_leader": _("under a lead leader"),
    "district": local(_("by co-ordination of the %(county)s")),
    "town": _("by co-ordination of the town"),
    "unit": _("by the unit"),
}

SHARES: Words = {"mine": _("Only me"), "unit": _("Everybody of my unit"), "county": local(_("The whole %(county)s"))}

ORIGINS: Words = {"live": _("Registered here"), "import": _("Imported history")}
PAIRINGS: Words = {
    "village": _("Pairing with a village"),
    "enterprise": _("Pairing with an enterprise"),
    "eight_ones": local(_("“Eight Ones” of the %(county)s leaders")),
    "hundred": _("A hundred heads for a hundred enterprises"),
}

VISIT_ROLES: Words = {
    "raised": _("raised at this visit"),
    "followed_up": _("followed up"),
    "solved": _("solved on the spot"),
}

OUTCOMES: Words = {
    "solved": _("Solved at the meeting"),
    "planned": _("Planned: what, who, by when"),
    "open": _("Taken away, still open"),
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

# Why another county does not take a problem, besides the reasons that every ledger knows.
_TRANSFER_REFUSALS: Words = {
    "own": _("For a reason that it names"),
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

# What a unit asks of those above it.
REQUEST_KINDS: Words = {
    "return": pgettext_lazy("request", "Return"),
    "extension": pgettext_lazy("request", "Extension"),
    "hold": pgettext_lazy("request", "Hold"),
}

HOLD_CONDITIONS: Words = {
    "season": pgettext_lazy("condition", "The season"),
    "policy": pgettext_lazy("condition", "A policy"),
    "funds": pgettext_lazy("condition", "Funds"),
    "works": pgettext_lazy("condition", "Works"),
}

RELATIONS: Words = {
    "master": _("Merged into"),
    "follower": _("Merged into this one"),
    "part": _("Part"),
    "whole": _("Part of"),
}

_MARKS: dict[str, tuple[str | Promise, str, str]] = {
    "extension_asked": (_("Extension asked for"), "calendar-due", "amber"),
    "hold_asked": (_("Hold asked for"), "player-pause", "amber"),
    "return_asked": (_("A unit returned it"), "arrow-back-up", "amber"),
}

_DUTIES: Words = {
    "to_sign": _("signature of the unit"),
    "handling": _("handling by the unit"),
    "to_sign_off": _("sign-off by the unit's head"),
    "to_review": _("review by the unit"),
    "decide_return": _("ruling on a return"),
    "decide_extension": _("decision on an extension"),
    "decide_hold": _("decision on a hold"),
}

LEDGERS: Words = {
    "problems": _("List of problems"),
    "duties": _("List of responsibilities"),
    "tasks": _("List of tasks"),
    "results": _("List of results"),
    "orders": _("Dispatch orders"),
}

PAPERS: Words = {"order": _("Dispatch order"), "strike_off": _("Strike-off slip")}

EXPORT_STATES: dict[str, tuple[str | Promise, str, str]] = {
    "waiting": (_("Waiting"), "hourglass", "amber"),
    "running": (_("Being made"), "progress", "accent"),
    "done": (_("Ready"), "circle-check", "green"),
    "failed": (_("Failed"), "alert-triangle", "red"),
    "cancelled": (_("Cancelled"), "ban", ""),
    "expired": (_("Taken away"), "archive", ""),
}

TEMPLATE_STATES: Words = {
    "proposed": _("Awaiting approval"),
    "approved": _("In use"),
    "refused": _("Refused"),
    "retired": _("No longer used"),
}

# For what somebody looks at a telephone number; stays in the access log.
REVEAL_REASONS: Words = {
    "handle": _("To handle the problem"),
    "verify": _("To verify facts"),
    "call_back": _("To call back"),
}


RANKS: Words = {
    "staff": pgettext_lazy("rank", "Staff"),
    "deputy": pgettext_lazy("rank", "Deputy head of a unit"),
    "chief": pgettext_lazy("rank", "Head of a unit"),
    "district_leader": local(pgettext_lazy("rank", "Leader of the %(county)s")),
}

UNIT_KINDS: Words = {
    "county": pgettext_lazy("kind of unit", "The county itself"),
    "office": pgettext_lazy("kind of unit", "Office"),
    "department": pgettext_lazy("kind of unit", "Department"),
    "town": pgettext_lazy("kind of unit", "Town or street"),
    "village": pgettext_lazy("kind of unit", "Village or community"),
    "public_service": pgettext_lazy("kind of unit", "Public service"),
    "zone": pgettext_lazy("kind of unit", "Zone"),
    "state_firm": pgettext_lazy("kind of unit", "State firm"),
}
UNIT_KINDS_TO_CHOOSE = tuple(kind for kind in UNIT_KINDS if kind != "county")

UNIT_STATES: dict[str, tuple[str | Promise, str, str]] = {
    "proposed": (pgettext_lazy("state of a unit", "To be confirmed"), "help-circle", "amber"),
    "active": (pgettext_lazy("state of a unit", "At work"), "check", ""),
    "closed": (pgettext_lazy("state of a unit", "Closed"), "archive", ""),
}

UNIT_EVENTS: Words = {
    "created": pgettext_lazy("event of a unit", "made"),
    "proposed": pgettext_lazy("event of a unit", "met in an import"),
    "confirmed": pgettext_lazy("event of a unit", "confirmed"),
    "renamed": pgettext_lazy("event of a unit", "renamed"),
    "moved": pgettext_lazy("event of a unit", "put under another unit"),
    "placed": pgettext_lazy("event of a unit", "division changed"),
    "closed": pgettext_lazy("event of a unit", "closed"),
    "merged": pgettext_lazy("event of a unit", "merged into another unit"),
    "identified": pgettext_lazy("event of a unit", "found to be another unit"),
    "succeeded": pgettext_lazy("event of a unit", "took over another unit"),
    "merge_undone": pgettext_lazy("event of a unit", "its merger was undone"),
    "succession_undone": pgettext_lazy("event of a unit", "a merger into it was undone"),
}

PERSON_EVENTS: Words = {
    "created": pgettext_lazy("event of a person", "entered"),
    "corrected": pgettext_lazy("event of a person", "name or phone corrected"),
    "account_opened": pgettext_lazy("event of a person", "account made"),
    "first_password_printed": pgettext_lazy("event of a person", "first password printed"),
    "second_factor_reset": pgettext_lazy("event of a person", "second factor taken off"),
    "account_shut": pgettext_lazy("event of a person", "account shut"),
    "account_reopened": pgettext_lazy("event of a person", "account opened again"),
}

SHIFTS: Words = {
    "all_day": pgettext_lazy("shift", "Whole day"),
    "day": pgettext_lazy("shift", "Day shift"),
    "night": pgettext_lazy("shift", "Night shift"),
}

# What a deputy or a secretary may be let do, in the words of the buttons.
DELEGATED_ACTS: Words = {
    "sign": _("Sign for"),
    "contact": _("Contact the requester"),
    "report": _("Report progress"),
    "submit_result": _("Submit the result"),
    "sign_off": _("Sign off"),
    "hand_down": _("Hand down"),
    "accept": _("Accept"),
    "dispatch": _("Dispatch"),
    "review": _("Accept the result"),
    "send_back": _("Send back"),
    "strike_off": _("Strike off"),
    "register": _("Register"),
    "duty": _("Keep the duty roster"),
}

DELEGATION_STATES: dict[str, tuple[str | Promise, str, str]] = {
    "running": (pgettext_lazy("state of a delegation", "Running"), "check", "green"),
    "ahead": (pgettext_lazy("state of a delegation", "To come"), "clock", ""),
    "past": (pgettext_lazy("state of a delegation", "Ended"), "archive", ""),
}

ROW_STATES: dict[str, tuple[str | Promise, str, str]] = {
    "new": (pgettext_lazy("state of a row", "New"), "plus", "green"),
    "entered": (pgettext_lazy("state of a row", "Entered"), "check", "green"),
    "same": (pgettext_lazy("state of a row", "There already"), "check", ""),
    "differs": (pgettext_lazy("state of a row", "There, but different"), "alert-triangle", "amber"),
    "error": (pgettext_lazy("state of a row", "Not taken"), "alert-circle", "red"),
}


def chip(states: dict[str, tuple[str | Promise, str, str]], code: str) -> Chip:
    """The chip of a code; an unknown one is shown as it is."""
    word_, icon, tone = states.get(code, (code, "", ""))
    return Chip(str(word_), icon, tone)


def stage_chip(stage: str) -> Chip:
    """The chip of a problem's stage. An unknown code is shown as it is: a gap is seen, not hidden."""
    word, icon, tone = _STAGES.get(stage, (stage, "", ""))
    return Chip(str(word), icon, tone)


def mark_chip(mark: str) -> Chip:
    """The chip of an overlay, beside the stage."""
    word, icon, tone = _MARKS.get(mark, (mark, "", ""))
    return Chip(str(word), icon, tone)


def duty(value: str) -> str:
    """What "to_sign:<unit>" of a desk's link says."""
    code = value.partition(":")[0]
    return word(_DUTIES, code)


def stage_word(stage: str) -> str:
    return stage_chip(stage).word


def stages() -> list[tuple[str, str]]:
    """All stages with their words, in the order of the work."""
    return [(code, str(word)) for code, (word, _icon, _tone) in _STAGES.items()]


def chip_of(known: dict[str, tuple[str | Promise, str, str]], code: str) -> Chip:
    """The chip of a code of one of the tables above."""
    word, icon, tone = known.get(code, (code, "", ""))
    return Chip(str(word), icon, tone)


def export_chip(state: str) -> Chip:
    word, icon, tone = EXPORT_STATES.get(state, (state, "", ""))
    return Chip(str(word), icon, tone)


def assignment_chip(state: str, *, signed_off: bool = True) -> Chip:
    """A result waits for the head of the unit first (`signed_off` False), and for the review then."""
    if state == "pending_review" and not signed_off:
        return chip_of(_STAGES, "to_sign_off")
    word, icon, tone = ASSIGNMENT_STATES.get(state, (state, "", ""))
    return Chip(str(word), icon, tone)


def word(words: Words, code: str) -> str:
    """The word of a code; an empty code has none."""
    return str(words.get(code, code)) if code else ""


def reason(kind: str, code: str) -> str:
    """The office's name of a reason, also of one that is no longer in use; an empty code has none."""
    found = reference.reason(kind, code) if code else None
    return str(found.label) if found else code


def transfer_refusal(code: str) -> str:
    """Why another county did not take a problem; an empty code has no word."""
    return word(_TRANSFER_REFUSALS, code) if code in _TRANSFER_REFUSALS else reason("decline", code)


def reason_options(kind: str) -> list[tuple[str, str]]:
    """The reasons in use, in the office's order."""
    return [(one.code, str(one.label)) for one in reference.reasons(kind)]


def options(words: Words, codes: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    """Choices of a form field."""
    return [(code, str(words[code])) for code in (codes or tuple(words))]
