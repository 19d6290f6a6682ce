"""How a list of people, what they were to the meeting, an import and a column are named in a command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from handlers.dates.column import CALLED, DATES
from handlers.grammar import Cursor, Details, Numbered, OneOf
from handlers.sheets.layouts import IGNORE
from storage.parties import Capacity

if TYPE_CHECKING:
    from handlers.context import Context

PLURALS: Mapping[Capacity, str] = {
    Capacity.ATTENDEE: "attendees",
    Capacity.SPEAKER: "speakers",
    Capacity.VIP: "vips",
    Capacity.SPONSOR: "sponsors",
    Capacity.SPONSOR_CONTACT: "sponsor contacts",
    Capacity.VOLUNTEER: "volunteers",
    Capacity.STAFF: "staff",
    Capacity.PARTNER: "partners",
    Capacity.MEDIA: "media",
}
"""As commands say them in English."""
NEXT: Mapping[Capacity, str] = {
    Capacity.ATTENDEE: "thanks",
    Capacity.SPEAKER: "speakers",
    Capacity.VIP: "speakers",
    Capacity.SPONSOR: "sponsors",
    Capacity.VOLUNTEER: "volunteers",
    Capacity.STAFF: "volunteers",
    Capacity.PARTNER: "partners",
    Capacity.MEDIA: "partners",
}
"""Where one looks on, once a list of them is in."""

CAPACITIES = OneOf(
    {
        Capacity.ATTENDEE: ("参会人员", "参会人", "参会者", "参会代表", "代表", "attendees", "participants"),
        Capacity.SPEAKER: ("讲者", "演讲嘉宾", "主讲人", "演讲者", "讲师", "speakers"),
        Capacity.VIP: ("贵宾", "重要嘉宾", "领导", "vips"),
        Capacity.SPONSOR: ("赞助商", "赞助单位", "赞助企业", "sponsors"),
        Capacity.SPONSOR_CONTACT: ("赞助商联系人", "赞助联系人", "sponsor contacts", "sponsor contact"),
        Capacity.VOLUNTEER: ("志愿者", "义工", "volunteers"),
        Capacity.STAFF: ("工作人员", "会务人员", "staff members", "crew"),
        Capacity.PARTNER: ("合作伙伴", "合作单位", "支持单位", "协办单位", "供应商", "partners", "suppliers"),
        Capacity.MEDIA: ("媒体", "媒体单位", "press"),
    }
)


def spoken(capacity: Capacity | None, locale: str) -> str:
    """As a command in that language says it; empty for None."""
    if capacity is None:
        return ""
    return PLURALS[capacity] if locale == "en" else CAPACITIES.names[capacity][0]


class _Capacity:
    """``as speakers``, ``作为讲者``, ``讲者``."""

    _AS = re.compile(r"(?:as(?![a-z])|作为|当作|按)\s*", re.IGNORECASE)
    _ENGLISH = re.compile(rf"as ({'|'.join(sorted(PLURALS.values(), key=len, reverse=True))})(?!\S)")

    def take(self, cursor: Cursor, ctx: Context) -> Capacity | None:  # noqa: ARG002
        word = cursor.peek()
        if word is None:
            return None
        said = self._AS.match(cursor.folded, word.start)
        found = CAPACITIES.at(cursor.folded, said.end() if said else word.start)
        if found is None:
            return None
        cursor.skip_to(found[1])
        return Capacity(found[0])

    def chinese(self, text: str) -> tuple[str, int] | None:
        match = self._ENGLISH.match(text)
        if match is None:
            return None
        capacity = next(one for one, plural in PLURALS.items() if plural == match[1])
        return f"作为{CAPACITIES.names[capacity][0]}", match.end()


AsCapacity = Annotated[Capacity, _Capacity()]
ImportNumber = Annotated[int, Numbered.like(r"(?:I|导入\s*)(\d{1,6})(?!\d)")]

NAMES = "names"
"""Where a command names columns: whether titles that stand in names are parted from them."""
TYPED, APART = "typed", "apart"
HOW_NAMES: Mapping[str, str] = {
    **dict.fromkeys((TYPED, "as typed", "原样", "保持原样"), TYPED),
    **dict.fromkeys((APART, "分开", "称谓分开"), APART),
}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名",),
    "first": ("名", "first name"),
    "last": ("姓", "last name"),
    "latin": ("拼音", "英文名"),
    "title": ("称谓", "称呼", "职称"),
    "position": ("职务", "职位"),
    "gender": ("性别",),
    "unit": ("单位", "公司", "company", "organisation", "organization"),
    "email": ("邮箱", "e-mail", "电子邮箱"),
    "email2": ("备用邮箱",),
    "phone": ("手机", "手机号", "mobile"),
    "office": ("电话", "办公电话", "座机"),
    "member_no": ("会员号", "会员编号", "member"),
    "credit_code": ("信用代码", "统一社会信用代码"),
    "address": ("地址", "通讯地址"),
    "postcode": ("邮编", "zip"),
    "remark": ("备注", "remarks"),
    "locale": ("语言", "信函语言", "language"),
    "entry": ("通讯录编号", "entry number"),
    "role": ("岗位", "组别", "post", "group"),
    "hours": ("时长", "服务时长"),
    "contribution": ("贡献",),
    "tier": ("级别", "赞助级别"),
    "contract_no": ("合同号", "合同编号", "contract"),
    "cash": ("现金", "金额", "amount"),
    "in_kind": ("实物", "in kind"),
    "kind": ("类型", "类别", "type"),
    "service": ("服务", "服务内容"),
    "membership": ("会员类型", "会员类别", "member type", "membership type"),
    "joined": ("入会日期", "入会时间", "join date"),
    "paid": ("缴费日期", "续费日期", "paid on"),
    NAMES: ("姓名写法", "names are"),
    DATES: CALLED,
    IGNORE: ("忽略", "不用"),
}
"""Every column that a list may have, with what people call it when they put one right; and how two kinds are read."""
LANGUAGES = {
    **dict.fromkeys(("中文", "汉语", "简体中文", "chinese", "zh", "zh_cn", "zh-cn"), "zh_CN"),
    **dict.fromkeys(("英文", "英语", "english", "en"), "en"),
}
"""In which letters to somebody are to be, as people say it."""
TONGUES = {"zh_CN": "中文", "en": "English"}
"""The same by their own names, which need no translation."""


def told_as(value: object) -> object:
    """What stands in a column, languages by their names; nothing else looks like theirs."""
    return TONGUES.get(value, value) if isinstance(value, str) else value


ColumnNames = Annotated[dict[str, str], Details(FIELDS)]
