"""Markdown → lines of styled runs, which a platform can measure, cut and draw; nothing in them is markup any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from unicodedata import east_asian_width

from messages.markdown import tokens

Kind = Literal["text", "bullet", "ordered", "quote", "code"]
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
_LINKED = re.compile(r"https?://|mailto:", re.IGNORECASE)
_JOINED = re.compile("[\u0300-\u036f\u200d\u20e3\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_ENDS = ("\n\n", "\n", "。", "；", ". ", "; ", "，", " ")


@dataclass(frozen=True)
class Run:
    """Characters of one look, shown as they are. ``styles`` are bold, italic, strike, code.

    ``url`` is an address that may be followed: of the web, or of a mailbox.
    """

    text: str
    styles: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class Line:
    """A paragraph, a list's entry, a quote or a block of code. ``apart``: an empty line stands before it.

    ``number`` is an ordered entry's own.
    """

    kind: Kind
    runs: tuple[Run, ...]
    indent: int = 0
    number: int = 0
    apart: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def clean(text: str) -> str:
    """Without halves of surrogate pairs, which no encoding can carry."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")


def read(markdown: str) -> list[Line]:
    reader = _Reader()
    for token in tokens(markdown):
        reader.take(token)
    return reader.lines


def entry(markdown: str) -> list[Line]:
    """The same as an entry of a list: its first paragraphs are one."""
    first, *more = read(markdown) or [Line("text", (Run("–"),))]
    if first.kind != "text":
        return [first, *map(_deeper, more)]
    for line in more:
        if line.kind == "text":
            first = replace(first, runs=(*first.runs, Run("\n"), *line.runs))
    rest = [_deeper(line) for line in more if line.kind != "text"]
    return [replace(first, kind="bullet", apart=False), *rest]


def _deeper(line: Line) -> Line:
    return replace(line, indent=line.indent + (line.kind in {"bullet", "ordered"}))


def breadth(text: str) -> int:
    """Columns of a terminal, halves of a Chinese character: that takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def place(text: str, most: int, *, hard: bool = True) -> int:
    """Where to cut ``text``: at most ``most`` characters in, never inside what is drawn as one character.

    After a line, a sentence, a word. Not ``hard``: 0 where there is no good place.
    """
    for end in _ENDS:
        at = text.rfind(end, most // 2, most)
        if at >= 0:
            return at + len(end)
    if not hard:
        return 0
    at = most
    while at > 1 and (_JOINED.match(text, at) or text[at - 1] == "\u200d"):
        at -= 1
    return max(at if at > 1 else most, 1)


@dataclass
class _Reader:
    """Walks the block tokens once; ``begun`` tells whether the open list entry has its line already."""

    lines: list[Line] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    quotes: int = 0
    begun: bool = True
    heading: bool = False

    def take(self, token: Any) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self.lists.append("bullet" if token.type.startswith("bullet") else "ordered")
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self.numbers.append(int(token.info) if token.info.isdecimal() else 0)
                self.begun = False
            case "list_item_close":
                self.numbers.pop()
                self.begun = True
            case "blockquote_open" | "blockquote_close":
                self.quotes += 1 if token.type.endswith("open") else -1
            case "heading_open" | "heading_close":
                self.heading = token.type.endswith("open")
            case "inline":
                self.say(tuple(_runs(token.children or (), ("bold",) if self.heading else ())))
            case "fence" | "code_block":
                self.lines.append(Line("code", (Run(clean(token.content.rstrip("\n"))),)))
            case "hr":
                self.say((Run("———"),))

    def say(self, runs: tuple[Run, ...]) -> None:
        if not any(run.text for run in runs):
            return
        first, self.begun = not self.begun, True
        if self.quotes:
            self.lines.append(Line("quote", (Run(self.mark()), *runs) if first else runs, apart=self.after_text()))
        elif first:
            kind: Kind = "bullet" if self.lists[-1] == "bullet" else "ordered"
            self.lines.append(Line(kind, runs, len(self.lists) - 1, self.numbers[-1]))
        elif self.lists and self.lines and self.lines[-1].kind in {"bullet", "ordered"}:
            self.lines[-1] = replace(self.lines[-1], runs=(*self.lines[-1].runs, Run("\n"), *runs))
        else:
            self.lines.append(Line("text", runs, apart=bool(self.lines)))

    def mark(self) -> str:
        return f"{self.numbers[-1]}. " if self.lists[-1] == "ordered" else "• "

    def after_text(self) -> bool:
        return not self.lists and bool(self.lines)


def _runs(children: Iterable[Any], styles: tuple[str, ...]) -> Iterator[Run]:
    """Neighbours of one style become one run."""
    last: Run | None = None
    for run in _pieces(children, list(styles)):
        if last is not None and (last.styles, last.url) == (run.styles, run.url):
            last = replace(last, text=last.text + run.text)
        else:
            if last is not None:
                yield last
            last = run
    if last is not None:
        yield last


def _pieces(children: Iterable[Any], styles: list[str]) -> Iterator[Run]:
    url = ""
    for child in children:
        name, _, way = child.type.rpartition("_")
        if name in _STYLES and way == "open":
            styles.append(_STYLES[name])
        elif name in _STYLES and way == "close":
            styles.remove(_STYLES[name])
        elif child.type in {"link_open", "link_close"}:
            address = str(child.attrs.get("href", ""))
            url = address if _LINKED.match(address) else ""
        elif child.type in {"softbreak", "hardbreak"}:
            yield Run("\n", tuple(sorted(set(styles))), url)
        elif child.content:
            code = ["code"] if child.type == "code_inline" else []
            yield Run(clean(child.content), tuple(sorted({*styles, *code})), url)
