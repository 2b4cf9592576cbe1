"""Tampering that a role with every privilege could do, and what `verify` says to it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation

from sanfuwu.ledger import checkpoints
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.models import Checkpoint, Event, Note
from sanfuwu.ledger.verify import Report, verify
from sanfuwu.territory.actions import rename_unit
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.owner]
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
DAY = NOW.date()
NEXT = NOW + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def own_data_dir(settings: object, tmp_path: Path) -> Path:
    """Exported roots go to a place of this test."""
    settings.SANFUWU_DATA_DIR = tmp_path  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def unit() -> Unit:
    """A unit with two events, the second one with a text."""
    unit = Unit.objects.get(code="zjj")
    rename_unit(unit.pk, "区住建局", valid_from=DAY, actor=SYSTEM, now=NOW)
    unit.refresh_from_db()
    changes = Changes()
    changes.note("说明")
    changes.event(unit, "remarked")
    commit(changes, actor=SYSTEM, now=NOW)
    unit.refresh_from_db()
    return unit


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount > 0


def look() -> Report:
    with translation.override("en"):
        return verify("shangyu")


def said(report: Report) -> str:
    assert report.breaks == len(report.shown)
    return "\n".join(report.shown)


def test_an_untouched_ledger_is_whole(unit: Unit) -> None:
    report = look()
    assert report.shown == []
    assert report.events == Event.objects.count() > 100
    assert report.streams == Event.objects.values("stream_kind", "stream_id").distinct().count()
    assert (report.notes, report.erased_notes) == (1, 0)


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'closed'",
        "payload = payload || '{\"x\": 1}'",
        "happened_at = happened_at - interval '1 day'",
        "recorded_at = recorded_at - interval '1 day'",
        "actor_post = '018f3c5e-0000-7000-8000-6d6661736563'",
        "on_behalf_of = '018f3c5e-0000-7000-8000-6d6661736563'",
        "assignment_id = '018f3c5e-0000-7000-8000-6d6661736563'",
        "origin = 'import'",
        "corrects_seq = 1",
        "schema_v = 2",
        "request_id = 'x'",
    ],
)
def test_changed_content_shows(unit: Unit, change: str) -> None:
    run(f"UPDATE ledger_event SET {change} WHERE stream_id = %s AND seq = 2", unit.pk)
    assert said(look()) == f"unit {unit.pk} event 2: its content was changed"


def test_an_event_taken_out_of_the_middle_shows(unit: Unit) -> None:
    run("DELETE FROM ledger_event WHERE stream_id = %s AND seq = 2", unit.pk)
    assert f"unit {unit.pk} event 3: 1 events are missing before it" in said(look())


def test_an_event_cut_off_the_end_shows(unit: Unit) -> None:
    run("DELETE FROM ledger_event WHERE stream_id = %s AND seq = %s", unit.pk, unit.event_seq)
    assert f"its row stands at event {unit.event_seq}, its last event is {unit.event_seq - 1}" in said(look())


def test_a_whole_stream_taken_out_shows(unit: Unit) -> None:
    run("DELETE FROM ledger_event WHERE stream_id = %s", unit.pk)
    assert f"unit {unit.pk}: all {unit.event_seq} events are missing" in said(look())


def test_events_without_their_row_show(unit: Unit) -> None:
    run("UPDATE ledger_event SET stream_id = '018f3c5e-0000-7000-8000-6d6661736563' WHERE stream_id = %s", unit.pk)
    assert "018f3c5e-0000-7000-8000-6d6661736563: has events but no row" in said(look())


def test_a_forged_hash_breaks_the_next_link(unit: Unit) -> None:
    run("UPDATE ledger_event SET hash = sha256('x') WHERE stream_id = %s AND seq = 2", unit.pk)
    assert f"unit {unit.pk} event 3: does not follow from the event before it" in said(look())


def test_a_changed_text_shows(unit: Unit) -> None:
    note = Note.objects.get()
    run("UPDATE ledger_note SET salt = sha256('x') WHERE id = %s", note.pk)
    assert said(look()) == f"note {note.pk}: its text was changed"


def test_a_text_of_another_row_cannot_be_read(unit: Unit) -> None:
    note = Note.objects.get()
    run("UPDATE ledger_note SET text_enc = text_enc || '\\x00'::bytea WHERE id = %s", note.pk)
    assert f"note {note.pk}: cannot be read" in said(look())


def test_an_erased_text_leaves_the_chain_whole(unit: Unit) -> None:
    run("UPDATE ledger_note SET text_enc = '', salt = '', erased_at = now()")
    report = look()
    assert report.shown == []
    assert (report.notes, report.erased_notes) == (1, 1)


def test_a_stream_removed_with_its_row_shows_in_the_checkpoint(unit: Unit) -> None:
    checkpoints.make(DAY, county="shangyu", now=NEXT)
    assert look().shown == []
    extra = Unit.objects.get(code="slj")
    run("DELETE FROM ledger_event WHERE stream_id = %s", extra.pk)
    run("UPDATE territory_unit SET event_seq = 0 WHERE id = %s", extra.pk)
    assert said(look()).startswith(f"checkpoint {DAY}: held")


def test_a_checkpoint_rewritten_in_the_database_differs_from_the_exported_one(unit: Unit) -> None:
    checkpoints.make(DAY, county="shangyu", now=NEXT)
    run("DELETE FROM ledger_event WHERE stream_id = %s AND seq = %s", unit.pk, unit.event_seq)
    run("UPDATE territory_unit SET event_seq = event_seq - 1 WHERE id = %s", unit.pk)
    run(
        "UPDATE territory_unit SET chain_head = e.hash FROM ledger_event e"
        " WHERE e.stream_id = territory_unit.id AND e.seq = territory_unit.event_seq AND territory_unit.id = %s",
        unit.pk,
    )
    streams, root = checkpoints.root_at(checkpoints.end_of(DAY))
    run("UPDATE ledger_checkpoint SET streams = %s, merkle_root = %s", streams, root)
    assert said(look()) == f"checkpoint {DAY}: differs from the exported one"


def test_a_checkpoint_removed_from_the_database_shows(unit: Unit) -> None:
    checkpoints.make(DAY, county="shangyu", now=NEXT)
    run("DELETE FROM ledger_checkpoint")
    assert said(look()) == f"checkpoint {DAY}: was exported and is missing from the database"


def test_what_happens_after_a_day_leaves_its_checkpoint_as_it_was(unit: Unit) -> None:
    checkpoints.make(DAY, county="shangyu", now=NEXT)
    rename_unit(unit.pk, "区建设局", valid_from=NEXT.date(), actor=SYSTEM, now=NEXT)
    assert look().shown == []


def test_a_day_gets_one_checkpoint_and_one_exported_line(unit: Unit, own_data_dir: Path) -> None:
    made = checkpoints.make(DAY, county="shangyu", now=NEXT)
    assert made is not None
    assert checkpoints.make(DAY, county="shangyu", now=NEXT) is None
    assert Checkpoint.objects.count() == 1
    lines = (own_data_dir / "checkpoints" / "shangyu.jsonl").read_text().splitlines()
    assert [json.loads(line)["merkle_root"] for line in lines] == [made.merkle_root.hex()]
    assert made.streams == Event.objects.values("stream_kind", "stream_id").distinct().count()


def test_a_day_that_is_not_over_gets_no_checkpoint() -> None:
    with pytest.raises(ValueError, match="is not over"):
        checkpoints.make(DAY, county="shangyu", now=NOW)
