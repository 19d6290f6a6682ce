"""Text of two bytes a character that does not say so by a mark: known by where its NULs stand. Pure."""

from __future__ import annotations

import unicodedata

ENOUGH = 4096
"""Bytes by which it is known."""
_BLANK = frozenset("\t\r\n")
_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})


def wide(text: bytes) -> str:
    """``utf-16-le`` or ``utf-16-be``; empty for anything else, and for text without commas, digits and line ends.

    Each of those has a NUL beside it, on the same side.
    """
    head = text[:ENOUGH]
    before, behind = head[0::2].count(0), head[1::2].count(0)
    found = "utf-16-le" if behind > before else "utf-16-be"
    read = head.decode(found, "replace")[:-1]  # the last may have been cut in two
    told = max(before, behind) > 1 and len(head) % 2 == 0
    return found if told and all(map(_is_text, read)) else ""


def _is_text(character: str) -> bool:
    return character in _BLANK or (unicodedata.category(character) not in _NO_TEXT and character != "�")
