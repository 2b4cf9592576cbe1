"""Each kind of event as one sentence (ui.md, Timeline). An event holds only ids, codes and dates; names come from
the register of units and posts, free text from the notes, so an erased note leaves a true sentence behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from sanfuwu.counties.wording import county_word

from . import words
from .when import day as day_words
from .when import when as when_words


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence may name: `who` acted, `unit(id)` and `post(id)` in words, and the page's now."""

    who: str
    data: Mapping[str, Any]
    units: Mapping[str, str]
    posts: Mapping[str, str]
    now: dt.datetime
    took: str = ""  # how long it took, for a signature or a first contact
    before: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)  # other systems and counties by their codes

    def unit(self, key: str = "unit") -> str:
        return self.units.get(str(self.data.get(key) or ""), _("a unit"))

    def post(self, key: str = "post") -> str:
        return self.posts.get(str(self.data.get(key) or ""), _("somebody"))

    def unit_list(self, key: str) -> str:
        return _(", ").join(self.units.get(str(i), _("a unit")) for i in self.data.get(key) or ())

    def other(self, key: str) -> str:
        code = str(self.data.get(key) or "")
        return self.others.get(code, code or _("another office"))

    def moment(self, key: str) -> str:
        value = parse_datetime(str(self.data.get(key) or ""))
        return when_words(value, self.now) if value else ""

    def day(self, key: str) -> str:
        raw = str(self.data.get(key) or "")
        value = parse_datetime(raw) if "T" in raw or " " in raw else parse_date(raw)
        return day_words(value, self.now) if value else ""


def _dispatched(t: Told) -> str:
    if t.data.get("co"):
        return _("%(who)s dispatched it: lead %(lead)s, co-handling %(co)s") % {
            "who": t.who,
            "lead": t.unit("lead"),
            "co": t.unit_list("co"),
        }
    return _("%(who)s dispatched it: lead %(lead)s") % {"who": t.who, "lead": t.unit("lead")}


def _signed(t: Told) -> str:
    if t.took:
        return _("%(who)s signed, after %(took)s") % {"who": t.who, "took": t.took}
    return _("%(who)s signed") % {"who": t.who}


def _contacted(t: Told) -> str:
    how = words.word(words.CONTACT_WAYS, str(t.data.get("how", "")))
    if t.took:
        return _("%(who)s contacted the requester first (%(how)s), after %(took)s") % {
            "who": t.who,
            "how": how,
            "took": t.took,
        }
    return _("%(who)s contacted the requester (%(how)s)") % {"who": t.who, "how": how}


def _submitted(t: Told) -> str:
    kind = words.word(words.RESULT_KINDS, str(t.data.get("kind", "")))
    return _("%(who)s submitted the result: %(kind)s") % {"who": t.who, "kind": kind}


def _sent_back(t: Told) -> str:
    reason = words.reason("send_back", str(t.data.get("reason_code", "")))
    return _("%(who)s sent the result back for rework: %(reason)s") % {"who": t.who, "reason": reason}


def _accepted_result(t: Told) -> str:
    level = words.word(words.RESOLUTION_LEVELS, str(t.data.get("level", "")))
    kind = words.word(words.RESULT_KINDS, str(t.data.get("kind", "")))
    return _("%(who)s accepted the result: %(kind)s, %(level)s") % {"who": t.who, "kind": kind, "level": level}


def _declined(t: Told) -> str:
    reason = words.reason("decline", str(t.data.get("reason_code", "")))
    return _("%(who)s did not accept it: %(reason)s") % {"who": t.who, "reason": reason}


def _callback(t: Told) -> str:
    if not t.data:  # a handling unit is not told who said what
        return _("%(who)s called back") % {"who": t.who}
    how = words.word(words.CONTACT_WAYS, str(t.data.get("channel", "")))
    values = {"who": t.who, "how": how, "n": t.data.get("attempt", 1)}
    if t.data.get("reached"):
        return _("%(who)s called back, attempt %(n)s (%(how)s): reached") % values
    return _("%(who)s called back, attempt %(n)s (%(how)s): not reached") % values


# What the requester said is written down by the call-back officer: he never presses anything himself.
_CONCLUSIONS: dict[str, Callable[[], str]] = {
    "confirmed": lambda: _("%(who)s concluded the call-back: the requester says that he confirms it"),
    "dissatisfied": lambda: _(
        "%(who)s concluded the call-back: the requester says that he is dissatisfied; a second approver decides"
    ),
    "unreachable": lambda: _("%(who)s concluded the call-back: the requester could not be reached on three attempts"),
    "anonymous": lambda: _("%(who)s concluded the call-back: anonymous, the result was published"),
}


