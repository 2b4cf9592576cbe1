"""The register of the served: entering, verifying, merging, un-merging, finding likenesses."""

from __future__ import annotations

import pytest

from sanfuwu.ledger.errors import IllegalTransition, InvalidInput, NotAllowed
from sanfuwu.ledger.fields import new_id
from sanfuwu.parties.actions import create_party, merge_parties, unmerge_party, verify_party
from sanfuwu.parties.models import Party
from sanfuwu.parties.queries import candidates, families_of, family_of
from sanfuwu.rules.samples import make_sample_mobile
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Role

from .givens import FIRM_A, FIRM_B, NOW, VILLAGE, actor_in, events_of, firm, resolve

pytestmark = pytest.mark.django_db

KEEPERS = {Role.DISPATCHER, Role.TOWN_DISPATCHER}


def entered(name: str, uscc: str = "", division: str = "", kind: str = Party.Kind.ENTERPRISE) -> Party:
    return create_party(kind=kind, name=name, uscc=uscc, division_code=division, actor=SYSTEM, now=NOW)


def test_a_party_is_entered_unverified_and_verified_once() -> None:
    party = entered("示例化工有限公司", FIRM_A, "330604104")
    stored = Party.objects.get(pk=party.pk)
    assert (stored.verified, stored.name_norm, stored.division_code) == (False, "示例化工", "330604104000")
    verify_party(party.pk, actor=actor_in(Role.DISPATCHER), now=NOW)
    assert Party.objects.get(pk=party.pk).verified
    assert events_of(party.pk) == ["created", "verified"]
    with pytest.raises(IllegalTransition):
        verify_party(party.pk, actor=SYSTEM, now=NOW)


def test_there_is_one_party_for_each_credit_code_and_each_village() -> None:
    entered("甲", FIRM_A)
    entered("某村", division=VILLAGE, kind=Party.Kind.VILLAGE)
    with pytest.raises(InvalidInput) as refusal:
        entered("乙", FIRM_A)
    assert refusal.value.field == "uscc"
    with pytest.raises(InvalidInput) as refusal:
        entered("某村委会", division=VILLAGE, kind=Party.Kind.VILLAGE)
    assert refusal.value.field == "division_code"


