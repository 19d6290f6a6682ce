"""Made-up lists of people who do not exist, in whatever they may have been saved in; and somebody who imports them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlsxwriter

from messages import Message
from storage import attendance
from storage.attendance import Attendee, Roll, Tally
from storage.people import Role
from tests.chat import Chat, Somebody, buttons
from tests.handlers.checklist.conftest import Team, found, join

Rows = Sequence[Sequence[object]]

BOOKED: Rows = [
    ["姓名", "单位", "职务", "手机", "邮箱"],
    ["李娜", "甲公司", "秘书长", "13800000001", "li@example.org"],
    ["王强", "乙公司", "", "13800000002", ""],
    ["张伟", "丙公司", "", "13800000003", ""],
    ["陈静", "丁公司", "", "13800000004", ""],
]
SIGNED: Rows = [
    ["姓名", "手机", "签到时间"],
    ["李娜", "+86 138 0000 0001", "2026-06-08 09:01"],
    ["赵敏", "13800000009", "2026-06-08 09:05"],
    ["王强", "", "2026-06-08 09:06"],
]
WATCHED: Rows = [["User email", "Join time", "Duration (minutes)"], ["LI@example.org", "2026-06-08 09:01", "35"]]


def text(rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    return "\r\n".join(delimiter.join(map(str, row)) for row in rows).encode(encoding)


def book(rows: Rows, *, titles: Sequence[str] = (), more: dict[str, Rows] | None = None) -> bytes:
    """An xlsx file; ``titles`` are merged over all columns above the headings, ``more`` are other sheets."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as made:
        sheet = made.add_worksheet("名单")
        for number, title in enumerate(titles):
            sheet.merge_range(number, 0, number, len(rows[0]) - 1, title)
        for number, row in enumerate(rows):
            sheet.write_row(number + len(titles), 0, row)
        for name, others in (more or {}).items():
            other = made.add_worksheet(name)
            for number, row in enumerate(others):
                other.write_row(number, 0, row)
    return target.getvalue()


@dataclass
class Desk:
    """``bo`` leads, ``li`` is finance, ``wang`` has no role, ``mei`` looks after members."""

    team: Team
    bo: Somebody
    wang: Somebody
    mei: Somebody

    @property
    def chat(self) -> Chat:
        return self.team.chat

    def shows(self, name: str, content: bytes, line: str = "attendance import") -> Message:
        return self.bo.says(line, files={name: content})

    def imports(self, name: str, content: bytes, line: str = "attendance import") -> Message:
        """Show, and confirm what was shown."""
        preview = self.shows(name, content, line)
        assert preview.name == "attendance/preview", preview.body
        return self.bo.says(next(button.line for button in buttons(preview) if button.primary))

    def tally(self) -> Tally:
        with self.chat.read() as db:
            return attendance.tally(db, self.team.meeting)

    def people(self) -> dict[str, Attendee]:
        with self.chat.read() as db:
            return {one.name: one for one in attendance.people(db, self.team.meeting)}

    def rolls(self) -> list[Roll]:
        with self.chat.read() as db:
            return list(attendance.rolls(db, self.team.meeting))


def _desk(chat: Chat) -> Desk:
    team = join(chat, found(chat))
    mei = chat.person("Mei")
    team.hold(Role.MEMBERSHIP, mei)
    return Desk(team, team.bo, team.wang, mei)


@pytest.fixture
def desk(chat: Chat) -> Desk:
    return _desk(chat)


@pytest.fixture
def chinese(tmp_path: Path) -> Desk:
    """The same in Chinese."""
    return _desk(Chat(tmp_path, locale="zh_CN"))
