"""Random people do random things to a problem at random times; what must always hold, holds after each (quality.md §2).

Every example is its own problem inside a savepoint of the test's rolled-back transaction.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sanfuwu.ledger.errors import ActionError, IllegalTransition, NotAllowed
from sanfuwu.ledger.models import Event
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.ledger.verify import link_of
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.reference.reasons import BUILT_IN
from sanfuwu.rules.lifecycle import CLOSED_PROBLEM_STATES, OPEN_ASSIGNMENT_STATES, OPEN_PROBLEM_STATES, Machine, states
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.queries import scopes_over

from .. import actions, facets, policies
from .. import commands as c
from ..acts import ACTS
from ..chip import Stage, stage
from ..models import ForeignSystem
from ..snapshot import Snapshot, load
from .cast import NOW, SECOND_TEXT, SECOND_TITLE, SONGXIA, VILLAGE, Cast, firm, told

KINDS = {
    *("registered", "solved_on_spot", "accepted", "declined", "info_requested", "info_supplied", "corrected"),
    *("dispatched", "handed_down", "recalled", "signed", "contacted", "reported", "result_submitted", "signed_off"),
    *("sent_back", "part_accepted", "result_accepted", "callback_recorded", "callback_concluded", "redo_ordered"),
    *("struck_off", "archived", "leader_appointed", "coordinated", "committed", "planned"),
    *("requirement_added", "requirement_met", "foreign_number_noted", "foreign_number_corrected", "foreign_updated"),
    *("returned", "return_upheld", "return_reassigned", "extension_requested", "extension_granted"),
    *("extension_refused", "hold_requested", "held", "hold_refused", "hold_renewed", "unheld", "reopened"),
    *("withdrawn", "withdrawal_denied", "merged", "merged_in", "unmerged", "merged_out", "master_solved", "split"),
}
DECLINE_REASONS = tuple(one.code for one in BUILT_IN["decline"])
SEND_BACK_REASONS = tuple(one.code for one in BUILT_IN["send_back"])
PEOPLE = (
    *("office", "town_office", "other_town_office", "handler", "head", "water", "water_head", "company"),
    *("company_head", "town_head", "villager", "village_head", "collector", "verifier", "unit_verifier"),
    *("supervisor", "district_leader", "leader", "audit_officer"),
)
UNITS = ("gds-songxia", "zlsgs", "gdgs", SONGXIA, VILLAGE)
OVERLAYS = frozenset(policies.OVERLAYS)


class Given:
    """What every example starts from: people, units and categories, entered once for the test."""

    def __init__(self, cast: Cast) -> None:
        self.people: dict[str, Actor] = {name: getattr(cast, name) for name in PEOPLE} | {"system": SYSTEM}
        self.units = [cast.unit(code) for code in UNITS]
        ForeignSystem.objects.create(code="hotline", name="12345热线")
        self.categories = [cast.category, cast.category_above]
        self.companion = ""  # number of another problem, to be merged into
        self.leader_posts = [cast.district_leader.post_id, cast.leader.post_id, cast.handler.post_id]


def command(name: str, snap: Snapshot, subject: UUID | None, rng: Random, given: Given) -> Any:
    """A command that may well be right: now and then a field is empty or does not fit."""
    pick = rng.choice

    def words() -> str:
        return pick(("已现场核实。", "请补充材料", "企业表示认可", "已约周四上门", "线路负荷过高", "   "))

    co = tuple(rng.sample(given.units, pick((0, 0, 1, 2))))
    cls = ACTS[name].command
    filled: dict[str, Any] = {}
    if "assignment_id" in cls.__dataclass_fields__:
        filled["assignment_id"] = subject
    if name == "accept":
        filled |= {"category_id": pick(given.categories), "tier": pick(("limited", "key"))}
        filled |= {"urgency": pick(("normal", "normal", "urgent", "consult")), "nature": pick(("problem", "dispute"))}
    elif name == "decline":
        filled |= {"reason_code": pick(DECLINE_REASONS), "where_to_go": words()}
    elif name == "request_info":
        filled |= {"what": words()}
    elif name in ("supply_info", "report", "contact"):
        filled |= {"text": words()}
    elif name == "correct":
        filled |= {"reason": words(), "confidential": pick((None, None, True, False))}
        filled |= {"division": pick((None, SONGXIA, VILLAGE, "330604000000"))}
    elif name == "dispatch":
        filled |= {"lead": pick(given.units), "co": co, "instruction": words()}
        if snap.problem.confidential:
            filled |= {"title_for_units": SECOND_TITLE, "text_for_units": SECOND_TEXT}
    elif name == "hand_down":
        filled |= {"lead": pick(given.units), "co": co}
    elif name in ("recall", "rule_uphold", "refuse_hold", "unmerge", "reopen"):
        filled |= {"reason": words()}
    elif name == "return":
        filled |= {"reason": words(), "basis": words(), "proposed_unit": pick(given.units)}
    elif name == "rule_reassign":
        filled |= {"unit": pick(given.units), "reason": words()}
    elif name == "request_extension":
        filled |= {"due_on": _some_day(rng, snap), "reason": words()}
    elif name == "decide_extension":
        filled |= {"granted": pick((True, True, False)), "remark": words()}
    elif name == "request_hold":
        filled |= {"condition": pick(c.HOLD_CONDITIONS), "review_on": _some_day(rng, snap, 60), "reason": words()}
    elif name == "renew_hold":
        filled |= {"review_on": _some_day(rng, snap, 90), "reason": words()}
    elif name in ("hold", "unhold"):
        filled |= {"remark": words()}
    elif name == "withdraw":
        filled |= {"reason": words(), "proof": words()}
    elif name == "merge":
        filled |= {"master": pick((given.companion, snap.problem.number)), "reason": words()}
    elif name == "split":
        filled |= {"parts": (words(), words(), words())}
    elif name == "submit_result":
        kind = pick(("solved", "solved", "explained", "unsolvable", "planned"))
        filled |= {"result_kind": kind, "text": words(), "evidence": "照片"}
    elif name == "send_back":
        filled |= {"reason_code": pick(SEND_BACK_REASONS), "text": words()}
    elif name == "record_callback":
        good = rng.random() < 0.5
        outcome = "confirmed" if good else pick(("", "redo", "redo", "dissatisfied", "confirmed"))
        if snap.problem.anonymous:
            outcome = "anonymous"
        filled |= {"channel": pick(("phone", "visit", "sms")), "reached": good or bool(outcome)}
        filled |= {"contacted": True, "solved": good, "satisfied": "yes" if good else "no"}
        filled |= {"outcome": outcome, "words": "公告栏"}
    elif name == "appoint_leader":
        filled |= {"post_id": pick(given.leader_posts), "kind": pick(("lead", "case"))}
    elif name == "record_coordination":
        filled |= {"level": pick(("district", "town")), "held_at": NOW, "decision": words()}
        filled |= {"chaired_by": given.leader_posts[0]}
    elif name == "record_commitment":
        filled |= {"unit_id": pick(given.units), "text": words()}
    elif name == "set_plan":
        filled |= {"steps": (c.Step(text=words(), unit_id=pick(given.units), due_on=dt.date(2019, 3, 1)),)}
    elif name == "add_requirement":
        filled |= {"text": words()}
    elif name == "note_foreign_number":
        filled |= {"system": "hotline", "number": f"{words()}{rng.randrange(10**12)}"}
    elif name == "correct_foreign_number":
        held = [n.pk for n in snap.foreign_now]
        number = pick(("", str(rng.randrange(10**12))))
        filled |= {"foreign_id": pick(held) if held else UUID(int=7), "number": number, "reason": words()}
    elif name == "note_foreign_update":
        numbers = [n.number for n in snap.foreign_now]
        filled |= {"system": "hotline", "number": pick(numbers) if numbers else "1", "status": words()}
    elif name == "meet_requirement":
        wanted = [r.pk for r in snap.requirements]
        filled |= {"requirement_id": pick(wanted) if wanted else UUID(int=7)}
    return cls(**filled)


def _some_day(rng: Random, snap: Snapshot, most: int = 20) -> dt.date:
    """A day after the lead's date, which now and then is a rest day."""
    lead = snap.top_lead
    start = lead.due_at if lead else NOW
    return start.date() + dt.timedelta(days=rng.randint(0, most))


