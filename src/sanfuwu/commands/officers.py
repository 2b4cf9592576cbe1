"""`sanfuwu officers`: the first three accounts of a county. There is no default password anywhere."""

from __future__ import annotations

import click

from .common import program
from .handing_out import hand_out, where_to_go


@click.command()
@click.option("--county", "schema", required=True, metavar="SCHEMA", help="The county's schema, as in `migrate`.")
def command(schema: str) -> None:
    """Let the system, security and audit officers of a county in.

    They exclude each other and hold no business post. Their random passwords are printed once and kept nowhere;
    each is to be changed at the first log-in. Refused where the county has officers already.
    """
    with program():
        from django.utils import translation
        from django_tenants.utils import schema_context

        from sanfuwu.accounts.start import begin_county
        from sanfuwu.config import clock
        from sanfuwu.counties.models import County
        from sanfuwu.ledger.errors import ActionError

        county = County.objects.filter(schema_name=schema).first()
        if county is None:
            raise click.ClickException(
                f"There is no county {schema}: make it with `sanfuwu migrate --county {schema} …`."
            )
        with translation.override("zh-hans"):
            try:
                with schema_context(schema):
                    opened = begin_county(county.code, county.name, today=clock.today(), now=clock.now())
            except ActionError as error:
                raise click.ClickException(error.message) from error
            hand_out(opened)
            for line in where_to_go(schema):
                click.echo(line)
