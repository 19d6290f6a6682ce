"""Whatever a list was saved in, its cells come out as people read them; what is no list says why."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from handlers.sheets import Unreadable, apart, read

PEOPLE = [
    ["姓名", "单位", "手机"],
    ["李娜", "广东省机械行业协会", "13800000005"],
    ["欧阳 修", "滁州琅琊山公司", "13900000006"],
]


def text(rows: list[list[str]], delimiter: str = ",") -> str:
    return "\r\n".join(delimiter.join(row) for row in rows) + "\r\n"


def book(rows: list[list[object]], *, title: str = "") -> io.BytesIO:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd hh:mm"}) as made:
        sheet = made.add_worksheet("名单")
        if title:
            sheet.merge_range(0, 0, 0, len(rows[0]) - 1, title)
        for number, row in enumerate(rows):
            sheet.write_row(number + bool(title), 0, row)
    return target


def rows_of(name: str, content: bytes) -> list[list[str]]:
    (grid,) = read(name, io.BytesIO(content))
    return grid.rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_in_every_usual_encoding(encoding: str, delimiter: str) -> None:
    assert rows_of("名单.csv", text(PEOPLE, delimiter).encode(encoding)) == PEOPLE


def test_text_in_big5() -> None:
    taiwan = [
        ["姓名", "單位", "電話"],
        ["陳怡君", "臺灣資訊產業協會", "0912345678"],
        ["黃淑芬", "國立臺灣大學", "0922333444"],
    ]
    assert rows_of("list.csv", text(taiwan).encode("big5")) == taiwan


def test_numbers_and_moments_as_people_read_them() -> None:
    rows: list[list[object]] = [
        ["手机", "签到", "日期", "金额"],
        [13800000005, datetime(2026, 6, 8, 9, 5), date(2026, 6, 8), 12.5],  # noqa: DTZ001  as Excel keeps it
    ]
    assert rows_of("a.xlsx", book(rows).getvalue())[1] == ["13800000005", "2026-06-08 09:05", "2026-06-08", "12.5"]


def test_cells_are_trimmed_and_leading_apostrophes_go() -> None:
    assert rows_of("a.csv", "'13800000005, 李　娜 \u200b\n".encode()) == [["13800000005", "李 娜"]]


@given(st.text(alphabet="李a1'@. \t\n\x1c\x1f\xa0\u3000\u200b\ufeff\u2028\xad", max_size=3))
def test_the_quick_look_at_a_cell_leaves_what_the_long_one_leaves(typed: str) -> None:
    seen = typed.replace("\u200b", "").replace("\ufeff", "").lstrip("'")
    assert apart.rows([[typed]]) == [[" ".join(seen.split())]]


def test_cells_and_sheets_stay_apart_whatever_stands_in_them() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as workbook:
        for name, cells in (("一 月", ["a\x1cb", "c\x1ed", "", "e\x1ff"]), ("Feb", ["g\nh", '"', "i,j", ""])):
            workbook.add_worksheet(name).write_row(0, 0, cells)
            workbook.get_worksheet_by_name(name).write(1, 3, "end")
    assert [(grid.name, grid.rows) for grid in read("a.xlsx", io.BytesIO(made.getvalue()))] == [
        ("一 月", [["a b", "c d", "", "e f"], ["", "", "", "end"]]),
        ("Feb", [["g h", '"', "i,j", ""], ["", "", "", "end"]]),
    ]


def reason(name: str, content: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(name, io.BytesIO(content))
    return caught.value.reason


def of_a_later_zip(content: bytes) -> bytes:
    """Its first entry wants a version of zip that there is not."""
    at = content.index(b"PK\1\2") + 6
    return content[:at] + bytes([238]) + content[at + 1 :]


def test_what_is_no_list_says_why() -> None:
    assert reason("a.pdf", b"%PDF") == "kind"
    assert reason("a.xlsx", b"PK\3\4 half a workbook") == "broken"
    assert reason("a.xlsx", of_a_later_zip(book([["a"]]).getvalue())) == "broken"
    assert reason("a.xlsx", book([["", ""]]).getvalue()) == "empty"
    assert reason("a.csv", b"\xff\xfe\x00") == "encoding"
    assert reason("a.csv", b"a,\0b") == "broken"
    assert reason("a.csv", ("," * 300).encode() + b"x") == "large"


def test_a_bomb_is_never_unpacked() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(30):
            packed.writestr(f"xl/worksheets/sheet{number}.xml", bytes(10_000_000))
    assert len(target.getvalue()) < 500_000
    assert reason("a.xlsx", target.getvalue()) == "large"


def test_a_sheet_of_two_cells_that_spans_a_billion_does_no_harm() -> None:
    assert reason("a.xlsx", spanning("XFD1048576")) == "large"
    assert reason("a.xlsx", spanning("BI1048576")) == "large"
    assert reason("a.xlsx", spanning("GS2")) == "large"


def spanning(last: str) -> bytes:
    """A workbook with something in A1 and in that cell."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as made:
        sheet = made.add_worksheet()
        sheet.write("A1", "姓名")
        sheet.write(last, "x")
    return target.getvalue()


@given(st.binary(max_size=400), st.sampled_from([".csv", ".xlsx", ".xls", ".ods", ".txt"]))
def test_any_bytes_are_read_or_refused(content: bytes, ending: str) -> None:
    try:
        grids = read(f"list{ending}", io.BytesIO(content))
    except Unreadable:
        return
    assert all(isinstance(cell, str) for grid in grids for row in grid.rows for cell in row)
