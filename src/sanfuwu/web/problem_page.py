"""The problem's page in words: from the queries' view to the pieces that the components draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanfuwu.exchange.models import Transfer
from sanfuwu.exchange.queries import county_names, partners, transfers_of
from sanfuwu.parties.queries import PlainContact
from sanfuwu.problems.acts import ACTS_WITH_FORM
from sanfuwu.problems.chip import Stage
from sanfuwu.problems.policies import Offer
from sanfuwu.problems.queries import ProblemView
from sanfuwu.problems.queries.detail import Holder, Moment
from sanfuwu.problems.queries.foreign import system_names
from sanfuwu.problems.queries.kin import Asked
from sanfuwu.reference.queries import calendar_at, rules_at
from sanfuwu.rules.deadlines import extension_until, return_until
from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role

from . import bars, words
from .acts.texts import TEXTS, text_of
from .exchange_rows import TransferRow, transfer_row
from .pieces import Act, Bar, ChainLink, Line, PartyCard, Petition, Related, Responsibility, Responsible
from .sentences import Told, sentence
from .when import day, when, working_time

_FINAL = frozenset({Stage.STRUCK_OFF, Stage.ARCHIVED, Stage.DECLINED, Stage.MERGED, Stage.WITHDRAWN})
# Overlays and second thoughts: offered in the menu, never as the one primary act.
_NEVER_PRIMARY = frozenset(
    {"correct", "archive", "decline", "request_info", "recall", "send_back", "report", "hand_down",
     "add_requirement", "meet_requirement", "record_commitment", "note_foreign_number", "correct_foreign_number",
     "note_foreign_update", "return", "request_extension", "request_hold", "refuse_hold",
     "renew_hold", "unhold", "merge", "unmerge", "split", "reopen", "withdraw", "rule_reassign"}
)  # fmt: skip


def bar(view: ProblemView, now: dt.datetime) -> Bar | None:
    """The big deadline bar of the lead, or nothing before the first dispatch."""
    return bars.of_holder(view.lead, calendar_at(now), now) if view.lead else None


def acts(view: ProblemView, now: dt.datetime) -> tuple[Act | None, list[Act]]:
    """The one primary act and the others, in the order of the work."""
    offers = [offer for name in ACTS_WITH_FORM for offer in view.offers if offer.act == name and name in TEXTS]
    many = {name for name in TEXTS if sum(offer.act == name for offer in offers) > 1}
    shown = [(offer, _act(view, offer, named=offer.act in many)) for offer in offers if _is_due(view, offer, now)]
    primary = next((act for offer, act in shown if _may_lead(view, offer)), None)
    return primary, [act for _offer, act in shown if act is not primary]


def act_of(view: ProblemView, name: str, assignment_id: UUID | None) -> Act | None:
    """The offered act of a form's address; None when this actor may not take it now."""
    for offer in view.offers:
        if offer.act == name and name in TEXTS and assignment_id in (None, offer.assignment_id):
            return _act(view, offer, named=assignment_id is not None)
    return None


_WAITING: dict[Stage, Callable[[], str]] = {
    Stage.SUBMITTED: lambda: _("Waits for the dispatch office to accept it."),
    Stage.INFO_NEEDED: lambda: _("Waits for whoever registered it to supply what is missing."),
    Stage.TO_DISPATCH: lambda: _("Waits for the dispatch office to send it to a unit."),
    Stage.TO_SIGN: lambda: _("Waits for %(unit)s to sign."),
    Stage.HANDLING: lambda: _("Waits for %(unit)s to handle it and hand in the result."),
    Stage.RETURNED: lambda: _("Waits for %(unit)s to rule on the return."),
    Stage.ON_HOLD: lambda: _("On hold; it is looked at again on %(day)s."),
    Stage.TO_SIGN_OFF: lambda: _("Waits for the head of %(unit)s to sign the result off."),
    Stage.TO_REVIEW: lambda: _("Waits for %(unit)s to review the result."),
    Stage.TO_CALL_BACK: lambda: _("Waits for a call-back officer to ask the requester."),
    Stage.TO_STRIKE_OFF: lambda: _("Waits for the dispatch office to strike it off."),
    Stage.MERGED: lambda: _("It follows the problem it was merged into."),
    Stage.SPLIT: lambda: _("Waits for its parts; it closes when all of them are closed."),
}


