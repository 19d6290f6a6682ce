"""Which column of a list is what: by its heading, and by what people may say to put that right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handlers.refused import Refused
from handlers.sheets.columns import DEEPEST, Found, find, normal
from handlers.sheets.reading import Grid

IGNORED = frozenset({"ignore", "忽略"})
"""What people say instead of a column: the list has no such field."""
MOST_SHOWN = 40
_LETTERS = re.compile(r"[A-Z]{1,2}", re.IGNORECASE)


@dataclass(frozen=True)
class Vocabulary:
    """The ``headings`` of one kind of list, and the fields without any of which it is no such list.

    ``group`` words the refusals: ``no_headings`` (first), ``nobody_named`` (headings), ``no_column`` (heading,
    headings).
    """

    group: str
    headings: Mapping[str, Sequence[str]]
    known_by: frozenset[str]


@dataclass(frozen=True)
class Sheet:
    """A sheet whose headings are known, and the names of the ``others``."""

    grid: Grid
    found: Found
    others: tuple[str, ...] = ()

    @property
    def headings(self) -> dict[str, str]:
        """What the column of each field is called in the list."""
        row = self.grid.rows[self.found.at]
        return {name: row[at] if at < len(row) else "" for name, at in self.found.fields.items()}

    @property
    def line(self) -> str:
        """Its columns as a command names them: ``name=A phone=C``."""
        return " ".join(f"{name}={letter(at)}" for name, at in self.found.fields.items())


def sheet_of(grids: Sequence[Grid], words: Vocabulary, said: Mapping[str, str]) -> Sheet:
    """The sheet that knows most columns, with those that somebody named put right. Raises ``Refused``.

    ``said`` gives for a field its heading as it is written, the letter of its column, or "ignore".
    """
    joined = [_joined(grid, words) for grid in grids]
    found = [(grid, known) for grid in joined if (known := find(grid.rows, words.headings))]
    if not found:
        raise Refused(f"{words.group}/no_headings", first=_first_words(grids))
    grid, known = max(found, key=lambda one: (bool(words.known_by & one[1].fields.keys()), len(one[1].fields)))
    known = replace(known, fields=_said(grid, known, words, said))
    if not words.known_by & known.fields.keys():
        shown = [cell for cell in grid.rows[known.at] if cell][:MOST_SHOWN]
        raise Refused(f"{words.group}/nobody_named", headings=shown)
    others = tuple(other.name for other in grids if other.name != grid.name)
    return Sheet(grid, _with_unknown(grid, known), others)


def exactly(grids: Sequence[Grid], words: Vocabulary, said: Mapping[str, str]) -> Sheet:
    """The same sheet with the named columns and no others: what was confirmed, and nothing that was guessed."""
    sheet = sheet_of(grids, words, said)
    return replace(
        sheet, found=replace(sheet.found, fields={name: at for name, at in sheet.found.fields.items() if name in said})
    )


def letter(column: int) -> str:
    """A column as spreadsheets call it: A, Z, AA."""
    before = f"{chr(64 + column // 26)}" if column > 25 else ""  # noqa: PLR2004  letters of the alphabet
    return f"{before}{chr(65 + column % 26)}"


def column_of(grid: Grid, known: Found, words: Vocabulary, heading: str) -> int:
    """By the heading as it is written, else by the column's letter. Raises ``Refused``."""
    row = grid.rows[known.at]
    width = max(map(len, grid.rows))
    for column, cell in enumerate(row):
        if cell and normal(cell) == normal(heading):
            return column
    if _LETTERS.fullmatch(heading):
        number = 0
        for mark in heading.upper():
            number = number * 26 + ord(mark) - 64
        if number <= width:
            return number - 1
    shown = [cell for cell in row if cell][:MOST_SHOWN]
    raise Refused(f"{words.group}/no_column", heading=heading, headings=shown)


def _joined(grid: Grid, words: Vocabulary) -> Grid:
    """Headings in two rows, where those that stand above are merged over both, become one row."""
    known = find(grid.rows, words.headings)
    if known is None:
        return grid
    best, fields = grid, len(known.fields)
    for at in range(1, min(len(grid.rows), DEEPEST)):
        above, row = grid.rows[at - 1], grid.rows[at]
        filled = [cell or over for cell, over in zip(_wide(row, above), _wide(above, row), strict=True)]
        rows = [*([] for _ in range(at)), filled, *grid.rows[at + 1 :]]
        joined = find(rows, words.headings)
        if joined and joined.at == at and len(joined.fields) > fields:
            best, fields = Grid(grid.name, rows), len(joined.fields)
    return best


def _wide(row: Sequence[str], other: Sequence[str]) -> list[str]:
    return [*row, *[""] * (len(other) - len(row))]


def _said(grid: Grid, known: Found, words: Vocabulary, said: Mapping[str, str]) -> dict[str, int]:
    fields = {name: at for name, at in known.fields.items() if said.get(name, "").casefold() not in IGNORED}
    for name, heading in said.items():
        if heading.casefold() in IGNORED:
            continue
        column = column_of(grid, known, words, heading)
        fields = {other: at for other, at in fields.items() if at != column}
        fields[name] = column
    return fields


def _with_unknown(grid: Grid, known: Found) -> Found:
    taken = set(known.fields.values())
    row = enumerate(grid.rows[known.at])
    return replace(known, unknown={at: cell for at, cell in row if cell and at not in taken})


def _first_words(grids: Sequence[Grid]) -> list[str]:
    return [cell for row in grids[0].rows[:3] for cell in row if cell][:8]
