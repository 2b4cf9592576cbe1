"""What an import proposes is used by nobody before a person has confirmed it; dates in their many forms."""

from __future__ import annotations

import datetime as dt

import pytest

from sanfuwu.intake import values
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.problems.actions import accept
from sanfuwu.problems.actions.categories import confirm_category, create_category, propose_categories
from sanfuwu.problems.commands import Accept
from sanfuwu.problems.models import Category, Problem
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.visits.tests.people import act_as

from .making import row, table
from .steps import imported
from .times import NOW


@pytest.mark.django_db
def test_labels_become_proposed_categories_once_and_known_ones_are_used() -> None:
    known = create_category("edu", "教育文体", actor=SYSTEM, now=NOW)
    imported(table(row("M1"), row("M2", 问题分类="教育文体"), row("M3", 问题分类=""), row("M4")))
    imported(table(row("M5")))
    proposed = Category.objects.get(status="proposed")
    told = list(Problem.objects.order_by("number").values_list("proposed_category_id", "category_id"))
    assert told == [(proposed.pk, None), (known.pk, None), (None, None), (proposed.pk, None), (proposed.pk, None)]


@pytest.mark.django_db
def test_nothing_is_accepted_under_a_proposed_category_before_the_office_confirms_it() -> None:
    imported(table(row()))
    problem, category = Problem.objects.get(), Category.objects.get()
    office = act_as("sfwb", "dispatcher")
    with pytest.raises(InvalidInput):
        accept(problem.pk, Accept(category_id=category.pk), actor=office, now=NOW)
    with pytest.raises(NotAllowed):
        confirm_category(category.pk, actor=act_as("zjj", "handler"), now=NOW)
    confirm_category(category.pk, actor=office, now=NOW)
    with pytest.raises(IllegalTransition):
        confirm_category(category.pk, actor=office, now=NOW)
    assert accept(problem.pk, Accept(category_id=category.pk), actor=office, now=NOW).category_id == category.pk


@pytest.mark.django_db
def test_categories_have_three_levels_and_one_of_a_name_below_a_parent() -> None:
    office = act_as("sfwb", "dispatcher")
    top = create_category("a", "公用事业", actor=office, now=NOW)
    middle = create_category("b", "供水", parent_id=top.pk, actor=office, now=NOW)
    leaf = create_category("c", "管道接入", parent_id=middle.pk, actor=office, now=NOW)
    for code, name, parent in (("d", "更深", leaf.pk), ("a", "同码", None), ("e", "供水", top.pk), ("f", " ", None)):
        with pytest.raises(InvalidInput):
            create_category(code, name, parent_id=parent, actor=office, now=NOW)
    assert propose_categories(["供水", "", "新标签"], actor=office, now=NOW)["供水"] == middle.pk
    assert propose_categories(["乙"], actor=act_as("330604007000", "town_dispatcher"), now=NOW)
    with pytest.raises(NotAllowed):
        propose_categories(["甲"], actor=act_as("zjj", "handler"), now=NOW)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        (dt.datetime(2020, 1, 4, 11, 17, 46), "2020-01-04T11:17:46+08:00"),  # noqa: DTZ001 - a cell has no zone
        ("2019/1/8 9:12", "2019-01-08T09:12:00+08:00"),
        ("2020.1.4", "2020-01-04T00:00:00+08:00"),
        ("2020年1月4日 9时05分", "2020-01-04T09:05:00+08:00"),
        ("2020-01-04T11:17:46", "2020-01-04T11:17:46+08:00"),
        ("２０２０－０１－０４", "2020-01-04T00:00:00+08:00"),
        ("20200104", "2020-01-04T00:00:00+08:00"),
        (43834.5, "2020-01-04T12:00:00+08:00"),
        ("43834", "2020-01-04T00:00:00+08:00"),
        ("", None),
    ],
)
def test_dates_come_in_many_forms(cell: values.Cell, moment: str | None) -> None:
    found = values.moment(cell)
    assert (found.isoformat() if found else None) == moment


@pytest.mark.parametrize("cell", ["2020-13-01", "31.12.2020", "2020-1-1 25:00", True, 999999, 12, "一月"])
def test_what_is_no_date_is_said(cell: values.Cell) -> None:
    with pytest.raises(values.NotADate):
        values.moment(cell)