def _concluded(t: Told) -> str:
    code = str(t.data.get("conclusion", ""))
    said = _CONCLUSIONS[code]() if code in _CONCLUSIONS else _("%(who)s concluded the call-back")
    return said % {"who": t.who}


def _struck_off(t: Told) -> str:
    basis = words.word(words.CLOSE_BASES, str(t.data.get("basis", "")))
    return _("%(who)s struck it off: %(basis)s") % {"who": t.who, "basis": basis}


def _committed(t: Told) -> str:
    if t.data.get("due_at"):
        return _("%(unit)s promised by %(day)s") % {"unit": t.unit(), "day": t.day("due_at")}
    return _("%(unit)s promised without a date; the date is named by %(day)s") % {
        "unit": t.unit(),
        "day": t.day("date_to_be_named_by"),
    }


def _moved(t: Told) -> str:
    return _("The due date of %(unit)s moved from %(old)s to %(new)s: a calendar was published") % {
        "unit": t.unit(),
        "old": t.moment("from"),
        "new": t.moment("to"),
    }


def _number(t: Told) -> str:
    return str(t.data.get("number") or "")


def _with_number(sentence: Callable[[], str]) -> Callable[[Told], str]:
    return lambda t: sentence() % {"who": t.who, "number": _number(t)}


def _returned(t: Told) -> str:
    return _("%(who)s returned it and proposed %(unit)s") % {"who": t.who, "unit": t.unit("proposed_unit")}


def _reassigned(t: Told) -> str:
    return _("%(who)s ruled on the return: from %(old)s to %(new)s") % {
        "who": t.who,
        "old": t.unit("from"),
        "new": t.unit("to"),
    }


def _extension(sentence: Callable[[], str]) -> Callable[[Told], str]:
    return lambda t: sentence() % {"who": t.who, "unit": t.unit(), "old": t.moment("from"), "new": t.moment("to")}


def _hold(sentence: Callable[[], str]) -> Callable[[Told], str]:
    return lambda t: (
        sentence()
        % {
            "who": t.who,
            "condition": words.word(words.HOLD_CONDITIONS, str(t.data.get("condition", ""))),
            "day": t.day("review_on"),
            "due": t.moment("due_at"),
        }
    )


def _reopened(t: Told) -> str:
    how = words.word(words.CONTACT_WAYS, str(t.data.get("how", "")))
    return _("%(who)s reopened it on the requester's word (%(how)s)") % {"who": t.who, "how": how}


def _withdrawn(t: Told) -> str:
    how = words.word(words.CONTACT_WAYS, str(t.data.get("how", "")))
    return _("%(who)s recorded that the requester withdrew it (%(how)s)") % {"who": t.who, "how": how}


def _split(t: Told) -> str:
    numbers = _(", ").join(str(n) for n in t.data.get("numbers") or ())
    return _("%(who)s split it into %(numbers)s") % {"who": t.who, "numbers": numbers}


def _coordinated(t: Told) -> str:
    decided = bool(t.data.get("decided"))
    if t.data.get("level") == "district":
        sentence = _("Co-ordinated and decided by the %(county)s") if decided else _("Co-ordinated by the %(county)s")
        return sentence % {"county": county_word()}
    return _("Co-ordinated and decided by the town") if decided else _("Co-ordinated by the town")


def _leader(t: Told) -> str:
    name = t.posts.get(str(t.data.get("post") or ""), _("a leader"))
    if t.data.get("kind") == "case":
        return _("%(name)s takes charge of the case") % {"name": name}
    return _("%(name)s leads it") % {"name": name}


def _updated(t: Told) -> str:
    if t.data.get("said_on"):
        return _("%(system)s reported on %(day)s; noted by %(who)s") % {
            "system": t.other("system"),
            "day": t.day("said_on"),
            "who": t.who,
        }
    return _("%(system)s reported; noted by %(who)s") % {"system": t.other("system"), "who": t.who}


def _number_corrected(t: Told) -> str:
    said = {"who": t.who, "system": t.other("system")}
    if t.data.get("now"):
        return _("%(who)s corrected the number in %(system)s") % said
    return _("%(who)s took a wrong number in %(system)s away") % said


def _to_county(sentence: Callable[[], str]) -> Callable[[Told], str]:
    return lambda t: (
        sentence() % {"who": t.who, "county": t.other("partner"), "number": str(t.data.get("number") or "—")}
    )


def _transfer_declined(t: Told) -> str:
    return _("%(county)s declined it: %(reason)s") % {
        "county": t.other("partner"),
        "reason": words.transfer_refusal(str(t.data.get("reason_code", ""))),
    }


def _transfer_finished(t: Told) -> str:
    return _("%(county)s finished it: %(kind)s") % {
        "county": t.other("partner"),
        "kind": words.word(words.RESULT_KINDS, str(t.data.get("result_kind", ""))),
    }


