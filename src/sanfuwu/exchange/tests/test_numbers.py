"""登记外部编号: several for each problem, one problem for each, found by search, hidden where they lead to a person."""

from __future__ import annotations

import pytest

from sanfuwu.ledger.errors import ActionError, InvalidInput, NotAllowed, NotVisible
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.problems import actions
from sanfuwu.problems.commands import CorrectForeignNumber, NoteForeignNumber, NoteForeignUpdate
from sanfuwu.problems.models import ForeignNumber, Problem
from sanfuwu.problems.queries import Filters, by_code, get_problem, list_problems
from sanfuwu.problems.tests.cast import NOW, Cast, kinds, told
from sanfuwu.rules.text import reference_key

from ..actions.systems import SetSystem, add_system, change_system
from .cast import hotline


def note(cast: Cast, problem: Problem, number: str, system: str = "hotline") -> Problem:
    return actions.note_foreign_number(
        problem.pk, NoteForeignNumber(system=system, number=number), actor=cast.office, now=NOW
    )


def found(cast: Cast, number: str, who: str = "office") -> list[object]:
    return list(list_problems(getattr(cast, who), Filters(foreign_number=number)).ids)


def test_a_problem_may_have_several_numbers_and_each_is_found(cast: Cast) -> None:
    hotline(cast)
    hotline(cast, "xinfang", "信访系统")
    problem = cast.registered()
    for number, system in (
        ("SX20190212-001", "hotline"),
        ("SX20190213-077", "hotline"),
        ("信访〔2019〕12号", "xinfang"),
    ):
        note(cast, problem, number, system)
    assert {n.number for n in get_problem(cast.office, problem.number, now=NOW).elsewhere} == {
        "SX20190212-001",
        "SX20190213-077",
        "信访〔2019〕12号",
    }
    assert found(cast, "ｓｘ20190213 -077") == [problem.pk]
    assert found(cast, "SX20190212-00") == []


def test_the_list_is_filtered_by_system(cast: Cast) -> None:
    hotline(cast)
    problem, _other = cast.registered(), cast.registered(told("另一件"))
    note(cast, problem, "1")
    assert list_problems(cast.office, Filters(facets={"foreign": ("hotline",)})).ids == [problem.pk]


def test_a_number_belongs_to_one_problem_in_each_system(cast: Cast) -> None:
    hotline(cast)
    hotline(cast, "xiaoguanjia", "小管家")
    one, two = cast.registered(), cast.registered(told("另一件"))
    note(cast, one, "A-17")
    with pytest.raises(InvalidInput, match=one.number) as caught:
        note(cast, two, "ａ-17")
    assert (caught.value.field, caught.value.code) == ("number", "duplicate")
    note(cast, two, "A-17", "xiaoguanjia")


def test_a_wrong_number_ends_and_becomes_free(cast: Cast) -> None:
    hotline(cast)
    one, two = cast.registered(), cast.registered(told("另一件"))
    note(cast, one, "17")
    row = ForeignNumber.objects.get()
    cmd = CorrectForeignNumber(foreign_id=row.pk, number="18", reason="抄错一位")
    actions.correct_foreign_number(one.pk, cmd, actor=cast.office, now=NOW)
    assert (found(cast, "17"), found(cast, "18")) == ([], [one.pk])
    note(cast, two, "17")
    right = ForeignNumber.objects.get(key="18")
    gone = CorrectForeignNumber(foreign_id=right.pk, reason="不是同一件事")
    actions.correct_foreign_number(one.pk, gone, actor=cast.office, now=NOW)
    assert found(cast, "18") == []
    assert list_problems(cast.office, Filters(facets={"foreign": ("hotline",)})).ids == [two.pk]
    assert kinds(one)[-3:] == ["foreign_number_noted", "foreign_number_corrected", "foreign_number_corrected"]


def test_events_replay_to_the_rows_and_hold_no_number(cast: Cast) -> None:
    hotline(cast)
    problem = note(cast, cast.registered(), "SX-0099-ABC")
    events = Event.objects.filter(stream_kind="problem", stream_id=problem.pk)
    assert differences(replay(events), "problems") == []
    assert "0099" not in str([e.payload for e in events])


def test_a_number_of_a_confidential_problem_is_for_those_who_may_know_the_person(cast: Cast) -> None:
    hotline(cast)
    problem = note(cast, cast.dispatched(told(confidential=True)), "SECRET-1")
    assert found(cast, "SECRET-1", "named_office") == [problem.pk]
    for who in ("office", "handler", "town_office", "district_leader"):
        assert found(cast, "SECRET-1", who) == [], who
    assert get_problem(cast.handler, problem.number, now=NOW).elsewhere == ()
    assert len(get_problem(cast.named_office, problem.number, now=NOW).elsewhere) == 1


def test_who_does_not_see_the_problem_does_not_find_it_by_its_number(cast: Cast) -> None:
    hotline(cast)
    note(cast, cast.registered(), "77")
    assert found(cast, "77", "handler") == []
    assert found(cast, "77", "other_town_office") == []


