"""The server, the cast and Chromium. The database is one per test process; a browser lives as long as a module.

Playwright's synchronous interface keeps an event loop in its thread, in which Django refuses to use the database: so it
ends with the module, and nothing here uses the database in this process.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from sanfuwu.testing import cluster

from .people import Cast, Login, enter
from .person import Person
from .server import Site, serving
from .watching import Watch

CHROMIUM = Path(os.environ.get("SANFUWU_TEST_CHROMIUM", "/usr/bin/chromium"))
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A busy machine with two cores: long, since a wait ends as soon as its condition holds.
PATIENCE_MS = int(os.environ.get("SANFUWU_TEST_PATIENCE_MS", "30000"))
WIDTHS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
expect.set_options(timeout=PATIENCE_MS)

NewPerson = Callable[..., Person]


@pytest.fixture(scope="session")
def browser_env(
    template_database: tuple[cluster.TestCluster, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The environment of the program on a database of its own, with files and log-in locks of its own too."""
    server, template = template_database
    name = cluster.copy(server, template, "_browser")
    data = tmp_path_factory.mktemp("browser-data")
    secrets = Path(os.environ["SANFUWU_DATA_DIR"]) / "secrets.json"
    yield os.environ | server.environment(name) | {"SANFUWU_DATA_DIR": str(data), "SANFUWU_SECRET_FILE": str(secrets)}
    with server.owner() as connection:
        cluster.drop(connection, name)


@pytest.fixture(scope="session")
def cast(browser_env: dict[str, str]) -> Cast:
    return enter(browser_env)


@pytest.fixture(scope="session")
def site(browser_env: dict[str, str], cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(browser_env, tmp_path_factory.mktemp("server") / "server.log") as running:
        yield running


@pytest.fixture(scope="module")
def chromium(site: Site) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"There is no Chromium at {CHROMIUM}: `make test-system` installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(params=list(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    """Both widths: 1440 and 390."""
    return str(request.param)


@pytest.fixture(scope="module")
def logged_in() -> dict[str, Any]:
    """Cookies of those who have logged in, by user name: one log-in a module and person is enough."""
    return {}


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    """What browsers of this test complain about; anything that the test did not expect fails it."""
    watch = Watch(site.url.removeprefix("http://"))
    yield watch
    assert not watch.seen, "\n".join(watch.seen)


@pytest.fixture
def new_context(chromium: Browser, site: Site, watch: Watch) -> Iterator[Callable[..., BrowserContext]]:
    """Makes contexts (a browser of a person: cookies, width); closed at the end of the test."""
    made: list[BrowserContext] = []

    def make(width: str = "desktop", **options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=site.url, locale="en-GB", **WIDTHS[width], **options)
        context.set_default_timeout(PATIENCE_MS)
        watch.over(context)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def person(new_context: Callable[..., BrowserContext], logged_in: dict[str, Any]) -> NewPerson:
    """`person(cast.handler, "phone")`: somebody before his desk, logged in."""

    def sit_down(login: Login, width: str = "desktop", **options: Any) -> Person:
        state = logged_in.get(login.username)
        context = new_context(width, **options, **({"storage_state": state} if state else {}))
        somebody = Person(login, context.new_page())
        if state:
            somebody.page.goto("/")
        else:
            somebody.log_in()
            logged_in[login.username] = context.storage_state()
        return somebody

    return sit_down


@pytest.fixture
def stranger(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A browser of somebody without an account."""

    def make(width: str = "desktop", **options: Any) -> Page:
        return new_context(width, **options).new_page()

    return make
