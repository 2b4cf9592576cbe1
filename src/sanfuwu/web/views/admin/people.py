"""人员: the list, one person with posts past and present, and what is done to a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from sanfuwu.accounts import people as logins
from sanfuwu.accounts.models import Account
from sanfuwu.accounts.queries import second_factors
from sanfuwu.ledger.errors import NotVisible
from sanfuwu.ledger.models import Event
from sanfuwu.territory import policies
from sanfuwu.territory.actions import correct_person, create_person, create_post
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import OFFICERS, DutyShift, Person, Post, Role
from sanfuwu.territory.queries import PostLine, delegations, find_people, post_lines
from sanfuwu.web import words
from sanfuwu.web.admin_forms.base import AdminForm
from sanfuwu.web.admin_forms.people import AccountForm, CorrectPersonForm, NewPersonForm, NewPostForm
from sanfuwu.web.page import actor_of, for_post, now_of

from ._pages import warn_of_phone
from .deed import Deed, Fact, answer
from .units import in_words, may_see_units


@dataclass(frozen=True, slots=True)
class LogIn:
    """The state of a person's account in words."""

    username: str
    state: str
    factors: int
    last_login: dt.datetime | None
    waits: bool  # for a first password, or for a new one


@require_GET
@for_post
def people(request: HttpRequest) -> HttpResponse:
    """GET q (name, pinyin, initials, unit), show=nopost: people without any post today."""
    actor, today = actor_of(request), timezone.localdate(now_of(request))
    if not may_see_units(actor):
        raise NotVisible("people")
    asked, show = request.GET.get("q", "").strip()[:40], request.GET.get("show", "")
    found = find_people(asked, on=today, without_post=show == "nopost")
    accounts = Account.objects.in_bulk([p.account_id for p in found.people if p.account_id])
    rows = [
        (
            person,
            [(post, words.word(words.ROLES, post.role)) for post in person.posts],
            accounts[person.account_id].username if person.account_id in accounts else "",
        )
        for person in found.people
    ]
    context = {
        "rows": rows,
        "found": found,
        "asked": asked,
        "show": show,
        "may_change": policies.may_manage_posts(actor),
        "slips": waiting_for_slips().count() if policies.may_manage_posts(actor) else 0,
    }
    return render(request, "web/admin/people.html", context)


def waiting_for_slips() -> QuerySet[Person]:
    """People whose account nobody has entered yet and who have no first password."""
    never = Account.objects.filter(last_login__isnull=True, first_password_until__isnull=True, is_active=True)
    ids = Person.objects.filter(account_id__isnull=False).values_list("account_id", flat=True)
    unused = never.filter(pk__in=list(ids), password__startswith=UNUSABLE_PASSWORD_PREFIX).values_list("pk", flat=True)
    return Person.objects.filter(account_id__in=list(unused)).order_by("name_pinyin", "pk")


@require_GET
@for_post
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    today = timezone.localdate(now)
    row = Person.objects.filter(pk=person_id).first()
    if row is None or not may_see_units(actor):
        raise NotVisible("person")
    posts = post_lines(Post.objects.filter(person_id=person_id), today)
    account = Account.objects.filter(pk=row.account_id).first() if row.account_id else None
    duty = DutyShift.objects.filter(post__person_id=person_id, day__gte=today, removed_at__isnull=True)
    events = Event.objects.filter(stream_kind="person", stream_id=person_id, kind__in=list(words.PERSON_EVENTS))
    context = {
        "person": row,
        "posts": in_words([p for p in posts if p.running], partial(post_deeds, actor)),
        "past_posts": in_words([p for p in posts if not p.running]),
        "account": log_in_of(account, now) if account else None,
        "acts": acts_on(actor, row, account),
        "delegations": [
            (d, words.chip(words.DELEGATION_STATES, d.state), acts_in_words(d.acts))
            for d in delegations(today, posts=[p.id for p in posts], past=True)
        ],
        "duty": [(d.day, words.word(words.SHIFTS, d.shift)) for d in duty.order_by("day")[:20]],
        "events": [(e.happened_at, words.word(words.PERSON_EVENTS, e.kind)) for e in events.order_by("-seq")[:50]],
        "may_change": policies.may_manage_posts(actor),
        "may_see_people": True,
        "today": today,
    }
    return render(request, "web/admin/person.html", context)


