"""Loaded before Django's settings are read: the environment of a test run, and who a test is in the database.

A test runs as the running role. `@pytest.mark.owner` runs one as the role that owns the tables, to do what the running
role may not: tamper with events, change the calendar's tables.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

# A developer's own installation must never be what tests work on.
# (The demonstration that `make setup` has prepared is nobody's: whoever takes it gets a copy.)
for _name in [name for name in os.environ if name.startswith("SANFUWU_") and not name.startswith("SANFUWU_TEST_")]:
    if _name != "SANFUWU_DEMO_CACHE":
        del os.environ[_name]
os.environ.pop("DATABASE_URL", None)
os.environ["SANFUWU_DATA_DIR"] = os.environ.get("SANFUWU_TEST_DATA_DIR") or str(ROOT / ".test-data")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "owner: runs as the role that owns the tables, not as the running role")
    config.pluginmanager.register(LongestFirst())

    from django.conf import settings

    # Failed log-ins of one test must not lock the next one out.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    # Argon2 is slow on purpose; what the settings say about it has its own test.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]


# What works through the whole program: pages, API, commands, files, the demonstration, permission tables.
# `make test-fast` leaves it out; what remains are rules, ledger, actions, policies and queries, under two minutes.
_THROUGH_IT_ALL = (
    *(f"src/sanfuwu/{app}/" for app in ("accounts", "api", "commands", "demo", "documents", "exchange", "figures")),
    "src/sanfuwu/intake/",
    "src/sanfuwu/web/",
    "src/sanfuwu/problems/tests/test_listing.py",
    "src/sanfuwu/rules/tests/test_worktime_properties.py",
    "src/sanfuwu/territory/tests/test_reach_kept.py",
    "tests/",
)
_QUICK_ALL_THE_SAME = ("src/sanfuwu/web/tests/test_templates.py", "src/sanfuwu/web/tests/test_words.py")

# With a test of half a minute or more in them. Whole files, since tests of a file share what was made for it.
_LONGEST = (
    "tests/test_benchmarks.py",
    "tests/browser/",
    "src/sanfuwu/demo/",
    "src/sanfuwu/commands/",
    "src/sanfuwu/problems/tests/test_lifecycle_machine.py",
)


def _place(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT).as_posix()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow by place, so that nobody has to think of it in a new file."""
    for item in items:
        place = _place(item)
        if place.startswith(_THROUGH_IT_ALL) and place not in _QUICK_ALL_THE_SAME:
            item.add_marker(pytest.mark.slow)


class LongestFirst:
    """Begin with the longest files: whoever finds a test of a minute at the end lets the other process stand idle."""

    @pytest.hookimpl(trylast=True)  # after pytest-randomly, whose order remains but for that
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: not _place(item).startswith(_LONGEST))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture: the right role, the county 上虞."""
    from . import state

    state.enter(owner=item.get_closest_marker("owner") is not None)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    from . import state

    state.leave()
