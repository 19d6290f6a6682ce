"""A number is the same however it was typed; what is no whole number is said, and never guessed."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.cleaning.phones import Phone, Phones, is_cut, mobile_of_china, phones, whole

MOBILE = "+8613800000005"

mobiles = st.from_regex(r"1(?:[38][0-9]|5[0-35-9])[0-9]{8}", fullmatch=True)
countries = st.sampled_from(["", "+86", "+86 ", "0086", "0086-", "86", "(+86)", "手机：", "tel:", "'"])
widths = st.sampled_from([str, lambda text: text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789+-:"})])
breaks = st.sampled_from(["{0}{1}{2}", "{0} {1} {2}", "{0}-{1}-{2}", "{0}.{1}.{2}"])
after = st.sampled_from(["", " ", "（微信同号）", " (mobile)"])


def numbers(found: Phones) -> list[str]:
    return [one.value for one in found.found]


@given(mobiles, countries, widths, breaks, after)
def test_a_mobile_is_itself_however_it_was_typed(digits: str, country: str, width: object, form: str, end: str) -> None:
    typed = f"{country}{form.format(digits[:3], digits[3:7], digits[7:])}{end}"
    found = phones(width(typed))  # type: ignore[operator]
    assert numbers(found) == [f"+86{digits}"]
    assert found.found[0].mobile
    assert not found.unread


@given(mobiles, countries, breaks, st.sampled_from(["CN", "HK"]))
def test_the_short_way_finds_what_the_library_finds(digits: str, country: str, form: str, region: str) -> None:
    cell = f"{country}{form.format(digits[:3], digits[3:7], digits[7:])}"
    if found := mobile_of_china(cell, region):
        number = phonenumbers.parse(cell.removeprefix("86"), "CN")
        assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == found
        assert phones(cell, region) == Phones((Phone(found, mobile=True),))
    else:
        assert country not in {"", "+86", "0086", "86"} or (country == "" and region == "HK")


def test_a_digit_in_full_width_among_others_is_that_digit() -> None:
    assert numbers(phones("13８00138000")) == ["+8613800138000"]


@given(
    st.sampled_from(["010", "021", "0755", "0571", "0991", "01", "05", "09"]),
    st.sampled_from(["", "-", " ", ") "]),
    st.from_regex(r"[0-9]{6,9}", fullmatch=True),
)
def test_a_line_with_its_area_is_what_the_numbering_plan_says(area: str, between: str, digits: str) -> None:
    """Whether there is such a number, and how it is dialled from anywhere, only the library knows."""
    typed = f"{'(' if between == ') ' else ''}{area}{between}{digits}"
    number = phonenumbers.parse(typed, "CN")
    known = phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.UNKNOWN
    expected = [phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)] if known else []
    assert numbers(phones(typed)) == expected


@given(
    st.lists(mobiles, min_size=1, max_size=4, unique=True), st.sampled_from(["/", " / ", ";", "；", "、", "，", " 或 "])
)
def test_every_number_of_a_cell_is_found_in_its_order(digits: list[str], between: str) -> None:
    assert numbers(phones(between.join(digits))) == [f"+86{one}" for one in digits]


@given(st.text(max_size=40), st.sampled_from(["CN", "HK", "US", "GB"]))
def test_whatever_stands_in_a_cell_is_a_number_of_this_world_or_none(cell: str, region: str) -> None:
    found = phones(cell, region)
    assert all(phonenumbers.is_possible_number(phonenumbers.parse(one.value)) for one in found.found)
    assert phones(cell, region) == found


@given(st.integers(2, 9), st.integers(10_000_000, 99_999_999), st.integers(1, 99999))
def test_an_extension_belongs_to_an_office(area: int, number: int, extension: int) -> None:
    plain = phones(f"010-{number}")
    for written in (f"010-{number}转{extension}", f"010-{number} ext. {extension}", f"010-{number} 分机 {extension}"):
        assert numbers(phones(written)) == numbers(plain)
        assert not any(one.mobile for one in phones(written).found)


@given(st.integers(13_000_000_000, 13_999_999_999))
def test_a_spreadsheet_s_fraction_is_no_loss_and_its_power_of_ten_is(number: int) -> None:
    assert numbers(phones(f"{number}.0")) == [f"+86{number}"]
    assert phones(f"{number:.2E}") == Phones(lost=True)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("1.3800000005E+10", [MOBILE]),
        ("138OO0OO0O5", [MOBILE]),
        ("138〇〇〇〇〇〇〇5", [MOBILE]),
        ("1380000-0005", [MOBILE]),
        ("400-810-8888", ["+864008108888"]),
        ("010-62345678/79", ["+861062345678", "+861062345679"]),
        ("021-62345678-802", ["+862162345678"]),
        ("021-6234-5678", ["+862162345678"]),
        ("+852 9123 4567", ["+85291234567"]),
        ("+1 (415) 555-2671", ["+14155552671"]),
        ("13800000005 13900000006", [MOBILE, "+8613900000006"]),
        ("无", []),
        ("N/A", []),
    ],
)
def test_what_lists_have(cell: str, found: list[str]) -> None:
    assert numbers(phones(cell)) == found
    assert not phones(cell).unread


@pytest.mark.parametrize("cell", ["62345678", "12345", "abc", "1380000000", "138000000055", "李娜", "=1+1", "95588"])
def test_what_is_no_whole_number_is_said(cell: str) -> None:
    assert phones(cell) == Phones(unread=(cell,))


@pytest.mark.parametrize(
    ("cell", "mobile"),
    [("13800000005", True), ("010-62345678", False), ("400-810-8888", False), ("+852 9123 4567", True)],
)
def test_a_switchboard_is_nobody_s_own(cell: str, mobile: bool) -> None:  # noqa: FBT001
    assert [one.mobile for one in phones(cell).found] == [mobile]


def test_a_number_without_its_country_is_the_workspace_s() -> None:
    assert numbers(phones("9123 4567", "HK")) == ["+85291234567"]
    assert numbers(phones("13800000005", "HK")) == []
    assert numbers(phones("8613800000005", "HK")) == [MOBILE]


def test_what_is_lost_and_what_is_not() -> None:
    assert is_cut("1.38E+10")
    assert not is_cut("1.3800000005E+10")
    assert whole("1.38E+10") == "1.38E+10"
    assert whole("13800000005.0") == "13800000005"
