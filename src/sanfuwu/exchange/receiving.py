"""收到上报、移交: another county's problem becomes one of ours, 待受理, and its sender is told the number."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from sanfuwu.counties.queries import county_code
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.problems.actions import register_problem
from sanfuwu.problems.commands import Registration
from sanfuwu.problems.models import Problem
from sanfuwu.territory.actor import SYSTEM

from .messages import post, taken
from .models import LedgerMessage, Partner, Transfer


class NotAdmitted(Exception):
    """The receiving county does not take this; `code` says why, and the sender reads it in words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def receive_offer(message: LedgerMessage, sender: str, body: dict[str, Any], *, now: dt.datetime) -> Problem | None:
    """Register it here with source_system = the sender's code and source_ref = his number; None when it was taken
    before. Problem, transfer, inbox and receipt are one transaction. Raises `NotAdmitted`."""
    if not Partner.objects.filter(code=sender, active=True).exists():
        raise NotAdmitted("not_a_partner")
    if _taken(message):
        return None

    def also(problem: Problem, changes: Changes) -> None:
        changes.insert(
            Transfer(
                pk=message.transfer_id,
                direction=Transfer.Direction.IN,
                kind=body["kind"],
                state=Transfer.State.RECEIVED,
                partner_code=sender,
                problem=problem,
                their_number=body["number"],
                with_requester=body["requester"] is not None,
                answered_seq=1,
                created_at=now,
                changed_at=now,
            )
        )
        taken(changes, message, sender, now)
        receipt = {"number": problem.number}
        post(changes, LedgerMessage.Kind.RECEIVED, message.transfer_id, sender, receipt, now=now)

    try:
        return register_problem(_registration(sender, body), actor=SYSTEM, now=now, also=also)
    except (IntegrityError, InvalidInput):
        if _taken(message):  # the same message, carried twice at once: the other one was faster
            return None
        raise


def _taken(message: LedgerMessage) -> bool:
    return LedgerMessage.objects.filter(pk=message.pk, direction="in").exists()


def _registration(sender: str, body: dict[str, Any]) -> Registration:
    """The text says where it comes from. Without a named requester the sending county itself is served."""
    head = (
        _("Reported by %(county)s, number there %(number)s.")
        if body["kind"] == Transfer.Kind.UP
        else _("Handed over by %(county)s, number there %(number)s.")
    ) % {"county": body["sender"], "number": body["number"]}
    why = _("Reason: %(why)s") % {"why": body["why"]}
    raised_on = parse_datetime(body["raised_on"])
    named = body["requester"] is not None
    return Registration(
        text=f"{body['text']}\n\n{head}\n{why}",
        title=body["title"],
        division=county_code(),
        requester=_requester(body),
        anonymous=named and body["anonymous"],
        channel=Problem.Channel.HOTLINE.value,
        urgency=body["urgency"],
        nature=body["nature"],
        raised_on=raised_on,
        confidential=bool(body["confidential"]),
        source_system=sender,
        source_ref=_reference(sender, body["number"]),
    )


def _requester(body: dict[str, Any]) -> RequesterInput:
    given = body["requester"]
    if given is None or not (given["name"] or given["contact_name"] or given["phone"] or body["anonymous"]):
        return RequesterInput("organisation", body["sender"])
    return RequesterInput(
        given["kind"],
        given["name"],
        given["uscc"],
        contact_name=given["contact_name"],
        phone=given["phone"],
    )


def _reference(sender: str, number: str) -> str:
    """The sender's number; the second time that a problem comes (declined before, and sent again) it says so."""
    before = Problem.objects.filter(source_system=sender, source_ref__startswith=number).count()
    return number if not before else f"{number}/{before + 1}"
