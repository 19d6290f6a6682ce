"""What the columns of a list of shifts are called, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from handlers.dates.column import CALLED, DATES
from handlers.grammar import Details
from handlers.sheets import Vocabulary
from handlers.sheets.layouts import IGNORE
from handlers.sheets.people import PERSON

_WHO = ("志愿者", "志愿者姓名", "人员", "值班人", "值班人员", "volunteer", "volunteer name", "person", "who")
HEADINGS: Mapping[str, Sequence[str]] = {
    "number": ("编号", "人员编号", "通讯录编号", "no", "number"),
    "name": (*PERSON["name"], *_WHO),
    "first": PERSON["first"],
    "last": PERSON["last"],
    "phone": PERSON["phone"],
    "email": PERSON["email"],
    "unit": PERSON["unit"],
    "post": (
        *("岗位", "志愿者岗位", "服务岗位", "班次岗位", "班次内容", "班次名称", "班次", "工作内容", "负责工作", "任务"),
        *("角色", "组别", "分组", "小组", "工作组", "post", "role", "duty", "task", "shift", "assignment", "position"),
        *("job", "group", "team"),
    ),
    "place": (
        *(
            "地点",
            "服务地点",
            "值班地点",
            "位置",
            "区域",
            "场地",
            "会场",
            "place",
            "location",
            "where",
            "venue",
            "hall",
        ),
        *("room", "area"),
    ),
    "day": (
        *("日期", "班次日期", "服务日期", "值班日期", "上岗日期", "工作日期", "date", "day", "shift date", "work date"),
    ),
    "from": (
        *(
            "开始",
            "开始时间",
            "上岗时间",
            "到岗时间",
            "签到时间",
            "上班时间",
            "起始时间",
            "起",
            "from",
            "start",
            "starts",
        ),
        *("start time", "begin", "begins", "beginning", "in", "clock in"),
    ),
    "to": (
        *("结束", "结束时间", "下岗时间", "离岗时间", "签退时间", "下班时间", "截止时间", "止", "to", "end", "ends"),
        *("end time", "until", "finish", "out", "clock out"),
    ),
    "span": (
        *("时间", "时段", "起止时间", "班次时间", "服务时间", "值班时间", "上岗时段", "工作时间", "time", "times"),
        *("time slot", "slot", "period", "working time"),
    ),
    "hours": (
        *("实际工时", "实际时长", "实际小时", "实际服务时长", "工时", "服务时长", "志愿时长", "时长", "小时", "小时数"),
        *("actual hours", "hours really worked", "hours worked", "hours", "duration", "length"),
    ),
    "note": ("备注", "说明", "附注", "note", "notes", "remark", "remarks", "comment", "comments"),
}
SHIFTS = Vocabulary("crew", HEADINGS, frozenset({"number", "name", "first", "last", "phone", "email"}))
WHEN = frozenset({"day", "from", "to", "span", "hours"})
"""Without any of these it is no list of shifts."""
DATED = frozenset({"day"})

ColumnNames = Annotated[
    dict[str, str],
    Details(
        {
            "number": ("编号",),
            "name": ("姓名",),
            "first": ("名", "first name"),
            "last": ("姓", "last name"),
            "phone": ("手机", "电话", "手机号", "mobile"),
            "email": ("邮箱", "e-mail", "电子邮箱"),
            "unit": ("单位", "公司", "company", "organisation", "organization"),
            "post": ("岗位", "职责", "role", "duty"),
            "place": ("地点", "location"),
            "day": ("日期", "date"),
            "from": ("开始", "start"),
            "to": ("结束", "end"),
            "span": ("时段", "时间", "time"),
            "hours": ("工时", "时长", "实际工时"),
            "note": ("备注", "remark"),
            DATES: CALLED,
            IGNORE: ("忽略", "不用"),
        }
    ),
]
