"""Headings are found below titles, in either language, and each field has one column."""

from __future__ import annotations

from handlers.sheets import Row, find

HEADINGS = {
    "name": ["姓名", "名字", "Name", "Attendee name"],
    "unit": ["单位", "公司", "Company", "Organisation"],
    "phone": ["手机", "手机号码", "电话", "Phone"],
}


def test_below_titles_and_notes_with_marks_and_brackets() -> None:
    grid = [
        ["2026 年会报名表", "", ""],
        ["注:请勿转发", "", ""],
        ["* 姓名", "单位(全称)", "手 机 号 码:", "备注"],
        ["李娜", "甲公司", "138", ""],
    ]
    found = find(grid, HEADINGS)
    assert found is not None
    assert (found.at, found.fields, found.unknown) == (2, {"name": 0, "unit": 1, "phone": 2}, {3: "备注"})
    assert list(found.rows(grid)) == [Row(4, {"name": "李娜", "unit": "甲公司", "phone": "138"})]


def test_of_two_columns_for_one_field_the_better_name_is_it() -> None:
    found = find([["电话", "姓名", "手机"]], HEADINGS)
    assert found is not None
    assert found.fields == {"phone": 2, "name": 1}
    assert found.unknown == {0: "电话"}


def test_short_rows_empty_rows_and_repeated_headings() -> None:
    grid = [["Name", "Company"], ["Ann"], ["", ""], ["Name", "Company"], ["Bob", "Acme"]]
    found = find(grid, HEADINGS)
    assert found is not None
    assert list(found.rows(grid)) == [Row(2, {"name": "Ann"}), Row(5, {"name": "Bob", "unit": "Acme"})]


def test_no_heading_at_all() -> None:
    assert find([["1", "2"], ["3", "4"]], HEADINGS) is None
    assert find([], HEADINGS) is None


def test_two_names_of_one_field_in_one_heading_are_that_field_and_of_two_fields_neither() -> None:
    found = find([["姓名", "单位/公司（全称）", "手机或电话", "单位、电话"]], HEADINGS)
    assert found is not None
    assert found.fields == {"name": 0, "unit": 1, "phone": 2}
    assert found.unknown == {3: "单位、电话"}
