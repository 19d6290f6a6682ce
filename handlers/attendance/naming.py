"""How a list, its kind, its columns and a "yes, do it" are named in a command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from handlers.dates.column import CALLED, DATES
from handlers.grammar import Cursor, Details, Numbered, OneOf
from storage.attendance import RollKind

if TYPE_CHECKING:
    from handlers.context import Context

KINDS = OneOf(
    {
        RollKind.REGISTRATION: ("报名", "报名表", "报名名单", "报名记录", "registrations", "registration list"),
        RollKind.CHECKIN: ("签到", "签到表", "签到名单", "签到记录", "check-in", "check in", "check-ins", "sign-in"),
        RollKind.ONLINE: ("线上", "线上记录", "线上名单", "直播记录", "观看记录", "webinar"),
    }
)


class _Kind:
    """``as checkin``, ``作为签到表``, ``签到表``."""

    _AS = re.compile(r"(?:as(?![a-z])|作为|当作|按)\s*", re.IGNORECASE)
    _ENGLISH = re.compile(rf"as ({'|'.join(RollKind)})(?!\S)")

    def take(self, cursor: Cursor, ctx: Context) -> RollKind | None:  # noqa: ARG002
        word = cursor.peek()
        if word is None:
            return None
        said = self._AS.match(cursor.folded, word.start)
        found = KINDS.at(cursor.folded, said.end() if said else word.start)
        if found is None:
            return None
        cursor.skip_to(found[1])
        return RollKind(found[0])

    def chinese(self, text: str) -> tuple[str, int] | None:
        match = self._ENGLISH.match(text)
        return (f"作为{KINDS.names[RollKind(match[1])][0]}", match.end()) if match else None


Kind = Annotated[RollKind, _Kind()]
RollNumber = Annotated[int, Numbered.like(r"(?:R|名单\s*)(\d{1,4})(?!\d)")]
Confirm = Annotated[str, OneOf({"confirm": ("确认",)})]
ColumnNames = Annotated[
    dict[str, str],
    Details(
        {
            "external": ("编号", "number"),
            "name": ("姓名",),
            "first": ("名", "first name"),
            "last": ("姓", "last name"),
            "unit": ("单位", "公司", "company", "organisation", "organization"),
            "position": ("职务", "职位", "title"),
            "email": ("邮箱", "e-mail", "电子邮箱"),
            "phone": ("手机", "电话", "手机号", "mobile"),
            "ticket": ("票种",),
            "at": ("签到时间", "进入时间", "check-in time"),
            "minutes": ("时长", "duration"),
            "status": ("状态", "签到状态"),
            DATES: CALLED,
        }
    ),
]
