"""What a few bytes of a document or an archive tell: whether it has a password; nothing is unpacked."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

WINDOW = 64 * 1024
"""Bytes that are looked at in one place."""
_ENCRYPT = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_STARTXREF = re.compile(rb"startxref\s+(\d{1,15})(?!\d)")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_locked(source: BinaryIO) -> bool:
    """Told of PDF, of Office documents old and new, and of zip archives; of anything else it is False."""
    head = _at(source, 0, 8)
    if head.startswith(b"%PDF"):
        return _pdf(source)
    if is_old(source):
        return _office(_Ole(source))
    return head.startswith(b"PK\x03\x04") and _zip(source)


def is_old(source: BinaryIO) -> bool:
    """Whether it is made as Office documents were until 2007, and as today's still are that have a password."""
    return _at(source, 0, 8) == _OLE


def is_installer(source: BinaryIO) -> bool:
    """Whether it is a program's package, which is made as old documents are."""
    return is_old(source) and _Ole(source).kind in _INSTALLERS


def _at(source: BinaryIO, place: int, length: int) -> bytes:
    source.seek(place)
    return source.read(length)


def _size(source: BinaryIO) -> int:
    return source.seek(0, io.SEEK_END)


# --- PDF


def _pdf(source: BinaryIO) -> bool:
    """A trailer stands at the end, or where the end says."""
    end = _at(source, max(0, _size(source) - WINDOW), WINDOW)
    told = [int(found) for found in _STARTXREF.findall(end)]
    return any(_ENCRYPT.search(part) for part in (end, *(_at(source, place, WINDOW) for place in told[-2:])))


# --- zip


_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_ENTRY_HEAD = struct.Struct("<4s4xH18xHHH12x")


def _zip(source: BinaryIO) -> bool:
    """Each file's entry in the directory at the end has a bit for it."""
    size = _size(source)
    end = _at(source, max(0, size - WINDOW), WINDOW)
    place = end.rfind(_END)
    if place < 0 or len(end) < place + 20:
        return False
    length, start = struct.unpack_from("<II", end, place + 12)
    return any(flags & 1 for flags in _flags(_at(source, start, min(length, WINDOW))))


def _flags(directory: bytes) -> Iterator[int]:
    place = 0
    while len(directory) >= place + 46 and directory.startswith(_ENTRY, place):
        _, flags, *lengths = _ENTRY_HEAD.unpack_from(directory, place)
        yield flags
        place += 46 + sum(lengths)


# --- Office documents: those of today are put whole into an old one when they get a password


_PACKAGES = frozenset({"EncryptedPackage", "EncryptedSummary"})
"""Streams that only a document with a password has: of today's formats, and of PowerPoint's old one."""
_WORD_LOCKED = 0x0100
_FILEPASS, _SOON = 0x2F, 4
"""Excel's record that says so, and among how many of the first it is."""
_MOST_SECTORS, _MOST_HOPS = 64, 200
_NAMED = 109
"""Tables that the header names itself."""
_INSTALLERS = {bytes.fromhex(f"{kind}100c0000000000c000000000000046") for kind in ("82", "84", "86")}
"""What Windows Installer's packages, patches and transforms say that they are."""


class _Ole:
    """The streams of an OLE file, by name, each with the place where it begins; ``kind`` is what it says it is."""

    def __init__(self, source: BinaryIO) -> None:
        self.source = source
        header = _at(source, 0, 512).ljust(512, b"\xff")
        self.shift = 12 if header[0x1E] == 12 else 9  # noqa: PLR2004  there are sectors of these two sizes only
        self.each = (1 << self.shift) // 4
        self.tables, self.more_tables = struct.unpack_from("<109I", header, 0x4C), _number(header, 0x44)
        first = _number(header, 0x30)
        self.kind = _at(source, self.place(first) + 0x50, 16)
        self.streams = dict(entry for sector in self._chain(first) for entry in self._entries(sector))

    def place(self, sector: int) -> int:
        return (sector + 1) << self.shift

    def _chain(self, sector: int) -> Iterator[int]:
        """A sector and those after it, until one has none."""
        for _ in range(_MOST_SECTORS):
            yield sector
            table, place = divmod(sector, self.each)
            told = self._told(self._table(table), place)
            if told >= 0xFF000000:  # noqa: PLR2004  ends, gaps and what is not there begin so
                return
            sector = told

    def _table(self, index: int) -> int:
        """The sector of the table of that number."""
        if index < _NAMED:
            return int(self.tables[index])
        hops, place = divmod(index - _NAMED, self.each - 1)
        sector = self.more_tables
        for _ in range(min(hops, _MOST_HOPS)):
            sector = self._told(sector, self.each - 1)
        return self._told(sector, place)

    def _told(self, sector: int, place: int) -> int:
        """The number at a place of a sector."""
        return _number(_at(self.source, self.place(sector) + 4 * place, 4).ljust(4, b"\xff"), 0)

    def _entries(self, sector: int) -> Iterator[tuple[str, int]]:
        found = _at(self.source, self.place(sector), 1 << self.shift)
        for at in range(0, len(found) - 127, 128):
            length = int.from_bytes(found[at + 0x40 : at + 0x42], "little")
            name = found[at : at + min(max(length - 2, 0), 64)].decode("utf-16-le", "replace")
            yield name, self.place(_number(found, at + 0x74))


def _number(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 4], "little")


def _office(file: _Ole) -> bool:
    streams = file.streams
    if streams.keys() & _PACKAGES:
        return True
    if "WordDocument" in streams:
        return bool(int.from_bytes(_at(file.source, streams["WordDocument"] + 10, 2), "little") & _WORD_LOCKED)
    book = streams.get("Workbook", streams.get("Book"))
    return book is not None and _FILEPASS in _records(_at(file.source, book, WINDOW))


def _records(book: bytes) -> list[int]:
    """The kinds of the first records of an Excel stream."""
    found: list[int] = []
    at = 0
    while len(found) < _SOON and len(book) >= at + 4:
        kind, length = struct.unpack_from("<HH", book, at)
        found.append(kind)
        at += 4 + length
    return found
