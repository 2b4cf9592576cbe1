"""Search finds two neighbouring characters, and its table gives no text back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sanfuwu.problems.search import grams_asked, grams_of, scrambled
from sanfuwu.rules.text import bigrams

INT4 = st.integers(-(2**31), 2**31 - 1)


@given(st.sets(INT4, max_size=300))
def test_different_grams_stay_different_and_fit_the_column(grams: set[int]) -> None:
    found = scrambled(grams)
    assert len(set(found)) == len(grams)
    assert all(-(2**31) <= g < 2**31 for g in found)
    assert found == sorted(found)


def test_a_word_of_the_text_is_found_and_another_is_not() -> None:
    stored = set(grams_of("小微企业园临时用电未接通"))
    assert set(grams_asked("用电")) <= stored
    assert not set(grams_asked("用水")) <= stored


def test_nothing_stored_is_a_plain_pair_of_characters() -> None:
    text = "小微企业园临时用电未接通"
    assert not set(grams_of(text)) & bigrams(text)
    assert grams_of(text) == sorted(set(grams_of(text)))  # as it is stored


def test_another_key_stores_other_numbers(settings: object) -> None:
    before = grams_of("用电")
    settings.SANFUWU_HMAC_KEY = b"another key of thirty-two bytes!"  # type: ignore[attr-defined]
    assert grams_of("用电") != before