_Sentence = Callable[[Told], str]


def _plain(sentence: Callable[[], str]) -> _Sentence:
    return lambda t: sentence() % {"who": t.who}


SENTENCES: dict[str, _Sentence] = {
    "registered": _plain(lambda: _("%(who)s registered it")),
    "solved_on_spot": _plain(
        lambda: _("%(who)s solved it on the spot and noted that the requester's side confirmed it")
    ),
    "accepted": _plain(lambda: _("%(who)s accepted it")),
    "declined": _declined,
    "info_requested": _plain(lambda: _("%(who)s asked for a supplement; the clock stands")),
    "info_supplied": _plain(lambda: _("%(who)s supplied the supplement")),
    "corrected": _plain(lambda: _("%(who)s corrected the record")),
    "dispatched": _dispatched,
    "handed_down": lambda t: (
        _("%(unit)s handed it down to %(lead)s") % {"unit": t.unit("from"), "lead": t.unit("lead")}
    ),
    "recalled": lambda t: (
        _("%(who)s recalled the dispatch to %(units)s") % {"who": t.who, "units": t.unit_list("units")}
    ),
    "signed": _signed,
    "contacted": _contacted,
    "reported": _plain(lambda: _("%(who)s reported progress")),
    "result_submitted": _submitted,
    "signed_off": _plain(lambda: _("%(who)s signed the result off")),
    "sent_back": _sent_back,
    "part_accepted": lambda t: _("%(who)s accepted the part of %(unit)s") % {"who": t.who, "unit": t.unit()},
    "result_accepted": _accepted_result,
    "callback_recorded": _callback,
    "callback_concluded": _concluded,
    "redo_ordered": _plain(lambda: _("%(who)s ordered it to be done again")),
    "struck_off": _struck_off,
    "archived": _plain(lambda: _("%(who)s archived it")),
    "leader_appointed": _leader,
    "coordinated": _coordinated,
    "committed": _committed,
    "planned": _plain(lambda: _("%(who)s set the steps of the plan")),
    "deadline_moved": _moved,
    "unit_succeeded": lambda t: (
        _("%(old)s was merged; %(new)s takes it over") % {"old": t.unit("from"), "new": t.unit("to")}
    ),
    "returned": _returned,
    "return_upheld": lambda t: _("%(who)s ruled on the return: %(unit)s keeps it") % {"who": t.who, "unit": t.unit()},
    "return_reassigned": _reassigned,
    "extension_requested": _extension(lambda: _("%(who)s asked to extend the date from %(old)s to %(new)s")),
    "extension_granted": _extension(lambda: _("%(who)s extended the date of %(unit)s from %(old)s to %(new)s")),
    "extension_refused": _extension(lambda: _("%(who)s refused the extension of %(unit)s")),
    "hold_requested": _hold(lambda: _("%(who)s asked for a hold: %(condition)s, to be looked at again on %(day)s")),
    "held": _hold(lambda: _("%(who)s granted the hold: %(condition)s; the clock stands, review on %(day)s")),
    "hold_refused": _hold(lambda: _("%(who)s refused the hold")),
    "hold_renewed": _hold(lambda: _("%(who)s looked at it: the hold goes on, next review on %(day)s")),
    "unheld": _hold(lambda: _("%(who)s had it taken up again; it is due %(due)s now")),
    "reopened": _reopened,
    "withdrawn": _withdrawn,
    "withdrawal_denied": _plain(
        lambda: _("%(who)s noted: the requester says that he did not withdraw it himself; it is taken up again")
    ),
    "merged": _with_number(lambda: _("%(who)s merged it into %(number)s")),
    "merged_in": _with_number(lambda: _("%(who)s merged %(number)s into this one")),
    "unmerged": _plain(lambda: _("%(who)s undid the merger; it stands for itself again")),
    "merged_out": _with_number(lambda: _("%(number)s is no longer merged into this one")),
    "master_solved": _with_number(
        lambda: _("The result of %(number)s was accepted; this requester is asked about it too")
    ),
    "split": _split,
    "split_off": _with_number(lambda: _("%(who)s split it off from %(number)s")),
    "parts_closed": _plain(lambda: _("All its parts are closed; so is this one")),
    "part_reopened": _with_number(lambda: _("Its part %(number)s goes on; so does this one")),
    "handler_changed": lambda t: (
        _("%(old)s left the post; %(new)s handles it from now on") % {"old": t.post("from"), "new": t.post("to")}
    ),
    "registration_handed_over": lambda t: _("Who registered it left the post; a successor answers for it"),
    "requirement_added": _plain(lambda: _("%(who)s noted a paper to prepare")),
    "requirement_met": _plain(lambda: _("%(who)s noted that a paper has come in")),
    "attached": _plain(lambda: _("%(who)s attached a photograph")),
    "foreign_number_noted": lambda t: (
        _("%(who)s noted the number in %(system)s") % {"who": t.who, "system": t.other("system")}
    ),
    "foreign_number_corrected": _number_corrected,
    "foreign_updated": _updated,
    "reported_up": _to_county(lambda: _("%(who)s reported it up to %(county)s and waits for the answer")),
    "handover_offered": _to_county(lambda: _("%(who)s offered to hand it over to %(county)s and waits for the answer")),
    "transfer_received": _to_county(lambda: _("%(county)s received it under the number %(number)s")),
    "transfer_accepted": _to_county(lambda: _("%(county)s accepted it (number %(number)s)")),
    "transfer_declined": _transfer_declined,
    "transfer_finished": _transfer_finished,
    "handed_over": _to_county(lambda: _("It was handed over to %(county)s and ends here; number there %(number)s")),
    "category_merged": _plain(lambda: _("Its category was merged into another one")),
    "training_cleared": _plain(lambda: _("The training was cleared")),
    "erased": _plain(lambda: _("Personal data was erased by law")),
    "history_imported": lambda t: (
        _("%(who)s took it over from the old ledger; %(approver)s approved")
        % {"who": t.who, "approver": t.posts.get(str(t.data.get("approved_by") or ""), _("a second person"))}
    ),
    "historic_reply": _plain(lambda: _("Reply taken over from the old ledger")),
}


