"""A row of a list is somebody of the address book only if that is sure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from handlers.matching import Known, keys, matched, name_key, names, on_programme, unit_key


def known(number: int, name: str, unit: str = "", *ways: str) -> Known:
    return Known(number, names(name), unit_key(unit), keys(*ways))


LI = known(1, "李娜", "甲公司", "+8613800000001", "li@example.org")
WANG = known(2, "王强", "乙公司", "+8613800000002")


def test_by_mail_and_by_telephone_however_they_are_written() -> None:
    rows = [known(10, "李娜", "", "ＬＩ@example.org"), known(11, "王强", "", "0086 138 0000 0002")]
    assert matched(rows, [LI, WANG]) == {10: 1, 11: 2}


def test_a_telephone_of_somebody_else_is_not_theirs() -> None:
    assert matched([known(10, "赵敏", "", "13800000001")], [LI, WANG]) == {}


def test_a_name_in_latin_letters_may_be_the_chinese_one_of_that_address() -> None:
    assert matched([known(10, "Li Na", "", "li@example.org")], [LI]) == {10: 1}


def test_name_and_organisation_only_if_nobody_else_has_both() -> None:
    assert matched([known(10, "李 娜", "甲公司")], [LI, WANG]) == {10: 1}
    assert matched([known(10, "李娜", "甲公司"), known(11, "李娜", "甲公司")], [LI]) == {}
    assert matched([known(10, "李娜", "甲公司")], [LI, known(3, "李娜", "甲公司")]) == {}
    assert matched([known(10, "李娜")], [LI]) == {}


def test_a_number_that_two_of_one_name_have_is_nobodys() -> None:
    assert matched([known(10, "李娜", "", "13800000001")], [LI, known(3, "李娜", "", "13800000001")]) == {}


def test_the_programme_knows_them_by_name_and_organisation_or_by_a_name_alone() -> None:
    assert on_programme([known(10, "李娜", "甲公司"), known(11, "王强", "某大学")], [LI, WANG]) == {1: [10], 2: [11]}
    assert on_programme([known(10, "李娜", "x"), known(11, "李娜", "y")], [LI]) == {}


@given(some.lists(some.sampled_from(["Li Na", "na li", "LI, Na", "Li-Na"]), min_size=2, max_size=2))
def test_a_latin_name_reads_the_same_in_whatever_order(pair: list[str]) -> None:
    assert name_key(pair[0]) == name_key(pair[1])


@given(some.text(max_size=30))
def test_anything_can_be_a_name(text: str) -> None:
    assert matched([known(1, text, text, text)], [known(2, text, text, text)]) in ({}, {1: 2})
