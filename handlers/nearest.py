"""Which verb was meant by one with a slip in it: by its letters, or by its pinyin, typed or heard. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from handlers.pinyin import pinyin

_LIKE = 80
"""From here on two Latin words are alike (0-100): one letter too many or too few in a word of four."""
_SOUNDS_LIKE = 88
"""The same for pinyin: zh for z, n for ng, but not 明天 for 今天."""
_SPELT_LIKE = 87
"""The same for pinyin that was typed as such: one letter of eight, as in zhongkai for chongkai (重开)."""
_LEAST = 3
_LEAST_SPELT = 4
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_LATIN = re.compile(r"[a-z/]+(?:[ -][a-z]+)?", re.IGNORECASE)
_SPELT = re.compile(r"[a-z]+(?:[' ’][a-z]+){0,5}", re.IGNORECASE | re.ASCII)
_WORD = re.compile(r"[a-z]+\b", re.IGNORECASE | re.ASCII)


def corrected(line: str, names: Sequence[str]) -> list[str]:
    """The whole line with the nearest verbs in place of what it begins with, the likeliest first."""
    line = line.strip()
    found: dict[str, float] = {}
    for score, name, end in (*_latin(line, names), *_chinese(line, names), *_spelt(line, names)):
        fixed = f"{name}{line[end:]}"
        found[fixed] = max(score, found.get(fixed, 0))
    return sorted(found, key=lambda fixed: -found[fixed])


def _latin(line: str, names: Iterable[str]) -> Iterator[tuple[float, str, int]]:
    match = _LATIN.match(line)
    if match is None:
        return
    typed = match.group().casefold()
    for name in filter(str.isascii, names):
        words = re.split(r"[ -]", typed)[: name.count(" ") + 1]
        likeness = [_likeness(said, meant) for said, meant in zip(words, name.split(), strict=False)]
        if len(words) == len(name.split()) and min(likeness) >= _LIKE and len(" ".join(words)) >= _LEAST:
            yield sum(likeness) / len(likeness), name, len(" ".join(words))


def _likeness(typed: str, name: str) -> float:
    """Two letters that changed places are the commonest slip, and count as one."""
    swapped = len(typed) > _LEAST and sorted(typed) == sorted(name) and OSA.distance(typed, name) == 1
    return max(fuzz.ratio(typed, name), 90.0 if swapped else 0.0)


def _chinese(line: str, names: Iterable[str]) -> Iterator[tuple[float, str, int]]:
    match = _CHINESE.match(line)
    if match is None:
        return
    for name, sound in _sounds(tuple(names)):
        length = len(name.replace(" ", ""))
        if len(match.group()) >= length:
            score = fuzz.ratio(pinyin(line[:length]), sound)
            if score >= _SOUNDS_LIKE:
                yield score, name, length


def _spelt(line: str, names: Iterable[str]) -> Iterator[tuple[float, str, int]]:
    """A Chinese verb in Latin letters, as they come from a keyboard left on Latin: "wancheng T9", "zhuang tai"."""
    match = _SPELT.match(line)
    if match is None:
        return
    ends = [word.end() for word in _WORD.finditer(match.group())]
    typed = [(re.sub("[^a-z]", "", line[:end].casefold()), end) for end in ends]
    for name, sound in _sounds(tuple(names)):
        for letters, end in typed:
            if len(letters) >= _LEAST_SPELT and (score := fuzz.ratio(letters, sound)) >= _SPELT_LIKE:
                yield score, name, end


@cache
def _sounds(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The names of two or more Chinese characters, each with its reading."""
    chinese = [(name, name.replace(" ", "")) for name in names]
    return tuple((name, pinyin(word)) for name, word in chinese if len(word) > 1 and _CHINESE.fullmatch(word))
