"""`sanfuwu verify-chain`: was any event changed, removed or put in?"""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from sanfuwu.config.language import gettext as _

from .common import counties, no_such_county, program, say
from .help import described, option


@described(
    _("Verify that no event was changed, removed or put in."),
    _(
        "Looks at all streams of all counties: hashes, links, gaps, the rows' present heads, texts that are not "
        "erased, and the daily checkpoints. Exits with 1 when something is broken."
    ),
)
@option("--county", metavar=_("SCHEMA"), help=_("Only this county."))
@option("--json", "as_json", is_flag=True, help=_("The result as JSON on standard output."))
def command(county: str | None, as_json: bool) -> None:
    with program():
        from django_tenants.utils import schema_context

        from sanfuwu.ledger.verify import verify

        wanted = [c for c in counties() if county in (None, c.schema_name)]
        if not wanted:
            raise no_such_county(county or "")
        results = {}
        for one in wanted:
            with schema_context(one.schema_name):
                results[one.schema_name] = report = verify(one.schema_name)
            if not as_json:
                say(
                    _(
                        "%(county)s: %(events)d events in %(streams)d streams, %(notes)d texts (%(erased)d erased), "
                        "%(checkpoints)d checkpoints"
                    )
                    % {
                        "county": one.name,
                        "events": report.events,
                        "streams": report.streams,
                        "notes": report.notes,
                        "erased": report.erased_notes,
                        "checkpoints": report.checkpoints,
                    }
                )
                for line in report.shown:
                    say("  " + _("broken: %(what)s") % {"what": line})
                if report.breaks > len(report.shown):
                    say("  " + _("… and %(count)d more") % {"count": report.breaks - len(report.shown)})
        if as_json:
            click.echo(json.dumps({schema: asdict(r) for schema, r in results.items()}, ensure_ascii=False, indent=1))
        broken = sum(r.breaks for r in results.values())
        if broken:
            raise click.ClickException(
                _("%(count)d breaks: the ledger was tampered with, or restored incompletely.") % {"count": broken}
            )
        if not as_json:
            say(_("All chains are whole."))
