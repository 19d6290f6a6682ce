"""A letter as plain text: the text part of a mail, and what a chat shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from messages.lines import breadth
from messages.papers import Grid, Paper
from messages.papers.form import COLON, COMMA, contacts, enclosed, tidy

_INDENT = {"zh_CN": "　　", "en": ""}
_GAP = "  "


def draw(paper: Paper) -> str:
    """Blocks with an empty line between them; the last line ends without a line break."""
    return "\n\n".join(map("\n".join, blocks(paper)))


def blocks(paper: Paper) -> list[list[str]]:
    """The lines of each block; none is empty."""
    paper = tidy(paper)
    drawn = _chinese(paper) if paper.locale == "zh_CN" else _english(paper)
    return [lines for block in drawn if (lines := [line for line in block if line])]


def _chinese(paper: Paper) -> Iterator[Iterable[str]]:
    yield (paper.title,)
    yield paper.inside
    yield (paper.salutation,)
    yield from _body(paper)
    yield (_enclosed(paper),)
    first, *rest = paper.closing
    yield (_INDENT["zh_CN"] + first, *rest)
    yield (*paper.signed, paper.date)
    yield (paper.footer,)
    yield (COMMA["zh_CN"].join(contacts(paper)),)


def _english(paper: Paper) -> Iterator[Iterable[str]]:
    yield (paper.head.name, *contacts(paper))
    yield (paper.date,)
    yield paper.inside
    yield (paper.salutation,)
    yield (paper.title,)
    yield from _body(paper)
    yield paper.closing
    yield paper.signed
    yield (_enclosed(paper),)
    yield (paper.footer,)


def _body(paper: Paper) -> Iterator[Iterable[str]]:
    for part in paper.paragraphs:
        yield _table(part) if isinstance(part, Grid) else (_INDENT[paper.locale] + part,)
    yield [f"{_INDENT[paper.locale]}{words}{COLON[paper.locale]}{address}" for words, address in paper.links]


def _enclosed(paper: Paper) -> str:
    line = enclosed(paper)
    return _INDENT[paper.locale] + line if line else ""


def _table(grid: Grid) -> Iterator[str]:
    """Columns as broad as their broadest cell, a Chinese character counting two."""
    rows = (grid.columns, *grid.rows)
    widths = [max(map(breadth, column)) for column in zip(*rows, strict=True)]
    yield grid.caption
    for row in rows:
        cells = (_cell(text, widths[at], flush_right=at in grid.numbers) for at, text in enumerate(row))
        yield _GAP.join(cells).rstrip()


def _cell(text: str, width: int, *, flush_right: bool) -> str:
    blanks = " " * (width - breadth(text))
    return blanks + text if flush_right else text + blanks
