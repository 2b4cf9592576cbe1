"""What is done to one post: correct, hand over, delegate; withdraw access, name confidential officers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sanfuwu.accounts.people import give_access, withdraw_access
from sanfuwu.ledger.errors import ActionError, NotVisible
from sanfuwu.territory import policies
from sanfuwu.territory.actions import correct_post, delegate, hand_over, held_by, name_confidential_officer
from sanfuwu.territory.actions.handover import parts
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import OFFICERS, Post
from sanfuwu.territory.queries import PostLine, post_lines, serving
from sanfuwu.web import choices, words
from sanfuwu.web.admin_forms.base import AdminForm
from sanfuwu.web.admin_forms.people import CorrectPostForm, DelegateForm, HandoverForm
from sanfuwu.web.page import actor_of, for_post, now_of

from .deed import Deed, Fact, answer
from .people import facts_of, post_deeds
from .units import in_words, may_see_units


@dataclass(frozen=True, slots=True)
class At:
    request: HttpRequest
    actor: Actor
    now: dt.datetime
    today: dt.date
    row: Post
    post: PostLine

    @property
    def url(self) -> str:
        return reverse("web:admin_person", args=[self.post.person_id])


@require_http_methods(["GET", "POST"])
@for_post
def act(request: HttpRequest, post_id: UUID, name: str) -> HttpResponse:
    """One act on one running post; what this officer may not do to it does not exist."""
    actor, now = actor_of(request), now_of(request)
    today = timezone.localdate(now)
    row = Post.objects.select_related("person").filter(pk=post_id).first()
    if row is None or not may_see_units(actor):
        raise NotVisible("post")
    line = post_lines([row], today)[0]
    if name not in {deed for deed, _label in post_deeds(actor, line)}:
        raise NotVisible("no such act")
    return answer(request, *_ACTS[name](At(request, actor, now, today, row, line)))


def _deed(
    at: At, title: str, button: str, icon: str, consequence: str, run: Callable[..., str], **more: object
) -> Deed:
    return Deed(
        title=title % {"name": at.post.person},
        button=button,
        icon=icon,
        consequence=consequence,
        back_url=at.url,
        back=at.post.person,
        run=run,
        done_url=at.url,
        **({"facts": facts_of(at.post), "facts_title": _("The post")} | more),  # type: ignore[arg-type]
    )


def _correct(at: At) -> tuple[Deed, AdminForm]:
    initial = {"title": at.post.title, "rank": at.post.rank, "portfolio": [str(u) for u in at.post.portfolio]}
    form = CorrectPostForm(at.request.POST or None, role=at.post.role, initial=initial, now=at.now)

    def run(form: CorrectPostForm) -> str:
        said = form.cleaned_data
        portfolio = [UUID(unit) for unit in said.get("portfolio", [])]
        correct_post(
            at.post.id, title=said["title"], rank=said["rank"], portfolio=portfolio, actor=at.actor, now=at.now
        )
        return _("Corrected.")

    consequence = _("Another role or unit is another post: add it, and hand this one over.")
    return _deed(at, _("Correct the post of %(name)s"), _("Correct"), "pencil", consequence, run), form


def _handover(at: At) -> tuple[Deed, AdminForm]:
    held = held_by(at.row, at.today)
    moving = [h for h in held if h.part.needs_successor]
    candidates = [p for p in serving(at.today) if p.id != at.post.id]
    form = HandoverForm(
        at.request.POST or None,
        successors=choices.posts(candidates, first=at.post.unit_id),
        parts=[(h.part.code, str(h.part.label)) for h in moving] if len(moving) > 1 else [],
        needed=bool(moving),
    )
    names = {p.id: p.label for p in candidates}

    def preview(form: HandoverForm) -> list[Fact]:
        facts = []
        for h in held:
            chosen = form.others.get(h.part.code) or form.successor
            to = _("to %(name)s") % {"name": names[chosen]} if h.part.needs_successor and chosen else ""
            if h.part.needs_successor and not chosen:
                form.add_error(None, _("Say who takes over: %(what)s.") % {"what": h.part.label})
            facts.append(Fact(str(h.part.label), f"{h.count:,} {to}".strip(), str(h.part.why)))
        if at.row.confidential_officer:
            facts.append(
                Fact(_("Confidential officer"), "—", _("Named in person: the security officer names a successor."))
            )
        facts.append(Fact(_("The post"), _("ends today"), _("What was done in it stays under its name.")))
        return facts

    def run(form: HandoverForm) -> str:
        done = hand_over(at.post.id, form.successor, others=form.others, actor=at.actor, now=at.now)
        labels = {part.code: str(part.label) for part in parts()}
        said = _(", ").join(f"{labels[code]} {count:,}" for code, count in done.moved.items())
        return (
            _("Handed over: %(what)s. The post ended today.") % {"what": said}
            if said
            else _("The post ended today; nothing hung on it.")
        )

    facts = [Fact(str(h.part.label), f"{h.count:,}", str(h.part.why)) for h in held]
    return _deed(
        at,
        _("%(name)s leaves or changes post"),
        _("Hand over and end the post"),
        "transfer",
        _("All of it at once. For a new post of the same person add that one first; this one ends today."),
        run,
        preview=preview,
        facts=[*facts_of(at.post), *facts],
        facts_title=_("The post and what hangs on it"),
    ), form


def _delegate(at: At) -> tuple[Deed, AdminForm]:
    candidates = [p for p in serving(at.today) if p.person_id != at.post.person_id]
    form = DelegateForm(
        at.request.POST or None, today=at.today, deputies=choices.posts(candidates, first=at.post.unit_id)
    )

    def run(form: DelegateForm) -> str:
        to_post = UUID(form.cleaned_data["to_post"])
        delegate(at.post.id, to_post, **form.values(), actor=at.actor, now=at.now)
        return _("The deputy finds this post in his menu of posts on the days named.")

    consequence = _("Every act says who did it and for whom.")
    return _deed(at, _("Who stands in for %(name)s"), _("Delegate"), "users", consequence, run), form


def _withdraw(at: At) -> tuple[Deed, AdminForm]:
    def run(_form: AdminForm) -> str:
        withdraw_access(at.post.id, actor=at.actor, now=at.now)
        return _("Access was withdrawn, open sessions have ended.")

    consequence = _("He can no longer act in this post. It stays, and access can be given again.")
    title, button = _("Withdraw the access of %(name)s"), _("Withdraw access")
    return _deed(at, title, button, "lock", consequence, run), _plain(at)


def _confidential(at: At) -> tuple[Deed, AdminForm]:
    named = at.row.confidential_officer

    def run(_form: AdminForm) -> str:
        name_confidential_officer(at.post.id, not named, actor=at.actor, now=at.now)
        return _("No longer named.") if named else _("Named. It is in the record of the post.")

    if named:
        title, button = _("%(name)s shall no longer see confidential requesters"), _("No longer name")
        consequence = _("Who stands behind a confidential problem is hidden from this post at once.")
    else:
        title, button = _("Let %(name)s see confidential requesters"), _("Name as confidential officer")
        consequence = _("Only dispatchers and supervisors so named see who raised a confidential problem.")
    return _deed(at, title, button, "lock", consequence, run), _plain(at)


def _plain(at: At) -> AdminForm:
    return AdminForm(at.request.POST if at.request.method == "POST" else None)


_ACTS: dict[str, Callable[[At], tuple[Deed, AdminForm]]] = {
    "correct": _correct,
    "handover": _handover,
    "delegate": _delegate,
    "withdraw": _withdraw,
    "confidential": _confidential,
}


@require_http_methods(["GET", "POST"])
@for_post
def access(request: HttpRequest) -> HttpResponse:
    """授权: the security officer lets accounts into posts and looks through who has which. POST post=…: give."""
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_grant_access(actor))
    today = timezone.localdate(now)
    refused = ""
    if request.method == "POST":
        try:
            chosen = {UUID(value) for value in request.POST.getlist("post")}
            count = give_access(chosen, actor=actor, now=now)
        except ValueError:
            refused = _("Choose one of the values offered.")
        except ActionError as error:
            refused = error.message
        else:
            if count:
                messages.success(request, _("Access was given to %(n)d posts.") % {"n": count})
                return HttpResponseRedirect(reverse("web:admin_access"))
            refused = _("Tick the posts that shall get access.")
    lines = serving(today)
    show = request.GET.get("show", "")
    waiting = [p for p in lines if p.person_account and not p.account_id]
    shown = [p for p in lines if p.account_id and _shown(p, show)]
    context = {
        "waiting": in_words(waiting),
        "given": in_words(shown, partial(post_deeds, actor)),
        "show": show,
        "confidential": sum(p.confidential_officer for p in lines),
        "officers": sum(p.role in OFFICERS for p in lines),
        "may_see_people": True,
        "refused": refused,
        "today": today,
        "roles": words.options(words.ROLES),
    }
    return render(request, "web/admin/access.html", context, status=422 if refused else 200)


def _shown(post: PostLine, show: str) -> bool:
    if show == "confidential":
        return post.confidential_officer
    if show == "officers":
        return post.role in OFFICERS
    return not show or post.role == show
