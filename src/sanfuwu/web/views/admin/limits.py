"""办理时限: the version in force, the one that waits for approval with its effects, and a new one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from sanfuwu.ledger.errors import ActionError, NotVisible
from sanfuwu.problems.queries.effects import RuleEffect, effects_of_rules
from sanfuwu.reference import actions as act
from sanfuwu.reference import policies
from sanfuwu.reference.limits import (
    HOUR_FIELDS,
    checked_limits,
    hours_dict,
    hours_of,
    key_of,
    limit_names,
    limits_of,
    rules_of,
)
from sanfuwu.reference.models import Proposal, RuleVersion
from sanfuwu.reference.queries.rules import InForce, in_force
from sanfuwu.rules.durations import Duration
from sanfuwu.web import words
from sanfuwu.web.limit_words import HOURS, LIMITS, STATUS, UNITS, length
from sanfuwu.web.page import actor_of, for_post, now_of
from sanfuwu.web.when import full_day

from ._pages import area, people, refuse, sent


class LengthWidget(forms.MultiWidget):
    """A number and its unit, side by side."""

    template_name = "web/admin/length.html"

    def __init__(self, label: str) -> None:
        number = forms.NumberInput(
            attrs={"min": 1, "max": 999, "aria-label": _("%(limit)s: number") % {"limit": label}}
        )
        unit = forms.Select(attrs={"aria-label": _("%(limit)s: unit") % {"limit": label}}, choices=_units())
        super().__init__([number, unit])

    def decompress(self, value: str | None) -> list[str | None]:
        if not value:
            return [None, "wd"]
        found = Duration.parse(value)
        return [str(found.amount), str(found)[len(str(found.amount)) :]]


class LengthField(forms.MultiValueField):
    """Gives "7wd", or "" for what the action then refuses at this field."""

    def __init__(self, label: str, initial: str) -> None:
        fields = (forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(fields, label=label, initial=initial, required=False, widget=LengthWidget(label))

    def compress(self, data_list: list[str]) -> str:
        return "".join(part.strip() for part in data_list) if data_list else ""


class VersionForm(forms.Form):
    """Every limit that the rules know, the office hours, from when, and why."""

    def __init__(self, base: InForce, now: dt.datetime, data: Any = None) -> None:
        super().__init__(data, auto_id="f_%s")
        present = limits_of(base.rules)
        for name, role in limit_names():
            label = limit_label(name, role)
            self.fields[key_of(name, role)] = LengthField(label, present[key_of(name, role)])
        for name, value in hours_dict(base.hours).items():
            self.fields[name] = forms.CharField(
                label=str(HOURS[name]),
                required=False,
                initial=value,
                widget=forms.TextInput(attrs={"type": "time", "class": "short"}),
            )
        tomorrow = timezone.localdate(now) + dt.timedelta(days=1)
        self.fields["valid_from"] = forms.DateField(
            label=_("Holds from"),
            initial=tomorrow,
            help_text=_("From midnight on, for what is dispatched then; approved later, from the approval on."),
            widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
        )
        self.fields["remark"] = area(
            2, label=_("Why, and on what document it rests"), max_length=300, help_text=_("Supervision reads it.")
        )

    @property
    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """(what, its one field or the lead's and the co-handler's)."""
        found: list[tuple[str, list[forms.BoundField]]] = []
        for name, role in limit_names():
            if role == "co":
                found[-1][1].append(self[key_of(name, role)])
            else:
                found.append((str(LIMITS.get(name, name)), [self[key_of(name, role)]]))
        return found

    @property
    def hour_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in HOUR_FIELDS]

    def said(self) -> tuple[dict[str, str], dict[str, str], dt.datetime]:
        cleaned = self.cleaned_data
        limits = {key_of(name, role): cleaned[key_of(name, role)] for name, role in limit_names()}
        start = timezone.make_aware(dt.datetime.combine(cleaned["valid_from"], dt.time()))
        return limits, {name: cleaned[name] for name in HOUR_FIELDS}, start


@dataclass(frozen=True, slots=True)
class ShownLimit:
    """One line of a version; `was` where it differs from the version in force."""

    what: str
    lead: str
    co: str
    was: str


def limit_label(name: str, role: str | None) -> str:
    what = str(LIMITS.get(name, name))
    if role is None:
        return what
    return _("%(limit)s, lead") % {"limit": what} if role == "lead" else _("%(limit)s, co-handler") % {"limit": what}


@require_GET
@for_post
def limits(request: HttpRequest) -> HttpResponse:
    """What holds now, what waits, what held before."""
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_see_rules(actor))
    base = in_force(now)
    rows = list(RuleVersion.objects.order_by("-number"))
    names = people({p for r in rows for p in (r.proposed_by, r.decided_by)}, now)
    context = {
        "base": base,
        "since": base.valid_from,
        "shown": _shown(base, base),
        "hours": _hours(base),
        "waiting": next((r for r in rows if r.status == Proposal.Status.PROPOSED), None),
        "versions": [
            {
                "row": r,
                "status": STATUS[r.status],
                "by": names.get(r.proposed_by, "") if r.proposed_by else _("the system"),
                "decided": names.get(r.decided_by, "") if r.decided_by else "",
            }
            for r in rows
        ],
        "may_propose": policies.may_propose_rules(actor),
    }
    return render(request, "web/admin/limits.html", context)


@require_http_methods(["GET", "POST"])
@for_post
def limits_new(request: HttpRequest) -> HttpResponse:
    """A new version: first its effects, then the proposal."""
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_propose_rules(actor))
    base = in_force(now)
    form = VersionForm(base, now, sent(request))
    preview: InForce | None = None
    if request.method == "POST" and form.is_valid():
        given, hours, start = form.said()
        try:
            if request.POST.get("do") == "propose":
                act.propose_rules(
                    given, hours, valid_from=start, remark=form.cleaned_data["remark"], actor=actor, now=now
                )
                messages.success(request, _("Proposed. It holds once supervision has approved it."))
                return HttpResponseRedirect(reverse("web:admin_limits"))
            preview = InForce(base.number, start, rules_of(base.number, checked_limits(given)), hours_of(hours))
        except ActionError as error:
            refuse(form, error)
    context = {"form": form, "base": base, "preview": preview is not None} | (
        _effects(preview, base, now) if preview else {}
    )
    return render(request, "web/admin/limits_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_post
def limits_version(request: HttpRequest, number: int) -> HttpResponse:
    """One version: what it changes, its effects while it waits, and the decision."""
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_see_rules(actor))
    row = RuleVersion.objects.filter(number=number).first()
    if row is None:
        raise NotVisible("no version")
    error = ""
    if request.method == "POST":
        withdraws = request.POST.get("do") == "withdraw"
        policies.require(policies.may_propose_rules(actor) if withdraws else policies.may_approve(actor))
        try:
            messages.success(request, _decide(request.POST, row.pk, actor=actor, now=now))
            return HttpResponseRedirect(reverse("web:admin_limits"))
        except ActionError as refused:
            if refused.status not in (403, 422, 409):
                raise
            error = refused.message
    version = InForce(row.number, row.valid_from, rules_of(row.number, row.limits), hours_of(row.hours), row.pk)
    base = in_force(now)
    names = people({row.proposed_by, row.decided_by}, now)
    waits = row.status == Proposal.Status.PROPOSED
    context = {
        "row": row,
        "status": STATUS[row.status],
        "by": names.get(row.proposed_by, "") if row.proposed_by else _("the system"),
        "decided": names.get(row.decided_by, "") if row.decided_by else "",
        "waits": waits,
        "may_decide": waits and policies.may_decide(actor, row),
        "own": waits and policies.may_approve(actor) and not policies.may_decide(actor, row),
        "may_withdraw": waits and policies.may_propose_rules(actor),
        "error": error,
        "answer": request.POST.get("answer", ""),
    } | _effects(version, base, now, effects=waits)
    return render(request, "web/admin/limits_version.html", context, status=422 if error else 200)


def _decide(post: Any, version_id: UUID, **who: Any) -> str:
    do = post.get("do", "")
    if do == "approve":
        row = act.approve_rules(version_id, **who)
        return _("Version %(n)d holds from %(day)s on.") % {
            "n": row.number,
            "day": full_day(timezone.localtime(row.valid_from)),
        }
    if do == "withdraw":
        act.withdraw_rules(version_id, **who)
        return _("The proposal was withdrawn.")
    act.refuse_rules(version_id, answer=post.get("answer", ""), **who)
    return _("The proposal was refused.")


def _effects(version: InForce, base: InForce, now: dt.datetime, *, effects: bool = True) -> dict[str, Any]:
    found = effects_of_rules(version, now=now) if effects else []
    changed = [one for one in found if one.differs]
    total, touched = sum(one.count for one in found), sum(one.count for one in changed)
    said = ngettext(
        "%(n)d assignment is open; dispatched now, %(m)d of them would get other dates. All keep their dates.",
        "%(n)d assignments are open; dispatched now, %(m)d of them would get other dates. All keep their dates.",
        total,
    )
    return {
        "shown": _shown(version, base),
        "hours": _hours(version),
        "hours_were": _hours(base) if version.hours != base.hours else "",
        "changes": sum(1 for line in _shown(version, base) if line.was),
        "effects": [(_sort(one), one) for one in changed],
        "effects_said": said % {"n": total, "m": touched} if effects else "",
    }


def _sort(one: RuleEffect) -> str:
    parts = [words.word(words.TIERS, one.tier), words.word(words.URGENCIES, one.urgency)]
    if one.tier == "key":
        parts.append(words.word(words.NATURES, one.nature))
    parts.append(_("lead") if one.role == "lead" else _("co-handler"))
    return " · ".join(parts)


def _shown(version: InForce, base: InForce) -> list[ShownLimit]:
    now, were = limits_of(version.rules), limits_of(base.rules)
    found = []
    for name, role in limit_names():
        if role == "co":
            continue
        keys = [key_of(name, role)] if role is None else [key_of(name, "lead"), key_of(name, "co")]
        was = " / ".join(length(were[key]) for key in keys) if any(now[k] != were[k] for k in keys) else ""
        lead, co = length(now[keys[0]]), length(now[keys[1]]) if len(keys) > 1 else ""
        found.append(ShownLimit(str(LIMITS.get(name, name)), lead, co, was))
    return found


def _hours(version: InForce) -> str:
    h = hours_dict(version.hours)
    said = f"{h['morning_from']}–{h['morning_to']}, {h['afternoon_from']}–{_closing(version)}"
    if h["summer_afternoon_from"]:
        said += " · " + _("summer afternoons from %(time)s") % {"time": h["summer_afternoon_from"]}
    return said


def _closing(version: InForce) -> str:
    return f"{version.hours.afternoon_to:%H:%M}"


def _units() -> list[tuple[str, str]]:
    return [(code, str(word)) for code, word in UNITS.items()]
