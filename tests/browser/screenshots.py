"""`python -m tests.browser.screenshots`: the pictures of the manual, from a running demonstration.

    make demo                                                (in another terminal)
    .venv/bin/python -m tests.browser.screenshots

Logs in as the demonstration's dispatcher, whose password stands in its data directory. Writes
docs/manual/img/PAGE-WIDTH.png with a palette of few colours, so that a clone of the repository stays small.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .conftest import ARGS, CHROMIUM, WIDTHS

OUT = Path(__file__).parents[2] / "docs" / "manual" / "img"
MOST_BYTES = 150_000
WAY_IN = "/login/"


def shoot(browser: Browser, url: str, user: str, password: str, out: Path) -> list[Path]:
    """All pages at both widths; returns the files."""
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for width in WIDTHS:
        # Drawn at two device pixels on the phone, as phones do; the desktop's pictures are large enough.
        scale = 2 if width == "phone" else 1
        context = browser.new_context(base_url=url, locale="zh-CN", device_scale_factor=scale, **WIDTHS[width])
        page = context.new_page()
        pixels = WIDTHS[width]["viewport"]["width"]
        for name in pages(page, user, password):
            path = out / f"{name}-{pixels}.png"
            path.write_bytes(small(page.screenshot()))
            made.append(path)
        context.close()
    return made


def pages(page: Page, user: str, password: str) -> Iterator[str]:
    """Goes from page to page; yields the name of the picture each time one stands ready."""
    narrow = (page.viewport_size or {"width": 0})["width"] < 700
    page.goto(WAY_IN)
    yield "login"
    log_in(page, user, password)
    page.goto("/")  # once more, without what is said only after the log-in
    yield "desk"
    page.goto("/problems/")
    expect(page.locator(".ledger")).to_be_visible()
    yield "ledger"
    page.goto("/duties/")
    yield "duties"
    page.goto("/problems/?stage=to_sign&stage=handling&tier=limited")
    page.locator("a.chip[hx-get]").click()
    expect(page.locator("#filter-sheet")).to_be_visible()
    yield "filters"
    if not narrow:  # lines are ticked on the desktop only
        page.goto("/problems/?stage=to_dispatch&stage=submitted")
        for box in page.locator("td.pick input").all()[:8]:
            box.check()
        page.locator(".bulk button.btn-primary").click()
        page.locator("button[name=act][value=dispatch]").click()
        page.locator("select[name=lead]").select_option(index=1)
        page.locator("button[name=do][value=preview]").click()
        expect(page.locator("button[name=do][value=run]")).to_be_visible()
        yield "bulk"
    # A problem with a running clock shows every piece of its page.
    page.goto("/problems/?stage=handling&sort=due")
    running = page.locator(".ledger a.title")
    if not running.count():
        page.goto("/problems/")
    running.first.click()
    expect(page.locator(".timeline")).to_be_visible()
    slip = page.locator("section.card a.number[href^='/r/']")
    code = slip.inner_text() if slip.count() else ""
    yield "problem"
    page.goto("/problems/new")
    yield "register"
    window = "from=2019-02-11&to=2019-02-20"
    page.goto(f"/figures/?{window}")
    if page.locator(".figures").count():
        yield "figures"
        page.goto(f"/figures/solved_on_spot?{window}")
        yield "figure"
        page.goto(f"/figures/meeting_enterprises?{window}")
        page.locator(".records a.title").first.click()
        expect(page.locator("ol.items")).to_be_visible()
        yield "meeting"
    yield from exchange(page)
    if code:
        page.goto(f"/r/{code}")
        yield "slip"


def exchange(page: Page) -> Iterator[str]:
    """Numbers elsewhere, workbooks, what goes to other counties."""
    page.goto("/problems/?foreign=hotline")
    page.locator(".ledger a.title").first.click()
    page.locator("#elsewhere-h").scroll_into_view_if_needed()
    yield "numbers"
    page.goto("/admin/systems/hotline")
    yield "admin-systems"
    page.goto("/exchange/")
    yield "transfers"
    page.goto("/problems/?stage=submitted")
    links = page.locator(".ledger a.title").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    for link in links:
        page.goto(f"{link}/hand_over")
        if page.locator("form.act-form").count():
            page.locator("#acts").scroll_into_view_if_needed()
            yield "hand-over"
            break
    page.goto("/exchange/systems/hotline")
    yield "exchange-system"
    page.locator("input[type=file]").set_input_files(
        {"name": "12345回复.xlsx", "mimeType": "application/octet-stream", "buffer": their_workbook(page)}
    )
    page.locator("section[aria-labelledby=in-h] button").click()
    page.locator("#rows").wait_for()
    yield "exchange-preview"


def their_workbook(page: Page) -> bytes:
    """Answers to the numbers that stand in the list of one system: one good, one closed here, one unknown, one bad."""
    numbers = []
    for listed in ("open=1", "open=0"):
        page.goto(f"/problems/?foreign=hotline&{listed}")
        links = page.locator(".ledger a.title")
        if links.count():
            page.goto(links.first.get_attribute("href") or "")
            numbers.append(page.locator("section:has(#elsewhere-h) dd.number").first.inner_text())
    page.goto("/exchange/systems/hotline")
    rows = [(number, "已回复", "话务员已电话回复来电人，来电人表示认可。", "2019-02-19") for number in numbers]
    rows += [("SX201999999999", "已办结", "", "2019-02-19"), ("SX2019", "处理中", "", "上周")]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate((("工单编号", "状态", "答复", "日期"), *rows)):
            sheet.write_row(at, 0, row)
    return out.getvalue()


# Picture → whose work, the list that holds such problems, and the form's address. The list must name what is looked
# for: only its first page is gone through, and what is asked of one among 180 in hand need not stand there.
FORMS: dict[str, tuple[str, str, str]] = {
    "accept": ("区三服务办受理员", "stage=submitted", "accept"),
    "dispatch": ("区三服务办受理员", "stage=to_dispatch", "dispatch"),
    "submit-result": ("崧厦供电所经办", "stage=handling", "submit_result"),
    "sign-off": ("所长", "stage=to_sign_off", "sign_off"),
    "callback": ("回访员", "stage=to_call_back", "record_callback"),
    "ruling": ("区三服务办受理员", "stage=returned", "rule_reassign"),
    "extension": ("崧厦供电所经办", "stage=handling", "request_extension"),
    "merge-problems": ("区三服务办受理员", "stage=to_dispatch", "merge"),
    "hold": ("督查员", "asks=hold", "hold"),
}
# Picture → whose desk.
DESKS: dict[str, str] = {"to-decide": "督查员"}


def shoot_forms(browser: Browser, url: str, data_dir: Path, out: Path) -> list[Path]:
    """The form of each main act, open before the person whose work it is."""
    made = []
    for name, (does, query, act) in FORMS.items():
        context = browser.new_context(base_url=url, locale="zh-CN", **WIDTHS["desktop"])
        page = context.new_page()
        log_in(page, *credential(data_dir, does))
        page.goto(f"/problems/?{query}")
        links = page.locator(".ledger a.title").evaluate_all("links => links.map(a => a.getAttribute('href'))")
        for link in links:
            page.goto(f"{link}/{act}")
            if page.locator("form.act-form").count():
                break
        else:
            raise SystemExit(f"{name}: nobody can {act} in {query} before {does}: {len(links)} looked at")
        page.locator("#acts").scroll_into_view_if_needed()
        path = out / f"{name}-1440.png"
        path.write_bytes(small(page.screenshot()))
        made.append(path)
        context.close()
    for name, does in DESKS.items():
        context = browser.new_context(base_url=url, locale="zh-CN", **WIDTHS["desktop"])
        page = context.new_page()
        log_in(page, *credential(data_dir, does))
        page.goto("/")
        path = out / f"{name}-1440.png"
        path.write_bytes(small(page.screenshot()))
        made.append(path)
        context.close()
    return made


# Picture → whose eyes, and the address; with "|" a link of that page is followed.
ADMINISTRATION: dict[str, tuple[str, str]] = {
    "setup": ("系统管理员", "/admin/setup"),
    "units": ("系统管理员", "/admin/units"),
    "people": ("系统管理员", "/admin/people"),
    "person": ("系统管理员", "/admin/people?q=崧厦供电所|何志强"),
    "import-people": ("系统管理员", "/admin/people/import"),
    "access": ("安全管理员", "/admin/access"),
    "phones": ("受理员", "/phones"),
}


def shoot_administration(browser: Browser, url: str, data_dir: Path, out: Path) -> list[Path]:
    """Pages of the officers, and the two previews: of a merger and of a hand-over. Nothing is confirmed."""
    made = []
    for does in dict.fromkeys(does for does, _path in ADMINISTRATION.values()):
        context = browser.new_context(base_url=url, locale="zh-CN", **WIDTHS["desktop"])
        page = context.new_page()
        page.goto(WAY_IN)
        user, password = credential(data_dir, does)
        page.locator("input[name=login]").fill(user)
        page.locator("input[name=password]").fill(password)
        page.locator("main form button.btn-primary").click()
        page.wait_for_url(f"{url}/")
        for name, (who, path) in ADMINISTRATION.items():
            if who == does:
                start, _bar, link = path.partition("|")
                page.goto(start)
                if link:
                    page.get_by_role("link", name=link).first.click()
                made.append(_picture(page, out / f"{name}-1440.png"))
        if does == "系统管理员":
            page.goto("/admin/units?q=崧厦供电所")
            page.get_by_role("link", name="崧厦供电所", exact=True).first.click()
            page.get_by_role("link", name="并入另一个单位").click()
            page.locator("#f_into_id").select_option(label="章镇供电所")
            made.append(_looked_at(page, out / "merge-1440.png"))
            page.goto("/admin/people?q=崧厦供电所")
            page.get_by_role("link", name="何志强").first.click()
            page.get_by_role("link", name="离岗或调岗").first.click()
            page.locator("#f_successor").select_option(index=1)
            made.append(_looked_at(page, out / "handover-1440.png"))
        context.close()
    return made


def _looked_at(page: Page, path: Path) -> Path:
    page.get_by_role("button", name="预览").click()
    expect(page.locator("#preview")).to_be_visible()
    return _picture(page, path)


def _picture(page: Page, path: Path) -> Path:
    path.write_bytes(small(page.screenshot()))
    return path


def shoot_papers(browser: Browser, url: str, data_dir: Path, out: Path) -> list[Path]:
    """The export menu, a dispatch order, and the administration of both."""
    made = []
    context = browser.new_context(base_url=url, locale="zh-CN", **WIDTHS["desktop"])
    page = context.new_page()
    log_in(page, *credential(data_dir, "区三服务办受理员"))
    for name in ("export", "paper", "columns", "papers"):
        if name == "export":
            page.goto("/problems/?open=1")
            page.locator(".export-fold > summary").click()
        elif name == "paper":
            page.goto("/problems/?stage=handling")
            page.locator(".ledger a.title").first.click()
            page.locator(".timeline").wait_for()
            order = page.locator("form[action$='/papers/order'] button")
            (order if order.count() else page.locator(".paper-list a").first).click()
            page.locator(".official").wait_for()
        else:
            page.goto({"columns": "/admin/ledgers/problems", "papers": "/admin/papers/"}[name])
        path = out / f"{name}-1440.png"
        path.write_bytes(small(page.screenshot()))
        made.append(path)
    context.close()
    return made


IMPORT_HEAD = (
    "序号", "编号", "收集日期", "来源渠道", "服务类别", "对象名称", "联系人", "电话", "所属镇街/村社", "问题分类",
    "问题描述",
    "诉求建议",
)  # fmt: skip
IMPORT_TEXTS = (
    "厂区外路灯不亮，夜班职工出行不便。", "园区二期临时用水未接通，影响投产。", "村口道路破损，大车通行困难。",
    "办理扩建手续时间较长，请予指导。", "周末公交班次少，职工返乡不便。",
)  # fmt: skip


def list_to_import() -> bytes:
    """An invented list of a town, with two rows that cannot be imported."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("问题清单")
        sheet.merge_range(0, 0, 0, len(IMPORT_HEAD) - 1, "崧厦镇“三服务”问题清单（2019年2月）")
        sheet.write_row(1, 0, IMPORT_HEAD)
        for n in range(12):
            day = {3: "2019年2月30日", 7: "上周三"}.get(n, f"2019-02-{10 + n % 9}")
            firm = f"上虞样例{'甲乙丙丁戊'[n % 5]}电器有限公司"
            text = IMPORT_TEXTS[n % 5] + ("" if n < 6 else f"（{n}号地块）")
            cells = (n + 1, f"SX-{n + 1:03d}", day, "走访发现", "服务企业", firm, "王某", f"139000000{n:02d}", "崧厦镇")
            sheet.write_row(n + 2, 0, (*cells, "水电气" if n % 2 else "道路交通", text, "请协调解决。"))
    return out.getvalue()


