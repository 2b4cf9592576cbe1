"""值班表: 日期、班次、单位、姓名、职责. One row is one person on one day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanfuwu.sheets import ERROR, NEW, SAME, Column, Line, Repeats, Report, Row, Table, Wrong, not_given, unknown_unit
from sanfuwu.territory.actions import OnDuty, set_duty
from sanfuwu.territory.actor import Actor, active_on
from sanfuwu.territory.models import OFFICERS, DutyShift, Post, Unit
from sanfuwu.territory.queries import unit_names

from .people import UNIT_ALSO

DAY, SHIFT, UNIT, NAME, TASK = "日期", "班次", "单位", "姓名", "职责"
SHIFTS: dict[str, str] = {
    "": DutyShift.Shift.ALL_DAY,
    "全天": DutyShift.Shift.ALL_DAY,
    "白班": DutyShift.Shift.DAY,
    "白天": DutyShift.Shift.DAY,
    "夜班": DutyShift.Shift.NIGHT,
    "夜间": DutyShift.Shift.NIGHT,
}
DUTIES = {"": "", "值班": "", "值班员": "", "带班": "leads", "带班领导": "leads"}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
DUTY = Table(
    "值班",
    (
        Column(DAY, ("值班日期",), True, notes=(gettext_lazy("As 2026-01-31 or 2026年1月31日."),)),
        Column(SHIFT, ("值班班次",), words=lambda: SHIFTS, notes=(gettext_lazy("Empty: the whole day."),)),
        Column(UNIT, UNIT_ALSO, True, notes=(gettext_lazy("The unit's name as it is now."),)),
        Column(
            NAME,
            ("值班人员", "值班人"),
            True,
            notes=(gettext_lazy("One row is one person on one day. He or she must serve in the unit on that day."),),
        ),
        Column(TASK, ("值班职责",), words=lambda: DUTIES, notes=(gettext_lazy("Empty: on duty, not in charge."),)),
    ),
    (("2026-01-31", "全天", "三服务办", "张三", "带班"), ("2026-01-31", "夜班", "三服务办", "李四", "值班")),
)


def plan_duty(rows: Sequence[Row], *, today: dt.date) -> Report[OnDuty]:
    """What each row is. Reads only."""
    names = unit_names(today)
    units = {name: pk for pk, name in names.items() if pk in _active()}
    people: dict[tuple[object, str], list[Post]] = {}
    for post in (
        Post.objects.filter(person__name__in={r[NAME] for r in rows})
        .exclude(role__in=OFFICERS)
        .select_related("person")
    ):
        people.setdefault((post.unit_id, post.person.name), []).append(post)
    standing = {
        (s.post_id, s.day, s.shift, s.leads)
        for s in DutyShift.objects.filter(removed_at__isnull=True, post__person__name__in={r[NAME] for r in rows})
    }
    report: Report[OnDuty] = Report()
    repeats = Repeats()
    for row in rows:
        what = " ".join(part for part in (row[DAY], row[UNIT], row[NAME]) if part)
        try:
            item = _line(row, units, people)
            key = (item.post_id, item.day, item.shift, item.leads)
            repeats.check(key, row.number, NAME)
        except Wrong as wrong:
            report.lines.append(Line(row.number, what, ERROR, wrong.reason, wrong.heading))
            continue
        if key in standing:
            report.lines.append(Line(row.number, what, SAME))
        else:
            report.lines.append(Line(row.number, what, NEW, item=item))
    return report


def _active() -> set[object]:
    return set(Unit.objects.filter(status=Unit.Status.ACTIVE).values_list("pk", flat=True))


def _line(row: Row, units: dict[str, UUID], people: dict[tuple[object, str], list[Post]]) -> OnDuty:
    if empty := next((heading for heading in DUTY.required if not row[heading]), ""):
        raise not_given(empty)
    found = _DATE.fullmatch(row[DAY])
    try:
        day = dt.date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        raise Wrong(DAY, _("“%(value)s” is not a date.") % {"value": row[DAY]})
    if row[SHIFT] not in SHIFTS:
        raise Wrong(SHIFT, _("A shift is 全天, 白班 or 夜班."))
    if row[TASK] not in DUTIES:
        raise Wrong(TASK, _("A duty is 带班 or 值班."))
    unit_id = units.get(row[UNIT])
    if unit_id is None:
        raise unknown_unit(row[UNIT], units, UNIT)
    posts = [p for p in people.get((unit_id, row[NAME]), []) if active_on(p.valid_from, p.valid_to, day)]
    if not posts:
        raise Wrong(NAME, _("Nobody of this name serves in this unit on that day."))
    return OnDuty(posts[0].pk, day, SHIFTS[row[SHIFT]], bool(DUTIES[row[TASK]]))


def import_duty(report: Report[OnDuty], *, actor: Actor, now: dt.datetime) -> int:
    """Enter the new lines in one act; returns how many."""
    return set_duty(report.items, actor=actor, now=now)
