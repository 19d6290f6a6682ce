"""Cells in which people write that there is nothing. Pure."""

from __future__ import annotations

_NOTHING = frozenset(
    "无 没有 暂无 不详 未知 待定 空 - -- — —— / \\ . x n/a na none nil null nan #n/a tbc tbd unknown".split()
)


def blank(cell: str) -> bool:
    return not cell or (len(cell) <= 7 and cell.casefold() in _NOTHING)  # noqa: PLR2004  the longest of them
