"""What the columns of a list of people are called, by what they were to the meeting; a workspace's own words too."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from handlers.cleaning.names import is_title
from handlers.sheets import Grid, Vocabulary, layouts, normal
from handlers.sheets.layouts import Layout, layout_of, unnamed
from handlers.sheets.mapping import letter
from handlers.sheets.people import PERSON
from storage.parties import Capacity

Words = Mapping[str, Sequence[str]]

_TITLES = ("称谓", "称呼", "头衔", "职称", "尊称", "salutation", "honorific", "prefix", "form of address", "mr/ms")
_UNITS = (
    *(
        "赞助商",
        "赞助商名称",
        "赞助单位",
        "赞助企业",
        "合作伙伴",
        "合作单位",
        "合作伙伴名称",
        "合作单位名称",
        "企业名称",
    ),
    *(
        "支持单位",
        "支持单位名称",
        "协办单位",
        "供应商",
        "供应商名称",
        "媒体",
        "媒体名称",
        "媒体单位",
        "场地",
        "场地名称",
    ),
    *("全称", "单位全称", "名称", "sponsor", "sponsor name", "partner", "partner name", "supplier", "venue", "outlet"),
)
_CONTACTS = ("联系人姓名", "contact", "contact person", "contact name", "联络人", "对接人", "负责人")
_NAMES = (
    "讲者",
    "讲者姓名",
    "主讲人",
    "演讲人",
    "演讲嘉宾",
    "嘉宾",
    "志愿者",
    "志愿者姓名",
    "中文姓名",
    "speaker",
    "volunteer",
)
_COMMON: Words = {
    "latin": (
        "拼音",
        "姓名拼音",
        "英文名",
        "英文姓名",
        "外文名",
        "pinyin",
        "english name",
        "latin name",
        "name in latin letters",
        "拼音或英文名",
    ),
    "title": _TITLES,
    "gender": ("性别", "gender", "sex"),
    "email2": ("备用邮箱", "邮箱2", "other email", "second email", "email 2"),
    "office": (
        *("办公电话", "座机", "固定电话", "固话", "单位电话", "公司电话", "office phone", "work phone", "landline"),
        *("电话2", "备用电话", "other phone"),
    ),
    "member_no": ("会员号", "会员编号", "会员证号", "会员证编号", "member no", "member number", "membership number"),
    "credit_code": ("统一社会信用代码", "社会信用代码", "信用代码", "税号", "纳税人识别号", "credit code", "tax id"),
    "address": ("地址", "通讯地址", "联系地址", "邮寄地址", "单位地址", "通信地址", "address", "postal address"),
    "postcode": ("邮编", "邮政编码", "postcode", "postal code", "zip", "zip code"),
    "remark": ("备注", "说明", "remark", "remarks", "notes", "comment", "comments"),
    "locale": ("语言", "信函语言", "沟通语言", "首选语言", "language", "preferred language", "letter language"),
    "entry": ("通讯录编号", "entry", "entry number", "address book number"),
}
_CREW: Words = {
    "role": (
        *("岗位", "志愿者岗位", "服务岗位", "组别", "分组", "小组", "所在小组", "工作组", "负责工作", "角色"),
        *("post", "job", "group", "team", "role", "assignment", "position"),
    ),
    "hours": ("服务时长", "志愿时长", "志愿服务时长", "服务小时数", "工时", "时长", "hours", "hours worked", "小时"),
    "contribution": (
        *("贡献", "具体贡献", "突出贡献", "主要贡献", "突出表现", "工作内容", "主要工作"),
        *("contribution", "contributed", "what they did"),
    ),
}
_SPONSORING: Words = {
    "tier": ("赞助级别", "赞助等级", "赞助类别", "级别", "等级", "tier", "sponsorship level", "level", "package"),
    "contract_no": ("合同号", "合同编号", "协议编号", "contract no", "contract number", "contract"),
    "cash": ("现金", "现金赞助", "赞助金额", "金额", "合同金额", "cash", "amount", "sponsorship amount"),
    "in_kind": ("实物", "实物赞助", "实物折价", "实物价值", "in kind", "in-kind value", "value in kind"),
}
_PARTNERING: Words = {
    "kind": ("类型", "类别", "合作类型", "合作类别", "性质", "kind", "type", "category"),
    "service": ("服务", "服务内容", "合作内容", "提供服务", "支持内容", "service", "services"),
}
_MEMBERS: Words = {
    "member_no": ("编号", "会员代码", "会员id", "member id", "membership id", "id"),
    "membership": (
        *("会员类型", "会员类别", "会员性质", "会员种类", "member type", "membership type", "type of member"),
        *("membership category", "类型", "类别", "type", "category"),
    ),
    "joined": ("入会日期", "入会时间", "加入日期", "入会年月", "joined", "date joined", "join date", "member since"),
    "paid": (
        *("缴费日期", "最近缴费日期", "会费缴纳日期", "续费日期", "最近续费日期", "last paid", "paid on"),
        *("last payment", "renewed", "renewal date", "renewed on"),
    ),
    "unit": (
        "会员单位",
        "会员名称",
        "单位会员",
        "企业会员",
        "会员企业",
        "member",
        "member name",
        "member organisation",
    ),
    "name": ("会员姓名", "会员代表", "代表姓名", "代表", "representative", "member representative"),
}
_OF_UNITS = ("会员代表", "代表姓名", "代表", "representative", "member representative")
UNITS = frozenset({Capacity.SPONSOR, Capacity.PARTNER, Capacity.MEDIA})
"""Of these a row is a unit; the person in it is whom one deals with there."""
_EXTRA: Mapping[Capacity, Words] = {
    Capacity.VOLUNTEER: _CREW,
    Capacity.STAFF: _CREW,
    Capacity.SPONSOR: _SPONSORING,
    Capacity.PARTNER: _PARTNERING,
    Capacity.MEDIA: {"service": _PARTNERING["service"]},
}
_TITLE = "title"
_SPEAKING = frozenset({Capacity.SPEAKER, Capacity.VIP})
_SPARE = {"phone": "office", "email": "email2"}
"""Where a second column of the same kind goes."""


def words_of(capacity: Capacity | None) -> Vocabulary:
    """What its columns may be called."""
    if capacity is None:
        return _of_members()
    unit = capacity in UNITS
    table: dict[str, Sequence[str]] = {
        **PERSON,
        **_COMMON,
        "name": (*PERSON["name"], *(_CONTACTS if unit else _NAMES)),
        "unit": (*_UNITS, *PERSON["unit"]) if unit else PERSON["unit"],
        **_EXTRA.get(capacity, {}),
    }
    others = {normal(word) for name in _EXTRA.get(capacity, {}) for word in table[name]} | {
        normal(one) for one in _TITLES
    }
    table["position"] = [word for word in PERSON["position"] if normal(word) not in others]
    return Vocabulary("parties", table, frozenset({"unit"}) if unit else frozenset({"name", "first", "last"}))


def _of_members() -> Vocabulary:
    """A list of members has units and people, and of each unit with whom one deals there."""
    table: dict[str, Sequence[str]] = {**PERSON, **_COMMON}
    table["name"] = (*PERSON["name"], *_CONTACTS)
    table["unit"] = (*_UNITS, *PERSON["unit"])
    for name, words in _MEMBERS.items():
        table[name] = (*words, *table.get(name, ())) if name in {"unit", "name"} else (*table.get(name, ()), *words)
    del table["entry"]  # by its own numbers a register knows its members
    titles = {normal(one) for one in _TITLES}
    table["position"] = [word for word in PERSON["position"] if normal(word) not in titles]
    return Vocabulary("members", table, frozenset({"unit", "name", "first", "last"}))


def deals_with(heading: str) -> bool:
    """Whether a column of names with that heading says whom one deals with in a unit, and not who the member is."""
    return normal(heading) in {normal(word) for word in (*_CONTACTS, *_OF_UNITS, "联系人")}


def columns_of(
    grids: Sequence[Grid], capacity: Capacity | None, own: Mapping[str, str], said: Mapping[str, str]
) -> Layout:
    """The list's columns, as they are known, remembered and said. Raises ``Refused``."""
    layout = layout_of(grids, words_of(capacity), own, said, _SPARE)
    if capacity is None or _TITLE in own or {"title", "position"} & said.keys():
        return layout
    return _with_title(layout, capacity)


