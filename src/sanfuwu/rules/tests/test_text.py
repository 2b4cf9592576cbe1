"""Search by two-character pieces: what is written is found, however it is typed."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfuwu.rules.text import bigrams, content_key, gram_hash, jaccard, normalise, query_grams

many = settings(max_examples=200, deadline=None)
sentences = st.text("崧厦街道工业园临时用水电ａＢc１2 ，。\n-", max_size=40)


def test_the_hash_is_stable_for_ever() -> None:
    # Stored in the index of every installation: a change here means a re-index there.
    assert [gram_hash(gram) for gram in ("路灯", "ab", "灯")] == [1886359023, 6422625, 28783]


@many
@given(sentences, sentences)
def test_pieces_of_common_signs_never_share_a_number(one: str, other: str) -> None:
    pieces = {kept[n : n + 2] for kept in (normalise(one), normalise(other)) for n in range(len(kept) - 1)}
    assert len({gram_hash(piece) for piece in pieces}) == len(pieces)


def test_width_case_spaces_and_punctuation_do_not_matter() -> None:
    assert normalise("ＬＥＤ 路灯，不亮！") == "led路灯不亮"
    assert bigrams("ＬＥＤ 路灯，不亮！") == bigrams("led路灯 不亮")
    assert content_key("ＬＥＤ 路灯，不亮！") == content_key("led路灯不亮")
    assert content_key("路灯亮") != content_key("路灯不亮")


odd = "，。：！（）…—·.'/- \n ΣσｱﾞÅ①㎡℃ＡａzZ9路가가\u0301\u3099\u0345"
marked = st.text(st.one_of(st.characters(), st.sampled_from(odd)), max_size=30)


@settings(max_examples=1500, deadline=None)
@given(marked)
def test_marks_that_go_first_change_nothing_of_what_is_left(text: str) -> None:
    by_the_book = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())
    assert normalise(text) == by_the_book


@pytest.mark.parametrize("end", ["é", "_", "路", ""])
def test_a_cell_full_of_dashes_does_not_stop_the_program(end: str) -> None:
    # As long as a cell of an import may be: looked through once for each of its dashes it would take minutes.
    assert normalise("-" * 200_000 + end) == end.strip("_")


def test_short_texts() -> None:
    assert bigrams("") == bigrams("，。 !") == set()
    assert bigrams("灯") == {gram_hash("灯")}
    assert content_key(" ！") == ""
    assert len(content_key("灯")) == 32


@pytest.mark.parametrize("query", ["", "灯", "灯 路", "，", "a 1"])
def test_a_query_needs_two_characters_in_a_row(query: str) -> None:
    assert query_grams(query) == []


def test_words_of_a_query_are_found_apart_from_each_other() -> None:
    text = bigrams("百官街道人民路上的路灯坏了一个月")
    assert set(query_grams("路灯 百官")) <= text
    assert set(query_grams("路灯,百官 了")) <= text  # the lone character is left out
    assert not set(query_grams("路灯百官")) <= text
    assert not set(query_grams("路灯 曹娥")) <= text


@many
@given(sentences, st.data())
def test_any_two_neighbouring_characters_find_the_text(text: str, data: st.DataObject) -> None:
    kept = normalise(text)
    start = data.draw(st.integers(0, max(len(kept) - 2, 0)))
    end = data.draw(st.integers(start, len(kept)))
    assert set(query_grams(kept[start:end])) <= bigrams(text)
    assert set(query_grams(text)) <= bigrams(text)


@many
@given(st.text(max_size=60))
def test_grams_fit_a_postgresql_integer(text: str) -> None:
    grams = bigrams(text)
    assert all(-(2**31) <= gram < 2**31 for gram in grams)
    units = len(normalise(text).encode("utf-16-le")) // 2
    assert len(grams) <= max(units - 1, 1)
    assert bool(grams) == bool(normalise(text)) == bool(content_key(text))


@many
@given(sentences, sentences)
def test_overlap_is_symmetric_and_complete_only_for_the_same_grams(one: str, other: str) -> None:
    a, b = bigrams(one), bigrams(other)
    overlap = jaccard(a, b)
    assert overlap == jaccard(b, a)
    assert 0 <= overlap <= 1
    assert (overlap == 1) == (a == b and bool(a))
    assert (overlap == 0) == (not a & b)


def test_overlap_is_shared_over_all() -> None:
    assert jaccard(bigrams("路灯不亮"), bigrams("路灯坏了")) == pytest.approx(1 / 5)
