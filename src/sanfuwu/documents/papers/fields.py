"""What a paper says, as plain text under the names that a template may use. Nothing else reaches a template.

A paper goes to the handling unit and to the requester himself, whoever prints it: of a confidential problem it has the
second text and no requester, also when a named officer prints it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.models import Event, Note
from sanfuwu.parties.queries import open_contact
from sanfuwu.problems.models import Assignment
from sanfuwu.problems.queries.categories import category_tree
from sanfuwu.problems.snapshot import Snapshot
from sanfuwu.rules.lifecycle import ProblemState
from sanfuwu.rules.masking import mask_name, mask_numbers, mask_phone
from sanfuwu.territory.models import Post
from sanfuwu.territory.queries import places_named, post_labels, unit_names

from ..ledgers.columns import CHANNELS, RESULTS, SATISFIED, TIERS
from ..models import IssuedDocument, Letterhead, Paper

# Name → what it is, for the page where templates are set and for whoever edits one.
FIELDS: dict[str, str] = {
    "agency": "发文机关",
    "number": "发文字号",
    "issued_on": "成文日期",
    "problem_number": "问题编号",
    "title": "问题摘要",
    "text": "问题描述",
    "raised_on": "收集日期",
    "channel": "来源渠道",
    "category": "问题分类",
    "place": "所属镇街、村社",
    "tier": "分级",
    "requester": "诉求人",
    "contact": "联系人（掩码）",
    "phone": "电话（掩码）",
    "lead": "主办单位",
    "co": "协办单位",
    "leader": "牵头领导",
    "dispatched_on": "交办日期",
    "due": "办结时限",
    "instruction": "交办要求",
    "handler": "责任人",
    "handler_phone": "责任人电话",
    "result": "办理结果类型",
    "answer": "答复内容",
    "solved_on": "办结日期",
    "satisfied": "回访满意度",
    "struck_off_on": "销号日期",
    "read_code": "查询码",
    "read_url": "查询网址",
    "qr": "查询二维码（图片）",
}
_OF_STRIKE_OFF = {"result", "answer", "solved_on", "satisfied", "struck_off_on"}
TITLES = {Paper.ORDER.value: "问题交办单", Paper.STRIKE_OFF.value: "问题销号单"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper ready to be printed or written: its title and the values of `FIELDS` (without the picture)."""

    kind: str
    title: str
    values: dict[str, str]


# The requester has been heard, so that striking off can be put on paper.
HEARD = frozenset({ProblemState.PENDING_CLOSURE, ProblemState.STRUCK_OFF, ProblemState.ARCHIVED})


def about(kind: str, snap: Snapshot) -> UUID:
    """What the paper is about: the top lead's assignment, or the last cycle of call-backs. Raises where it is too
    early for it."""
    if kind == Paper.ORDER:
        if snap.top_lead is None:
            raise InvalidInput(_("It has not been sent to a unit yet: there is nothing to issue."))
        return snap.top_lead.pk
    cycle = snap.last_cycle
    if snap.problem.state not in HEARD or cycle is None:
        raise InvalidInput(_("The requester has not been heard yet: there is nothing to strike off."))
    return cycle.pk


