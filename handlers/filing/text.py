"""Texts as names are compared, and words in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from handlers.grammar import fold, lower

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_ANY = re.compile(
    r"^(?:photos?|images?|img|pictures?|pic|videos?|vid|audio|recording|voice|file|document|scan|screenshot|untitled|"
    r"(?:微信|企业微信|qq)?(?:图片|照片|视频|录音|截图|截屏)|扫描件?|文件|文档|未命名|新建[㐀-鿿]*)(?=[\W\d_]*$)",
    re.IGNORECASE,
)


def stem(name: str) -> str:
    """A file's name without its ending, and without what programs call every file: IMG_0042, 微信图片_2026."""
    return _ANY.sub("", _ENDING.sub("", name))


@lru_cache(maxsize=512)
def plain(text: str) -> str:
    """As names are compared: composed, half-width, small, with blanks for what only joins words."""
    whole = lower(fold(unicodedata.normalize("NFC", text)))
    return re.sub(r"[_\s]+", " ", whole).strip()


def without(text: str, parts: Iterable[str]) -> str:
    for part in map(plain, parts):
        if len(part) > 1:
            text = text.replace(part, " ")
    return text


_Key = TypeVar("_Key")


def longest(words: Mapping[_Key, tuple[str, ...]], text: str) -> _Key | None:
    """The key of the longest word that stands in a plain text; a Latin word stands by itself."""
    found = [
        (len(word) * (1 if word.isascii() else 2), key)
        for key, all_ in words.items()
        for word in all_
        if stands(word, text)
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def stands(word: str, text: str) -> bool:
    if not word.isascii():
        return word in text
    joined = re.escape(word).replace(r"\ ", "[ -]?").replace(r"\-", "[ -]?")
    return re.search(rf"(?<![a-z]){joined}s?(?![a-z])", text) is not None
