"""`sanfuwu export`: a ledger as a file, as somebody's post sees it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sanfuwu.config.language import gettext as _

from .common import as_installed, program, say
from .help import described, option

if TYPE_CHECKING:
    from sanfuwu.territory.actor import Actor

LEDGERS = ("problems", "duties", "tasks", "results")


@described(
    _("Take out a ledger: problems, duties (by unit), tasks or results."),
    _(
        "The file has what this post sees on its screen, with masked contacts, and is logged as any other export. It "
        "is written beside its place and put there when it is whole."
    ),
)
@click.argument("ledger", type=click.Choice(LEDGERS))
@option("--as", "post", required=True, metavar=_("POST"), help=_("Whose eyes: the id of a post, or a user name."))
@option(
    "--format",
    "kind",
    default="xlsx",
    show_default=True,
    type=click.Choice(["xlsx", "csv"]),
    help=_("The form of the file."),
)
@option(
    "--filter",
    "address",
    default="",
    metavar=_("FILTER"),
    help=_("Which problems, as in the list's address: 'open=1&tier=key'."),
)
@option(
    "--output",
    metavar=_("FILE"),
    type=click.Path(path_type=Path, dir_okay=False),
    help=_("Where to; otherwise a name of its own, in the present directory."),
)
@option("--county", metavar=_("SCHEMA"), help=_("Which county; otherwise the one that was made first."))
def command(ledger: str, post: str, kind: str, address: str, output: Path | None, county: str | None) -> None:
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
                    with _Progress(export.total) as told, as_installed():
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
            say(
                _("%(problems)s problems, %(lines)s lines, record %(record)s")
                % {"problems": f"{export.done:,}", "lines": f"{export.rows:,}", "record": export.pk}
            )
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
            raise click.UsageError(_("There is no post %(id)s.") % {"id": text})
        return load_actor(row.pk, account_id=row.account_id, now=now)
    account = Account.objects.filter(username=text).first()
    if account is None:
        raise click.UsageError(_("There is no account %(name)s.") % {"name": text})
    own = [item for item in posts_of(account.pk, timezone.localdate(now)) if item.on_behalf_of is None]
    if len(own) != 1:
        if not own:
            raise click.UsageError(_("%(name)s has no post.") % {"name": text})
        told = _("%(name)s has %(count)d posts: say which by its id: %(posts)s")
        posts = _("; ").join(f"{item.post_id} ({item.label})" for item in own)
        raise click.UsageError(told % {"name": text, "count": len(own), "posts": posts})
    return load_actor(own[0].post_id, account_id=account.pk, now=now)


class _Progress:
    """A bar on standard error; called with (problems, lines)."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(_("export"), total=total)

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def __call__(self, problems: int, _lines: int) -> None:
        self._bar.update(self._task, completed=problems)
