"""What the columns of a list of who came are called, which kind of list it is, and in what it counts durations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from handlers.rolls import kind_said
from handlers.sheets.mapping import Sheet, Vocabulary
from handlers.sheets.people import PERSON
from storage.attendance import RollKind

HEADINGS: Mapping[str, Sequence[str]] = {
    "external": (
        *("报名编号", "报名号", "参会编号", "参会证号", "签到码", "票号", "票码", "报名序列号", "registration number"),
        *("registration no", "registration id", "attendee no", "attendee number", "attendee id", "attendee #"),
        *("ticket number", "ticket code", "participant id", "编号", "订单号", "订单编号", "order code", "order #"),
        *("order no", "order number", "order id", "id"),
    ),
    **PERSON,
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
LISTS = Vocabulary("attendance", HEADINGS, frozenset({"name", "first", "last", "email", "phone", "external"}))

_SECONDS, _HOURS = re.compile(r"秒|sec", re.IGNORECASE), re.compile(r"小时|hour|\bh\b", re.IGNORECASE)


def kind_of(name: str, sheet: Sheet) -> RollKind:
    """What the list is by the name of its file, else by its columns."""
    said = kind_said(f"{name} {sheet.grid.name}")
    if said == RollKind.ONLINE or "minutes" in sheet.found.fields:
        return RollKind.ONLINE
    if said:
        return said
    return RollKind.CHECKIN if "at" in sheet.found.fields else RollKind.REGISTRATION


def minute(sheet: Sheet) -> float:
    """How much of a minute one unit of its durations is."""
    heading = sheet.headings.get("minutes", "")
    return 1 / 60 if _SECONDS.search(heading) else 60.0 if _HOURS.search(heading) else 1.0
