"""`sanfuwu import`: a message workbook becomes problems waiting to be accepted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .common import program

if TYPE_CHECKING:
    from sanfuwu.intake.actions import ImportReport

ERRORS_SHOWN = 20


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--county", metavar="SCHEMA", help="The county to register them in. Default: the first one.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
@click.option(
    "--lang", default="zh-hans", show_default=True, type=click.Choice(["zh-hans", "en"]), help="Of the report."
)
def command(file: Path, county: str | None, as_json: bool, lang: str) -> None:
    """Register the rows of an Excel file as problems.

    The sheet needs the headings 留言编号 and 留言详情; 留言用户, 留言主题, 留言时间 and 一级标签 are read where they
    are there. Rows that are registered already (by 留言编号) are left alone: a run that was broken off can simply be
    started again. Ends with exit code 1 when rows could not be registered; the others are.
    """
    with program():
        from django.utils import timezone, translation
        from django_tenants.utils import schema_context

        from sanfuwu.intake.actions import import_workbook
        from sanfuwu.intake.workbook import BadWorkbook
        from sanfuwu.territory.actor import SYSTEM

        with translation.override(lang), schema_context(_schema(county)):
            try:
                with _Progress(hidden=as_json) as progress:
                    # The real time, also where a demonstration's clock stands in 2019: messages come from later years.
                    report = import_workbook(file, actor=SYSTEM, now=timezone.now(), progress=progress)
            except BadWorkbook as error:
                raise click.ClickException(str(error)) from error
            if as_json:
                click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
            else:
                for line in lines(report):
                    click.echo(line)
    if report.errors:
        raise SystemExit(1)


def lines(report: ImportReport) -> list[str]:
    """The report in words."""
    from django.utils.translation import gettext as _

    from sanfuwu.config import clock

    told = [
        _("%(rows)d rows: %(registered)d registered, %(duplicates)d there already, %(errors)d could not be registered.")
        % {
            "rows": report.rows,
            "registered": report.registered,
            "duplicates": report.duplicates,
            "errors": len(report.errors),
        }
    ]
    if clock.is_shifted():
        told.append(
            _("This is a demonstration whose clock stands in 2019: the rows are registered with the real date.")
        )
    if report.undated:
        told.append(_("%(count)d without a date: the day of the import stands there.") % {"count": report.undated})
    if report.anonymous:
        told.append(_("%(count)d without a sender: registered as anonymous.") % {"count": report.anonymous})
    if report.categories:
        told.append(_("Proposed categories: %(names)s") % {"names": "、".join(report.categories)})
    if report.unused_headings:
        told.append(_("Columns not read: %(names)s") % {"names": "、".join(report.unused_headings)})
    for error in report.errors[:ERRORS_SHOWN]:
        told.append(
            _("Row %(row)d, %(heading)s: %(reason)s")
            % {"row": error.row, "heading": error.heading or "—", "reason": error.reason}
        )
    if len(report.errors) > ERRORS_SHOWN:
        told.append(_("… and %(count)d more; --json names them all.") % {"count": len(report.errors) - ERRORS_SHOWN})
    return told


def _schema(named: str | None) -> str:
    from .common import counties
    from .serve import refuse_unready

    refuse_unready()
    schemas = [str(county.schema_name) for county in counties()]
    if named is None:
        return schemas[0]
    if named not in schemas:
        raise click.UsageError(f"There is no county {named}; there is {', '.join(schemas)}.")
    return named


class _Progress:
    """A bar on standard error; called with (done, total). Nothing at all where a program reads the report."""

    def __init__(self, *, hidden: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), disable=hidden, transient=True)
        self._task: Any = None

    def __enter__(self) -> _Progress:
        self._bar.start()
        self._task = self._bar.add_task("import", total=None)
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        self._bar.update(self._task, completed=done, total=total)
