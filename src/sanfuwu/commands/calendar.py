"""`sanfuwu calendar`: enter the State Council's notice for a year; deadlines that reach into it are computed again."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import click

from sanfuwu.config.language import gettext as _

from .common import program, say
from .help import Whole, described

_KINDS = ("rest", "work")


def _read(path: Path, year: int) -> dict[str, list[dt.date]]:
    """Days by kind. Every fault names its line; nothing is entered when there is one."""
    days: dict[str, list[dt.date]] = {kind: [] for kind in _KINDS}
    faults = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.reader(lines), start=1):
            if not row or row[0].lstrip().startswith("#"):
                continue
            try:
                day, kind = dt.date.fromisoformat(row[0].strip()), row[1].strip()
            except (ValueError, IndexError):
                faults.append(_("line %(number)d: write a day and a kind, as in 2027-01-01,rest") % {"number": number})
                continue
            if kind not in _KINDS:
                faults.append(
                    _("line %(number)d: the kind is rest or work, not “%(kind)s”") % {"number": number, "kind": kind}
                )
            elif day.year != year:
                faults.append(
                    _("line %(number)d: %(day)s is not in %(year)d") % {"number": number, "day": day, "year": year}
                )
            else:
                days[kind].append(day)
    if faults:
        raise click.ClickException("\n".join([_("%(path)s: nothing was entered.") % {"path": path}, *faults]))
    return days


@described(
    _("Publish the working calendar of a year from a file."),
    _(
        "The file is a CSV with one day a line that differs from Monday to Friday: `2027-01-01,rest` for a holiday, "
        "`2027-02-07,work` for a make-up workday. Deadlines of open problems that fall later move, each as an event; "
        "none moves earlier."
    ),
)
@click.argument("year", metavar=_("YEAR"), type=Whole(2000, 2100))
@click.argument("file", metavar=_("FILE"), type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(year: int, file: Path) -> None:
    days = _read(file, year)
    with program():
        from sanfuwu.config import clock
        from sanfuwu.problems.actions import publish_year
        from sanfuwu.territory.actor import SYSTEM

        try:
            moved = publish_year(
                year, rest_days=days["rest"], make_up_workdays=days["work"], actor=SYSTEM, now=clock.now()
            )
        except ValueError as error:
            raise click.ClickException(f"{file}: {error}") from error
        for one in moved:
            say(
                _(
                    "%(county)s: %(looked_at)d deadlines looked at, %(later)d moved later, %(kept)d kept although the "
                    "calendar would set them earlier"
                )
                % {"county": one.county, "looked_at": one.looked_at, "later": one.later, "kept": one.kept}
            )
        say(_("The calendar of %(year)d is published.") % {"year": year})
