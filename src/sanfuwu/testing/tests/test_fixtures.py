import pytest
from django.db import connection

from sanfuwu.counties.queries import county_code
from sanfuwu.territory.models import Unit


@pytest.mark.django_db
def test_app():
    with connection.cursor() as c:
        c.execute("select current_user, current_setting('search_path')")
        assert c.fetchone() == ("sanfuwu_app", "shangyu, public")
    assert Unit.objects.count() > 100
    assert county_code() == "330604"


@pytest.mark.owner
@pytest.mark.django_db
def test_owner():
    with connection.cursor() as c:
        c.execute("select current_user")
        assert c.fetchone() == ("sanfuwu_owner",)


def test_committed(committed_db):
    with connection.cursor() as c:
        c.execute("select current_user, current_database()")
        assert c.fetchone() == ("sanfuwu_app", committed_db)
