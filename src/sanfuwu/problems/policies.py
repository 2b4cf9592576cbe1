"""Who may do what: relations of an actor to a problem, read together with the lifecycle table.

Nothing here knows a page or an API; both ask `available_acts` and every action asks `may`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import ActionError, IllegalTransition, InvalidInput, NotAllowed, NotVisible
from sanfuwu.rules import lifecycle
from sanfuwu.rules.identifiers import is_within
from sanfuwu.rules.lifecycle import Machine, Who
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Rank, Role

from .models import Assignment, Problem, SavedView
from .snapshot import Snapshot

BUSINESS_ROLES = frozenset(
    {
        Role.COLLECTOR,
        Role.DISPATCHER,
        Role.TOWN_DISPATCHER,
        Role.HANDLER,
        Role.UNIT_HEAD,
        Role.VERIFIER,
        Role.SUPERVISOR,
        Role.LEADER,
    }
)
_UNIT_ROLES = frozenset({Role.HANDLER, Role.UNIT_HEAD, Role.TOWN_DISPATCHER})


@dataclass(frozen=True, slots=True)
class Offer:
    """An act this actor may do now, and on which assignment (None: on the problem itself)."""

    act: str
    assignment_id: UUID | None = None


# Overlays (model.md: not states) and the states of the problem in which they may be written.
OVERLAYS: dict[str, tuple[Who, ...]] = {
    "appoint_leader": (Who.OFFICE, Who.APPROVER, Who.LEADER),
    "record_coordination": (Who.OFFICE, Who.LEADER),
    "record_commitment": (Who.OFFICE, Who.UNIT, Who.REGISTRAR, Who.LEADER),
    "set_plan": (Who.OFFICE, Who.UNIT),
    "add_requirement": (Who.OFFICE, Who.UNIT, Who.REGISTRAR),
    "meet_requirement": (Who.OFFICE, Who.UNIT, Who.REGISTRAR),
}
# An offered hand-over (移交) is answered first: what is no longer ours cannot be given to a unit of ours.
_NOT_WHILE_OFFERED = frozenset({"accept", "dispatch", "decline", "request_info", "merge", "split", "withdraw"})
# Acts that reach beyond this county; they stand in `exchange.actions`.
BEYOND = ("report_up", "hand_over")
# What training leaves alone: a number noted in it would not be free for the real problem.
_REAL_ONLY = frozenset({*BEYOND, "note_foreign_number"})
OVERLAY_STATES = frozenset({"submitted", "info_needed", "in_progress"})


def may_register(actor: Actor) -> bool:
    """Any business post may register; the three officers hold no business role."""
    if actor.acts_allowed is not None and "register" not in actor.acts_allowed:
        return False
    return actor.is_system or actor.role in BUSINESS_ROLES


def same_world(actor: Actor, problem: Problem) -> bool:
    """Training and real work do not meet: who is in training acts on training alone, everybody else never on it."""
    return actor.is_system or actor.training == (problem.origin == "training")


def may_arrange(actor: Actor) -> bool:
    """Whoever has a list of problems may arrange it for himself."""
    return actor.role in BUSINESS_ROLES


def may_share_view(actor: Actor, share: str) -> bool:
    """A view for oneself or one's unit: anybody; for the whole county: the district's office, which answers for it."""
    return share != SavedView.Share.COUNTY or actor.role == Role.DISPATCHER


def may_change_view(actor: Actor, view: SavedView) -> bool:
    """Whoever saved it; the county's ones any dispatcher of the district, so that none outlives its author's post."""
    if view.post_id == actor.effective_post:
        return True
    return view.share == SavedView.Share.COUNTY and actor.role == Role.DISPATCHER


def may_import_history(actor: Actor) -> bool:
    """Cases of the past come in by the district's dispatch office alone, and never in training."""
    if actor.training:
        return False
    if actor.acts_allowed is not None and "import_history" not in actor.acts_allowed:
        return False
    return actor.is_system or actor.role == Role.DISPATCHER


def may_approve_history(actor: Actor, asked_by: Actor) -> bool:
    """The second approver: the dispatch office or supervision, and another person than he who asks. The system approves
    nothing: there is always a person."""
    if actor.role not in (Role.DISPATCHER, Role.SUPERVISOR):
        return False
    if actor.acts_allowed is not None and "import_history" not in actor.acts_allowed:
        return False
    same_account = actor.account_id is not None and actor.account_id == asked_by.account_id
    same_person = actor.person_id is not None and actor.person_id == asked_by.person_id
    return not (same_account or same_person or actor.effective_post == asked_by.effective_post)


