"""Lines of styled runs → text as WeCom reads it.

WeCom knows no escapes: a character that would be markup is replaced by the full-width one that looks like it, so that
what people typed is shown and does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from messages.lines import Line, Run


@dataclass(frozen=True)
class Dialect:
    """A way of writing: the ``msgtype``, and how many bytes of UTF-8 a message takes.

    ``marked``: it knows markdown at all; ``rich``: lists, tables and blocks of code, else three colours.
    """

    msgtype: str
    most: int
    marked: bool = True
    rich: bool = False


TEXT = Dialect("text", 2048, marked=False)
MARKDOWN = Dialect("markdown", 2048)
MARKDOWN_V2 = Dialect("markdown_v2", 4096, rich=True)
BOT_MARKDOWN = Dialect("markdown", 20_480, rich=True)

_LOOK_ALIKE = str.maketrans("<[]*`\\~", "＜［］＊｀＼～")
_EDGE = re.compile(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_ADDRESS = re.compile(r"https?://[!-;=?-~]+", re.IGNORECASE)
_BEGINS = re.compile(r"^(?:[-+=](?=[\s=-]|$)|#{1,6}(?=\s|$)|[>|]|:(?=-)|\d{1,9}[.)](?=\s|$))")
_FULL_WIDTH = {ord(character): ord(character) + 0xFEE0 for character in "-+=#>|:.)"}
_BOUND = {"bold", "code"}
_APOSTROPHES = "'''"


# --- one line


def draw(line: Line, dialect: Dialect) -> str:
    """A line as it is sent, with the mark of its kind before it; it may be longer than a piece."""
    if line.kind == "code" and dialect.rich:
        return f"```\n{line.text.replace('```', _APOSTROPHES).replace('<', '＜')}\n```"
    first, more = _marks(line, dialect)
    rows = [inline(runs, dialect) for runs in _rows(line.runs)]
    hard = "  \n" if dialect.rich else "\n"
    return hard.join(f"{more if at else first}{row}" for at, row in enumerate(rows))


def _marks(line: Line, dialect: Dialect) -> tuple[str, str]:
    """What stands before the first row of a line and before the others."""
    deep = ("    " if dialect.rich else "\u3000") * line.indent
    match line.kind:
        case "bullet":
            return (f"{deep}- ", f"{deep}  ") if dialect.rich else (f"{deep}· ", f"{deep}\u3000")
        case "ordered":
            return f"{deep}{line.number}. ", f"{deep}   " if dialect.rich else f"{deep}\u3000"
        case "quote" | "code" if dialect.marked:
            return "> ", "> "
    return "", ""


def _rows(runs: Iterable[Run]) -> list[list[Run]]:
    rows: list[list[Run]] = [[]]
    for run in runs:
        head, *tail = run.text.split("\n")
        rows[-1].append(replace(run, text=head))
        rows += [[replace(run, text=text)] for text in tail]
    return rows


def inline(runs: Sequence[Run], dialect: Dialect) -> str:
    """One row of text; what people typed cannot begin it with a mark."""
    told = _merged(run for run in runs if run.text)
    around = ["", *(run.text for run in told), ""]
    drawn = "".join(
        _drawn(run, dialect, before=around[at][-1:], after=around[at + 2][:1]) for at, run in enumerate(told)
    )
    if not dialect.marked or not drawn:
        return drawn
    marked = told[0].url or _BOUND & {*told[0].styles}
    return drawn.lstrip(" \t") if marked else _BEGINS.sub(_as_full_width, drawn.lstrip(" \t"), count=1)


def _merged(runs: Iterable[Run]) -> list[Run]:
    """Neighbours that look alike here, where nothing is set in italics, are one."""
    found: list[Run] = []
    for run in runs:
        plain = replace(run, styles=tuple(style for style in run.styles if style != "italic"))
        if found and (found[-1].styles, found[-1].url) == (plain.styles, plain.url):
            plain = replace(plain, text=found.pop().text + plain.text)
        found.append(plain)
    return found


def _as_full_width(match: re.Match[str]) -> str:
    return match[0].translate(_FULL_WIDTH)


def _drawn(run: Run, dialect: Dialect, *, before: str, after: str) -> str:
    words = shown(run.text, dialect)
    if run.url:
        return _linked(run, words, dialect, after=after)
    if not run.text.strip():
        return run.text
    if "code" in run.styles:
        return _code(run.text) if dialect.marked else f"“{words}”"
    if "bold" in run.styles and dialect.marked:
        return _bold(words, dialect, before=before, after=after)
    if {"grey", "strike"} & {*run.styles} and dialect is MARKDOWN:
        return f'<font color="comment">{words}</font>'
    return words


def _code(text: str) -> str:
    return f"`{text.replace('`', _APOSTROPHES[0]).replace('<', '＜')}`"


def _bold(words: str, dialect: Dialect, *, before: str, after: str) -> str:
    """Blanks stand outside; where a mark would stand between a letter and a sign, a blank keeps it a mark."""
    core = words.strip()
    lead, trail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    if dialect.rich:
        lead = lead or " " * (not core[0].isalnum() and before.isalnum())
        trail = trail or " " * (not core[-1].isalnum() and after.isalnum())
    return f"{lead}**{core}**{trail}"


def _linked(run: Run, words: str, dialect: Dialect, *, after: str) -> str:
    """``[words](address)``; a mailbox, which WeCom does not open, and plain text have the address in words."""
    address = quote(run.url, safe="!#$%&'+,-./:;=?@_~")
    mailbox = run.url[:7].lower() == "mailto:"
    if dialect.marked and not mailbox:
        return f"[{words.strip()}]({address})"
    address = address[7:] if mailbox else address
    told = words if address in run.text or run.url in run.text else f"{words} {shown(address, dialect)}"
    return told if not after or after.isspace() else f"{told} "


def shown(text: str, dialect: Dialect) -> str:
    """What was typed, so that it is seen and does nothing. Web addresses stay such that they can be opened."""
    if not dialect.marked:
        return text.replace("<", "＜")
    parts, at = [], 0
    for match in _ADDRESS.finditer(text):
        parts += [_alike(text[at : match.start()]), quote(match[0], safe="!#$%&'()+,-./:;=?@_")]
        at = match.end()
    return "".join([*parts, _alike(text[at:])])


def _alike(text: str) -> str:
    return _ENTITY.sub("＆", _EDGE.sub("＿", text.translate(_LOOK_ALIKE)))
