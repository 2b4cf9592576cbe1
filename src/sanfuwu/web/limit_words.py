"""The words of time limits: what each one is for, its units, the states of a proposal."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from sanfuwu.rules.durations import Duration, Unit

Words = dict[str, str | Promise]

# Every field of `rules.deadlines.DeadlineRules`; a test says which one is missing.
LIMITS: Final[Words] = {
    "accept": _("Acceptance by the office"),
    "callback": _("Call-back after the review"),
    "name_date": _("Naming the date of a promise made without one"),
    "sign": pgettext_lazy("time limit", "Signing"),
    "contact": _("First contact with the requester"),
    "urgent_sign": _("Signing, urgent"),
    "urgent_contact": _("First contact, urgent"),
    "urgent": _("Result: urgent"),
    "consult": _("Result: consultation"),
    "on_spot": _("Result: on the spot, dispatched after all"),
    "limited": _("Result: limited"),
    "key": _("Result: key, difficult problem"),
    "study": _("Result: key, major study"),
    "dispute": _("Result: key, major dispute"),
    "redo": _("Result: done again"),
    "return_within": _("Returning a dispatch"),
    "decision": _("Decision on a return, an extension or a hold"),
    "ask_extension_before": _("Asking for an extension: so long before the date"),
    "long_extension": _("Extension beyond which a leader or the supervision decides"),
    "remind_result": _("Reminder before the result is due"),
    "remind_step": _("Reminder before a step is due"),
    "remind_urgent": _("Reminder, urgent"),
}
HOURS: Final[Words] = {
    "morning_from": _("Morning from"),
    "morning_to": _("Morning until"),
    "afternoon_from": _("Afternoon from"),
    "afternoon_to": _("Close of business"),
    "summer_afternoon_from": _("Afternoon from, in summer (June to September)"),
}
UNITS: Final[Words] = {
    "wd": _("working days"),
    "wh": _("working hours"),
    "d": _("calendar days"),
    "h": _("hours"),
    "min": _("minutes"),
}
STATUS: Final[Words] = {
    "proposed": _("waits for approval"),
    "approved": pgettext_lazy("proposal", "approved"),
    "refused": pgettext_lazy("proposal", "refused"),
    "withdrawn": pgettext_lazy("proposal", "withdrawn"),
}


def length(code: str) -> str:
    """7wd → 7 个工作日."""
    found = Duration.parse(code)
    n = found.amount
    said = {
        Unit.WORKING_DAYS: ngettext("%(n)d working day", "%(n)d working days", n),
        Unit.WORKING_HOURS: ngettext("%(n)d working hour", "%(n)d working hours", n),
        Unit.CALENDAR_DAYS: ngettext("%(n)d calendar day", "%(n)d calendar days", n),
        Unit.HOURS: ngettext("%(n)d hour", "%(n)d hours", n),
        Unit.MINUTES: ngettext("%(n)d minute", "%(n)d minutes", n),
    }[found.unit]
    return said % {"n": n}
