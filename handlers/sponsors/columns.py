"""What the columns of a list of benefits are called, and what each of its rows says. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Annotated

from handlers.grammar import Details
from handlers.refused import Refused
from handlers.sheets import Grid, Row, Sheet, Vocabulary, exactly, sheet_of
from handlers.sponsors.naming import STATES
from handlers.sponsors.quantities import LONGEST_UNIT, counted, promise
from storage.sponsors import BenefitState

HEADINGS: Mapping[str, Sequence[str]] = {
    "sponsor": (
        *("赞助商", "赞助单位", "赞助商名称", "赞助企业", "赞助方", "单位名称", "企业名称", "公司名称", "公司"),
        *("sponsor", "sponsor name", "company", "organisation", "organization", "exhibitor"),
    ),
    "benefit": (
        *(
            "权益",
            "权益内容",
            "权益项目",
            "权益名称",
            "权益说明",
            "赞助权益",
            "回报",
            "回报内容",
            "承诺权益",
            "承诺内容",
        ),
        *("项目", "内容", "benefit", "benefits", "entitlement", "deliverable", "description", "item", "right"),
    ),
    "quantity": (
        *(
            "承诺数量",
            "数量",
            "承诺",
            "应兑现",
            "合同数量",
            "promised quantity",
            "promised",
            "quantity",
            "qty",
            "number",
        ),
    ),
    "unit": ("计量单位", "数量单位", "量词", "unit of measure", "units", "unit", "单位"),
    "tier": ("档位", "级别", "等级", "赞助级别", "赞助等级", "tier", "level", "package", "category"),
    "contract": ("合同编号", "合同号", "合同", "contract number", "contract no", "contract"),
    "delivered": (
        *("实际数量", "实现数量", "兑现数量", "实现", "兑现", "已兑现", "实际", "完成数量", "delivered quantity"),
        *("delivered", "actual", "fulfilled"),
    ),
    "state": ("状态", "兑现情况", "完成情况", "是否兑现", "履约情况", "state", "status", "fulfilment"),
    "where": ("地点", "位置", "兑现地点", "展示位置", "where", "place", "location"),
    "when": ("时间", "日期", "兑现时间", "展示时间", "when", "date", "time"),
    "method": ("统计办法", "统计方式", "计数方法", "口径", "how it was counted", "how counted", "method"),
    "explanation": (
        *("没有完全兑现的原因", "未兑现原因", "原因", "差异说明", "说明", "why it fell short", "explanation", "reason"),
        "why",
    ),
    "make_good": ("补救办法", "补救", "补救措施", "补偿", "how it is made good", "make good", "remedy", "made good by"),
    "link": ("链接", "证明链接", "媒体链接", "网址", "link", "url", "proof link"),
}
LISTS = Vocabulary("sponsors", HEADINGS, frozenset({"benefit"}))
_EITHER = frozenset({"单位", "unit"})
"""A heading that is the sponsor's where nothing else is, and else what its benefits are counted in."""
ColumnNames = Annotated[
    dict[str, str],
    Details(
        {
            "sponsor": ("赞助商", "单位名称"),
            "benefit": ("权益", "内容"),
            "quantity": ("数量", "承诺", "promised"),
            "unit": ("计量单位", "单位"),
            "tier": ("级别", "档位"),
            "contract": ("合同", "合同号"),
            "delivered": ("兑现数量", "实现"),
            "state": ("状态",),
            "where": ("地点",),
            "when": ("时间",),
            "method": ("统计办法",),
            "explanation": ("原因", "说明"),
            "make_good": ("补救",),
            "link": ("链接",),
        }
    ),
]

LONGEST = {
    "sponsor": 200,
    "benefit": 300,
    "tier": 50,
    "contract": 100,
    "where": 200,
    "when": 100,
    "method": 200,
    "explanation": 300,
    "make_good": 300,
    "link": 500,
    "unit": LONGEST_UNIT,
}
_QUANTITY = re.compile(r"[x×*]?\s*(?:[\d.,]+|[一二两三四五六七八九十])\s*([^\d\s].*)", re.IGNORECASE)
_SUMS = frozenset("合计 小计 总计 共计 total subtotal sum".split())
_STATES = {
    **{word: BenefitState(state) for word, state in STATES.lookup.items()},
    **dict.fromkeys(("是", "√", "✓", "yes", "y", "已", "delivered in full"), BenefitState.DELIVERED),
    **dict.fromkeys(("否", "×", "no", "n", "无"), BenefitState.NOT_DELIVERED),
    **dict.fromkeys(("赞助商放弃", "waived by the sponsor"), BenefitState.WAIVED),
    **dict.fromkeys(("partly delivered",), BenefitState.PARTLY),
}
_STILL_OPEN = frozenset({"", "-", "待兑现", "进行中", "已承诺，待兑现", "promised, still open", "promised"})


