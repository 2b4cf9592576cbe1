"""`sanfuwu officers`: the first three accounts of a county, and the way back in. No default password anywhere."""

from __future__ import annotations

import click

from sanfuwu.config.language import gettext as _

from .common import no_such_county, program
from .handing_out import Misused, hand_out, where_to_go
from .help import described, option
from .whereabouts import refuse_beside_demo, whereabouts

ROLES = {"system": "system_officer", "security": "security_officer", "audit": "audit_officer"}


@described(
    _("Let the system, security and audit officers of a county in."),
    _(
        "They exclude each other and hold no business post. Their random passwords are printed once and kept nowhere; "
        "each is to be changed at the first log-in. Refused where the county has officers already."
    ),
    _(
        "An officer who has forgotten his own password is let in again by --again --officer: he gets a new first "
        "password, his sessions end, and his second factors are taken off. It is recorded in the county's access log."
    ),
)
@option("--county", "schema", required=True, metavar=_("SCHEMA"), help=_("The county's schema, as in `migrate`."))
@option(
    "--again",
    is_flag=True,
    help=_("New first passwords for the officers who never logged in: the printed ones are lost."),
)
@option(
    "--officer",
    type=click.Choice(list(ROLES)),
    help=_("With --again: only this officer, even after his log-in (system, security or audit officer)."),
)
@option(
    "--account",
    "username",
    metavar=_("ACCOUNT"),
    help=_("With --officer: whose account, where several people hold this post."),
)
def command(schema: str, again: bool, officer: str | None, username: str | None) -> None:
    if officer and not again:
        raise click.UsageError(_("--officer belongs to --again."))
    if username and not officer:
        raise click.UsageError(_("--account belongs to --officer."))
    refuse_beside_demo("officers")
    with program():
        from django_tenants.utils import schema_context

        from sanfuwu.accounts.start import begin_county, renew_first_passwords, renew_officer
        from sanfuwu.config import clock
        from sanfuwu.counties.models import County
        from sanfuwu.ledger.errors import ActionError, InvalidInput

        county = County.objects.filter(schema_name=schema).first()
        if county is None:
            raise no_such_county(schema)
        now = clock.now()
        try:
            with schema_context(schema):
                if officer:
                    opened = [renew_officer(ROLES[officer], username or "", today=clock.today(), now=now)]
                elif again:
                    opened = renew_first_passwords(now=now)
                else:
                    opened = begin_county(county.code, county.name, today=clock.today(), now=now)
        except InvalidInput as error:
            raise Misused(error.message) from error
        except ActionError as error:
            raise click.ClickException(error.message) from error
        hand_out(opened)
        if officer:
            click.echo(
                _(
                    "The old password and all sessions are worth nothing any more; second factors were taken off. All "
                    "of it is recorded: it stands in this county's access log, as done by the system."
                )
            )
        for line in (*where_to_go(schema), *whereabouts(schema)):
            click.echo(line)
