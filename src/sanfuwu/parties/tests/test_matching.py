"""Names made comparable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanfuwu.parties.matching import normalise_name


@pytest.mark.parametrize(
    "variant",
    [
        "浙江示例（上虞）化工有限公司",
        "浙江示例(上虞)化工有限责任公司",
        "浙江示例【上虞】化工股份有限公司",
        " 浙江示例　上虞化工 有限公司 ",
        "浙江示例·上虞-化工",
    ],
)
def test_ways_of_writing_one_name_meet(variant: str) -> None:
    assert normalise_name(variant) == "浙江示例上虞化工"


@pytest.mark.parametrize(
    ("one", "other"), [("示例化工", "示例化纤"), ("示例一厂", "示例二厂"), ("示例集团有限公司", "示例有限公司")]
)
def test_names_that_differ_in_a_word_stay_apart(one: str, other: str) -> None:
    assert normalise_name(one) != normalise_name(other)


def test_width_and_case_do_not_count() -> None:
    assert normalise_name("ＡＢＣ科技") == normalise_name("abc科技") == "abc科技"


def test_a_name_that_is_only_a_legal_form_keeps_it() -> None:
    assert normalise_name("有限公司") == "有限公司"
    assert normalise_name(" （） ") == ""


@given(st.text(alphabet="浙江示例化工有限责任公司股份（）() 　ABab１2·", max_size=20))
def test_normalising_twice_is_normalising_once(name: str) -> None:
    once = normalise_name(name)
    assert normalise_name(once) == once
