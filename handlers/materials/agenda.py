"""An agenda's spreadsheet → sessions, and what of it could not be read, row by row. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from handlers.dates.column import Order, order_of
from handlers.dates.printed import clocks_in, day_in
from handlers.materials.talkers import Talker, talkers
from handlers.sheets import Found, Grid, Row, find
from storage.programme import Part

LONGEST = {"code": 20, "title": 300, "track": 100, "hall": 100}

HEADINGS: Mapping[str, Sequence[str]] = {
    "code": [*"编号 场次编号 场次 场次号 session_id code id".split(), "session no.", "session number"],
    "running": "序号 no no. number #".split(),
    "title": [
        *"题目 演讲题目 报告题目 主题 演讲主题 报告主题 议题 议程 议程内容 内容 标题".split(),
        *"topic talk subject".split(),
        *("talk title", "session title", "presentation", "session", "环节", "活动内容", "议程主题"),
        "title",  # beside another of these it is the speaker's
    ],
    "speakers": [
        *"讲者 演讲嘉宾 演讲人 主讲人 报告人 发言人 嘉宾 演讲者 讲师 主讲嘉宾".split(),
        *"speaker speakers presenter presenters".split(),
        *("讲者姓名", "嘉宾姓名", "speaker name", "speaker names", "presented by", "演讲嘉宾姓名", "姓名"),
    ],
    "panel": [
        *"圆桌嘉宾 对话嘉宾 讨论嘉宾 参与嘉宾 与谈人".split(),
        *"panel panellists panelists panellist panelist".split(),
    ],
    "unit": [
        *"单位 工作单位 讲者单位 机构 公司 所属单位".split(),
        *"organisation organization affiliation company institution unit".split(),
    ],
    "position": ["职务", "职位", "头衔", "讲者职务", "title of speaker", "position", "job title", "role"],
    "track": ["分论坛", "论坛", "专场", "track", "stream", "forum", "板块"],
    "hall": ["会场", "会议室", "地点", "场地", "hall", "room", "venue", "location"],
    "date": ["日期", "会议日期", "date", "day", "天"],
    "start": ["开始时间", "开始", "起始时间", "start", "start time", "begin", "from"],
    "end": ["结束时间", "结束", "终止时间", "end", "end time", "to", "until"],
    "time": ["时间", "时间段", "时段", "time", "slot", "time slot"],
    "chair": ["主持人", "主持", "主持嘉宾", "chair", "moderator", "host", "session chair"],
    "contact": ["跟进人", "对接人", "联络人", "联系人", "负责人", "contact", "contact person", "owner", "follow-up"],
}
_BREAK = re.compile(
    r"(?:\w*\s*)?(?:茶歇|休息|午餐|午休|晚餐|早餐|自助餐|签到|报到|注册|入场|合影|散场|返程|"
    r"(?:coffee|tea|lunch|networking)(?: break)?|break|registration|check-?in|dinner|breakfast|group photo)\W*",
    re.IGNORECASE,
)
_BRIEF = 30


@dataclass(frozen=True)
class Scene:
    """What an agenda's bare dates and times are meant by: the meeting's first and last day, in its zone."""

    first: date
    last: date
    zone: ZoneInfo


@dataclass(frozen=True)
class Remark:
    """What is to be said of a row: ``name`` and facts; ``sheet`` only where the file has several."""

    row: int
    name: str
    sheet: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """One session of a list. What is empty was not said; ``told`` are the parts for which people were named.

    ``code`` is the session's own. ``running`` is only where it stands in the list, as a code for one that has none yet.
    """

    row: int
    title: str
    code: str = ""
    running: str = ""
    track: str = ""
    hall: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    talkers: tuple[Talker, ...] = ()
    told: frozenset[Part] = frozenset()
    contact: str = ""


@dataclass
class Agenda:
    """``left_out`` are rows of which nothing is taken, ``remarks`` are about rows that are; both by number and why."""

    items: list[Item] = field(default_factory=list)
    left_out: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    headed: bool = False
    order: Order = field(default_factory=Order)


def agenda(grids: Sequence[Grid], scene: Scene, *, breaks: bool = False, dates: str = "") -> Agenda:
    """All sheets with a column of titles; ``headed`` is False where none has one.

    ``breaks``: what is called like a meal or a break is a session, too. ``dates``: what is said to stand first there.
    """
    sheets = [(grid, found) for grid in grids if (found := find(grid.rows, HEADINGS)) and _has_titles(found)]
    cells = [row.values.get("date", "") for grid, found in sheets for row in found.rows(grid.rows)]
    read = Agenda(headed=bool(sheets), order=order_of(cells, (scene.first, scene.last), said=dates))
    several = len(grids) > 1
    for grid, found in sheets:
        read.unknown += [word for word in found.unknown.values() if word not in read.unknown]
        only = scene.first if scene.first == scene.last else None
        day = day_in(grid.name, scene.first, scene.last) or only
        sheet = _Sheet(read, scene, grid.name if several else "", day, breaks)
        for row in found.rows(grid.rows):
            sheet.take(row)
    return read


def _has_titles(found: Found) -> bool:
    return "title" in found.fields and len(found.fields) > 1


@dataclass
class _Sheet:
    """Rows below each other: a date holds for those below it, as in merged cells."""

    read: Agenda
    scene: Scene
    name: str
    day: date | None
    breaks: bool

    def take(self, row: Row) -> None:
        values = {name: value.strip() for name, value in row.values.items()}
        title, people = values.get("title", ""), values.get("speakers") or values.get("panel") or ""
        if not people and (not title or (len([*filter(None, values.values())]) == 1 and self._named(title))):
            self._heading(values)
            return
        self.day = self._day(row, values)
        code = _code(values.get("code", ""))
        if not title:
            self._leave(row, "no_title")
        elif _is_break(title) and not people and not self.breaks:
            self._leave(row, "break", text=title)
        elif code and code.casefold() in {item.code.casefold() for item in self.read.items}:
            self._again(row, values, code)
        else:
            self.read.items.append(self._item(row, values, code))

    def _again(self, row: Row, values: Mapping[str, str], code: str) -> None:
        """A mere number begins anew in another part of the list; a code of its own cannot be two sessions'."""
        if values["code"].isdecimal():
            self.read.items.append(self._item(row, values, ""))
        else:
            self._leave(row, "twice", text=code)

    def _heading(self, values: Mapping[str, str]) -> None:
        """A row across the sheet may name the day of those below it."""
        for value in values.values():
            self.day = self._named(value) or self.day

    def _named(self, text: str, *, alone: bool = False) -> date | None:
        day_first = self.read.order.day_first
        return day_in(text, self.scene.first, self.scene.last, alone=alone, day_first=day_first)

    def _leave(self, row: Row, name: str, **facts: Any) -> None:
        self.read.left_out.append(Remark(row.number, name, self.name, facts))

    def _remark(self, row: Row, name: str, **facts: Any) -> None:
        self.read.remarks.append(Remark(row.number, name, self.name, facts))

    def _day(self, row: Row, values: Mapping[str, str]) -> date | None:
        for name in ("date", "time", "start"):
            if found := self._named(values.get(name, ""), alone=name == "date"):
                if not self.scene.first <= found <= self.scene.last:
                    self._remark(row, "other_day", day=found)
                return found
        if values.get("date"):
            self._remark(row, "date", text=values["date"])
        return self.day

    def _item(self, row: Row, values: Mapping[str, str], code: str) -> Item:
        begin, end = self._times(row, values)
        people = list(_people(values))
        for name, most in LONGEST.items():
            if len(values.get(name, "")) > most:
                self._remark(row, "long", field=name, most=most)
        return Item(
            row.number,
            code=code,
            running=_code(values.get("running", "")),
            **{name: values.get(name, "")[:most] for name, most in LONGEST.items() if name != "code"},
            starts_at=begin,
            ends_at=end,
            talkers=tuple(people),
            told=frozenset(one.part for one in people),
            contact=values.get("contact", "").lstrip("@"),
        )

    def _times(self, row: Row, values: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
        said = [values[name] for name in ("start", "end") if values.get(name)] or [values.get("time", "")]
        try:
            times = [one for text in said for one in clocks_in(text)]
        except ValueError:
            times = []
        if any(said) and not times and not all(map(self._named, said)):
            self._remark(row, "time", text=" ".join(said))
        if self.day is None:
            if times:
                self._remark(row, "no_date")
            return None, None
        begin, end = (self._at(times[n]) if n < len(times) else None for n in (0, 1))
        if begin and end and end <= begin:
            self._remark(row, "backwards")
            end = None
        return begin, end

    def _at(self, clock: time) -> datetime | None:
        return datetime.combine(self.day, clock, self.scene.zone) if self.day else None


def _people(values: Mapping[str, str]) -> Iterator[Talker]:
    """Everybody in the session, each once: who speaks and leads it is a speaker."""
    units, positions = values.get("unit", ""), values.get("position", "")
    found = [
        *talkers(values.get("speakers", ""), units=units, positions=positions),
        *talkers(values.get("panel", ""), part=Part.PANELLIST),
        *talkers(values.get("chair", ""), part=Part.CHAIR),
    ]
    seen: set[str] = set()
    for one in found:
        if one.name not in seen:
            seen.add(one.name)
            yield one


def _code(text: str) -> str:
    """As people will type it: one word, without a slash; a mere number gets a letter before it."""
    code = re.sub(r"[\s/、,，;；]+", "-", text)[: LONGEST["code"]].strip("-")
    return f"S{int(code)}" if code.isdecimal() else code


def _is_break(title: str) -> bool:
    return len(title) <= _BRIEF and _BREAK.fullmatch(title) is not None
