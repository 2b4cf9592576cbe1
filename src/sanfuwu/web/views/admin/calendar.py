"""工作日历: the year as a grid, the State Council's notice read into days, its effects before it is published."""

from __future__ import annotations

import calendar as months
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods

from sanfuwu.counties.models import CalendarDay
from sanfuwu.counties.queries import counties_here, published_years, work_calendar
from sanfuwu.ledger.errors import ActionError, InvalidInput
from sanfuwu.problems.actions import approve_calendar
from sanfuwu.problems.queries.effects import effects_of_calendar
from sanfuwu.reference import actions as act
from sanfuwu.reference import policies
from sanfuwu.reference.actions.calendar import YEARS
from sanfuwu.reference.models import CalendarNotice, Proposal
from sanfuwu.rules.notices import read_notice
from sanfuwu.rules.worktime import DayKind
from sanfuwu.sheets import Column, Row, Sheet, Table, read_table
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.queries import unit_names
from sanfuwu.web.limit_words import STATUS
from sanfuwu.web.page import actor_of, for_post, now_of

from ._pages import area, people, refuse, sent, uploaded

# As they stand in a line of the list and in the grid; Chinese in every language, like the notice itself.
KINDS = {"休": DayKind.REST, "班": DayKind.WORK, "上午班": DayKind.HALF_AM, "下午班": DayKind.HALF_PM}
_WORD = {kind: word for word, kind in KINDS.items()}
_LINE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[\s,，]+(休|班|上午班|下午班)(?:[\s,，]+(.{1,40}))?")
WEEKDAYS = (
    pgettext_lazy("weekday", "Mo"),
    pgettext_lazy("weekday", "Tu"),
    pgettext_lazy("weekday", "We"),
    pgettext_lazy("weekday", "Th"),
    pgettext_lazy("weekday", "Fr"),
    pgettext_lazy("weekday", "Sa"),
    pgettext_lazy("weekday", "Su"),
)
CALENDAR = Table(
    "工作日历",
    (
        Column("日期", ("日子", "年月日"), True, notes=(gettext_lazy("As 2026-01-31 or 2026年1月31日."),)),
        Column(
            "类型",
            ("类别", "休班"),
            True,
            words=lambda: {word: kind.value for word, kind in KINDS.items()},
            notes=(gettext_lazy("Only days that differ from Monday to Friday."),),
        ),
        Column("名称", ("节日", "假日", "节日名称", "说明"), notes=(gettext_lazy("Of the holiday: 春节."),)),
    ),
    (("2026-02-17", "休", "春节"), ("2026-02-14", "班", "春节调休")),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the grid; `mark` is a word for what differs from Monday to Friday."""

    day: dt.date
    kind: str
    mark: str
    name: str
    today: bool


class NoticeForm(forms.Form):
    """The notice as text or workbook, and the list of days that comes out of it and may be corrected."""

    def __init__(self, data: Any = None, initial: dict[str, str] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="f_%s")
        self.fields |= {
            "notice": area(
                6,
                label=_("Text of the notice"),
                required=False,
                max_length=6000,
                help_text=_(
                    "Paste the part with the holidays, as published by the General Office of the State Council."
                ),
            ),
            "file": forms.FileField(
                label=_("Or a workbook with the headings 日期, 类型, 名称"),
                required=False,
                widget=forms.FileInput(attrs={"accept": ".xlsx,.xls"}),
            ),
            "days": area(
                10,
                label=_("Days that differ from Monday to Friday"),
                required=False,
                max_length=8000,
                help_text=_("One a line: day, 休 or 班 (half a day: 上午班, 下午班), name."),
            ),
            "remark": area(
                2,
                label=_("Number and date of the notice"),
                required=False,
                max_length=300,
                help_text=_("Supervision compares with it."),
            ),
        }


@require_http_methods(["GET", "POST"])
@for_post
def calendar(request: HttpRequest) -> HttpResponse:
    """One year: the grid; for the office the way from the notice to the proposal; for supervision the decision."""
    actor, now = actor_of(request), now_of(request)
    policies.require(policies.may_see_rules(actor))
    today = timezone.localdate(now)
    year = _year(request.POST.get("year") or request.GET.get("year"), today.year)
    waiting = CalendarNotice.objects.filter(year=year, status=Proposal.Status.PROPOSED).first()
    form = NoticeForm(sent(request), {"days": _as_lines(*_of_year(year))})
    faults: list[str] = []
    sheet: Sheet | None = None
    shown: dict[dt.date, DayKind] | None = None
    if request.method == "POST" and form.is_valid():
        do = request.POST.get("do", "")
        try:
            if do in ("approve", "refuse", "withdraw"):
                messages.success(request, _decide(do, request, waiting, actor, now))
                return _back(year)
            policies.require(policies.may_propose_rules(actor))
            if do == "read":
                sheet = read_table(uploaded(request), CALENDAR) if request.FILES.get("file") else None
                if sheet is not None:
                    days, names = _of_rows(sheet.rows)
                else:
                    days, names, faults = _read(form.cleaned_data, year)
                form = NoticeForm(None, form.cleaned_data | {"days": _as_lines(days, names)})
                shown = days
            else:
                days, names = _lines(form.cleaned_data["days"])
                if not days:
                    raise InvalidInput(_("No day differs from Monday to Friday."), field="days")
                shown = days  # also beside a refusal below: it is about this year, not about the one that stands
                if do == "propose":
                    remark = form.cleaned_data["remark"]
                    act.propose_calendar(year, days, names=names, remark=remark, actor=actor, now=now)
                    messages.success(request, _("Proposed. It is published once supervision has approved it."))
                    return _back(year)
        except ActionError as error:
            refuse(form, error)
    if waiting is not None and shown is None:
        shown = _stored(waiting)
    effects = effects_of_calendar(year, _whole(year, shown), now=now) if shown else None
    names_of = unit_names(today)
    context = {
        "year": year,
        "years": _years(year, today.year),
        "published": year in published_years(),
        "months": _grid(year, shown, today),
        "comparing": shown is not None,
        "form": form,
        "faults": faults,
        "sheet": sheet,
        "effects": effects,
        "later": [(m, names_of.get(m.unit_id, "")) for m in effects.moves] if effects else [],
        "stay": [(m, names_of.get(m.unit_id, "")) for m in effects.stay] if effects else [],
        "waiting": waiting,
        "waiting_by": people({waiting.proposed_by}, now).get(waiting.proposed_by, "")
        if waiting and waiting.proposed_by
        else "",
        "counties": counties_here(),
        "may_propose": policies.may_propose_rules(actor) and waiting is None,
        "may_withdraw": policies.may_propose_rules(actor) and waiting is not None,
        "may_decide": waiting is not None and policies.may_decide(actor, waiting),
        "past": [
            (row, STATUS[row.status])
            for row in CalendarNotice.objects.filter(year=year).exclude(status="proposed").order_by("-proposed_at")[:10]
        ],
        "answer": request.POST.get("answer", ""),
        "weekdays": [str(word) for word in WEEKDAYS],
        "marks": {kind.value: word for word, kind in KINDS.items()},
    }
    return render(request, "web/admin/calendar.html", context, status=422 if form.errors else 200)


def _decide(do: str, request: HttpRequest, waiting: CalendarNotice | None, actor: Actor, now: dt.datetime) -> str:
    if waiting is None:
        raise InvalidInput(_("This proposal has been decided already."))
    if do == "approve":
        moved = approve_calendar(waiting.pk, actor=actor, now=now)
        later = sum(one.later for one in moved)
        said = ngettext(
            "The calendar of %(year)d is published; %(n)d deadline moved later.",
            "The calendar of %(year)d is published; %(n)d deadlines moved later.",
            later,
        )
        return said % {"year": waiting.year, "n": later}
    if do == "withdraw":
        act.withdraw_calendar(waiting.pk, actor=actor, now=now)
        return _("The proposal was withdrawn.")
    act.refuse_calendar(waiting.pk, answer=request.POST.get("answer", ""), actor=actor, now=now)
    return _("The proposal was refused.")


def _read(said: Mapping[str, Any], year: int) -> tuple[dict[dt.date, DayKind], dict[dt.date, str], list[str]]:
    """Days out of the pasted text, and what could not be read, in words."""
    if not said["notice"].strip():
        raise InvalidInput(_("Paste the notice, or choose a workbook."), field="notice")
    notice = read_notice(said["notice"], year)
    if not notice.rest:
        raise InvalidInput(_("No holiday of %(year)d could be read from this text.") % {"year": year}, field="notice")
    faults = [_FAULTS[why]() % {"words": part} for part, why in zip(notice.faults, notice.reasons, strict=True)]
    days = dict.fromkeys(notice.rest, DayKind.REST) | dict.fromkeys(notice.work, DayKind.WORK)
    return days, notice.rest | notice.work, faults


_FAULTS = {
    "weekday": lambda: _("“%(words)s”: the day of the week does not fit the date."),
    "count": lambda: _("“%(words)s”: the number of days does not fit."),
    "order": lambda: _("“%(words)s”: the stretch cannot be read."),
    "no_date": lambda: _("“%(words)s”: no date can be read."),
    "both": lambda: _("“%(words)s” is named both as a holiday and as a workday."),
    "outside": lambda: _("“%(words)s” belongs to the calendar of another year; enter it there."),
}


def _lines(text: str) -> tuple[dict[dt.date, DayKind], dict[dt.date, str]]:
    """The list of days. Raises `InvalidInput` with the first line that cannot be read."""
    days: dict[dt.date, DayKind] = {}
    names: dict[dt.date, str] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        found = _LINE.fullmatch(raw.strip())
        try:
            if found is None:
                raise ValueError(raw)
            one = dt.date(*(int(part) for part in found[1].split("-")))
        except ValueError:
            raise InvalidInput(_("Line %(n)d cannot be read.") % {"n": number}, field="days") from None
        if one in days:
            raise InvalidInput(_("%(day)s stands there twice.") % {"day": one.isoformat()}, field="days")
        days[one] = KINDS[found[2]]
        if found[3]:
            names[one] = found[3].strip()
    return days, names


def _of_rows(rows: Sequence[Row]) -> tuple[dict[dt.date, DayKind], dict[dt.date, str]]:
    """The days of a workbook. Raises `InvalidInput` with the first row that cannot be read, by its own number."""
    days: dict[dt.date, DayKind] = {}
    names: dict[dt.date, str] = {}
    for row in rows:
        day = re.sub(r"[年月/.]", "-", row["日期"]).removesuffix("日")
        try:
            one, _names = _lines(f"{day} {row['类型']} {row['名称'][:40]}")
        except InvalidInput as error:
            raise InvalidInput(
                _("Row %(n)d of the workbook cannot be read.") % {"n": row.number}, field="file"
            ) from error
        if both := days.keys() & one.keys():
            raise InvalidInput(_("%(day)s stands there twice.") % {"day": min(both).isoformat()}, field="file")
        days |= one
        names |= _names
    return days, names


def _as_lines(days: Mapping[dt.date, DayKind], names: Mapping[dt.date, str]) -> str:
    return "\n".join(
        f"{day.isoformat()} {_WORD[kind]} {names.get(day, '')}".rstrip() for day, kind in sorted(days.items())
    )


def _of_year(year: int) -> tuple[dict[dt.date, DayKind], dict[dt.date, str]]:
    """The days of a published year that differ from Monday to Friday."""
    days: dict[dt.date, DayKind] = {}
    names: dict[dt.date, str] = {}
    for row in CalendarDay.objects.filter(date__year=year):
        kind = DayKind(row.kind)
        if kind is not _usual(row.date) or row.note:
            days[row.date] = kind
            if row.note:
                names[row.date] = _NAMES.get(row.note, row.note)
    return days, names


# The seed of past years names its holidays in English.
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def _stored(notice: CalendarNotice) -> dict[dt.date, DayKind]:
    return {dt.date.fromisoformat(day): DayKind(kind) for day, kind in notice.days.items()}


def _whole(year: int, days: Mapping[dt.date, DayKind]) -> dict[dt.date, DayKind]:
    return {day: kind for day, kind in days.items() if day.year == year}


def _usual(day: dt.date) -> DayKind:
    return DayKind.REST if day.weekday() >= 5 else DayKind.WORK


def _grid(
    year: int, shown: Mapping[dt.date, DayKind] | None, today: dt.date
) -> list[tuple[int, list[list[Cell | None]]]]:
    """Twelve months of weeks from Monday on; a day outside the month is None."""
    known = work_calendar()
    _days, names = _of_year(year)
    found = []
    for month in range(1, 13):
        weeks: list[list[Cell | None]] = []
        for week in months.Calendar(0).monthdatescalendar(year, month):
            cells: list[Cell | None] = []
            for day in week:
                if day.month != month:
                    cells.append(None)
                    continue
                kind = known.kind_of(day) if shown is None else shown.get(day, _usual(day))
                named = day in names if shown is None else day in shown
                mark = _WORD[kind] if kind is not _usual(day) or (kind is DayKind.REST and named) else ""
                cells.append(Cell(day, kind.value, mark, names.get(day, ""), day == today))
            weeks.append(cells)
        found.append((month, weeks))
    return found


def _years(year: int, now: int) -> list[int]:
    """The years to choose from: a dozen up to the first one that is not known, and the one shown."""
    first_unknown = max(published_years(), default=now) + 1
    return sorted({*range(first_unknown - 11, first_unknown + 1), now, year})


def _year(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() and len(text) == 4 and int(text) in YEARS else default


def _back(year: int) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('web:admin_calendar')}?year={year}")
