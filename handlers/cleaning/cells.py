"""What a cell of a list says beyond its words: nothing at all, or two people; and a row that only counts. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def only_counts(cells: Sequence[str]) -> bool:
    """Whether a row is the sum of those above it."""
    first = next((cell for cell in cells if cell), "")
    return bool(_TOTAL.fullmatch(first)) and not any("@" in cell for cell in cells)


def two_names(name: str) -> bool:
    return bool(_TWO.search(name))


def full_name(first: str, last: str) -> str:
    """A Chinese name begins with the family's."""
    return f"{last}{first}" if _HAN.search(first + last) else f"{first} {last}".strip()
