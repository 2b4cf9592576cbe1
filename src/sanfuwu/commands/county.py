"""`sanfuwu county`: one more county, empty but for its three officers. Pages do the rest."""

from __future__ import annotations

import click

from sanfuwu.config import env
from sanfuwu.config.language import gettext as _

from .common import program, say
from .handing_out import Misused, hand_out, where_to_go
from .help import as_typed, described, option
from .whereabouts import refuse_beside_demo, whereabouts


@described(
    _("Make an empty county and let its system, security and audit officers in."),
    _("Beside a demonstration that `make demo` started:"),
    as_typed("SANFUWU_DATA_DIR=.data .venv/bin/sanfuwu county 诸暨市 \\", "  --code 330681 --host zhuji.localhost"),
    _(
        "An installation names its own SANFUWU_DATA_DIR, or its DATABASE_URL and SANFUWU_OWNER_DATABASE_URL. What was "
        "used is printed, with the counties that are there."
    ),
    _(
        "The officers' first passwords are printed once, are good for seven days and only for choosing an own one. "
        "Refused where the county has officers already. The system officer's first page says what to enter next."
    ),
    _(
        "Each host name must resolve to this machine on the computers of the county (DNS, or their hosts files) and "
        "stand in SANFUWU_ALLOWED_HOSTS. Web and worker may run meanwhile: they see the county when all of it is there."
    ),
)
@click.argument("name", metavar=_("NAME"))
@option("--code", default="", metavar=_("CODE"), help=_("The county's code (GB/T 2260), e.g. 330681. Required."))
@option(
    "--schema",
    metavar=_("SCHEMA"),
    help=_("A short name in small letters; otherwise the pinyin of the name: 诸暨市 → zhuji."),
)
@option("--host", "hosts", multiple=True, metavar=_("HOST"), help=_("A host name of the county. May be repeated."))
def command(name: str, code: str, schema: str | None, hosts: tuple[str, ...]) -> None:
    refuse_beside_demo("county")
    with program(env.OWNER):
        from django_tenants.utils import schema_context

        from sanfuwu.accounts.start import begin_county
        from sanfuwu.config import clock
        from sanfuwu.counties.setup import CountyClash, CountyPlan, migrate_all
        from sanfuwu.ledger.errors import ActionError
        from sanfuwu.territory.naming import pinyin_key

        schema = schema or pinyin_key(name.strip().rstrip("市区县")).replace(" ", "")
        plan = CountyPlan(schema, code, name, hosts)
        today = clock.today()
        if faults := plan.faults():
            raise Misused(_("; ").join(faults))
        try:
            say(_("Making the tables of %(name)s; this takes some seconds …") % {"name": name})
            migrate_all([plan], year=today.year)
            with schema_context(schema):
                opened = begin_county(code, name, today=today, now=clock.now())
        except CountyClash as error:
            raise Misused(str(error)) from error
        except ActionError as error:
            raise click.ClickException(error.message) from error
        hand_out(opened)
        for line in (*where_to_go(schema), *whereabouts(schema)):
            click.echo(line)
