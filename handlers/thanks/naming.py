"""How letters are named in a command: ``L12``, whom they are for, the beginning of a digest, the name of a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from handlers.grammar import Cursor, Numbered, OneOf
from handlers.known import NUMBER
from handlers.thanks.rules import WAIVABLE
from storage import parties
from storage.letters import Audience
from storage.materials import Scope
from storage.parties import Party

if TYPE_CHECKING:
    from handlers.context import Context

AUDIENCES: Mapping[str, tuple[str, ...]] = {
    Audience.SPEAKERS: ("讲者", "嘉宾", "演讲嘉宾", "speaker", "vips", "vip"),
    Audience.SPONSORS: ("赞助商", "赞助单位", "sponsor"),
    Audience.PARTNERS: ("合作伙伴", "合作单位", "伙伴", "partner"),
    Audience.VOLUNTEERS: ("志愿者", "工作人员", "volunteer", "crew", "staff"),
    Audience.MEMBERS: ("会员", "入会申请", "member"),
    Audience.ATTENDEES: ("参会者", "参会人员", "attendee"),
    Audience.NO_SHOWS: ("未到者", "未到人员", "未到", "no-shows", "no shows", "no-show"),
}
EVERYBODY = "all"
FACTS: Mapping[str, tuple[str, ...]] = {
    "results": ("成果", "会议成果", "result"),
    "place": ("地点", "会议地点", "会场", "venue"),
    "package_link": ("成果包", "资料包", "package", "package link"),
    "package_what": ("成果包内容", "package contents"),
    "package_scope": ("成果包范围", "成果包对象", "package scope"),
    "package_until": ("成果包截止", "package until"),
    "survey_link": ("问卷", "问卷链接", "survey", "survey link"),
    "survey_until": ("问卷截止", "survey until"),
    "next_date": ("下届时间", "下届", "next date"),
    "invoice_how": ("开票办法", "开票", "invoice"),
    "membership_how": ("入会办法", "membership"),
    "valuable": ("精彩之处", "亮点"),
    "media": ("影像", "视频", "video", "photos"),
    "feedback_questions": ("征询问题", "feedback questions", "questions"),
    "reach": ("会议规模", "覆盖", "规模"),
    "booth_traffic": ("展位人流", "booth traffic"),
    "stage": ("台上鸣谢", "现场鸣谢"),
    "satisfaction": ("满意度",),
    "next_step": ("下一步", "next step"),
    "photo_link": ("合影", "合影链接", "group photo", "photo link"),
    "invitation": ("邀请", "下次邀请"),
    "recap_link": ("回顾", "回顾链接", "recap", "recap link"),
    "contact": ("联系人", "经办人"),
}
DAYS = frozenset({"survey_until", "package_until"})
"""Facts that are a day."""
SCOPES: Mapping[str, tuple[str, ...]] = {
    Scope.PUBLIC: ("公开", "everybody", "anybody"),
    Scope.MEMBERS: ("会员", "member"),
    Scope.ATTENDEES: ("参会者", "参会人员", "attendee", "participants"),
}
"""For whom the results are; other words stay as they are typed."""
LANGUAGES: Mapping[str, tuple[str, ...]] = {"zh": ("中文", "chinese"), "en": ("英文", "english")}
WHYS: Mapping[str, tuple[str, ...]] = {
    "absent": ("未到", "未签到"),
    "photo": ("照片", "缺照片"),
    "dispute": ("争议", "纠纷"),
    "unreachable": ("联系方式", "无法送达"),
}
assert set(WHYS) == set(WAIVABLE)  # noqa: S101  a reason that may be waived has a word


def scope_of(text: str) -> str:
    """The scope that is meant by the words, or the words."""
    folded = text.casefold()
    return next((str(scope) for scope, words in SCOPES.items() if folded in {scope, *words}), text)


class _Seen:
    """The first twelve digits of the digest of the text that was read."""

    _SHAPE = re.compile(r"[0-9a-f]{12}(?!\w)")

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        match = cursor.match(self._SHAPE)
        return match[0] if match else None


@dataclass(frozen=True)
class FactRef:
    """``valuable P12 en``: which fact, of which party alone, in which language (``zh`` or ``en``), if it is said."""

    name: str
    party: Party | None = None
    language: str = ""

    @property
    def stored(self) -> str:
        """As it is kept: ``valuable/P12``."""
        return f"{self.name}/{self.party.ref}" if self.party is not None else self.name

    @property
    def locale(self) -> str:
        return {"": "", "zh": "zh_CN", "en": "en"}[self.language]

    @property
    def line(self) -> str:
        """As it is typed."""
        return " ".join(filter(None, (self.name, self.party.ref if self.party else "", self.language)))


class _FactRef:
    _NAMES, _LANGUAGES = OneOf(FACTS), OneOf(LANGUAGES)

    def take(self, cursor: Cursor, ctx: Context) -> FactRef | None:
        name = self._NAMES.take(cursor, ctx)
        if name is None:
            return None
        return FactRef(name, self._party(cursor, ctx), self._language(cursor, ctx))

    def _party(self, cursor: Cursor, ctx: Context) -> Party | None:
        """By number alone: a name might be the first word of what is told."""
        match = cursor.match(NUMBER)
        if match is None:
            return None
        return parties.by_number(ctx.db, ctx.workspace.id, int(match[1]))

    def _language(self, cursor: Cursor, ctx: Context) -> str:
        """Standing alone: 英文摘要 is what is told."""
        word = cursor.peek()
        names = {name for key, words in LANGUAGES.items() for name in (key, *words)}
        return (self._LANGUAGES.take(cursor, ctx) or "") if word and word.text.casefold() in names else ""

    def chinese(self, text: str) -> tuple[str, int] | None:
        """Word by word: a number reads the same."""
        number = NUMBER.match(text)
        return (
            self._NAMES.chinese(text)
            or self._LANGUAGES.chinese(text)
            or ((number[0], number.end()) if number else None)
        )


class _Sourced:
    """``"600 people came" source "sign-in list"``: the words, and how one knows; a form's fields count too, and win."""

    _MARK = re.compile(r"(?:(?<=[\s\",;、。])|^)(?:source|来源|出处)(?:\s*[:=]\s*|\s+)(?=\S)", re.IGNORECASE)
    kind = "text"

    def take(self, cursor: Cursor, ctx: Context) -> dict[str, str] | None:
        word = cursor.peek()
        start = word.start if word else len(cursor.folded)
        marks = list(self._MARK.finditer(cursor.folded, start))
        end = marks[-1].start() if marks else len(cursor.original)
        found = {"value": _bare(cursor.original[start:end])}
        if marks:
            found["source"] = _bare(cursor.original[marks[-1].end() :])
        cursor.rest()
        found |= {name: ctx.fields[name].strip() for name in ("value", "source") if name in ctx.fields}
        return found if found["value"] or "source" in found else None


def _bare(text: str) -> str:
    """Without the quotes around the whole."""
    return re.sub(r'^["“”]|["“”]$', "", text.strip(" ,，;；")).strip()


LetterNumber = Annotated[int, Numbered.like(r"(?:L|信\s*)(\d{1,6})(?!\w)")]
AudienceWord = Annotated[str, OneOf(AUDIENCES)]
AudienceOrAll = Annotated[str, OneOf({**AUDIENCES, EVERYBODY: ("全部", "所有", "everybody")})]
WhichFact = Annotated[FactRef, _FactRef()]
LanguageWord = Annotated[str, OneOf(LANGUAGES)]
WhyWord = Annotated[str, OneOf(WHYS)]
Seen = Annotated[str, _Seen()]
Sourced = Annotated[dict[str, str], _Sourced()]
