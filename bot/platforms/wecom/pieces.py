"""Lines drawn one after the other, and parted into texts that WeCom takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.platforms.wecom.text import Dialect, draw, inline
from messages.lines import Line, Run, place

PAGE_NUMBER = 16
"""Bytes of a piece that are kept for saying which of how many it is."""


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
