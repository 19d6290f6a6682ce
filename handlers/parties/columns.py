"""What the columns of a list of people are called, by what they were to the meeting; a workspace's own words too."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from handlers.parties.naming import IGNORE
from handlers.sheets import Grid, Sheet, Vocabulary, exactly, normal, sheet_of
from handlers.sheets.mapping import IGNORED, column_of
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
    "latin": ("拼音", "姓名拼音", "英文名", "英文姓名", "外文名", "pinyin", "english name", "latin name"),
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
}
_CREW: Words = {
    "role": (
        *("岗位", "志愿者岗位", "服务岗位", "组别", "分组", "小组", "所在小组", "工作组", "负责工作", "角色"),
        *("post", "group", "team", "role", "assignment", "position"),
    ),
    "hours": ("服务时长", "志愿时长", "志愿服务时长", "服务小时数", "工时", "时长", "hours", "hours worked", "小时"),
    "contribution": ("贡献", "具体贡献", "突出贡献", "主要贡献", "工作内容", "主要工作", "contribution", "contributed"),
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
NUMBERING = frozenset({"", "序号", "序", "行号", "no", "number", "serial", "index"})
"""Layout that only count: nobody is asked about them."""
_SPARE = {"phone": "office", "email": "email2"}
"""Where a second column of the same kind goes."""


@dataclass(frozen=True)
class Layout:
    """``sheet`` as it is understood. Of the other headings, ``ignored`` are left out, ``unknown`` are asked about."""

    sheet: Sheet
    ignored: Sequence[str]
    unknown: Sequence[str]


def words_of(capacity: Capacity | None, own: Mapping[str, str] = MappingProxyType({})) -> Vocabulary:
    """What its columns may be called; ``own`` are the workspace's headings, as they are compared, with their fields."""
    if capacity is None:
        return _of_members(own)
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
    return _with_own(table, own, frozenset({"unit"}) if unit else frozenset({"name", "first", "last"}))


def _with_own(table: Words, own: Mapping[str, str], needed: frozenset[str]) -> Vocabulary:
    free = {name: [word for word in words if normal(word) not in own] for name, words in table.items()}
    mine = {name: [word for word, field in own.items() if field == name] for name in table}
    return Vocabulary("parties", {name: [*free[name], *mine[name]] for name in table}, needed)


def _of_members(own: Mapping[str, str]) -> Vocabulary:
    """A list of members has units and people, and of each unit with whom one deals there."""
    table: dict[str, Sequence[str]] = {**PERSON, **_COMMON}
    table["name"] = (*PERSON["name"], *_CONTACTS)
    table["unit"] = (*_UNITS, *PERSON["unit"])
    for name, words in _MEMBERS.items():
        table[name] = (*words, *table.get(name, ())) if name in {"unit", "name"} else (*table.get(name, ()), *words)
    titles = {normal(one) for one in _TITLES}
    table["position"] = [word for word in PERSON["position"] if normal(word) not in titles]
    return _with_own(table, own, frozenset({"unit", "name", "first", "last"}))


def deals_with(heading: str) -> bool:
    """Whether a column of names with that heading says whom one deals with in a unit, and not who the member is."""
    return normal(heading) in {normal(word) for word in (*_CONTACTS, *_OF_UNITS, "联系人")}


def columns_of(
    grids: Sequence[Grid], capacity: Capacity | None, own: Mapping[str, str], said: Mapping[str, str]
) -> Layout:
    """The list's columns, as they are known, remembered and said. Raises ``Refused``."""
    words = words_of(capacity, own)
    named = {name: heading for name, heading in said.items() if name in words.headings}
    sheet = _spare(sheet_of(grids, words, named), words, {*named})
    told = said.get(IGNORE, "")
    all_of_them = told.casefold() in {"all", "全部", "所有", "其他", "the rest"}
    dropped = {column_of(sheet.grid, sheet.found, words, one) for one in _listed(told)} if not all_of_them else set()
    kept = {name: at for name, at in sheet.found.fields.items() if at not in dropped}
    sheet = replace(sheet, found=replace(sheet.found, fields=kept))
    refused = {at for name, one in named.items() if one.casefold() in IGNORED for at in _called(sheet, words, name)}
    ignored: list[str] = []
    unknown: list[str] = []
    for at, heading in _unnamed(sheet).items():
        known = at in dropped | refused or own.get(normal(heading)) == "" or normal(heading) in NUMBERING
        (ignored if known or all_of_them else unknown).append(heading)
    return Layout(sheet, ignored, unknown)


def confirmed(
    grids: Sequence[Grid], capacity: Capacity | None, own: Mapping[str, str], said: Mapping[str, str]
) -> Layout:
    """The named columns and no others, as they were shown. Raises ``Refused``."""
    sheet = exactly(grids, words_of(capacity, own), {name: at for name, at in said.items() if name != IGNORE})
    return Layout(sheet, list(_unnamed(sheet).values()), [])


def to_remember(columns: Layout, capacity: Capacity | None) -> dict[str, str]:
    """Headings as they are compared, with their field, where we would not have known that; "" for an ignored one."""
    known = {normal(word): name for name, words in words_of(capacity).headings.items() for word in words}
    fields = {normal(heading): name for name, heading in columns.sheet.headings.items() if heading}
    spare = {name: field for name, field in fields.items() if known.get(name) != field and field not in _SPARE.values()}
    left = {name: "" for heading in columns.ignored if (name := normal(heading)) not in NUMBERING}
    return {**left, **spare}


def every(columns: Layout) -> list[list[str]]:
    """Each column in its order: its heading, and its field; "" for one that is only carried along."""
    fields = {at: name for name, at in columns.sheet.found.fields.items()}
    row = columns.sheet.grid.rows[columns.sheet.found.at]
    return [[cell, fields.get(at, "")] for at, cell in enumerate(row) if cell or at in fields]


def carried(columns: Layout, number: int) -> dict[str, str]:
    """The cells of a row, counted from 1, that are no field, by the heading of their column."""
    row = columns.sheet.grid.rows[number - 1]
    return {heading: row[at] for at, heading in _unnamed(columns.sheet).items() if at < len(row) and row[at]}


def _unnamed(sheet: Sheet) -> dict[int, str]:
    """Headings of columns that are no field, by column."""
    taken: Collection[int] = sheet.found.fields.values()
    row = sheet.grid.rows[sheet.found.at]
    return {at: cell for at, cell in enumerate(row) if cell and at not in taken}


def _called(sheet: Sheet, words: Vocabulary, name: str) -> list[int]:
    known = {normal(word) for word in words.headings[name]}
    return [at for at, heading in _unnamed(sheet).items() if normal(heading) in known]


def _spare(sheet: Sheet, words: Vocabulary, said: Collection[str]) -> Sheet:
    """A list has a mobile and a telephone, or two addresses: the second is kept beside the first."""
    fields = dict(sheet.found.fields)
    for name, spare in _SPARE.items():
        free = name in fields and spare not in fields and not {name, spare} & set(said)
        if free and (found := _called(sheet, words, name)):
            fields[spare] = found[0]
    return replace(sheet, found=replace(sheet.found, fields=fields))


def _listed(told: str) -> list[str]:
    return [one for one in re.split(r"[\s,，、;；]+", told) if one]
