"""受理、不予受理、要求补充、补充、更正: what the dispatch office decides before anybody is responsible."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from sanfuwu.counties.queries import division_exists
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import TRAINING
from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.ledger.models import Note
from sanfuwu.ledger.together import once, settle
from sanfuwu.parties.contacts import plan_contact
from sanfuwu.parties.models import Party
from sanfuwu.reference.queries import reason, reasons
from sanfuwu.rules.identifiers import check_division
from sanfuwu.rules.lifecycle import Machine, next_state

from .. import search
from ..commands import Accept, Correct, Decline, RequestInfo, SupplyInfo
from ..models import Category, Problem, ProblemText
from ..snapshot import Snapshot
from . import _family
from ._shell import Act, Context, require_choice, require_text


def _to(act: str, snap: Snapshot) -> str:
    return next_state(Machine.PROBLEM, act, snap.problem.state)


def require_category(category_id: UUID) -> Category:
    """A confirmed category, or an error at the field."""
    category = once(Category, category_id, lambda: Category.objects.filter(pk=category_id).first())
    if category is None or category.status != Category.Status.ACTIVE:
        raise InvalidInput(_("Choose a category of the list."), field="category_id")
    return category


def plan_accept(snap: Snapshot, cmd: Accept, ctx: Context, changes: Changes) -> None:
    """待受理 → 办理中 (待交办): category confirmed, tier set."""
    require_choice(cmd.tier, (Problem.Tier.LIMITED, Problem.Tier.KEY), "tier")
    require_choice(cmd.urgency, Problem.Urgency.values, "urgency")
    require_choice(cmd.nature, Problem.Nature.values, "nature")
    require_category(cmd.category_id)
    changes.update(
        snap.problem,
        state=_to("accept", snap),
        category_id=cmd.category_id,
        tier=cmd.tier,
        urgency=cmd.urgency,
        nature=cmd.nature,
    )
    changes.event(snap.problem, "accepted")


def plan_decline(snap: Snapshot, cmd: Decline, ctx: Context, changes: Changes) -> None:
    """A refusal says who refused, why, and where to go instead (need 17)."""
    require_choice(cmd.reason_code, {r.code for r in reasons("decline")}, "reason_code")
    where = require_text(cmd.where_to_go or _where_to_go(cmd.reason_code), "where_to_go", most=500)
    changes.update(snap.problem, state=_to("decline", snap), reason_code=cmd.reason_code)
    note = changes.note(where, Note.Audience.REQUESTER)
    changes.event(snap.problem, "declined", data={"reason_code": cmd.reason_code, "where_note": note.pk})
    changes.tell("declined", snap.problem.pk, ctx.now)
    _family.part_closed(snap, ctx, changes)


def _where_to_go(reason_code: str) -> str:
    """The reason's own sentence, in the requester's language whatever the dispatcher's."""
    found = reason("decline", reason_code)
    with translation.override(settings.LANGUAGE_CODE):
        return str(found.where_to_go) if found else ""


def plan_request_info(snap: Snapshot, cmd: RequestInfo, ctx: Context, changes: Changes) -> None:
    """待受理 → 待补充: what is missing goes to whoever registered it, and onto the requester's page."""
    what = require_text(cmd.what, "what", most=500)
    changes.update(snap.problem, state=_to("request_info", snap))
    note = changes.note(what, Note.Audience.REQUESTER)
    changes.event(snap.problem, "info_requested", data={"note": note.pk})


def plan_supply_info(snap: Snapshot, cmd: SupplyInfo, ctx: Context, changes: Changes) -> None:
    """待补充 → 待受理."""
    text = require_text(cmd.text, "text")
    changes.update(snap.problem, state=_to("supply_info", snap))
    if cmd.contact_name or cmd.phone:
        _require_sight(snap, ctx, "phone" if cmd.phone else "contact_name")
    _contact(snap.problem, snap.problem.party_id, cmd.contact_name, cmd.phone, changes)
    audience = Note.Audience.OFFICE if snap.problem.confidential else Note.Audience.HANDLING
    note = changes.note(text, audience)
    changes.event(snap.problem, "info_supplied", data={"note": note.pk})


