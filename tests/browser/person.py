"""Somebody at a browser: what he does is counted, because a tired official counts it too (quality.md §4)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from .people import Login

MOST_FIELDS, MOST_INTERACTIONS = 3, 6
DRAFT_S = 30.0
# Not `innerWidth`: a telephone shows a page that is too wide smaller, and then says that the window is wider.
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NUMBER = re.compile(r"330604-\d{4}-\d{6}")


@dataclass(slots=True)
class Count:
    """Fields that were filled and everything that was pressed, of one act."""

    fields: set[str] = field(default_factory=set)
    interactions: int = 0


@dataclass(slots=True)
class Person:
    """One person in one browser. Every method that touches the page counts as one interaction."""

    login: Login
    page: Page
    count: Count = field(default_factory=Count)

    @contextmanager
    def main_act(self) -> Iterator[Count]:
        """Within the bar of a main act: at most three fields and six interactions."""
        self.count = Count()
        yield self.count
        assert len(self.count.fields) <= MOST_FIELDS, f"{len(self.count.fields)} fields: {self.count.fields}"
        assert self.count.interactions <= MOST_INTERACTIONS, f"{self.count.interactions} interactions"

    # ── coming and going ─────────────────────────────────────────────────────────────────────────────────────────────
    def log_in(self) -> None:
        self.page.goto("/login/")
        self.page.locator("input[name=login]").fill(self.login.username)
        self.page.locator("input[name=password]").fill(self.login.password)
        self.page.locator("main form button.btn-primary").click()
        expect(self.page.locator("main h1")).to_have_text(re.compile("工作台$"))

    def go(self, path: str) -> None:
        self.page.goto(path)

    def open_from_desk(self, title: str, stat: str = "") -> None:
        """From the desk to the problem that waits there: one click, or two by the number of a heap (`stat`)."""
        self.page.goto("/")
        if stat:
            self.click(self.page.locator("a.stat", has=self.page.get_by_text(stat, exact=True)))
            self.click(self.page.locator(".ledger a.title", has_text=title))
        else:
            self.click(self.page.locator("a.line", has_text=title).first)
        expect(self.page.locator("h1")).to_have_text(title)

    # ── what is counted ──────────────────────────────────────────────────────────────────────────────────────────────
    def click(self, what: Locator) -> None:
        self.count.interactions += 1
        what.click()

    def press(self, label: str) -> None:
        """A button or link by exactly its words, in the middle of the page (not in menus)."""
        named = re.compile(rf"^\s*{re.escape(label)}\s*$")
        main = self.page.get_by_role("main")
        self.click(main.get_by_role("button", name=named).or_(main.get_by_role("link", name=named)).first)

    def fill(self, name: str, text: str) -> None:
        self.count.fields.add(name)
        self.count.interactions += 1
        self.field(name).fill(text)

    def select(self, name: str, value: str) -> None:
        self.count.fields.add(name)
        self.count.interactions += 1
        self.field(name).select_option(value)

    def tick(self, name: str, value: str) -> None:
        """A radio button or a check box, pressed where a person presses: on its words."""
        self.count.fields.add(name)
        self.click(self.page.locator(f"label:has(input[name={name}][value='{value}'])"))

    def send(self) -> None:
        """The primary button of the open form."""
        self.click(self.page.locator("main form .form-end button.btn-primary"))

    def field(self, name: str) -> Locator:
        return self.page.locator(f"main form [name={name}]")

    # ── what he sees ─────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def number(self) -> str:
        """The number of the problem whose page is open."""
        said = self.page.locator("main .number").first.inner_text()
        assert NUMBER.fullmatch(said), said
        return said

    def sees_stage(self, word: str) -> None:
        expect(self.page.locator(".state-line .chip").first).to_have_text(word)

    def sees_deadline(self, words: re.Pattern[str]) -> None:
        expect(self.page.locator(".deadline-text b")).to_have_text(words)

    def sees_newest_line(self, words: str | re.Pattern[str]) -> None:
        """The sentence on top of the timeline."""
        expect(self.page.locator(".timeline li").first).to_contain_text(words)

    def sees_line(self, words: str | re.Pattern[str]) -> None:
        """A sentence anywhere in the timeline."""
        expect(self.page.locator(".timeline li", has_text=words).first).to_be_visible()

    def offered(self) -> list[str]:
        """The acts that the page offers, by the last part of their address."""
        links = self.page.locator("#acts a[href]").evaluate_all("links => links.map(a => a.getAttribute('href'))")
        return [link.split("?")[0].split("#")[0].rsplit("/", 1)[1] for link in links]

    def card(self, heading: str) -> Locator:
        """The card with this heading."""
        named = self.page.get_by_role("heading", name=heading, exact=True)
        return self.page.locator("section.card", has=named)

    def draft_is_kept(self, words: str) -> None:
        """The browser has put what was typed aside. (Not `wait_for_function`: its eval is against the policy.)"""
        deadline = time.monotonic() + DRAFT_S
        while not self.page.evaluate("words => Object.values(localStorage).some(v => v.includes(words))", words):
            assert time.monotonic() < deadline, "no draft was kept"
            self.page.wait_for_timeout(50)

    def no_horizontal_scroll(self) -> None:
        wide = self.page.evaluate(TOO_WIDE)
        assert wide <= 0, f"{self.page.url}: {wide} px wider than the window"
