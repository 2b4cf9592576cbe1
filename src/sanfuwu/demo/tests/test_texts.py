"""Everything is invented, and nothing is said twice."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

import pytest

from sanfuwu.demo.cast import CATEGORIES, PARTS, STAFFED
from sanfuwu.demo.courses import COURSES, UNIT_NAMES, Walk, steps_of
from sanfuwu.demo.firms import FIRMS, firm, requester
from sanfuwu.demo.meeting_texts import ATTENDED, ITEMS
from sanfuwu.demo.opinions import OF_FIRMS, OF_VILLAGES, told
from sanfuwu.demo.park import TEXT
from sanfuwu.demo.pools import pool
from sanfuwu.demo.stage import play
from sanfuwu.demo.story import Step, Story
from sanfuwu.demo.texts_firms import FIRM_STORIES
from sanfuwu.demo.texts_people import PEOPLE_STORIES
from sanfuwu.demo.visiting import january, on_the_spot, overturned
from sanfuwu.demo.year import Year
from sanfuwu.rules.identifiers import check_phone, check_uscc
from sanfuwu.rules.samples import is_sample_uscc
from sanfuwu.rules.text import bigrams, jaccard
from sanfuwu.territory.seed import UNITS, places

STORIES = (*FIRM_STORIES, *PEOPLE_STORIES)
TEXTS = (*(s.text for s in STORIES), *(i.text for i in ITEMS), TEXT)


@lru_cache(maxsize=1)
def by_the_dozen() -> tuple[Story, ...]:
    """What `year` and `visiting` tell, in the order in which the scenario asks for it."""
    year = Year()
    occasions = (*january(year), *on_the_spot(year), *overturned(year))
    return (*(story for one in occasions for story in one.found), *(one.story for one in year.raised()))


def most_alike(texts: Sequence[str]) -> float:
    """The largest similarity of any two, by an index from bigrams to texts: what shares none is never compared."""
    seen: dict[str, list[int]] = defaultdict(list)
    sizes: list[int] = []
    most = 0.0
    for n, text in enumerate(texts):
        grams, shared = bigrams(text), Counter[int]()
        for gram in grams:
            shared.update(seen[gram])
            seen[gram].append(n)
        sizes.append(len(grams))
        most = max([most, *(common / (len(grams) + sizes[m] - common) for m, common in shared.items())])
    return most


def test_the_index_finds_what_comparing_every_pair_finds() -> None:
    some = TEXTS[:40]
    pairs = combinations([bigrams(text) for text in some], 2)
    assert most_alike(some) == pytest.approx(max(jaccard(a, b) for a, b in pairs))


def test_no_two_of_some_1_300_problems_are_alike() -> None:
    texts = [*TEXTS, *(story.text for story in by_the_dozen())]
    assert len(texts) >= 1_250
    assert most_alike(texts) <= 0.6


def test_what_is_made_by_the_dozen_names_places_units_and_categories_that_exist() -> None:
    codes = {code for code, _name in places()}
    units = {code for code, *_rest in UNITS} | codes
    for story in by_the_dozen():
        assert story.place.ljust(12, "0") in codes
        assert story.lead in units
        assert story.category in CATEGORIES
        assert "{" not in story.text + story.how
        assert 20 <= len(story.text) <= 120


def test_every_step_is_an_act_that_a_course_can_take() -> None:
    steps = {step.act for story in by_the_dozen() for step in story.steps}
    steps |= {step.act for course in COURSES for step in steps_of(course)}
    assert not {name for name in steps if not hasattr(Walk, f"_{name}")}


def test_the_same_demonstration_is_made_each_time() -> None:
    first = [story.text for story in by_the_dozen()]
    by_the_dozen.cache_clear()
    assert [story.text for story in by_the_dozen()] == first


def test_no_two_firms_have_the_same_name_or_code() -> None:
    names = [one.name for one in pool()]
    assert len(set(names)) == len(names) == 216
    assert not set(names) & set(FIRMS.values())


def test_no_two_opinions_are_the_same() -> None:
    for cores in (OF_VILLAGES, OF_FIRMS):
        told_ones = list(told(cores))
        assert len(set(told_ones)) == len(told_ones) >= 270


@pytest.mark.parametrize("serial", FIRMS)
def test_firms_have_sample_codes_and_numbers_that_nobody_has(serial: int) -> None:
    one = firm(serial)
    assert check_uscc(one.uscc).ok
    assert is_sample_uscc(one.uscc)
    assert check_phone(one.phone).ok
    assert one.phone.startswith(("161", "0575-2"))


def test_names_and_codes_are_used_once() -> None:
    assert len(set(FIRMS.values())) == len(FIRMS)
    asked = [s.who for s in STORIES if s.who.startswith("firm:")]
    assert len(set(asked)) == len(asked)
    assert set(ATTENDED) == {item.firm for item in ITEMS}
    usernames = [p.username for p in PARTS if p.username]
    assert len(set(usernames)) == len(usernames)


def test_stories_name_places_units_categories_and_courses_that_exist() -> None:
    codes = {code for code, _name in places()}
    units = {code for code, *_rest in UNITS} | codes
    staffed = {*STAFFED, "gds-songxia", "zlsgs", "trqgs", "jjdd", "zrzyj"}
    names = dict(places())
    for serial, story in enumerate(STORIES):
        assert story.place.ljust(12, "0") in codes
        assert {story.lead, *story.co} <= units
        if story.course not in ("submitted", "on_spot", "declined", "info_needed", "to_dispatch", "to_sign"):
            assert story.lead in staffed, story.lead
        assert story.category in CATEGORIES
        assert story.course in COURSES
        assert story.lead in UNIT_NAMES
        assert requester(story.who, serial, names)
    assert {story.course for story in STORIES} == set(COURSES)


def test_steps_are_acts_with_the_hours_before_them() -> None:
    assert steps_of("to_sign") == [Step("accept", 2), Step("dispatch", 1)]
    assert steps_of("submitted") == []


def test_courses_are_played_in_the_order_of_time_and_end_with_the_present() -> None:
    begin = dt.datetime(2019, 1, 2, 9, tzinfo=dt.UTC)
    hour = dt.timedelta(hours=1)
    done: list[tuple[str, int]] = []

    def course(name: str, *hours: int):  # type: ignore[no-untyped-def]
        done.append((name, 0))
        for n in hours:
            yield begin + n * hour
            done.append((name, n))

    ticks: list[dt.datetime] = []
    plays = [(begin + hour, course("b", 2, 9)), (begin, course("a", 1, 3, 4))]
    play(plays, until=begin + 4 * hour, tick=ticks.append)
    assert done == [("a", 0), ("b", 0), ("a", 1), ("b", 2), ("a", 3), ("a", 4)]
    assert ticks == sorted(ticks)


def test_a_course_cannot_go_back_in_time() -> None:
    begin = dt.datetime(2019, 1, 2, 9, tzinfo=dt.UTC)
    with pytest.raises(ValueError, match="back in time"):
        play([(begin, iter([begin - dt.timedelta(1)]))], until=begin, tick=lambda _now: None)
