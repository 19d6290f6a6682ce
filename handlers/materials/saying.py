"""How people name things in these commands: a confirmed digest, the facts of a session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar

from handlers.grammar import Cursor, Details, in_chinese

if TYPE_CHECKING:
    from handlers.context import Context

NOTHING: Mapping[str, str] = MappingProxyType({})


class _Confirmed:
    """``confirm 0123456789ab``; gives the digest of the plan that was shown."""

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        word = cursor.peek()
        match = re.match(r"(?:confirm|确认)\s*([0-9a-f]{12})(?!\w)", cursor.folded[word.start :]) if word else None
        if word is None or match is None:
            return None
        cursor.skip_to(word.start + match.end())
        return match[1]

    def chinese(self, text: str) -> tuple[str, int] | None:
        return in_chinese({"confirm": "确认"}, text)


class _Expected:
    """What is expected, and words behind it: ``slides/S3 the speaker declined``."""

    kind = "text"
    _WORDS: ClassVar = {
        "slides": "课件",
        "recording": "音像",
        "all": "全部",
        "declined": "讲者不同意公开",
        "booths": "展位",
    }
    _KEY = re.compile(r"(?:(?P<kind>slides|recording)/(?P<code>\S+)|(?P<word>all|declined|booths))(?!\S)")

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        return cursor.rest() or None

    def chinese(self, text: str) -> tuple[str, int] | None:
        """What a button says; ids of people and stands stay as they are."""
        match = self._KEY.match(text)
        if match is None:
            return None
        said = f"{self._WORDS[match['kind']]}/{match['code']}" if match["kind"] else self._WORDS[match["word"]]
        return said, match.end()


ExpectedText = Annotated[str, _Expected()]


class _Allowed:
    """What a speaker allows, in free words; not "授权书都收齐了", which tells of a task."""

    kind = "text"
    _TELLS = re.compile("[书都了已还全的没均]")

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        word = cursor.peek()
        if word is None or self._TELLS.match(word.text):
            return None
        return cursor.rest()


Allowed = Annotated[str, _Allowed()]
Confirmed = Annotated[str, _Confirmed()]

SESSION = {
    "title": ("题目", "主题", "标题", "议题"),
    "speakers": ("speaker", "讲者", "嘉宾", "演讲人", "报告人", "主讲人"),
    "panel": ("panellists", "圆桌嘉宾", "对话嘉宾", "与谈人"),
    "unit": ("单位", "机构", "organisation", "organization", "affiliation"),
    "position": ("职务", "职位", "job"),
    "chair": ("主持", "主持人", "moderator"),
    "track": ("分论坛", "论坛", "stream"),
    "hall": ("会场", "会议室", "room", "地点"),
    "date": ("日期", "day"),
    "time": ("时间", "时段"),
    "contact": ("跟进人", "对接人", "联系人"),
    "code": ("编号", "场次"),
}
SessionDetails = Annotated[Mapping[str, str], Details(SESSION)]

SPEAKER = {
    "name": ("姓名", "名字"),
    "unit": ("单位", "机构", "organisation", "organization", "affiliation"),
    "position": ("职务", "职位", "job"),
}
SpeakerDetails = Annotated[Mapping[str, str], Details(SPEAKER)]
