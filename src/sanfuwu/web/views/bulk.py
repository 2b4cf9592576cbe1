"""批量办理: ticked problems → which act → what it would do to each → done, each for itself, with a result per line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sanfuwu.ledger.errors import ActionError
from sanfuwu.problems import policies
from sanfuwu.problems.actions.batch import Outcome, each, foresee
from sanfuwu.problems.acts import ACTS
from sanfuwu.problems.queries import Line, chosen, lines, list_problems
from sanfuwu.problems.snapshot import Snapshot, load_many
from sanfuwu.territory.actor import Actor
from sanfuwu.web import bulk, lists, words
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.pieces import Chip
from sanfuwu.web.proposing import Proposing

RESULT = "bulk_result"  # of the session: what the page after the run tells


@dataclass(frozen=True, slots=True)
class BulkRow:
    """One ticked problem: `kind` is done, possible, first or refused, `said` what will happen or why not."""

    number: str
    url: str
    title: str
    chip: Chip
    kind: str = ""
    said: str = ""
    warned: str = ""  # what one should know before it is done


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was ticked, in the list's order: {number: version seen}, and what is still visible of it."""

    seen: dict[str, int]
    visible: dict[str, tuple[UUID, int]]
    cut: bool = False  # there were more than can be taken at once

    @property
    def ids(self) -> list[UUID]:
        return [self.visible[n][0] for n in self.seen if n in self.visible]

    @property
    def packed(self) -> str:
        """For a hidden field: "NUMBER:VERSION NUMBER:VERSION"."""
        return " ".join(f"{n}:{v}" for n, v in self.seen.items())

    @property
    def gone(self) -> int:
        return len(self.seen) - len(self.ids)


@require_POST
@for_post
def bulk_act(request: HttpRequest) -> HttpResponse:
    """Every step is a form; nothing is written before `do=run`."""
    actor, now = actor_of(request), now_of(request)
    taken = taken_from(request, actor)
    back = _back(request)
    if not taken.ids:
        messages.warning(request, _("Tick at least one problem first."))
        return HttpResponseRedirect(back)
    name, does = request.POST.get("act", ""), request.POST.get("do", "")
    context: dict[str, Any] = {
        "taken": taken,
        "back": back,
        "most": bulk.MOST,
        "count": len(taken.ids),
        "query": request.POST.get("query", ""),
    }
    if not name:
        snaps = load_many(taken.ids)
        context |= {"offered": bulk.offered(actor, snaps), "rows": _rows(request, taken, {})}
        return render(request, "web/pages/bulk_choose.html", context)
    if name not in bulk.acts_of(actor):
        raise Http404
    form = bulk.BulkForm(name, now, request.POST if does in ("preview", "run", "change") else None)
    context |= {"act": bulk.act_of(name), "form": form}
    asks = bool(form.fields)
    if does == "change" or (asks and (not does or not form.is_valid())):
        status = 422 if does in ("preview", "run") else 200
        allowed = _allowed(actor, name, load_many(taken.ids), form.proposing)
        context["rows"] = _rows(request, taken, allowed, bulk.unreachable(actor, name, taken.ids))
        return render(request, "web/pages/bulk_form.html", context, status=status)
    if not asks:
        form = context["form"] = bulk.BulkForm(name, now, {})
        form.is_valid()
    items = bulk.items(taken.visible, form, taken.seen)
    if does == "run":
        outcomes = each(ACTS[name], items, actor=actor, now=now)
        said = _sentences(form, outcomes, now)
        request.session[RESULT] = {
            "act": name,
            "back": back,
            "rows": [[o.number, bulk.kind_of(o), said[o.number]] for o in outcomes],
            "gone": taken.gone,
        }
        return HttpResponseRedirect(reverse("web:bulk_done"))
    outcomes = foresee(ACTS[name], items, actor=actor, now=now)
    said = _sentences(form, outcomes, now)
    told = {o.number: ("possible" if o.done else bulk.kind_of(o), said[o.number]) for o in outcomes}
    possible = sum(o.done for o in outcomes)
    rows = _rows(request, taken, told, bulk.unreachable(actor, name, taken.ids))
    context |= {
        "rows": rows,
        "warned": sum(bool(row.warned) for row in rows),
        "possible": possible,
        "refused": len(outcomes) - possible,
        "run_label": ngettext("%(act)s: %(n)d problem", "%(act)s: %(n)d problems", possible)
        % {"act": context["act"].label, "n": possible},
    }
    return render(request, "web/pages/bulk_preview.html", context)