@dataclass(frozen=True)
class Problem:
    """A row that is hard to use. ``why``: "nobody", "nothing", "long", "quantity", "delivered", "state", "unfit"."""

    number: int
    why: str
    value: str = ""


@dataclass(frozen=True)
class Item:
    """What one row says; blank where it says nothing. ``number`` is the row's, as people count."""

    number: int
    sponsor: str
    text: str
    quantity: Decimal | None = None
    unit: str = ""
    delivered: Decimal | None = None
    state: BenefitState | None = None
    tier: str = ""
    contract: str = ""
    link: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
    """Where, when, how counted, why it fell short and what instead: those that are not blank."""


@dataclass(frozen=True)
class Read:
    """``items`` are the rows that can be used, ``problems`` what is wrong with these and with others, in order."""

    items: list[Item]
    problems: list[Problem]


def sheet_in(grids: Sequence[Grid], said: Mapping[str, str], *, sure: bool) -> Sheet:
    """The sheet with the benefits; ``sure``: with the columns that were named and no others. Raises ``Refused``."""
    sheet = exactly(grids, LISTS, said) if sure else sheet_of(grids, LISTS, said)
    fields = sheet.found.fields
    if "sponsor" not in fields and "unit" not in said and sheet.headings.get("unit", "").casefold() in _EITHER:
        given = {"sponsor" if name == "unit" else name: at for name, at in fields.items()}
        sheet = replace(sheet, found=replace(sheet.found, fields=given))
    if "sponsor" not in sheet.found.fields:
        raise Refused("sponsors/nobody_named", headings=[cell for cell in sheet.grid.rows[sheet.found.at] if cell][:40])
    return sheet


def read_rows(sheet: Sheet) -> Read:
    """Every row below the headings. A name that stands over several rows, as in merged cells, is each row's."""
    items: list[Item] = []
    problems: list[Problem] = []
    for row in _filled(sheet):
        found = list(_problems(row))
        problems += found
        if not any(one.why in {"nobody", "nothing", "long"} for one in found):
            items.append(_item(row, split="quantity" not in sheet.found.fields))
    return Read(items, problems)


def _filled(sheet: Sheet) -> Iterator[Row]:
    above = {"sponsor": "", "tier": "", "contract": ""}
    for row in sheet.found.rows(sheet.grid.rows):
        said = row.values.get("sponsor", "")
        if _is_sum(said) or _is_sum(row.values.get("benefit", "")):
            continue
        if said:
            above = {name: row.values.get(name, "") for name in above}
        yield Row(row.number, {**row.values, **{name: row.values.get(name, "") or above[name] for name in above}})


def _is_sum(cell: str) -> bool:
    return cell.strip(" :：").casefold() in _SUMS


def _problems(row: Row) -> Iterator[Problem]:
    get = row.values.get
    if not get("sponsor", ""):
        yield Problem(row.number, "nobody", get("benefit", ""))
        return
    if not get("benefit", ""):
        yield Problem(row.number, "nothing", get("sponsor", ""))
        return
    for name, most in LONGEST.items():
        if len(get(name, "")) > most:
            yield Problem(row.number, "long", get(name, "")[:40])
            return
    for name in ("quantity", "delivered"):
        if get(name, "") and _count(get(name, "")) is None:
            yield Problem(row.number, name, get(name, ""))
    if _word(get("state", "")) not in _STATES.keys() | _STILL_OPEN:
        yield Problem(row.number, "state", get("state", ""))


def _word(cell: str) -> str:
    return cell.strip(" .。").casefold()


def _item(row: Row, *, split: bool) -> Item:
    get = row.values.get
    said = promise(get("benefit", "")) if split else None
    count = said.quantity if said else _count(get("quantity", ""))
    return Item(
        row.number,
        get("sponsor", ""),
        " ".join((said.text if said else get("benefit", "")).split()),
        count or None,
        get("unit", "") or (said.unit if said else _unit(get("quantity", "")) if count is not None else ""),
        _count(get("delivered", "")),
        _STATES.get(_word(get("state", ""))),
        get("tier", ""),
        get("contract", ""),
        get("link", ""),
        {name: get(name, "") for name in ("where", "when", "method", "explanation", "make_good") if get(name, "")},
    )


def _count(cell: str) -> Decimal | None:
    """The number of a cell in its own unit: there ``2日`` is how long, not when."""
    return counted(cell, _unit(cell))[0]


def _unit(cell: str) -> str:
    """The unit that stands in a cell behind its number: ``2块``, ``30 minutes``."""
    match = _QUANTITY.fullmatch(cell.strip())
    return match[1].strip()[:LONGEST_UNIT] if match else ""
