"""`sanfuwu migrate`: make or update the database, as its owner."""

from __future__ import annotations

import click

from sanfuwu.config import env
from sanfuwu.config.language import gettext as _

from .common import program, say
from .help import as_typed, described, option


@described(
    _("Make or update the database: tables, counties, privileges, calendar."),
    _("May be run again at any time. The first county is made by, for example:"),
    as_typed("sanfuwu migrate --county shangyu --code 330604 \\", "  --name 上虞区 --domain sanfuwu.example.org"),
)
@option(
    "--county",
    metavar=_("SCHEMA"),
    help=_("Make this county if it is missing: its schema's name, e.g. shangyu."),
)
@option("--code", metavar=_("CODE"), help=_("The county's code (GB/T 2260), e.g. 330604."))
@option("--name", metavar=_("NAME"), help=_("The county's name, e.g. 上虞区."))
@option("--domain", "domains", multiple=True, metavar=_("HOST"), help=_("A host name of the county. May be repeated."))
@option("-q", "--quiet", is_flag=True, help=_("Say nothing when all is well."))
def command(county: str | None, code: str | None, name: str | None, domains: tuple[str, ...], quiet: bool) -> None:
    with program(env.OWNER):
        from django.utils import timezone

        from sanfuwu.counties.setup import CountyClash, CountyPlan, migrate_all

        plans = []
        if county:
            plan = CountyPlan(county, code or "", name or "", domains)
            if faults := plan.faults():
                raise click.UsageError(_("; ").join(faults))
            plans.append(plan)
        elif code or name or domains:
            raise click.UsageError(_("--code, --name and --domain belong to --county"))
        try:
            schemas = migrate_all(plans, year=timezone.localdate().year, say=(lambda _line: None) if quiet else say)
        except CountyClash as error:
            raise click.UsageError(str(error)) from error
        if not schemas:
            say(_("There is no county yet: run `sanfuwu migrate --county SCHEMA --code CODE --name NAME`."))
