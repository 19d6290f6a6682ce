"""How the commands that send, print and note letters name ways, several letters and a "yes, do it"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from handlers.grammar import Cursor, Numbered, OneOf
from handlers.thanks.going import SEEN
from storage.letters import Audience, Way

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


class _Seen:
    """The first digits of a digest of what was shown."""

    _SHAPE = re.compile(rf"[0-9a-f]{{{SEEN}}}(?!\w)")

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        word = cursor.peek()
        match = self._SHAPE.match(cursor.folded, word.start) if word else None
        if match is None:
            return None
        cursor.skip_to(match.end())
        return match[0]


EVERYBODY = "all"
AUDIENCES = {
    Audience.SPEAKERS: ("讲者", "嘉宾", "演讲嘉宾", "speaker", "vips", "vip"),
    Audience.SPONSORS: ("赞助商", "赞助单位", "sponsor"),
    Audience.PARTNERS: ("合作伙伴", "合作单位", "伙伴", "partner"),
    Audience.VOLUNTEERS: ("志愿者", "工作人员", "volunteer", "crew", "staff"),
    Audience.MEMBERS: ("会员", "入会申请", "member"),
    Audience.ATTENDEES: ("参会者", "参会人员", "attendee"),
    Audience.NO_SHOWS: ("未到者", "未到人员", "未到", "no-shows", "no shows", "no-show"),
}
Seen = Annotated[str, _Seen()]
AudienceOrAll = Annotated[str, OneOf({**AUDIENCES, EVERYBODY: ("全部", "所有", "everybody")})]
LetterNumber = Annotated[int, Numbered.like(r"(?:L|信\s*)(\d{1,6})(?!\w)")]
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
