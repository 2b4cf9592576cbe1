"""`sanfuwu token`: a token for the API. A token is a post: whoever holds it acts as that post."""

from __future__ import annotations

import click

from .common import program, say


@click.command()
@click.argument("username")
@click.option("--county", "schema", required=True, metavar="SCHEMA", help="The county's schema, as in `migrate`.")
@click.option("--name", default="API", show_default=True, help="What the token is for; stands in the records.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long it is good for.")
def command(username: str, schema: str, name: str, days: int) -> None:
    """Issue an API token for the only active post of USERNAME and print it once."""
    with program():
        import datetime as dt

        from django_tenants.utils import schema_context

        from sanfuwu.accounts.models import Account
        from sanfuwu.config import clock
        from sanfuwu.ledger.errors import ActionError
        from sanfuwu.territory.actions import issue_token
        from sanfuwu.territory.actor import SYSTEM
        from sanfuwu.territory.queries import posts_of

        account = Account.objects.filter(username=username, is_active=True).first()
        if account is None:
            raise click.ClickException(f"There is no active account {username}.")
        with schema_context(schema):
            own = [p for p in posts_of(account.pk, clock.today()) if p.on_behalf_of is None]
            if len(own) != 1:
                raise click.ClickException(f"{username} holds {len(own)} posts in {schema}: a token needs exactly one.")
            now = clock.now()
            try:
                _row, text = issue_token(
                    own[0].post_id, name, expires_at=now + dt.timedelta(days=days), actor=SYSTEM, now=now
                )
            except ActionError as error:
                raise click.ClickException(error.message) from error
        click.echo(text)
        say(f"For {own[0].label}. Shown once; only its hash is kept.")
