"""Lists that people keep in spreadsheets: read whatever they were saved in, know their columns by their headings."""

from __future__ import annotations

from handlers.sheets.columns import Found, Row, find, normal
from handlers.sheets.reading import Grid, Unreadable, read

__all__ = ["Found", "Grid", "Row", "Unreadable", "find", "normal", "read"]
