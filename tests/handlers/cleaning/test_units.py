"""Units are compared as people write them; a place or a figure that differs tells two apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.cleaning.units import alike, core, credit_code, plain, same_name

TEXTS = st.text("华星科技（深圳）()股份有限公司集团协会 第一二医院 CoLtd.,", max_size=14)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("华星科技（深圳）股份有限公司", "華星科技有限公司"),
        ("华星科技", "华星科技集团有限公司"),
        ("Huaxing Co., Ltd.", "HUAXING CO LTD"),
        ("华星　科技", "华星科技"),
    ],
)
def test_the_same_but_for_form_and_city(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("广东省机械行业协会", "广州市机械行业协会"),
        ("广东省人民医院第一分院", "广东省人民医院第二分院"),
        ("东华大学", "西华大学"),
        ("Tesco", "Tes"),
    ],
)
def test_different_units(one: str, other: str) -> None:
    assert not same_name(one, other)
    assert not alike(one, other)


def test_a_slip_of_the_pen_is_alike_and_not_the_same() -> None:
    long, slip = "华南理工大学计算机科学与工程学院", "华南理工大学计算机科学与工程院"
    assert alike(long, slip)
    assert not same_name(long, slip)


def test_a_name_that_is_all_form_stays() -> None:
    assert core("有限公司") == "有限公司"
    assert core("Zinc") == "zinc"


def test_an_alias_stands_for_the_full_name() -> None:
    assert same_name("华工", "华南理工大学", {plain("华工"): "华南理工大学"})
    assert not same_name("华工", "华南理工大学")


@pytest.mark.parametrize(
    "code", ["91110000802100433B", "9144 0300 7152 6726 xg", "９１４４０３００１９２２０３８２１６"]
)
def test_credit_codes(code: str) -> None:
    assert len(credit_code(code)) == 18


@pytest.mark.parametrize("code", ["91110000802100433A", "9111000080210043", "91110000I02100433B", ""])
def test_no_credit_codes(code: str) -> None:
    assert credit_code(code) == ""


@given(TEXTS, TEXTS)
def test_symmetric(one: str, other: str) -> None:
    assert same_name(one, other) == same_name(other, one)
    assert alike(one, other) == alike(other, one)
    assert not same_name(one, other) or alike(one, other)
