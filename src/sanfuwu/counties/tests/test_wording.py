"""Words that follow what the county is: 区, 县 or 市, from the end of its name."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext_lazy

from sanfuwu.web import words

from .. import queries, wording


@pytest.mark.parametrize(
    ("name", "kind"), [("上虞区", "区"), ("新昌县", "县"), ("诸暨市", "市"), ("某某旗", "旗"), ("某地", "县")]
)
def test_the_word_is_the_end_of_the_countys_name(monkeypatch: pytest.MonkeyPatch, name: str, kind: str) -> None:
    monkeypatch.setattr(queries, "county_name", lambda: name)
    assert queries.county_kind() == kind
    assert str(wording.local(gettext_lazy("The whole %(county)s"))) == f"全{kind}"


def test_tables_of_words_made_once_speak_as_the_county_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("新昌县", "诸暨市"):
        monkeypatch.setattr(queries, "county_name", lambda name=name: name)
        kind = name[-1]
        assert words.word(words.RANKS, "district_leader") == f"{kind}领导"
        assert words.word(words.RESOLUTION_LEVELS, "district") == f"{kind}级协调解决"
