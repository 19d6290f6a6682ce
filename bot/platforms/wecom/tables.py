"""A table as it is sent: one of WeCom's own where it knows them and a phone shows them, else an entry for each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.platforms.wecom.pieces import PAGE_NUMBER, Block, blocks
from bot.platforms.wecom.text import Dialect, shown
from messages.lines import Line, Run, breadth, clean
from messages.message import Table

COLUMNS = 6
"""More do not fit on a phone."""
ONE_ROW = 44
"""How broad the cells after the first may be to stand on one row."""


def drawn(table: Table, dialect: Dialect, *, locale: str) -> list[Block]:
    grid = _grid(table, dialect) if dialect.rich and len(table.columns) <= COLUMNS else []
    return grid or blocks(_entries(table, ": " if locale == "en" else "："), dialect)


def _grid(table: Table, dialect: Dialect) -> list[Block]:
    """As many as it takes, each with its head; none where a row is too long."""
    rules = ["---:" if at in table.numbers else ":---" for at in range(len(table.columns))]
    head = f"{_row(table.columns, dialect)}\n| {' | '.join(rules)} |"
    rows = [_row(row, dialect) for row in table.rows]
    room = dialect.most - PAGE_NUMBER - len(head.encode())
    if max((len(row.encode()) for row in rows), default=0) + 1 > room:
        return []
    parts: list[list[str]] = [[]]
    left = room
    for row in rows:
        weight = len(row.encode()) + 1
        if weight > left:
            parts.append([])
            left = room
        parts[-1].append(row)
        left -= weight
    return [Block("table", "\n".join([head, *part]), apart=True) for part in parts]


def _row(cells: Sequence[str], dialect: Dialect) -> str:
    told = [" ".join(shown(clean(cell), dialect).split()).replace("|", "｜") or " " for cell in cells]
    return f"| {' | '.join(told)} |"


def _entries(table: Table, colon: str) -> Iterator[Line]:
    """The first cell bold, the others with their columns' names."""
    for at, (first, *rest) in enumerate(table.rows):
        named = [f"{name}{colon}{cell}" for name, cell in zip(table.columns[1:], rest, strict=True) if cell]
        together = " · ".join(named)
        told = [together] if named and breadth(together) <= ONE_ROW else named
        below = Run(clean("".join(f"\n{one}" for one in told)))
        yield Line("bullet", (Run(clean(first) or "–", ("bold",)), below), apart=not at)
