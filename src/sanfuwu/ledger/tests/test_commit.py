"""What is planned is written, all of it or nothing, and nothing passes the events by."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from sanfuwu.ledger.changes import Changes, note_hash
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.crypto import decrypt
from sanfuwu.ledger.errors import StaleVersion
from sanfuwu.ledger.models import Event, Note, OutboxMessage
from sanfuwu.ledger.replay import differences, replay
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Unit

NOW = dt.datetime(2019, 2, 12, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def unit(db: None) -> Unit:
    return Unit.objects.get(code="zlsgs")


def events_of(unit: Unit) -> list[Event]:
    return list(Event.objects.filter(stream_id=unit.pk).order_by("seq"))


def test_rows_events_version_and_chain_are_written_together(unit: Unit) -> None:
    before = (unit.version, unit.event_seq)
    changes = Changes()
    changes.update(unit, status="closed")
    note = changes.note("因机构改革撤销。")
    changes.event(unit, "closed", data={"note": note.pk}, happened_at=NOW - dt.timedelta(days=1))
    changes.tell("unit_closed", unit.pk, NOW, on=NOW.date())
    with transaction.atomic():
        (event,) = commit(changes, actor=SYSTEM, now=NOW, request_id="r1")
    unit.refresh_from_db()
    assert (unit.version, unit.event_seq) == (before[0] + 1, before[1] + 1)
    assert (unit.status, bytes(unit.chain_head)) == ("closed", bytes(event.hash))
    stored = events_of(unit)[-1]
    assert (stored.happened_at, stored.recorded_at, stored.request_id) == (NOW - dt.timedelta(days=1), NOW, "r1")
    assert stored.payload == {
        "data": {"note": str(note.pk)},
        "set": {"unit": {str(unit.pk): {"status": "closed"}}},
        "notes": {str(note.pk): note_hash(bytes(note.salt), "因机构改革撤销。")},
    }
    assert OutboxMessage.objects.get(subject_id=unit.pk).payload == {"on": "2019-02-12"}


def test_an_event_holds_a_salted_hash_of_its_text(unit: Unit) -> None:
    changes = Changes()
    first, second = changes.note("同样的话"), changes.note("同样的话")
    changes.event(unit, "remarked")
    with transaction.atomic():
        (event,) = commit(changes, actor=SYSTEM, now=NOW)
    told = event.payload["notes"]
    assert told[str(first.pk)] != told[str(second.pk)]
    stored = Note.objects.get(pk=first.pk)
    assert decrypt(stored.text_enc, stored.pk, stored.key_id) == "同样的话"
    salted = hashlib.sha256(bytes(stored.salt) + "同样的话".encode()).hexdigest()
    assert told[str(first.pk)] == salted


def test_several_events_of_one_owner_are_chained_and_take_one_version(unit: Unit) -> None:
    version = unit.version
    changes = Changes()
    for kind in ("one", "two", "three"):
        changes.event(unit, kind)
    with transaction.atomic():
        events = commit(changes, actor=SYSTEM, now=NOW)
    assert [bytes(e.prev_hash) for e in events[1:]] == [bytes(e.hash) for e in events[:-1]]
    unit.refresh_from_db()
    assert unit.version == version + 1


def test_each_event_takes_what_changed_since_the_one_before(unit: Unit) -> None:
    changes = Changes()
    changes.update(unit, status="closed")
    changes.event(unit, "closed")
    changes.update(unit, status="active")
    changes.event(unit, "reopened")
    with transaction.atomic():
        closed, reopened = commit(changes, actor=SYSTEM, now=NOW)
    assert closed.payload["set"] == {"unit": {str(unit.pk): {"status": "closed"}}}
    assert reopened.payload["set"] == {"unit": {str(unit.pk): {"status": "active"}}}
    assert differences(replay(events_of(unit)), "territory") == []


def test_as_known_at_a_time_leaves_out_what_was_recorded_later(unit: Unit) -> None:
    for status, moment in (("closed", NOW), ("active", LATER)):
        changes = Changes()
        changes.update(unit, status=status)
        changes.event(unit, "changed")
        with transaction.atomic():
            commit(changes, actor=SYSTEM, now=moment)
    key = ("unit", str(unit.pk))
    assert replay(events_of(unit), known_at=NOW)[key]["status"] == "closed"
    assert replay(events_of(unit))[key]["status"] == "active"


def test_a_row_that_was_changed_behind_the_events_shows(unit: Unit) -> None:
    Unit.objects.filter(pk=unit.pk).update(status="closed")
    assert differences(replay(events_of(unit)), "territory") == [f"unit {unit.pk} status: 'closed' ≠ 'active'"]


def test_what_does_not_change_is_not_written(unit: Unit) -> None:
    changes = Changes()
    changes.update(unit, status=unit.status)
    assert (changes.updates, changes.unrecorded()) == ({}, {})


@pytest.mark.usefixtures("committed_db")
def test_outside_a_transaction_nothing_is_committed() -> None:
    changes = Changes()
    changes.event(Unit.objects.get(code="zlsgs"), "remarked")
    with pytest.raises(RuntimeError, match="transaction"):
        commit(changes, actor=SYSTEM, now=NOW)


def test_a_change_that_no_event_records_is_refused(unit: Unit) -> None:
    changes = Changes()
    changes.event(unit, "remarked")
    changes.update(unit, status="closed")
    with pytest.raises(RuntimeError, match="unit"):
        commit(changes, actor=SYSTEM, now=NOW)
    assert Unit.objects.get(pk=unit.pk).status == "active"


def test_of_two_who_read_the_same_version_the_second_is_told(unit: Unit) -> None:
    twin = Unit.objects.get(pk=unit.pk)
    first, second = Changes(), Changes()
    first.event(unit, "first")
    second.update(twin, status="closed")
    second.event(twin, "second")
    with transaction.atomic():
        commit(first, actor=SYSTEM, now=NOW)
    # A real second writer meets the row or the place in the chain that is already taken; both undo everything.
    with pytest.raises((StaleVersion, DatabaseError)), transaction.atomic():
        commit(second, actor=SYSTEM, now=NOW)
    assert [e.kind for e in events_of(unit)][-1] == "first"
    assert Unit.objects.get(pk=unit.pk).status == "active"


def test_the_running_role_can_neither_change_nor_remove_an_event(unit: Unit) -> None:
    for statement in ("UPDATE ledger_event SET kind = 'x'", "DELETE FROM ledger_event", "TRUNCATE ledger_event"):
        refusal = pytest.raises(DatabaseError, match="permission denied")
        with refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