def shoot_import(browser: Browser, url: str, data_dir: Path, out: Path) -> list[Path]:
    """The way of a list, step by step, before a town's dispatcher. Needs the demonstration's worker."""
    context = browser.new_context(base_url=url, locale="zh-CN", **WIDTHS["desktop"])
    page = context.new_page()
    log_in(page, *credential(data_dir, "崧厦镇受理员"))
    made = []

    def keep(name: str) -> None:
        path = out / f"{name}-1440.png"
        path.write_bytes(small(page.screenshot()))
        made.append(path)

    page.goto("/imports/")
    keep("imports")
    file = {"name": "崧厦镇问题清单.xlsx", "mimeType": "application/octet-stream", "buffer": list_to_import()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    forward = page.locator("main form button.btn-primary")
    for name, shown in (("import-columns", ".import-columns"), ("import-preview", ".import-counts")):
        forward.click()
        expect(page.locator(shown)).to_be_visible()
        keep(name)
    forward.click()
    expect(page.locator(".chip.green")).to_be_visible(timeout=120_000)
    keep("import-report")
    context.close()
    return made


def log_in(page: Page, user: str, password: str) -> None:
    page.goto(WAY_IN)
    page.locator("input[name=login]").fill(user)
    page.locator("input[name=password]").fill(password)
    page.locator("main form button.btn-primary").click()
    expect(page.locator(".stats")).to_be_visible()


def small(png: bytes) -> bytes:
    """The same picture with a palette, as few colours as it takes to stay below the limit.

    The palette covers all colours that occur: one by their frequency would turn the few red pixels brown.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    best = png
    for colours in (256, 128, 64, 32):
        out = io.BytesIO()
        picture.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        best = out.getvalue()
        if len(best) <= MOST_BYTES:
            break
    return best


def credential(data_dir: Path, does: str) -> tuple[str, str]:
    """User name and password of the first person of the demonstration whose work (in words) holds `does`."""
    people = json.loads((data_dir / "demo.json").read_text(encoding="utf-8"))["people"]
    for one in people:
        if does in one["does"]:
            return one["username"], one["password"]
    raise SystemExit(f"Nobody of the demonstration does {does}: {', '.join(one['does'] for one in people)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of the manual, from a running demonstration.")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--data-dir", type=Path, default=os.environ.get("SANFUWU_DATA_DIR", ".data"))
    parser.add_argument("--does", default="受理", help="Whose eyes: a word of what the person does.")
    parser.add_argument("--out", type=Path, default=OUT)
    said = parser.parse_args()
    people = credential(said.data_dir, said.does)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        made = shoot(browser, said.url, *people, said.out) + shoot_forms(browser, said.url, said.data_dir, said.out)
        made += shoot_administration(browser, said.url, said.data_dir, said.out)
        made += shoot_papers(browser, said.url, said.data_dir, said.out)
        made += shoot_import(browser, said.url, said.data_dir, said.out)
        for path in made:
            sys.stderr.write(f"{path} {path.stat().st_size:,} bytes\n")
        browser.close()


if __name__ == "__main__":
    main()
