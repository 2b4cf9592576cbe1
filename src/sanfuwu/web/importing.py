"""The pages of imports in words: states, the form of the columns, progress, the report."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sanfuwu.intake.columns import BY_KEY, IGNORE
from sanfuwu.intake.files.guard import column_letters
from sanfuwu.intake.models import ImportRun
from sanfuwu.intake.queries import Report
from sanfuwu.problems.queries.categories import category_tree
from sanfuwu.territory.queries import division_names, unit_names

from .pieces import Chip

_State = ImportRun.State
_CHIPS: dict[str, tuple[str | Promise, str, str]] = {
    _State.UPLOADED: (gettext_lazy("columns to be looked at"), "columns", "accent"),
    _State.CHECKING: (gettext_lazy("being checked"), "progress", "accent"),
    _State.CHECKED: (gettext_lazy("to be confirmed"), "eye", "accent"),
    _State.AWAITING: (gettext_lazy("waiting for approval"), "user-check", "amber"),
    _State.RUNNING: (gettext_lazy("being imported"), "progress", "accent"),
    _State.DONE: (gettext_lazy("imported"), "circle-check", "green"),
    _State.CANCELLED: (gettext_lazy("import cancelled"), "x", ""),
    _State.REFUSED: (gettext_lazy("import not approved"), "ban", "red"),
    _State.FAILED: (gettext_lazy("import interrupted"), "alert-triangle", "red"),
}
KINDS = (
    ("live", gettext_lazy("Problems that are open: they wait to be accepted")),
    ("history", gettext_lazy("Cases of the past: archived, with their replies; a second person approves")),
)


def chip(run: ImportRun) -> Chip:
    """The state in a word."""
    word, icon, tone = _CHIPS[run.state]
    return Chip(str(word), icon, tone)


@dataclass(frozen=True, slots=True)
class Work:
    """What the progress component draws."""

    title: str
    done: int
    total: int
    rate_text: str
    left_text: str
    cancel_url: str


def work(run: ImportRun, now: dt.datetime, *, may_cancel: bool) -> Work:
    """How far it is. The rate is that since the phase began; a moment's standstill shows as a lower rate."""
    seconds = max((now - run.started_at).total_seconds(), 1.0) if run.started_at else 1.0
    rate = run.done / seconds
    left = ""
    if rate and run.total > run.done:
        minutes = round((run.total - run.done) / rate / 60)
        left = ngettext("about %(n)d minute left", "about %(n)d minutes left", minutes) % {"n": minutes}
        if not minutes:
            left = _("less than a minute left")
    return Work(
        title=_("The rows are being checked") if run.state == _State.CHECKING else _("The rows are being imported"),
        done=run.done,
        total=max(run.total, run.done, 1),
        rate_text=_("%(n)s rows a second") % {"n": f"{rate:,.0f}"} if run.done else _("The work begins in a moment"),
        left_text=left,
        cancel_url=reverse("web:import_cancel", args=[run.pk]) if may_cancel else "",
    )


class TableForm(forms.Form):
    """Which sheet, and where its head is."""

    def __init__(self, data: Any = None, *, run: ImportRun) -> None:
        initial = {"sheet": run.sheet, "head_first": run.head_first, "head_lines": run.head_last - run.head_first + 1}
        super().__init__(data, initial=initial, auto_id="t_%s")
        sheets = [
            (name, _("%(name)s (hidden)") % {"name": name} if hidden else name) for name, hidden, _n in run.sheets
        ]
        self.fields["sheet"] = forms.ChoiceField(label=_("Sheet"), choices=sheets)
        self.fields["head_first"] = forms.IntegerField(label=_("Row of the head"), min_value=1, max_value=1000)
        self.fields["head_lines"] = forms.TypedChoiceField(
            label=_("Lines of the head"), coerce=int, choices=[(1, _("one")), (2, _("two"))]
        )


