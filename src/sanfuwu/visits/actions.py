"""走访: one occasion with its visitors, whom they met and what came of it, recorded in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.ledger.fields import new_id
from sanfuwu.ledger.models import Note
from sanfuwu.ledger.together import atomically, once, settle, unwritten
from sanfuwu.parties.models import Party
from sanfuwu.problems.actions import register_problem, solve_on_spot
from sanfuwu.problems.models import Problem
from sanfuwu.problems.queries import visible_to
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Post
from sanfuwu.territory.policies import require

from .commands import Found, LinkProblem, RecordOpinion, RecordVisit
from .models import Opinion, Visit, VisitParty, VisitProblem, VisitVisitor
from .occasion import attendance, check_past, check_place, check_size
from .policies import may_add_to, may_record

OPINION_LENGTH = 2000


def record_visit(cmd: RecordVisit, *, actor: Actor, now: dt.datetime) -> Visit:
    """Record a visit and register what was found there. The same `client_key` again gives the visit recorded first."""
    require(may_record(actor))
    if (known := _recorded(cmd.client_key)) is not None:
        return known
    division = check_place(cmd.division)
    check_past(cmd.held_at, now)
    check_size(cmd.parties, cmd.visitors, cmd.found, cmd.followed_up, cmd.opinions)
    try:
        with atomically():
            visit = _plan_and_commit(cmd, division, actor, now)
            for one in cmd.found:
                _register(visit, one, actor, now)
            for problem_id in dict.fromkeys(cmd.followed_up):
                _link_seen(visit, LinkProblem(problem_id=problem_id), actor, now)
            for said in cmd.opinions:
                hear(said, visit=visit, meeting_id=None, heard_at=visit.held_at, actor=actor, now=now)
    except IntegrityError:
        # Two sendings of the same visit at the same moment: the other one was first.
        if (known := _recorded(cmd.client_key)) is None:
            raise
        return known
    return visit


def _recorded(client_key: UUID) -> Visit | None:
    waiting = next((visit for visit in unwritten(Visit) if visit.client_key == client_key), None)
    return waiting or Visit.objects.filter(client_key=client_key).first()


def _plan_and_commit(cmd: RecordVisit, division: str, actor: Actor, now: dt.datetime) -> Visit:
    changes = Changes()
    met = attendance(changes, cmd.parties, now)
    visit = changes.insert(
        Visit(
            id=new_id(),
            client_key=cmd.client_key,
            held_at=cmd.held_at,
            division=division,
            unit_id=actor.unit_id,
            pairing=_pairing(cmd.pairing),
            registered_by=actor.effective_post,
            registered_at=now,
        )
    )
    for post_id, rank in _visitors(cmd.visitors, actor):
        changes.insert(VisitVisitor(visit=visit, post_id=post_id, rank_then=rank))
    for values in met:
        changes.insert(VisitParty(visit=visit, **values))
    changes.event(visit, "recorded", happened_at=cmd.held_at)
    commit(changes, actor=actor, now=now)
    return visit


def _pairing(value: str) -> str:
    if value and value not in Visit.Pairing.values:
        raise InvalidInput(_("Choose one of the values offered."), field="pairing")
    return value


def _visitors(posts: Sequence[UUID], actor: Actor) -> list[tuple[UUID, str]]:
    wanted = list(dict.fromkeys(posts)) or ([actor.effective_post] if actor.effective_post else [])
    if not wanted:
        raise InvalidInput(_("Say who went."), field="visitors")
    there = Post.objects.filter(pk__in=wanted)
    ranks = once(Post, ("rank", *wanted), lambda: dict(there.values_list("pk", "rank")))
    if len(ranks) != len(wanted):
        raise InvalidInput(_("There is no such post."), field="visitors")
    return [(post_id, ranks[post_id]) for post_id in wanted]


def _register(visit: Visit, one: Found, actor: Actor, now: dt.datetime) -> Problem:
    """A problem found at the visit: the registration says which visit, the visit's stream which problem."""
    registration = replace(one.registration, visit_id=visit.pk)
    if one.solution is None:
        problem = register_problem(registration, actor=actor, now=now)
        role = VisitProblem.Role.RAISED
    else:
        problem = solve_on_spot(registration, one.solution, actor=actor, now=now)
        role = VisitProblem.Role.SOLVED
    _link(visit, problem.pk, role, actor, now)
    return problem