def sentence(kind: str, told: Told) -> str:
    """The sentence of one event. A kind without one shows its code, which the tests forbid."""
    maker = SENTENCES.get(kind)
    return maker(told) if maker else f"{kind} · {told.who}"


# What the requester reads: no names of officials, no words of the house.
FOR_REQUESTER: dict[str, _Sentence] = {
    "registered": lambda t: _("Your problem was registered"),
    "solved_on_spot": lambda t: _("Your problem was solved on the spot"),
    "accepted": lambda t: _("It was accepted"),
    "declined": lambda t: (
        _("It was not accepted: %(reason)s") % {"reason": words.reason("decline", str(t.data.get("reason_code", "")))}
    ),
    "info_requested": lambda t: _("Something is missing; please supply it"),
    "dispatched": lambda t: _("It was sent to %(unit)s") % {"unit": t.unit("lead")},
    "handed_down": lambda t: _("It was handed on to %(unit)s") % {"unit": t.unit("lead")},
    "contacted": lambda t: _("%(unit)s contacted you") % {"unit": t.unit()},
    "reported": lambda t: _("%(unit)s reported progress") % {"unit": t.unit()},
    "result_accepted": lambda t: (
        _("%(unit)s gave its result: %(kind)s")
        % {"unit": t.unit(), "kind": words.word(words.RESULT_KINDS, str(t.data.get("kind", "")))}
    ),
    "redo_ordered": lambda t: _("It is done again because it was not solved"),
    "struck_off": lambda t: (
        _("It was closed: %(basis)s") % {"basis": words.word(words.CLOSE_BASES, str(t.data.get("basis", "")))}
    ),
    "return_reassigned": lambda t: _("It was handed on to %(unit)s") % {"unit": t.unit("to")},
    "extension_granted": _extension(lambda: _("The date moved from %(old)s to %(new)s")),
    "held": _hold(lambda: _("It has to wait (%(condition)s); it is looked at again on %(day)s")),
    "hold_renewed": _hold(lambda: _("It still has to wait; it is looked at again on %(day)s")),
    "unheld": _hold(lambda: _("It was taken up again; it is due %(due)s now")),
    "reopened": lambda t: _("It was reopened on your word"),
    "withdrawn": lambda t: _("It was noted that you withdrew it; you will be asked whether that is so"),
    "withdrawal_denied": lambda t: _("It was taken up again"),
    "merged": lambda t: _("It is handled together with an earlier problem about the same matter"),
    "unmerged": lambda t: _("It is handled by itself again"),
    "master_solved": lambda t: _("There is a result; you will be asked whether it is solved for you"),
    "split": lambda t: _("It holds several matters; each is handled by itself"),
    "split_off": lambda t: _("This matter is handled by itself"),
    "parts_closed": lambda t: _("All its matters are closed"),
    "part_reopened": lambda t: _("One of its matters was taken up again"),
    "committed": _committed,
    "handed_over": lambda t: _("It was handed over to another county"),
    "requirement_added": lambda t: _("A paper has to be prepared"),
    "requirement_met": lambda t: _("A paper has come in"),
}


def for_requester(kind: str, told: Told) -> str:
    """The sentence of one event on the requester's page."""
    return FOR_REQUESTER[kind](told)
