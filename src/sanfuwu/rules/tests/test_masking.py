"""What remains visible of names, phones, identity numbers, addresses, and inside free text."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanfuwu.rules import masking, samples


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳小明", "欧阳**"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("王", "*"),
        ("", ""),
        (" 李 四 ", "李*"),
        ("古力娜扎·阿布都", "古***"),
        ("John Smith", "J***"),
    ],
)
def test_a_name_keeps_its_surname(name: str, shown: str) -> None:
    assert masking.mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800000000", "138****0000"),
        ("+86 138-1234-5678", "138****5678"),
        ("0575-82123456", "0575-****3456"),
        ("82123456转801", "0575-****3456"),
        ("021-6234567", "021-****567"),
        ("12345", "*****"),
        ("ask my wife at home", "********"),
        ("", ""),
    ],
)
def test_a_phone_keeps_its_ends(number: str, shown: str) -> None:
    assert masking.mask_phone(number) == shown


def test_an_identity_number_keeps_three_and_four() -> None:
    assert masking.mask_resident_id("11010519491231002x") == "110***********002X"
    assert masking.mask_resident_id("110105491231002") == "********"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("浙江省绍兴市上虞区崧厦街道吕家埠村12号", "浙江省绍兴市上虞区崧厦街道****"),
        ("上虞区章镇镇新源路8号", "上虞区章镇镇****"),
        ("道墟街道联谊村", "道墟街道****"),
        ("陈溪乡虹溪村", "陈溪乡****"),
        ("宁波市镇海区招宝山街道车站路1号", "宁波市镇海区招宝山街道****"),
        ("江西省景德镇市珠山区新村街道1号", "江西省景德镇市珠山区****"),
        ("新疆维吾尔自治区伊犁哈萨克自治州霍城县水定镇1号", "新疆维吾尔自治区伊犁哈萨克自治州霍城县水定镇****"),
        ("上虞区市民中心一路", "上虞区****"),
        ("曹娥街道高新区5号", "曹娥街道****"),
        ("阳光小区3幢", "****"),
        ("杭州湾上虞经济技术开发区纬三路1号", "****"),
        ("人民路12号", "****"),
        ("百官街道", "百官街道"),
        ("上虞区", "上虞区"),
        ("", ""),
    ],
)
def test_an_address_is_shown_down_to_the_town(address: str, shown: str) -> None:
    assert masking.mask_address(address) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请打13812345678或0575-82123456", "请打138****5678或0575-****3456"),
        ("138 1234 5678、138-1234-5678", "138 **** 5678、138-****-5678"),
        ("+8613812345678", "+86138****5678"),
        ("１３８１２３４５６７８", "１３８****５６７８"),
        ("１３９－１２３４－５６７９", "１３９－****－５６７９"),
        ("(0575)82123456转801", "(0575)****3456转801"),
        ("0575-8212-3456", "0575-****-3456"),
        ("电话：82123456，联系 8212 3456", "电话：****3456，联系 **** 3456"),
        ("身份证330604198001010014，谢谢", "身份证330***************，谢谢"),
        ("身份证33060419800101001x", "身份证330***************"),
        ("旧证330604800101001。", "旧证330************。"),
    ],
)
def test_phones_and_identity_numbers_are_hidden_inside_a_text(text: str, shown: str) -> None:
    assert masking.mask_numbers(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2019年2月13日10:30，面积73亩，补助20190213元",
        "编号330604-2019-000123",
        "统一社会信用代码91330100799655058B",
        "流水号138123456789012",
        "工单20190213123456",
        "投资82123456元",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert masking.mask_numbers(text) == text


around = st.text("关于道路的反映，请协调。电话 ", max_size=8)


@settings(max_examples=150, deadline=None)
@given(around, st.integers(0, 99_999_999), st.dates(date(1930, 1, 1), date(2020, 1, 1)), around)
def test_no_phone_or_identity_number_survives_in_any_sentence(before: str, serial: int, born: date, after: str) -> None:
    for number in (
        samples.make_sample_mobile(serial),
        samples.make_sample_landline(serial % 10_000_000),
        samples.make_sample_resident_id(born),
    ):
        text = f"{before}{number}{after}"
        masked = masking.mask_numbers(text)
        assert number not in masked
        assert len(masked) == len(text)
        assert not re.search(r"[0-9]{5}", masked)
        assert masking.mask_numbers(masked) == masked


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_no_input_whatever_breaks_masking(text: str) -> None:
    assert len(masking.mask_numbers(text)) == len(text)
    for mask in (masking.mask_name, masking.mask_phone, masking.mask_resident_id, masking.mask_address):
        mask(text)
