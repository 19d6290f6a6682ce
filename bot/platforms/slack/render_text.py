"""Markdown → lines of styled runs, which can be measured, cut and drawn; nothing in them is markup any more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from messages.markdown import tokens

Kind = Literal["text", "bullet", "ordered", "quote", "code"]
OVERHEAD = 60
"""What a run costs beside its text once it is JSON."""
DEEPEST = 8
"""Slack indents lists no further."""
LONGEST_URL = 3000
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
_LINKED = re.compile(r"https?://|mailto:", re.IGNORECASE)
_JOINED = re.compile("[\u0300-\u036f\u200d\u20e3\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_ENDS = ("\n\n", "\n", "。", "；", ". ", "; ", "，", " ")


@dataclass(frozen=True)
class Run:
    """Characters of one style, shown as they are. ``styles`` are Slack's: bold, italic, strike, code."""

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

    @property
    def weight(self) -> int:
        return sum(map(_weight, self.runs))


def clean(text: str) -> str:
    """Without halves of surrogate pairs, which no encoding can carry."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")


def escaped(text: str) -> str:
    """The three characters that Slack gives a meaning in ``text``, as it wants them written."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def size(text: str) -> int:
    """Characters as Slack counts them: one beyond the basic plane is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _weight(run: Run) -> int:
    """An upper bound of what a run takes, as JSON and as escaped text."""
    return OVERHEAD + len(run.url) + max(size(json.dumps(run.text, ensure_ascii=False)), size(escaped(run.text)))


def words(lines: Iterable[Line]) -> str:
    """The same without styles: for a notification, a screen reader, a place that takes plain text only."""
    found: list[str] = []
    for line in lines:
        mark = {"bullet": "• ", "ordered": f"{line.number}. "}.get(line.kind, "")
        found += [""] * (line.apart and bool(found)) + ["  " * line.indent + mark + line.text]
    return "\n".join(found)


# --- reading


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
            self.lines.append(Line(kind, runs, min(len(self.lists) - 1, DEEPEST), self.numbers[-1]))
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
            url = _link(str(child.attrs.get("href", "")))
        elif child.type in {"softbreak", "hardbreak"}:
            yield Run("\n", tuple(sorted(set(styles))), url)
        elif child.content:
            code = ["code"] if child.type == "code_inline" else []
            yield Run(clean(child.content), tuple(sorted({*styles, *code})), url)


def _link(address: str) -> str:
    """An address that may be followed; others stay words."""
    return address if _LINKED.match(address) and len(address) <= LONGEST_URL else ""


def read(markdown: str) -> list[Line]:
    reader = _Reader()
    for token in tokens(markdown):
        reader.take(token)
    return reader.lines


# --- cutting


def cut(lines: Iterable[Line], most: int) -> Iterator[Line]:
    """The same lines, none heavier than ``most``; what is cut goes on as a paragraph, a quote or code."""
    for whole in lines:
        line = whole
        while line.weight > most:
            head, tail = _halves(line.runs, most)
            yield replace(line, runs=head)
            kind = line.kind if line.kind in {"quote", "code"} else "text"
            line = replace(line, kind=kind, runs=tail, apart=False, indent=0)
        yield line


def _halves(runs: Sequence[Run], most: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Cut where a reader would: after a line, a sentence, a word; else between two characters."""
    left, taken = most, 0
    while taken < len(runs) and _weight(runs[taken]) <= left:
        left -= _weight(runs[taken])
        taken += 1
    here = runs[taken]
    room = place(here.text, _fits(here, left), hard=not taken)
    head = (*runs[:taken], *([replace(here, text=here.text[:room])] if room else []))
    return head, (replace(here, text=here.text[room:]), *runs[taken + 1 :])


def _fits(run: Run, most: int) -> int:
    """How many characters of a run weigh no more than ``most``."""
    low, high = 0, len(run.text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _weight(replace(run, text=run.text[:middle])) <= most else (low, middle - 1)
    return low


def place(text: str, most: int, *, hard: bool = True) -> int:
    """Where to cut ``text``: at most ``most`` characters in, never inside what is drawn as one character.

    Not ``hard``: 0 where there is no good place.
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


def short(text: str, most: int) -> str:
    """At most ``most`` characters, with … where something is missing: for labels whose whole is shown elsewhere."""
    if size(text) <= most:
        return text
    kept = text[: most - 1]
    while size(kept) > most - 1:
        kept = kept[:-1]
    return text[: place(text, len(kept))].rstrip() + "…"