def sheet_of(document: IssuedDocument, snap: Snapshot, letterhead: Letterhead, *, host: str) -> Sheet:
    """What an issued paper says now, for whoever may see the problem."""
    p = snap.problem
    today = timezone.localdate(document.issued_at)
    lead = next((a for a in snap.assignments if a.pk == document.about_id), snap.top_lead)
    units = unit_names(today)
    notes = _notes(snap, lead, document.kind)
    hidden = p.confidential
    party = "（保密）" if hidden else (p.party.name if p.party else p.claimed_party)
    contact = open_contact(p.contact) if p.contact is not None and not hidden else None
    posts = _posts(snap, lead, today)
    callback = next((c for c in reversed(snap.callbacks) if c.valid), None)
    values = {
        "agency": letterhead.agency,
        "number": document.number,
        "issued_on": chinese_day(document.issued_at),
        "problem_number": p.number,
        "title": p.title_for_units if hidden else p.title,
        "text": mask_numbers(notes.get("text", "")),
        "raised_on": chinese_day(p.raised_on),
        "channel": CHANNELS.get(p.channel, ""),
        "category": category_tree().names(p.category_id)[1],
        "place": places_named([p.division], today).get(p.division, ("", ""))[1],
        "tier": TIERS.get(p.tier, ""),
        "requester": party or (mask_name(contact.name) if contact and contact.name else ""),
        "contact": mask_name(contact.name) if contact and contact.name else "",
        "phone": mask_phone(contact.phone) if contact and contact.phone else "",
        "lead": units.get(lead.unit_id, "") if lead else "",
        "co": "、".join(units.get(a.unit_id, "") for a in snap.assignments if _helps(a, lead)),
        "leader": "、".join(posts[x.post_id][2] for x in snap.leaderships if x.to_at is None and x.post_id in posts),
        "dispatched_on": chinese_day(lead.dispatched_at) if lead else "",
        "due": _moment(lead.due_at) if lead else "",
        "instruction": mask_numbers(notes.get("instruction", "")),
        "handler": posts[lead.handler_post][2] if lead and lead.handler_post in posts else "",
        "handler_phone": _office_phone(lead.handler_post) if lead else "",
        "result": RESULTS.get(p.result_kind, ""),
        "answer": mask_numbers(notes.get("answer", "")),
        "solved_on": chinese_day(p.solved_at) if p.solved_at else "",
        "satisfied": SATISFIED.get(callback.satisfied or "", "") if callback else "",
        "struck_off_on": chinese_day(p.struck_off_at) if p.struck_off_at else "",
        # The requester's page shows what he himself wrote: of a confidential problem the unit gets no way to it.
        "read_code": "" if hidden else " ".join(p.read_code[at : at + 4] for at in range(0, len(p.read_code), 4)),
        "read_url": "" if hidden else f"{host}/r/{p.read_code}",
    }
    if document.kind == Paper.ORDER:
        values |= dict.fromkeys(_OF_STRIKE_OFF, "")
    return Sheet(document.kind, TITLES[document.kind], values)


def chinese_day(moment: dt.datetime) -> str:
    """2019年2月3日: Arabic figures without leading noughts (GB/T 9704-2012, 7.3.5.4)."""
    local = timezone.localtime(moment)
    return f"{local.year}年{local.month}月{local.day}日"


def _moment(moment: dt.datetime) -> str:
    return f"{chinese_day(moment)}{timezone.localtime(moment):%H:%M}"


def _helps(a: Assignment, lead: Assignment | None) -> bool:
    return (
        lead is not None
        and a.role == "co"
        and a.parent_id == lead.parent_id
        and a.cycle_no == lead.cycle_no
        and a.end_reason not in ("recalled", "reassigned")
    )


def _notes(snap: Snapshot, lead: Assignment | None, kind: str) -> dict[str, str]:
    p = snap.problem
    wanted = {"text": p.text_for_units_id if p.confidential else p.text_note_id}
    if lead is not None:
        if kind == Paper.STRIKE_OFF:
            wanted["answer"] = lead.result_note_id
        sent = Event.objects.filter(stream_kind="problem", stream_id=p.pk, kind="dispatched", assignment_id=lead.pk)
        said = sent.order_by("-seq").values_list("payload", flat=True).first() or {}
        wanted["instruction"] = _id(said.get("data", {}).get("note"))
    found = {note.pk: note for note in Note.objects.filter(pk__in=[pk for pk in wanted.values() if pk])}
    return {
        name: decrypt(note.text_enc, note.pk, note.key_id)
        for name, pk in wanted.items()
        if (note := found.get(pk)) is not None  # type: ignore[arg-type]
        and note.erased_at is None
        and (note.audience != Note.Audience.OFFICE)
    }


def _id(text: Any) -> UUID | None:
    return UUID(text) if text else None


def _posts(snap: Snapshot, lead: Assignment | None, today: dt.date) -> dict[Any, tuple[str, str, str]]:
    wanted = {x.post_id for x in snap.leaderships} | ({lead.handler_post} if lead and lead.handler_post else set())
    return dict(post_labels(wanted, today)) if wanted else {}


def _office_phone(post_id: UUID | None) -> str:
    if post_id is None:
        return ""
    return Post.objects.filter(pk=post_id).values_list("person__office_phone", flat=True).first() or ""
