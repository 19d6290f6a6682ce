"""What a cell of a list says beyond its words: nothing at all, or two people; and a row that only counts. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_NOTHING = frozenset(
    "无 没有 暂无 不详 未知 待定 空 - -- — —— / \\ . x n/a na none nil null nan #n/a tbc tbd unknown".split()
)
_TOTAL = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|共\s*计|grand total|sub-?total|total)\s*[:：]?\s*\d*\s*(?:人|家|名)?", re.IGNORECASE
)
_LONGEST = max(map(len, _NOTHING))
_TWO = re.compile(r"[/、;；|，]|,\s*(?=[㐀-鿿])|\s&\s")
_HAN = re.compile("[㐀-鿿]")


def blank(cell: str) -> bool:
    """Whether nothing stands in it, or a word for that."""
    return not cell or (len(cell) <= _LONGEST and cell.casefold() in _NOTHING)


def filled(values: Mapping[str, str]) -> dict[str, str]:
    """Without those in which nothing stands, or a word for that."""
    return {
        name: cell
        for name, cell in values.items()
        if cell and (len(cell) > _LONGEST or cell.casefold() not in _NOTHING)
    }


def only_counts(cells: Sequence[str]) -> bool:
    """Whether a row is the sum of those above it."""
    first = cells[0] if cells and cells[0] else next(filter(None, cells), "")
    return _TOTAL.fullmatch(first) is not None and not any("@" in cell for cell in cells)


def two_names(name: str) -> bool:
    return not name.isalnum() and _TWO.search(name) is not None


def full_name(first: str, last: str) -> str:
    """A Chinese name begins with the family's."""
    return f"{last}{first}" if _HAN.search(first + last) else f"{first} {last}".strip()
