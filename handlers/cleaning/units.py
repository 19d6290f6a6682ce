"""Names of units as they are compared, and their credit codes. Pure; no two units are ever one by their names alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from rapidfuzz import fuzz

from handlers.cleaning.names import simplified

ALIKE = 90
"""Of 100, from which on two names may be one that was mistyped. 广东省机械行业协会 and 广州市机械行业协会 have 83."""

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_FORMS = re.compile(
    r"(?:股份有限公司|有限责任公司|有限公司|有限责任|股份公司|总公司|分公司|公司|股份|集团)$"
    r"|(?:\b(?:company|co|corporation|corp|incorporated|inc|limited|ltd|llc|llp|plc|gmbh|ag|sa|bv|pte|pty|group))+$"
)
_TELLING = re.compile("[0-9一二三四五六七八九十东西南北中上下省市县区国]")
_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """A unit's name without what is written differently: width, capitals, blanks, dots; 繁 as 简. For aliases."""
    return "".join(filter(str.isalnum, _folded(name)))


@lru_cache(maxsize=8192)
def core(name: str) -> str:
    """What tells a unit's name from others: without its legal form and what stands in brackets, such as the city."""
    bare = _BRACKETS.sub(" ", _folded(name))
    words = " ".join("".join(letter if letter.isalnum() else " " for letter in bare).split())
    while (shorter := _FORMS.sub("", words).strip()) not in {words, ""}:
        words = shorter
    return words.replace(" ", "") or plain(name)


def same_name(one: str, other: str, aliases: Mapping[str, str] | None = None) -> bool:
    """Whether both name one unit as people write it, legal form and city left out.

    ``aliases`` gives the full name by the ``plain`` one. Enough to take a person's unit for the same, not to merge two.
    """
    known = aliases or {}
    first, second = (core(known.get(plain(name), name)) for name in (one, other))
    return first == second != ""


def alike(one: str, other: str) -> bool:
    """Whether both may be names of one unit: worth a question.

    Not where they differ in a figure, a direction or a place's rank: 第一医院, 第二医院.
    """
    first, second = core(one), core(other)
    if first == second:
        return first != ""
    if _TELLING.findall(first) != _TELLING.findall(second):
        return False
    return fuzz.ratio(first, second) >= ALIKE


def credit_code(text: str) -> str:
    """A unified social credit code as it is kept, "" where it is none (GB 32100-2015: 18 places, the last a check)."""
    code = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).upper()
    if len(code) != len(_CODE_WEIGHTS) + 1 or not set(code) <= set(_CODE_LETTERS):
        return ""
    total = sum(_CODE_LETTERS.index(letter) * weight for letter, weight in zip(code, _CODE_WEIGHTS, strict=False))
    return code if code[-1] == _CODE_LETTERS[-total % 31] else ""


def _folded(name: str) -> str:
    return simplified(unicodedata.normalize("NFKC", name).casefold())
