"""`python -m tests.browser.screenshots_admin`: pictures of the administration, from a running demonstration.

It sets what the pictures show through the pages themselves (a catalogue, a proposal, words, training), so that running
it once more on the same demonstration only adds what is missing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from .conftest import ARGS, CHROMIUM, WIDTHS
from .screenshots import OUT, WAY_IN, credential, small

OFFICE, SUPERVISION, OFFICER = "区三服务办受理员", "督查员", "系统管理员"
LINES = (
    ("公用事业 / 供电", "", "供电公司"),
    ("公用事业 / 供电", "崧厦镇", "崧厦供电所"),
    ("公用事业 / 供水", "", "自来水公司"),
)
NOTICE = (
    "元旦：1月1日（周五）至3日（周日）放假，共3天。"
    "春节：2月5日至11日放假调休，共7天。1月31日（周日）、2月13日（周六）上班。"
)


def enter(page: Page, user: str, password: str) -> None:
    page.goto(WAY_IN)
    page.locator("input[name=login]").fill(user)
    page.locator("input[name=password]").fill(password)
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state()


def officer(page: Page) -> Iterator[str]:
    page.goto("/admin/county")
    page.locator("#f_phone").fill("0575-82120000")
    page.locator("#f_hours_text").fill("工作日 8:30—12:00，13:30—17:30")
    page.locator("#f_slip_text").fill("对办理情况有疑问，请在办公时间来电。")
    page.locator("#f_privacy_notice").fill(
        "您提供的姓名、电话仅用于联系和办理您的诉求，由区三服务办保存至办结归档后五年；需要更正、删除的，请向区三服务办提出。"
    )
    page.locator("#f_training").check()
    page.locator("form.card button.btn-primary").click()
    page.goto("/admin/county")
    yield "admin-county"


def office(page: Page) -> Iterator[str]:
    page.goto("/admin/")
    yield "admin"
    page.goto("/admin/categories/")
    yield "admin-categories"
    for category, town, lead in LINES:
        page.goto("/admin/catalogue/")
        page.locator("#f_category_id").select_option(label=category)
        page.locator("#f_town").select_option(label=town or "全区")
        page.locator("#f_lead").select_option(label=lead)
        page.locator("form.card button.btn-primary").click()
    page.goto("/admin/catalogue/")
    yield "admin-catalogue"
    page.goto("/admin/catalogue/coverage")
    yield "admin-coverage"
    page.goto("/admin/reasons/decline/")
    yield "admin-reasons"
    for text in ("{本单位}已于{今天}电话联系诉求人，约定上门查看。", "如有疑问，请致电{三服务办电话}。"):
        page.goto("/phrases/")
        page.locator("#f_text").fill(text)
        page.locator("form.card button.btn-primary").click()
    page.goto("/phrases/")
    yield "phrases"
    page.goto("/admin/calendar/?year=2027")
    if page.locator("#f_notice").count():
        page.locator("#f_notice").fill(NOTICE)
        page.locator("button[value=read]").click()
    yield "admin-calendar"
    page.goto("/admin/limits/new")
    if page.locator("#f_limited_lead_0").count():
        page.locator("#f_limited_lead_0").fill("5")
        page.locator("#f_remark").fill("区政办〔2019〕8号：限期类问题五个工作日内办结。")
        page.locator("button[value=look]").click()
        yield "admin-limits-new"
        page.locator("#f_remark").fill("区政办〔2019〕8号：限期类问题五个工作日内办结。")
        page.locator("button[value=propose]").click()


def supervision(page: Page) -> Iterator[str]:
    page.goto("/admin/limits/")
    waiting = page.locator(".callout a")
    if waiting.count():
        waiting.first.click()
        yield "admin-limits-version"


def training(page: Page) -> Iterator[str]:
    page.goto("/me")
    page.locator("main form[action='/training'] button").click()
    page.goto("/problems/new")
    page.locator("#f_who").fill("演练样例电器有限公司")
    page.locator("#f_text").fill("车间外路灯不亮，夜班出行不便。")
    page.locator("#f_place").fill("崧厦镇")
    page.locator("button[value=register]").click()
    page.goto("/problems/")
    yield "training"
    page.locator(".training-band button").click()


def shoot(browser: Browser, url: str, data_dir: Path, out: Path) -> list[Path]:
    """One log-in for each part, at the width of a desktop; returns the files."""
    made = []
    for does, part in ((OFFICER, officer), (OFFICE, office), (SUPERVISION, supervision), (OFFICE, training)):
        context = browser.new_context(base_url=url, locale="zh-CN", **WIDTHS["desktop"])
        page = context.new_page()
        enter(page, *credential(data_dir, does))
        for name in part(page):
            path = out / f"{name}-1440.png"
            path.write_bytes(small(page.screenshot()))
            made.append(path)
        context.close()
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--data", type=Path, required=True, help="the demonstration's data directory")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        for path in shoot(browser, asked.url, asked.data, OUT):
            print(path)
        browser.close()


if __name__ == "__main__":
    main()
