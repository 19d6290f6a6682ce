"""A line of text → words → typed values: the same small grammar for chat, buttons, forms and the terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Protocol, runtime_checkable

from handlers import ids
from handlers.ids import TaskRef

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.people import Person

# Full-width forms, the ideographic space and curly quotes, one character for one: positions stay true, so that
# free text can be cut out of what the person really typed.
_FORMS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FORMS |= dict.fromkeys(map(ord, "“”„«»「」『』"), ord('"')) | dict.fromkeys(map(ord, "‘’"), ord("'"))
# Blanks of every width, and what cannot be seen at all: chat programs put such characters behind a mention.
_FORMS |= dict.fromkeys([0x00A0, 0x3000, *range(0x2000, 0x2010), *range(0x2028, 0x2030), 0x205F, 0x2060, 0xFEFF], 0x20)
_WORD = re.compile(r'"[^"]*"|[^\s、,;]+')
_QUOTED = re.compile(r'"[^"]+"\s*')


def fold(text: str) -> str:
    """The line as the grammar reads it: same length, half-width, plain quotes."""
    return text.translate(_FORMS)


def lower(text: str) -> str:
    """Without capitals, of the same length: a letter whose small form is two letters stays as it is."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def stands(name: str, text: str, at: int = 0) -> bool:
    """Whether the whole name stands there: Ann does not stand in Anna, nor S1 in S12. Capitals count in both."""
    end = at + len(name)
    if not name or not text.startswith(name, at):
        return False
    return not (name[-1].isascii() and text[end : end + 1].isascii() and text[end : end + 1].isalnum())


@dataclass(frozen=True)
class Word:
    text: str
    start: int
    end: int


@dataclass
class Cursor:
    """A place in a line. ``original`` is what was typed, ``folded`` what is compared; both of one length."""

    original: str
    folded: str
    words: list[Word]
    at: int = 0

    @classmethod
    def over(cls, text: str) -> Cursor:
        folded = fold(text)
        found = [Word(match.group().strip('"'), match.start(), match.end()) for match in _WORD.finditer(folded)]
        return cls(text, folded, found)

    def peek(self) -> Word | None:
        return self.words[self.at] if self.at < len(self.words) else None

    def next(self) -> Word:
        word = self.words[self.at]
        self.at += 1
        return word

    def match(self, shape: re.Pattern[str]) -> re.Match[str] | None:
        """What stands here, if it has this shape; the cursor then stands behind it."""
        word = self.peek()
        found = shape.match(self.folded, word.start) if word else None
        if found is not None:
            self.skip_to(found.end())
        return found

    def rest(self) -> str:
        """Everything from here on, exactly as typed; the cursor is then at the end."""
        word = self.peek()
        self.at = len(self.words)
        return self.original[word.start :].strip() if word else ""

    def skip_to(self, position: int) -> None:
        """Go on behind a position in the text; a word that it cuts in two continues with its rest."""
        later = [word for word in self.words[self.at :] if word.end > position]
        if later and later[0].start < position:
            cut = Word(self.folded[position : later[0].end].lstrip("、,;"), position, later[0].end)
            later = [cut, *later[1:]] if cut.text else later[1:]
        self.words, self.at = later, 0


class Taker(Protocol):
    """Reads one parameter. ``None`` means: it is not there (the default applies, or it is missing)."""

    def take(self, cursor: Cursor, ctx: Context) -> Any: ...


@runtime_checkable
class Chinese(Protocol):
    """A reader that knows fixed words in both languages."""

    def chinese(self, text: str) -> tuple[str, int] | None:
        """What the English words at the beginning of ``text`` are in Chinese, and how long they are."""


def in_chinese(words: Mapping[str, str], text: str) -> tuple[str, int] | None:
    """By whole words, the longest first."""
    for word in sorted(words, key=len, reverse=True):
        if re.match(rf"{re.escape(word)}(?!\S)", text, re.IGNORECASE):
            return words[word], len(word)
    return None


class _Tasks:
    """Ids in a row, as ``handlers.ids`` reads them: ``T3 T5``, ``3、5、7``, ``T3-T7``, ``M2-T12``."""

    kind = "tasks"

    def take(self, cursor: Cursor, ctx: Context) -> tuple[TaskRef, ...] | None:  # noqa: ARG002
        word = cursor.peek()
        found, end = ids.read(cursor.folded, word.start) if word else ([], 0)
        cursor.skip_to(end)
        return tuple(dict.fromkeys(found)) or None


