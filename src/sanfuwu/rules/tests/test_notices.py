"""The State Council's notice, word for word, into days; nothing is guessed."""

from __future__ import annotations

from datetime import date

import chinese_calendar
import pytest

from sanfuwu.rules.notices import named_year, read_notice

OF_2025 = """各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2025年元旦、春节等节日放假调休日期的具体安排通知如下。
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。"""


def test_one_sentence_gives_its_holidays_and_make_up_workdays() -> None:
    found = read_notice("国庆节：10月1日至7日放假调休，共7天。9月28日（星期六）、10月12日（星期六）上班。", 2024)
    assert sorted(found.rest) == [date(2024, 10, day) for day in range(1, 8)]
    assert sorted(found.work) == [date(2024, 9, 28), date(2024, 10, 12)]
    assert set(found.rest.values()) == {"国庆节"}
    assert found.faults == []


def test_a_whole_notice_gives_the_year_as_it_was_worked() -> None:
    found = read_notice(OF_2025, 2025)
    known = chinese_calendar.constants
    assert set(found.rest) == {day for day in known.holidays if day.year == 2025}
    assert set(found.work) == {day for day in known.workdays if day.year == 2025}
    assert found.faults == []
    assert named_year(OF_2025) == 2025


def test_a_stretch_from_december_counts_only_its_days_of_the_year() -> None:
    found = read_notice("元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 2023)
    assert sorted(found.rest) == [date(2023, 1, 1), date(2023, 1, 2)]
    assert found.faults == []  # 31 December was a Saturday


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("国庆节：10月1日至7日放假调休，共8天。", "count"),
        ("清明节：4月4日（周一）放假1天。", "weekday"),
        ("春节：2月30日至2月5日放假，共7天。", "no_date"),
        ("劳动节：5月5日至1日放假。", "order"),
        ("元旦：1月1日放假。1月1日上班。", "both"),
        ("元旦：1月1日放假。2024年12月29日上班。", "outside"),
    ],
)
def test_what_does_not_fit_is_a_fault_with_its_words(text: str, reason: str) -> None:
    found = read_notice(text, 2025)
    assert reason in found.reasons
    assert all(found.faults)


def test_a_text_without_holidays_gives_nothing() -> None:
    found = read_notice("关于做好春节期间值班工作的通知", 2025)
    assert (found.rest, found.work) == ({}, {})
    assert named_year("没有年份") is None
