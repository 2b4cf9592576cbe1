"""我的工作台: what I must do now, each number with its list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sanfuwu.problems.policies import may_register
from sanfuwu.problems.queries import Task, desk
from sanfuwu.reference.policies import may_set_lists
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.policies import may_grant_access, may_keep_duty, may_manage_posts
from sanfuwu.territory.queries import DutyLine, duty_between, serving
from sanfuwu.web import words
from sanfuwu.web.administration import sections_for
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.pieces import Stat
from sanfuwu.web.rows import row
from sanfuwu.web.setting_up import next_of, office_is_ready, office_steps, steps
from sanfuwu.web.when import day

TASKS = {
    "to_accept": lambda: _("To accept"),
    "to_dispatch": lambda: _("To dispatch"),
    "to_review": lambda: _("To review"),
    "to_decide": lambda: _("To decide on"),
    "on_hold": lambda: _("On hold, followed up"),
    "to_strike_off": lambda: _("To strike off"),
    "to_sign": lambda: _("To sign for"),
    "to_sign_off": lambda: _("To sign off"),
    "to_call_back": lambda: _("To call back"),
    "to_supply": lambda: _("To supplement"),
    "handling": lambda: _("In hand"),
    "waiting": lambda: _("Registered by me, under way"),
}


def task_label(name: str) -> str:
    return TASKS[name]() if name in TASKS else name


def list_url(**filters: str | Iterable[str]) -> str:
    """The list behind a number."""
    return f"{reverse('web:problems')}?{urlencode(filters, doseq=True)}"


def task_stat(task: Task) -> Stat:
    return Stat(
        label=task_label(task.name),
        value=task.count,
        capped=task.capped,
        url=list_url(**{task.filter: task.values, "sort": "newest"}),
    )


def todays_duty(today: dt.date) -> list[tuple[DutyLine, str]]:
    """Who is on duty today, with the shift in words."""
    return [(line, words.word(words.SHIFTS, line.shift)) for line in duty_between(today, today)]


def officers_desk(actor: Actor, today: dt.date) -> dict[str, object]:
    """An officer's sections; the system officer's list of what is missing, the security officer's of who waits."""
    context: dict[str, object] = {"sections": sections_for(actor)}
    if may_manage_posts(actor):
        found = steps(actor, today)
        context |= {"steps": found, "missing": sum(not step.done for step in found), "next": next_of(found)}
    if may_grant_access(actor):
        context["waiting"] = sum(bool(p.person_account) and not p.account_id for p in serving(today))
    return context


def to_set_up(actor: Actor, today: dt.date) -> dict[str, object]:
    """What the dispatch office still has to enter before the county can work; nothing once it is there."""
    if not may_set_lists(actor) or office_is_ready(today):
        return {}
    missing = [step for step in office_steps(actor, today) if not step.done]
    return {"steps": missing, "next": next_of(missing)}


@require_GET
@for_post
def home(request: HttpRequest) -> HttpResponse:
    """The first page after log-in. An officer, who handles nothing, is told so."""
    actor, now = actor_of(request), now_of(request)
    if actor.is_officer:
        return render(request, "web/pages/officer.html", officers_desk(actor, timezone.localdate(now)))
    view = desk(actor, now=now)
    overdue, soon = view.overdue, view.due_soon
    stats = [
        Stat(
            _("Overdue"),
            overdue[0],
            list_url(overdue="1", sort="due"),
            tone="red" if overdue[0] else "",
            capped=overdue[1],
        ),
        Stat(
            _("Due soon"),
            soon[0],
            list_url(soon="1", sort="due"),
            basis=_("until %(day)s, close of business") % {"day": day(view.due_before, now)},
            tone="amber" if soon[0] else "",
            capped=soon[1],
        ),
        *[task_stat(task) for task in view.tasks],
    ]
    done = request.session.pop("draft_done", "")
    today = timezone.localdate(now)
    return render(
        request,
        "web/pages/desk.html",
        {
            "stats": stats,
            "due_rows": [row(line) for line in view.lines if line.running],
            "due_url": list_url(open="1", sort="due"),
            "task": task_stat(view.first) if view.first else None,
            "task_rows": [row(line) for line in view.newest],
            "may_register": may_register(actor),
            "done_draft": done,
            "keeps_duty": may_keep_duty(actor),
            "duty": todays_duty(today) if may_keep_duty(actor) else [],
        }
        | to_set_up(actor, today),
    )
