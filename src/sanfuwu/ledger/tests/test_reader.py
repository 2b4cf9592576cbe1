"""Several selects in one round trip give what Django's own queries give."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from sanfuwu.ledger.reader import Select, read
from sanfuwu.territory.actions import create_person, create_post
from sanfuwu.territory.actor import SYSTEM
from sanfuwu.territory.models import Post, Unit, UnitVersion

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2019, 2, 12, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
OF_UNIT = "unit_id = ANY(%s)"


def test_rows_come_as_instances_in_the_order_of_their_ids() -> None:
    unit = Unit.objects.get(code="qwqzf")
    other = Unit.objects.get(code="jxj")
    for name in ("甲", "乙"):
        person = create_person(name, actor=SYSTEM, now=NOW)
        more = {"role": "leader", "title": "副区长", "valid_from": NOW.date(), "portfolio": [other.pk]}
        create_post(person.pk, unit.pk, actor=SYSTEM, now=NOW, **more)
    posts, versions = read([Select(Post, OF_UNIT), Select(UnitVersion, OF_UNIT)], [unit.pk])
    assert posts == list(Post.objects.filter(unit=unit).order_by("pk"))
    assert versions == list(UnitVersion.objects.filter(unit=unit).order_by("pk"))
    for found, known in zip(posts, Post.objects.filter(unit=unit).order_by("pk"), strict=True):
        fields = [f.attname for f in Post._meta.concrete_fields]
        told = {name: getattr(found, name) for name in fields}
        assert {name: bytes(v) if isinstance(v, memoryview) else v for name, v in told.items()} == {
            name: bytes(v) if isinstance(v, memoryview) else v
            for name, v in ((name, getattr(known, name)) for name in fields)
        }
        assert found.portfolio == [str(other.pk)]  # JSON as Django gives it
    posts[0].title = "区长"
    posts[0].save(update_fields=["title"])  # a row of the database, not a new one
    assert Post.objects.get(pk=posts[0].pk).title == "区长"


def test_nothing_found_is_an_empty_list_for_each() -> None:
    assert read([Select(Post, OF_UNIT), Select(UnitVersion, OF_UNIT)], []) == [[], []]


def test_an_error_comes_as_djangos() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        read([Select(Post, "no_such_column = ANY(%s)")], [])


def test_it_stays_within_the_county() -> None:
    unit = Unit.objects.get(code="qwqzf")
    connection.set_schema("keqiao")
    try:
        with CaptureQueriesContext(connection):
            assert read([Select(Unit, "id = ANY(%s)")], [unit.pk]) == [[]]
    finally:
        connection.set_schema("shangyu")
    assert read([Select(Unit, "id = ANY(%s)")], [unit.pk]) == [[unit]]
