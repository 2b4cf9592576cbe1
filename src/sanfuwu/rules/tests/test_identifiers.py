"""Published vectors, every kind of refusal, and the law that a check digit finds any single wrong character."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfuwu.rules import identifiers as ids
from sanfuwu.rules import samples
from sanfuwu.rules.identifiers import Checked, DivisionLevel, Reason, TownKind

serials = st.integers(0, 999_999)
many = settings(max_examples=200, deadline=None)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("9144030071526726XG", "9144030071526726XG"),
        ("91330100799655058B", "91330100799655058B"),
        ("91110000802100433B", "91110000802100433B"),
        ("91110000802100433b", "91110000802100433B"),
        ("９１１１００００８０２１００４３３ｂ", "91110000802100433B"),
        (" 9111 0000-8021\u200b00433B\n", "91110000802100433B"),
    ],
)
def test_a_social_credit_code_is_recognised_however_it_is_typed(typed: str, value: str) -> None:
    assert ids.check_uscc(typed) == Checked(value)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Reason.EMPTY),
        ("  - ", Reason.EMPTY),
        ("9111000080210043", Reason.LENGTH),
        ("91110000802100433BB", Reason.LENGTH),
        ("O1110000802100433B", Reason.CHARSET),  # the letter O for the digit 0
        ("9111000080210043三B", Reason.CHARSET),
        ("91990000802100433B", Reason.DIVISION),
        ("91A10000802100433B", Reason.DIVISION),
        ("91110000802100433C", Reason.CHECK_DIGIT),
        ("91110000802100343B", Reason.CHECK_DIGIT),
    ],
)
def test_a_wrong_social_credit_code_says_why(typed: str, reason: Reason) -> None:
    assert ids.check_uscc(typed).reason is reason


def test_a_social_credit_code_has_four_parts() -> None:
    parts = ids.uscc_parts("9144030071526726XG")
    assert (parts.department, parts.category, parts.division, parts.organisation_code) == (
        "9",
        "1",
        "440300",
        "71526726X",
    )


@pytest.mark.parametrize("typed", ["71526726X", "71526726-x", "７１５２６７２６－Ｘ"])
def test_an_organisation_code_is_recognised(typed: str) -> None:
    assert ids.check_organisation_code(typed) == Checked("71526726X")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("", Reason.EMPTY), ("715267260", Reason.CHECK_DIGIT), ("7152672", Reason.LENGTH), ("7152672?X", Reason.CHARSET)],
)
def test_a_wrong_organisation_code_says_why(typed: str, reason: Reason) -> None:
    assert ids.check_organisation_code(typed).reason is reason


@pytest.mark.parametrize("typed", ["11010519491231002X", "11010519491231002x", "440524188001010014"])
def test_a_resident_identity_number_is_recognised(typed: str) -> None:
    checked = ids.check_resident_id(typed)
    assert checked == Checked(typed.upper())
    assert ids.birth_date(checked.value) == (date(1949, 12, 31) if typed.startswith("11") else date(1880, 1, 1))


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Reason.EMPTY),
        ("110105491231002", Reason.LENGTH),
        ("1101051949123100X2", Reason.CHARSET),
        ("11010519491231002A", Reason.CHARSET),
        ("99010519491231002X", Reason.DIVISION),
        ("110105194902290021", Reason.BIRTH_DATE),  # 1949 was no leap year
        ("110105194913310021", Reason.BIRTH_DATE),
        ("110105194912310021", Reason.CHECK_DIGIT),
    ],
)
def test_a_wrong_identity_number_says_why(typed: str, reason: Reason) -> None:
    assert ids.check_resident_id(typed).reason is reason


def test_nobody_is_born_tomorrow() -> None:
    tomorrow = samples.make_sample_resident_id(date(2026, 11, 24))
    assert ids.check_resident_id(tomorrow).ok
    assert ids.check_resident_id(tomorrow, today=date(2026, 11, 23)).reason is Reason.BIRTH_DATE
    assert ids.check_resident_id(tomorrow, today=date(2026, 11, 24)).ok


@pytest.mark.parametrize(
    "typed",
    [
        "13800000000",
        "138 0000 0000",
        "138-0000-0000",
        "+86 13800000000",
        "008613800000000",
        "8613800000000",
        "１３８００００００００",
    ],
)
def test_a_mobile_number_is_recognised(typed: str) -> None:
    assert ids.check_mobile(typed) == Checked("13800000000")
    assert ids.check_phone(typed) == Checked("13800000000")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Reason.EMPTY),
        ("1380000000", Reason.LENGTH),
        ("138000000000", Reason.LENGTH),
        ("12800000000", Reason.PREFIX),
        ("23800000000", Reason.PREFIX),
        ("138O0000000", Reason.CHARSET),
    ],
)
def test_a_wrong_mobile_number_says_why(typed: str, reason: Reason) -> None:
    assert ids.check_mobile(typed).reason is reason
    if not typed.startswith("23"):
        assert ids.check_phone(typed).reason is reason


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0575-82123456", "0575-82123456"),
        ("057582123456", "0575-82123456"),
        ("(0575)82123456", "0575-82123456"),
        ("（0575）8212 3456", "0575-82123456"),
        ("0575—82123456", "0575-82123456"),
        ("+86 575 82123456", "0575-82123456"),
        ("82123456", "0575-82123456"),
        ("010-62345678", "010-62345678"),
        ("021 6234567", "021-6234567"),
        ("0575-82123456-801", "0575-82123456-801"),
        ("82123456转801", "0575-82123456-801"),
        ("82123456 ext 801", "0575-82123456-801"),
    ],
)
def test_a_fixed_line_gets_one_form(typed: str, value: str) -> None:
    assert ids.check_landline(typed) == Checked(value)
    assert ids.check_phone(typed) == Checked(value)
    assert ids.check_landline(value) == Checked(value)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Reason.EMPTY),
        ("8212", Reason.LENGTH),
        ("0575-812345678", Reason.LENGTH),
        ("0575-12123456", Reason.PREFIX),
        ("no phone", Reason.CHARSET),
    ],
)
def test_a_wrong_fixed_line_says_why(typed: str, reason: Reason) -> None:
    assert ids.check_landline(typed).reason is reason


def test_a_local_number_gets_the_area_code_of_its_county() -> None:
    assert ids.check_landline("62345678", area_code="010") == Checked("010-62345678")


# -- places -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "level", "ancestors"),
    [
        ("33", DivisionLevel.PROVINCE, ["330000000000"]),
        ("3306", DivisionLevel.CITY, ["330000000000", "330600000000"]),
        ("330604", DivisionLevel.COUNTY, ["330000000000", "330600000000", "330604000000"]),
        ("330604001", DivisionLevel.TOWN, ["330000000000", "330600000000", "330604000000", "330604001000"]),
        (
            "330604001002",
            DivisionLevel.VILLAGE,
            ["330000000000", "330600000000", "330604000000", "330604001000", "330604001002"],
        ),
        (
            "441900003000",
            DivisionLevel.TOWN,
            ["440000000000", "441900000000", "441900003000"],
        ),  # a city without counties
    ],
)
def test_a_division_code_knows_what_it_lies_in(typed: str, level: DivisionLevel, ancestors: list[str]) -> None:
    checked = ids.check_division(typed)
    assert checked == Checked(ancestors[-1])
    assert ids.division_level(checked.value) is level
    assert list(ids.division_ancestors(checked.value)) == ancestors


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Reason.EMPTY),
        ("3306a4", Reason.CHARSET),
        ("٣٣٠٦٠٤", Reason.CHARSET),
        ("33060", Reason.LENGTH),
        ("990604", Reason.DIVISION),
    ],
)
def test_a_wrong_division_code_says_why(typed: str, reason: Reason) -> None:
    assert ids.check_division(typed).reason is reason


def test_one_place_lies_within_another() -> None:
    village, town, other = "330604001002", "330604001000", "330604100000"
    assert ids.is_within(village, town)
    assert ids.is_within(town, town)
    assert not ids.is_within(village, other)
    assert not ids.is_within(town, village)
    assert ids.division_at(village, DivisionLevel.COUNTY) == "330604000000"
    assert ids.division_at(town, DivisionLevel.VILLAGE) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("330604001002", TownKind.STREET),
        ("330604100000", TownKind.TOWN),
        ("330604200000", TownKind.TOWNSHIP),
        ("330604400000", TownKind.OTHER),
        ("330604000000", None),
    ],
)
def test_the_seventh_digit_tells_street_town_and_township_apart(code: str, kind: TownKind | None) -> None:
    assert ids.town_kind(code) is kind


def test_the_weights_are_the_powers_the_standards_define() -> None:
    for place in range(17):
        one = "0" * place + "1" + "0" * (16 - place)
        assert ids.uscc_check_char(one) == ids.USCC_CHARS[-pow(3, place, 31) % 31]
        assert ids.resident_id_check_char(one) == "10X98765432"[pow(2, 17 - place, 11)]


def test_all_provinces_are_known_and_nothing_else() -> None:
    known = [code for code in range(100) if ids.check_division(f"{code:02d}").ok]
    assert known == [
        *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83
    ]  # fmt: skip


# -- laws -------------------------------------------------------------------------------------------------------


@many
@given(serials)
def test_samples_are_valid_and_recognisable(serial: int) -> None:
    uscc = samples.make_sample_uscc(serial)
    assert ids.check_uscc(uscc) == Checked(uscc)
    assert samples.is_sample_uscc(uscc)
    assert ids.check_organisation_code(ids.uscc_parts(uscc).organisation_code).ok
    assert ids.check_mobile(samples.make_sample_mobile(serial)).ok
    assert ids.check_landline(samples.make_sample_landline(serial)).ok


def test_the_number_of_samples_is_limited() -> None:
    with pytest.raises(ValueError, match="serial"):
        samples.make_sample_uscc(1_000_000)
    assert not samples.is_sample_uscc("91330100799655058B")


@many
@given(serials, st.integers(0, 17), st.sampled_from(ids.USCC_CHARS))
def test_one_wrong_character_in_a_social_credit_code_is_found(serial: int, place: int, char: str) -> None:
    uscc = samples.make_sample_uscc(serial)
    changed = uscc[:place] + char + uscc[place + 1 :]
    assert ids.check_uscc(changed).ok == (changed == uscc)


@many
@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_in_an_identity_number_is_found(born: date, place: int, char: str) -> None:
    number = samples.make_sample_resident_id(born)
    assert ids.check_resident_id(number).ok
    changed = number[:place] + char + number[place + 1 :]
    assert ids.check_resident_id(changed).ok == (changed == number)


@many
@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 16))
def test_two_swapped_neighbours_in_an_identity_number_are_found(born: date, place: int) -> None:
    number = samples.make_sample_resident_id(born)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert ids.check_resident_id(swapped).ok == (swapped == number)


@many
@given(st.text(max_size=30))
def test_no_input_whatever_breaks_a_check_and_what_is_accepted_is_stable(typed: str) -> None:
    checks = (
        ids.check_uscc,
        ids.check_organisation_code,
        ids.check_resident_id,
        ids.check_mobile,
        ids.check_landline,
        ids.check_phone,
        ids.check_division,
    )
    for check in checks:
        checked = check(typed)
        if checked.ok:
            assert check(checked.value) == checked


@many
@given(st.text("0123456789", min_size=10, max_size=10))
def test_every_division_lies_within_its_ancestors(tail: str) -> None:
    code = "33" + tail
    chain = ids.division_ancestors(code)
    assert chain[-1] == code
    assert all(ids.is_within(code, ancestor) for ancestor in chain)
    for shorter in chain:
        assert ids.division_ancestors(shorter) == chain[: chain.index(shorter) + 1]
