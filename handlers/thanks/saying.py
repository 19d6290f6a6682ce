"""How the commands that send, print and note letters name ways, several letters and a "yes, do it"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from handlers.grammar import Cursor, OneOf
from storage.letters import Way

if TYPE_CHECKING:
    from handlers.context import Context


class _Letters:
    """``L12 L13``: as many as follow each other; gives their numbers."""

    _ONE = re.compile(r"L(\d{1,6})", re.IGNORECASE)

    def take(self, cursor: Cursor, ctx: Context) -> tuple[int, ...] | None:  # noqa: ARG002
        found = []
        while (word := cursor.peek()) is not None and (match := self._ONE.fullmatch(word.text)):
            found.append(int(match[1]))
            cursor.next()
        return tuple(dict.fromkeys(found)) or None


LetterNumbers = Annotated[tuple[int, ...], _Letters()]
Confirm = Annotated[str, OneOf({"confirm": ("确认",)})]
ByWay = Annotated[
    str,
    OneOf(
        {
            Way.MAIL: ("发邮件", "邮件", "by mail", "by email", "email", "by e-mail", "e-mail"),
            Way.CHAT: ("走聊天", "聊天", "私信", "by chat"),
            Way.PRINT: ("用纸质", "纸质", "打印", "on paper", "paper"),
        }
    ),
]
