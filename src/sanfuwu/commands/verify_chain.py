"""`sanfuwu verify-chain`: was any event changed, removed or put in?"""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from .common import counties, program, say


@click.command()
@click.option("--county", metavar="SCHEMA", help="Only this county.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON on standard output.")
def command(county: str | None, as_json: bool) -> None:
    """Verify that no event was changed, removed or put in.

    Looks at all streams of all counties: hashes, links, gaps, the rows' present heads, texts that are not erased, and
    the daily checkpoints. Exits with 1 when something is broken.
    """
    with program():
        from django_tenants.utils import schema_context

        from sanfuwu.ledger.verify import verify

        wanted = [c for c in counties() if county in (None, c.schema_name)]
        if not wanted:
            raise click.ClickException("There is no such county: `sanfuwu check` lists them.")
        results = {}
        for one in wanted:
            with schema_context(one.schema_name):
                results[one.schema_name] = report = verify(one.schema_name)
            if not as_json:
                say(
                    f"{one.name}: {report.events} events in {report.streams} streams, {report.notes} texts "
                    f"({report.erased_notes} erased), {report.checkpoints} checkpoints"
                )
                for line in report.shown:
                    say(f"  broken: {line}")
                if report.breaks > len(report.shown):
                    say(f"  … and {report.breaks - len(report.shown)} more")
        if as_json:
            click.echo(json.dumps({schema: asdict(r) for schema, r in results.items()}, ensure_ascii=False, indent=1))
        broken = sum(r.breaks for r in results.values())
        if broken:
            raise click.ClickException(f"{broken} breaks: the ledger was tampered with, or restored incompletely.")
        if not as_json:
            say("All chains are whole.")
