"""Whether archives by RAR and 7-Zip have a password: by their headers, of which a few are read."""

from __future__ import annotations

import lzma
import re
from typing import BinaryIO

WINDOW = 64 * 1024
"""Bytes that are looked at in one place."""
FARTHEST = 2**40
"""Where no file of ours has anything. Much farther no file system goes, and says so as if the disk were broken."""
_MOST_BLOCKS, _HEAD = 64, 4096
"""So many are asked of an archive, so many bytes of each."""


def at(source: BinaryIO, place: int, length: int) -> bytes:
    """The bytes there, as far as there are any."""
    if place > FARTHEST:
        return b""
    source.seek(place)
    return source.read(length)


# --- RAR until version 4: every block has its flags


RAR_OLD, RAR = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
_OLD_LOCKED = {0x73: 0x0080, 0x74: 0x0004}
"""By kind of block: of the whole archive with the names in it, of one file."""


def old_rar(source: BinaryIO) -> bool:
    place = len(RAR_OLD)
    for _ in range(_MOST_BLOCKS):
        block = at(source, place, 11)
        kind, flags, size = block[2:3], _number(block[3:5]), _number(block[5:7])
        if size < 7:  # noqa: PLR2004  its head alone has so many
            return False
        if flags & _OLD_LOCKED.get(_number(kind), 0):
            return True
        place += size + (_number(block[7:11]) if flags & 0x8000 else 0)
    return False


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


# --- RAR from version 5 on: numbers of seven bits a byte, and what more is said of a file at its block's end


_FILE, _ENCRYPTION, _MORE, _DATA, _ENCRYPTED = 2, 4, 1, 2, 1
"""Kinds of blocks, what a block has, and the kind of what more is said."""


def rar(source: BinaryIO) -> bool:
    place = len(RAR)
    for _ in range(_MOST_BLOCKS):
        head = at(source, place + 4, _HEAD)
        size, begin = _seven(head, 0)
        end = begin + size
        kind, next_ = _seven(head, begin)
        flags, next_ = _seven(head, next_)
        more, next_ = _seven(head, next_) if flags & _MORE else (0, next_)
        data, _ = _seven(head, next_) if flags & _DATA else (0, next_)
        if kind == _ENCRYPTION or (kind == _FILE and _ENCRYPTED in _records(head[max(begin, end - more) : end])):
            return True
        if not size or end > len(head):
            return False
        place += 4 + end + data
    return False


def _records(area: bytes) -> list[int]:
    """The kinds of what more is said."""
    found, place = [], 0
    while place < len(area):
        size, begin = _seven(area, place)
        found.append(_seven(area, begin)[0])
        place = begin + max(size, 1)
    return found


def _seven(raw: bytes, place: int) -> tuple[int, int]:
    """A number, and where it ends."""
    value = 0
    for shift, byte in enumerate(raw[place : place + 10]):
        value |= (byte & 0x7F) << 7 * shift
        if not byte & 0x80:
            return value, place + shift + 1
    return value, len(raw)


# --- 7-Zip: a header at the end says how each file was made; of several files it is packed itself


SEVEN = b"7z\xbc\xaf\x27\x1c"
_AES = b"\x06\xf1\x07\x01"
_SIZE = rb"([\x00-\x7f]|[\x80-\xbf].|[\xc0-\xdf]..|[\xe0-\xef]...)"
_LZMA = rb"\x00\x07\x0b\x01\x00\x01\x23\x03\x01\x01\x05(.)(.{4})\x0c"
_PACKED = re.compile(rb"\x17\x06" + _SIZE + rb"\x01\x09" + _SIZE + _LZMA, re.DOTALL)
"""Where it is and how long, and how it was packed: 7-Zip does it in one way only."""
_MOST_MEMORY = 4 * 1024 * 1024


def seven_zip(source: BinaryIO) -> bool:
    start = at(source, 0, 32)
    place, size = _number(start[12:20]), _number(start[20:28])
    if len(start) < 32:  # noqa: PLR2004  the head is as long
        return False
    header = at(source, 32 + place, min(size, WINDOW))
    return _AES in header or _AES in _unpacked(source, header)


def _unpacked(source: BinaryIO, header: bytes) -> bytes:
    """The header that is packed, as far as a window shows it; nothing where it is not, or in another way."""
    told = _PACKED.match(header)
    if told is None:
        return b""
    way, memory = told[3][0], _number(told[4])
    if memory > _MOST_MEMORY:
        return b""
    how = {"id": lzma.FILTER_LZMA1, "lc": way % 9, "lp": way // 9 % 5, "pb": way // 45, "dict_size": max(memory, 4096)}
    packed = at(source, 32 + _size(told[1]), min(_size(told[2]), WINDOW))
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[how]).decompress(packed, WINDOW)
    except (lzma.LZMAError, ValueError):
        return b""


def _size(raw: bytes) -> int:
    """As 7-Zip writes it: the first byte says how many follow, and has the highest bits."""
    following = len(raw) - 1
    return _number(raw[1:]) + ((raw[0] & (0x7F >> following)) << 8 * following)
