"""Who may set what: every post against every thing, as one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sanfuwu.ledger.errors import NotAllowed
from sanfuwu.problems.tests.cast import NOW, Cast, refused
from sanfuwu.reference import actions, policies
from sanfuwu.reference.limits import hours_dict, limits_of
from sanfuwu.reference.models import Phrase
from sanfuwu.rules.deadlines import DeadlineRules
from sanfuwu.rules.officehours import OfficeHours
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import Role

# post: lists | propose rules | approve | county's data | own words, unit's words, county's words
TABLE = """
office             +  +  -  -  personal county
unit_dispatcher    -  -  -  -  personal
town_office        -  -  -  -  personal unit
handler            -  -  -  -  personal
head               -  -  -  -  personal unit
collector          -  -  -  -  personal
verifier           -  -  -  -  personal
supervisor         -  -  +  -  personal
district_leader    -  -  -  -  personal
system_officer     -  -  -  +  none
security_officer   -  -  -  -  none
audit_officer      -  -  -  -  none
SYSTEM             +  +  -  +  county
"""
ASKED: tuple[Callable[[Actor], bool], ...] = (
    policies.may_set_lists,
    policies.may_propose_rules,
    policies.may_approve,
    policies.may_set_county,
)


def post(cast: Cast, name: str) -> Actor:
    if name == "SYSTEM":
        return SYSTEM
    if name == "unit_dispatcher":  # the role alone is not the district office
        return cast.hire("gdgs", Role.DISPATCHER, "柳调度")
    actor: Actor = getattr(cast, name)
    return actor


@pytest.mark.parametrize("line", TABLE.strip().splitlines(), ids=lambda line: line.split()[0])
def test_each_post_may_set_what_the_table_says(cast: Cast, line: str) -> None:
    name, *signs = line.split()
    actor = post(cast, name)
    assert ["+" if ask(actor) else "-" for ask in ASKED] == signs[:4]
    assert list(policies.phrase_scopes(actor)) == [word for word in signs[4:] if word != "none"]


def test_whoever_stands_in_for_some_acts_sets_nothing(cast: Cast) -> None:
    stands_in = replace(cast.office, on_behalf_of=cast.office.post_id, acts_allowed=frozenset({"accept"}))
    assert not policies.may_set_lists(stands_in)
    assert not policies.may_propose_rules(stands_in)


def test_an_approval_is_given_in_person(cast: Cast) -> None:
    assert not policies.may_approve(replace(cast.supervisor, on_behalf_of=cast.supervisor.post_id))


def test_nobody_approves_what_the_same_person_proposed_in_another_post(cast: Cast) -> None:
    limits = limits_of(DeadlineRules()) | {"limited_lead": "5wd"}
    row = actions.propose_rules(
        limits, hours_dict(OfficeHours()), valid_from=NOW, remark="试", actor=cast.office, now=NOW
    )
    second_post = replace(cast.supervisor, person_id=cast.office.person_id)
    with refused(NotAllowed, code="same_person"):
        actions.approve_rules(row.pk, actor=second_post, now=NOW)


def test_words_are_changed_by_their_owner_alone(cast: Cast) -> None:
    mine = actions.add_phrase(scope="personal", act="", text="已电话联系。", actor=cast.handler, now=NOW)
    of_unit = actions.add_phrase(scope="unit", act="", text="已派员现场查看。", actor=cast.head, now=NOW)
    assert policies.may_edit_phrase(cast.handler, mine)
    assert not policies.may_edit_phrase(cast.head, mine)
    assert policies.may_edit_phrase(cast.head, of_unit)
    assert not policies.may_edit_phrase(cast.handler, of_unit)
    assert Phrase.objects.count() == 2
