"""问题详情: the present at a glance, and only the acts this person may take now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sanfuwu.documents.queries import papers_for
from sanfuwu.ledger.errors import ActionError, IllegalTransition, InvalidInput, NotAllowed, NotVisible, StaleVersion
from sanfuwu.parties.queries import PlainContact
from sanfuwu.problems import files
from sanfuwu.problems.actions.attaching import attach
from sanfuwu.problems.acts import ACTS
from sanfuwu.problems.chip import Stage
from sanfuwu.problems.files import Photo
from sanfuwu.problems.models import Attachment
from sanfuwu.problems.queries import ProblemView, find, get_problem
from sanfuwu.problems.queries.foreign import system_names
from sanfuwu.reference import queries as reference
from sanfuwu.reference.queries import calendar_at, rules_at
from sanfuwu.rules.deadlines import plan_deadlines
from sanfuwu.territory.actor import Actor
from sanfuwu.web import choices, problem_page, words
from sanfuwu.web.acts.fields import FormContext
from sanfuwu.web.acts.forms import ActForm, PlainForm
from sanfuwu.web.exchange_forms import SendForm
from sanfuwu.web.page import SAID, actor_of, for_post, now_of, said_of
from sanfuwu.web.pieces import Act, Line
from sanfuwu.web.proposing import Proposing
from sanfuwu.web.when import day, full_day, when


@dataclass(frozen=True, slots=True)
class Stale:
    """Somebody else was faster: what changed since, and one's own words."""

    changed: list[Line]
    still_possible: bool
    kept: list[tuple[str, str]]


@require_GET
@for_post
def problem(request: HttpRequest, number: str) -> HttpResponse:
    """The page of one problem; 404 for what is not visible."""
    actor, now = actor_of(request), now_of(request)
    view = get_problem(actor, number, now=now)
    done = request.session.pop("draft_done", "")
    return page(request, view, actor, now, done_draft=done)


@require_http_methods(["GET", "POST"])
@for_post
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """The form of one act, open in place; POST takes the act.

    What was typed comes back with every refusal. When somebody else was faster the reader sees what changed.
    """
    actor, now = actor_of(request), now_of(request)
    if name not in ACTS:
        raise Http404
    view = get_problem(actor, number, now=now)
    assignment_id = _uuid(request.GET.get("a"))
    opened = problem_page.act_of(view, name, assignment_id)
    if request.method == "POST":
        return _take(request, view, actor, now, name, assignment_id, opened)
    if opened is None:
        messages.warning(request, _("This act is not possible at the present stage, or not for your post."))
        return HttpResponseRedirect(said_of(number))
    form = ActForm(name, ACTS[name].command, _form_context(view, name, actor, now, assignment_id))
    return page(request, view, actor, now, opened=_told(opened, view, now), form=form)


def _take(
    request: HttpRequest,
    view: ProblemView,
    actor: Actor,
    now: dt.datetime,
    name: str,
    assignment_id: UUID | None,
    opened: Act | None,
) -> HttpResponse:
    number = view.problem.number
    context = _form_context(view, name, actor, now, assignment_id)
    form = ActForm(name, ACTS[name].command, context, request.POST)
    if opened is None:
        if _int(request.POST.get("version")) == view.version:
            raise NotAllowed(_("Your post may not do this on this problem."))
        return _stale(request, view, actor, now, form, None)
    if form.is_valid():
        try:
            photos = uploads(request)
            with transaction.atomic():
                ACTS[name](
                    view.problem.pk,
                    form.command(assignment_id=assignment_id),
                    actor=actor,
                    now=now,
                    expected_version=_int(request.POST.get("version")),
                )
                if photos:
                    attach(view.problem.pk, photos, actor=actor, now=now, assignment_id=assignment_id)
        except (StaleVersion, IllegalTransition, NotAllowed) as error:
            fresh = get_problem(actor, number, now=now)
            if isinstance(error, StaleVersion) or fresh.version != view.version:
                again = problem_page.act_of(fresh, name, assignment_id)
                return _stale(request, fresh, actor, now, form, again)
            form.refuse(error)
        except ActionError as error:
            form.refuse(error)
        else:
            request.session["draft_done"] = draft_key(actor, number, name)
            messages.success(request, _("%(act)s: done.") % {"act": opened.label})
            return HttpResponseRedirect(_after(actor, number))
    return page(request, view, actor, now, opened=_told(opened, view, now), form=form, status=422)


def _after(actor: Actor, number: str) -> str:
    """Back to the problem, or to the desk when the act ended one's sight of it (a concluded call-back)."""
    try:
        find(actor, number)
    except NotVisible:
        return reverse("web:desk") + SAID
    return said_of(number)


