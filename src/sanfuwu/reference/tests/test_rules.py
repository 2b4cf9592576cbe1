"""办理时限: a change is a new version; what is dispatched keeps its dates and says which version they come from."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.problems.queries.effects import effects_of_rules
from sanfuwu.problems.tests.cast import NOW, Cast, at, closing, refused
from sanfuwu.reference import actions
from sanfuwu.reference.limits import checked_limits, hours_dict, limit_names, limits_of, rules_of
from sanfuwu.reference.models import RuleVersion
from sanfuwu.reference.queries import calendar_at, in_force, rules_at
from sanfuwu.reference.queries.rules import InForce
from sanfuwu.rules.deadlines import DEFAULT_RULES, DeadlineRules
from sanfuwu.rules.officehours import OfficeHours
from sanfuwu.web.limit_words import LIMITS

HOURS = hours_dict(OfficeHours())


def limits(**other: str) -> dict[str, str]:
    return limits_of(DeadlineRules()) | other


def propose(cast: Cast, *, start: dt.datetime = NOW, hours: dict[str, str] | None = None, **other: str) -> RuleVersion:
    given = other or {"limited_lead": "5wd"}
    return actions.propose_rules(
        limits(**given), hours or HOURS, valid_from=start, remark="区政办〔2019〕8号", actor=cast.office, now=NOW
    )


def approved(cast: Cast, **how: Any) -> RuleVersion:
    return actions.approve_rules(propose(cast, **how).pk, actor=cast.supervisor, now=NOW)


def test_a_version_holds_from_its_first_moment_on(cast: Cast) -> None:
    approved(cast, start=at(14, 0, 0))
    assert rules_at(at(13)) == DEFAULT_RULES
    assert str(rules_at(at(14)).limited.lead) == "5wd"
    assert rules_at(at(14)).version == 2


def test_what_is_proposed_holds_nothing_yet(cast: Cast) -> None:
    propose(cast)
    assert rules_at(at(20)) == DEFAULT_RULES


def test_a_dispatch_reads_the_version_in_force_and_names_it(cast: Cast) -> None:
    before = cast.dispatched()
    approved(cast)
    after = cast.dispatched()
    old, new = before.assignments.get(), after.assignments.get()
    assert (old.rule_version, old.due_at) == (1, closing(21))
    assert (new.rule_version, new.due_at) == (2, closing(19))


def test_approved_late_it_holds_from_the_approval_on(cast: Cast) -> None:
    row = propose(cast, start=at(12, 12))
    row = actions.approve_rules(row.pk, actor=cast.supervisor, now=at(15))
    assert row.valid_from == at(15)
    assert in_force(at(13)).number == 1


def test_office_hours_are_part_of_a_version(cast: Cast) -> None:
    approved(cast, hours=HOURS | {"afternoon_to": "17:00"}, limited_lead="7wd", sign="1wd")
    assert cast.dispatched().assignments.get().due_at == at(21, 17, 0)
    assert calendar_at(NOW).hours.afternoon_to == dt.time(17)


def test_it_is_refused_without_a_second_approver(cast: Cast) -> None:
    row = propose(cast)
    for actor in (cast.office, cast.system_officer, cast.handler):
        with refused(NotAllowed):
            actions.approve_rules(row.pk, actor=actor, now=NOW)


def test_a_refusal_says_why_and_another_proposal_may_follow(cast: Cast) -> None:
    row = propose(cast)
    with refused(InvalidInput, field="answer"):
        actions.refuse_rules(row.pk, answer=" ", actor=cast.supervisor, now=NOW)
    actions.refuse_rules(row.pk, answer="缺少文件依据", actor=cast.supervisor, now=NOW)
    with refused(IllegalTransition):
        actions.approve_rules(row.pk, actor=cast.supervisor, now=NOW)
    assert propose(cast).number == 3


def test_one_proposal_waits_at_a_time_and_the_office_may_withdraw_it(cast: Cast) -> None:
    row = propose(cast)
    with refused(IllegalTransition):
        propose(cast, limited_lead="6wd")
    actions.withdraw_rules(row.pk, actor=cast.office, now=NOW)
    propose(cast, limited_lead="6wd")


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"sign": "soon"}, "sign"),
        ({"limited_lead": "0wd"}, "limited_lead"),
        ({"key_lead": "999wd"}, "key_lead"),
        ({"limited_co": "8wd"}, "limited_co"),
    ],
)
def test_a_limit_must_be_one_that_can_be_kept(cast: Cast, other: dict[str, str], field: str) -> None:
    with refused(InvalidInput, field=field):
        propose(cast, **other)


def test_it_cannot_begin_in_the_past_nor_change_nothing(cast: Cast) -> None:
    with refused(InvalidInput, field="valid_from"):
        propose(cast, start=NOW - dt.timedelta(minutes=1))
    with refused(InvalidInput):
        propose(cast, limited_lead="7wd")


def test_events_give_the_version_back_and_hold_no_word(cast: Cast) -> None:
    row = approved(cast)
    events = list(Event.objects.filter(stream_kind="rule_version", stream_id=row.pk))
    assert [e.kind for e in events] == ["proposed", "approved"]
    assert differences(replay(events), "reference") == []
    assert "区政办" not in str([e.payload for e in events])


def test_effects_say_how_many_would_get_which_date_and_change_nothing(cast: Cast) -> None:
    first, _second = cast.dispatched(), cast.dispatched()
    shorter = InForce(2, NOW, rules_of(2, limits(limited_lead="5wd")), OfficeHours())
    (line,) = effects_of_rules(shorter, now=NOW)
    assert (line.tier, line.role, line.count, line.differs) == ("limited", "lead", 2, True)
    assert (line.old.result_at, line.new.result_at) == (closing(21), closing(19))
    assert first.assignments.get().due_at == closing(21)


def test_every_limit_of_the_rules_has_a_word() -> None:
    assert {name for name, _role in limit_names()} == LIMITS.keys()


def test_whatever_the_rules_know_is_written_and_read_back_as_it_was() -> None:
    assert rules_of(1, checked_limits(limits_of(DeadlineRules()))) == DeadlineRules()


@pytest.mark.parametrize("name", ["ask_extension_before", "long_extension"])
def test_extensions_are_counted_in_working_days(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_limits(limits_of(DeadlineRules()) | {name: "10d"})
    assert caught.value.field == name


def test_a_stored_version_keeps_the_programs_value_for_a_limit_it_does_not_know() -> None:
    assert rules_of(4, {"sign": "2wd"}).contact == DeadlineRules().contact
    assert str(rules_of(4, {"sign": "2wd"}).sign) == "2wd"
