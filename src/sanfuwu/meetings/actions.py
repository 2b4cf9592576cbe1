"""会议: held, attended, and every item owned and dated before it ends. No rule of a problem is written here again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.together import atomically, settle
from sanfuwu.problems.actions import record_commitment, register_problems, set_plan, solve_on_spot
from sanfuwu.problems.commands import RecordCommitment, Registration, SetPlan
from sanfuwu.problems.models import Problem
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Post
from sanfuwu.territory.policies import require
from sanfuwu.visits.actions import hear
from sanfuwu.visits.commands import RecordOpinion
from sanfuwu.visits.models import Opinion
from sanfuwu.visits.occasion import attendance, check_past, check_place, check_size
from sanfuwu.visits.policies import may_record

from .commands import HoldMeeting, Item
from .models import Meeting, MeetingItem, MeetingParty


def hold_meeting(cmd: HoldMeeting, *, actor: Actor, now: dt.datetime) -> Meeting:
    """One transaction: the meeting, a problem for every item, its plan and its promises. An error names the item
    (`items.3.text`), and nothing is written."""
    require(may_record(actor))
    title = cmd.title.strip()
    if not title or len(title) > 120:
        raise InvalidInput(_("Between 1 and %(most)d characters.") % {"most": 120}, field="title")
    division = check_place(cmd.division)
    check_past(cmd.held_at, now)
    check_size(cmd.parties, cmd.items)
    for order, item in enumerate(cmd.items, start=1):
        if item.solution is not None and (item.steps or item.promises):
            raise InvalidInput(_("What is solved already needs no plan."), field=f"items.{order}.steps")
    if not Post.objects.filter(pk=cmd.chaired_by).exists():
        raise InvalidInput(_("There is no such post."), field="chaired_by")
    meeting = Meeting(
        id=new_id(),
        title=title,
        held_at=cmd.held_at,
        division=division,
        chaired_by=cmd.chaired_by,
        unit_id=actor.unit_id,
        registered_by=actor.effective_post,
        registered_at=now,
    )
    with atomically():
        problems = _register(meeting, cmd.items, actor, now)
        changes = Changes()
        met = attendance(changes, cmd.parties, now)
        changes.insert(meeting)
        for values in met:
            changes.insert(MeetingParty(meeting=meeting, **values))
        for order, (item, problem) in enumerate(zip(cmd.items, problems, strict=True), start=1):
            changes.insert(MeetingItem(meeting=meeting, order=order, problem=problem, outcome=_outcome(item)))
        changes.event(meeting, "held", happened_at=cmd.held_at)
        commit(changes, actor=actor, now=now)
    return meeting


def _outcome(item: Item) -> str:
    if item.solution is not None:
        return MeetingItem.Outcome.SOLVED.value
    return MeetingItem.Outcome.PLANNED.value if item.steps else MeetingItem.Outcome.OPEN.value


def _registration(meeting: Meeting, item: Item) -> Registration:
    """As given, but raised at this meeting and when it was held."""
    reg = item.registration
    return replace(
        reg, channel=Problem.Channel.MEETING.value, meeting_id=meeting.pk, raised_on=reg.raised_on or meeting.held_at
    )


def _register(meeting: Meeting, items: tuple[Item, ...], actor: Actor, now: dt.datetime) -> list[Problem]:
    """A problem for every item, in their order."""
    later = [n for n, item in enumerate(items) if item.solution is None]
    problems: dict[int, Problem] = {}
    registered = register_problems([_registration(meeting, items[n]) for n in later], actor=actor, now=now)
    for n, result in zip(later, registered, strict=True):
        if result.error is not None:
            raise _at(n, result.error.message, result.error.field)
        if result.problem is None:
            raise _at(n, _("This entry of the other system is registered already."), "source_ref")
        problems[n] = result.problem
        _follow_through(meeting, result.problem, items[n], actor, now)
    for n, item in enumerate(items):
        if item.solution is not None:
            try:
                problems[n] = solve_on_spot(_registration(meeting, item), item.solution, actor=actor, now=now)
            except InvalidInput as error:
                raise _at(n, error.message, error.field) from error
    return [problems[n] for n in range(len(items))]


def _follow_through(meeting: Meeting, problem: Problem, item: Item, actor: Actor, now: dt.datetime) -> None:
    """方案和落实路径, and who promised what."""
    if item.steps:
        set_plan(problem.pk, SetPlan(steps=item.steps), actor=actor, now=now)
    for promise in item.promises:
        said = RecordCommitment(
            unit_id=promise.unit_id, text=promise.text, due_on=promise.due_on, meeting_id=meeting.pk
        )
        record_commitment(problem.pk, said, actor=actor, now=now)


def _at(index: int, message: str, field: str | None) -> InvalidInput:
    place = f"items.{index + 1}" + (f".{field}" if field else "")
    return InvalidInput(_("Item %(number)d: %(message)s") % {"number": index + 1, "message": message}, field=place)


def record_opinion(meeting_id: UUID, cmd: RecordOpinion, *, actor: Actor, now: dt.datetime) -> Opinion:
    """Write down what somebody said at a meeting, by whoever recorded it or a colleague of that unit."""
    with atomically():
        settle()
        meeting = Meeting.objects.filter(pk=meeting_id).first()
        if meeting is None:
            raise NotVisible(_("There is no such meeting."))
        mine = actor.is_system or actor.effective_post == meeting.registered_by or actor.unit_id == meeting.unit_id
        require(may_record(actor) and mine)
        return hear(cmd, visit=None, meeting_id=meeting.pk, heard_at=meeting.held_at, actor=actor, now=now)
