"""How long each step may take, and the deadlines of one assignment.

The clock starts at dispatch, not at sign-in: a unit that does not sign must not gain time. Every length is
configuration; the defaults follow published local rules (Quanzhou's 7 working days for the lead and 3 for co-handlers,
25 for complex matters, 60 days for a dispute as for a petition, 3 months for a matter that went to a round table).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sanfuwu.rules.durations import Duration, Pauses, Unit, calendar_days, hours, minutes, working_days, working_hours
from sanfuwu.rules.worktime import Due, WorkCalendar


class Tier(StrEnum):
    ON_SPOT = "on_spot"
    LIMITED = "limited"
    KEY = "key"


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"
    CONSULT = "consult"


class Nature(StrEnum):
    PROBLEM = "problem"
    STUDY = "study"
    DISPUTE = "dispute"


class Role(StrEnum):
    LEAD = "lead"
    CO = "co"


class DeadlineKind(StrEnum):
    """What can be due. The first two and the last belong to offices, the others to the assignment."""

    ACCEPT = "accept"
    CALLBACK = "callback"
    SIGN = "sign"
    CONTACT = "contact"
    RESULT = "result"
    NAME_DATE = "name_date"
    DECISION = "decision"  # of an office or leader on what a unit asks: return, extension, hold
    REVIEW = "review"  # of a hold, on the day named when it was granted


_ONE_DAY: Final = working_days(1)
_TWO_DAYS: Final = working_days(2)
_TEN_DAYS: Final = working_days(10)
_HALF_HOUR: Final = minutes(30)
_TWO_HOURS: Final = hours(2)
_HALF_DAY: Final = working_hours(4)
_QUARTER: Final = minutes(15)


@dataclass(frozen=True, slots=True)
class ByRole:
    """The lead's time and a co-handler's; a co-handler reports to the lead, so his is the shorter one."""

    lead: Duration
    co: Duration

    def of(self, role: Role) -> Duration:
        return self.lead if role is Role.LEAD else self.co


@dataclass(frozen=True, slots=True)
class DeadlineRules:
    """One version of the time limits. A change makes a new version; assignments keep the number of theirs."""

    version: int = 1
    accept: Duration = _ONE_DAY
    callback: Duration = _ONE_DAY
    name_date: Duration = _TWO_DAYS  # a promise without a date gets its date within this time
    decision: Duration = _ONE_DAY  # 退单裁定、延期和挂账审批
    return_within: Duration = _TWO_DAYS  # of the dispatch, whether or not it was signed
    ask_extension_before: Duration = _ONE_DAY  # the date that is to be moved
    long_extension: Duration = _TEN_DAYS  # beyond it a leader or the supervision decides, not the office
    sign: Duration = _ONE_DAY
    contact: Duration = _ONE_DAY
    urgent_sign: Duration = _HALF_HOUR
    urgent_contact: Duration = _TWO_HOURS
    urgent: ByRole = ByRole(hours(24), hours(12))
    consult: ByRole = ByRole(working_days(3), working_days(2))
    on_spot: ByRole = ByRole(working_days(1), working_days(1))  # failed on the spot after all, so it was dispatched
    limited: ByRole = ByRole(working_days(7), working_days(3))
    key: ByRole = ByRole(working_days(25), working_days(10))
    study: ByRole = ByRole(calendar_days(90), working_days(10))
    dispute: ByRole = ByRole(calendar_days(60), working_days(10))
    redo: ByRole = ByRole(working_days(3), working_days(2))
    remind_result: Duration = _ONE_DAY
    remind_step: Duration = _HALF_DAY
    remind_urgent: Duration = _QUARTER


DEFAULT_RULES: Final = DeadlineRules()


@dataclass(frozen=True, slots=True)
class PlannedDeadlines:
    """The deadlines of a new assignment, when to remind of each, and what they rest on."""

    sign_at: datetime
    contact_at: datetime
    result_at: datetime
    sign_fire_at: datetime
    contact_fire_at: datetime
    result_fire_at: datetime
    rule_version: int
    assumed_years: frozenset[int]


def duration_of(
    rules: DeadlineRules,
    kind: DeadlineKind | str,
    *,
    tier: Tier | str = Tier.LIMITED,
    urgency: Urgency | str = Urgency.NORMAL,
    nature: Nature | str = Nature.PROBLEM,
    role: Role | str = Role.LEAD,
    redo: bool = False,
) -> Duration:
    """The time limit of one step. ValueError for a word that is none of the enums'."""
    tier, urgency, nature, role = Tier(tier), Urgency(urgency), Nature(nature), Role(role)
    kind = DeadlineKind(kind)
    if kind is DeadlineKind.RESULT:
        return _result(rules, tier, urgency, nature, redo=redo).of(role)
    urgent = urgency is Urgency.URGENT
    return {
        DeadlineKind.ACCEPT: rules.accept,
        DeadlineKind.CALLBACK: rules.callback,
        DeadlineKind.NAME_DATE: rules.name_date,
        DeadlineKind.DECISION: rules.decision,
        DeadlineKind.SIGN: rules.urgent_sign if urgent else rules.sign,
        DeadlineKind.CONTACT: rules.urgent_contact if urgent else rules.contact,
    }[kind]


