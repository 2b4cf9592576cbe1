"""会议, in sentences: what was said aloud is owned and dated before the meeting ends."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest

from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.meetings.actions import hold_meeting, record_opinion
from sanfuwu.meetings.commands import HoldMeeting, Item, Promise
from sanfuwu.meetings.models import Meeting, MeetingItem
from sanfuwu.meetings.queries import items_of, meeting_of, summary
from sanfuwu.problems.commands import SpotSolution, Step
from sanfuwu.problems.models import Commitment, PlanStep, Problem
from sanfuwu.territory.actor import Actor
from sanfuwu.visits.commands import RecordOpinion
from sanfuwu.visits.tests.people import HELD, NOW, SONGXIA, act_as, events_of, firm, told, unit

pytestmark = pytest.mark.django_db
SOLVED = SpotSolution(how="天然气公司当场答复并登记开户", confirmed_by="公司副总经理")


def a_meeting(chair: Actor, *items: Item, **more: object) -> HoldMeeting:
    given: dict[str, object] = {
        "title": "崧厦镇企业座谈会",
        "held_at": HELD,
        "division": SONGXIA,
        "chaired_by": chair.post_id,
        "parties": (firm(1), firm(2)),
        "items": items,
    } | more
    return HoldMeeting(**given)  # type: ignore[arg-type]


def step(text: str = "现场踏勘", code: str = "trqgs") -> Step:
    return Step(text=text, unit_id=unit(code).pk, due_on=dt.date(2019, 2, 20))


@pytest.fixture
def office(db: None) -> Actor:
    return act_as(SONGXIA, "town_dispatcher")


def test_every_item_becomes_a_problem_of_the_meeting_in_its_order(office: Actor) -> None:
    meeting = hold_meeting(
        a_meeting(
            office,
            Item(registration=told("燃气还没有通到厂区。")),
            Item(registration=told("门口货车乱停，进出不便。", firm(2)), solution=SOLVED),
            Item(registration=told("缺技术工人。", firm(2)), steps=(step("开专场招聘会", "rsj"),)),
        ),
        actor=office,
        now=NOW,
    )
    items = list(items_of(meeting.pk))
    assert [(i.order, i.outcome, i.problem.state) for i in items] == [
        (1, "open", "submitted"),
        (2, "solved", "struck_off"),
        (3, "planned", "submitted"),
    ]
    assert {(i.problem.channel, i.problem.meeting_id, i.problem.raised_on) for i in items} == {
        ("meeting", meeting.pk, HELD)
    }
    assert summary(meeting.pk).__class__(2, 3, 1, 1, 1) == summary(meeting.pk)
    assert meeting_of(items[0].problem_id) == meeting
    assert events_of(meeting) == ["held"]
    assert events_of(items[2].problem_id) == ["registered", "planned"]


def test_a_promise_with_a_day_is_due_then_and_one_without_gets_a_day_to_name_it(office: Actor) -> None:
    promises = (
        Promise(unit_id=unit("trqgs").pk, text="一周内解决", due_on=dt.date(2019, 2, 19)),
        Promise(unit_id=unit("jjdd").pk, text="会想办法解决好"),
    )
    meeting = hold_meeting(
        a_meeting(office, Item(registration=told("燃气管道。"), steps=(step(),), promises=promises)),
        actor=office,
        now=NOW,
    )
    dated, undated = Commitment.objects.order_by("pk")
    assert dated.due_at is not None
    assert dated.due_at.astimezone(HELD.tzinfo).isoformat() == "2019-02-19T17:30:00+08:00"
    assert undated.due_at is None
    assert undated.date_to_be_named_by is not None
    # Two working days after Tuesday 12 February.
    assert undated.date_to_be_named_by.astimezone(HELD.tzinfo).date() == dt.date(2019, 2, 14)
    assert {c.meeting_id for c in (dated, undated)} == {meeting.pk}
    assert PlanStep.objects.get().problem_id == dated.problem_id


def test_one_wrong_item_is_named_and_nothing_of_the_meeting_is_kept(office: Actor) -> None:
    cmd = a_meeting(office, Item(registration=told("正常的一条。")), Item(registration=told(" ")))
    with pytest.raises(InvalidInput) as caught:
        hold_meeting(cmd, actor=office, now=NOW)
    assert caught.value.field == "items.2.text"
    assert not Meeting.objects.exists()
    assert not Problem.objects.exists()
    assert not Event.objects.filter(stream_kind__in=["meeting", "problem"]).exists()


def test_what_is_solved_at_the_meeting_must_say_how(office: Actor) -> None:
    mute = SpotSolution(how="", confirmed_by="公司副总经理")
    with pytest.raises(InvalidInput) as caught:
        hold_meeting(a_meeting(office, Item(registration=told("路灯。"), solution=mute)), actor=office, now=NOW)
    assert caught.value.field == "items.1.how"
    assert not MeetingItem.objects.exists()


def test_what_is_solved_needs_no_plan(office: Actor) -> None:
    item = Item(registration=told("路灯。"), solution=SOLVED, steps=(step(),))
    with pytest.raises(InvalidInput) as caught:
        hold_meeting(a_meeting(office, item), actor=office, now=NOW)
    assert caught.value.field == "items.1.steps"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"held_at": NOW + dt.timedelta(days=1)}, "held_at"),
        ({"division": "330603000000"}, "division"),
        ({"chaired_by": UUID(int=7)}, "chaired_by"),
        ({"parties": (firm(1), firm(1))}, "parties"),
    ],
)
def test_a_meeting_that_cannot_be_true_is_refused(office: Actor, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        hold_meeting(a_meeting(office, **wrong), actor=office, now=NOW)
    assert caught.value.field == field
    assert not Meeting.objects.exists()


def test_a_meeting_has_at_most_five_hundred_items(office: Actor) -> None:
    items = tuple(Item(registration=told(f"第{n}条。")) for n in range(501))
    with pytest.raises(InvalidInput):
        hold_meeting(a_meeting(office, *items), actor=office, now=NOW)


def test_officers_hold_no_meetings_and_strangers_add_no_opinions(office: Actor) -> None:
    with pytest.raises(NotAllowed):
        hold_meeting(a_meeting(office), actor=act_as("sfwb", "audit_officer"), now=NOW)
    meeting = hold_meeting(a_meeting(office), actor=office, now=NOW)
    with pytest.raises(NotAllowed):
        record_opinion(meeting.pk, RecordOpinion(text="多开这样的会。"), actor=act_as("jxj", "handler"), now=NOW)
    opinion = record_opinion(meeting.pk, RecordOpinion(text="多开这样的会。"), actor=office, now=NOW)
    assert (opinion.meeting_id, opinion.visit_id, opinion.heard_at) == (meeting.pk, None, HELD)


def test_the_rows_of_a_meeting_can_be_told_again_from_its_events(office: Actor) -> None:
    meeting = hold_meeting(a_meeting(office, Item(registration=told("排水。"))), actor=office, now=NOW)
    present = replay(Event.objects.filter(stream_id=meeting.pk))
    assert {name for name, _id in present} == {"meeting", "meetingparty", "meetingitem"}
    assert differences(present, "meetings") == []