def doubted_title(columns: Layout, capacity: Capacity | None) -> str:
    """The letter of a column “Title” of which somebody must say whether posts or talks stand there; "" for none."""
    at = _title_at(columns)
    doubted = capacity in _SPEAKING and "position" not in columns.sheet.found.fields
    return letter(at) if doubted and at is not None and _heading(columns, at) in columns.unknown else ""


def _title_at(columns: Layout) -> int | None:
    row = columns.sheet.grid.rows[columns.sheet.found.at]
    return next((at for at, heading in enumerate(row) if normal(heading) == _TITLE), None)


def _heading(columns: Layout, at: int) -> str:
    return columns.sheet.grid.rows[columns.sheet.found.at][at]


def _with_title(columns: Layout, capacity: Capacity) -> Layout:
    """An English “Title” is a form of address where such words stand there, else a post.

    Of speakers without a column of their organisations it may as well be what they talk about: it is asked about.
    Where nothing stands in it there is nothing to read.
    """
    at, found = _title_at(columns), columns.sheet.found
    if at is None or _heading(columns, at) in columns.ignored:
        return columns
    fields = {name: one for name, one in found.fields.items() if one != at}
    cells = [row[at] for row in columns.sheet.grid.rows[found.at + 1 :] if at < len(row) and row[at].strip()]
    if not cells:
        unknown = [one for one in columns.unknown if one != _heading(columns, at)]
        return replace(columns, sheet=replace(columns.sheet, found=replace(found, fields=fields)), unknown=unknown)
    if "title" not in fields and sum(map(is_title, cells)) * 2 > len(cells):
        fields["title"] = at
    elif "position" not in fields and ("unit" in fields or capacity not in _SPEAKING):
        fields["position"] = at
    unknown = [one for one in columns.unknown if one != _heading(columns, at)]
    unknown += [] if at in fields.values() else [_heading(columns, at)]
    return replace(columns, sheet=replace(columns.sheet, found=replace(found, fields=fields)), unknown=unknown)


