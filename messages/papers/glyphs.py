"""Characters that the fonts of printed letters do not have: they would come out as empty boxes."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from messages.message import Part
from messages.papers.form import tidied

_ALSO = ((0x20, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x1E00, 0x1EFF), (0x2010, 0x205E), (0x20A0, 0x20BF))
"""What typst's own fonts have besides: Latin, Greek and Cyrillic letters, punctuation, currencies."""
_FULL_UNICODE = 12
"""The form of a font's table that knows characters beyond the first 65,536."""


def missing(paper: Part) -> list[str]:
    """Each character that no font has, once, in the order in which they stand. Needs the extra ``pdf``."""
    known = _covered()
    seen = dict.fromkeys("".join(_texts(tidied(paper.model_dump()))))
    return [one for one in seen if not _is_drawn(one, known)]


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(one) if name != "locale" else ()
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)


def _is_drawn(character: str, known: frozenset[int]) -> bool:
    """Marks that join others or choose a form of theirs take no room of their own."""
    code = ord(character)
    invisible = unicodedata.category(character) in {"Cf", "Mn"}
    return code in known or invisible or any(first <= code <= last for first, last in _ALSO)


@cache
def _covered() -> frozenset[int]:
    from pylopdf_fonts_zh_cn import serif_path  # noqa: PLC0415  an extra

    return characters(serif_path())


def characters(font: Path) -> frozenset[int]:
    """The characters that a font has, by its table ``cmap``. Raises ``ValueError`` where that is of another form."""
    data = font.read_bytes()
    table = next(where for name, where in _tables(data) if name == b"cmap")
    (count,) = struct.unpack_from(">H", data, table + 2)
    offsets = (struct.unpack_from(">I", data, table + 8 + 8 * one)[0] for one in range(count))
    for offset in offsets:
        if struct.unpack_from(">H", data, table + offset) == (_FULL_UNICODE,):
            return frozenset(_groups(data, table + offset))
    raise ValueError(font.name)


def _tables(data: bytes) -> Iterable[tuple[bytes, int]]:
    (count,) = struct.unpack_from(">H", data, 4)
    for one in range(count):
        name, _, where, _ = struct.unpack_from(">4sIII", data, 12 + 16 * one)
        yield name, where


def _groups(data: bytes, table: int) -> Iterable[int]:
    (count,) = struct.unpack_from(">I", data, table + 12)
    for one in range(count):
        first, last, _ = struct.unpack_from(">III", data, table + 16 + 12 * one)
        yield from range(first, last + 1)
