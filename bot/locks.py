"""Whether a password keeps readers out of a document or an archive, by a few bytes of it; nothing is unpacked."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

WINDOW = 64 * 1024
"""Bytes that are looked at in one place."""
_ENCRYPT = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_STARTXREF = re.compile(rb"startxref\s+(\d+)")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_locked(source: BinaryIO) -> bool:
    """Told of PDF, of Office documents old and new, and of zip archives; of anything else it is False."""
    head = _at(source, 0, 8)
    if head.startswith(b"%PDF"):
        return _pdf(source)
    if head == _OLE:
        return _office(_Ole(source))
    return head.startswith(b"PK\x03\x04") and _zip(source)


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
_MOST_SECTORS = 64


class _Ole:
    """The streams of an OLE file, by name, each with the place where it begins."""

    def __init__(self, source: BinaryIO) -> None:
        self.source = source
        header = _at(source, 0, 512)
        self.shift = min(struct.unpack_from("<H", header, 0x1E)[0], 12) if len(header) == 512 else 9  # noqa: PLR2004  a whole header
        self.tables = struct.unpack_from("<109I", header.ljust(512, b"\xff"), 0x4C)
        first = struct.unpack_from("<I", header.ljust(512, b"\xff"), 0x30)[0]
        self.streams = dict(entry for sector in self._chain(first) for entry in self._entries(sector))

    def place(self, sector: int) -> int:
        return (sector + 1) << self.shift

    def _chain(self, sector: int) -> Iterator[int]:
        """A sector and those after it, as far as the header knows the table that tells."""
        each = (1 << self.shift) // 4
        for _ in range(_MOST_SECTORS):
            yield sector
            table, place = divmod(sector, each)
            told = _at(self.source, self.place(self.tables[table]) + 4 * place, 4) if table < len(self.tables) else b""
            if len(told) < 4 or told[3] == 0xFF:  # noqa: PLR2004  four bytes, of which the last marks an end
                return
            sector = int.from_bytes(told, "little")

    def _entries(self, sector: int) -> Iterator[tuple[str, int]]:
        found = _at(self.source, self.place(sector), 1 << self.shift)
        for at in range(0, len(found) - 127, 128):
            length = int.from_bytes(found[at + 0x40 : at + 0x42], "little")
            name = found[at : at + min(max(length - 2, 0), 64)].decode("utf-16-le", "replace")
            yield name, self.place(int.from_bytes(found[at + 0x74 : at + 0x78], "little"))


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
