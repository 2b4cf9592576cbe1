"""The OpenAPI document, its snapshot, and the page that shows it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sanfuwu.accounts.actions import create_account
from sanfuwu.accounts.passwords import random_password
from sanfuwu.problems.tests.cast import NOW
from sanfuwu.territory.actor import SYSTEM

from ..snapshot import SNAPSHOT
from .described import document, schema


def operations() -> list[tuple[str, dict[str, Any]]]:
    paths = schema()["paths"]
    return [(f"{method.upper()} {path}", op) for path, methods in paths.items() for method, op in methods.items()]


def test_the_snapshot_is_what_the_code_says() -> None:
    same = SNAPSHOT.read_text(encoding="utf-8") == document()
    assert same, "the API has changed: look at the difference, then `python -m sanfuwu.api.snapshot`"


def test_it_is_openapi_3_1() -> None:
    assert schema()["openapi"] == "3.1.0"


@pytest.mark.parametrize(("name", "operation"), operations(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_operation_says_how_it_can_refuse(name: str, operation: dict[str, Any]) -> None:
    assert operation["security"] == [{"PostToken": []}]
    assert operation["summary"]
    responses = {int(status): answer for status, answer in operation["responses"].items()}
    assert {401, 500} <= responses.keys()
    assert bool({400, 413, 415, 422} <= responses.keys()) is name.startswith("POST")
    assert (404 in responses) is ("{number}" in name)
    for status, answer in responses.items():
        expected = "application/problem+json" if status >= 400 else "application/json"
        assert list(answer["content"]) == [expected], (name, status)


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _name, operation in operations()]
    assert len(ids) == len(set(ids))


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["docs", "openapi.json"])
def test_the_documentation_is_for_people_who_are_logged_in(page: str, client: Client) -> None:
    response = client.get(f"/api/v1/{page}")
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")
    client.force_login(create_account("dushuren", random_password(), actor=SYSTEM, now=NOW))
    assert client.get(f"/api/v1/{page}").status_code == 200


@pytest.mark.django_db
def test_the_documentation_page_asks_nobody_else_for_anything(client: Client) -> None:
    client.force_login(create_account("dushuren", random_password(), actor=SYSTEM, now=NOW))
    page = client.get("/api/v1/docs").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert "//" not in page.replace("</", "").replace("/>", "").replace("{#", "")


@pytest.mark.django_db
def test_a_session_does_not_act_through_the_api(client: Client) -> None:
    client.force_login(create_account("dushuren", random_password(), actor=SYSTEM, now=NOW))
    assert client.get("/api/v1/me").status_code == 401
