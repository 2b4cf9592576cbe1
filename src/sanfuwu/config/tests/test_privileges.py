"""What the running role may do, asked of the database and not of our own table."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django_tenants.utils import schema_context

from sanfuwu.config import privileges
from sanfuwu.ledger.models import Event

pytestmark = pytest.mark.django_db
SCHEMAS = ("public", "shangyu", "keqiao")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANFUWU_LANGUAGE", "en")


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_catalogue_says_what_the_table_says(schema: str) -> None:
    assert privileges.actual(schema)
    assert privileges.differences(schema) == []


def test_the_running_role_owns_nothing_and_makes_nothing() -> None:
    assert privileges.powers() == []


def test_the_owner_has_the_powers_that_the_running_role_lacks() -> None:
    assert any("may create" in line for line in privileges.powers("sanfuwu_owner"))


def test_every_model_of_ours_says_what_may_be_written() -> None:
    ours = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_config.name.startswith("sanfuwu.") and model._meta.managed
    }
    assert ours - privileges.WRITES.keys() == set()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE shangyu.ledger_event SET kind = 'x'",
        "DELETE FROM shangyu.ledger_event",
        "TRUNCATE shangyu.ledger_event",
        "DELETE FROM shangyu.ledger_accesslog",
        "UPDATE shangyu.ledger_accesslog SET reason = ''",
        "DELETE FROM shangyu.ledger_note",
        "DELETE FROM shangyu.problems_problem",
        "UPDATE shangyu.ledger_checkpoint SET streams = 0",
        "CREATE TABLE shangyu.mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE shangyu.ledger_event ADD COLUMN a int",
        "DROP TABLE shangyu.ledger_event",
        "SET ROLE sanfuwu_owner",
    ],
)
def test_the_running_role_is_refused(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.owner
def test_applying_again_takes_away_what_was_given_by_hand() -> None:
    table = Event._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE, DELETE ON shangyu.{table} TO {settings.SANFUWU_APP_ROLE}")
    assert privileges.differences("shangyu") == [f"shangyu.{table}: may DELETE, INSERT, UPDATE, should INSERT"]
    privileges.apply("shangyu")
    assert privileges.differences("shangyu") == []


@pytest.mark.owner
def test_a_privilege_for_everybody_is_seen_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT DELETE ON keqiao.{Event._meta.db_table} TO PUBLIC")
    assert privileges.differences("keqiao") != []
    with schema_context("keqiao"):
        privileges.apply("keqiao")
    assert privileges.differences("keqiao") == []
