"""`sanfuwu demo`: a district, its people and a first slice of its work, ready to log in."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from sanfuwu.config import env
from sanfuwu.config.language import gettext as _

from .children import ChildFailed, Children, wait_until_answering
from .common import as_installed, program
from .help import Whole, described, option

if TYPE_CHECKING:
    from sanfuwu.demo.cast import Credential

HOST = "127.0.0.1"
SCHEMA = "shangyu"
Tell = Callable[[str, float], None]  # what is done now, and how much of the whole is done (0 … 1)


@described(
    _(
        "Start a demonstration: Shangyu District in January and February 2019, invented people and problems; Ctrl+C "
        "stops all of it."
    ),
    _(
        "Everything is kept in SANFUWU_DATA_DIR. The first start makes it, later ones go on where it was left. "
        "Passwords are random for each data directory."
    ),
)
@option("--port", default=8000, show_default=True, metavar=_("N"), type=Whole(1, 65535), help=_("Port to listen on."))
@option("--no-serve", is_flag=True, help=_("Make the demonstration, say who can log in, and end."))
@option("--prepare", is_flag=True, help=_("Make one into SANFUWU_DEMO_CACHE for later data directories, and end."))
def command(port: int, no_serve: bool, prepare: bool) -> None:
    from sanfuwu.demo import prepared

    if prepare:
        prepared.make()
        return
    if not no_serve:
        _refuse_taken(port)
    prepared.take(env.data_dir())
    # Also where whoever started us had Ctrl+C ignored (a shell's background job), or closes the terminal.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _interrupted)
    try:
        with program(env.OWNER), Children(env.ensure_data_dir() / "logs") as children:
            people = _bring_up(children, None if no_serve else port)
            _introduce(people, None if no_serve else port)
            if not no_serve:
                _stay(children)
    except ChildFailed as error:
        raise click.ClickException(str(error)) from error


def _bring_up(children: Children, port: int | None) -> Sequence[Credential]:
    """Migrate, let the web and the worker load while the scenario is made, and wait until all is there."""
    with _Progress() as tell:
        data_dir = env.data_dir()
        fresh = _prepare(data_dir, tell)
        if port is not None:
            children.start("serve", ["serve", "--host", HOST, "--port", str(port)])
            children.start("worker", ["worker"])
        people = _build(data_dir, tell) if fresh else _remembered(data_dir, tell)
        if port is not None:
            tell(_("pages"), 0.97)
            wait_until_answering(HOST, port, children)
        tell(_("ready"), 1.0)
    return people


def _prepare(data_dir: Path, tell: Tell) -> bool:
    """Tables, counties, places and the clock, as the owner role; whether the scenario is still to be made."""
    from django.utils import timezone
    from django_tenants.utils import schema_context

    from sanfuwu.config import clock
    from sanfuwu.counties.setup import CountyPlan, migrate_all
    from sanfuwu.demo import keeping, prepared
    from sanfuwu.demo.beyond import LEDGERS
    from sanfuwu.demo.scenario import PRESENT
    from sanfuwu.territory.seed import seed_county, seed_divisions

    if prepared.is_copy(data_dir):  # by this very program: its tables are up to date
        clock.set_going(data_dir, PRESENT, real=timezone.now())
        return False
    kept = keeping.load(data_dir)
    if kept is None:
        _refuse_installation()
    elif not kept.complete:
        tell(_("removing what was left half made"), 0.0)
        _remove()
    plans = [
        CountyPlan(SCHEMA, "330604", "上虞区", ("shangyu.localhost",)),
        *(ledger.plan() for ledger in LEDGERS),
    ]
    if kept is None:
        keeping.save(data_dir, keeping.Kept(complete=False))
    tell(_("tables"), 0.02)
    migrate_all(plans, year=timezone.localdate().year, say=lambda line: tell(line, 0.1))
    with schema_context(SCHEMA), as_installed():
        seed_divisions()
        for ledger in LEDGERS:
            seed_county(*ledger.division())
    clock.set_going(data_dir, PRESENT, real=timezone.now())
    return kept is None or not kept.complete


def _build(data_dir: Path, tell: Tell) -> Sequence[Credential]:
    """The scenario, as the running role: it may do no more than people may."""
    from django.db import connection
    from django_tenants.utils import schema_context

    from sanfuwu.demo import beyond, keeping
    from sanfuwu.demo.scenario import PRESENT, build_demo

    _become_running_role()
    with schema_context(SCHEMA), as_installed():
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")  # a thousand commits; the last one below waits for them
        people = build_demo(progress=lambda what, part: tell(what, 0.3 + 0.65 * part), beside=True)
        people += beyond.open_ledgers(PRESENT)
        beyond.reach_out(PRESENT)
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = on")
            cursor.execute("SELECT pg_current_xact_id()")
    keeping.save(data_dir, keeping.Kept(complete=True, people=tuple(people)))
    return people


def _remembered(data_dir: Path, tell: Tell) -> Sequence[Credential]:
    from django_tenants.utils import schema_context

    from sanfuwu.config import clock
    from sanfuwu.demo import keeping, prepared
    from sanfuwu.demo.cast import renew

    kept = keeping.load(data_dir)
    if kept is None:
        return ()
    if not prepared.is_copy(data_dir):
        return kept.people
    tell(_("passwords"), 0.5)
    _become_running_role()
    with schema_context(SCHEMA), as_installed():
        people = renew(kept.people, clock.now())
    keeping.save(data_dir, keeping.Kept(complete=True, people=people))
    prepared.settle(data_dir)
    return people


def _become_running_role() -> None:
    from django.db import connections

    from sanfuwu.config import database

    connections["default"].close()
    settings = database.settings_for(env.APP)
    connections.settings["default"].update(settings)
    connections["default"].settings_dict.update(settings)


def _refuse_installation() -> None:
    """A database in real use must never become a demonstration."""
    from django.db import ProgrammingError

    from .common import counties

    try:
        there = [county.schema_name for county in counties()]
    except ProgrammingError:
        return  # no tables yet
    if there:
        raise click.ClickException(
            _(
                "%(path)s holds an installation that is not a demonstration (counties: %(names)s). Choose an empty "
                "directory: SANFUWU_DATA_DIR=…"
            )
            % {"path": env.data_dir(), "names": _(", ").join(there)}
        )


def _remove() -> None:
    """Throw a half-made demonstration away: its counties and its accounts."""
    from django.db import ProgrammingError, connection

    from sanfuwu.demo.beyond import LEDGERS

    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        for ledger in LEDGERS:
            cursor.execute(f"DROP SCHEMA IF EXISTS {ledger.schema} CASCADE")
        try:
            cursor.execute("DELETE FROM accounts_account")
        except ProgrammingError:
            return  # it was ended before there were any tables


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise click.ClickException(
                _("Port %(port)d is in use. Choose another: --port N") % {"port": port}
            ) from error


def _stay(children: Children) -> None:
    """Until Ctrl+C, SIGTERM, or a child that ends; then the clock of the demonstration stands still."""
    from django.utils import timezone

    from sanfuwu.config import clock

    try:
        while True:
            children.look()
            time.sleep(0.5)
    except KeyboardInterrupt:
        click.echo(err=True)
    finally:
        clock.stop(env.data_dir(), real=timezone.now())


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class _Progress:
    """A bar on standard error; called with (what, part)."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        columns = (BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(_("database"), total=1.0)

    def __enter__(self) -> Tell:
        self._bar.start()
        return self._tell

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def _tell(self, what: str, part: float) -> None:
        self._bar.update(self._task, completed=part, description=what)


def _introduce(people: Sequence[Credential], port: int | None) -> None:
    """Who can log in, where, and as what."""
    from rich.console import Console
    from rich.table import Table

    from sanfuwu.demo import keeping
    from sanfuwu.demo.beyond import LEDGERS

    address = f"http://{HOST}:{port}/" if port else ""
    table = Table(title=_("Sanfuwu, demonstration: Shangyu District, 20 February 2019"), title_justify="left")
    for heading in (_("Role"), _("Name"), _("User name"), _("Password")):
        table.add_column(heading, no_wrap=True)
    for one in people:
        table.add_row(one.does, one.name, one.username, one.password)
    console = Console()
    console.print(table)
    kept = keeping.path_in(env.data_dir())
    console.print(
        _("These passwords were made at random for this data directory; they are kept in %(file)s (0600).")
        % {"file": kept},
        highlight=False,
        soft_wrap=True,
    )
    if address:
        for ledger in LEDGERS:
            there = {"county": ledger.name, "address": f"http://{ledger.schema}.localhost:{port}/"}
            console.print(_("%(county)s has its own address: %(address)s") % there, soft_wrap=True)
        console.print(_("Open %(address)s — Ctrl+C stops everything.") % {"address": address}, soft_wrap=True)
