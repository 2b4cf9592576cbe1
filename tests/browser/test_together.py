"""What people may do and see beside each other: only their acts, no lost words, no requester who stays unknown."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .given import accepted, dispatched, registered, signed
from .people import Cast
from .person import Person
from .server import Site
from .watching import Watch

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NewPerson = Callable[..., Person]
REQUESTER, ORIGINAL = "丁某某", "我是三组丁家"
SECOND = {"title_for_units": "村道照明不足", "text_for_units": "某村村道夜间无照明，请核实。"}


def confidential(site: Site, cast: Cast) -> dict[str, object]:
    return {
        "confidential": True,
        "requester": {"kind": "resident", "contact_name": REQUESTER, "phone": "13957500072"},
        "text": f"村道没有路灯。{ORIGINAL}，怕被报复。",
    }


@pytest.mark.parametrize(
    ("who", "acts"),
    [
        ("dispatcher", {"accept", "decline", "request_info", "correct"}),
        ("collector", set()),
    ],
)
def test_only_possible_acts_are_offered_before_acceptance(
    site: Site, cast: Cast, person: NewPerson, who: str, acts: set[str]
) -> None:
    problem = registered(site, cast)
    somebody = person(getattr(cast, who))
    somebody.go(problem.path)
    offered = set(somebody.offered())
    assert acts <= offered, offered
    assert not offered & {"dispatch", "sign", "submit_result", "sign_off", "review", "strike_off"}, offered
    if not acts:
        assert not offered & {"accept", "decline", "request_info"}, offered


@pytest.mark.parametrize(
    ("who", "has", "has_not"),
    [
        ("handler", {"submit_result", "report"}, {"sign", "accept", "dispatch", "review", "sign_off", "strike_off"}),
        ("head", {"submit_result"}, {"sign", "accept", "dispatch", "review", "strike_off"}),
        ("dispatcher", {"correct"}, {"accept", "sign", "submit_result", "review", "strike_off", "record_callback"}),
    ],
)
def test_only_possible_acts_are_offered_in_hand(
    site: Site, cast: Cast, person: NewPerson, who: str, has: set[str], has_not: set[str]
) -> None:
    problem = signed(site, cast)
    somebody = person(getattr(cast, who))
    somebody.go(problem.path)
    offered = set(somebody.offered())
    assert has <= offered, offered
    assert not offered & has_not, offered


def test_a_unit_that_has_nothing_to_do_with_it_does_not_find_it(
    site: Site, cast: Cast, person: NewPerson, watch: Watch
) -> None:
    watch.expected.add(404)
    problem = dispatched(site, cast)
    stranger = person(cast.water)
    stranger.go(problem.path)
    expect(stranger.page.locator("main h1")).to_have_text("没有找到")
    assert problem.title not in stranger.page.content()


def test_whoever_is_second_is_told_and_keeps_his_words(
    site: Site, cast: Cast, person: NewPerson, watch: Watch, width: str
) -> None:
    """Both dispatchers open the same problem; the first one declines nothing, he corrects it, then the other acts."""
    watch.expected |= {409}
    problem = accepted(site, cast)
    slow, quick = person(cast.dispatcher, width), person(cast.second_dispatcher, width)
    for somebody in (slow, quick):
        somebody.go(f"{problem.path}/dispatch")
        somebody.select("lead", cast.lead)
    slow.fill("instruction", "请先到现场看一看，再打电话。")
    quick.send()
    expect(quick.page.locator("#messages")).to_contain_text("交办：已完成")
    slow.send()
    told = slow.page.locator("#stale")
    expect(told).to_contain_text("有人先办理了。您的操作没有提交，填写的内容都在。")
    expect(told).to_contain_text("马受理 交办：主办 崧厦供电所")
    kept = told.locator("textarea")
    expect(kept).to_have_value("请先到现场看一看，再打电话。")
    slow.sees_stage("待签收")
    assert "dispatch" not in slow.offered()


def test_an_act_that_is_still_possible_can_be_sent_again(
    site: Site, cast: Cast, person: NewPerson, watch: Watch
) -> None:
    watch.expected |= {409}
    problem = signed(site, cast)
    slow, quick = person(cast.handler), person(cast.head)
    slow.go(f"{problem.path}/report")
    slow.fill("text", "变压器已到货。")
    quick.go(f"{problem.path}/report")
    quick.fill("text", "周四停电施工。")
    quick.send()
    expect(quick.page.locator("#messages")).to_contain_text("已完成")
    slow.send()
    expect(slow.page.locator("#stale")).to_contain_text("严所长 反馈进展")
    expect(slow.field("text")).to_have_value("变压器已到货。")
    slow.send()
    expect(slow.page.locator("#messages")).to_contain_text("已完成")
    slow.sees_newest_line("变压器已到货。")


def test_the_handler_sees_neither_requester_nor_the_original_words(
    site: Site, cast: Cast, person: NewPerson, width: str
) -> None:
    problem = dispatched(site, cast, second=SECOND, **confidential(site, cast))
    office = person(cast.dispatcher, width)
    office.go(problem.path)
    expect(office.page.locator("main")).to_contain_text(ORIGINAL)  # the named office does, so the test can fail
    handler = person(cast.handler, width)
    handler.go(problem.path)
    expect(handler.page.locator("h1")).to_have_text(SECOND["title_for_units"])
    expect(handler.page.locator("main")).to_contain_text(SECOND["text_for_units"])
    expect(handler.card("诉求人")).to_contain_text("诉求人身份保密")
    for path in (problem.path, "/problems/", f"/problems/?q={ORIGINAL[-2:]}", "/"):
        handler.go(path)
        page = handler.page.content()
        for secret in (REQUESTER, ORIGINAL, "报复", "没有路灯", "13957500072", problem.read_code, "俞走访"):
            assert secret not in page, f"{secret} on {path}"


def test_errors_say_what_and_keep_everything_typed(cast: Cast, person: NewPerson, watch: Watch, width: str) -> None:
    watch.expected.add(422)
    # Two firms and two matters: the second time the same words would be met with what is alike.
    firm, text = {
        "desktop": ("虞南样例竹编有限公司", "仓库屋顶漏雨，成品受潮，请帮助联系施工队。"),
        "phone": ("绍兴样例灯具有限公司", "职工子女入学名额不足，想请协调。"),
    }[width]
    cadre = person(cast.collector, width)
    cadre.go("/problems/new")
    cadre.fill("who", firm)
    cadre.fill("text", text)
    cadre.fill("place", "不存在的地方")
    cadre.send()
    expect(cadre.page.locator("#errors")).to_contain_text("没有提交成功，填写的内容都在。")
    expect(cadre.page.locator("#errors")).to_be_focused()
    expect(cadre.page.locator("#errors")).to_contain_text("没有这个镇街或村（社），请从列表中选择。")
    expect(cadre.field("who")).to_have_value(firm)
    expect(cadre.field("text")).to_have_value(text)
    expect(cadre.field("place")).to_have_value("不存在的地方")
    expect(cadre.field("place")).to_have_attribute("aria-invalid", "true")
    cadre.field("place").fill("崧厦街道")
    cadre.send()
    expect(cadre.page.locator("#messages")).to_contain_text("等待受理")


def test_a_lost_session_keeps_what_was_typed(cast: Cast, person: NewPerson) -> None:
    cadre = person(cast.collector)
    cadre.go("/problems/new")
    cadre.fill("who", "雀嘴村")
    cadre.fill("text", "机耕路塌方，农机进不去。")
    # The page keeps it by itself, a moment after the last key.
    cadre.draft_is_kept("机耕路塌方")
    cadre.page.context.clear_cookies(name="sessionid")  # as after half an hour of idleness
    cadre.send()
    expect(cadre.page.locator("input[name=password]")).to_be_visible()
    cadre.log_in()
    cadre.go("/problems/new")
    expect(cadre.page.locator("[data-draft-note]")).to_be_visible()
    expect(cadre.field("text")).to_have_value("机耕路塌方，农机进不去。")
    expect(cadre.field("who")).to_have_value("雀嘴村")


def test_somebody_else_at_the_same_machine_does_not_get_the_draft(cast: Cast, person: NewPerson) -> None:
    cadre = person(cast.collector)
    cadre.go("/problems/new")
    cadre.fill("text", "只给我自己看的草稿。")
    cadre.draft_is_kept("草稿")
    cadre.page.context.clear_cookies()
    other = Person(cast.handler, cadre.page)
    other.log_in()
    other.go("/problems/new")
    expect(other.field("text")).to_have_value("")


def test_registering_and_accepting_work_without_javascript(
    cast: Cast, person: NewPerson, watch: Watch, width: str
) -> None:
    cadre = person(cast.collector, width, java_script_enabled=False)
    cadre.go("/problems/new")
    cadre.fill("who", "雀嘴村")
    cadre.fill("text", {"desktop": "没有脚本也能登记。", "phone": "机耕路上的涵洞塌了。"}[width])
    cadre.fill("place", "崧厦街道")
    cadre.send()
    expect(cadre.page.locator("#messages")).to_contain_text("等待受理")
    number = cadre.number

    office = person(cast.dispatcher, width, java_script_enabled=False)
    office.go(f"/problems/?q={number}")
    assert office.number == number
    office.press("受理")
    office.select("category_id", cast.category)
    office.send()
    office.sees_stage("待交办")
    office.press("交办")
    office.select("lead", cast.lead)
    office.send()
    office.sees_stage("待签收")


def test_the_list_is_walked_with_the_keyboard(site: Site, cast: Cast, person: NewPerson) -> None:
    registered(site, cast)
    registered(site, cast)
    office = person(cast.dispatcher)
    office.go("/problems/")
    page: Page = office.page
    rows = page.locator(".ledger tbody tr")
    titles = rows.locator("a.title").all_inner_texts()
    assert len(titles) >= 2
    page.keyboard.press("j")
    expect(rows.nth(0).locator("a.title")).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1).locator("a.title")).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0).locator("a.title")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator(".bulk [data-chosen]")).to_have_text("1")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(titles[1])
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("跳闸 j k x")
    expect(page.locator("#find")).to_have_value("跳闸 j k x")


HAN, LATIN = re.compile(r"[\u4e00-\u9fff]+"), re.compile(r"[A-Za-z]{2,}")


def frame_words(page: Page) -> str:
    """Everything of the frame that a person reads: top, rail, bottom bar, menus; not the names of people and posts."""
    return str(
        page.evaluate(
            """() => {
              const out = []
              for (const part of document.querySelectorAll('header.top, nav.rail, nav.tabbar')) {
                const copy = part.cloneNode(true)
                const names = '.county, .who, .who-post, .menu-who, [name=language], form[action*=switch], svg, kbd'
                copy.querySelectorAll(names).forEach((node) => node.remove())
                out.push(copy.textContent)
                part.querySelectorAll('[placeholder], [aria-label]').forEach((node) =>
                  out.push(node.placeholder || '', node.getAttribute('aria-label') || ''))
              }
              for (const node of document.querySelectorAll('main h1, main h2, main .stat .label, main th'))
                out.push(node.textContent)
              return out.join('\\n')
            }"""
        )
    )


@pytest.mark.parametrize("path", ["/", "/problems/", "/problems/new", "/me"])
def test_one_language_at_a_time(cast: Cast, person: NewPerson, path: str) -> None:
    """The browser itself wishes English (`en-GB`) and gets Chinese all the same, until the person says otherwise."""
    office = person(cast.dispatcher)
    office.go(path)
    words = frame_words(office.page)
    assert not LATIN.findall(words), words
    assert office.page.locator("html").get_attribute("lang") == "zh-Hans"
    switch_language(office.page, "en")
    office.go(path)
    words = frame_words(office.page)
    assert office.page.locator("html").get_attribute("lang") == "en"
    assert not HAN.findall(words), words
    assert LATIN.findall(words)
    switch_language(office.page, "zh-hans")
    office.go(path)
    assert HAN.findall(frame_words(office.page))


def switch_language(page: Page, code: str) -> None:
    page.goto("/me")
    page.locator(f"main button[name=language][value={code}]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en" if code == "en" else "zh-Hans")


def test_large_type_and_contrast_stay_switched_on(
    cast: Cast, person: NewPerson, stranger: Callable[..., Page], width: str
) -> None:
    office = person(cast.dispatcher, width)
    page = office.page
    page.goto("/me")
    before = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    for name in ("large", "contrast"):
        page.locator(f"main button[name={name}]").click()
        expect(page.locator(f"main button[name={name}]")).to_have_attribute("aria-pressed", "true")
    page.goto("/problems/")
    classes = set((page.locator("html").get_attribute("class") or "").split())
    assert {"large", "contrast"} <= classes
    after = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert after / before == pytest.approx(1.25, abs=0.02)
    office.no_horizontal_scroll()

    villager = stranger(width)  # the switch is there before any log-in
    villager.goto("/r/")
    villager.locator("details.menu summary").click()
    villager.locator("button[name=large]").click()
    expect(villager.locator("html")).to_have_class(re.compile(r"\blarge\b"))


def test_one_account_acts_in_one_of_its_posts_at_a_time(cast: Cast, person: NewPerson, width: str) -> None:
    double = person(cast.double, width)
    double.go("/me")
    posts = double.page.locator("main form[action='/posts/switch'] button")
    expect(posts).to_have_count(2)
    other = double.page.locator("main form[action='/posts/switch'] button:not([aria-current])")
    label = other.inner_text().strip()
    other.click()
    expect(double.page.locator(".page-head .meta")).to_have_text(label)
    double.go("/me")
    expect(double.page.locator("main form[action='/posts/switch'] button[aria-current=true]")).to_have_text(label)


def test_the_telephone_is_masked_until_a_reason_is_given(site: Site, cast: Cast, person: NewPerson) -> None:
    problem = signed(site, cast)
    handler = person(cast.handler)
    handler.go(problem.path)
    assert "13957500071" not in handler.page.content()
    handler.page.get_by_text("查看号码", exact=True).click()
    handler.press("办理需要")
    expect(handler.page.locator("#phone")).to_contain_text("13957500071")
    handler.page.get_by_text("谁看过号码").click()
    expect(handler.page.locator(".timeline")).to_contain_text("夏经办")
    expect(handler.page.locator(".timeline")).to_contain_text("办理需要")
