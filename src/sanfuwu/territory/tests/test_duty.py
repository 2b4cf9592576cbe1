"""值班表: who is on duty when."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.territory.actions import OnDuty, remove_duty, set_duty
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import DutyShift, Role
from sanfuwu.territory.queries import duty_between

from .cast import NOW, TODAY, District, actor_in, events_of, post_in


def test_a_line_entered_twice_stands_once_and_is_an_event_of_the_unit(district: District) -> None:
    post = post_in(district.bureau)
    line = OnDuty(post.pk, TODAY, "night", leads=True)
    office = actor_in(Role.DISPATCHER)
    assert set_duty([line], actor=office, now=NOW) == 1
    assert set_duty([line], actor=office, now=NOW) == 0
    (shown,) = duty_between(TODAY, TODAY)
    assert (shown.unit, shown.person, shown.shift, shown.leads) == ("新设局", "张三", "night", True)
    assert events_of(district.bureau) == ["created", "duty_set"]


def test_a_line_taken_back_stays_on_record(district: District) -> None:
    post = post_in(district.bureau)
    set_duty([OnDuty(post.pk, TODAY)], actor=SYSTEM, now=NOW)
    row = DutyShift.objects.get()
    remove_duty(row.pk, actor=SYSTEM, now=NOW)
    assert duty_between(TODAY, TODAY) == []
    assert DutyShift.objects.get().removed_at == NOW
    with pytest.raises(IllegalTransition):
        remove_duty(row.pk, actor=SYSTEM, now=NOW)
    assert set_duty([OnDuty(post.pk, TODAY)], actor=SYSTEM, now=NOW) == 1


def test_nobody_is_on_duty_after_his_post_ended_and_no_officer_ever(district: District) -> None:
    gone = post_in(district.bureau, valid_to=TODAY)
    officer = post_in(district.bureau, Role.AUDIT_OFFICER, name="李四")
    for post in (gone, officer):
        with pytest.raises(InvalidInput):
            set_duty([OnDuty(post.pk, TODAY)], actor=SYSTEM, now=NOW)
    assert not DutyShift.objects.exists()


@pytest.mark.parametrize("role", [r for r in Role if r != Role.DISPATCHER])
def test_only_the_district_office_keeps_the_roster(district: District, role: Role) -> None:
    post = post_in(district.bureau)
    with pytest.raises(NotAllowed):
        set_duty([OnDuty(post.pk, TODAY + dt.timedelta(1))], actor=actor_in(role), now=NOW)
