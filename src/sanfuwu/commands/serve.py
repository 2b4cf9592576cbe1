"""`sanfuwu serve`: pages and API, by granian."""

from __future__ import annotations

import threading

import click

from sanfuwu.config.language import gettext as _

from .common import as_installed, program, say
from .help import Whole, described, option


@described(_("Serve the pages and the API."))
@option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar=_("ADDRESS"),
    help=_("Address to listen on. A proxy with TLS stands in front."),
)
@option("--port", default=8000, show_default=True, metavar=_("N"), type=Whole(1, 65535), help=_("Port to listen on."))
@option("--workers", default=1, show_default=True, metavar=_("N"), type=Whole(1, 64), help=_("Processes."))
@option(
    "--threads", default=8, show_default=True, metavar=_("N"), type=Whole(1, 64), help=_("Threads in each process.")
)
def command(host: str, port: int, workers: int, threads: int) -> None:
    with program() as lease:
        refuse_unready()
        with as_installed():
            run(lease, host=host, port=port, workers=workers, threads=threads)


def refuse_unready() -> None:
    """Stop with what to do when the database has no tables or no county yet."""
    from django.db import ProgrammingError

    from .common import counties

    try:
        if counties():
            return
    except ProgrammingError:
        pass
    raise click.ClickException(
        _(
            "The database holds no county yet. Run `sanfuwu migrate --county SCHEMA --code CODE --name NAME`, or "
            "`sanfuwu demo` for a demonstration."
        )
    )


def run(lease: object, *, host: str, port: int, workers: int = 1, threads: int = 8) -> None:
    """Serve until SIGINT or SIGTERM. Meanwhile an embedded server that dies is started again."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    stop = threading.Event()
    if lease is not None:
        threading.Thread(target=lease.watch, args=(stop,), name="embedded-postgresql", daemon=True).start()  # type: ignore[attr-defined]
    say(f"http://{host}:{port}/")
    try:
        Server(
            "sanfuwu.commands.serving:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level=LogLevels.warning,
        ).serve()
    finally:
        stop.set()
