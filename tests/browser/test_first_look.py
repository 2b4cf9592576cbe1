"""What a phone and a keyboard meet: an act's answer on the screen, and files chosen in the page's own words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FileChooser, Page, expect

from . import given
from .people import Cast
from .server import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHOTO = {"name": "现场.png", "mimeType": "image/png", "buffer": b"\x89PNG"}


def test_what_was_done_is_on_the_screen_and_has_the_focus(site: Site, cast: Cast, person, width: str) -> None:
    problem = given.signed(site, cast)
    handler = person(cast.handler, width)
    handler.go(problem.path)
    handler.page.locator("#acts details summary").click()
    handler.page.locator("#acts a.menu-item", has_text="反馈").click()
    handler.fill("text", "已到现场查看。")
    handler.send()
    said = handler.page.get_by_role("status").filter(has_text="反馈：已完成")
    expect(said).to_be_in_viewport()
    expect(handler.page.locator("#messages")).to_be_focused()


def test_files_are_chosen_in_the_pages_words_by_mouse_and_by_keyboard(site: Site, cast: Cast, person, width) -> None:
    problem = given.signed(site, cast)
    handler = person(cast.handler, width)
    handler.go(problem.path)
    handler.press("提交结果")
    field = handler.page.get_by_label("照片")  # keeps its own name for a screen reader
    expect(handler.page.locator(".file-names")).to_have_text("尚未选择")
    # One listener for both: between two that come and go, a chooser can open unseen.
    opened: list[FileChooser] = []
    handler.page.on("filechooser", lambda chooser: opened.append(chooser))  # a method of `list` itself it cannot take
    handler.page.locator(".file-button", has_text="选择文件").click()
    _until(handler.page, lambda: len(opened) == 1)
    opened[0].set_files([PHOTO, PHOTO | {"name": "验收单.png"}])
    expect(handler.page.locator(".file-names")).to_have_text("现场.png、验收单.png")
    field.focus()
    expect(field).to_be_focused()
    handler.page.keyboard.press("Enter")
    _until(handler.page, lambda: len(opened) == 2)
    handler.no_horizontal_scroll()


def _until(page: Page, true: Callable[[], bool]) -> None:
    for _look in range(100):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen within ten seconds")


def test_without_script_the_browsers_own_control_stands_there(cast: Cast, person, width: str) -> None:
    cadre = person(cast.collector, width, java_script_enabled=False)
    cadre.go("/problems/new")
    cadre.page.locator("summary", has_text="照片").click()
    expect(cadre.page.locator("input[type=file]")).to_be_visible()
    expect(cadre.page.locator(".file-button")).to_have_count(0)
