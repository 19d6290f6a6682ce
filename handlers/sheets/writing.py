"""Rows of text → an xlsx file in which text stays text, whatever it begins with."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from unicodedata import east_asian_width

from handlers.sheets.reading import Grid
from messages.markdown import straight

NARROWEST, WIDEST = 6, 60
LONGEST = 32_767
"""Characters that Excel takes in a cell."""
_FORMULA = re.compile(r"[=@＝＠\t\n]|[+＋－-](?![\d\s().-]*$)")
"""What a spreadsheet would take for a formula when it opens a csv; a number with its sign is none."""
_PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def written(grids: Sequence[Grid]) -> bytes:
    """One sheet each. The first row is the headings: bold, always in sight, to be filtered by."""
    import xlsxwriter  # noqa: PLC0415  large, and most days nobody asks for a sheet

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _PLAIN) as book:
        bold, plain = (book.add_format({"bold": heavy, "valign": "top", "text_wrap": True}) for heavy in (True, False))
        for grid in grids:
            sheet = book.add_worksheet(_title(grid.name))
            for number, row in enumerate(grid.rows):
                sheet.write_row(number, 0, [_cell(one) for one in row], plain if number else bold)
            for column, width in enumerate(_widths(grid.rows)):
                sheet.set_column(column, column, width)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(len(grid.rows) - 1, 1), max(len(grid.rows[0]) - 1, 0))
    return target.getvalue()


def comma_separated(grid: Grid) -> bytes:
    """A csv in UTF-8 with its mark, by which Excel reads Chinese; what begins like a formula gets an apostrophe."""
    target = io.StringIO(newline="")
    cells = ([_cell(one) for one in row] for row in grid.rows)
    rows = [[f"'{cell}" if _FORMULA.match(cell) else cell for cell in row] for row in cells]
    csv.writer(target).writerows(rows)
    return codecs.BOM_UTF8 + target.getvalue().encode()


def _cell(text: str) -> str:
    """As a spreadsheet takes it."""
    return straight(text).replace("\r\n", "\n").replace("\r", "\n")[:LONGEST]


def _title(name: str) -> str:
    """A name as Excel takes it: no marks of its own, 31 characters."""
    return "".join("_" if mark in "[]:*?/\\'" else mark for mark in name)[:31] or "Sheet"


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """In characters of Latin letters; a Chinese one takes two."""
    across = max(len(row) for row in rows)
    columns = ([row[column] for row in rows if column < len(row)] for column in range(across))
    return [min(max(NARROWEST, *(_width(cell) + 2 for cell in column)), WIDEST) for column in columns]


def _width(cell: str) -> int:
    return max((sum(1 + (east_asian_width(mark) in "WF") for mark in line) for line in cell.splitlines()), default=0)