def acts_in_words(acts: tuple[str, ...]) -> str:
    """ "Sign for, Sign off", or all of them."""
    return _(", ").join(words.word(words.DELEGATED_ACTS, act) for act in acts) or _("all acts")


SEES_CONFIDENTIAL = (Role.DISPATCHER, Role.SUPERVISOR)  # whom naming makes a difference for


def post_deeds(actor: Actor, post: PostLine) -> list[tuple[str, str]]:
    """(name, label) of what this officer may do to a post now."""
    if not post.running:
        return []
    deeds: list[tuple[str, str]] = []
    if policies.may_manage_posts(actor):
        deeds += [("correct", _("Correct")), ("handover", _("Leaves or changes post"))]
        if post.role not in OFFICERS:
            deeds.append(("delegate", _("Delegate")))
    if policies.may_grant_access(actor):
        if post.account_id and not policies.same_person(actor, post.account_id):
            deeds.append(("withdraw", _("Withdraw access")))
        if post.role in SEES_CONFIDENTIAL or post.confidential_officer:
            deeds.append(("confidential", _("Confidential officer")))
    return deeds


def log_in_of(account: Account, now: dt.datetime) -> LogIn:
    until = account.first_password_until
    waits = account.is_active and (not account.has_usable_password() or (until is not None and until <= now))
    if not account.is_active:
        state = _("shut")
    elif until is not None and until > now:
        state = _("first password printed, to be used by %(day)s") % {"day": timezone.localdate(until).isoformat()}
    elif until is not None:
        state = _("first password past its day: print a new one")
    elif not account.has_usable_password():
        state = _("no password yet: print the first one")
    else:
        state = _("in use")
    return LogIn(account.username, state, second_factors(account.pk), account.last_login, waits)


def acts_on(actor: Actor, person: Person, account: Account | None) -> list[tuple[str, str, str]]:
    """(name, label, icon) of what this actor may do to this person now."""
    acts = []
    if policies.may_manage_posts(actor):
        acts += [("post", _("Add a post"), "plus"), ("correct", _("Correct name or phone"), "pencil")]
        if account is None:
            acts.append(("account", _("Make an account"), "user-plus"))
    if account is not None and not policies.same_person(actor, account.pk):
        if account.is_active and logins.may_print_slip(actor, account):
            acts.append(("slip", _("Print a first password"), "printer"))
        if policies.may_grant_access(actor):
            if second_factors(account.pk):
                acts.append(("factor", _("Take the second factor off"), "refresh"))
            acts.append(
                ("shut", _("Shut the account"), "lock") if account.is_active else ("reopen", _("Open again"), "check")
            )
    return acts


@require_http_methods(["GET", "POST"])
@for_post
def new_person(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_manage_posts(actor))
    form = NewPersonForm(request.POST or None, now=now, today=timezone.localdate(now))
    made: list[UUID] = []

    def run(form: NewPersonForm) -> str:
        said = form.cleaned_data
        with transaction.atomic():
            person = create_person(said["name"], office_phone=said["office_phone"], actor=actor, now=now)
            create_post(person.pk, **form.post(), actor=actor, now=now)
            if said["username"]:
                logins.open_account(person.pk, said["username"], actor=actor, now=now)
        made.append(person.pk)
        warn_of_phone(request, said["office_phone"])
        if not said["username"]:
            return _("%(name)s was entered. Without an account nobody logs in.") % {"name": person.name}
        return _("%(name)s was entered. Print the first password; the security officer lets the account in.") % {
            "name": person.name
        }

    back = reverse("web:admin_people")
    deed = Deed(
        title=_("New person"),
        button=_("Enter the person"),
        icon="user-plus",
        consequence=_("Nobody can log in before a first password is printed and the security officer gives access."),
        back_url=back,
        back=_("People"),
        run=run,
        done_url=back,
    )
    response = answer(request, deed, form)
    if made:
        response["Location"] = reverse("web:admin_person", args=made)
    return response


