"""Which column of a list is what, by its heading; which kind of list it is; what people may say to put that right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handlers.refused import Refused
from handlers.rolls import kind_said
from handlers.sheets import Found, Grid, find, normal
from handlers.sheets.columns import DEEPEST
from storage.attendance import RollKind

HEADINGS: Mapping[str, Sequence[str]] = {
    "external": (
        *("报名编号", "报名号", "参会编号", "参会证号", "签到码", "票号", "票码", "报名序列号", "registration number"),
        *("registration no", "registration id", "attendee no", "attendee number", "attendee id", "attendee #"),
        *("ticket number", "ticket code", "participant id", "编号", "订单号", "订单编号", "order code", "order #"),
        *("order no", "order number", "order id", "id"),
    ),
    "name": (
        *("姓名", "參會人姓名", "参会人姓名", "参会者姓名", "嘉宾姓名", "真实姓名", "您的姓名", "attendee name"),
        *("full name", "name", "participant name", "participant", "参会人", "参会者", "签到人", "user name"),
        *("submitter", "registrant", "名字", "用户姓名", "用户名称", "用户昵称", "昵称", "微信昵称", "联系人"),
    ),
    "first": ("first name", "given name", "attendee name: given name", "forename"),
    "last": ("last name", "surname", "family name", "attendee name: family name"),
    "unit": (
        *("单位", "單位", "工作单位", "单位名称", "您的单位", "所在单位", "公司", "公司名称", "单位/公司", "公司/单位"),
        *("机构", "机构名称", "组织", "company", "company name", "organisation", "organization", "affiliation"),
        *("institution", "employer", "invoice address: company"),
    ),
    "position": ("职务", "職務", "职位", "职称", "职务/职称", "您的职务", "position", "job title", "title", "role"),
    "email": (
        *("邮箱", "電郵", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "您的邮箱", "email", "email address", "e-mail"),
        *("e-mail address", "submitter email", "attendee email", "attendee e-mail", "user email"),
    ),
    "phone": (
        *("手机", "手機", "手机号", "手机号码", "移动电话", "您的手机", "联系手机", "mobile", "mobile phone"),
        *("mobile number", "cell phone", "联系电话", "电话", "電話", "电话号码", "联系方式", "phone", "phone number"),
        *("telephone", "cell"),
    ),
    "ticket": (
        *(
            "票种",
            "票種",
            "票类",
            "门票",
            "门票类型",
            "票名",
            "参会类型",
            "参会身份",
            "ticket type",
            "ticket",
            "product",
        ),
        *("ticket name", "ticket class", "price tier", "item", "类别", "身份"),
    ),
    "at": (
        *("签到时间", "簽到時間", "到会时间", "报到时间", "入场时间", "checked in", "check-in time", "check-in date"),
        *("checked in at", "checkin", "scan time", "arrival", "首次进入时间", "进入时间", "加入时间", "入会时间"),
        *("首次观看时间", "join time", "joined at", "first join"),
    ),
    "minutes": (
        *("观看时长", "累计观看时长", "在线时长", "参会时长", "累计时长", "总时长", "停留时长", "直播观看时长", "时长"),
        *("duration", "time in session", "total duration", "attendance duration", "minutes", "watch time"),
    ),
    "status": (
        *("签到状态", "是否签到", "是否到会", "到会情况", "出席情况", "是否出席", "签到", "出席", "attendee status"),
        *("attended", "attendance", "present", "报名状态", "审核状态", "状态", "order status", "status"),
    ),
}
KNOWN_BY = frozenset({"name", "first", "last", "email", "phone", "external"})
"""A list without any of these names nobody."""

_LETTERS = re.compile(r"[A-Z]{1,2}", re.IGNORECASE)
_SECONDS, _HOURS = re.compile(r"秒|sec", re.IGNORECASE), re.compile(r"小时|hour|\bh\b", re.IGNORECASE)
MOST_SHOWN = 40


@dataclass(frozen=True)
class Sheet:
    """A sheet whose headings are known. ``fields`` is the column of each field, from 0; ``others`` names other sheets.

    ``minute`` is how much of a minute one unit of its durations is.
    """

    grid: Grid
    found: Found
    others: tuple[str, ...] = ()

    @property
    def headings(self) -> dict[str, str]:
        """What the column of each field is called in the list."""
        row = self.grid.rows[self.found.at]
        return {name: row[at] if at < len(row) else "" for name, at in self.found.fields.items()}

    @property
    def minute(self) -> float:
        heading = self.headings.get("minutes", "")
        return 1 / 60 if _SECONDS.search(heading) else 60.0 if _HOURS.search(heading) else 1.0

    @property
    def line(self) -> str:
        """Its columns as a command names them: ``name=A phone=C``."""
        return " ".join(f"{name}={letter(at)}" for name, at in self.found.fields.items())


def sheet_of(grids: Sequence[Grid], said: Mapping[str, str]) -> Sheet:
    """The sheet that knows most columns, with those that somebody named put right. Raises ``Refused``."""
    found = [(grid, known) for grid in map(_joined, grids) if (known := find(grid.rows, HEADINGS))]
    if not found:
        raise Refused("attendance/no_headings", first=_first_words(grids))
    grid, known = max(found, key=lambda one: (bool(KNOWN_BY & one[1].fields.keys()), len(one[1].fields)))
    known = replace(known, fields=_said(grid, known, said))
    if not KNOWN_BY & known.fields.keys():
        raise Refused("attendance/nobody_named", headings=[cell for cell in grid.rows[known.at] if cell][:MOST_SHOWN])
    others = tuple(other.name for other in grids if other.name != grid.name)
    return Sheet(grid, _with_unknown(grid, known), others)


def exactly(grids: Sequence[Grid], said: Mapping[str, str]) -> Sheet:
    """The same sheet with the named columns and no others: what was confirmed, and nothing that was guessed."""
    sheet = sheet_of(grids, said)
    return replace(
        sheet, found=replace(sheet.found, fields={name: at for name, at in sheet.found.fields.items() if name in said})
    )


def kind_of(name: str, sheet: Sheet) -> RollKind:
    """What the list is by the name of its file, else by its columns."""
    said = kind_said(f"{name} {sheet.grid.name}")
    if said == RollKind.ONLINE or "minutes" in sheet.found.fields:
        return RollKind.ONLINE
    if said:
        return said
    return RollKind.CHECKIN if "at" in sheet.found.fields else RollKind.REGISTRATION


def letter(column: int) -> str:
    """A column as spreadsheets call it: A, Z, AA."""
    before = f"{chr(64 + column // 26)}" if column > 25 else ""  # noqa: PLR2004  letters of the alphabet
    return f"{before}{chr(65 + column % 26)}"


def _joined(grid: Grid) -> Grid:
    """Headings in two rows, where those that stand above are merged over both, become one row."""
    known = find(grid.rows, HEADINGS)
    if known is None:
        return grid
    best, fields = grid, len(known.fields)
    for at in range(1, min(len(grid.rows), DEEPEST)):
        above, row = grid.rows[at - 1], grid.rows[at]
        filled = [cell or over for cell, over in zip(_wide(row, above), _wide(above, row), strict=True)]
        rows = [*([] for _ in range(at)), filled, *grid.rows[at + 1 :]]
        joined = find(rows, HEADINGS)
        if joined and joined.at == at and len(joined.fields) > fields:
            best, fields = Grid(grid.name, rows), len(joined.fields)
    return best


def _wide(row: Sequence[str], other: Sequence[str]) -> list[str]:
    return [*row, *[""] * (len(other) - len(row))]


def _said(grid: Grid, known: Found, said: Mapping[str, str]) -> dict[str, int]:
    fields = dict(known.fields)
    for name, heading in said.items():
        column = _column(grid, known, heading)
        fields = {other: at for other, at in fields.items() if at != column}
        fields[name] = column
    return fields


def _column(grid: Grid, known: Found, heading: str) -> int:
    """By the heading as it is written, else by the column's letter. Raises ``Refused``."""
    row = grid.rows[known.at]
    width = max(map(len, grid.rows))
    for column, cell in enumerate(row):
        if cell and normal(cell) == normal(heading):
            return column
    if _LETTERS.fullmatch(heading):
        number = 0
        for mark in heading.upper():
            number = number * 26 + ord(mark) - 64
        if number <= width:
            return number - 1
    raise Refused("attendance/no_column", heading=heading, headings=[cell for cell in row if cell][:MOST_SHOWN])


def _with_unknown(grid: Grid, known: Found) -> Found:
    taken = set(known.fields.values())
    row = enumerate(grid.rows[known.at])
    return replace(known, unknown={at: cell for at, cell in row if cell and at not in taken})


def _first_words(grids: Sequence[Grid]) -> list[str]:
    return [cell for row in grids[0].rows[:3] for cell in row if cell][:8]
