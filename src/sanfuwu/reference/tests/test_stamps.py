"""What is remembered is read again as soon as it changes, in this process and in every other."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanfuwu.ledger.fields import new_id
from sanfuwu.problems.tests.cast import NOW, Cast
from sanfuwu.reference import actions, stamps
from sanfuwu.reference.models import SettingValue, Stamp
from sanfuwu.reference.queries import county_data, in_force, reasons


def elsewhere(key: str, value: object) -> None:
    """What another process does: values and a new mark, without this process being told."""
    SettingValue.objects.create(key=key, value=value, set_at=NOW + dt.timedelta(hours=1))
    Stamp.objects.update_or_create(topic="county", defaults={"stamp": new_id()})


def test_another_processs_change_is_seen_at_the_next_use(cast: Cast) -> None:
    actions.set_county({"phone": "0575-82001000"}, actor=cast.system_officer, now=NOW)
    assert county_data().phone == "0575-82001000"
    elsewhere("phone", "0575-82002000")
    assert county_data().phone == "0575-82002000"


def test_one_request_looks_once_and_the_next_one_again(cast: Cast) -> None:
    stamps._begin()
    try:
        with CaptureQueriesContext(connection) as seen:
            county_data(), in_force(NOW), reasons("decline"), county_data()
        assert sum("reference_stamp" in q["sql"] for q in seen.captured_queries) == 1
        elsewhere("phone", "0575-82003000")
        assert county_data().phone == ""  # a page is not put together of two states
        stamps._begin()
        assert county_data().phone == "0575-82003000"
    finally:
        stamps._end()


def test_what_is_forgotten_includes_a_request_that_never_ended(cast: Cast) -> None:
    stamps._begin()  # a test's client whose answer nobody closed: later tests would count too few statements
    assert county_data().phone == ""
    stamps.forget()
    county_data()
    elsewhere("phone", "0575-82005000")
    assert county_data().phone == "0575-82005000"


def test_ones_own_change_is_seen_in_the_same_request(cast: Cast) -> None:
    stamps._begin()
    try:
        assert county_data().phone == ""
        actions.set_county({"phone": "0575-82004000"}, actor=cast.system_officer, now=NOW)
        assert county_data().phone == "0575-82004000"
    finally:
        stamps._end()


def test_what_is_remembered_costs_one_small_statement(cast: Cast) -> None:
    in_force(NOW)
    with CaptureQueriesContext(connection) as seen:
        in_force(NOW)
    assert len(seen.captured_queries) == 1


def test_a_mark_that_was_rolled_back_never_comes_again(cast: Cast) -> None:
    from django.db import transaction

    class Undone(Exception): ...

    try:
        with transaction.atomic():
            actions.set_county({"phone": "0575-82005000"}, actor=cast.system_officer, now=NOW)
            assert county_data().phone == "0575-82005000"
            raise Undone
    except Undone:
        pass
    assert county_data().phone == ""
    assert "county" not in stamps._marks("shangyu")
