"""`sanfuwu worker`: runs the jobs."""

from __future__ import annotations

import asyncio

from sanfuwu.config.language import gettext as _

from .common import as_installed, program, say
from .help import Whole, described, option


@described(
    _("Run the jobs: the daily checkpoint and the messages to the outside."),
    _(
        "As many workers as wished may run, on any machine that reaches the database. Ctrl+C lets running jobs end "
        "first."
    ),
)
@option(
    "--concurrency", default=2, show_default=True, metavar=_("N"), type=Whole(1, 50), help=_("Jobs at the same time.")
)
def command(concurrency: int) -> None:
    with program():
        from procrastinate.contrib.django import app

        from sanfuwu.config.rings import settle

        say(_("Waiting for jobs; Ctrl+C ends it."))
        settle()
        with as_installed():
            asyncio.run(_run(app, concurrency))


async def _run(app: object, concurrency: int) -> None:
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as working:  # type: ignore[attr-defined]
        async with working.open_async():
            await working.run_worker_async(
                concurrency=concurrency,
                delete_jobs="successful",  # what happened is in the ledger, not in the queue
                shutdown_graceful_timeout=20,
            )
