"""Names of places as lists show them."""

from __future__ import annotations

from ..queries import in_town


def test_a_village_carries_its_towns_name_once() -> None:
    assert in_town("拔茅村", "羽林街道") == "羽林街道 拔茅村"
    assert in_town("羽林街道拔茅村", "羽林街道") == "羽林街道拔茅村"
    assert in_town("拔茅村", "") == "拔茅村"
