"""Columns known by their headings, in either language and wherever in the sheet the headings stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

DEEPEST = 15
"""Rows among which the headings are looked for: titles, notes and empty rows stand above them."""

_OR = re.compile(r"[/／、|｜]|或|\bor\b")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|[*:：_\-/.#&、,，?？!！\s]+")


class Row(NamedTuple):
    """One row below the headings: its number in the sheet, as people count (from 1), and its values by field.

    A field of which nothing is said is not among them.
    """

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """The headings of a sheet. ``at`` is their row, from 0; ``fields`` the column of each field that is known.

    ``unknown`` are columns with a heading that says nothing to us, by column, as it is written.
    """

    at: int
    fields: Mapping[str, int]
    unknown: Mapping[int, str]

    def rows(self, grid: Sequence[Sequence[str]]) -> Iterator[Row]:
        """The rows below, without those in which no known field has anything, and without repeated headings."""
        told = self._told(islice(grid, self.at, None))
        headings = next(told)
        for number, values in enumerate(told, self.at + 2):
            if values and values != headings:
                yield Row(number, values)

    def _told(self, rows: Iterable[Sequence[str]]) -> Iterator[dict[str, str]]:
        fields = tuple(self.fields.items())
        width = max(self.fields.values(), default=-1) + 1
        for cells in rows:
            whole = cells if len(cells) >= width else [*cells, *[""] * (width - len(cells))]
            yield {name: cell for name, column in fields if (cell := whole[column])}


def find(grid: Sequence[Sequence[str]], headings: Mapping[str, Sequence[str]]) -> Found | None:
    """The row that knows most of the headings; None where none knows even one.

    ``headings`` gives for each field what its column may be called, the best name first: where two columns could be
    the same field, the one whose name stands earlier in the list is it.
    """
    ranks = {normal(word): (rank, name) for name, words in headings.items() for rank, word in enumerate(words)}
    found = [_headings(at, grid[at], ranks) for at in range(min(len(grid), DEEPEST))]
    best = max(found, key=lambda one: (len(one.fields), -one.at), default=None)
    return best if best and best.fields else None


def _headings(at: int, row: Sequence[str], ranks: Mapping[str, tuple[int, str]]) -> Found:
    fields: dict[str, tuple[int, int]] = {}
    for column, cell in enumerate(row):
        if known := ranks.get(normal(cell)) or _either(cell, ranks):
            rank, name = known
            fields[name] = min(fields.get(name, (rank, column)), (rank, column))
    taken = {name: column for name, (_, column) in fields.items()}
    unknown = {column: cell for column, cell in enumerate(row) if cell and column not in taken.values()}
    return Found(at, taken, unknown)


def _either(cell: str, ranks: Mapping[str, tuple[int, str]]) -> tuple[int, str] | None:
    """学校/单位, 手机、电话: two names of one field; the lesser of them counts."""
    found = [ranks.get(normal(part)) for part in _OR.split(cell)]
    known = [one for one in found if one is not None]
    return max(known) if len(known) == len(found) and len({name for _, name in known}) == 1 else None


def normal(heading: str) -> str:
    """A heading as it is compared: without case, width, blanks, marks, and what stands in brackets."""
    return _ASIDE.sub("", unicodedata.normalize("NFKC", heading).casefold())
