"""What an import keeps of a file: its bytes, its rows and what was found, encrypted, and only for a while.

Bytes and rows go as soon as the import has ended, been cancelled or refused, and in any case after 7 days without
anybody touching it. Refused rows go after 30 days.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sanfuwu.ledger import writer
from sanfuwu.ledger.crypto import current_key_id, decrypt, decrypt_bytes, encrypt, encrypt_bytes
from sanfuwu.ledger.fields import new_id

from .files import Book, Looked, open_book
from .lines import Lines, Piece
from .models import ImportFindings, ImportPiece, ImportRows, ImportRun

FILE_DAYS: Final = 7
FINDINGS_DAYS: Final = 30
_PIECE: Final = 1024 * 1024
_LOOK: Final = "look"  # findings of these two phases belong to the file
_HEAD: Final = "head"


def put_file(run: ImportRun, data: bytes, looked: Looked) -> None:
    """Store the bytes with a run and what the look into them found, in the caller's transaction."""
    key_id = current_key_id()
    pieces = []
    for at in range(0, len(data), _PIECE):
        piece_id = new_id()
        sealed = encrypt_bytes(data[at : at + _PIECE], piece_id, key_id)
        pieces.append(ImportPiece(id=piece_id, run_id=run.pk, at=at, data_enc=sealed, key_id=key_id))
    writer.write(pieces, [])
    put_findings(run, _LOOK, 0, asdict(looked))


def get_book(run: ImportRun, sheet: str | None = None) -> Book | None:
    """The file, opened; None when it is gone. `sheet`: read this one alone. Raises `BadFile`."""
    pieces = list(ImportPiece.objects.filter(run=run).order_by("at"))
    if not pieces:
        return None
    data = b"".join(decrypt_bytes(p.data_enc, p.pk, p.key_id) for p in pieces)
    looked = next((Looked(found["kind"], found["faulty"]) for found in findings(run, _LOOK)), None)
    return open_book(data, only=sheet, looked=looked)


def put_samples(run: ImportRun, samples: Mapping[int, Sequence[str]]) -> None:
    """Keep some cells of each column, masked, in the caller's transaction, instead of those of another head."""
    drop_findings(run, _HEAD)
    put_findings(run, _HEAD, 0, {str(at): list(cells) for at, cells in samples.items()})


def get_samples(run: ImportRun) -> dict[int, tuple[str, ...]]:
    """{column: some of its cells}; empty when none were kept."""
    return {int(at): tuple(cells) for found in findings(run, _HEAD) for at, cells in found.items()}


def put_lines(run: ImportRun, pieces: Iterable[Piece]) -> None:
    """Keep the table laid out, in the caller's transaction, instead of what was laid out before."""
    drop_lines(run)
    key_id, rows = current_key_id(), []
    for piece in pieces:
        rows_id = new_id()
        sealed = encrypt_bytes(piece.data, rows_id, key_id)
        rows.append(
            ImportRows(id=rows_id, run_id=run.pk, at=piece.at, length=piece.length, data_enc=sealed, key_id=key_id)
        )
    writer.write(rows, [])


def get_lines(run: ImportRun) -> Lines | None:
    """The rows of the table; None when it was not laid out, or is gone."""
    rows = ImportRows.objects.filter(run=run).order_by("at")
    pieces = [Piece(r.at, r.length, decrypt_bytes(r.data_enc, r.pk, r.key_id)) for r in rows]
    return Lines(pieces) if pieces else None


def drop_lines(run: ImportRun) -> None:
    """The table is to be laid out anew, or is gone."""
    ImportRows.objects.filter(run=run).delete()


def drop_file(run: ImportRun, now: dt.datetime) -> None:
    """Remove the file and its rows, in the caller's transaction."""
    ImportPiece.objects.filter(run=run).delete()
    drop_lines(run)
    drop_findings(run, _LOOK, _HEAD)
    if run.file_gone_at is None:
        run.file_gone_at = now
        ImportRun.objects.filter(pk=run.pk).update(file_gone_at=now)


def put_findings(run: ImportRun, phase: str, at: int, found: dict[str, Any]) -> None:
    """Store what was found in the rows after the first `at`, when anything was."""
    if not any(found.values()):
        return
    findings_id, key_id = new_id(), current_key_id()
    sealed = encrypt(json.dumps(found, ensure_ascii=False), findings_id, key_id)
    row = ImportFindings(id=findings_id, run_id=run.pk, phase=phase, at=at, found_enc=sealed, key_id=key_id)
    writer.write([row], [])


def findings(run: ImportRun, phase: str) -> Iterator[dict[str, Any]]:
    """What was found, in the order of the rows."""
    for row in ImportFindings.objects.filter(run=run, phase=phase).order_by("at").iterator(chunk_size=20):
        yield json.loads(decrypt(row.found_enc, row.pk, row.key_id))


def drop_findings(run: ImportRun, *phases: str) -> None:
    """Forget what was found in these phases."""
    ImportFindings.objects.filter(run=run, phase__in=phases).delete()


def file_name(run: ImportRun) -> str:
    """The name of the file as it was uploaded."""
    return decrypt(run.name_enc, run.pk, run.key_id)