def _stale(
    request: HttpRequest, view: ProblemView, actor: Actor, now: dt.datetime, form: ActForm, opened: Act | None
) -> HttpResponse:
    """409 with the present state, what happened since the form was opened, and the typed words."""
    seen = _int(request.POST.get("seen")) or 0
    kept = [(str(field.label), str(field.value())) for field in form if field.value() and field.name in _texts(form)]
    stale = Stale(
        changed=problem_page.timeline(view, now, after=seen),
        still_possible=opened is not None,
        kept=[] if opened else kept,
    )
    return page(
        request,
        view,
        actor,
        now,
        opened=_told(opened, view, now) if opened else None,
        form=form if opened else None,
        stale=stale,
        status=409,
    )


def _texts(form: ActForm) -> set[str]:
    """Fields that hold somebody's words."""
    return {name for name, field in form.fields.items() if field.widget.__class__.__name__ in ("Textarea", "TextInput")}


def page(
    request: HttpRequest,
    view: ProblemView,
    actor: Actor,
    now: dt.datetime,
    *,
    opened: Act | None = None,
    form: ActForm | PlainForm | SendForm | None = None,
    stale: Stale | None = None,
    done_draft: str = "",
    revealed: PlainContact | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page; `opened` with `form` is the act that stands open in place."""
    p = view.problem
    primary, others = problem_page.acts(view, now)
    if photos := problem_page.photos_act(view, actor):
        others.append(photos)
    others += problem_page.beyond_acts(view)
    if primary is not None:
        primary = _told(primary, view, now)
    at_hand = opened or primary
    unreachable = problem_page.unreachable(view) if at_hand is not None and at_hand.name == "accept" else ""
    raised = [
        when(p.raised_on, now),
        words.word(words.CHANNELS, p.channel),
        view.place_full,
        _("registered by %(who)s") % {"who": view.registered_by} if view.registered_by else "",
    ]
    context = {
        "view": view,
        "problem": p,
        "untitled": _("(confidential, not yet sent out)"),
        "raised": " · ".join(part for part in raised if part),
        "chip": words.stage_chip(view.stage),
        "bar": problem_page.bar(view, now),
        "marks": [words.mark_chip(mark) for mark in view.marks],
        "waiting": problem_page.waiting(view, now),
        "petitions": problem_page.petitions(view, now),
        "related": problem_page.related(view),
        "lines": problem_page.timeline(view, now),
        "waiting_beyond": words.word(words.WAITING_ON, p.waiting_on),
        "transfers": problem_page.transfers(view, actor),
        "resp": problem_page.responsibility(view),
        "party": problem_page.party(view, revealed=revealed),
        "reveal_reasons": words.options(words.REVEAL_REASONS),
        "requester_word": _("the requester"),
        "originals": [f for f in view.attachments if f.purpose == Attachment.Purpose.ORIGINAL],
        "evidence": [f for f in view.attachments if f.purpose == Attachment.Purpose.EVIDENCE],
        "result_kind": words.word(words.RESULT_KINDS, view.lead.assignment.result_kind) if view.lead else "",
        "read_url": reverse("web:slip", args=[p.read_code]) if view.sees_requester else "",
        "papers": papers_for(actor, view),
        "primary": primary,
        "others": others,
        "opened": opened,
        "unreachable": unreachable,
        "ask_by": problem_page.ways_to_ask(view) if unreachable else [],
        "multipart": opened is not None and opened.name in ("submit_result", "photos"),
        "form": form,
        "close_url": reverse("web:problem", args=[p.number]) + "#acts",
        "draft_key": draft_key(actor, p.number, opened.name) if opened else "",
        "version": view.version,
        "seen": max((m.seq for m in view.timeline), default=0),
        "stale": stale,
        "done_draft": done_draft,
        "phrases": _phrases(actor, view, opened.name, now) if opened and _has_text(form) else [],
    }
    return render(request, "web/pages/problem.html", context, status=status)


def _has_text(form: ActForm | PlainForm | SendForm | None) -> bool:
    return form is not None and any(isinstance(f.widget, forms.Textarea) for f in form.fields.values())


def _told(act: Act, view: ProblemView, now: dt.datetime) -> Act:
    """The consequence with its date where it can be known before: of a dispatch, of an extension asked for."""
    if act.name == "decide_extension":
        return _told_extension(act, view, now)
    if act.name != "dispatch":
        return act
    p = view.problem
    calendar = calendar_at(now)
    planned = plan_deadlines(
        rules_at(now),
        tier=p.tier or "limited",
        urgency=p.urgency,
        role="lead",
        start=now,
        calendar=calendar,
        nature=p.nature,
    )
    said = _("The result will be due %(due)s. The clock starts now, whether or not the unit signs.") % {
        "due": f"{day(planned.result_at, now)} {planned.result_at.astimezone(calendar.tz):%H:%M}"
    }
    return Act(act.name, act.label, act.url, act.icon, said, act.about)


def _told_extension(act: Act, view: ProblemView, now: dt.datetime) -> Act:
    asked = next((a for a in view.requests if a.request.decided_at is None and a.request.due_wanted), None)
    if asked is None or asked.request.due_from is None or asked.request.due_wanted is None:
        return act
    said = _("%(unit)s asks: from %(old)s to %(new)s. %(follows)s") % {
        "unit": asked.unit,
        "old": when(asked.request.due_from, now),
        "new": when(asked.request.due_wanted, now),
        "follows": act.consequence,
    }
    return Act(act.name, act.label, act.url, act.icon, said, act.about)


_OF_SYSTEMS = ("note_foreign_number", "note_foreign_update")
_ASK_UNITS = frozenset({"dispatch", "add_requirement", "record_commitment", "return", "rule_reassign"})


def _form_context(
    view: ProblemView, name: str, actor: Actor, now: dt.datetime, assignment_id: UUID | None
) -> FormContext:
    p = view.problem
    initial: dict[str, Any] = {}
    if name in ("accept", "correct"):
        initial["category_id"] = str(p.category_id or p.proposed_category_id or "") if name == "accept" else ""
    if name == "note_foreign_update" and len(view.elsewhere) == 1:
        initial |= {"system": view.elsewhere[0].system, "number": view.elsewhere[0].number}
    proposal = ""
    if name == "dispatch":
        proposed = Proposing(timezone.localdate(now)).one(p)
        proposal = proposed.why
        initial |= {"lead": str(proposed.lead or ""), "co": [str(unit) for unit in proposed.co]}
    holder = next((h for h in view.holders if h.assignment.pk == assignment_id), view.lead)
    unit_id = holder.assignment.unit_id if holder else actor.unit_id
    if name == "record_commitment" and unit_id:
        initial["unit_id"] = str(unit_id)
    request = next(
        (
            a.request
            for a in view.requests
            if a.request.decided_at is None and assignment_id in (None, a.request.assignment_id)
        ),
        None,
    )
    if name == "hold" and request is not None:
        initial |= {"condition": request.condition, "review_on": request.review_on}
    if name == "rule_reassign" and request is not None:
        initial["unit"] = str(request.proposed_unit)
    below = name == "hand_down" or (name == "rule_reassign" and holder is not None and holder.assignment.parent_id)
    if below and holder is not None and holder.assignment.parent_id and name == "rule_reassign":
        above = next(h for h in view.holders if h.assignment.pk == holder.assignment.parent_id)
        unit_id = above.assignment.unit_id
    offered = choices.may_be_handed_to(unit_id, p.division, now) if below else []
    return FormContext(
        now=now,
        units=offered if name == "rule_reassign" and below else choices.units(now) if name in _ASK_UNITS else [],
        units_below=offered if name == "hand_down" else [],
        categories=choices.categories(confirmed_only=True) if name in ("accept", "correct") else [],
        places=list(choices.places(now).items()) if name == "correct" else [],
        requirements=[(str(r.pk), text) for r, _owner, text in view.requirements if r.done_at is None],
        systems=list(system_names(active_only=True).items()) if name in _OF_SYSTEMS else [],
        numbers=[(str(n.id), f"{n.name} {n.number}") for n in view.elsewhere],
        confidential=p.confidential,
        sees_requester=view.sees_requester,
        anonymous=p.anonymous,
        result_kind=p.result_kind,
        withdrawn=view.stage is Stage.WITHDRAWN,
        proposal=proposal,
        proposed_category=view.proposed_category_full if name == "accept" else "",
        initial=initial,
    )


def _phrases(actor: Actor, view: ProblemView, name: str, now: dt.datetime) -> list[tuple[object, str]]:
    """Words to put into this act's form: the post's 常用语, and where the reasons send a requester instead."""
    p = view.problem
    values = {
        "编号": p.number,
        "标题": view.title,
        "主办单位": view.lead.unit_name if view.lead else "",
        "办理期限": full_day(timezone.localtime(view.lead.assignment.due_at)) if view.lead else "",
        "本单位": view.unit_names.get(actor.unit_id, "") if actor.unit_id else "",
        "三服务办电话": reference.county_data().phone,
        "今天": full_day(timezone.localtime(now)),
    }
    found: list[tuple[object, str]] = [(pk, text) for pk, text in reference.insertable(actor, name, values)]
    if name == "decline":
        found += [(one.code, str(one.where_to_go)) for one in reference.reasons("decline") if one.where_to_go]
    return found


def uploads(request: HttpRequest) -> list[Photo]:
    """The photographs of a form, encoded anew before anything is written. Raises `InvalidInput` for a bad one."""
    sent = request.FILES.getlist("files")
    if len(sent) > files.MOST_FILES:
        raise InvalidInput(_("At most %(n)d photographs at a time.") % {"n": files.MOST_FILES}, field="files")
    if any((item.size or 0) > files.MOST_BYTES for item in sent):
        raise InvalidInput(_("A photograph may have at most 10 MB."), field="files")
    return [files.encode(item.read()) for item in sent]


def draft_key(actor: Actor, number: str, act_name: str) -> str:
    """A draft belongs to a post: somebody else at the same machine does not get it."""
    return f"{act_name}:{number}:{actor.post_id}"


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _int(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
