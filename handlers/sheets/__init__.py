"""Lists that people keep in spreadsheets: read from whatever they were saved in, known by their headings, written."""

from __future__ import annotations

from handlers.sheets.columns import Found, Row, find, normal
from handlers.sheets.mapping import Sheet, Vocabulary, exactly, sheet_of
from handlers.sheets.reading import Grid, Unreadable, is_sheet, read
from handlers.sheets.writing import comma_separated, written

__all__ = [
    "Found",
    "Grid",
    "Row",
    "Sheet",
    "Unreadable",
    "Vocabulary",
    "comma_separated",
    "exactly",
    "find",
    "is_sheet",
    "normal",
    "read",
    "sheet_of",
    "written",
]
