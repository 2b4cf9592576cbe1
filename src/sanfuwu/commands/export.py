"""`sanfuwu export`: a ledger as a file, as somebody's post sees it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .common import program, say

if TYPE_CHECKING:
    from sanfuwu.territory.actor import Actor

LEDGERS = ("problems", "duties", "tasks", "results")


@click.command()
@click.argument("ledger", type=click.Choice(LEDGERS))
@click.option("--as", "post", required=True, metavar="POST", help="Whose eyes: the id of a post, or a user name.")
@click.option("--format", "kind", default="xlsx", show_default=True, type=click.Choice(["xlsx", "csv"]))
@click.option("--filter", "address", default="", metavar="FILTER", help="As in the list's address: 'open=1&tier=key'.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: a name of its own, here.")
@click.option("--county", metavar="SCHEMA", help="Default: the first one.")
def command(ledger: str, post: str, kind: str, address: str, output: Path | None, county: str | None) -> None:
    """Take out a ledger: problems 问题清单, duties 责任清单, tasks 任务清单, results 效果清单.

    The file has what this post sees on its screen, with masked contacts, and is logged as any other export. It is
    written beside its place and put there when it is whole.
    """
    with program():
        from django.http import QueryDict
        from django_tenants.utils import schema_context

        from sanfuwu.config import clock
        from sanfuwu.documents.actions import note_download, request_export
        from sanfuwu.documents.commands import RequestExport
        from sanfuwu.documents.making import write
        from sanfuwu.documents.models import Export
        from sanfuwu.ledger.errors import ActionError
        from sanfuwu.web import lists

        from .import_ import _schema

        with schema_context(_schema(county)):
            try:
                now = clock.now()
                actor = _actor(post, now)
                asked = lists.read(QueryDict(address.removeprefix("?")), now, actor)
                cmd = RequestExport(what=ledger, format=kind, filters=asked.filters, sort=asked.sort)
                export = request_export(cmd, actor=actor, now=now)
                part = (output or Path(f"{ledger}.{kind}")).with_suffix(".part")
                try:
                    with _Progress(export.total) as told:
                        write(export, part, actor=actor, now=now, beside=True, told=told)
                except BaseException:
                    Export.objects.filter(pk=export.pk).update(state=Export.State.FAILED, finished_at=clock.now())
                    part.unlink(missing_ok=True)
                    raise
                target = output or Path(export.file_name)
                part.replace(target)
                export.state, export.bytes, export.finished_at = (
                    Export.State.EXPIRED,
                    target.stat().st_size,
                    clock.now(),
                )
                export.save()
                note_download(export, actor=actor, now=now)
            except ActionError as error:
                raise click.ClickException(error.message) from error
            say(f"{export.done:,} problems, {export.rows:,} lines, record {export.pk}")
            click.echo(str(target))


def _actor(text: str, now: Any) -> Actor:
    """The actor of a post's id, or of the one post of a user."""
    from django.utils import timezone

    from sanfuwu.accounts.models import Account
    from sanfuwu.territory.models import Post
    from sanfuwu.territory.queries import load_actor, posts_of

    if re.fullmatch(r"[0-9a-fA-F-]{32,36}", text):
        row = Post.objects.filter(pk=text).first()
        if row is None:
            raise click.UsageError(f"There is no post {text}.")
        return load_actor(row.pk, account_id=row.account_id, now=now)
    account = Account.objects.filter(username=text).first()
    if account is None:
        raise click.UsageError(f"There is no user {text}.")
    own = [item for item in posts_of(account.pk, timezone.localdate(now)) if item.on_behalf_of is None]
    if len(own) != 1:
        said = "; ".join(f"{item.post_id} ({item.label})" for item in own) or "none"
        raise click.UsageError(f"{text} has {len(own)} posts: say which by its id: {said}")
    return load_actor(own[0].post_id, account_id=account.pk, now=now)


class _Progress:
    """A bar on standard error; called with (problems, lines)."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("export", total=total)

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def __call__(self, problems: int, _lines: int) -> None:
        self._bar.update(self._task, completed=problems)