class _Meeting:
    """``M2``; gives its number."""

    def take(self, cursor: Cursor, ctx: Context) -> int | None:  # noqa: ARG002
        word = cursor.peek()
        match = re.fullmatch(r"M(\d{1,5})", word.text, re.IGNORECASE) if word else None
        if match is None:
            return None
        cursor.next()
        return int(match[1])


class _People:
    """``@li``, ``@"Li Wei"``, ``@Li Wei``, ``me``: people of the workspace, as many as follow each other."""

    kind = "people"
    _AND = re.compile(r"(?:and|&|和|与|及|跟)[\s、,;]*(?=@|me\b|我)", re.IGNORECASE)
    _ME = re.compile(r"@?(?:me(?![\w.'-])|我(?!\w))", re.IGNORECASE)

    def take(self, cursor: Cursor, ctx: Context) -> tuple[Person, ...] | None:
        found: list[Person] = []
        while (word := cursor.peek()) is not None:
            joint = self._AND.match(cursor.folded, word.start) if found else None
            at = joint.end() if joint else word.start
            if me := self._ME.match(cursor.folded, at):
                found.append(ctx.person)
                cursor.skip_to(me.end())
            elif cursor.folded.startswith("@", at):
                person, length = ctx.person_at(cursor.folded[at + 1 :])
                found.append(person)
                cursor.skip_to(at + 1 + length)
            else:
                break
        return tuple(dict.fromkeys(found)) or None


class _Phase:
    """``phase 5``, ``阶段5``, ``第五阶段``, ``P5``; gives its number."""

    _NUMERALS = "零一二三四五六七八九"
    SHAPE = re.compile(
        r"(?:phase|p|阶段|第)\s*([0-9一二三四五六七八九])(?![0-9十百])(?!\s*[页项条])\s*(?:阶段)?", re.IGNORECASE
    )

    def take(self, cursor: Cursor, ctx: Context) -> int | None:  # noqa: ARG002
        match = cursor.match(self.SHAPE)
        if match is None:
            return None
        return self.number(match)

    def chinese(self, text: str) -> tuple[str, int] | None:
        match = re.match(r"phase (\d)(?!\S)", text)
        return (f"第 {match[1]} 阶段", match.end()) if match else None

    @classmethod
    def number(cls, match: re.Match[str]) -> int:
        return int(match[1]) if match[1].isdecimal() else cls._NUMERALS.index(match[1])


@dataclass(frozen=True)
class Numbered:
    """A number in one of several shapes, such as ``page 2`` or ``第2页``; each shape has the digits in a group.

    ``english`` and ``said``: what stands before the number in English, and the whole in Chinese with ``{}`` for it.
    """

    shape: re.Pattern[str]
    least: int = 0
    english: str = ""
    said: str = ""

    @classmethod
    def like(cls, *shapes: str, least: int = 0, english: str = "", chinese: str = "") -> Numbered:
        return cls(re.compile("|".join(shapes), re.IGNORECASE), least, english, chinese)

    def take(self, cursor: Cursor, ctx: Context) -> int | None:  # noqa: ARG002
        match = cursor.match(self.shape)
        if match is None:
            return None
        return max(self.least, int(match[match.lastindex or 0]))

    def chinese(self, text: str) -> tuple[str, int] | None:
        match = re.match(rf"{re.escape(self.english)} (\d+)(?!\S)", text) if self.english else None
        return (self.said.format(match[1]), match.end()) if match else None


class _Files:
    """``F7 F8``: files that were stored before; gives their numbers."""

    def take(self, cursor: Cursor, ctx: Context) -> tuple[int, ...] | None:  # noqa: ARG002
        found = []
        while (word := cursor.peek()) is not None and (match := re.fullmatch(r"F(\d{1,7})", word.text, re.IGNORECASE)):
            found.append(int(match[1]))
            cursor.next()
        return tuple(found) or None


