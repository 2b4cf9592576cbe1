"""我的工作台: what I must do now, each number with its list."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sanfuwu.problems.policies import may_register
from sanfuwu.problems.queries import Task, desk
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.pieces import Stat
from sanfuwu.web.rows import row
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


@require_GET
@for_post
def home(request: HttpRequest) -> HttpResponse:
    """The first page after log-in. An officer, who handles nothing, is told so."""
    actor, now = actor_of(request), now_of(request)
    if actor.is_officer:
        return render(request, "web/pages/officer.html")
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
        },
    )
