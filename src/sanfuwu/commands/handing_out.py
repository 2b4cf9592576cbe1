"""What a command that lets people in prints: who logs in as what, and where. The first passwords are shown once."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from sanfuwu.config.language import gettext as _

if TYPE_CHECKING:
    from sanfuwu.accounts.start import Opened


class Misused(click.ClickException):
    """The command was called in a way that cannot be carried out; said without the usage line, which was kept."""

    exit_code = 2


def hand_out(opened: Sequence[Opened]) -> None:
    """A heading and a line for each, with tabs between the columns: for the eye, and for a program."""
    from sanfuwu.accounts.people import FIRST_PASSWORD_DAYS
    from sanfuwu.web.words import ROLES, word

    click.echo("\t".join([_("Role"), _("User name"), _("First password")]))
    for one in opened:
        click.echo("\t".join([word(ROLES, one.role), one.username, one.password]))
    if len(opened) == 1:
        told = _(
            "The first password is shown this once, is good for %(days)d days and only for choosing an own one. Hand "
            "it over in person."
        )
        click.echo(told % {"days": FIRST_PASSWORD_DAYS})
        return
    told = _(
        "Each first password is shown this once, is good for %(days)d days and only for choosing an own one. Hand each "
        "over in person, to its officer only."
    )
    click.echo(told % {"days": FIRST_PASSWORD_DAYS})


def where_to_go(schema: str) -> Iterator[str]:
    """The addresses of a county, and what still keeps a browser from it."""
    from django.conf import settings

    from sanfuwu.config import clock
    from sanfuwu.counties.models import County, CountyDomain

    hosts = list(
        CountyDomain.objects.filter(tenant__schema_name=schema).order_by("pk").values_list("domain", flat=True)
    )
    port = _("PORT")
    for host in hosts:
        address = f"https://{host}/" if settings.SANFUWU_BEHIND_TLS else f"http://{host}:{port}/"
        yield _("Open %(address)s; the system officer finds on his desk what to enter next.") % {"address": address}
        yield from hindrances(host)
    if hosts and not settings.SANFUWU_BEHIND_TLS:
        yield _("The port is that of `serve`, 8000 where none was given.")
    if not hosts and County.objects.count() > 1:
        told = _("No host name leads to this county yet: run `sanfuwu migrate --county %(schema)s … --domain HOST`.")
        yield told % {"schema": schema}
    if clock.is_shifted():
        yield _("This is beside a demonstration, whose clock stands in 2019: the new county lives in that time, too.")


def hindrances(host: str) -> Iterator[str]:
    """What keeps a browser from a host name, as far as this machine can tell."""
    from django.conf import settings
    from django.http.request import validate_host

    if not validate_host(host, settings.ALLOWED_HOSTS):
        yield _("Add %(host)s to SANFUWU_ALLOWED_HOSTS and start `serve` again.") % {"host": host}
    if not host.endswith(".localhost") and not _resolves(host):  # browsers know those themselves
        told = _("%(host)s does not resolve yet: enter it in the DNS, or in the hosts file of every computer.")
        yield told % {"host": host}


def _resolves(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True
