"""上传、定列: a file comes in and its columns are understood; a person may put both right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.crypto import current_key_id, encrypt
from sanfuwu.ledger.errors import InvalidInput, NotAllowed
from sanfuwu.ledger.fields import new_id
from sanfuwu.territory.actor import Actor

from .. import keeping, understanding
from ..columns import BY_KEY
from ..files import BadFile, Book, open_book
from ..models import ImportRun
from ..policies import may_import, may_import_history
from ..understanding import SOURCE_MOST, Proposal
from ._locking import locked

NAME_MOST = 120


def upload(
    data: bytes, name: str, *, actor: Actor, now: dt.datetime, sheet: str | None = None, source: str = ""
) -> ImportRun:
    """Keep a file, encrypted, and propose what its columns are. Raises `InvalidInput` with what is wrong with it."""
    if not may_import(actor):
        raise NotAllowed(_("Your post may not import."))
    try:
        book = open_book(data)
        found = understanding.propose(book, actor=actor, now=now, sheet_name=sheet, source=source.strip())
    except BadFile as error:
        raise InvalidInput(error.message, field="file", code=error.code) from error
    run_id, key_id = new_id(), current_key_id()
    run = ImportRun(
        id=run_id,
        name_enc=encrypt(name.replace("\0", "")[-NAME_MOST:] or "?", run_id, key_id),
        key_id=key_id,
        file_kind=book.kind,
        file_size=len(data),
        sheets=[[s.name, s.hidden, s.height] for s in book.sheets],
        post_id=actor.effective_post,
        account_id=actor.account_id,
        own_post=actor.post_id,
        unit_id=actor.unit_id,
        created_at=now,
        kind=found.kind,
        **_table(found, book),
    )
    with transaction.atomic():
        changes = Changes()
        changes.insert(run)
        changes.event(run, "import_uploaded")
        commit(changes, actor=actor, now=now)
        keeping.put_file(run, data, book.looked)
        keeping.put_samples(run, understanding.samples_of(found.head))
    return run


def _table(found: Proposal, book: Book) -> dict[str, object]:
    return {
        "source": found.source,
        "sheet": found.sheet[:120],
        "head_first": found.head.first,
        "head_last": found.head.last,
        "headings": list(found.head.headings),
        "signature": found.head.signature,
        "mapping": {str(at): key for at, key in found.mapping.items()},
        "total": max(0, book.sheet(found.sheet).height - found.head.last),
    }


def choose_table(
    run_id: UUID, *, sheet: str, head_rows: tuple[int, int] | None, actor: Actor, now: dt.datetime
) -> ImportRun:
    """Another sheet, or another row as the head: the columns are proposed anew."""
    with transaction.atomic():
        run = locked(run_id, actor, "uploaded", "checked")
        if head_rows is not None and not 1 <= head_rows[0] <= head_rows[1] <= head_rows[0] + 1:
            raise InvalidInput(_("The head has one row or two."), field="head_first")
        try:
            book = keeping.get_book(run, None if sheet == run.sheet else sheet)
            if book is None:
                raise InvalidInput(_("The file is no longer here. Upload it again."))
            found = understanding.propose(book, actor=actor, now=now, sheet_name=sheet, head_rows=head_rows)
        except BadFile as error:
            raise InvalidInput(error.message, field="sheet", code=error.code) from error
        changes = Changes()
        changes.update(run, state=ImportRun.State.UPLOADED.value, kind=found.kind, **_table(found, book))
        changes.event(run, "import_table_chosen")
        commit(changes, actor=actor, now=now)
        keeping.drop_lines(run)
        keeping.put_samples(run, understanding.samples_of(found.head))
    return run


def plan(
    run_id: UUID,
    *,
    mapping: Mapping[int, str],
    kind: str,
    source: str,
    actor: Actor,
    now: dt.datetime,
) -> ImportRun:
    """What the columns are, as a person says; every row is then checked. Raises `InvalidInput`."""
    source = " ".join(source.split())
    with transaction.atomic():
        run = locked(run_id, actor, "uploaded", "checked")
        if not source or len(source) > SOURCE_MOST:
            raise InvalidInput(_("Between 1 and %(most)d characters.") % {"most": SOURCE_MOST}, field="source")
        if source.startswith("sanfuwu-"):
            raise InvalidInput(_("This name is kept for other installations of this program."), field="source")
        if kind not in ImportRun.Kind.values:
            raise InvalidInput(_("Choose one of the values offered."), field="kind")
        if kind == ImportRun.Kind.HISTORY and not may_import_history(actor):
            raise NotAllowed(_("History is imported by the dispatch office of the district."))
        check_mapping(mapping, [str(h) for h in run.headings], kind)
        changes = Changes()
        changes.update(
            run,
            state=ImportRun.State.CHECKING.value,
            kind=kind,
            source=source,
            mapping={str(at): key for at, key in sorted(mapping.items())},
            started_at=now,
            done=0,
        )
        changes.event(run, "import_planned")
        commit(changes, actor=actor, now=now)
        keeping.drop_findings(run, "check")
    return run


def check_mapping(mapping: Mapping[int, str], headings: list[str], kind: str) -> None:
    """Raises `InvalidInput` at `column_N` or for the whole."""
    said: dict[str, int] = {}
    for at, key in sorted(mapping.items()):
        if key not in BY_KEY or not 1 <= at <= len(headings):
            raise InvalidInput(_("Choose one of the values offered."), field=f"column_{at}")
        if not BY_KEY[key].many and key in said:
            raise InvalidInput(
                _("“%(field)s” is chosen for two columns: %(one)s and %(other)s. Leave one of them out.")
                % {
                    "field": BY_KEY[key].label,
                    "one": headings[said[key] - 1] or said[key],
                    "other": headings[at - 1] or at,
                },
                field=f"column_{at}",
            )
        said.setdefault(key, at)
    if not said.keys() & {"text", "title", "ask"}:
        raise InvalidInput(_("Say which column holds the problem itself."), field="mapping")
    if kind == ImportRun.Kind.HISTORY and "raised_on" not in said:
        raise InvalidInput(_("Cases of the past need a date: say which column holds it."), field="mapping")