def test_the_requester_s_page_shows_numbers_of_systems_that_he_may_ask(cast: Cast) -> None:
    hotline(cast, told_to_requester=True)
    hotline(cast, "inner", "数字城管")
    problem = cast.registered()
    note(cast, problem, "12345-1")
    note(cast, problem, "CG-1", "inner")
    assert [n.number for n in by_code(problem.read_code, now=NOW).elsewhere] == ["12345-1"]


def test_what_is_registered_from_a_known_system_has_its_number_from_the_first_day(cast: Cast) -> None:
    hotline(cast)
    for n, source in enumerate(("hotline", "12345热线")):
        problem = cast.registered(told(f"第{n}件", source_system=source, source_ref=f"GD-{n}"))
        assert [x.number for x in get_problem(cast.office, problem.number, now=NOW).elsewhere] == [f"GD-{n}"]
        assert problem.source_ref == f"GD-{n}"
    unknown = cast.registered(told("别处来", source_system="留言", source_ref="9"))
    assert get_problem(cast.office, unknown.number, now=NOW).elsewhere == ()


def test_a_batch_knows_a_number_that_was_noted_by_hand_or_is_written_otherwise(cast: Cast) -> None:
    hotline(cast)
    by_hand = note(cast, cast.registered(), "GD-5")
    refs = ("gd-5", "GD-6", "ｇd-6", "GD-7")
    regs = [told(f"批量{ref}", source_system="hotline", source_ref=ref) for ref in refs]
    results = actions.register_problems(regs, actor=cast.office, now=NOW)
    assert [r.status for r in results] == ["duplicate", "created", "duplicate", "created"]
    assert results[0].number == by_hand.number


def test_their_word_is_a_note_and_changes_no_state(cast: Cast) -> None:
    hotline(cast)
    problem = note(cast, cast.signed(), "77")
    before = Problem.objects.values("state", "result_kind", "solved_at").get(pk=problem.pk)
    cmd = NoteForeignUpdate(system="hotline", number="77", status="已办结", text="话务员已回复来电人。")
    actions.note_foreign_update(problem.pk, cmd, actor=cast.office, now=NOW)
    assert Problem.objects.values("state", "result_kind", "solved_at").get(pk=problem.pk) == before
    last = get_problem(cast.handler, problem.number, now=NOW).timeline[-1]
    assert last.kind == "foreign_updated"
    assert "话务员已回复来电人。" in last.texts[0]
    assert "已办结" in last.texts[0]


@pytest.mark.parametrize(
    ("cmd", "field"),
    [
        (NoteForeignNumber(system="nowhere", number="1"), "system"),
        (NoteForeignNumber(system="hotline", number=" "), "number"),
        (NoteForeignNumber(system="hotline", number="x" * 81), "number"),
        (NoteForeignUpdate(system="hotline", number="nope", text="x"), "number"),
        (NoteForeignUpdate(system="hotline", number="1", text=" "), "text"),
        (NoteForeignUpdate(system="hotline", number="1", status="x" * 41), "status"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(cast: Cast, cmd: object, field: str) -> None:
    hotline(cast)
    problem = note(cast, cast.registered(), "1")
    act = actions.note_foreign_number if isinstance(cmd, NoteForeignNumber) else actions.note_foreign_update
    with pytest.raises(InvalidInput) as caught:
        act(problem.pk, cmd, actor=cast.office, now=NOW)  # type: ignore[operator]
    assert caught.value.field == field


def test_a_system_that_is_not_in_use_gets_no_new_number_but_keeps_the_old(cast: Cast) -> None:
    hotline(cast)
    problem = note(cast, cast.registered(), "1")
    change_system("hotline", SetSystem(name="12345热线", active=False), actor=cast.office, now=NOW)
    with pytest.raises(InvalidInput):
        note(cast, problem, "2")
    assert found(cast, "1") == [problem.pk]


@pytest.mark.parametrize("who", ["handler", "town_office", "supervisor", "system_officer", "district_leader"])
def test_only_the_district_s_office_keeps_the_list(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        add_system("x1", SetSystem(name="某系统"), actor=getattr(cast, who), now=NOW)


@pytest.mark.parametrize(
    ("code", "cmd", "field"),
    [
        ("X Y", SetSystem(name="某系统"), "code"),
        ("hotline", SetSystem(name="某系统"), "code"),
        ("other", SetSystem(name=" "), "name"),
        ("other", SetSystem(name="12345热线"), "name"),
        ("other", SetSystem(name="某系统", headings={"out_state": "x" * 31}), "out_state"),
        ("other", SetSystem(name="某系统", headings={"out_state": "工单编号"}), "out_state"),
    ],
)
def test_a_bad_entry_of_the_list_is_refused_at_its_field(cast: Cast, code: str, cmd: SetSystem, field: str) -> None:
    hotline(cast)
    with pytest.raises(ActionError) as caught:
        add_system(code, cmd, actor=cast.office, now=NOW)
    assert caught.value.field == field


def test_an_unknown_system_cannot_be_changed(cast: Cast) -> None:
    with pytest.raises(NotVisible):
        change_system("nowhere", SetSystem(name="x"), actor=cast.office, now=NOW)


def test_spaces_case_and_width_do_not_make_another_number() -> None:
    assert reference_key(" Ａ b-１ ") == reference_key("aB-1") == "ab-1"
    assert reference_key("信访〔2019〕1号") != reference_key("信访20191号")
