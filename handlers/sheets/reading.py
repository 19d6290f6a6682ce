"""A spreadsheet's bytes → rows of plain text, whatever program and encoding it was saved in."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from handlers.encodings import wide
from handlers.sheets import apart

LARGEST = 64 * 1024 * 1024
"""Bytes of a list, and of what a workbook unpacks to: a list of every citizen of a town is smaller."""

BOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et"})
TEXTS = frozenset({".csv", ".tsv", ".txt"})

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE = ["gb18030", "big5"]
_DELIMITERS = ",;\t|"

csv.field_size_limit(1_000_000)


@dataclass(frozen=True)
class Grid:
    """One sheet: its name ("" for a text file), its rows of text, all cells trimmed. Rows may differ in length."""

    name: str
    rows: list[list[str]]


class Unreadable(Exception):  # noqa: N818  a fact about the file, which the caller words
    """No list can be read from it.

    ``reason``: "kind" (no spreadsheet by its name), "locked" (a password), "broken", "large", "encoding" (no way of
    writing Chinese that we know), "empty" (no cell has anything in it).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_sheet(name: str) -> bool:
    """By how it ends; a .txt may be anything."""
    return PurePosixPath(name.lower()).suffix in (BOOKS | TEXTS) - {".txt"}


def read(name: str, stream: BinaryIO) -> list[Grid]:
    """Its sheets that have anything in them. Raises ``Unreadable``; the stream must allow seeking."""
    ending = PurePosixPath(name.lower()).suffix
    if stream.seek(0, io.SEEK_END) > LARGEST:
        raise Unreadable("large")
    stream.seek(0)
    if ending not in BOOKS | TEXTS:
        raise Unreadable("kind")
    grids = list(_book(stream) if ending in BOOKS else _text(stream.read()))
    if not grids:
        raise Unreadable("empty")
    return grids


def _book(stream: BinaryIO) -> Iterator[Grid]:
    if zipfile.is_zipfile(stream):
        _must_fit(stream)
    stream.seek(0)
    sheets, reason = apart.read(stream)
    if reason:
        raise Unreadable(reason)
    for name, rows in sheets:
        yield from _grid(name, rows)


def _must_fit(stream: BinaryIO) -> None:
    """Raises ``Unreadable`` for what would unpack to more than anybody's list: it is never unpacked."""
    try:
        with zipfile.ZipFile(stream) as packed:
            if sum(member.file_size for member in packed.infolist()) > 4 * LARGEST:
                raise Unreadable("large")
    except (zipfile.BadZipFile, NotImplementedError):  # the second: by a version of zip that there is not
        raise Unreadable("broken") from None


def _text(content: bytes) -> Iterator[Grid]:
    text = _decoded(content)
    if "\0" in text:
        raise Unreadable("broken")
    try:
        rows = apart.rows(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error:
        raise Unreadable("broken") from None
    except OverflowError:
        raise Unreadable("large") from None
    yield from _grid("", rows)


def _decoded(content: bytes) -> str:
    """By its mark or its NULs, else strictly as UTF-8, else as the likelier of the two that Chinese is saved in."""
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), wide(content) or "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise Unreadable("encoding") from None
        return _likelier(content)


def _likelier(content: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  large, and most lists are UTF-8 or a workbook

    found = from_bytes(content, cp_isolation=_CHINESE).best()
    if found is None:
        raise Unreadable("encoding")
    return str(found)


def _delimiter(text: str) -> str:
    """Whichever stands most often in the first lines, the comma where none does."""
    beginning = text.splitlines()[:10]
    return max(_DELIMITERS, key=lambda mark: sum(line.count(mark) for line in beginning))


def _grid(name: str, rows: list[list[str]]) -> Iterator[Grid]:
    """None where every cell is empty."""
    if any(cell for row in rows for cell in row):
        yield Grid(name, rows)