def is_office(actor: Actor, snap: Snapshot) -> bool:
    """The district's dispatch office, or a town's for its own place."""
    if actor.role == Role.DISPATCHER:
        return True
    return actor.role == Role.TOWN_DISPATCHER and bool(actor.place) and is_within(snap.problem.division, actor.place)


def _is_dispatching(actor: Actor, snap: Snapshot, a: Assignment | None) -> bool:
    """The unit that gave the assignment; of a co-handler's also the lead, to whom co-handlers report."""
    if a is None or actor.unit_id is None or actor.role not in _UNIT_ROLES | {Role.DISPATCHER}:
        return False
    if a.dispatching_unit == actor.unit_id:
        return True
    lead = next((x for x in snap.open_assignments if x.parent_id == a.parent_id and x.role == "lead"), None)
    return a.role == "co" and lead is not None and lead.unit_id == actor.unit_id


def _is_unit(actor: Actor, snap: Snapshot, a: Assignment | None) -> bool:
    if actor.role not in _UNIT_ROLES:
        return False
    if a is not None:
        return a.unit_id == actor.unit_id
    return any(x.unit_id == actor.unit_id for x in snap.open_assignments)


def _is_verifier(actor: Actor, snap: Snapshot, a: Assignment | None) -> bool:
    """Never of a handling unit, and never of the unit that is itself the served party."""
    return (
        actor.role == Role.VERIFIER
        and actor.unit_id not in snap.handled_by
        and (snap.party_unit is None or actor.unit_id != snap.party_unit)
    )


def _is_leader(actor: Actor, snap: Snapshot, a: Assignment | None) -> bool:
    if actor.role != Role.LEADER:
        return False
    leads_it = any(x.post_id == actor.effective_post and x.to_at is None for x in snap.leaderships)
    return leads_it or actor.rank == Rank.DISTRICT_LEADER


_RELATIONS: dict[Who, Callable[[Actor, Snapshot, Assignment | None], bool]] = {
    Who.COLLECTOR: lambda actor, snap, a: actor.role in BUSINESS_ROLES,
    Who.REGISTRAR: lambda actor, snap, a: (
        actor.role in BUSINESS_ROLES and actor.effective_post == (snap.problem.minded_by or snap.problem.registered_by)
    ),
    Who.OFFICE: lambda actor, snap, a: is_office(actor, snap),
    Who.DISPATCHING: _is_dispatching,
    Who.UNIT: _is_unit,
    Who.UNIT_HEAD: lambda actor, snap, a: actor.role == Role.UNIT_HEAD and _is_unit(actor, snap, a),
    Who.VERIFIER: _is_verifier,
    Who.APPROVER: lambda actor, snap, a: actor.role == Role.SUPERVISOR,
    Who.LEADER: _is_leader,
    Who.SYSTEM: lambda actor, snap, a: False,
}


def stands_in(actor: Actor, who: Who, snap: Snapshot, assignment: Assignment | None = None) -> bool:
    """Whether the actor stands in this relation; the system stands in every one."""
    return actor.is_system or _RELATIONS[who](actor, snap, assignment)


_ROLES_OF: dict[Who, frozenset[Role]] = {
    Who.COLLECTOR: BUSINESS_ROLES,
    Who.REGISTRAR: BUSINESS_ROLES,
    Who.OFFICE: frozenset({Role.DISPATCHER, Role.TOWN_DISPATCHER}),
    Who.DISPATCHING: _UNIT_ROLES | {Role.DISPATCHER},
    Who.UNIT: _UNIT_ROLES,
    Who.UNIT_HEAD: frozenset({Role.UNIT_HEAD}),
    Who.VERIFIER: frozenset({Role.VERIFIER}),
    Who.APPROVER: frozenset({Role.SUPERVISOR}),
    Who.LEADER: frozenset({Role.LEADER}),
}


def may_ever(actor: Actor, act: str) -> bool:
    """Whether a post of this role could do the act on any problem at all: what a list offers before one is chosen."""
    if actor.acts_allowed is not None and act not in actor.acts_allowed:
        return False
    _machine, whos = _whos(act)
    return actor.is_system or any(actor.role in _ROLES_OF.get(who, ()) for who in whos)