# How likely each offered act is taken: what ends a story early or turns it round is rarer than what carries it on.
LIKELY = {"decline": 0.03, "archive": 0.1, "request_info": 0.2, "recall": 0.1, "send_back": 0.15, "hand_down": 0.2}
LIKELY |= {"contact": 0.5, "submit_result": 2, "sign_off": 4, "review": 4, "record_callback": 4, "strike_off": 0.5}
LIKELY |= {"return": 0.4, "rule_uphold": 2, "rule_reassign": 2, "request_extension": 0.4, "decide_extension": 2}
LIKELY |= {"request_hold": 0.3, "hold": 2, "refuse_hold": 0.5, "renew_hold": 0.2, "unhold": 1, "reopen": 0.5}
LIKELY |= {"withdraw": 0.05, "merge": 0.05, "unmerge": 2, "split": 0.02}
LIKELY |= dict.fromkeys(("correct", "report", *OVERLAYS), 0.05)
LIKELY |= {"note_foreign_number": 0.05, "correct_foreign_number": 0.2, "note_foreign_update": 0.2}
SEED = st.integers(0, 2**32 - 1)


class Lifecycle(RuleBasedStateMachine):
    """One problem from its registration on."""

    def __init__(self, given: Given) -> None:
        super().__init__()
        self.given = given
        self.now = NOW
        self.steps = 0
        self.wrote = False
        self.longest: dict[UUID, dt.datetime] = {}
        self._savepoint = transaction.atomic()
        self._savepoint.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._savepoint.__exit__(None, None, None)

    @initialize(
        who=st.sampled_from(("firm", "resident", "anonymous")), confidential=st.booleans(), on_spot=st.integers(0, 9)
    )
    def register(self, who: str, confidential: bool, on_spot: int) -> None:
        requester = {"firm": firm(), "resident": RequesterInput(contact_name="阮小二"), "anonymous": RequesterInput()}
        reg = told(requester=requester[who], anonymous=who == "anonymous", confidential=confidential)
        collector = self.given.people["collector"]
        if on_spot == 7:
            solution = c.SpotSolution(how="当场调整", confirmed_by="厂长")
            # Of the same firm for the second time, so that a call-back can overturn it.
            actions.solve_on_spot(reg, solution, actor=collector, now=self.now)
            problem = actions.solve_on_spot(reg, solution, actor=collector, now=self.now)
        else:
            problem = actions.register_problem(reg, actor=collector, now=self.now)
        other = actions.register_problem(told("邻厂也反映跳闸。", firm(9)), actor=collector, now=self.now)
        self.given.companion, self.companion = other.number, other.pk
        self.pk = problem.pk
        self.wrote = True

    @rule(minutes=st.one_of(st.integers(0, 59), st.integers(0, 60 * 24 * 6)))
    def time_passes(self, minutes: int) -> None:
        self.now += dt.timedelta(minutes=minutes)

    @rule(seed=SEED)
    def somebody_does_what_he_may(self, seed: int) -> None:
        """The usual course of things: an act that is offered to somebody."""
        self._usual(seed)

    @rule(seed=SEED)
    def somebody_goes_on(self, seed: int) -> None:
        self._usual(seed)

    @rule(seed=SEED)
    def somebody_goes_on_again(self, seed: int) -> None:
        self._usual(seed)

    @rule(seed=SEED)
    def anybody_tries_anything(self, seed: int) -> None:
        rng = self._random(seed)
        subjects = [None, *(a.pk for a in load(self.pk).assignments)]
        self._act(rng.choice(sorted(ACTS)), rng.choice((*PEOPLE, "system")), rng.choice(subjects), rng)

    def _usual(self, seed: int) -> None:
        rng, snap = self._random(seed), load(self.pk)
        found = [(who, offer) for who in PEOPLE for offer in policies.offers(self.given.people[who], snap, tuple(ACTS))]
        if found:
            ((who, offer),) = rng.choices(found, [LIKELY.get(offer.act, 1) for _who, offer in found])
            self._act(offer.act, who, offer.assignment_id, rng)

    def _random(self, seed: int) -> Random:
        """Chance of this step: hypothesis draws the seed, so that a failure can be run again."""
        self.steps += 1
        return Random(f"{seed}-{self.steps}")

    def _act(self, name: str, who: str, subject: UUID | None, rng: Random) -> None:
        actor, before = self.given.people[who], load(self.pk)
        cmd = command(name, before, subject, rng, self.given)
        offered = list(policies.offers(actor, before, (name,)))
        try:
            ACTS[name](self.pk, cmd, actor=actor, now=self.now)
        except ActionError as error:
            after = load(self.pk)
            assert after.problem.version == before.problem.version
            assert after.problem.chain_head == before.problem.chain_head
            assert after.row.facets == before.row.facets
            if isinstance(error, NotAllowed):
                assert not any(o.assignment_id in (None, subject) for o in offered)
        else:
            assert offered, f"{who} did {name} without its being offered"
            self.wrote = True
            assert load(self.pk).problem.version == before.problem.version + 1

    # ── what always holds ──

    @invariant()
    def everything_holds(self) -> None:
        """After each step that wrote something; a step that was refused has proved already that it wrote nothing."""
        if not self.wrote:
            return
        self.wrote = False
        snap = load(self.pk)
        self._one_at_a_time_is_responsible(snap)
        self._the_clock_is_fair(snap)
        self._nothing_is_closed_without_the_requester_s_side(snap)
        self._lists_say_what_the_problem_says(snap)
        self._nobody_is_offered_what_is_refused_outright(snap)
        self._the_events_say_what_the_rows_say(snap)

    def _one_at_a_time_is_responsible(self, snap: Snapshot) -> None:
        open_leads = [a for a in snap.open_assignments if a.role == "lead"]
        parents = [a.parent_id for a in open_leads]
        assert len(parents) == len(set(parents))
        units = [a.unit_id for a in snap.open_assignments]
        assert len(units) == len(set(units))
        for a in snap.assignments:
            assert (a.ended_at is None) == (a.state in OPEN_ASSIGNMENT_STATES)
            assert bool(a.end_reason) == (a.ended_at is not None)

    def _the_clock_is_fair(self, snap: Snapshot) -> None:
        for a in snap.assignments:
            parent = snap.assignment(a.parent_id) if a.parent_id else None
            if parent is not None:
                assert a.due_at <= parent.due_at
            else:
                assert a.due_at > a.dispatched_at
            assert a.due_at >= a.due_original
            assert a.due_at >= self.longest.get(a.pk, a.due_at), "a deadline shrank"
            self.longest[a.pk] = a.due_at
            for d in snap.deadlines_of(a.pk):
                assert d.fire_at <= d.due_at <= a.due_at
                if a.ended_at is not None:
                    assert d.met_at is not None
            for p in snap.pauses_of(a):
                if p.to_at is None:
                    assert p.kind == "hold"
                    assert a.ended_at is None
                    assert snap.top_lead is not None
                    assert snap.top_lead.state == "on_hold"
                else:
                    assert p.from_at <= p.to_at
        for r in snap.requests:
            assert (r.decided_at is None) == (r.decision == "")
            (decision,) = snap.deadlines_of(r.pk, "decision")
            assert (decision.met_at is None) == (r.decided_at is None)
            owner = snap.assignment(r.assignment_id)
            assert owner is not None
            if r.decided_at is None:
                assert owner.ended_at is None
                assert owner.state == ("return_pending" if r.kind == "return" else "in_progress")

    def _nothing_is_closed_without_the_requester_s_side(self, snap: Snapshot) -> None:
        p = snap.problem
        assert p.state in states(Machine.PROBLEM)
        if p.state == "struck_off" and p.close_basis != "parts_closed":
            heard = [x for x in snap.cycles if x.state == "concluded"]
            assert heard or p.on_spot
            assert p.close_basis
            assert p.struck_off_at
            assert p.result_kind
            if p.close_basis == "confirmed" and not p.on_spot:
                assert heard[-1].conclusion == "confirmed"
        else:
            assert not p.struck_off_at or p.state == "archived"
        if p.state in {"pending_callback", "pending_closure", *CLOSED_PROBLEM_STATES}:
            assert snap.open_assignments == []
        if p.state == "pending_callback":
            assert snap.open_cycle is not None
        assert sum(x.state == "pending" for x in snap.cycles) <= 1

    def _the_events_say_what_the_rows_say(self, snap: Snapshot) -> None:
        events = list(Event.objects.filter(stream_kind="problem", stream_id=self.pk).order_by("seq"))
        assert differences(replay(events), "problems") == []
        assert {e.kind for e in events} <= KINDS
        assert [e.seq for e in events] == list(range(1, len(events) + 1))
        previous = b"\0" * 32
        for e in events:
            assert bytes(e.prev_hash) == previous
            assert link_of(e) == bytes(e.hash)
            previous = bytes(e.hash)
        followed = Event.objects.filter(stream_kind="problem", stream_id=self.companion)
        assert differences(replay(followed), "problems") == []
        problem = snap.problem
        assert (problem.event_seq, bytes(problem.chain_head)) == (len(events), previous)

    def _lists_say_what_the_problem_says(self, snap: Snapshot) -> None:
        assert snap.row.is_open == (snap.problem.state in OPEN_PROBLEM_STATES)
        assert stage(snap) in Stage
        scopes = scopes_over({a.unit_id for a in snap.assignments})
        path = ()
        if category := snap.problem.category_id:
            path = tuple(self.given.categories) if category == self.given.categories[0] else (category,)
        tokens = facets.tokens_of(snap, scopes, path) | facets.list_tokens(snap.row)
        numbers = facets.known_ids(tokens)
        assert set(numbers) == tokens
        assert snap.row.facets == sorted(numbers.values())
        clock_runs = [a for a in snap.open_assignments if a.parent_id is None and a.role == "lead"]
        if clock_runs and clock_runs[0].state not in ("pending_review", "on_hold"):
            assert snap.row.due_at == clock_runs[0].due_at

    def _nobody_is_offered_what_is_refused_outright(self, snap: Snapshot) -> None:
        for actor in self.given.people.values():
            for offer in policies.offers(actor, snap, tuple(ACTS)):
                try:
                    policies.authorise(actor, offer.act, snap, offer.assignment_id)
                except (NotAllowed, IllegalTransition) as error:
                    raise AssertionError(f"{offer.act} is offered to {actor.role} and refused") from error


def run(cast: Cast, examples: int, steps: int) -> None:
    given = Given(cast)
    run_state_machine_as_test(
        lambda: Lifecycle(given),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_people_do_the_invariants_hold(cast: Cast) -> None:
    run(cast, examples=5, steps=25)


@pytest.mark.slow
def test_whatever_people_do_for_long_the_invariants_hold(cast: Cast) -> None:
    run(cast, examples=15, steps=50)
