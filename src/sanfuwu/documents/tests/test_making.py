"""Large exports: the job, its processes beside, the sealed file, what happens when one does without."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sanfuwu.ledger.crypto import Undecryptable, current_key_id
from sanfuwu.ledger.errors import NotAllowed, NotVisible
from sanfuwu.ledger.fields import new_id
from sanfuwu.problems.tests.cast import NOW, Cast, firm, told

from .. import files, making
from ..actions import cancel_export, request_export
from ..commands import RequestExport
from ..ledgers import reading
from ..models import Export


@pytest.fixture
def data_dir(tmp_path: Path, settings: object) -> Path:
    settings.SANFUWU_DATA_DIR = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def test_processes_beside_write_the_very_same_lines(
    committed_db: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 2)
    cast = Cast()
    for n in range(1, 6):
        cast.dispatched(told(requester=firm(n)))
    for ledger in ("problems", "tasks"):
        for kind in ("csv", "xlsx"):
            export = request_export(RequestExport(what=ledger, format=kind), actor=cast.office, now=NOW)
            written = []
            for beside in (False, True):
                path = data_dir / f"{ledger}.{beside}.{kind}"
                heard: list[int] = []
                tell = lambda done, _lines, t=heard: t.append(done)  # noqa: E731
                making.write(export, path, actor=cast.office, now=NOW, beside=beside, told=tell)
                assert heard == [2, 4, 5]
                assert (export.done, export.rows) == (5, 5)
                written.append(path.read_bytes() if kind == "csv" else path.stat().st_size)
            assert written[0] == written[1]


def made_by_job(cast: Cast, **more: object) -> Export:
    export = request_export(RequestExport(what="problems", format="csv", **more), actor=cast.office, now=NOW)  # type: ignore[arg-type]
    making.make(export.pk, clock=lambda: NOW)
    export.refresh_from_db()
    return export


def test_the_job_keeps_its_file_sealed_for_a_day(
    committed_db: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast()
    problem = cast.dispatched()
    monkeypatch.setattr(making, "_actor_of", lambda _export, _now: cast.office)
    export = made_by_job(cast)
    assert export.state == Export.State.DONE, export.trouble
    assert (export.total, export.done, export.rows) == (1, 1, 1)
    kept = files.path_of(export.pk)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert problem.number.encode() not in kept.read_bytes()
    body = b"".join(files.pieces(export.pk, export.key_id))
    assert problem.number.encode() in body
    assert len(body) == export.bytes
    assert list(files.folder().glob("making-*")) == []
    assert making.expire(now=NOW + dt.timedelta(hours=23)) == 0
    assert making.expire(now=NOW + dt.timedelta(hours=25)) == 1
    assert not kept.exists()
    export.refresh_from_db()
    assert export.state == Export.State.EXPIRED


def test_a_post_that_has_ended_takes_nothing_out_any_more(cast: Cast, data_dir: Path) -> None:
    cast.dispatched()
    export = made_by_job(cast)  # its post has no account, as one that was ended
    assert export.state == Export.State.FAILED
    assert export.trouble
    assert not files.path_of(export.pk).exists()


def test_one_who_does_without_stops_the_job(committed_db: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast()
    cast.dispatched()
    monkeypatch.setattr(making, "_actor_of", lambda _export, _now: cast.office)
    monkeypatch.setattr(making, "_TELL_SECONDS", -1)
    export = request_export(RequestExport(what="problems", format="csv"), actor=cast.office, now=NOW)
    real = making.write

    def write_late(*args: object, **more: object) -> None:
        cancel_export(export.pk, actor=cast.office, now=NOW)
        real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "write", write_late)
    making.make(export.pk, clock=lambda: NOW)
    export.refresh_from_db()
    assert export.state == Export.State.CANCELLED
    assert not files.path_of(export.pk).exists()
    with pytest.raises(NotVisible):
        cancel_export(export.pk, actor=cast.office, now=NOW)


def test_a_job_that_died_is_said_to_have_failed_after_a_day(cast: Cast, data_dir: Path) -> None:
    export = request_export(RequestExport(what="problems"), actor=cast.office, now=NOW)
    Export.objects.filter(pk=export.pk).update(state=Export.State.RUNNING, started_at=NOW)
    assert making.expire(now=NOW + dt.timedelta(days=2)) == 1
    export.refresh_from_db()
    assert (export.state, bool(export.trouble)) == (Export.State.FAILED, True)


def test_a_sealed_file_that_was_changed_or_cut_does_not_open(db: None, data_dir: Path) -> None:
    pk, key = new_id(), current_key_id()
    with files.workplace() as place:
        (place / "x").write_bytes(b"a" * (2 << 20) + b"b")
        files.seal(place / "x", pk, key)
    assert len(b"".join(files.pieces(pk, key))) == (2 << 20) + 1
    whole = files.path_of(pk).read_bytes()
    first = 4 + int.from_bytes(whole[:4], "big")
    for broken in (whole[:first], whole[first:], whole[:100] + b"x" + whole[101:]):
        files.path_of(pk).write_bytes(broken)
        with pytest.raises(Undecryptable):
            list(files.pieces(pk, key))


def test_a_csv_never_lies_on_the_disk_in_clear(
    committed_db: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast()
    number = cast.dispatched().number.encode()
    monkeypatch.setattr(making, "_actor_of", lambda _export, _now: cast.office)
    monkeypatch.setattr(files, "_PIECE", 64)
    real = making.write
    seen: list[Path] = []

    def write(export: Export, out: files.Sealing, **more: Any) -> None:
        real(export, out, **more)
        out._out.flush()
        seen.extend(path for path in data_dir.rglob("*") if path.is_file() and path.stat().st_size)
        assert not any(number in path.read_bytes() for path in seen)

    monkeypatch.setattr(making, "write", write)
    export = made_by_job(cast)
    assert export.state == Export.State.DONE, export.trouble
    assert [path.suffix for path in seen] == [".part"]
    assert number in b"".join(files.pieces(export.pk, export.key_id))


def test_a_file_that_is_broken_off_leaves_nothing(db: None, data_dir: Path) -> None:
    def broken_off() -> None:
        with files.sealing(new_id(), current_key_id()) as out:
            out.write(b"x" * (3 << 20))
            raise making.Cancelled

    with pytest.raises(making.Cancelled):
        broken_off()
    assert list(files.folder().iterdir()) == []


def test_what_a_killed_job_left_goes_after_a_day(db: None, data_dir: Path) -> None:
    with files.sealing(new_id(), current_key_id()) as out:
        out.write(b"done")
    (done,) = files.folder().iterdir()
    (files.folder() / "making-x").mkdir()
    (files.folder() / "x.part").write_bytes(b"x")
    files.remove_leftovers(0)
    assert len(list(files.folder().iterdir())) == 3
    files.remove_leftovers(time.time() + 60)
    assert list(files.folder().iterdir()) == [done]


@pytest.mark.parametrize("sizes", [(), (0,), (1 << 20,), (1, 1 << 20, 1), ((2 << 20) + 3,), (700_000, 700_000)])
def test_whatever_is_written_in_pieces_comes_out_whole(db: None, data_dir: Path, sizes: tuple[int, ...]) -> None:
    pk, said = new_id(), [bytes([65 + n]) * size for n, size in enumerate(sizes)]
    with files.sealing(pk, current_key_id()) as out:
        for data in said:
            out.write(data)
    assert out.bytes == sum(sizes)
    assert b"".join(files.pieces(pk, current_key_id())) == b"".join(said)


def test_an_empty_file_can_be_sealed(db: None, data_dir: Path) -> None:
    pk = new_id()
    with files.workplace() as place:
        (place / "x").write_bytes(b"")
        files.seal(place / "x", pk, current_key_id())
    assert b"".join(files.pieces(pk, current_key_id())) == b""


def test_a_stand_in_takes_out_only_where_the_delegation_says_so(cast: Cast) -> None:
    for acts, may in ((frozenset({"sign"}), False), (frozenset({"export"}), True), (None, True)):
        actor = replace(cast.head, acts_allowed=acts)
        if may:
            request_export(RequestExport(what="problems"), actor=actor, now=NOW)
        else:
            with pytest.raises(NotAllowed):
                request_export(RequestExport(what="problems"), actor=actor, now=NOW)
