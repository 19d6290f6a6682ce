"""A whole list as it is understood: which columns are fields, which are left out, and which are asked about. Pure.

What somebody once said of a heading is the workspace's own word: ``own`` gives its field by the heading as it is
compared, "" for one that is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from handlers.sheets.columns import normal
from handlers.sheets.mapping import IGNORED, Sheet, Vocabulary, column_of, exactly, letter, sheet_of
from handlers.sheets.reading import Grid

IGNORE = "ignore"
"""Where a command names columns: those that are left out."""
NUMBERING = frozenset({"", "序号", "序", "行号", "no", "number", "serial", "index"})
"""Columns that only count: nobody is asked about them."""
_ALL = frozenset({"all", "全部", "所有", "其他", "the rest"})
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Layout:
    """``sheet`` as it is understood. Of the other headings, ``ignored`` are left out, ``unknown`` are asked about."""

    sheet: Sheet
    ignored: Sequence[str]
    unknown: Sequence[str]

    @property
    def first_unknown(self) -> str:
        """The letter of the first column that is asked about; empty where none is."""
        headings = self.sheet.grid.rows[self.sheet.found.at]
        return letter(headings.index(self.unknown[0])) if self.unknown else ""


def with_own(words: Vocabulary, own: Mapping[str, str]) -> Vocabulary:
    """The workspace's own words for its columns come before ours; one that is ours too keeps its place."""
    free = {name: [one for one in some if own.get(normal(one), name) == name] for name, some in words.headings.items()}
    ours = {name: {normal(one) for one in some} for name, some in free.items()}
    mine = {name: [word for word, field in own.items() if field == name and word not in ours[name]] for name in free}
    return replace(words, headings={name: [*free[name], *mine[name]] for name in free})


def layout_of(
    grids: Sequence[Grid],
    words: Vocabulary,
    own: Mapping[str, str],
    said: Mapping[str, str],
    spare: Mapping[str, str] = _NONE,
) -> Layout:
    """The list's columns, as they are known (``words``), remembered and said. Raises ``Refused``.

    ``spare``: the field to which a second column of another field goes.
    """
    words = with_own(words, own)
    named = {name: heading for name, heading in said.items() if name in words.headings}
    sheet = _spare(sheet_of(grids, words, named), words, {*named}, spare)
    told = said.get(IGNORE, "")
    all_of_them = told.casefold() in _ALL
    dropped = {column_of(sheet.grid, sheet.found, words, one) for one in _listed(told)} if not all_of_them else set()
    kept = {name: at for name, at in sheet.found.fields.items() if at not in dropped}
    sheet = replace(sheet, found=replace(sheet.found, fields=kept))
    refused = {at for name, one in named.items() if one.casefold() in IGNORED for at in _called(sheet, words, name)}
    ignored: list[str] = []
    unknown: list[str] = []
    for at, heading in unnamed(sheet).items():
        known = at in dropped | refused or own.get(normal(heading)) == "" or normal(heading) in NUMBERING
        (ignored if known or all_of_them else unknown).append(heading)
    return Layout(sheet, ignored, unknown)


def confirmed(grids: Sequence[Grid], words: Vocabulary, said: Mapping[str, str]) -> Layout:
    """The named columns and no others, as they were shown. Raises ``Refused``."""
    sheet = exactly(grids, words, {name: at for name, at in said.items() if name != IGNORE})
    return Layout(sheet, list(unnamed(sheet).values()), [])


def to_remember(
    layout: Layout, words: Vocabulary, spare: Collection[str] = (), how: Collection[str] = ()
) -> dict[str, str]:
    """Headings as they are compared, with their field, where ``words`` would not have known; "" for an ignored one.

    ``how`` are headings of which more is to be remembered than that: they are there in any case.
    """
    known = {normal(word): name for name, some in words.headings.items() for word in some}
    fields = {normal(heading): name for name, heading in layout.sheet.headings.items() if heading}
    news = {name for name, field in fields.items() if known.get(name) != field and field not in spare}
    told = {name: field for name, field in fields.items() if name in news or name in how}
    left = {name: "" for heading in layout.ignored if (name := normal(heading)) not in NUMBERING}
    return {**left, **told}


def headings_of(layout: Layout) -> Iterator[str]:
    """Every heading that is a field or left out, as it is compared."""
    yield from map(normal, (*layout.sheet.headings.values(), *layout.ignored))


def how_of(layout: Layout, fields: Collection[str], how: str) -> dict[str, str]:
    """``how`` the columns of these fields are read, by their headings as they are compared; nothing for ""."""
    found = {normal(heading) for name, heading in layout.sheet.headings.items() if name in fields and heading}
    return dict.fromkeys(found, how) if how else {}


def how_kept(layout: Layout, fields: Collection[str], kept: Mapping[str, str]) -> str:
    """How somebody once said that the columns of these fields are read; ``kept`` is that by their headings."""
    return next(filter(None, (kept.get(name, "") for name in how_of(layout, fields, "?"))), "")


def unnamed(sheet: Sheet) -> dict[int, str]:
    """Headings of columns that are no field, by column."""
    taken: Collection[int] = sheet.found.fields.values()
    row = sheet.grid.rows[sheet.found.at]
    return {at: cell for at, cell in enumerate(row) if cell and at not in taken}


def _called(sheet: Sheet, words: Vocabulary, name: str) -> list[int]:
    known = {normal(word) for word in words.headings[name]}
    return [at for at, heading in unnamed(sheet).items() if normal(heading) in known]


def _spare(sheet: Sheet, words: Vocabulary, said: Collection[str], spare: Mapping[str, str]) -> Sheet:
    """A list has a mobile and a telephone, or two addresses: the second is kept beside the first."""
    fields = dict(sheet.found.fields)
    for name, other in spare.items():
        free = name in fields and other not in fields and not {name, other} & set(said)
        if free and (found := _called(sheet, words, name)):
            fields[other] = found[0]
    return replace(sheet, found=replace(sheet.found, fields=fields))


def _listed(told: str) -> list[str]:
    return [one for one in re.split(r"[\s,，、;；]+", told) if one]
