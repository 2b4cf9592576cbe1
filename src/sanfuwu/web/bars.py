"""The deadline bar in words: the same in the list, on the desk and on the problem's page."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from sanfuwu.problems.chip import Stage
from sanfuwu.problems.queries import Line
from sanfuwu.problems.queries.detail import Clock, Holder
from sanfuwu.rules.worktime import Progress, Remaining, WorkCalendar

from .pieces import Bar, BarPiece, bar_pieces, closed_bar, standing_bar
from .when import when, working_time

_SEEN = 0.001  # a share below that is rounding, not a pause
_UNDER_REVIEW = (Stage.TO_SIGN_OFF, Stage.TO_REVIEW)


def _long(left: Remaining) -> str:
    return working_time(left.working_days, left.working_minutes)


def _short(left: Remaining) -> str:
    """Whole days once there is one: a list is compared, not studied."""
    return working_time(left.working_days, 0 if left.working_days else left.working_minutes)


def _tone(left: Remaining, running: bool) -> str:
    if left.overdue:
        return "late"
    return "soon" if running and left.working_days == 0 else ""


def _pieces(progress: Progress, left: Remaining, *, running: bool, tone: str) -> tuple[BarPiece, ...]:
    if not running:
        return closed_bar(late=left.overdue)
    return bar_pieces(
        elapsed=progress.elapsed, paused=progress.paused, left=0 if left.overdue else progress.left, tone=tone
    )


def of_line(line: Line) -> Bar:
    """The small bar of a list. Without a lead there is no clock yet, and the cell says so."""
    if line.remaining is None or line.progress is None:
        words = _("On the spot") if line.tier == "on_spot" else _("no clock yet")
        return Bar(text=words, brief=words)
    left = line.remaining
    tone = _tone(left, line.running)
    if line.stage in _UNDER_REVIEW:
        brief = _("submitted, the clock stands")
        return Bar(text=brief, brief=brief, pieces=_pieces(line.progress, left, running=True, tone=""))
    if line.standing:
        brief = _("on hold, %(time)s left") % {"time": _short(left)}
        if left.overdue:
            brief = _("on hold, was overdue by %(time)s") % {"time": _short(left)}
        return Bar(text=brief, brief=brief, pieces=standing_bar(elapsed=line.progress.elapsed))
    if line.running:
        brief = _("overdue by %(time)s") if left.overdue else _("%(time)s left")
        brief = brief % {"time": _short(left)}
    else:
        brief = _("finished %(time)s late") % {"time": _short(left)} if left.overdue else _("finished in time")
    return Bar(text=brief, brief=brief, tone=tone, pieces=_pieces(line.progress, left, running=line.running, tone=tone))


def of_holder(holder: Holder, calendar: WorkCalendar, now: dt.datetime) -> Bar:
    """The big bar of the lead: what is left and until when, what has been used, what stood still."""
    clock: Clock = holder.clock
    left, running = clock.remaining, clock.running
    tone = _tone(left, running)
    under_review = holder.assignment.state == "pending_review"
    due = when(clock.due_at, now)
    if running:
        text = _("overdue by %(time)s · was due %(due)s") if left.overdue else _("%(time)s left · due %(due)s")
        text = text % {"time": _long(left), "due": due}
    elif clock.standing_since:
        text = _("on hold, %(time)s left when it goes on") % {"time": _long(left)}
        if left.overdue:
            text = _("on hold, was overdue by %(time)s") % {"time": _long(left)}
        return Bar(
            text=text,
            brief=text,
            spent=_spent(holder, calendar, now),
            pieces=standing_bar(elapsed=clock.progress.elapsed),
        )
    elif under_review:
        text = _("submitted, the clock stands · was due %(due)s") % {"due": due}
    elif left.overdue:
        text = _("finished %(time)s late · was due %(due)s") % {"time": _long(left), "due": due}
    else:
        text = _("finished in time · was due %(due)s") % {"due": due}
    return Bar(
        text=text,
        brief=text,
        spent=_spent(holder, calendar, now),
        tone=tone,
        pieces=_pieces(clock.progress, left, running=running or under_review, tone=tone),
        extension_x=_extension(holder),
    )


def _spent(holder: Holder, calendar: WorkCalendar, now: dt.datetime) -> str:
    a = holder.assignment
    until = (a.submitted_at if a.state == "pending_review" else a.ended_at) or holder.clock.standing_since or now
    used = calendar.remaining(a.dispatched_at, max(until, a.dispatched_at))
    if not used.working_days and not used.working_minutes:
        return ""
    said = _("%(time)s used") % {"time": _long(used)}
    if holder.clock.progress.paused > _SEEN:
        said = _("%(time)s since the dispatch, part of it with the clock standing (hatched)") % {"time": _long(used)}
    if holder.clock.calendar_assumed:
        said += _("; the calendar of that year is not published yet, Monday to Friday were counted")
    return said


def _extension(holder: Holder) -> str:
    """Where the date lay before it was extended, as a mark on the bar."""
    a = holder.assignment
    if not holder.clock.extended or not holder.clock.running:
        return ""
    whole = (a.due_at - a.dispatched_at).total_seconds()
    return f"{(a.due_original - a.dispatched_at).total_seconds() / whole * 100:.1f}" if whole > 0 else ""
