"""Reading ahead changes nothing but the time."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.utils import translation
from django.utils.translation import gettext

from sanfuwu.intake.ahead import ahead


def test_the_next_one_is_made_while_this_one_is_used() -> None:
    begun = threading.Event()

    def items() -> Iterator[str]:
        yield "first"
        begun.set()
        yield "second"

    made = ahead(items())
    assert next(made) == "first"
    assert begun.wait(5)  # though nobody has asked for the second one yet
    assert list(made) == ["second"]


def test_what_goes_wrong_is_raised_where_it_would_be_used() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("row 2")

    made = ahead(items())
    assert next(made) == 1
    with pytest.raises(ValueError, match="row 2"):
        next(made)


def test_whoever_stops_early_leaves_no_thread_behind() -> None:
    made = ahead(iter(range(10)))
    next(made)
    made.close()  # type: ignore[attr-defined]
    assert not [t for t in threading.enumerate() if t.name.startswith("reading-ahead")]


def test_words_are_in_the_language_of_whoever_reads() -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language):
            here = gettext("Neither a title nor a text.")
            assert list(ahead(gettext("Neither a title nor a text.") for _n in range(2))) == [here, here]
