"""The main job, clicked through by the people who do it, at both widths."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MATTER = {
    "desktop": ("夏季用电高峰经常跳闸", "上虞样例伞业有限公司"),
    "phone": ("新装两条流水线后变压器容量不够", "上虞样例铜管有限公司"),
}
LEFT = re.compile(r"剩 .*(工作日|小时|分钟).* · .+ \d\d:\d\d 截止")


def test_a_problem_goes_from_registration_to_striking_off(cast: Cast, person, stranger, width: str) -> None:
    """走访干部 → 受理员 → 供电所 经办 → 所长 → 受理员 → 回访员 → 受理员 → the requester himself."""
    # Two widths are two matters of two firms: what is alike would be asked about.
    title, who = MATTER[width]
    cadre, office = person(cast.collector, width), person(cast.dispatcher, width)

    # 登记: three fields.
    cadre.go("/")
    with cadre.main_act():
        cadre.click(cadre.page.locator("a[href='/problems/new']:visible").first)
        cadre.fill("who", who)
        cadre.fill("text", f"{title}。请尽快协调增容。")
        cadre.fill("place", "崧厦街道")
        cadre.send()
        expect(cadre.page.locator("#messages")).to_contain_text("等待受理")
    cadre.sees_stage("待受理")
    cadre.sees_newest_line("俞走访 登记")
    number = cadre.number

    # 受理.
    with office.main_act():
        office.open_from_desk(title, "待受理")
        assert office.number == number
        office.press("受理")
        office.select("category_id", cast.category)
        office.send()
        expect(office.page.locator("#messages")).to_contain_text("受理：已完成")
    office.sees_stage("待交办")
    office.sees_newest_line("王受理 受理")

    # 交办: the lead and one to help; the consequence is said before, with its date.
    with office.main_act():
        office.press("交办")
        expect(office.page.locator("#acts .consequence")).to_have_text(re.compile("办结时限将为 .+，自交办起计时"))
        office.select("lead", cast.lead)
        office.tick("co", cast.co)
        office.send()
        expect(office.page.locator("#messages")).to_contain_text("交办：已完成")
    office.sees_stage("待签收")
    office.sees_deadline(LEFT)
    office.sees_newest_line("王受理 交办：主办 崧厦供电所，协办 自来水公司")

    # 签收, 联系, 提交结果 by the 经办.
    handler = person(cast.handler, width)
    with handler.main_act():
        handler.open_from_desk(title, "待签收")
        handler.press("签收")
        handler.send()
        expect(handler.page.locator("#messages")).to_contain_text("签收：已完成")
    handler.sees_stage("办理中")
    handler.sees_deadline(LEFT)
    handler.sees_newest_line("夏经办 签收")
    with handler.main_act():
        handler.press("联系")
        handler.send()
        expect(handler.page.locator("#messages")).to_contain_text("联系：已完成")
    handler.sees_newest_line(re.compile("夏经办 .*联系诉求人（电话）"))

    # 自来水公司 helps: it signs and gives its part to the lead.
    water = person(cast.water, width)
    # The stage that lists show is the lead's, who has signed already.
    water.open_from_desk(title, "待签收")
    water.press("签收")
    water.send()
    expect(water.page.locator("#messages")).to_contain_text("签收：已完成")
    water.press("联系")
    water.send()
    expect(water.page.locator("#messages")).to_contain_text("联系：已完成")
    with water.main_act():
        water.press("提交结果")
        water.tick("result_kind", "solved")
        water.fill("text", "管线已让位。")
        water.fill("evidence", "现场照片存档，企业在场。")
        water.send()
        expect(water.page.locator("#messages")).to_contain_text("提交结果：已完成")
    boss = person(cast.double, width)
    boss.go(f"/problems/{number}")
    boss.press("签发")
    boss.send()
    expect(boss.page.locator("#messages")).to_contain_text("签发：已完成")

    handler.go(f"/problems/{number}")
    review_part = handler.page.locator("#acts a.menu-item, #acts a.btn-primary", has_text="审核")
    if not review_part.first.is_visible():
        handler.page.locator("#acts details summary").click()
    review_part.first.click()
    handler.send()
    expect(handler.page.locator("#messages")).to_contain_text("已完成")
    handler.sees_newest_line("夏经办 审核通过 自来水公司 的办理结果")

    with handler.main_act():
        handler.press("提交结果")
        handler.tick("result_kind", "solved")
        handler.fill("text", "已更换变压器并完成增容。")
        handler.fill("evidence", "增容验收单，企业在场。")
        handler.send()
        expect(handler.page.locator("#messages")).to_contain_text("提交结果：已完成")
    handler.sees_stage("待签发")
    handler.sees_newest_line("夏经办 提交结果：实际解决")

    # 签发 by the 所长.
    head = person(cast.head, width)
    with head.main_act():
        head.open_from_desk(title, "待签发")
        head.press("签发")
        head.send()
        expect(head.page.locator("#messages")).to_contain_text("签发：已完成")
    head.sees_stage("待审核")
    head.sees_newest_line("严所长 签发结果")

    # 审核.
    with office.main_act():
        office.open_from_desk(title, "待审核")
        office.press("审核通过")
        office.send()
        expect(office.page.locator("#messages")).to_contain_text("审核通过：已完成")
    office.sees_stage("待回访")
    office.sees_line(re.compile("王受理 审核通过：实际解决"))

    # 回访 by somebody outside every handling unit.
    caller = person(cast.verifier, width)
    with caller.main_act():
        caller.open_from_desk(title)
        caller.press("回访")
        caller.tick("contacted", "yes")
        caller.tick("solved", "yes")
        caller.tick("satisfied", "yes")
        caller.send()
        expect(caller.page.locator("#messages")).to_contain_text("回访：已完成")

    # 销号.
    with office.main_act():
        office.open_from_desk(title, "待销号")
        office.sees_stage("待销号")
        office.sees_line("钟回访 第 1 次回访（电话）：已联系上")
        office.press("销号")
        office.send()
        expect(office.page.locator("#messages")).to_contain_text("销号：已完成")
    office.sees_stage("已销号")
    office.sees_newest_line("王受理 销号：诉求人确认")
    office.sees_deadline(re.compile("按时办结 · .+ 截止"))

    # The requester, by the code on his slip of paper.
    code = office.card("诉求人查询").locator("a.number").inner_text()
    slip: Page = stranger(width)
    slip.goto("/r/")
    slip.locator("input[name=code]").fill(code.lower())
    slip.locator("main form button").click()
    expect(slip.locator(".state-line .chip")).to_have_text("已销号")
    expect(slip.locator("main")).to_contain_text("已更换变压器并完成增容")
    expect(slip.locator(".timeline")).to_contain_text("崧厦供电所 办理结果：实际解决")
    for name in ("夏经办", "严所长", "王受理", "钟回访"):
        assert name not in slip.content()


def test_solved_on_the_spot_is_one_step(cast: Cast, person, width: str) -> None:
    cadre = person(cast.collector, width)
    cadre.go("/problems/new")
    cadre.fill("who", "雀嘴村")
    cadre.fill("text", {"desktop": "村口路灯不亮。", "phone": "桥头护栏断了一截。"}[width])
    cadre.fill("place", "崧厦街道")
    cadre.page.get_by_text("已现场解决", exact=True).click()
    cadre.fill("how", "当场联系电工换了灯泡。")
    cadre.fill("confirmed_by", "村民委员会主任")
    cadre.press("按现场解决登记")
    expect(cadre.page.locator("#messages")).to_contain_text("已按现场解决登记并销号")
    cadre.sees_stage("已销号")
    cadre.sees_line("俞走访 现场解决，并记录诉求人一方已确认")
    expect(cadre.page.locator(".state-line")).to_contain_text("现场")
