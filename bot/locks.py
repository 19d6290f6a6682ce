"""What a few bytes of a document or an archive tell: whether it has a password. No content is unpacked."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bot import packed
from bot.packed import WINDOW, at

_ENCRYPT = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_STARTXREF = re.compile(rb"startxref\s+(\d{1,15})(?!\d)")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_locked(source: BinaryIO) -> bool:
    """Told of PDF, of Office and OpenDocument files, of zip, RAR and 7-Zip archives; of anything else it is False."""
    head = at(source, 0, 8)
    if head.startswith(b"%PDF"):
        return _pdf(source)
    if is_old(source):
        return _office(_Ole(source))
    look = next((look for mark, look in _ARCHIVES.items() if head.startswith(mark)), None)
    return look is not None and look(source)


def is_old(source: BinaryIO) -> bool:
    """Whether it is made as Office documents were until 2007, and as today's still are that have a password."""
    return at(source, 0, 8) == _OLE


def is_installer(source: BinaryIO) -> bool:
    """Whether it is a program's package, which is made as old documents are."""
    return is_old(source) and _Ole(source).kind in _INSTALLERS


def _size(source: BinaryIO) -> int:
    return source.seek(0, io.SEEK_END)


# --- PDF


def _pdf(source: BinaryIO) -> bool:
    """A trailer stands at the end, or where the end says."""
    end = at(source, max(0, _size(source) - WINDOW), WINDOW)
    told = [int(found) for found in _STARTXREF.findall(end)]
    return any(_ENCRYPT.search(part) for part in (end, *(at(source, place, WINDOW) for place in told[-2:])))


# --- zip


_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_ENTRY_HEAD = struct.Struct("<4s4xHH8xI4xHHH8xI")
_MANIFEST = b"META-INF/manifest.xml"
"""Where an OpenDocument file says which of its parts are encrypted: the zip's own bits know nothing of that."""


def _zip(source: BinaryIO) -> bool:
    """Each file's entry in the directory at the end has a bit for it; of documents, the manifest tells."""
    size = _size(source)
    end = at(source, max(0, size - WINDOW), WINDOW)
    place = end.rfind(_END)
    if place < 0 or len(end) < place + 20:
        return False
    length, start = struct.unpack_from("<II", end, place + 12)
    entries = list(_entries_of(at(source, start, min(length, WINDOW))))
    manifest = next((one for one in entries if one.name == _MANIFEST), None)
    return any(one.flags & 1 for one in entries) or (manifest is not None and _ENCRYPTED in _read(source, manifest))


_ENCRYPTED = b"encryption-data"


@dataclass(frozen=True)
class _File:
    """What a zip's directory says of one file: ``size`` is that of its packed bytes, whose head is at ``place``."""

    name: bytes
    flags: int
    packed: bool
    size: int
    place: int


def _entries_of(directory: bytes) -> Iterator[_File]:
    place = 0
    while len(directory) >= place + 46 and directory.startswith(_ENTRY, place):
        _, flags, method, size, *lengths, head = _ENTRY_HEAD.unpack_from(directory, place)
        yield _File(directory[place + 46 : place + 46 + lengths[0]], flags, method == zipfile.ZIP_DEFLATED, size, head)
        place += 46 + sum(lengths)


def _read(source: BinaryIO, file: _File) -> bytes:
    """Its beginning: a window of what is packed, and as much again unpacked."""
    head = at(source, file.place, 30)
    begin = file.place + 30 + sum(struct.unpack_from("<HH", head.ljust(30, b"\0"), 26))
    data = at(source, begin, min(file.size, WINDOW))
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, WINDOW) if file.packed else data
    except zlib.error:
        return b""


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
        header = at(source, 0, 512).ljust(512, b"\xff")
        self.shift = 12 if header[0x1E] == 12 else 9  # noqa: PLR2004  there are sectors of these two sizes only
        self.each = (1 << self.shift) // 4
        self.tables, self.more_tables = struct.unpack_from("<109I", header, 0x4C), _number(header, 0x44)
        first = _number(header, 0x30)
        self.kind = at(source, self.place(first) + 0x50, 16)
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
        return _number(at(self.source, self.place(sector) + 4 * place, 4).ljust(4, b"\xff"), 0)

    def _entries(self, sector: int) -> Iterator[tuple[str, int]]:
        found = at(self.source, self.place(sector), 1 << self.shift)
        for entry in (found[start : start + 128] for start in range(0, len(found) - 127, 128)):
            length = int.from_bytes(entry[0x40:0x42], "little")
            name = entry[: min(max(length - 2, 0), 64)].decode("utf-16-le", "replace")
            yield name, self.place(_number(entry, 0x74))


def _number(raw: bytes, place: int) -> int:
    return int.from_bytes(raw[place : place + 4], "little")


def _office(file: _Ole) -> bool:
    streams = file.streams
    if streams.keys() & _PACKAGES:
        return True
    if "WordDocument" in streams:
        return bool(int.from_bytes(at(file.source, streams["WordDocument"] + 10, 2), "little") & _WORD_LOCKED)
    book = streams.get("Workbook", streams.get("Book"))
    return book is not None and _FILEPASS in _records(at(file.source, book, WINDOW))


def _records(book: bytes) -> list[int]:
    """The kinds of the first records of an Excel stream."""
    found: list[int] = []
    place = 0
    while len(found) < _SOON and len(book) >= place + 4:
        kind, length = struct.unpack_from("<HH", book, place)
        found.append(kind)
        place += 4 + length
    return found


_ARCHIVES = {
    b"PK\x03\x04": _zip,
    packed.RAR_OLD: packed.old_rar,
    packed.RAR: packed.rar,
    packed.SEVEN: packed.seven_zip,
}
"""By how they begin."""