@pytest.mark.parametrize(
    ("kind", "name", "division", "field"),
    [("resident", "钱七", "", "kind"), ("enterprise", " ", "", "name"), ("enterprise", "甲", "33x", "division_code")],
)
def test_a_wrong_party_is_refused(kind: str, name: str, division: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        entered(name, division=division, kind=kind)
    assert refusal.value.field == field


def test_merged_parties_are_one_family_from_whichever_side() -> None:
    a, b, c, other = entered("甲"), entered("乙"), entered("丙", FIRM_A), entered("丁")
    merge_parties(a.pk, b.pk, actor=SYSTEM, now=NOW)
    merge_parties(b.pk, c.pk, actor=SYSTEM, now=NOW)
    for one in (a, b, c):
        assert family_of(one.pk) == {a.pk, b.pk, c.pk}
    assert family_of(other.pk) == {other.pk}
    assert events_of(b.pk) == ["created", "absorbed", "merged"]


def test_families_of_many_parties_cost_one_statement(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    a, b, c = entered("甲"), entered("乙"), entered("丙")
    merge_parties(a.pk, b.pk, actor=SYSTEM, now=NOW)
    stranger = new_id()
    with django_assert_num_queries(1):
        families = families_of([a.pk, b.pk, c.pk, stranger])
    assert families == {
        a.pk: {a.pk, b.pk},
        b.pk: {a.pk, b.pk},
        c.pk: {c.pk},
        stranger: {stranger},
    }


def test_a_registration_that_means_a_merged_party_gets_the_survivor() -> None:
    [(kept, _)] = resolve(firm())
    old = entered("示例化工厂")
    older = entered("示例化工老厂")
    assert kept is not None
    merge_parties(older.pk, old.pk, actor=SYSTEM, now=NOW)
    merge_parties(old.pk, kept.pk, actor=SYSTEM, now=NOW)
    chosen = firm("", "")
    [(party, _)] = resolve(type(chosen)(kind=Party.Kind.ENTERPRISE, party_id=older.pk))
    assert party == kept


def test_a_wrong_merger_is_undone() -> None:
    a, b = entered("甲"), entered("乙")
    merge_parties(a.pk, b.pk, actor=SYSTEM, now=NOW)
    unmerge_party(a.pk, actor=SYSTEM, now=NOW)
    assert family_of(a.pk) == {a.pk}
    assert events_of(a.pk) == ["created", "merged", "unmerged"]
    assert events_of(b.pk) == ["created", "absorbed", "released"]
    with pytest.raises(IllegalTransition):
        unmerge_party(a.pk, actor=SYSTEM, now=NOW)


def test_two_credit_codes_are_two_bodies() -> None:
    a, b, bare = entered("甲", FIRM_A), entered("乙", FIRM_B), entered("甲")
    with pytest.raises(InvalidInput):
        merge_parties(a.pk, b.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(InvalidInput):  # the entry with the code is the one to keep
        merge_parties(a.pk, bare.pk, actor=SYSTEM, now=NOW)
    merge_parties(bare.pk, a.pk, actor=SYSTEM, now=NOW)


def test_mergers_that_make_no_sense_are_refused() -> None:
    a, b, c = entered("甲"), entered("乙"), entered("丙")
    project = entered("丙", kind=Party.Kind.PROJECT)
    merge_parties(a.pk, b.pk, actor=SYSTEM, now=NOW)
    for gone, into, error in (
        (b.pk, b.pk, InvalidInput),
        (a.pk, c.pk, IllegalTransition),
        (b.pk, a.pk, InvalidInput),
        (c.pk, project.pk, InvalidInput),
    ):
        with pytest.raises(error):
            merge_parties(gone, into, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("role", [r for r in Role if r not in KEEPERS])
def test_only_the_dispatch_offices_keep_the_register(role: Role) -> None:
    a, b = entered("甲"), entered("乙")
    actor = actor_in(role)
    with pytest.raises(NotAllowed):
        create_party(kind="enterprise", name="丙", actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        verify_party(a.pk, actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        merge_parties(a.pk, b.pk, actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        unmerge_party(a.pk, actor=actor, now=NOW)


def test_candidates_come_with_reasons_the_likeliest_first() -> None:
    phone = make_sample_mobile(3)
    same = entered("浙江示例合成材料股份有限公司", division="330604104000")
    longer = entered("浙江示例合成材料二厂")
    [(by_phone, _)] = resolve(firm("毫不相干贸易行", phone=phone))
    entered("绍兴别家纺织有限公司")
    assert by_phone is not None
    found = candidates("浙江示例合成材料有限公司", "330604104201", phone=phone)
    assert [(c.party_id, c.reasons) for c in found] == [
        (same.pk, ("same_name", "same_place")),
        (by_phone.pk, ("same_phone",)),
        (longer.pk, ("similar_name",)),
    ]


def test_a_merged_party_is_no_candidate_and_a_short_name_must_be_equal() -> None:
    a, b = entered("示例"), entered("示例加油站")
    assert [c.party_id for c in candidates("示例")] == [a.pk]
    merge_parties(a.pk, b.pk, actor=SYSTEM, now=NOW)
    assert candidates("示例") == []
    assert candidates("") == []
    assert [c.party_id for c in candidates("示例加油站", kind="enterprise")] == [b.pk]
    assert candidates("示例加油站", kind="project") == []


def test_candidates_cost_two_statements(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for n in range(30):
        entered(f"示例化工{n}厂")
    with django_assert_num_queries(2):
        assert len(candidates("示例化工", "330604", phone=make_sample_mobile(3))) == 10