def confirmed(
    grids: Sequence[Grid], capacity: Capacity | None, own: Mapping[str, str], said: Mapping[str, str]
) -> Layout:
    """The named columns and no others, as they were shown. Raises ``Refused``."""
    return layouts.confirmed(grids, layouts.with_own(words_of(capacity), own), said)


def to_remember(columns: Layout, capacity: Capacity | None, how: Collection[str] = ()) -> dict[str, str]:
    """Headings as they are compared, with their field, where we would not have known that; "" for an ignored one.

    ``how`` are those of which it is to be remembered how they are read. A “Title” is another thing in every list.
    """
    told = layouts.to_remember(columns, words_of(capacity), _SPARE.values(), how)
    return {name: field for name, field in told.items() if name != _TITLE}


def every(columns: Layout) -> list[list[str]]:
    """Each column in its order: its heading, and its field; "" for one that is only carried along."""
    fields = {at: name for name, at in columns.sheet.found.fields.items()}
    row = columns.sheet.grid.rows[columns.sheet.found.at]
    return [[cell, fields.get(at, "")] for at, cell in enumerate(row) if cell or at in fields]


def carried(columns: Layout, number: int) -> dict[str, str]:
    """The cells of a row, counted from 1, that are no field, by the heading of their column."""
    row = columns.sheet.grid.rows[number - 1]
    return {heading: row[at] for at, heading in unnamed(columns.sheet).items() if at < len(row) and row[at]}
