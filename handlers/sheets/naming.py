"""How a command says that a list is right as it was shown, and how its dates are to be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from handlers.dates.column import CALLED, DATES
from handlers.grammar import Cursor, in_chinese

if TYPE_CHECKING:
    from handlers.context import Context


class _Shown:
    """``confirm 0123456789ab``; gives the digest of what was shown."""

    _SHAPE = re.compile(r"(?:confirm|确认)\s*([0-9a-f]{12})(?!\w)", re.IGNORECASE)

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        match = cursor.match(self._SHAPE)
        return match[1].casefold() if match else None

    def chinese(self, text: str) -> tuple[str, int] | None:
        return in_chinese({"confirm": "确认"}, text)


class _Dates:
    """``dates=day``, ``日期写法=月``; gives the word behind it, whatever it is."""

    _SHAPE = re.compile(rf"(?:{DATES}|{'|'.join(CALLED)})\s*[:=]\s*(\S+)", re.IGNORECASE)

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        match = cursor.match(self._SHAPE)
        return match[1] if match else None

    def chinese(self, text: str) -> tuple[str, int] | None:
        return in_chinese({f"{DATES}=day": "日期写法=日", f"{DATES}=month": "日期写法=月"}, text)


DatesAre = Annotated[str, _Dates()]
Shown = Annotated[str, _Shown()]
