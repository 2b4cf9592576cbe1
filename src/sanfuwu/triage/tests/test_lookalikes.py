"""相似件: found by text, by requester, by place and category; never what one may not see, never a confidential one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems import actions
from sanfuwu.problems.commands import Accept
from sanfuwu.problems.tests.cast import ELSEWHERE, NOW, TEXT, VILLAGE, Cast, firm, told
from sanfuwu.triage.queries import LookAlike, look_alikes, of_problem

pytestmark = pytest.mark.django_db

NEARLY = "我厂夏季用电高峰经常跳闸，车间每周停工三次，订单交期受到影响，请协调增容。"
OTHER = "村口道路破损积水，老人小孩出行不便，希望尽快修补。"


def reasons(found: list[LookAlike]) -> list[set[str]]:
    return [{r.kind for r in one.reasons} for one in found]


def test_nearly_the_same_text_is_found_with_how_much_of_it(cast: Cast) -> None:
    same, _other = cast.registered(), cast.registered(told(OTHER, firm(2)))
    (one,) = look_alikes(cast.office, text=NEARLY, now=NOW)
    assert one.line.id == same.pk
    (reason,) = one.reasons
    assert reason.kind == "text"
    assert 0.6 < reason.share < 1
    assert one.strong


def test_another_text_is_not_alike(cast: Cast) -> None:
    cast.registered(told(OTHER, firm(2)))
    assert look_alikes(cast.office, text=NEARLY, now=NOW) == []


def test_a_few_characters_are_alike_by_chance_and_say_nothing(cast: Cast) -> None:
    cast.registered(told("跳闸。", firm(2)))
    assert look_alikes(cast.office, text="跳闸。", now=NOW) == []


@pytest.mark.parametrize("given", ["name", "uscc"])
def test_the_same_firm_is_found_by_its_name_or_its_code(cast: Cast, given: str) -> None:
    asked = firm(7)
    earlier = cast.registered(told(OTHER, asked), now=NOW - dt.timedelta(days=3))
    cast.registered(told("别的企业的事情。", firm(8)))
    who = {"who": asked.name} if given == "name" else {"uscc": asked.uscc}
    (one,) = look_alikes(cast.office, text="公交站太远。", **who, now=NOW)
    assert (one.line.id, one.days, reasons([one])) == (earlier.pk, 3, [{"party"}])
    assert not one.strong


def test_a_firm_without_a_code_is_found_by_its_name_however_its_form_is_written(cast: Cast) -> None:
    small = RequesterInput("enterprise", name="上虞样例伞业有限公司")
    earlier = cast.registered(told(OTHER, small))
    cast.registered(told("另一家。", RequesterInput("enterprise", name="上虞样例伞业配件有限公司")))
    found = look_alikes(cast.office, text="公交站太远。", who="上虞样例伞业有限责任公司", now=NOW)
    assert [(one.line.id, reasons([one])) for one in found] == [(earlier.pk, [{"party"}])]


def test_a_person_is_not_looked_for_by_name(cast: Cast) -> None:
    cast.registered(told(OTHER, RequesterInput(contact_name="陆建国")))
    assert look_alikes(cast.office, text="公交站太远，不方便。", who="陆建国", now=NOW) == []


def test_the_same_kind_of_thing_at_the_same_place_is_found_for_ninety_days(cast: Cast) -> None:
    accepted = cast.accepted(told("一号变压器有异响。", firm(2)), now=NOW - dt.timedelta(days=20))
    ask = {"text": "停电两天了。", "category_id": cast.category, "now": NOW}
    assert reasons(look_alikes(cast.office, division=VILLAGE, **ask)) == [{"place"}]
    assert look_alikes(cast.office, division=ELSEWHERE, **ask) == []
    later = ask | {"now": NOW + dt.timedelta(days=80)}
    assert look_alikes(cast.office, division=VILLAGE, **later) == []
    assert accepted.category_id == cast.category


def test_what_has_more_reasons_stands_first(cast: Cast) -> None:
    cast.registered(told(OTHER, firm(7)))
    both = cast.registered(told(TEXT, firm(7)))
    found = look_alikes(cast.office, text=NEARLY, who=firm(7).name, now=NOW)
    assert found[0].line.id == both.pk
    assert reasons(found) == [{"text", "party"}, {"party"}]


def test_a_confidential_problem_is_never_shown_and_asks_for_none(cast: Cast) -> None:
    secret = cast.registered(told(TEXT, firm(3), confidential=True))
    twin = cast.registered(told(NEARLY, firm(3)))
    for actor in (cast.office, cast.named_office):
        found = look_alikes(actor, text=TEXT, who=firm(3).name, now=NOW)
        assert [one.line.id for one in found] == [twin.pk]
        assert of_problem(actor, secret, now=NOW) == []


def test_nobody_is_shown_what_he_may_not_see(cast: Cast) -> None:
    mine = cast.dispatched(told(TEXT, firm(1)))
    cast.dispatched(told(NEARLY, firm(2)), lead="zlsgs")
    assert [one.line.id for one in look_alikes(cast.handler, text=TEXT, now=NOW)] == [mine.pk]
    assert look_alikes(cast.system_officer, text=TEXT, now=NOW) == []


def test_a_problem_is_not_like_itself(cast: Cast) -> None:
    first, second = cast.registered(), cast.registered(told(NEARLY, firm(2)))
    assert [one.line.id for one in of_problem(cast.office, first, now=NOW)] == [second.pk]


def test_what_the_office_corrected_counts(cast: Cast) -> None:
    problem = cast.registered(told(OTHER, firm(4)))
    actions.accept(problem.pk, Accept(category_id=cast.category), actor=cast.office, now=NOW)
    again = cast.accepted(told("有一盏灯坏了，晚上很暗。", firm(5)))
    assert reasons(of_problem(cast.office, again, now=NOW)) == [{"place"}]


def test_it_costs_as_many_statements_whatever_is_there(cast: Cast) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            look_alikes(
                cast.office, text=NEARLY, who=firm(1).name, division=VILLAGE, category_id=cast.category, now=NOW
            )
        return len(asked)

    _prepared = cast.office, cast.category, cast.accepted()
    cost()  # names and statistics are remembered from here on
    few = cost()
    for n in range(2, 9):
        cast.accepted(told(TEXT, firm(n)))
    assert cost() == few
