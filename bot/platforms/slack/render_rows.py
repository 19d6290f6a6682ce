"""A message's rows, table and buttons → units: blocks that stay together on a page, and their words."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.platforms.slack import blocks
from bot.platforms.slack.blocks import BUTTON_LABEL, BUTTON_VALUE, OPTION, OPTION_VALUE, Block
from bot.platforms.slack.render_text import cut, entry, read, size, weight, words
from messages.lines import Line, Run, breadth, clean, place
from messages.markdown import plain
from messages.message import Button, Row, Table

HEAVIEST = 2800
"""What one block of text may weigh."""
MOST_WITH_BUTTONS = 15
"""Rows that each have buttons of their own; a longer list is ticked instead, which a thumb scrolls through faster."""
TICKS = 10
TABLE_ROWS, TABLE_COLUMNS, TABLE_WEIGHT = 99, 20, 8000
WIDEST = 60
"""Columns of a table drawn with blanks: more would wrap on a phone."""
_CELL_OVERHEAD = 32


@dataclass(frozen=True)
class Unit:
    blocks: tuple[Block, ...]
    words: str = ""

    @property
    def tables(self) -> int:
        return sum(block["type"] == "table" for block in self.blocks)


def of_lines(lines: Iterable[Line]) -> Iterator[Unit]:
    """Text in blocks that are light enough."""
    part: list[Line] = []
    for line in cut(lines, HEAVIEST):
        if part and sum(map(weight, [*part, line])) > HEAVIEST:
            yield Unit((blocks.rich(part),), words(part))
            part = []
        part.append(line)
    if part:
        yield Unit((blocks.rich(part),), words(part))


# --- buttons


def of_buttons(buttons: Iterable[Button]) -> Iterator[Unit]:
    """Buttons in a line; a label that is too long stands before them, a command that is too long is printed."""
    pressed, told = [], []
    for button in buttons:
        fits = size(button.line) <= BUTTON_VALUE
        if not fits or size(button.label) > BUTTON_LABEL:
            told.append(Line("bullet", (Run(clean(button.label)), *_printed("" if fits else button.line))))
        if fits:
            pressed.append(blocks.button(button))
    yield from of_lines(told)
    yield from (Unit((block,)) for block in _actions(pressed))


def _printed(line: str) -> tuple[Run, ...]:
    return (Run("\n"), Run(clean(line), ("code",))) if line else ()


def _actions(elements: Sequence[Block]) -> Iterator[Block]:
    """As few blocks as keep each within what a message bears."""
    part: list[Block] = []
    for element in elements:
        if part and (blocks.weight([*part, element]) > 2 * HEAVIEST or len(part) == blocks.IN_ACTIONS):
            yield from blocks.actions(part)
            part = []
        part.append(element)
    yield from blocks.actions(part)


# --- rows


def of_rows(rows: Sequence[Row]) -> Iterator[Unit]:
    """Rows with buttons one by one; rows without become one list; many that can be ticked, groups of boxes."""
    kind = _kind(ticks=sum(bool(row.buttons) for row in rows) > MOST_WITH_BUTTONS)
    draw: dict[str, Callable[[Sequence[Row]], Iterator[Unit]]] = {"list": _list, "tick": _ticked, "press": _pressed}
    for name, group in itertools.groupby(rows, key=kind):
        yield from draw[name](list(group))


def _kind(*, ticks: bool) -> Callable[[Row], str]:
    def kind(row: Row) -> str:
        return "list" if not row.buttons else "tick" if ticks and _tickable(row) else "press"

    return kind


def _list(rows: Sequence[Row]) -> Iterator[Unit]:
    return of_lines(line for row in rows for line in entry(row.text))


def _pressed(rows: Sequence[Row]) -> Iterator[Unit]:
    for row in rows:
        *before, last = [*of_lines(read(row.text))] or [Unit(())]
        first, *more = [*of_buttons(row.buttons)]
        yield from before
        yield Unit((*last.blocks, *first.blocks), "\n".join(filter(None, (last.words, first.words))))
        yield from more


# --- boxes to tick


def done_of(row: Row) -> Button | None:
    """The button that a tick stands for."""
    return next((button for button in row.buttons if button.line.split(" ", 1)[0] == "done"), None)


def _tickable(row: Row) -> bool:
    done = done_of(row)
    return done is not None and size(done.line) <= OPTION_VALUE and _label(row) is not None


def _label(row: Row) -> tuple[str, str] | None:
    """The row's words as a box's label and the line below it; None when they do not fit."""
    text = " ".join(clean(plain(row.text)).split())
    if size(text) <= OPTION:
        return (text, "") if text else None
    at = place(text, OPTION)
    head, tail = text[:at].rstrip(), text[at:].strip()
    return (head, tail) if max(size(head), size(tail)) <= OPTION and tail else None


def _ticked(rows: Sequence[Row]) -> Iterator[Unit]:
    """Boxes, and below them a menu of what else the rows offer."""
    for at in range(0, len(rows), TICKS):
        group = rows[at : at + TICKS]
        boxes = [_box(row) for row in group]
        said = "\n".join(f"• {plain(row.text)}" for row in group)
        yield Unit(tuple(blocks.actions([{"type": "checkboxes", "options": boxes}])), clean(said))
        yield from _menu(group)


def _box(row: Row) -> Block:
    done, label = done_of(row), _label(row)
    if done is None or label is None:
        raise ValueError("not a row to tick")
    return blocks.option(label[0], done.line, label[1])


def _menu(rows: Sequence[Row]) -> Iterator[Unit]:
    """The other buttons, a menu of rows for each label. What cannot stand in a menu stays a button."""
    others = [(button, row) for row in rows for button in row.buttons if button != done_of(row)]
    listed: dict[str, list[Block]] = {}
    for button, row in others:
        if size(button.line) <= OPTION_VALUE:
            label = " ".join(plain(row.text).split())
            listed.setdefault(button.label, []).append(blocks.option(label, button.line))
    yield from (Unit((block,)) for block in _actions([blocks.menu(*one) for one in listed.items()]))
    yield from of_buttons(button for button, _ in others if size(button.line) > OPTION_VALUE)


# --- tables


def of_table(table: Table, *, drawn: bool = True) -> Iterator[Unit]:
    """A table block; where there can be none, columns set with blanks, or entries where they would be too wide."""
    heavy = max((_heft(row) for row in (table.columns, *table.rows)), default=0) > TABLE_WEIGHT // 2
    if not drawn or heavy or len(table.columns) > TABLE_COLUMNS:
        yield from of_lines(_records(table) if heavy or _wide(table) else _aligned(table))
        return
    part: list[tuple[str, ...]] = []
    for row in table.rows:
        if part and (len(part) == TABLE_ROWS or sum(map(_heft, [*part, row])) > TABLE_WEIGHT):
            yield _grid(table, part)
            part = []
        part.append(row)
    yield _grid(table, part)


def _heft(row: Sequence[str]) -> int:
    return sum(_CELL_OVERHEAD + size(json.dumps(clean(cell), ensure_ascii=False)) for cell in row)


def _grid(table: Table, rows: Sequence[Sequence[str]]) -> Unit:
    settings = [{"align": "right"} if at in table.numbers else {"is_wrapped": True} for at in range(len(table.columns))]
    cells = [[{"type": "raw_text", "text": clean(cell) or "–"} for cell in row] for row in (table.columns, *rows)]
    said = "\n".join(" · ".join(clean(cell) for cell in row if cell) for row in (table.columns, *rows))
    return Unit(({"type": "table", "rows": cells, "column_settings": settings},), said)


def _wide(table: Table) -> bool:
    return sum(_widths(table)) + 2 * len(table.columns) > WIDEST


def _widths(table: Table) -> list[int]:
    return [max(map(breadth, column)) for column in zip(table.columns, *table.rows, strict=True)]


def _aligned(table: Table) -> Iterator[Line]:
    widths = _widths(table)
    drawn = []
    for row in (table.columns, *table.rows):
        cells = [
            " " * (width - breadth(cell)) + cell if at in table.numbers else cell + " " * (width - breadth(cell))
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        drawn.append("  ".join(cells).rstrip())
    yield Line("code", (Run(clean("\n".join(drawn))),))


def _records(table: Table) -> Iterator[Line]:
    """Each row as an entry: its first cell bold, the others with their columns' names."""
    for first, *rest in table.rows:
        named = [f"\n{column}: {cell}" for column, cell in zip(table.columns[1:], rest, strict=True) if cell]
        yield Line("bullet", (Run(clean(first) or "–", ("bold",)), Run(clean("".join(named)))))
