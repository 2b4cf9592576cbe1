"""`sanfuwu migrate`: make or update the database, as its owner."""

from __future__ import annotations

import click

from sanfuwu.config import env

from .common import program, say


@click.command()
@click.option("--county", metavar="SCHEMA", help="Make this county if it is missing: its schema's name, e.g. shangyu.")
@click.option("--code", help="The county's code (GB/T 2260), e.g. 330604.")
@click.option("--name", help="The county's name, e.g. 上虞区.")
@click.option("--domain", "domains", multiple=True, metavar="HOST", help="A host name of the county. May be repeated.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all is well.")
def command(county: str | None, code: str | None, name: str | None, domains: tuple[str, ...], quiet: bool) -> None:
    """Make or update the database: tables, counties, privileges, calendar.

    May be run again at any time. The first county is made by, for example:

    \b
      sanfuwu migrate --county shangyu --code 330604 --name 上虞区 --domain sanfuwu.example.org
    """
    with program(env.OWNER):
        from django.utils import timezone, translation

        from sanfuwu.counties.setup import CountyClash, CountyPlan, migrate_all

        with translation.override("en"):  # this command is for whoever installs the program, and speaks English
            plans = []
            if county:
                plan = CountyPlan(county, code or "", name or "", domains)
                if faults := plan.faults():
                    raise click.UsageError("; ".join(faults))
                plans.append(plan)
            elif code or name or domains:
                raise click.UsageError("--code, --name and --domain belong to --county")
            try:
                schemas = migrate_all(plans, year=timezone.localdate().year, say=(lambda _line: None) if quiet else say)
            except CountyClash as error:
                raise click.UsageError(str(error)) from error
            if not schemas:
                say("There is no county yet: run `sanfuwu migrate --county SCHEMA --code CODE --name NAME`.")
