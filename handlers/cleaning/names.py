"""Names of people as they are compared; what was typed is kept as it was. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from handlers.cleaning.surnames import COMPOUND, READINGS
from handlers.pinyin import pinyin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opencc import OpenCC

MOST_WORDS = 6
"""Of a name in Latin letters, in any order of which it is known again."""

_HAN = re.compile("[〇々㐀-鿿豈-﫿\U00020000-\U000323af]")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>")
_LATIN_TITLES = frozenset("mr mrs ms miss mx dr prof professor sir madam".split())
_HAN_TITLE = re.compile("副?教授|副?研究员|博士|先生|女士|小姐|老师|院士|主任")
_HAN_TITLES = re.compile(f"(?<=..)(?:{_HAN_TITLE.pattern})$")
_NAME_AND_TITLE = re.compile(
    r"(?P<name>[〇々㐀-鿿·]+?\s?[〇々㐀-鿿·]+?)\s*(?P<title>副?教授|副?研究员|博士|院士|老师|先生|女士|小姐|主任)"
)
_TITLE_AND_NAME = re.compile(r"(?P<title>Dr|Prof|Professor|Mr|Mrs|Ms|Miss)\b\.?\s*(?P<name>\S.*)", re.IGNORECASE)


def compatible(one: str, other: str) -> bool:
    """Whether both may be names of one person: the same but for the way of writing, or one spells the other.

    Symmetric, and true of a name and itself. Two names in Chinese characters that only sound alike are not: 张三, 章三.
    """
    if one == other:
        return True
    first, second = written(one), written(other)
    if first == second:
        return first != ""
    return not (_HAN.search(first) and _HAN.search(second)) and sound_alike(one, other)


def titled(name: str) -> tuple[str, str]:
    """顾维新 教授 → the name and how its bearer is addressed; empty where the name says nothing of that."""
    found = _NAME_AND_TITLE.fullmatch(name) or _TITLE_AND_NAME.fullmatch(name)
    return (found["name"], found["title"]) if found else (name, "")


def is_title(text: str) -> bool:
    """Whether it is a form of address alone: Dr., Prof. Dr, 教授."""
    words = re.findall(r"\w+", text.casefold())
    return bool(words) and all(word in _LATIN_TITLES or _HAN_TITLE.fullmatch(word) for word in words)


def sound_alike(one: str, other: str) -> bool:
    """Whether both read the same in Latin letters, the surname first or last."""
    return not spellings(one).isdisjoint(spellings(other))


@lru_cache(maxsize=32768)
def written(name: str) -> str:
    """A name without what people write differently.

    Width, capitals, accents, blanks, dots, what stands in brackets, a title before or after it; traditional characters
    are simplified. Empty where no letter is left.
    """
    return "".join(_words(name))


@lru_cache(maxsize=32768)
def spellings(name: str) -> frozenset[str]:
    """A name in Latin letters without blanks, in each order of its parts and by each reading of its surname.

    李娜 gives ``lina`` and ``nali``, and so does Na Li. A ü is a u, as passports write it.
    """
    words = _words(name)
    text = "".join(words)
    if not text:
        return frozenset()
    parts = _read(text) if _HAN.search(text) else [words if len(words) <= MOST_WORDS else [text]]
    return frozenset(_plain_u("".join(turned)) for one in parts for turned in _turns(one))


@lru_cache(maxsize=32768)
def simplified(text: str) -> str:
    """Traditional characters as simplified ones, for comparing; what was typed is kept elsewhere."""
    return text if text.isascii() else _converter().convert(text)


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    """Loaded when it is first needed."""
    from opencc import OpenCC  # noqa: PLC0415  as said above

    return OpenCC("t2s")


def _words(name: str) -> list[str]:
    text = simplified(unicodedata.normalize("NFKC", name).casefold())
    bare = _BRACKETS.sub(" ", text)
    text = bare if any(map(str.isalnum, bare)) else text
    if _HAN.search(text):
        return [_HAN_TITLES.sub("", "".join(filter(str.isalnum, text)))]
    return _latin(text)


def _latin(text: str) -> list[str]:
    """The words of a name, those joined by a hyphen or an apostrophe as one, without accents and titles."""
    spelled = unicodedata.normalize("NFKD", re.sub(r"[-'’‐‑]", "", text))
    bare = "".join(letter for letter in spelled if not unicodedata.combining(letter))
    words = "".join(letter if letter.isalnum() else " " for letter in bare).split()
    return [word for word in words if word not in _LATIN_TITLES] or words


def _read(name: str) -> list[list[str]]:
    """A name in Chinese characters, as surname and given name, by each reading of the surname."""
    length = 2 if len(name) > len("欧阳") and name[:2] in COMPOUND else 1
    surname, given = name[:length], _latin_of(name[length:])
    known = (COMPOUND[surname],) if length > 1 else READINGS.get(surname, ())
    return [[reading, given] for reading in {*known, _latin_of(surname)}]


def _latin_of(text: str) -> str:
    return "".join(filter(str.isalnum, pinyin(text)))


def _turns(words: list[str]) -> Iterator[list[str]]:
    """The words from each of them on, and the ones before it after them."""
    for start in range(len(words)):
        yield words[start:] + words[:start]


def _plain_u(spelling: str) -> str:
    return re.sub("(?<=[ln])(?:v|yu)", "u", spelling)
