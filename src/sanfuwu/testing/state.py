"""What a test process remembers between tests, and how it is put back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import connections
from django.utils import translation

from sanfuwu.config import env

from .cluster import TestCluster
from .template import SHANGYU

_place: tuple[TestCluster, str] | None = None  # the server and this process's database, once a test has asked for it
_role = env.APP  # of the present test


def use(cluster: TestCluster, name: str) -> None:
    """Let Django's connections of every thread go to a database, as the role of the present test."""
    global _place
    _place = (cluster, name)
    address = cluster.address(_role, name)
    said = {
        "NAME": address["dbname"],
        "USER": address["user"],
        "PASSWORD": address["password"],
        "HOST": address["host"],
        "PORT": address["port"],
    }
    for settings in (connections.settings["default"], connections["default"].settings_dict):
        settings.update(said)


def place() -> tuple[TestCluster, str]:
    """The server and the database that tests of this process use now."""
    if _place is None:
        raise RuntimeError("no test has asked for the database yet")
    return _place


def enter(*, owner: bool) -> None:
    """Before a test: its role, the county 上虞, nothing remembered."""
    global _role
    forget()
    before, _role = _role, env.OWNER if owner else env.APP
    if _place is not None and before != _role:
        connections["default"].close()
        use(*_place)
    connections["default"].set_schema(SHANGYU)  # type: ignore[attr-defined]


def leave() -> None:
    """After a test: back to Chinese and to nothing remembered."""
    translation.deactivate()
    forget()


class KnownCalendar:
    """Stands in for the cache of work calendars. The template's is built once a process, from its tables by the
    program's own function, and not once a test, which cost each as much as a whole act; any other version is read and
    forgotten as ever. (To be seen, a test that changes the calendar grows its version, as every action does.)
    """

    def __init__(self, read: Callable[[int], Any], version: int) -> None:
        self._read, self._version, self._known = read, version, read(version)

    def __call__(self, version: int) -> Any:
        return self._known if version == self._version else self._read(version)

    def cache_clear(self) -> None:
        self._read.cache_clear()  # type: ignore[attr-defined]


def know_the_calendar() -> None:
    """Read the calendar of the present database, the template's copy."""
    from sanfuwu.counties import queries
    from sanfuwu.counties.models import CalendarYear

    if not isinstance(queries._calendar, KnownCalendar):
        version = max(CalendarYear.objects.values_list("version", flat=True), default=0)
        queries._calendar = KnownCalendar(queries._calendar, version)  # type: ignore[assignment]


def forget() -> None:
    """Empty every cache that outlives a transaction: tests roll back what it remembers."""
    from sanfuwu.counties import middleware, queries
    from sanfuwu.problems import facets
    from sanfuwu.problems.queries import common
    from sanfuwu.reference import stamps

    cache.clear()
    for module in (middleware, queries, facets, common, stamps):
        module.forget()
