"""`sanfuwu officers`: the first three accounts of a county. There is no default password anywhere."""

from __future__ import annotations

import click

from .common import program
from .handing_out import Refused, hand_out, where_to_go
from .whereabouts import refuse_beside_demo, whereabouts


@click.command()
@click.option("--county", "schema", required=True, metavar="SCHEMA", help="The county's schema, as in `migrate`.")
@click.option(
    "--again", is_flag=True, help="New first passwords for the officers who never logged in: the printed ones are lost."
)
def command(schema: str, again: bool) -> None:
    """Let the system, security and audit officers of a county in.

    They exclude each other and hold no business post. Their random passwords are printed once and kept nowhere;
    each is to be changed at the first log-in. Refused where the county has officers already.
    """
    refuse_beside_demo("officers")
    with program():
        from django.utils import translation
        from django.utils.translation import gettext as _
        from django_tenants.utils import schema_context

        from sanfuwu.accounts.start import begin_county, renew_first_passwords
        from sanfuwu.config import clock
        from sanfuwu.counties.models import County
        from sanfuwu.ledger.errors import ActionError

        with translation.override("zh-hans"):
            county = County.objects.filter(schema_name=schema).first()
            if county is None:
                told = _("There is no county %(schema)s: make it with `sanfuwu county NAME --code CODE --host HOST`.")
                raise Refused(told % {"schema": schema})
            try:
                with schema_context(schema):
                    if again:
                        opened = renew_first_passwords(now=clock.now())
                    else:
                        opened = begin_county(county.code, county.name, today=clock.today(), now=clock.now())
            except ActionError as error:
                raise Refused(error.message) from error
            hand_out(opened)
            for line in (*where_to_go(schema), *whereabouts(schema)):
                click.echo(line)
