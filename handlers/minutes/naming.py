"""How a decision is named and told in a command: ``D3``; its words, and behind them who moved it and the votes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated

from handlers.grammar import Cursor, Numbered

if TYPE_CHECKING:
    from handlers.context import Context

COUNTS: Mapping[str, tuple[str, ...]] = {
    "present": ("到会人数", "到会", "出席人数", "出席", "实到"),
    "in_favour": ("in favour", "in favor", "for", "赞成票", "赞成", "同意"),
    "against": ("反对票", "反对", "opposed"),
    "abstained": ("abstentions", "abstain", "弃权票", "弃权"),
    "quorum": ("法定人数", "法定"),
}
NAMES: Mapping[str, tuple[str, ...]] = {
    "mover": ("moved by", "proposed by", "动议人", "动议", "提议人"),
    "seconder": ("seconded by", "附议人", "附议"),
}
OTHERS: Mapping[str, tuple[str, ...]] = {
    "majority": ("表决要求", "多数"),
    "outcome": ("result", "结果"),
    "reason": ("because", "理由"),
    "text": ("内容",),
    "seen": (),
}
PREPOSITIONS = frozenset({"for", "against"})
_KEYS = {
    word.casefold(): name
    for table in (COUNTS, NAMES, OTHERS)
    for name, words in table.items()
    for word in (name, *words)
}


def _any(table: Mapping[str, tuple[str, ...]]) -> str:
    words = [word for name, others in table.items() for word in (name, *others)]
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_MARK = re.compile(
    rf"(?:(?<=[\s,;、。\d人票名位])|^)(?:({_any(COUNTS)})(?=\s*[:=\d])|({_any(NAMES)})(?=\s*[:=]|\s+\S)|({_any(OTHERS)})(?=\s*[:=]))"
    r"\s*([:=])?\s*",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\d+\s*[人票名位]?[\s,;、。.]*")


class _Told:
    """``text 动议 张三 附议 李四 到会 45 赞成 40 反对 3 弃权 2``: the words under "text"; a form's fields win."""

    def take(self, cursor: Cursor, ctx: Context) -> dict[str, str] | None:
        word = cursor.peek()
        found = self._split(cursor, word.start if word else len(cursor.folded))
        cursor.rest()
        found |= {name: value for name, value in ctx.fields.items() if name in _KEYS.values()}
        return {name: value for name, value in found.items() if value.strip()} or None

    def _split(self, cursor: Cursor, start: int) -> dict[str, str]:
        marks = _meant(_MARK.finditer(cursor.folded, start), cursor.folded, start)
        ends = [*(mark.start() for mark in marks[1:]), len(cursor.original)][: len(marks)]
        found = {"text": _trimmed(cursor.original[start : marks[0].start() if marks else None])}
        for mark, end in zip(marks, ends, strict=True):
            found[_name(mark)] = _trimmed(cursor.original[mark.end() : end])
        return found


def _name(mark: re.Match[str]) -> str:
    return _KEYS[(mark[1] or mark[2] or mark[3]).casefold()]


def _meant(marks: Iterable[re.Match[str]], text: str, start: int) -> list[re.Match[str]]:
    """Without those that belong to the words: "for 40 people" counts no votes, nor does "stay the same for 2027"."""
    kept: list[re.Match[str]] = []
    for mark in reversed(list(marks)):
        value = text[mark.end() : kept[0].start() if kept else None]
        if not mark[1] or mark[4] or _COUNT.fullmatch(value):
            kept.insert(0, mark)
    while kept and text[start : kept[0].start()].strip() and _is_wording(kept[0], kept[1:]):
        del kept[0]
    return kept


def _is_wording(mark: re.Match[str], others: Iterable[re.Match[str]]) -> bool:
    """Whether a preposition right behind the words counts nothing: no other votes are told, or these are told again."""
    counts = {_name(other) for other in others if other[1]}
    return mark[0].strip().casefold() in PREPOSITIONS and (not counts or _name(mark) in counts)


def _trimmed(text: str) -> str:
    return text.strip(' ,，、;；:："“”')


DecisionNumber = Annotated[int, Numbered.like(r"(?:D|决议\s*)(\d{1,4})(?!\d)")]
Told = Annotated[dict[str, str], _Told()]
