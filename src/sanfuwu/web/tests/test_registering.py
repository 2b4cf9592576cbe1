"""Three fields suffice: what a name is, and which place is meant."""

from __future__ import annotations

import pytest

from sanfuwu.parties.matching import kind_of
from sanfuwu.web.registering import place_code

PLACES = {
    "330604007000": "崧厦街道",
    "330604007201": "崧厦街道 祝温村",
    "330604104000": "章镇镇",
    "330604104201": "章镇镇 新建村",
    "330604107201": "永和镇 新建村",
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("上虞城建资产经营管理有限公司", "enterprise"),
        ("绍兴某针织厂", "enterprise"),
        ("祝温村", "village"),
        ("城北社区", "village"),
        ("区人民医院", "organisation"),
        ("王小明", "resident"),
        ("", "resident"),
    ],
)
def test_a_name_says_what_kind_of_requester_it_is(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("崧厦街道", "330604007000"),
        ("崧厦镇", "330604007000"),  # as it was called in 2019
        ("崧厦", "330604007000"),
        ("崧厦街道 祝温村", "330604007201"),
        ("崧厦街道祝温村", "330604007201"),
        ("祝温", "330604007201"),
        ("330604104000", "330604104000"),
    ],
)
def test_a_place_is_found_by_the_names_people_use(typed: str, code: str) -> None:
    assert place_code(typed, PLACES) == (code, [])


def test_a_name_that_two_villages_share_asks_which_one() -> None:
    assert place_code("新建村", PLACES) == ("", ["章镇镇 新建村", "永和镇 新建村"])


def test_an_unknown_place_is_refused_without_a_guess() -> None:
    assert place_code("北京", PLACES) == ("", [])
