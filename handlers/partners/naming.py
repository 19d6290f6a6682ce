"""How a partner's kind, its rating and what else is told of it are named in a command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from handlers.grammar import Cursor, Details, OneOf
from handlers.refused import Refused
from storage.partners import PartnerKind

if TYPE_CHECKING:
    from handlers.context import Context

KINDS = OneOf(
    {
        PartnerKind.VENUE: ("场地", "场地方", "会场", "酒店", "hotel", "hotels", "venues"),
        PartnerKind.SUPPLIER: ("供应商", "服务商", "供货商", "vendor", "vendors", "contractor", "suppliers"),
        PartnerKind.SUPPORTER: (
            "支持单位",
            "支持方",
            "协办单位",
            "指导单位",
            "supporting organisation",
            "supporting organization",
            "supporting unit",
            "co-organiser",
            "supporters",
        ),
        PartnerKind.MEDIA: ("媒体", "合作媒体", "媒体伙伴", "press", "media partner"),
    }
)
DETAILS = {
    "name": ("名称", "单位"),
    "kind": ("类别", "类型", "种类"),
    "service": ("服务", "服务内容", "负责"),
    "good": ("亮点", "做得好的", "好在", "good point"),
    "contact": ("联系人", "收信人", "addressee"),
    "seen": (),
}
AsKind = Annotated[str, KINDS]
PartnerDetails = Annotated[dict[str, str], Details(DETAILS)]
LEAST, MOST = 1, 5


class _Rating:
    """``4``, ``4分``, ``4/5``, ``四星``, ``★★★★``. Raises ``Refused`` for what is no rating: ``4.5``, ``4/10``."""

    _SHAPE = re.compile(
        r"(?:(\d{1,3})(?:\s*/\s*5(?![\d.]))?(?P<other>[-~.,]\d+|\s*/\s*\d+|\s+1/2)?+|([一二三四五])|([★☆*]{1,9}))"
        r"\s*(?:分|星|stars?|points?)?(?!\w)",
        re.IGNORECASE,
    )

    def take(self, cursor: Cursor, ctx: Context) -> int | None:  # noqa: ARG002
        match = cursor.match(self._SHAPE)
        if match is None:
            return None
        given = match[1] or str("一二三四五".find(match[3] or "-") + 1 or len((match[4] or "").strip("☆")))
        if match["other"] or not LEAST <= int(given) <= MOST:
            raise Refused("partners/stars", text=match[0])
        return int(given)


Rating = Annotated[int, _Rating()]


def kind_of(text: str) -> PartnerKind | None:
    """The kind that the word means; None for any other word."""
    found = KINDS.lookup.get(" ".join(text.casefold().split()))
    return PartnerKind(found) if found else None