def _result(rules: DeadlineRules, tier: Tier, urgency: Urgency, nature: Nature, *, redo: bool) -> ByRole:
    """First match wins: what is urgent stays urgent when redone; study and dispute count only for key matters."""
    if urgency is Urgency.URGENT:
        return rules.urgent
    if redo:
        return rules.redo
    if urgency is Urgency.CONSULT:
        return rules.consult
    if tier is Tier.KEY:
        return {Nature.PROBLEM: rules.key, Nature.STUDY: rules.study, Nature.DISPUTE: rules.dispute}[nature]
    return rules.limited if tier is Tier.LIMITED else rules.on_spot


def plan_deadlines(
    rules: DeadlineRules,
    *,
    tier: Tier | str,
    urgency: Urgency | str,
    role: Role | str,
    start: datetime,
    calendar: WorkCalendar,
    nature: Nature | str = Nature.PROBLEM,
    parent_due: datetime | None = None,
    redo: bool = False,
) -> PlannedDeadlines:
    """Deadlines of an assignment dispatched at ``start``.

    A hand-down never outlives its parent: the result is due at ``parent_due`` at the latest, even when that has
    passed already. No step is due after the result.
    """

    def add(kind: DeadlineKind) -> Due:
        length = duration_of(rules, kind, tier=tier, urgency=urgency, nature=nature, role=role, redo=redo)
        return calendar.add(start, length)

    sign, contact, result = add(DeadlineKind.SIGN), add(DeadlineKind.CONTACT), add(DeadlineKind.RESULT)
    result_at = result.at if parent_due is None else min(result.at, parent_due)
    sign_at, contact_at = min(sign.at, result_at), min(contact.at, result_at)
    return PlannedDeadlines(
        sign_at=sign_at,
        contact_at=contact_at,
        result_at=result_at,
        sign_fire_at=fire_at(rules, DeadlineKind.SIGN, sign_at, start=start, calendar=calendar, urgency=urgency),
        contact_fire_at=fire_at(
            rules, DeadlineKind.CONTACT, contact_at, start=start, calendar=calendar, urgency=urgency
        ),
        result_fire_at=fire_at(rules, DeadlineKind.RESULT, result_at, start=start, calendar=calendar, urgency=urgency),
        rule_version=rules.version,
        assumed_years=sign.assumed_years | contact.assumed_years | result.assumed_years,
    )


def return_until(rules: DeadlineRules, dispatched_at: datetime, calendar: WorkCalendar) -> datetime:
    """The last moment at which a unit may give an assignment back."""
    return calendar.add(dispatched_at, rules.return_within).at


def extension_until(rules: DeadlineRules, due: datetime, calendar: WorkCalendar) -> datetime:
    """The last moment at which an extension of ``due`` may be asked for: with "one working day before", the close of
    the working day before the day it is due."""
    day = calendar.shift(due.astimezone(calendar.tz).date(), -rules.ask_extension_before.amount)
    return calendar.closing(day) or due


def extension_days(due: datetime, wanted: datetime, calendar: WorkCalendar) -> int:
    """How many working days an extension from ``due`` to ``wanted`` gives."""
    return calendar.elapsed(due, wanted, Unit.WORKING_DAYS)


def result_due(
    start: datetime, duration: Duration, extended_days: int, calendar: WorkCalendar, pauses: Pauses = ()
) -> Due:
    """When a result is due: the rule's time, then the working days it was extended by, both without the pauses."""
    due = calendar.add(start, duration, pauses)
    if not extended_days:
        return due
    later = calendar.add(due.at, working_days(extended_days), pauses)
    return Due(later.at, due.assumed_years | later.assumed_years)


def step_due(rules: DeadlineRules, kind: DeadlineKind | str, *, start: datetime, calendar: WorkCalendar) -> Due:
    """The deadline of what depends on neither tier nor urgency: accept, call-back, naming a date, a decision."""
    return calendar.add(start, duration_of(rules, kind))


def fire_at(
    rules: DeadlineRules,
    kind: DeadlineKind | str,
    due: datetime,
    *,
    start: datetime,
    calendar: WorkCalendar,
    urgency: Urgency | str = Urgency.NORMAL,
) -> datetime:
    """When to remind of a deadline: in office hours (urgent: at any hour), never before ``start`` nor after ``due``.

    A reminder set in days comes at the opening of that working day before the day it is due.
    """
    if Urgency(urgency) is Urgency.URGENT:
        lead_time = rules.remind_urgent
    else:
        lead_time = rules.remind_result if DeadlineKind(kind) is DeadlineKind.RESULT else rules.remind_step
    if lead_time.unit is Unit.WORKING_DAYS:
        day = calendar.shift(due.astimezone(calendar.tz).date(), -lead_time.amount)
        moment = calendar.opening(day) or due
    else:
        moment = calendar.latest_start(due, lead_time)
    return min(max(moment, start), due) if due > start else due
