"""`sanfuwu county`: one more county, empty but for its three officers. Pages do the rest."""

from __future__ import annotations

import click

from sanfuwu.config import env

from .common import program, say


@click.command()
@click.argument("name")
@click.option("--code", required=True, help="The county's code (GB/T 2260), e.g. 330681.")
@click.option("--schema", help="A short name in small letters; otherwise the pinyin of the name: 诸暨市 → zhuji.")
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="A host name of the county. May be repeated.")
def command(name: str, code: str, schema: str | None, hosts: tuple[str, ...]) -> None:
    """Make an empty county and let its system, security and audit officers in.

    \b
      sanfuwu county 诸暨市 --code 330681 --host zhuji.example.org

    Their first passwords are printed once, are good for seven days and only for choosing an own one. Refused where the
    county has officers already. The system officer's first page says what to enter next. Host names must also stand
    in SANFUWU_ALLOWED_HOSTS.
    """
    with program(env.OWNER):
        from django_tenants.utils import schema_context

        from sanfuwu.accounts.start import begin_county
        from sanfuwu.config import clock
        from sanfuwu.counties.setup import CountyPlan, migrate_all
        from sanfuwu.ledger.errors import ActionError
        from sanfuwu.territory.naming import pinyin_key

        schema = schema or pinyin_key(name.strip().rstrip("市区县")).replace(" ", "")
        plan = CountyPlan(schema, code, name, hosts)
        if faults := plan.faults():
            raise click.UsageError("; ".join(faults))
        today = clock.today()
        migrate_all([plan], year=today.year, say=say)
        with schema_context(schema):
            try:
                opened = begin_county(code, name, today=today, now=clock.now())
            except ActionError as error:
                raise click.ClickException(error.message) from error
        for one in opened:
            click.echo(f"{one.username}\t{one.password}\t{one.role}")
        say("These passwords are shown once. Hand each over on paper, to its officer only.")