def _require_sight(snap: Snapshot, ctx: Context, field: str) -> None:
    """Of a confidential requester nobody changes what he may not see, and nobody lifts the secret to see it (model.md:
    named officers, and whoever wrote it down)."""
    from ..queries.scope import sees_requester  # the package of queries names acts, and these come from here

    if not sees_requester(ctx.actor, snap.problem):
        raise InvalidInput(
            _("The requester is confidential: only the named officers and whoever registered it may change this."),
            field=field,
        )


def _contact(problem: Problem, party_id: UUID | None, name: str | None, phone: str | None, changes: Changes) -> bool:
    """What became known of how to reach the requester; whether that says anything. Events hear nothing of it."""
    if not (name or phone):
        return False
    settle()
    kept = plan_contact(
        changes,
        problem.contact_id,
        party_id=party_id,
        name=name or "",
        phone=phone or "",
        matched=problem.origin != TRAINING,
    )
    if kept is not None and kept != problem.contact_id:
        changes.update(problem, contact_id=kept)
    return kept is not None


def plan_correct(snap: Snapshot, cmd: Correct, ctx: Context, changes: Changes) -> None:
    """更正: wrong party, category, place or a typo. The state stays; what was before stays in the events."""
    reason = require_text(cmd.reason, "reason", most=500)
    problem = snap.problem
    for field in ("party_id", "confidential", "contact_name", "phone"):
        if getattr(cmd, field) not in (None, "", problem.confidential if field == "confidential" else None):
            _require_sight(snap, ctx, field)
    new: dict[str, Any] = {}
    if cmd.title is not None:
        new["title"] = require_text(cmd.title, "title", most=200)
    if cmd.division is not None:
        place = check_division(cmd.division)
        if not place.ok or not division_exists(place.value):
            raise InvalidInput(_("Choose the town or village it belongs to."), field="division")
        new["division"] = place.value
    if cmd.category_id is not None:
        require_category(cmd.category_id)
        new["category_id"] = cmd.category_id
    if cmd.party_id is not None:
        party = Party.objects.filter(pk=cmd.party_id, merged_into__isnull=True).first()
        if party is None:
            raise InvalidInput(_("There is no such party."), field="party_id")
        new |= {"party_id": party.pk, "party_kind": party.kind}
    if cmd.confidential is not None:
        if cmd.confidential and not problem.confidential and snap.assignments:
            raise InvalidInput(_("It has gone out to units already: they have read it."), field="confidential")
        new["confidential"] = cmd.confidential
    changed = {k: v for k, v in new.items() if getattr(problem, k) != v}
    reached = _contact(problem, new.get("party_id", problem.party_id), cmd.contact_name, cmd.phone, changes)
    if not changed and not reached:
        raise InvalidInput(_("Nothing would change."))
    # Codes and ids before the change are worth keeping in the open; a title is text and stays out of events.
    fields = {*changed, "contact"} if reached else {*changed}
    before = {k: getattr(problem, k) for k in changed if k != "title"}
    if changed:
        changes.update(problem, **changed)
    note = changes.note(reason, Note.Audience.OFFICE if problem.confidential else Note.Audience.HANDLING)
    changes.event(problem, "corrected", data={"before": before, "fields": sorted(fields), "note": note.pk})
    if {"title", "confidential"} & changed.keys():
        settle()
        grams = ProblemText.objects.get(pk=problem.pk)
        changes.update(grams, grams=search_grams(problem, _searchable_text(problem)))


def _searchable_text(problem: Problem) -> str:
    note_id = problem.text_for_units_id if problem.confidential else problem.text_note_id
    if note_id is None:
        return ""
    note = Note.objects.get(pk=note_id)
    return decrypt(note.text_enc, note.pk, note.key_id)


def search_grams(problem: Problem, text: str) -> list[int]:
    """Hashed bigrams for search; of a confidential problem only of what went out to units."""
    if problem.confidential:
        return search.grams_of(f"{problem.title_for_units}\n{text}") if problem.title_for_units else []
    return search.grams_of(f"{problem.title}\n{problem.claimed_party}\n{text}")


accept = Act("accept", Accept, plan_accept)
decline = Act("decline", Decline, plan_decline, _family.family)
request_info = Act("request_info", RequestInfo, plan_request_info)
supply_info = Act("supply_info", SupplyInfo, plan_supply_info)
correct = Act("correct", Correct, plan_correct)
