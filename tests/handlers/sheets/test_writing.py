"""What is written is read again as it was, and no cell is a formula."""

from __future__ import annotations

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from handlers.sheets import Grid, read, written

CELLS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20).filter(
    lambda cell: not cell.startswith("'")
)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_text_comes_back_as_it_was(rows: list[list[str]]) -> None:
    (grid,) = read("a.xlsx", io.BytesIO(written([Grid("清单", rows)])))
    assert grid == Grid("清单", rows)


def test_no_formula_no_link_and_a_name_that_excel_takes() -> None:
    content = written([Grid("决议/投票[1]", [["=1+1", "https://example.org", "+8613800000005", "@SUM(A1)"]])])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    (grid,) = read("a.xlsx", io.BytesIO(content))
    assert (grid.name, grid.rows[0][0]) == ("决议_投票_1_", "=1+1")
