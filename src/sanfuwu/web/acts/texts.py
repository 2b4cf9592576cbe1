"""The verb on the button, its icon, and what follows when it is pressed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class ActText:
    label: str | Promise
    icon: str
    consequence: str | Promise = ""


TEXTS: dict[str, ActText] = {
    "accept": ActText(pgettext_lazy("act", "Accept"), "check", _("After acceptance it waits for dispatch to a unit.")),
    "decline": ActText(
        pgettext_lazy("act", "Not accept"),
        "ban",
        _("The requester is told who refused, why, and where to go instead."),
    ),
    "request_info": ActText(
        pgettext_lazy("act", "Ask for supplement"),
        "help-circle",
        _("Whoever registered it is asked; the clock stands until he answers."),
    ),
    "supply_info": ActText(
        pgettext_lazy("act", "Supplement"), "file-plus", _("It goes back to the dispatch office for acceptance.")
    ),
    "correct": ActText(
        pgettext_lazy("act", "Correct"), "file-text", _("The old values stay in the record; the state does not change.")
    ),
    "dispatch": ActText(
        pgettext_lazy("act", "Dispatch"), "send", _("The clock starts now, whether or not the unit signs.")
    ),
    "hand_down": ActText(
        pgettext_lazy("act", "Hand down"),
        "transfer",
        _("Your unit stays answerable; the date never lies after your own."),
    ),
    "recall": ActText(
        pgettext_lazy("act", "Recall the dispatch"),
        "arrow-back-up",
        _("Possible until the unit signs; then it waits for dispatch again."),
    ),
    "return": ActText(
        pgettext_lazy("act", "Return"),
        "arrow-back-up",
        _("The dispatching office rules on it, once and binding; until then the clock keeps running."),
    ),
    "rule_uphold": ActText(
        pgettext_lazy("act", "Uphold"),
        "gavel",
        _("The unit keeps it and may not return it again; the ruling counts as its signature."),
    ),
    "rule_reassign": ActText(
        pgettext_lazy("act", "Give to another unit"),
        "transfer",
        _("The new unit gets its own full time; the date promised to the requester stays."),
    ),
    "request_extension": ActText(
        pgettext_lazy("act", "Ask for an extension"),
        "calendar-due",
        _("Until it is granted the present date holds."),
    ),
    "decide_extension": ActText(
        pgettext_lazy("act", "Decide on the extension"),
        "calendar-due",
        _("Granted, the date moves and the requester reads the new one; the first date stays on record."),
    ),
    "request_hold": ActText(
        pgettext_lazy("act", "Ask for a hold"),
        "player-pause",
        _("A leader or the supervision decides; until then the clock keeps running."),
    ),
    "hold": ActText(
        pgettext_lazy("act", "Grant the hold"),
        "player-pause",
        _("The clock stands; on the day named it is looked at again."),
    ),
    "refuse_hold": ActText(
        pgettext_lazy("act", "Refuse the hold"), "x", _("The unit goes on; the clock has run all the time.")
    ),
    "renew_hold": ActText(
        pgettext_lazy("act", "Hold on"), "refresh", _("The clock goes on standing until the next day of review.")
    ),
    "unhold": ActText(
        pgettext_lazy("act", "Take it up again"),
        "history",
        _("The clock goes on with the time that was left, and the requester reads the new date."),
    ),
    "reopen": ActText(
        pgettext_lazy("act", "Reopen"),
        "refresh",
        _("On the requester's word. The unit that led gets it again with its full time; the result leaves the counts."),
    ),
    "withdraw": ActText(
        pgettext_lazy("act", "Record a withdrawal"),
        "hand-stop",
        _("Only when the requester himself withdraws. A call-back officer asks him about every one."),
    ),
    "merge": ActText(
        pgettext_lazy("act", "Merge"),
        "git-merge",
        _("It follows the other problem; its units are free, and its requester is answered and asked all the same."),
    ),
    "unmerge": ActText(
        pgettext_lazy("act", "Undo the merger"),
        "git-branch",
        _("It stands as before; the time in between does not count."),
    ),
    "split": ActText(
        pgettext_lazy("act", "Split"),
        "git-branch",
        _("Each part is accepted and dispatched by itself; this one closes when all its parts are closed."),
    ),
    "sign": ActText(
        pgettext_lazy("act", "Sign"), "check", _("The clock has run since the dispatch; signing does not change it.")
    ),
    "contact": ActText(pgettext_lazy("act", "Contact"), "phone", _("The first contact with the requester is counted.")),
    "report": ActText(pgettext_lazy("act", "Report progress"), "file-text", _("The time limit does not change.")),
    "submit_result": ActText(
        pgettext_lazy("act", "Submit the result"),
        "send",
        _("The head of the unit signs it off, then the dispatching office reviews it; the clock stops meanwhile."),
    ),
    "sign_off": ActText(
        pgettext_lazy("act", "Sign off"), "user-check", _("The result goes to the dispatching office for review.")
    ),
    "send_back": ActText(
        pgettext_lazy("act", "Send back for rework"),
        "arrow-back-up",
        _("The clock runs on from where it stood; one more rework is counted."),
    ),
    "review": ActText(
        pgettext_lazy("act", "Accept the result"),
        "check",
        _("A call-back officer outside the unit then asks the requester."),
    ),
    "record_callback": ActText(
        pgettext_lazy("act", "Record the call-back"),
        "phone",
        _("Only what the requester said counts: the questions to him have no answer filled in."),
    ),
    "strike_off": ActText(
        pgettext_lazy("act", "Strike off"),
        "circle-check",
        _("The problem is closed; the requester sees it on his page."),
    ),
    "archive": ActText(pgettext_lazy("act", "Archive"), "archive", _("It leaves the daily lists and stays readable.")),
    "add_requirement": ActText(
        pgettext_lazy("act", "Note a paper to prepare"),
        "paperclip",
        _("It stands on the problem and on the requester's page until it is there."),
    ),
    "meet_requirement": ActText(pgettext_lazy("act", "A paper has come in"), "check", ""),
    "record_commitment": ActText(
        pgettext_lazy("act", "Record a promise"),
        "flag",
        _("A promise without a date gets a day by which the date is named (2 working days)."),
    ),
    "note_foreign_number": ActText(
        pgettext_lazy("act", "Note a number elsewhere"),
        "link",
        _("It is found by this number, and the other system is told of every change by workbook."),
    ),
    "correct_foreign_number": ActText(
        pgettext_lazy("act", "Correct a number elsewhere"),
        "pencil",
        _("The wrong number stays in the record and is free again."),
    ),
    "report_up": ActText(
        pgettext_lazy("act", "Report up"),
        "arrow-up-right",
        _("It stays open here and waits; every answer from there becomes a line of the record."),
    ),
    "hand_over": ActText(
        pgettext_lazy("act", "Hand over"),
        "transfer",
        _("Once they accept it, it ends here and the requester reads their number; if they decline, it comes back."),
    ),
    "note_foreign_update": ActText(
        pgettext_lazy("act", "Note what another system says"),
        "messages",
        _("It is kept as a note; the state does not change."),
    ),
}


def text_of(act: str) -> ActText:
    """The words of an act. KeyError for an act without a page."""
    return TEXTS[act]