def waiting(view: ProblemView, now: dt.datetime) -> str:
    """What is waited for, and from whom, in one plain line: for everybody whose turn it is not."""
    if view.problem.waiting_on == "across":
        return _("Waits for the county that it was offered to; until then nothing is done here.")
    if any(a.request.decided_at is None and a.request.kind != "return" for a in view.requests):
        return _("Waits for a decision on what %(unit)s asks for; the clock keeps running.") % {"unit": _asker(view)}
    if view.stage is Stage.TO_STRIKE_OFF and any(m.data.get("conclusion") == "dissatisfied" for m in view.timeline):
        return _("The requester is dissatisfied: waits for the supervision to approve the striking off.")
    maker = _WAITING[Stage.TO_CALL_BACK] if view.being_asked else _WAITING.get(view.stage)
    if maker is None:
        return _("It is closed; nothing is waited for.")
    unit = view.waits_for or _("the unit")
    reviews = [a.request.review_on for a in view.requests if a.request.kind == "hold" and a.request.review_on]
    return maker() % {"unit": unit, "day": day(reviews[-1], now) if reviews else ""}


def _asker(view: ProblemView) -> str:
    return next((a.unit for a in view.requests if a.request.decided_at is None), "") or _("the unit")


def petitions(view: ProblemView, now: dt.datetime) -> list[Petition]:
    """What units ask for and nobody has decided yet."""
    return [_petition(view, a, now) for a in view.requests if a.request.decided_at is None]


def _petition(view: ProblemView, asked: Asked, now: dt.datetime) -> Petition:
    r = asked.request
    facts: list[tuple[str, str]] = []
    if r.due_wanted is not None and r.due_from is not None:
        facts += [(_("Present date"), when(r.due_from, now)), (_("New date"), when(r.due_wanted, now))]
    if r.condition:
        facts.append((_("What is waited for"), words.word(words.HOLD_CONDITIONS, r.condition)))
    if r.review_on is not None:
        facts.append((_("To be looked at again on"), day(r.review_on, now)))
    facts.append((_("Reason"), asked.reason))
    if asked.basis:
        facts.append((_("By which provision"), asked.basis))
    if asked.proposed_unit:
        facts.append((_("Whose it is instead"), asked.proposed_unit))
    holder = _holder(view, r.assignment_id)
    office_id = holder.assignment.dispatching_unit if holder else None
    office = view.unit_names.get(office_id, "") if office_id else ""
    return Petition(
        title=_("%(unit)s: %(kind)s") % {"unit": asked.unit, "kind": words.word(words.REQUEST_KINDS, r.kind)},
        facts=tuple((label, text) for label, text in facts if text),
        decider=_("a leader or the supervision") if r.needs_approver else office or _("Dispatch office"),
    )


def related(view: ProblemView) -> list[Related]:
    """What hangs together with it: where it was merged, what follows it, its parts."""
    return [
        Related(
            relation=words.word(words.RELATIONS, k.relation),
            number=k.number,
            title=k.title or _("(confidential, not yet sent out)"),
            url=reverse("web:problem", args=[k.number]),
            chip=words.stage_chip(k.stage),
        )
        for k in view.kin
    ]


def photos_act(view: ProblemView, actor: Actor) -> Act | None:
    """Adding photographs: whoever registered it, the office, the units at work; the action has the last word."""
    p = view.problem
    mine = next(
        (
            h.assignment.pk
            for h in view.holders
            if h.assignment.unit_id == actor.unit_id and h.assignment.state in OPEN_ASSIGNMENT_STATES
        ),
        None,
    )
    writes = actor.effective_post == p.registered_by or actor.role in (Role.DISPATCHER, Role.TOWN_DISPATCHER)
    if is_final(view) or not (mine or writes):
        return None
    url = reverse("web:photos", args=[p.number]) + (f"?a={mine}" if mine else "")
    return Act(
        "photos",
        _("Add photographs"),
        url + "#acts",
        "paperclip",
        _("Place and time of the camera are removed before they are kept."),
    )


