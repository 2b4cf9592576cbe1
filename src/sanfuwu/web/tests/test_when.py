"""Dates and working time as officials write them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from sanfuwu.web.pieces import bar_pieces
from sanfuwu.web.when import capped_count, day, full_day, when, working_time

CHINA = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2019, 2, 13, 10, 5, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("moment", "chinese", "english"),
    [
        (dt.datetime(2019, 2, 13, 9, 30, tzinfo=CHINA), "今天 09:30", "today 09:30"),
        (dt.datetime(2019, 2, 12, 23, 59, tzinfo=CHINA), "昨天 23:59", "yesterday 23:59"),
        (dt.datetime(2019, 2, 11, 0, 0, tzinfo=CHINA), "前天 00:00", "the day before yesterday 00:00"),
        (dt.datetime(2019, 2, 14, 17, 30, tzinfo=CHINA), "明天 17:30", "tomorrow 17:30"),
        (dt.datetime(2019, 2, 1, 8, 0, tzinfo=CHINA), "2月1日 08:00", "1 Feb 08:00"),
        (dt.datetime(2018, 12, 31, 8, 0, tzinfo=CHINA), "2018年12月31日 08:00", "31 December 2018 08:00"),
        # 16:30 UTC is half past midnight of the next day in China
        (dt.datetime(2019, 2, 11, 16, 30, tzinfo=dt.UTC), "昨天 00:30", "yesterday 00:30"),
    ],
)
def test_a_moment_is_said_in_relation_to_now_and_with_its_year_when_it_is_another(
    moment: dt.datetime, chinese: str, english: str
) -> None:
    with translation.override("zh-hans"):
        assert when(moment, NOW) == chinese
    with translation.override("en"):
        assert when(moment, NOW) == english


def test_a_day_without_an_hour() -> None:
    with translation.override("zh-hans"):
        assert day(dt.date(2019, 2, 20), NOW) == "2月20日"
        assert full_day(dt.date(2019, 2, 20)) == "2019年2月20日"


@pytest.mark.parametrize(
    ("days", "minutes", "said"),
    [
        (2, 180, "2 个工作日 3 小时"),
        (1, 0, "1 个工作日"),
        (0, 59, "59 分钟"),
        (0, 60, "1 小时"),
        (0, 90, "1 小时"),
        (3, 20, "3 个工作日"),
        (0, 0, "0 分钟"),
    ],
)
def test_working_time_names_what_matters(days: int, minutes: int, said: str) -> None:
    with translation.override("zh-hans"):
        assert working_time(days, minutes) == said


def test_a_capped_count_says_so() -> None:
    with translation.override("zh-hans"):
        assert capped_count(20_000) == "2 万+"
        assert capped_count(2_500) == "2,500+"
    with translation.override("en"):
        assert capped_count(20_000) == "20,000+"


def test_the_pieces_of_a_bar_cover_it_and_the_pause_is_hatched() -> None:
    pieces = bar_pieces(elapsed=0.43, paused=0.14, left=0.43)
    assert [(p.kind, p.x, p.width) for p in pieces] == [
        ("done", "0.0", "43.0"),
        ("pause", "43.0", "14.0"),
        ("left", "57.0", "43.0"),
    ]
    assert bar_pieces(elapsed=0.9, paused=0, left=0.1, tone="soon")[-1].kind == "near"
    assert [p.kind for p in bar_pieces(elapsed=1, paused=0, left=0)] == ["over"]