def _whos(act: str) -> tuple[Machine | None, tuple[Who, ...]]:
    if act in OVERLAYS:
        return None, OVERLAYS[act]
    for machine, steps in lifecycle.TABLES.items():
        for line in steps:
            if line.act == act:
                return machine, line.who
    raise KeyError(act)


def _subjects(act: str, snap: Snapshot) -> list[Assignment]:
    """Assignments this act could be about, by state alone."""
    if act == "hand_down":
        free = [a for a in snap.open_assignments if a.state == "in_progress"]
        return [a for a in free if not any(c.role == "lead" and c.ended_at is None for c in snap.children_of(a))]
    found = [a for a in snap.assignments if lifecycle.allows(Machine.ASSIGNMENT, act, a.state)]
    if act in _ASKS:
        free = [a for a in found if snap.open_request(a) is None]
        # 挂账 stops the whole problem, so only its lead asks for it.
        return [a for a in free if act != "request_hold" or (a.parent_id is None and a.role == "lead")]
    if act in _DECIDES:
        return [a for a in found if snap.open_request(a, _DECIDES[act]) is not None]
    if act == "sign_off":
        return [a for a in found if a.signed_off_at is None]
    if act == "review":
        return [a for a in found if a.signed_off_at is not None]
    return found


# What a unit may ask, one thing at a time, and what is decided on which kind of request.
_ASKS = frozenset({"return", "request_extension", "request_hold"})
_DECIDES = {
    "rule_uphold": "return",
    "rule_reassign": "return",
    "decide_extension": "extension",
    "hold": "hold",
    "refuse_hold": "hold",
}


def _problem_allows(act: str, snap: Snapshot) -> bool:
    """Guards on the problem's own state beyond the table's start states."""
    p = snap.problem
    if act in OVERLAYS:
        return p.state in OVERLAY_STATES
    if act == "dispatch":
        return (
            p.state == "in_progress"
            and not p.part_count
            and not any(a.parent_id is None and a.role == "lead" for a in snap.open_assignments)
        )
    if act == "record_callback":
        return snap.open_cycle is not None
    if act in ("merge", "split", "withdraw", "reopen", "hand_over") and p.part_count:
        return False  # of what was split, the parts are worked on
    if act == "merge" and (p.parent_id is not None or p.merged_count):
        return False  # a part belongs to its whole; what carries others is not merged into a third
    if act in ("decline", "withdraw", "hand_over") and p.merged_count:
        return False  # others wait for its result: they are taken out first
    if act == "unmerge" and any(c.cycle_no == p.cycle_no for c in snap.cycles):
        return False  # its requester is asked about the common result: his answer decides
    if act == "reopen" and not p.close_basis:
        return False  # archived without ever having been solved
    return lifecycle.allows(Machine.PROBLEM, act, p.state)


def _guard_refuses(actor: Actor, act: str, snap: Snapshot, a: Assignment | None) -> str | None:
    """Rules that look at both people and record; a sentence when refused."""
    if act == "strike_off" and not actor.is_system:
        cycle = snap.last_cycle
        dissatisfied = cycle is not None and cycle.conclusion == "dissatisfied"
        if dissatisfied and actor.role != Role.SUPERVISOR:
            return _("The requester is not satisfied: a second approver of the supervision office decides.")
        if dissatisfied and cycle is not None and cycle.concluded_by == actor.post_id:
            return _("Who concluded the call-back cannot also approve the striking off.")
    if act in _NOT_WHILE_OFFERED and snap.problem.waiting_on == "across":
        return _("It has been offered to another county: wait for the answer.")
    if snap.problem.origin == "training" and act in _REAL_ONLY:
        return _("In training nothing is exchanged with other systems and counties.")
    if act in BEYOND and actor.role != Role.DISPATCHER:
        return _("Only the district's dispatch office sends to other counties.")
    if act in BEYOND and snap.problem.waiting_on:
        return _("An answer of another county is still awaited.")
    if act == "hand_over" and snap.open_assignments:
        return _("It is with a unit: recall it or let it be returned first.")
    cycle = snap.open_cycle
    if act == "record_callback" and cycle is not None and cycle.opened_by and cycle.opened_by == actor.post_id:
        return _("You wrote the withdrawal down: somebody else asks about it.")
    if act == "withdraw" and not actor.is_system and actor.unit_id in snap.handled_by:
        return _("A unit that handled it does not write a withdrawal down.")
    if act == "sign_off" and a is not None and a.submitted_by == actor.post_id and actor.role != Role.UNIT_HEAD:
        return _("A result is signed off by the head of the unit.")
    if a is None or actor.is_system:
        return None
    if act == "return" and any(r.unit_id == a.unit_id and r.decision == "upheld" for r in snap.requests):
        return _("It was ruled that it is this unit's: the ruling is binding.")
    return _decision_refused(actor, act, snap, a) if act in _DECIDES else None


