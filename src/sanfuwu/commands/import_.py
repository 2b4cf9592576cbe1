"""`sanfuwu import`: a table becomes problems, by the pipeline that the page runs."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sanfuwu.config.language import gettext as _

from .common import program
from .help import described, option

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from sanfuwu.intake.models import ImportRun
    from sanfuwu.intake.queries import Report
    from sanfuwu.territory.actor import Actor

SHOWN = 20


@described(
    _("Register the rows of a table (.xlsx, .xls, .csv) as problems."),
    _(
        "Columns are recognised by their headings and by what stands in them. Rows that are registered already are "
        "left alone: a run that was broken off can simply be started again. Ends with exit code 1 when rows could not "
        "be registered; the others are."
    ),
)
@click.argument("file", metavar=_("FILE"), type=click.Path(path_type=Path))
@option("--sheet", metavar=_("NAME"), help=_("The sheet; otherwise the one whose headings say most."))
@option(
    "--mapping",
    metavar=_("HEADING=FIELD"),
    multiple=True,
    help=_(
        "What a column is, where it is not what its heading suggests; may be given several times. --fields lists them."
    ),
)
@option(
    "--source",
    default="",
    metavar=_("NAME"),
    help=_("Whose list it is: by this name its rows are known again."),
)
@option(
    "--history/--live",
    default=None,
    help=_("Cases of the past, or problems to be accepted; otherwise the columns decide."),
)
@option(
    "--approved-by",
    metavar=_("ACCOUNT"),
    help=_(
        "Who approves the history: an account of the dispatch office or of supervision. Without it the import waits "
        "until somebody approves it on its page."
    ),
)
@option("--dry-run", is_flag=True, help=_("Check every row and say what would happen; nothing is written."))
@option(
    "--fields",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda *given: _list_fields(*given),
    help=_("List what a column may be, and end."),
)
@option("--county", metavar=_("SCHEMA"), help=_("Which county; otherwise the one that was made first."))
@option("--json", "as_json", is_flag=True, help=_("Print the whole report as JSON."))
def command(
    file: Path,
    sheet: str | None,
    mapping: tuple[str, ...],
    source: str,
    history: bool | None,
    approved_by: str | None,
    dry_run: bool,
    county: str | None,
    as_json: bool,
) -> None:
    with program():
        from django.utils import timezone
        from django_tenants.utils import schema_context

        from sanfuwu.ledger.errors import ActionError

        with schema_context(_schema(county)):
            try:
                # The real time, also where a demonstration's clock stands in 2019: tables come from later years.
                said = _import(
                    file,
                    sheet=sheet,
                    mapping=mapping,
                    source=source,
                    history=history,
                    approved_by=approved_by,
                    dry_run=dry_run,
                    now=timezone.now(),
                    quiet=as_json,
                )
            except ActionError as error:
                raise click.ClickException(
                    _("%(file)s: %(reason)s") % {"file": file.name, "reason": error.message}
                ) from error
            if as_json:
                click.echo(json.dumps(said, ensure_ascii=False, indent=1))
            else:
                for line in lines(said):
                    click.echo(line)
    if said["rejected"]:
        raise SystemExit(1)


def _import(
    file: Path,
    *,
    sheet: str | None,
    mapping: tuple[str, ...],
    source: str,
    history: bool | None,
    approved_by: str | None,
    dry_run: bool,
    now: dt.datetime,
    quiet: bool,
) -> dict[str, Any]:
    from sanfuwu.config.rings import settle
    from sanfuwu.intake import actions, queries, running
    from sanfuwu.intake.files import MOST_BYTES
    from sanfuwu.intake.files.guard import too_big
    from sanfuwu.intake.models import ImportRun
    from sanfuwu.territory.actor import SYSTEM

    if not file.is_file():
        raise click.ClickException(_("There is no file %(file)s.") % {"file": file})
    if file.stat().st_size > MOST_BYTES:
        raise click.ClickException(_("%(file)s: %(reason)s") % {"file": file.name, "reason": too_big().message})
    approver = _approver(approved_by, now) if approved_by else None
    began = time.perf_counter()
    settle()
    run = actions.upload(file.read_bytes(), file.name, actor=SYSTEM, now=now, sheet=sheet, source=source)
    try:
        columns = {int(at): str(key) for at, key in run.mapping.items()} | _mapping(mapping, run)
        kind = run.kind if history is None else ("history" if history else "live")
        actions.plan(run.pk, mapping=columns, kind=kind, source=source or run.source, actor=SYSTEM, now=now)
        with _Progress(hidden=quiet) as progress:
            running.check(run.pk, now=now, progress=progress)
        run.refresh_from_db()
        if dry_run or run.state != ImportRun.State.CHECKED or run.rejected == run.total:
            report = queries.report(run, most=None)
            actions.cancel(run.pk, actor=SYSTEM, now=now)
            return _said(run, report, "dry_run" if dry_run else "nothing", began)
        actions.start(run.pk, actor=SYSTEM, now=now)
        if kind == "history":
            if approver is None:
                run.refresh_from_db()
                return _said(run, queries.report(run, most=None), "awaiting", began)
            actions.approve(run.pk, actor=approver, now=now)
        with _Progress(hidden=quiet) as progress:
            running.run(run.pk, now=now, progress=progress)
        run.refresh_from_db()
    except KeyboardInterrupt:
        actions.cancel(run.pk, actor=SYSTEM, now=now)
        raise
    if run.state != ImportRun.State.DONE:
        raise click.ClickException(run.trouble or _("The import was not finished."))
    return _said(run, queries.report(run, most=None), "done", began)


def _said(run: ImportRun, report: Report, state: str, began: float) -> dict[str, Any]:
    seconds = time.perf_counter() - began
    return {
        "state": state,
        "import": str(run.pk),
        "sheet": run.sheet,
        "source": run.source,
        "kind": run.kind,
        "mapping": {run.headings[int(at) - 1] or at: key for at, key in run.mapping.items()},
        **asdict(report),
        "seconds": round(seconds, 1),
        "rows_per_second": round(report.total / seconds) if seconds else 0,
    }


def lines(said: dict[str, Any]) -> list[str]:
    """The report in words."""
    from sanfuwu.config import clock

    counts = {name: said[name] for name in ("total", "created", "duplicates", "lookalikes", "rejected", "undated")}
    sentence = {
        "dry_run": _(
            "%(total)d rows: %(created)d would be registered, %(duplicates)d are there already, "
            "%(rejected)d cannot be registered. Nothing was written."
        ),
        "nothing": _(
            "%(total)d rows: %(created)d would be registered, %(duplicates)d are there already, "
            "%(rejected)d cannot be registered. Nothing was written."
        ),
        "awaiting": _(
            "%(total)d rows were checked: %(created)d cases of the past wait for a second "
            "approver on the page of imports, "
            "%(duplicates)d are there already, %(rejected)d cannot be registered."
        ),
        "done": _(
            "%(total)d rows: %(created)d registered, %(duplicates)d there already, "
            "%(rejected)d could not be registered."
        ),
    }[said["state"]]
    told = [sentence % counts]
    if clock.is_shifted():
        told.append(
            _("This is a demonstration whose clock stands in 2019: the rows are registered with the real date.")
        )
    if said["undated"]:
        told.append(_("%(undated)d without a date: the day of the import stands there.") % counts)
    if said["lookalikes"]:
        told.append(_("%(lookalikes)d have exactly the text of another one; they are kept and linked to it.") % counts)
    if said["proposed_categories"] or said["proposed_units"]:
        told.append(
            _("Proposed and to be confirmed: %(categories)d categories, %(units)d units.")
            % {"categories": said["proposed_categories"], "units": said["proposed_units"]}
        )
    if said["unused"]:
        told.append(_("Columns not read: %(names)s") % {"names": _(", ").join(said["unused"])})
    for reject in said["rejects"][:SHOWN]:
        told.append(
            _("Row %(row)d, %(heading)s: %(reason)s")
            % {"row": reject["row"], "heading": reject["heading"] or "—", "reason": reject["reason"]}
        )
    if len(said["rejects"]) > SHOWN:
        told.append(_("… and %(count)d more; --json names them all.") % {"count": len(said["rejects"]) - SHOWN})
    return told


def _mapping(given: tuple[str, ...], run: ImportRun) -> dict[int, str]:
    """{column: field} from HEADING=FIELD; a heading may also be the letters of a column."""
    from sanfuwu.intake.columns import plain
    from sanfuwu.intake.files.guard import column_letters

    names = {column_letters(at): at for at in range(len(run.headings), 0, -1)}
    names |= {plain(heading): at for at, heading in reversed(list(enumerate(run.headings, start=1))) if heading}
    found = {}
    for one in given:
        heading, equals, key = one.rpartition("=")
        at = names.get(plain(heading)) or names.get(heading.upper())
        if not equals or at is None:
            raise click.UsageError(
                _("--mapping %(said)s: the table has no column “%(heading)s”.")
                % {"said": one, "heading": heading or one}
            )
        found[at] = key.strip()
    return found


def _list_fields(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    """List what a column may be."""
    if not asked:
        return
    with program():
        from sanfuwu.intake.queries import field_labels

        for key, label in field_labels():
            click.echo(f"{key:12} {label}")
    context.exit()


def _approver(username: str, now: dt.datetime) -> Actor:
    """The first post of this account that may approve history. Whoever sits at this console answers for it: the event
    names the approver."""
    from django.utils import timezone

    from sanfuwu.accounts.models import Account
    from sanfuwu.problems.policies import may_approve_history
    from sanfuwu.territory.actor import SYSTEM
    from sanfuwu.territory.queries import load_actor, posts_of

    account_id: UUID | None = (
        Account.objects.filter(username__iexact=username, is_active=True).values_list("pk", flat=True).first()
    )
    if account_id is None:
        raise click.UsageError(_("There is no account %(name)s.") % {"name": username})
    for post in posts_of(account_id, timezone.localdate(now)):
        if post.on_behalf_of is None:
            actor = load_actor(post.post_id, account_id=account_id, now=now)
            if may_approve_history(actor, SYSTEM):
                return actor
    raise click.UsageError(_("%(name)s has no post in the dispatch office or in supervision.") % {"name": username})


def _schema(named: str | None) -> str:
    from .common import counties, no_such_county
    from .serve import refuse_unready

    refuse_unready()
    schemas = [str(county.schema_name) for county in counties()]
    if named is None:
        return schemas[0]
    if named not in schemas:
        raise no_such_county(named)
    return named


class _Progress:
    """A bar on standard error; called with (done, total). Nothing at all where a program reads the report."""

    def __init__(self, *, hidden: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), disable=hidden, transient=True)
        self._task: Any = None

    def __enter__(self) -> _Progress:
        self._bar.start()
        self._task = self._bar.add_task(_("import"), total=None)
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        self._bar.update(self._task, completed=done, total=total)