@require_GET
@for_post
def bulk_done(request: HttpRequest) -> HttpResponse:
    """What became of each; the page may be loaded again, the act is not taken again."""
    actor = actor_of(request)
    said = request.session.get(RESULT)
    if not said:
        return HttpResponseRedirect(reverse("web:problems"))
    told = {number: (kind, sentence) for number, kind, sentence in said["rows"]}
    visible = chosen(actor, list(told))
    taken = Chosen(dict.fromkeys(told, 0), visible)
    rows = _rows(request, taken, told)
    rows += [BulkRow(n, "", "", words.stage_chip(""), *told[n]) for n in told if n not in visible]
    counts = {kind: sum(k == kind for k, _said in told.values()) for kind in ("done", "refused", "first")}
    context = {
        "act": bulk.act_of(said["act"]),
        "rows": sorted(rows, key=lambda row: row.kind == "done"),  # what still needs somebody comes first
        "counts": counts,
        "back": said["back"],
        "gone": said["gone"],
        "again": " ".join(f"{n}:{visible[n][1]}" for n, (kind, _s) in told.items() if kind != "done" and n in visible),
    }
    return render(request, "web/pages/bulk_done.html", context)


def taken_from(request: HttpRequest, actor: Actor) -> Chosen:
    """From the steps' own hidden field, from "all that match", or from the ticks of the list."""
    post = request.POST
    if packed := post.get("rows", ""):
        pairs = [part.rpartition(":") for part in packed.split()[: bulk.MOST]]
        seen = {number: int(version) for number, _colon, version in pairs if version.isdigit()}
        return Chosen(seen, chosen(actor, list(seen)))
    if post.get("all") == "1":
        asked = lists.read(QueryDict(post.get("query", "").removeprefix("?")), now_of(request), actor)
        page = list_problems(actor, asked.filters, sort=asked.sort, limit=bulk.MOST)
        numbers = [line.number for line in lines(actor, page.ids, now=now_of(request))]
        visible = chosen(actor, numbers)
        return Chosen({n: visible[n][1] for n in numbers if n in visible}, visible, page.next_cursor is not None)
    ticked = list(dict.fromkeys(post.getlist("n")))
    visible = chosen(actor, ticked[: bulk.MOST])
    return Chosen({n: visible[n][1] for n in ticked if n in visible}, visible, len(ticked) > bulk.MOST)


def _allowed(actor: Actor, name: str, snaps: list[Snapshot], proposing: Proposing) -> dict[str, tuple[str, str]]:
    """What can be said before anything is filled in: whether the stage and the post allow the act, and whom somebody
    proposed for it."""
    told = {}
    for snap in snaps:
        try:
            policies.authorise(actor, name, snap)
        except ActionError as error:
            told[snap.problem.number] = ("refused", bulk.why_not(error))
        else:
            told[snap.problem.number] = (
                "possible",
                proposing.line(snap.problem) if name == "dispatch" else _("possible"),
            )
    return told


def _sentences(form: bulk.BulkForm, outcomes: list[Outcome], now: dt.datetime) -> dict[str, str]:
    """{number: what will happen}; where each goes to a unit of its own, with the unit's name."""
    names = form.proposing.names if form.own and form.act == "dispatch" else {}
    said = {}
    for o in outcomes:
        to = names.get(form.own[o.number], "") if names and o.done and o.number in form.own else ""
        line = bulk.sentence(o, now)
        said[o.number] = _("to %(unit)s: %(what)s") % {"unit": to, "what": line} if to else line
    return said


def _rows(
    request: HttpRequest,
    taken: Chosen,
    told: dict[str, tuple[str, str]],
    warnings: dict[str, str] | None = None,
) -> list[BulkRow]:
    """The ticked problems as lines; a warning is said only of what can be done."""
    found: list[Line] = lines(actor_of(request), taken.ids, now=now_of(request))
    rows = []
    for line in found:
        kind, said = told.get(line.number, ("", ""))
        title = line.title or _("(confidential, not yet sent out)")
        row = BulkRow(
            line.number, reverse("web:problem", args=[line.number]), title, words.stage_chip(line.stage), kind, said
        )
        warned = (warnings or {}).get(line.number, "") if kind == "possible" else ""
        rows.append(replace(row, warned=warned))
    return rows


def _back(request: HttpRequest) -> str:
    query = request.POST.get("query", "")
    return reverse("web:problems") + (query if query.startswith("?") else "")
