"""上报、移交: a problem goes to another county's ledger, as a message, and waits here for the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sanfuwu.counties.queries import county_code, county_name
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.models import AccessLog, Note
from sanfuwu.parties.queries import open_contact
from sanfuwu.problems.actions._shell import Act, Context, require_text
from sanfuwu.problems.models import Problem
from sanfuwu.problems.queries.scope import sees_requester
from sanfuwu.problems.snapshot import Snapshot

from ..messages import post
from ..models import LedgerMessage, Partner, Transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """`why` goes along. The requester only when `with_requester`; of a confidential problem his name and the original
    text only when `confidential_confirmed` as well, otherwise the text written for units."""

    partner: str
    why: str
    with_requester: bool = False
    confidential_confirmed: bool = False


def _partner(code: str, kind: str) -> Partner:
    partner = Partner.objects.filter(code=code, active=True).first()
    if partner is None:
        raise InvalidInput(_("Choose a county of the list."), field="partner")
    if kind == Transfer.Kind.UP and partner.relation != Partner.Relation.SUPERIOR:
        raise InvalidInput(_("A problem is reported to a superior only."), field="partner")
    return partner


def _words(problem: Problem, cmd: Send, ctx: Context) -> tuple[str, str]:
    """(title, text) as they go out. Raises `InvalidInput` where only confidential words could go."""
    if problem.confidential and not cmd.confidential_confirmed:
        if problem.text_for_units_id is None:
            raise InvalidInput(
                _("The requester is confidential and no text for units has been written. Confirm, or dispatch first."),
                field="confidential_confirmed",
            )
        return problem.title_for_units, _text(problem.text_for_units_id)
    if not sees_requester(ctx.actor, problem):
        raise InvalidInput(_("The identity of the requester is confidential."), field="confidential_confirmed")
    return problem.title, _text(problem.text_note_id)


def _text(note_id: Any) -> str:
    note = Note.objects.get(pk=note_id)
    return "" if note.erased_at is not None else decrypt(note.text_enc, note.pk, note.key_id)


def _requester(problem: Problem, cmd: Send, ctx: Context) -> dict[str, str] | None:
    if not cmd.with_requester:
        return None
    if problem.confidential and not cmd.confidential_confirmed:
        raise InvalidInput(_("Confirm that a confidential requester may be named there."), field="with_requester")
    contact = open_contact(problem.contact) if problem.contact is not None else None
    party = problem.party
    return {
        "kind": problem.party_kind,
        "name": party.name if party is not None else problem.claimed_party,
        "uscc": (party.uscc or "") if party is not None else "",
        "contact_name": contact.name if contact else "",
        "phone": contact.phone if contact else "",
    }


def _plan(kind: str, event: str) -> Any:
    def plan(snap: Snapshot, cmd: Send, ctx: Context, changes: Changes) -> None:
        problem, now = snap.problem, ctx.now
        partner = _partner(cmd.partner, kind)
        why = require_text(cmd.why, "why", most=500)
        title, text = _words(problem, cmd, ctx)
        if not text:
            raise InvalidInput(_("Its text was erased by law; there is nothing to send."))
        requester = _requester(problem, cmd, ctx)
        named = requester is not None
        transfer = changes.insert(
            Transfer(
                direction=Transfer.Direction.OUT,
                kind=kind,
                state=Transfer.State.WAITING,
                partner_code=partner.code,
                problem=problem,
                with_requester=named,
                created_at=now,
                changed_at=now,
            )
        )
        changes.update(problem, waiting_on=kind)
        note = changes.note(why, Note.Audience.OFFICE if problem.confidential else Note.Audience.HANDLING)
        data = {"transfer": transfer.pk, "partner": partner.code, "with_requester": named, "note": note.pk}
        changes.event(problem, event, data=data)
        body = {
            "kind": kind,
            "sender": county_name(),
            "number": problem.number,
            "title": title,
            "text": text,
            "why": why,
            "raised_on": problem.raised_on.isoformat(),
            "urgency": problem.urgency,
            "nature": problem.nature,
            "confidential": problem.confidential,
            "anonymous": problem.anonymous,
            "requester": requester,
        }
        post(changes, LedgerMessage.Kind.OFFER, transfer.pk, partner.code, body, now=now)
        if named or problem.confidential:
            changes.insert(_look(problem, partner, named, ctx))

    return plan


def _look(problem: Problem, partner: Partner, named: bool, ctx: Context) -> AccessLog:
    """Personal data that leaves the county is an access like any other."""
    return AccessLog(
        at=ctx.now,
        post_id=ctx.actor.post_id,
        account_id=ctx.actor.account_id,
        what="sent_to_county",
        subject_kind="problem",
        subject_id=problem.pk,
        reason=f"{county_code()} → {partner.code}, {'with' if named else 'without'} requester",
    )


report_up = Act("report_up", Send, _plan(Transfer.Kind.UP.value, "reported_up"))
hand_over = Act("hand_over", Send, _plan(Transfer.Kind.ACROSS.value, "handover_offered"))
SENDING = {act.name: act for act in (report_up, hand_over)}
