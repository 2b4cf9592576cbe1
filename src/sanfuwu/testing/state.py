"""What a test process remembers between tests, and how it is put back."""

from __future__ import annotations

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


def forget() -> None:
    """Empty every cache that outlives a transaction: tests roll back what it remembers."""
    from sanfuwu.counties import middleware, queries
    from sanfuwu.problems import facets
    from sanfuwu.problems.queries import common
    from sanfuwu.reference import stamps

    cache.clear()
    for module in (middleware, queries, facets, common, stamps):
        module.forget()