class ColumnsForm(forms.Form):
    """What each column is, whose list it is, and whether it is of the past."""

    def __init__(self, data: Any = None, *, run: ImportRun, history: bool) -> None:
        columns = {int(at): str(key) for at, key in run.mapping.items()}
        initial = {f"column_{at}": key for at, key in columns.items()} | {"source": run.source, "kind": run.kind}
        super().__init__(data, initial=initial, auto_id="c_%s")
        self.run = run
        self.fields["source"] = forms.CharField(
            label=_("Source"),
            max_length=40,
            help_text=_("Whose list it is. By this name a row is known again when the list comes a second time."),
        )
        if history:
            self.fields["kind"] = forms.ChoiceField(
                label=_("What these rows are"), choices=KINDS, widget=forms.RadioSelect
            )
        choices = [(key, field.label) for key, field in BY_KEY.items() if history or not field.history]
        if not history:
            choices += [(key, field.label) for key, field in BY_KEY.items() if field.history]
        for at, heading in enumerate(run.headings, start=1):
            label = _("Column %(letters)s %(heading)s") % {"letters": column_letters(at), "heading": heading}
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=label, choices=choices, required=False, widget=forms.Select
            )

    def mapping(self) -> dict[int, str]:
        return {at: self.cleaned_data[f"column_{at}"] or IGNORE for at in range(1, len(self.run.headings) + 1)}

    def columns(self, samples: dict[int, tuple[str, ...]]) -> list[dict[str, Any]]:
        """Lines of the table: letters, heading, what stands there, the choice."""
        return [
            {
                "letters": column_letters(at),
                "heading": heading or _("(no heading)"),
                "samples": samples.get(at, ()),
                "field": self[f"column_{at}"],
            }
            for at, heading in enumerate(self.run.headings, start=1)
        ]


@dataclass(frozen=True, slots=True)
class Count:
    label: str
    value: int
    why: str = ""
    tone: str = ""


def counts(run: ImportRun, said: Report) -> list[Count]:
    """The report's numbers, each with what it means."""
    before = run.state in (_State.CHECKED, _State.AWAITING)
    past = run.kind == ImportRun.Kind.HISTORY
    created = _("can be imported") if before else _("imported")
    found = [
        Count(_("Rows in the table"), said.total),
        Count(
            created, said.created, _("archived, outside every rate") if past else _("waiting to be accepted"), "green"
        ),
        Count(_("there already"), said.duplicates, _("known by source and number, or by their content; left alone")),
        Count(_("same text as another"), said.lookalikes, _("imported all the same, and linked")),
        Count(
            _("cannot be imported"),
            said.rejected,
            _("with row, column and reason below"),
            "red" if said.rejected else "",
        ),
    ]
    if said.undated:
        found.append(Count(_("without a date"), said.undated, _("the day of the import stands there")))
    return found


def rejects(said: Report) -> list[dict[str, Any]]:
    """Row, column and reason of what is refused."""
    return [reject | {"letters": column_letters(reject["column"])} for reject in said.rejects]


def samples(said: Report, now: dt.datetime) -> list[dict[str, Any]]:
    """The first rows as they are understood, with names for codes."""
    day = timezone.localdate(now)
    places = division_names({s["division"] for s in said.samples}, day)
    units = {str(pk): name for pk, name in unit_names(day).items()}
    ids = [s["category"] for s in said.samples if len(s["category"]) == 36 and s["category"].count("-") == 4]
    tree = category_tree()
    categories = {str(pk): tree.full_name(pk) for pk in map(UUID, ids) if pk in tree.rows}
    return [
        one
        | {
            "raised_on": parse_datetime(one["raised_on"]) if one["raised_on"] else None,
            "place": places.get(one["division"], ""),
            "unit": units.get(one["unit"], one["unit"]),
            "category": categories.get(one["category"], one["category"]),
        }
        for one in said.samples
    ]