def link_problem(visit_id: UUID, cmd: LinkProblem, *, actor: Actor, now: dt.datetime) -> VisitProblem:
    """Say that a visit followed up (raised, solved) a problem that the actor sees. Saying it again changes nothing."""
    with transaction.atomic():
        visit = _visit(visit_id)
        require(may_add_to(actor, visit))
        return _link_seen(visit, cmd, actor, now)


def _link_seen(visit: Visit, cmd: LinkProblem, actor: Actor, now: dt.datetime) -> VisitProblem:
    if cmd.role not in VisitProblem.Role.values:
        raise InvalidInput(_("Choose one of the values offered."), field="role")
    settle()
    if not visible_to(actor).filter(pk=cmd.problem_id).exists():
        raise NotVisible(_("There is no such problem, or it is not visible to you."))
    said = VisitProblem.objects.filter(visit=visit, problem_id=cmd.problem_id, role=cmd.role).first()
    return said or _link(visit, cmd.problem_id, cmd.role, actor, now)


def _link(visit: Visit, problem_id: UUID, role: str, actor: Actor, now: dt.datetime) -> VisitProblem:
    changes = Changes()
    row = changes.insert(VisitProblem(visit=visit, problem_id=problem_id, role=role))
    changes.event(visit, "problem_linked", data={"problem": problem_id, "role": role})
    commit(changes, actor=actor, now=now)
    return row


def record_opinion(visit_id: UUID, cmd: RecordOpinion, *, actor: Actor, now: dt.datetime) -> Opinion:
    """Write down what somebody said at a visit."""
    with transaction.atomic():
        visit = _visit(visit_id)
        require(may_add_to(actor, visit))
        return hear(cmd, visit=visit, meeting_id=None, heard_at=visit.held_at, actor=actor, now=now)


def hear(
    cmd: RecordOpinion,
    *,
    visit: Visit | None,
    meeting_id: UUID | None,
    heard_at: dt.datetime,
    actor: Actor,
    now: dt.datetime,
) -> Opinion:
    """One opinion of a visit or a meeting, inside the caller's transaction; the caller has asked the policy."""
    text = cmd.text.strip()
    if not text or len(text) > OPINION_LENGTH:
        raise InvalidInput(_("Between 1 and %(most)d characters.") % {"most": OPINION_LENGTH}, field="text")
    if cmd.party_id is not None and not Party.objects.filter(pk=cmd.party_id).exists():
        raise InvalidInput(_("There is no such party."), field="party_id")
    if cmd.problem_id is not None:
        settle()
    if cmd.problem_id is not None and not visible_to(actor).filter(pk=cmd.problem_id).exists():
        raise NotVisible(_("There is no such problem, or it is not visible to you."))
    changes = Changes()
    note = changes.note(text, Note.Audience.HANDLING)
    opinion = changes.insert(
        Opinion(
            id=new_id(),
            visit=visit,
            meeting_id=meeting_id,
            party_id=cmd.party_id,
            text_note=note,
            problem_id=cmd.problem_id,
            heard_at=heard_at,
        )
    )
    changes.event(opinion, "heard", happened_at=heard_at)
    commit(changes, actor=actor, now=now)
    return opinion


def _visit(visit_id: UUID) -> Visit:
    settle()
    visit = Visit.objects.select_for_update(no_key=True).filter(pk=visit_id).first()
    if visit is None:
        raise NotVisible(_("There is no such visit."))
    return visit