def _decision_refused(actor: Actor, act: str, snap: Snapshot, a: Assignment) -> str | None:
    """Who decides on a request: the office that gave the assignment; a leader or the supervision on what is long or
    asked again; and nobody on what he asked himself."""
    request = snap.open_request(a, _DECIDES[act])
    if request is None:
        return None
    above = actor.role in (Role.SUPERVISOR, Role.LEADER)
    if request.needs_approver and not above:
        return _("A leader or the supervision decides on this, because it is long or asked for again.")
    if not request.needs_approver and (above or actor.unit_id != a.dispatching_unit):
        return _("The office that dispatched it decides on this.")
    if actor.person_id is not None and actor.person_id == request.asked_person:
        return _("Who asks for something does not decide on it.")
    return None


def offers(actor: Actor, snap: Snapshot, acts: tuple[str, ...]) -> Iterator[Offer]:
    """Those of `acts` that the actor may do now, each with its subject."""
    if not same_world(actor, snap.problem):
        return
    for act in acts:
        if actor.acts_allowed is not None and act not in actor.acts_allowed:
            continue
        machine, whos = _whos(act)
        if machine is Machine.ASSIGNMENT and act != "dispatch":
            for a in _subjects(act, snap):
                if any(stands_in(actor, w, snap, a) for w in whos) and not _guard_refuses(actor, act, snap, a):
                    yield Offer(act, a.pk)
        elif (
            _problem_allows(act, snap)
            and any(stands_in(actor, w, snap) for w in whos)
            and not _guard_refuses(actor, act, snap, None)
        ):
            yield Offer(act)


def authorise(actor: Actor, act: str, snap: Snapshot, assignment_id: UUID | None = None) -> Assignment | None:
    """The assignment the act is about (None for acts on the problem), or the error that says why not.

    Order of answers: not allowed at all (403), not possible from here (409), which one (422).
    """
    if not same_world(actor, snap.problem):
        raise NotVisible(_("There is no such problem, or it is not visible to you."))
    if actor.acts_allowed is not None and act not in actor.acts_allowed:
        raise NotAllowed(_("Standing in for this post does not include this act."))
    machine, whos = _whos(act)
    if machine is Machine.ASSIGNMENT and act != "dispatch":
        return _authorise_assignment(actor, act, whos, snap, assignment_id)
    if not any(stands_in(actor, w, snap) for w in whos):
        raise NotAllowed(_("Your post may not do this on this problem."))
    if not _problem_allows(act, snap):
        raise _illegal(act)
    if sentence := _guard_refuses(actor, act, snap, None):
        raise NotAllowed(sentence)
    return None


def _authorise_assignment(
    actor: Actor, act: str, whos: tuple[Who, ...], snap: Snapshot, assignment_id: UUID | None
) -> Assignment:
    if assignment_id is not None and snap.assignment(assignment_id) is None:
        raise InvalidInput(_("This assignment does not belong to the problem."), field="assignment_id")
    mine = [
        a
        for a in snap.assignments
        if (assignment_id is None or a.pk == assignment_id) and any(stands_in(actor, w, snap, a) for w in whos)
    ]
    if not mine:
        raise NotAllowed(_("Your post may not do this on this problem."))
    possible = [a for a in _subjects(act, snap) if a in mine]
    if not possible:
        raise _illegal(act)
    if len(possible) > 1:
        raise InvalidInput(_("Say which unit's assignment is meant."), field="assignment_id", code="which_assignment")
    if sentence := _guard_refuses(actor, act, snap, possible[0]):
        raise NotAllowed(sentence)
    return possible[0]


def _illegal(act: str) -> ActionError:
    return IllegalTransition(_("This is not possible at the present stage."))
