"""签收、联系、反馈、提交结果、签发、审核、退回重办: the work of the responsible unit and its review."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import IllegalTransition, InvalidInput
from sanfuwu.ledger.models import Note
from sanfuwu.reference.queries import reasons
from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES, Machine, next_state
from sanfuwu.rules.resolution_level import Coordination as Coordinated
from sanfuwu.rules.resolution_level import Leadership as Led
from sanfuwu.rules.resolution_level import resolution_level
from sanfuwu.territory.models import Role

from ..commands import MakeContact, Report, Review, SendBack, Sign, SignOff, SubmitResult
from ..models import Assignment, Problem, VerificationCycle
from ..snapshot import Snapshot
from . import _clock, _family
from ._shell import Act, Context, require_choice, require_text

CONTACT_WAYS = ("phone", "visit", "sms")
RESULT_KINDS = ("solved", "explained", "unsolvable")


def _subject(ctx: Context) -> Assignment:
    assert ctx.subject is not None  # `policies.authorise` gives every act on an assignment its subject
    return ctx.subject


def plan_sign(snap: Snapshot, cmd: Sign, ctx: Context, changes: Changes) -> None:
    """签收 does not start the clock: it has run since the dispatch."""
    a = _subject(ctx)
    handler = ctx.actor.post_id if ctx.actor.role == Role.HANDLER else None
    changes.update(a, state=next_state(Machine.ASSIGNMENT, "sign", a.state), signed_at=ctx.now, handler_post=handler)
    _clock.meet(snap, changes, a.pk, "sign", ctx.now)
    changes.event(snap.problem, "signed", data={"unit": a.unit_id}, assignment_id=a.pk)


def plan_contact(snap: Snapshot, cmd: MakeContact, ctx: Context, changes: Changes) -> None:
    """先行联系: the first one meets the sub-deadline, each is an event."""
    a = _subject(ctx)
    next_state(Machine.ASSIGNMENT, "contact", a.state)
    how = require_choice(cmd.how, CONTACT_WAYS, "how")
    if snap.problem.anonymous or snap.problem.confidential:
        raise InvalidInput(_("The requester is anonymous or confidential: only the office can reach him."))
    if a.contacted_at is None:
        changes.update(a, contacted_at=ctx.now)
        _clock.meet(snap, changes, a.pk, "contact", ctx.now)
    data: dict[str, object] = {"unit": a.unit_id, "how": how}
    if cmd.text.strip():
        data["note"] = changes.note(require_text(cmd.text, "text", most=2000)).pk
    changes.event(snap.problem, "contacted", data=data, assignment_id=a.pk)


def plan_report(snap: Snapshot, cmd: Report, ctx: Context, changes: Changes) -> None:
    """过程反馈; what is marked for the requester also stands on his page."""
    a = _subject(ctx)
    next_state(Machine.ASSIGNMENT, "report", a.state)
    audience = Note.Audience.REQUESTER if cmd.for_requester else Note.Audience.HANDLING
    note = changes.note(require_text(cmd.text, "text", most=2000), audience)
    changes.event(snap.problem, "reported", data={"unit": a.unit_id, "note": note.pk}, assignment_id=a.pk)


def plan_submit_result(snap: Snapshot, cmd: SubmitResult, ctx: Context, changes: Changes) -> None:
    """办结申请: kind, answer and what proves it. The requester must have been contacted before (anti-gaming, §3.3)."""
    a = _subject(ctx)
    kind = require_choice(cmd.result_kind, RESULT_KINDS, "result_kind")
    text = require_text(cmd.text, "text")
    evidence = require_text(cmd.evidence, "evidence", most=2000)
    # Of an anonymous or confidential problem the unit knows nobody to contact.
    reachable = not snap.problem.anonymous and not snap.problem.confidential
    if a.role == "lead" and reachable and a.contacted_at is None and not _child_contacted(snap, a):
        raise IllegalTransition(_("Contact the requester first: a result without contact is not accepted."))
    if waiting := [c for c in snap.children_of(a) if c.state in OPEN_ASSIGNMENT_STATES]:
        raise IllegalTransition(
            _("%(count)d unit(s) below have not finished: review their results first.") % {"count": len(waiting)}
        )
    answer = changes.note(text, Note.Audience.REQUESTER if a.role == "lead" else Note.Audience.HANDLING)
    proof = changes.note(evidence)
    changes.update(
        a,
        state=next_state(Machine.ASSIGNMENT, "submit_result", a.state),
        submitted_at=ctx.now,
        submitted_by=ctx.actor.post_id,
        result_kind=kind,
        result_note_id=answer.pk,
        evidence_count=a.evidence_count + 1,
    )
    _clock.meet(snap, changes, a.pk, "contact", ctx.now)
    _clock.meet(snap, changes, a.pk, "result", ctx.now)
    _clock.lapse(snap, changes, a, ctx.now)
    changes.event(
        snap.problem,
        "result_submitted",
        data={"unit": a.unit_id, "kind": kind, "note": answer.pk, "evidence_note": proof.pk},
        assignment_id=a.pk,
    )


def _child_contacted(snap: Snapshot, a: Assignment) -> bool:
    return any(c.contacted_at is not None or _child_contacted(snap, c) for c in snap.children_of(a))


def plan_sign_off(snap: Snapshot, cmd: SignOff, ctx: Context, changes: Changes) -> None:
    """单位负责人签发."""
    a = _subject(ctx)
    next_state(Machine.ASSIGNMENT, "sign_off", a.state)
    changes.update(a, signed_off_at=ctx.now, signed_off_by=ctx.actor.post_id)
    changes.event(snap.problem, "signed_off", data={"unit": a.unit_id}, assignment_id=a.pk)


def plan_send_back(snap: Snapshot, cmd: SendBack, ctx: Context, changes: Changes) -> None:
    """审核退回: the clock resumes where it stood, rework + 1."""
    a = _subject(ctx)
    code = require_choice(cmd.reason_code, {r.code for r in reasons("send_back")}, "reason_code")
    note = changes.note(require_text(cmd.text, "text", most=1000))
    _clock.resume_after_review(snap, ctx, changes, a)
    changes.update(
        a,
        state=next_state(Machine.ASSIGNMENT, "send_back", a.state),
        submitted_at=None,
        submitted_by=None,
        signed_off_at=None,
        signed_off_by=None,
        result_kind="",
        result_note_id=None,
        rework_count=a.rework_count + 1,
    )
    changes.event(
        snap.problem,
        "sent_back",
        data={"unit": a.unit_id, "reason_code": code, "note": note.pk, "due_at": a.due_at},
        assignment_id=a.pk,
    )


def plan_review(snap: Snapshot, cmd: Review, ctx: Context, changes: Changes) -> None:
    """审核通过. The top lead's result becomes the problem's: level fixed, call-back opened."""
    a = _subject(ctx)
    _finish_assignment(snap, ctx, changes, a, "accepted")
    if a.parent_id is not None or a.role != "lead":
        changes.event(snap.problem, "part_accepted", data={"unit": a.unit_id}, assignment_id=a.pk)
        return
    for co in snap.open_assignments:  # co-handlers who had not reported end with the lead, and it shows
        changes.update(co, state="done", ended_at=ctx.now, end_reason="ended_with_lead")
        _clock.end(snap, changes, co, ctx.now)
    solved_at = a.submitted_at or ctx.now
    level = level_of(snap, solved_at)
    changes.update(
        snap.problem,
        state=next_state(Machine.PROBLEM, "result_accepted", snap.problem.state),
        result_kind=a.result_kind,
        resolution_level=level,
        solved_at=solved_at,
    )
    cycle = VerificationCycle(problem=snap.problem, cycle_no=snap.problem.cycle_no, state="pending", opened_at=ctx.now)
    snap.cycles.append(changes.insert(cycle))
    changes.event(
        snap.problem,
        "result_accepted",
        data={"unit": a.unit_id, "kind": a.result_kind, "level": level, "solved_at": solved_at},
        assignment_id=a.pk,
    )
    changes.tell("result_accepted", snap.problem.pk, ctx.now)
    for follower in _family.followers(snap, ctx):  # every requester is answered, and asked
        _open_callback_of(follower, snap.problem, ctx, changes)


def _open_callback_of(follower: Snapshot, master: Problem, ctx: Context, changes: Changes) -> None:
    if follower.open_cycle is None:
        cycle = VerificationCycle(
            problem=follower.problem, cycle_no=follower.problem.cycle_no, state="pending", opened_at=ctx.now
        )
        follower.cycles.append(changes.insert(cycle))
    data = {"master": master.pk, "number": master.number, "kind": master.result_kind}
    changes.event(follower.problem, "master_solved", data=data)
    changes.tell("result_accepted", follower.problem.pk, ctx.now)


def _finish_assignment(snap: Snapshot, ctx: Context, changes: Changes, a: Assignment, reason: str) -> None:
    changes.update(
        a,
        state=next_state(Machine.ASSIGNMENT, "review", a.state),
        accepted_at=ctx.now,
        ended_at=ctx.now,
        end_reason=reason,
    )
    _clock.end(snap, changes, a, ctx.now)


def level_of(snap: Snapshot, solved_at: dt.datetime) -> str:
    """The level of resolution by the definition of model.md, from the records before the result."""
    return str(
        resolution_level(
            on_spot=snap.problem.on_spot,
            result_at=solved_at,
            leaderships=[Led(x.from_at, x.to_at) for x in snap.leaderships],
            coordinations=[
                Coordinated(i.coordination.level, i.coordination.held_at if i.decided else None)
                for i in snap.coordination
            ],
        )
    )


sign = Act("sign", Sign, plan_sign)
contact = Act("contact", MakeContact, plan_contact)
report = Act("report", Report, plan_report)
submit_result = Act("submit_result", SubmitResult, plan_submit_result)
sign_off = Act("sign_off", SignOff, plan_sign_off)
send_back = Act("send_back", SendBack, plan_send_back)
review = Act("review", Review, plan_review, _family.family)
