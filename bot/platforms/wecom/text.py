"""Lines of styled runs → text as WeCom reads it, in pieces that it takes.

WeCom knows no escapes: a character that would be markup is replaced by the full-width one that looks like it, so that
what people typed is shown and does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from messages.lines import Line, Run, place


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

PAGE_NUMBER = 16
"""Bytes of a piece that are kept for saying which of how many it is."""
_LOOK_ALIKE = str.maketrans("<[]*`\\~", "＜［］＊｀＼～")
_EDGE = re.compile(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_ADDRESS = re.compile(r"https?://[!-;=?-~]+", re.IGNORECASE)
_BEGINS = re.compile(r"^(?:[-+=](?=[\s=-]|$)|#{1,6}(?=\s|$)|>|\d{1,9}[.)](?=\s|$))")
_FULL_WIDTH = {ord(character): ord(character) + 0xFEE0 for character in "-+=#>.)"}
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
    told = [run for run in runs if run.text]
    around = ["", *(run.text for run in told), ""]
    drawn = "".join(
        _drawn(run, dialect, before=around[at][-1:], after=around[at + 2][:1]) for at, run in enumerate(told)
    )
    if not dialect.marked or not drawn:
        return drawn
    marked = told[0].url or _BOUND & {*told[0].styles}
    return drawn.lstrip(" \t") if marked else _BEGINS.sub(_as_full_width, drawn.lstrip(" \t"), count=1)


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
    told = words if address in {run.text, run.url} or run.text in run.url else f"{words} {shown(address, dialect)}"
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


# --- many lines


@dataclass(frozen=True)
class Block:
    """Drawn text that stays together. ``apart``: an empty line stands before it."""

    kind: str
    text: str
    apart: bool = False


def blocks(lines: Iterable[Line], dialect: Dialect) -> list[Block]:
    """Lines drawn, each within a piece."""
    return [Block(line.kind, draw(line, dialect), line.apart) for line in cut(lines, dialect)]


def title(lines: Sequence[Line], dialect: Dialect) -> list[Block]:
    """A heading of one row; a title that is too long for one is bold, whole."""
    words = Run(" ".join(" ".join(line.text for line in lines).split()))
    heading = f"{'### ' * dialect.marked}{inline([words], dialect)}"
    if words.text and len(heading.encode()) <= dialect.most // 4:
        return [Block("heading", heading, apart=True)]
    bold = [replace(line, runs=tuple(replace(run, styles=("bold",)) for run in line.runs)) for line in lines]
    return blocks(bold, dialect)


def pieces(parts: Sequence[Block], dialect: Dialect) -> list[str]:
    """Texts within the dialect's limit: parted at empty lines, else at the ends of lines; each says which it is."""
    found: list[str] = []
    for paragraph in _paragraphs(parts):
        together = _joined(paragraph, dialect)
        if found and _fits(_added(found[-1], paragraph[0], together, dialect), dialect):
            found[-1] = _added(found[-1], paragraph[0], together, dialect)
        elif _fits(together, dialect) and not (found and len(found[-1].encode()) < dialect.most // 2):
            found.append(together)
        else:
            _line_by_line(found, paragraph, dialect)
    return [f"{piece}\n\n{at}/{len(found)}" for at, piece in enumerate(found, 1)] if len(found) > 1 else found


def _paragraphs(parts: Iterable[Block]) -> Iterator[list[Block]]:
    paragraph: list[Block] = []
    for part in parts:
        if part.apart and paragraph:
            yield paragraph
            paragraph = []
        paragraph.append(part)
    if paragraph:
        yield paragraph


def _line_by_line(found: list[str], paragraph: Sequence[Block], dialect: Dialect) -> None:
    before: Block | None = None
    for block in paragraph:
        whole = f"{found[-1]}{_gap(before, block, dialect)}{block.text}" if found else block.text
        if found and _fits(whole, dialect):
            found[-1] = whole
        else:
            found.append(block.text)
        before = block


def _joined(paragraph: Sequence[Block], dialect: Dialect) -> str:
    first, *more = paragraph
    before, text = first, first.text
    for block in more:
        text += _gap(before, block, dialect) + block.text
        before = block
    return text


def _added(text: str, first: Block, more: str, dialect: Dialect) -> str:
    return f"{text}{_gap(None, first, dialect)}{more}"


def _gap(before: Block | None, block: Block, dialect: Dialect) -> str:
    """What stands between two blocks; ``before`` is None at the beginning of a paragraph."""
    if before is None or block.apart or (dialect.rich and before.kind != block.kind):
        return "\n\n"
    return "  \n" if dialect.rich and block.kind in {"text", "quote"} else "\n"


def _fits(text: str, dialect: Dialect) -> bool:
    return len(text.encode()) <= dialect.most - PAGE_NUMBER


# --- cutting


def cut(lines: Iterable[Line], dialect: Dialect) -> Iterator[Line]:
    """The same lines, each within a piece; what is cut goes on as a paragraph, a quote or code."""
    for whole in lines:
        line = whole
        while not _fits(draw(line, dialect), dialect):
            line = replace(line, runs=tuple(_loosened(line.runs, dialect)))
            at = _place(line, dialect)
            yield replace(line, runs=_first(line.runs, at))
            kind = line.kind if line.kind in {"quote", "code"} else "text"
            line = replace(line, kind=kind, runs=_without(line.runs, at), apart=False, indent=0)
        yield line


def _loosened(runs: Iterable[Run], dialect: Dialect) -> Iterator[Run]:
    """A link that would take half a piece is words and an address."""
    for run in runs:
        heavy = run.url and len(inline([run], dialect).encode()) > dialect.most // 2
        yield Run(f"{run.text} {run.url} " if run.url not in run.text else run.text) if heavy else run


def _place(line: Line, dialect: Dialect) -> int:
    """Where to cut: as far on as fits, where a reader would; before a link or a bold word rather than in it."""
    low, high = 1, min(len(line.text), dialect.most)
    while low < high:
        middle = (low + high + 1) // 2
        fits = _fits(draw(replace(line, runs=_first(line.runs, middle)), dialect), dialect)
        low, high = (middle, high) if fits else (low, middle - 1)
    at, start = place(line.text, low), 0
    for run in line.runs:
        end = start + len(run.text)
        if 0 < start < at < end and (run.url or run.styles):
            return start
        start = end
    return at


def _first(runs: Iterable[Run], most: int) -> tuple[Run, ...]:
    kept: list[Run] = []
    for run in runs:
        if most > 0:
            kept.append(replace(run, text=run.text[:most]))
        most -= len(run.text)
    return tuple(kept)


def _without(runs: Iterable[Run], most: int) -> tuple[Run, ...]:
    kept: list[Run] = []
    for run in runs:
        if len(run.text) > most:
            kept.append(replace(run, text=run.text[max(most, 0) :]))
        most -= len(run.text)
    return tuple(kept)
