"""`sanfuwu figures`: the figures of a window of days, counted from the records."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import click

from sanfuwu.config.language import gettext as _

from .common import counties, no_such_county, program
from .help import described, option

if TYPE_CHECKING:
    from sanfuwu.figures.queries import Report

DAY = click.DateTime(formats=["%Y-%m-%d"])


@described(
    _("Count the records of a window of days."),
    _(
        "Days are local dates, the last one included. What was imported or entered for training is not counted. Each "
        "number has one definition, which stands on the page of figures beside its list of records."
    ),
)
@option("--from", "first", type=DAY, required=True, metavar=_("YYYY-MM-DD"), help=_("The first day."))
@option("--to", "last", type=DAY, required=True, metavar=_("YYYY-MM-DD"), help=_("The last day, which counts too."))
@option("--county", "schema", metavar=_("SCHEMA"), help=_("Which county; otherwise the one that was made first."))
@option("--json", "as_json", is_flag=True, help=_("As JSON on standard output."))
def command(first: dt.datetime, last: dt.datetime, schema: str | None, as_json: bool) -> None:
    with program():
        from django_tenants.utils import schema_context

        from sanfuwu.figures.queries import report
        from sanfuwu.figures.windows import Window
        from sanfuwu.ledger.errors import ActionError
        from sanfuwu.territory.actor import SYSTEM

        county = next((c for c in counties() if schema in (None, c.schema_name)), None)
        if county is None:
            raise no_such_county(schema or "")
        try:
            with schema_context(county.schema_name):
                found = report(SYSTEM, Window(first.date(), last.date()))
        except ActionError as error:
            raise click.ClickException(error.message) from error
        if as_json:
            click.echo(json.dumps(as_dict(county.schema_name, found), ensure_ascii=False, indent=1))
        else:
            _show(county.name, found)


def as_dict(county: str, report: Report) -> dict[str, Any]:
    """Names of figures are part of the interface: programs read them."""
    return {
        "county": county,
        "from": report.window.first.isoformat(),
        "to": report.window.last.isoformat(),
        **report.numbers,
        "by_category": {cell.name: cell.count for cell in report.by_category},
        "by_channel": {cell.key: cell.count for cell in report.by_channel},
    }


def _show(county: str, report: Report) -> None:
    from rich.console import Console
    from rich.table import Table

    from sanfuwu.figures.definitions import FIGURES
    from sanfuwu.web.words import CHANNELS

    title = _("%(county)s, %(first)s to %(last)s") % {
        "county": county,
        "first": report.window.first,
        "last": report.window.last,
    }
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for figure in FIGURES:
        table.add_row(str(figure.label), f"{report.numbers[figure.name]:,}")
        if figure.name == "solved_by_district_coordination":
            for cell in report.by_category:
                table.add_row(f"  {cell.name}", f"{cell.count:,}")
        if figure.name == "problems_registered":
            for cell in report.by_channel:
                table.add_row(f"  {CHANNELS.get(cell.key, cell.key)}", f"{cell.count:,}")
    Console().print(table)