def _is_due(view: ProblemView, offer: Offer, now: dt.datetime) -> bool:
    """Not what could only be refused: a return or an extension whose time has passed, a paper that is there."""
    holder = _holder(view, offer.assignment_id)
    if offer.act == "return" and holder is not None:
        return now <= return_until(rules_at(now), holder.assignment.dispatched_at, calendar_at(now))
    if offer.act == "request_extension" and holder is not None:
        return now <= extension_until(rules_at(now), holder.assignment.due_at, calendar_at(now))
    if offer.act == "meet_requirement":
        return any(row.done_at is None for row, _owner, _text in view.requirements)
    if offer.act in ("correct_foreign_number", "note_foreign_update"):
        return bool(view.elsewhere)
    return True


def beyond_acts(view: ProblemView) -> list[Act]:
    """上报、移交, where a county of the list could take it."""
    if not view.beyond:
        return []
    return [
        beyond_act(view, offer.act)
        for offer in view.beyond
        if partners(Transfer.Kind.UP if offer.act == "report_up" else "")
    ]


def beyond_act(view: ProblemView, name: str) -> Act:
    """One of them, with its address."""
    said = text_of(name)
    url = reverse(f"web:{name}", args=[view.problem.number]) + "#acts"
    return Act(name, str(said.label), url, said.icon, str(said.consequence))


def transfers(view: ProblemView, actor: Actor) -> list[TransferRow]:
    """What was sent to other counties and came from them, about this problem."""
    if (
        not view.problem.waiting_on
        and not any(m.kind in _OF_TRANSFERS for m in view.timeline)
        and not (view.problem.source_system.isdigit())
    ):
        return []  # no query for a problem that never left
    return [transfer_row(line) for line in transfers_of(actor, view.problem.pk)]


_OF_TRANSFERS = frozenset({"reported_up", "handover_offered"})


def _may_lead(view: ProblemView, offer: Offer) -> bool:
    """A first contact is due once; after it the result is the next thing."""
    if offer.act in _NEVER_PRIMARY:
        return False
    if offer.act == "contact":
        holder = _holder(view, offer.assignment_id)
        return holder is not None and holder.assignment.contacted_at is None and not view.problem.anonymous
    return True


def _act(view: ProblemView, offer: Offer, *, named: bool) -> Act:
    said = text_of(offer.act)
    url = reverse("web:act", args=[view.problem.number, offer.act])
    holder = _holder(view, offer.assignment_id)
    if offer.assignment_id is not None:
        url += f"?a={offer.assignment_id}"
    return Act(
        name=offer.act,
        label=str(said.label),
        url=url + "#acts",
        icon=said.icon,
        consequence=str(said.consequence),
        about=holder.unit_name if holder and named else "",
    )


def _holder(view: ProblemView, assignment_id: UUID | None) -> Holder | None:
    return next((h for h in view.holders if h.assignment.pk == assignment_id), None)


def responsibility(view: ProblemView) -> Responsibility:
    """Who answers now, and by which hand-downs it came to them."""
    shown = [h for h in view.holders if h.assignment.state in OPEN_ASSIGNMENT_STATES]
    if not shown and view.lead:
        shown = [view.lead]
    return Responsibility(
        units=tuple(
            Responsible(
                role=_("Lead") if h.assignment.role == "lead" else _("Co-handling"),
                unit=h.unit_name,
                chip=words.assignment_chip(h.assignment.state, signed_off=h.assignment.signed_off_at is not None),
                since=h.assignment.dispatched_at,
                handler=h.handler,
            )
            for h in shown
        ),
        leader=_(", ").join(name for kind, name in view.leaders if name),
        chain=tuple(_chain(view)),
    )


_TAKEN_AWAY = frozenset({"recalled", "reassigned", "became_lead", "merged", "withdrawn", "split"})


def _chain(view: ProblemView) -> Iterable[ChainLink]:
    """From the office down the line of leads; nothing to show for a single step."""
    leads = [
        h
        for h in view.holders
        if h.assignment.role == "lead" and h.assignment.end_reason not in _TAKEN_AWAY
        and h.assignment.cycle_no == view.problem.cycle_no
    ]  # fmt: skip
    if not leads:
        return
    top = leads[0].assignment.dispatching_unit
    yield ChainLink(view.unit_names.get(top, "") if top else _("Dispatch office"), 0)
    for h in leads:
        yield ChainLink(h.unit_name, min(3, h.assignment.depth + 1), h.assignment.dispatched_at)