@dataclass(frozen=True, eq=False)
class Details:
    """``free words key: value key: value``: what stands before the first key is under "".

    Each key comes with what else people call it; a form's fields of the same names count too, and win. Behind free
    words in quotes a key needs no colon: add "Send the album" due Friday.
    """

    names: Mapping[str, tuple[str, ...]]

    def take(self, cursor: Cursor, ctx: Context) -> dict[str, str] | None:
        word = cursor.peek()
        start = word.start if word else len(cursor.folded)
        found = self._split(cursor, start)
        cursor.rest()
        found.update({key: value for key, value in ctx.fields.items() if key in self.names and value.strip()})
        return {key: value for key, value in found.items() if value} or None

    def _split(self, cursor: Cursor, start: int) -> dict[str, str]:
        marks = self._marks(cursor.folded, start)
        ends = [*(mark.start() for mark in marks[1:]), len(cursor.original)][: len(marks)]
        found = {"": _bare(cursor.original[start : marks[0].start() if marks else None])}
        for mark, end in zip(marks, ends, strict=True):
            found[self._keys[mark[1].casefold()]] = _bare(cursor.original[mark.end() : end])
        return found

    def _marks(self, text: str, start: int) -> list[re.Match[str]]:
        quoted = _QUOTED.match(text, start)
        if quoted and (marks := list(self._loose_shape.finditer(text, quoted.end()))):
            return marks if marks[0].start() == quoted.end() else list(self._shape.finditer(text, start))
        return list(self._shape.finditer(text, start))

    @cached_property
    def _keys(self) -> dict[str, str]:
        return {name.casefold(): key for key, others in self.names.items() for name in (key, *others)}

    @cached_property
    def _shape(self) -> re.Pattern[str]:
        return self._pattern(r"\s*[:=]\s*")

    @cached_property
    def _loose_shape(self) -> re.Pattern[str]:
        return self._pattern(r"(?:\s*[:=]\s*|\s+)")

    def _pattern(self, end: str) -> re.Pattern[str]:
        words = "|".join(re.escape(name) for name in sorted(self._keys, key=len, reverse=True))
        return re.compile(rf"(?:(?<=[\s,;、])|^)({words}){end}", re.IGNORECASE | re.ASCII)


def _bare(text: str) -> str:
    """Without what joins it to its neighbours, and without the quotes if it is quoted as a whole."""
    text = text.strip(" ,，、;；")
    return text[1:-1].strip() if _QUOTED.fullmatch(fold(text)) else text


class _Text:
    """The rest of the line, as typed."""

    kind = "text"

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        return cursor.rest() or None


@dataclass(frozen=True)
class TextSaying(_Text):
    """The same, where buttons say some words of it: these in English, with what a reader of Chinese types."""

    words: Mapping[str, str]

    def chinese(self, text: str) -> tuple[str, int] | None:
        return in_chinese(self.words, text)


class _Word:
    """One word, as typed."""

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        word = cursor.peek()
        return cursor.next().text if word else None


@dataclass(frozen=True)
class OneOf:
    """One of some fixed words; each key with what else people call it, in either language."""

    names: Mapping[str, tuple[str, ...]]
    lookup: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, others in self.names.items():
            self.lookup.update({name.casefold(): key for name in (key, *others)})

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        word = cursor.peek()
        found = self.at(cursor.folded, word.start) if word else None
        if found is None:
            return None
        cursor.skip_to(found[1])
        return found[0]

    def at(self, text: str, start: int) -> tuple[str, int] | None:
        """The key of the longest name that stands there in a folded text, be it of several words; and where it ends."""
        ahead = lower(text[start:])
        for name in sorted(self.lookup, key=len, reverse=True):
            if stands(name, ahead):
                return self.lookup[name], start + len(name)
        return None

    def chinese(self, text: str) -> tuple[str, int] | None:
        """The first of the other names that is not Latin."""
        own = {key: next((name for name in others if not name.isascii()), key) for key, others in self.names.items()}
        return in_chinese(own, text)


people_in_words = _People()


def phase_in(text: str) -> int:
    """The number in "5", "phase 5" or "阶段五"; 0 when there is none."""
    if text.strip().isdecimal():
        return int(text)
    match = _Phase.SHAPE.match(fold(text).strip())
    return _Phase.number(match) if match else 0


Tasks = Annotated[tuple[TaskRef, ...], _Tasks()]
MeetingNumber = Annotated[int, _Meeting()]
People = Annotated[tuple["Person", ...], people_in_words]
PhaseNumber = Annotated[int, _Phase()]
PageNumber = Annotated[
    int,
    Numbered.like(
        r"第\s*(\d{1,3})\s*页", r"(?:page|p\.|页)\s*(\d{1,3})(?!\d)", least=1, english="page", chinese="第 {} 页"
    ),
]
Files = Annotated[tuple[int, ...], _Files()]
Text = Annotated[str, _Text()]
OneWord = Annotated[str, _Word()]
