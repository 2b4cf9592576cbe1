"""`sanfuwu token`: a token for the API. A token is a post: whoever holds it acts as that post."""

from __future__ import annotations

import click

from sanfuwu.config.language import gettext as _

from .common import no_such_county, program, say
from .help import Whole, described, option


@described(_("Issue an API token for the only active post of an account and print it once."))
@click.argument("username", metavar=_("ACCOUNT"))
@option("--county", "schema", required=True, metavar=_("SCHEMA"), help=_("The county's schema, as in `migrate`."))
@option(
    "--name",
    default="API",
    show_default=True,
    metavar=_("NAME"),
    help=_("What the token is for; stands in the records."),
)
@option(
    "--days",
    type=Whole(1, 3650),
    default=365,
    show_default=True,
    metavar=_("N"),
    help=_("For how many days it is good."),
)
def command(username: str, schema: str, name: str, days: int) -> None:
    with program():
        import datetime as dt

        from django_tenants.utils import schema_context

        from sanfuwu.accounts.models import Account
        from sanfuwu.config import clock
        from sanfuwu.counties.queries import county_schemas
        from sanfuwu.ledger.errors import ActionError
        from sanfuwu.territory.actions import issue_token
        from sanfuwu.territory.actor import SYSTEM
        from sanfuwu.territory.queries import posts_of

        if schema not in county_schemas():
            raise no_such_county(schema)
        account = Account.objects.filter(username=username, is_active=True).first()
        if account is None:
            raise click.ClickException(_("There is no active account %(name)s.") % {"name": username})
        with schema_context(schema):
            own = [p for p in posts_of(account.pk, clock.today()) if p.on_behalf_of is None]
            if len(own) != 1:
                told = _("%(name)s holds %(count)d posts in %(schema)s: a token needs exactly one.")
                raise click.ClickException(told % {"name": username, "count": len(own), "schema": schema})
            now = clock.now()
            try:
                _row, text = issue_token(
                    own[0].post_id, name, expires_at=now + dt.timedelta(days=days), actor=SYSTEM, now=now
                )
            except ActionError as error:
                raise click.ClickException(error.message) from error
        click.echo(text)
        say(_("For %(post)s. Shown once; only its hash is kept.") % {"post": own[0].label})
