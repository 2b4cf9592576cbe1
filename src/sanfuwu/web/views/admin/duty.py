"""值班表 and 通讯录: who is on duty when, and who sits where with which telephone."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanfuwu.ledger.errors import NotVisible
from sanfuwu.territory import policies
from sanfuwu.territory.actions import OnDuty, correct_person, remove_duty, set_duty
from sanfuwu.territory.actor import active_on
from sanfuwu.territory.models import OFFICERS, Person, Post
from sanfuwu.territory.queries import DutyLine, PostLine, duty_between, find_people, serving, unit_tree
from sanfuwu.web import choices, words
from sanfuwu.web.admin_forms.people import CorrectPersonForm, DutyForm
from sanfuwu.web.page import actor_of, for_post, now_of

from ._pages import warn_of_phone
from .deed import Deed, answer
from .people import business


@dataclass(slots=True)
class DayOfDuty:
    """One day of the roster."""

    day: dt.date
    today: bool
    lines: list[tuple[DutyLine, str]] = field(default_factory=list)


@require_GET
@for_post
def roster(request: HttpRequest) -> HttpResponse:
    """GET month=2019-02."""
    actor, today = actor_of(request), timezone.localdate(now_of(request))
    if not policies.may_read_phone_book(actor):
        raise NotVisible("roster")
    first = _month(request.GET.get("month", ""), today)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    days: dict[dt.date, DayOfDuty] = {}
    for line in duty_between(first, last):
        at = days.setdefault(line.day, DayOfDuty(line.day, line.day == today))
        at.lines.append((line, words.word(words.SHIFTS, line.shift)))
    context = {
        "days": list(days.values()),
        "month": first,
        "before": (first - dt.timedelta(1)).strftime("%Y-%m"),
        "after": (last + dt.timedelta(1)).strftime("%Y-%m"),
        "may_change": policies.may_keep_duty(actor),
    }
    return render(request, "web/admin/duty.html", context)


def _month(text: str, today: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


@require_http_methods(["GET", "POST"])
@for_post
def new(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_keep_duty(actor))
    today = timezone.localdate(now)
    form = DutyForm(request.POST or None, posts=choices.posts(serving(today), first=actor.unit_id), today=today)
    back = reverse("web:duty")

    def run(form: DutyForm) -> str:
        said = form.cleaned_data
        line = OnDuty(UUID(said["post"]), said["day"], said["shift"], said["leads"])
        return _("Entered.") if set_duty([line], actor=actor, now=now) else _("It stands there already.")

    deed = Deed(
        title=_("One line of the duty roster"),
        button=_("Enter"),
        icon="calendar-event",
        consequence=_("It shows in the phone book and on the office's desk on that day."),
        back_url=back,
        back=_("Duty roster"),
        run=run,
        done_url=back,
    )
    return answer(request, deed, form)


@require_POST
@for_post
def remove(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Take a line back; back to its month."""
    actor, now = actor_of(request), now_of(request)
    remove_duty(shift_id, actor=actor, now=now)
    messages.success(request, _("The line was taken back. It stays on record."))
    month = _month(request.POST.get("month", ""), timezone.localdate(now))
    return HttpResponseRedirect(f"{reverse('web:duty')}?month={month:%Y-%m}")


@dataclass(frozen=True, slots=True)
class UnitOfBook:
    """A unit of the phone book's list, with how many people it has."""

    id: UUID
    name: str
    count: int


@require_GET
@for_post
def phones(request: HttpRequest) -> HttpResponse:
    """通讯录. GET q (name, pinyin, initials, unit) or unit=…; nothing: the units, and who is on duty today."""
    actor, today = actor_of(request), timezone.localdate(now_of(request))
    if not policies.may_read_phone_book(actor):
        raise NotVisible("phone book")
    asked, unit_id = request.GET.get("q", "").strip()[:40], _uuid(request.GET.get("unit", ""))
    tree = unit_tree(today)
    lines: list[PostLine] = []
    more = False
    if asked:
        found = find_people(asked, on=today, most=100)
        lines, more = business([post for person in found.people for post in person.posts]), found.more
    elif unit_id is not None:
        lines = business(serving(today, units=[unit_id]))
    counts: dict[UUID, int] = {}
    for pk in (
        Post.objects.filter(valid_from__lte=today)
        .exclude(valid_to__lte=today)
        .exclude(role__in=OFFICERS)
        .values_list("unit_id", flat=True)
    ):
        counts[pk] = counts.get(pk, 0) + 1
    context = {
        "asked": asked,
        "unit": next((n for n in tree if n.id == unit_id), None),
        "lines": [(post, words.word(words.ROLES, post.role)) for post in lines],
        "more": more,
        "units": [UnitOfBook(n.id, n.name, counts[n.id]) for n in tree if counts.get(n.id)],
        "duty": [(line, words.word(words.SHIFTS, line.shift)) for line in duty_between(today, today)],
        "may_keep": policies.may_keep_duty(actor),
    }
    return render(request, "web/pages/phones.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@for_post
def phone(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The office puts an office phone right."""
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_keep_duty(actor))
    person = Person.objects.filter(pk=person_id).first()
    today = timezone.localdate(now)
    posts = Post.objects.filter(person_id=person_id).exclude(role__in=OFFICERS)
    if person is None or not any(active_on(p.valid_from, p.valid_to, today) for p in posts):
        raise NotVisible("person")
    form = CorrectPersonForm(request.POST or None, name=person.name, office_phone=person.office_phone, name_too=False)
    back = reverse("web:phones")

    def run(form: CorrectPersonForm) -> str:
        phone = form.cleaned_data["office_phone"]
        correct_person(person.pk, name=person.name, office_phone=phone, actor=actor, now=now)
        warn_of_phone(request, phone)
        return _("Corrected.")

    deed = Deed(
        title=_("Office phone of %(name)s") % {"name": person.name},
        button=_("Correct"),
        icon="phone",
        consequence=_("Everybody in the county's posts reads it in the phone book."),
        back_url=back,
        back=_("Phone book"),
        run=run,
        done_url=f"{back}?q={person.name}",
    )
    return answer(request, deed, form)