@dataclass(frozen=True, slots=True)
class At:
    request: HttpRequest
    actor: Actor
    now: dt.datetime
    person: Person
    account: Account | None

    @property
    def url(self) -> str:
        return reverse("web:admin_person", args=[self.person.pk])

    def deed(self, title: str, button: str, icon: str, consequence: str, run: Callable[..., str]) -> Deed:
        said = {"name": self.person.name}
        return Deed(title % said, button, icon, consequence, self.url, self.person.name, run, self.url)

    def plain(self) -> AdminForm:
        return AdminForm(self.request.POST if self.request.method == "POST" else None)


@require_http_methods(["GET", "POST"])
@never_cache
@for_post
def act(request: HttpRequest, person_id: UUID, name: str) -> HttpResponse:
    """One act on one person; what this actor may not do to him now does not exist."""
    actor, now = actor_of(request), now_of(request)
    person = Person.objects.filter(pk=person_id).first()
    if person is None or not may_see_units(actor):
        raise NotVisible("person")
    account = Account.objects.filter(pk=person.account_id).first() if person.account_id else None
    if name not in {act for act, _label, _icon in acts_on(actor, person, account)}:
        raise NotVisible("no such act")
    if name == "slip" and request.method == "POST":
        return _printed(request, logins.print_slips([person.pk], actor=actor, now=now), timezone.localdate(now))
    return answer(request, *_ACTS[name](At(request, actor, now, person, account)))


def _post(at: At) -> tuple[Deed, AdminForm]:
    form = NewPostForm(at.request.POST or None, now=at.now, today=timezone.localdate(at.now))

    def run(form: NewPostForm) -> str:
        create_post(at.person.pk, **form.post(), actor=at.actor, now=at.now)
        return _("The post was added. The security officer gives access to it.")

    return at.deed(
        _("One more post of %(name)s"),
        _("Add a post"),
        "plus",
        _("Several posts at a time are possible; each acts under its own name."),
        run,
    ), form


def _correct(at: At) -> tuple[Deed, AdminForm]:
    person = at.person
    form = CorrectPersonForm(at.request.POST or None, name=person.name, office_phone=person.office_phone, name_too=True)

    def run(form: CorrectPersonForm) -> str:
        correct_person(person.pk, **form.cleaned_data, actor=at.actor, now=at.now)
        warn_of_phone(at.request, form.cleaned_data["office_phone"])
        return _("Corrected.")

    consequence = _("A name is shown as it is now, in past records too: this is for mistakes and new phones.")
    return at.deed(_("Correct %(name)s"), _("Correct"), "pencil", consequence, run), form


def _account(at: At) -> tuple[Deed, AdminForm]:
    form = AccountForm(at.request.POST or None)

    def run(form: AccountForm) -> str:
        logins.open_account(at.person.pk, form.cleaned_data["username"], actor=at.actor, now=at.now)
        return _("The account was made. Print the first password; the security officer gives access.")

    consequence = _("It opens nothing before a first password is printed and the security officer gives access.")
    return at.deed(_("An account for %(name)s"), _("Make an account"), "user-plus", consequence, run), form


def _slip(at: At) -> tuple[Deed, AdminForm]:
    consequence = _(
        "A random password, shown once, good for seven days, only to choose an own one. Older ones and sessions end."
    )
    title, button = _("First password of %(name)s"), _("Print a first password")
    return at.deed(title, button, "printer", consequence, lambda form: ""), at.plain()


