"""演练: a world of its own. No list, count, number, party or sweep of real work ever sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sanfuwu.ledger.errors import NotAllowed, NotVisible
from sanfuwu.ledger.models import Event, Note, OutboxMessage
from sanfuwu.parties.models import Contact, Party
from sanfuwu.reference.actions import set_county
from sanfuwu.reference.queries import county_data
from sanfuwu.territory.actor import SYSTEM, Actor

from .. import actions, queries
from ..actions.categories import create_category
from ..actions.clearing import waiting
from ..commands import Accept, Decline, Dispatch, Sign, SpotSolution
from ..models import Deadline, Problem, ProblemRow, VerificationCycle
from ..queries import Filters
from ..queries.categories import problems_filed
from ..queries.effects import effects_of_rules
from ..queries.scope import where
from .cast import NOW, PHONE, Cast, at, firm, refused, told


def trained(actor: Actor) -> Actor:
    return replace(actor, training=True)


def exercise(cast: Cast) -> Problem:
    """One problem of training, dispatched and overdue."""
    problem = actions.register_problem(told(), actor=trained(cast.collector), now=NOW)
    actions.accept(problem.pk, Accept(category_id=cast.category), actor=trained(cast.office), now=NOW)
    dispatch = Dispatch(lead=cast.unit("gds-songxia"))
    return actions.dispatch(problem.pk, dispatch, actor=trained(cast.office), now=NOW)


EVERYBODY = (
    "office", "named_office", "town_office", "handler", "head", "company", "collector", "verifier", "supervisor",
    "district_leader", "leader",
)  # fmt: skip


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_list_count_or_desk_of_real_work_sees_it(cast: Cast, who: str) -> None:
    exercise(cast)
    actor: Actor = getattr(cast, who)
    late = at(28)
    assert queries.visible_to(actor).count() == 0
    assert queries.list_problems(actor, Filters()).ids == []
    assert queries.list_problems(actor, Filters(open_only=True), sort="due").ids == []
    assert queries.list_problems(actor, Filters(words="跳闸")).ids == []
    assert queries.list_problems(actor, Filters(facets={"origin": ("training",)})).ids == []
    assert queries.count_problems(actor, Filters(overdue_at=late)) == (0, False)
    desk = queries.desk(actor, now=late)
    assert (desk.overdue[0], desk.due_soon[0], [t.count for t in desk.tasks if t.count]) == (0, 0, [])
    condition = where(actor)
    assert condition is None or "NOT" in condition[0]


def test_the_system_itself_counts_without_it(cast: Cast) -> None:
    exercise(cast)
    assert queries.count_problems(SYSTEM, Filters()) == (0, False)
    assert problems_filed() == {}
    from sanfuwu.reference.queries import in_force

    assert effects_of_rules(in_force(NOW), now=NOW) == []


def test_in_training_one_sees_training_alone_and_within_ones_own_scope(cast: Cast) -> None:
    real, problem = cast.dispatched(), exercise(cast)
    for actor in (cast.office, cast.handler, cast.collector, cast.district_leader):
        assert queries.list_problems(trained(actor), Filters()).ids == [problem.pk]
        assert queries.list_problems(actor, Filters()).ids == [real.pk]
    assert queries.list_problems(trained(cast.water), Filters()).ids == []


def test_neither_world_acts_on_the_other(cast: Cast) -> None:
    real, problem = cast.dispatched(), exercise(cast)
    with refused(NotVisible):
        actions.sign(problem.pk, Sign(), actor=cast.handler, now=NOW)
    with refused(NotVisible):
        actions.sign(real.pk, Sign(), actor=trained(cast.handler), now=NOW)
    with refused(NotVisible):
        queries.get_problem(cast.office, problem.number, now=NOW)
    assert queries.get_problem(trained(cast.handler), problem.number, now=NOW).offers
    actions.sign(problem.pk, Sign(), actor=trained(cast.handler), now=NOW)


def test_its_numbers_leave_no_gap_in_the_real_ones(cast: Cast) -> None:
    first = int(cast.registered().number[-6:])
    problem = exercise(cast)
    assert problem.number.startswith("330604-YL2019-")
    assert int(cast.registered().number[-6:]) == first + 1


def test_every_event_of_it_says_so_and_nobody_outside_is_told(cast: Cast) -> None:
    problem = actions.register_problem(told(), actor=trained(cast.collector), now=NOW)
    decline = Decline(reason_code="not_ours", where_to_go="演练")
    actions.decline(problem.pk, decline, actor=trained(cast.office), now=NOW)
    events = Event.objects.filter(stream_kind="problem", stream_id=problem.pk)
    assert set(events.values_list("origin", flat=True)) == {"training"}
    assert OutboxMessage.objects.count() == 0


def test_nobody_becomes_a_party_and_no_telephone_is_matched(cast: Cast) -> None:
    problem = exercise(cast)
    assert Party.objects.count() == 0
    assert problem.party_id is None
    assert Contact.objects.get(pk=problem.contact_id).phone_hmac is None


def test_training_does_not_make_a_real_requester_recur(cast: Cast) -> None:
    set_county({"spot_sample": 0}, actor=SYSTEM, now=NOW)
    solution = SpotSolution(how="当场解决", confirmed_by="厂长")
    actions.register_problem(told(requester=firm(7)), actor=trained(cast.collector), now=NOW)
    solved = actions.solve_on_spot(told(requester=firm(7)), solution, actor=cast.collector, now=NOW)
    assert not VerificationCycle.objects.filter(problem=solved).exists()


def test_nothing_real_can_be_set_in_training(cast: Cast) -> None:
    with refused(NotAllowed, code="training"):
        create_category("x", "某类", actor=trained(cast.office), now=NOW)


def test_cleared_it_is_empty_and_nowhere_and_its_chain_is_whole(cast: Cast) -> None:
    problem = exercise(cast)
    real = cast.dispatched()
    with refused(NotAllowed):
        actions.clear_training(actor=cast.office, now=NOW)
    assert (waiting(), actions.clear_training(actor=cast.system_officer, now=NOW), waiting()) == (1, 1, 0)
    assert queries.list_problems(trained(cast.office), Filters()).ids == []
    row = ProblemRow.objects.get(pk=problem.pk)
    assert (row.is_open, row.due_at) == (False, None)
    problem.refresh_from_db()
    assert problem.title == "—"
    assert not Deadline.objects.filter(problem=problem, met_at__isnull=True).exists()
    assert Note.objects.get(pk=problem.text_note_id).erased_at == NOW
    assert bytes(Contact.objects.get(pk=problem.contact_id).name_enc) == b""
    with pytest.raises(NotVisible):
        queries.by_code(problem.read_code, now=NOW)
    assert queries.list_problems(cast.office, Filters()).ids == [real.pk]
    assert Deadline.objects.filter(problem=real, met_at__isnull=True).exists()
    assert PHONE not in str(list(Event.objects.values_list("payload", flat=True)))


def test_the_requesters_page_of_an_exercise_says_what_it_is(cast: Cast) -> None:
    assert queries.by_code(exercise(cast).read_code, now=NOW).training
    assert not queries.by_code(cast.registered().read_code, now=NOW).training


def test_training_is_closed_until_the_system_officer_opens_it(cast: Cast) -> None:
    assert not county_data().training
    set_county({"training": True}, actor=cast.system_officer, now=NOW)
    assert county_data().training