def party(view: ProblemView, revealed: PlainContact | None = None) -> PartyCard:
    """The requester as this reader may see him; unmasked only right after a logged look."""
    card = view.requester
    if card.hidden:
        return PartyCard(hidden=_("The identity of the requester is confidential."))
    earlier = ""
    if card.earlier:
        earlier = ngettext("%(n)d problem before", "%(n)d problems before", card.earlier) % {"n": card.earlier}
        if card.earlier_open:
            earlier += _(", %(n)d still open") % {"n": card.earlier_open}
        else:
            earlier += _(", all closed")
    name = card.name or card.contact_name or (_("anonymous") if card.anonymous else _("no name given"))
    return PartyCard(
        name=name,
        kind=words.word(words.PARTY_KINDS, card.kind),
        contact=revealed.name if revealed else card.contact_name if card.contact_name != name else "",
        phone=revealed.phone if revealed else card.contact_phone,
        reveal_url=reverse("web:reveal", args=[view.problem.number]) if card.contact_phone and not revealed else "",
        looks_url=reverse("web:looks", args=[view.problem.number]) if card.contact_phone else "",
        earlier=earlier,
        earlier_url=f"{reverse('web:problems')}?party={card.party_id}" if card.party_id and card.earlier else "",
        missing="" if revealed else unreachable(view),
    )


def unreachable(view: ProblemView) -> str:
    """That nobody can be called back, for whoever sees the requester while it can still be mended; else nothing."""
    card = view.requester
    if card.hidden or card.anonymous or card.contact_phone or is_final(view):
        return ""
    return str(words.NO_TELEPHONE)


def ways_to_ask(view: ProblemView) -> list[Act]:
    """The acts by which a telephone that is missing comes in: a supplement asked for, or a correction."""
    offered = {offer.act: offer for offer in view.offers if offer.act in ("request_info", "correct")}
    return [_act(view, offer, named=False) for name in ("request_info", "correct") if (offer := offered.get(name))]


def timeline(view: ProblemView, now: dt.datetime, *, after: int = 0) -> list[Line]:
    """Events in sentences, newest first; with `after` only those a reader has not seen."""
    units = {str(key): name for key, name in view.unit_names.items()}
    others = _others(view)
    return [_line(view, m, units, others, now) for m in reversed(view.timeline) if m.seq > after]


def _line(view: ProblemView, moment: Moment, units: dict[str, str], others: dict[str, str], now: dt.datetime) -> Line:
    who = moment.actor
    if moment.on_behalf:
        who = _("%(who)s (for %(post)s)") % {"who": moment.actor, "post": moment.on_behalf}
    if not who:
        hidden = view.problem.confidential and not view.sees_requester
        who = _("The recorder (confidential)") if hidden else _("The system")
    posts = {str(key): name for key, name in view.post_names.items()}
    took = _took(view, moment)
    told = Told(who=who, data=moment.data, units=units, posts=posts, now=now, took=took, others=others)
    extras = []
    if (moment.recorded_at - moment.happened_at) > dt.timedelta(days=1):
        extras.append(_("entered later"))
    if moment.corrects_seq:
        extras.append(_("corrects an earlier entry"))
    return Line(
        at=moment.happened_at,
        sentence=sentence(moment.kind, told),
        extras=tuple(extras),
        said="\n".join(moment.texts),
        anchor=f"e{moment.seq}",
    )


def _others(view: ProblemView) -> dict[str, str]:
    """Names of the systems and counties that the lines are about; no query for a problem that never left."""
    said = {key for moment in view.timeline for key in ("system", "partner") if key in moment.data}
    return (system_names() if "system" in said else {}) | (county_names() if "partner" in said else {})


def _took(view: ProblemView, moment: Moment) -> str:
    """Working time from the dispatch to the signature or the first contact."""
    for h in view.holders:
        a = h.assignment
        at = {"signed": a.signed_at, "contacted": a.contacted_at}.get(moment.kind)
        if at == moment.happened_at and str(a.unit_id) == str(moment.data.get("unit")):
            spent = calendar_at(at).remaining(a.dispatched_at, at)
            if spent.working_days or spent.working_minutes:
                return working_time(spent.working_days, spent.working_minutes)
    return ""


def is_final(view: ProblemView) -> bool:
    return view.stage in _FINAL