def _factor(at: At) -> tuple[Deed, AdminForm]:
    def run(_form: AdminForm) -> str:
        logins.reset_second_factor(at.person.pk, actor=at.actor, now=at.now)
        return _("The second factor was taken off. It is in the access log.")

    consequence = _("For a lost telephone. Sessions end, he logs in with the password alone and sets up a new one.")
    return at.deed(
        _("Take the second factor of %(name)s off"), _("Take the second factor off"), "refresh", consequence, run
    ), at.plain()


def _shut(at: At) -> tuple[Deed, AdminForm]:
    def run(_form: AdminForm) -> str:
        logins.shut_account(at.person.pk, actor=at.actor, now=at.now)
        return _("The account is shut.")

    consequence = _("No log-in any more, open sessions end at once. The posts stay; it can be opened again.")
    return at.deed(_("Shut the account of %(name)s"), _("Shut the account"), "lock", consequence, run), at.plain()


def _reopen(at: At) -> tuple[Deed, AdminForm]:
    def run(_form: AdminForm) -> str:
        logins.reopen_account(at.person.pk, actor=at.actor, now=at.now)
        return _("The account is open again.")

    consequence = _("Log-in is possible again, with the password as before.")
    return at.deed(_("Open the account of %(name)s again"), _("Open again"), "check", consequence, run), at.plain()


_ACTS: dict[str, Callable[[At], tuple[Deed, AdminForm]]] = {
    "post": _post,
    "correct": _correct,
    "account": _account,
    "slip": _slip,
    "factor": _factor,
    "shut": _shut,
    "reopen": _reopen,
}


@require_http_methods(["GET", "POST"])
@never_cache
@for_post
def slips(request: HttpRequest) -> HttpResponse:
    """First passwords of several people at once. GET: who waits. POST person=…: the slips, shown once."""
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_manage_posts(actor))
    waiting = list(waiting_for_slips())
    if request.method == "POST":
        asked = set(request.POST.getlist("person"))
        chosen = [p.pk for p in waiting if str(p.pk) in asked][: logins.SLIPS_AT_ONCE]
        if chosen:
            return _printed(request, logins.print_slips(chosen, actor=actor, now=now), timezone.localdate(now))
    posts = _first_posts([person.pk for person in waiting], timezone.localdate(now))
    rows = [(person, posts.get(person.pk)) for person in waiting]
    context = {"rows": rows, "most": logins.SLIPS_AT_ONCE, "asked": request.method == "POST"}
    return render(request, "web/admin/slips.html", context, status=422 if request.method == "POST" else 200)


def _printed(request: HttpRequest, slips: list[logins.Slip], today: dt.date) -> HttpResponse:
    """The slips, each with unit and post: two people may have one name."""
    posts = _first_posts([slip.person_id for slip in slips], today)
    return render(
        request, "web/admin/slips_printed.html", {"slips": [(slip, posts.get(slip.person_id)) for slip in slips]}
    )


def _first_posts(person_ids: Collection[UUID], today: dt.date) -> dict[UUID, PostLine]:
    posts: dict[UUID, PostLine] = {}
    for post in post_lines(Post.objects.filter(person__in=person_ids), today):
        posts.setdefault(post.person_id, post)
    return posts


def business(posts: list[PostLine]) -> list[PostLine]:
    """Posts that are no officer's."""
    return [post for post in posts if post.role not in OFFICERS]


def facts_of(post: PostLine) -> list[Fact]:
    """What a post is, over the form of an act on it."""
    return [
        Fact(_("Unit"), post.unit),
        Fact(pgettext("post", "Title"), post.title or "—"),
        Fact(pgettext("post", "Role"), words.word(words.ROLES, post.role)),
        Fact(_("Since"), post.valid_from.isoformat()),
    ]
