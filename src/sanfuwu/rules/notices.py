"""The State Council's notice on the holidays of a year, as it is worded, read into days.

    一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
    七、国庆节：10月1日至7日放假调休，共7天。9月28日（星期六）、10月12日（星期六）上班。

Nothing is guessed: a weekday that does not fit the date, a count of days that does not fit the stretch, or a sentence
about holidays that cannot be read, is a fault with its words; a person confirms the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

_HOLIDAY: Final = re.compile(r"(?:[一二三四五六七八九十]+[、.．]\s*|\d+[、.．]\s*)?([\u4e00-\u9fff、]{2,12}?)[：:]\s*")
_YEAR: Final = re.compile(r"(20\d{2})年")
_DAY: Final = re.compile(
    r"(?:(?P<year>20\d{2})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日"
    r"(?:[（(](?:农历[^，,）)]*[，,、])?(?:(?:星期|周)(?P<week>[一二三四五六日天]))?[^）)]*[）)])?"
)
_REST: Final = re.compile(r"放假|休息|调休")
_WORK: Final = re.compile(r"上班")
_COUNT: Final = re.compile(r"共(?P<n>\d{1,2})天")
_WEEK: Final = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_MOST_DAYS: Final = 16  # no notice has named a longer stretch


@dataclass(slots=True)
class Notice:
    """What was read: rest days and make-up workdays with the holiday's name, and what could not be read."""

    rest: dict[date, str] = field(default_factory=dict)
    work: dict[date, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)  # the words, as they stand in the text
    reasons: list[str] = field(default_factory=list)  # one code a fault: weekday, count, order, no_date, both, outside


def named_year(text: str) -> int | None:
    """The year that a notice names most often; None when it names none."""
    years = [int(y) for y in _YEAR.findall(text)]
    return max(set(years), key=years.count) if years else None


def read_notice(text: str, year: int) -> Notice:
    """The days of `year` in the text. A day of another year (a make-up workday in December before) is a fault:
    it belongs to the calendar of that year and has to be entered there."""
    notice = Notice()
    name = ""
    for sentence in re.split(r"[。；;\n]", text):
        sentence = re.sub(r"\s+", "", sentence)
        if heading := _HOLIDAY.match(sentence):
            name = heading[1]
            sentence = sentence[heading.end() :]
        if not (_REST.search(sentence) or _WORK.search(sentence)):
            continue
        month: int | None = None
        for part in re.split(r"[，,](?![^（(]*[）)])", sentence):
            month = _read_part(part, year, name, notice, month)
        _check_count(sentence, year, notice)
    for day in sorted(notice.rest.keys() & notice.work.keys()):
        notice.faults.append(f"{day.month}月{day.day}日")
        notice.reasons.append("both")
    return notice


def _read_part(part: str, year: int, name: str, notice: Notice, month: int | None) -> int | None:
    """One clause: days that rest, or days that are worked. Returns the month that the next clause goes on with."""
    rests, works = bool(_REST.search(part)), bool(_WORK.search(part))
    found = list(_DAY.finditer(part))
    if not found:
        # “与周末连休” and “共3天” name no day; “放假” alone does and cannot be used without.
        if rests and name and not _COUNT.search(part) and not notice.rest and "放假" in part:
            _fault(notice, part, "no_date")
        return month
    if not (rests or works):
        # A list of days goes on in the clause with its verb: “9月28日（星期六）、10月12日（星期六）上班”.
        works, rests = False, True
    target = notice.work if works else notice.rest
    previous: date | None = None
    end_of_previous = 0
    for match in found:
        month = int(match["month"]) if match["month"] else month
        day = _date(int(match["year"] or year), month, int(match["day"]))
        if day is None:
            _fault(notice, match[0], "no_date")
            continue
        if match["week"] and day.weekday() != _WEEK[match["week"]]:
            _fault(notice, match[0], "weekday")
            continue
        between = part[end_of_previous : match.start()]
        stretch = previous is not None and re.search(r"至|到|—|-|～|~", between) is not None
        for one in _days(previous, day, notice, part) if stretch and previous is not None else [day]:
            if one.year != year and rests and one.weekday() >= 5:
                continue  # a week-end rests without a notice
            if one.year != year:
                _fault(notice, f"{one.year}年{one.month}月{one.day}日", "outside")
            else:
                target[one] = name
        previous, end_of_previous = day, match.end()
    return month


def _days(first: date, last: date, notice: Notice, words: str) -> list[date]:
    length = (last - first).days
    if not 0 < length < _MOST_DAYS:
        _fault(notice, words, "order")
        return []
    return [first + timedelta(days=n) for n in range(1, length + 1)]


def _check_count(sentence: str, year: int, notice: Notice) -> None:
    """“共7天” must be the length of the stretch before it."""
    said = _COUNT.search(sentence)
    if said is None or _YEAR.search(sentence):  # a stretch over the turn of the year has days that are not of this one
        return
    alone = Notice()
    month: int | None = None
    for part in re.split(r"[，,](?![^（(]*[）)])", sentence[: said.start()]):
        month = _read_part(part, year, "", alone, month)
    if alone.rest and not alone.faults and len(alone.rest) != int(said["n"]):
        _fault(notice, sentence, "count")


def _date(year: int, month: int | None, day: int) -> date | None:
    try:
        return date(year, month, day) if month else None
    except ValueError:
        return None


def _fault(notice: Notice, words: str, reason: str) -> None:
    if (words, reason) not in zip(notice.faults, notice.reasons, strict=True):
        notice.faults.append(words)
        notice.reasons.append(reason)
