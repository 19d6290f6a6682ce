"""Somebody who brings lists of people in, and an address book to look into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from messages import Message
from storage import parties
from storage.base import Base, Session
from storage.parties import Capacity, Intake, Party, Reach
from storage.people import Role
from tests.chat import Chat, Somebody, buttons
from tests.handlers.attendance.conftest import Rows, text
from tests.handlers.checklist.conftest import Team, found, join

OWN = frozenset({"intake", "intake_row", "heading"})
"""What an import keeps of itself."""


@dataclass
class Desk:
    """``bo`` leads, ``wang`` has no role, ``mei`` looks after sponsors."""

    team: Team
    bo: Somebody
    wang: Somebody
    mei: Somebody

    @property
    def chat(self) -> Chat:
        return self.team.chat

    def shows(self, rows: Rows | bytes, line: str = "people import as attendees", name: str = "list.csv") -> Message:
        return self.bo.says(line, files={name: rows if isinstance(rows, bytes) else text(rows)})

    def imports(self, rows: Rows | bytes, line: str = "people import as attendees", name: str = "list.csv") -> Message:
        """Show, and confirm what was shown."""
        preview = self.shows(rows, line, name)
        assert preview.name == "parties/preview", preview.body
        return self.bo.says(confirming(preview))

    def people(self) -> dict[str, Party]:
        with self.chat.read() as db:
            return {one.name: one for one in db.scalars(select(Party).order_by(Party.number))}

    def reached(self, name: str) -> list[tuple[str, str, int]]:
        with self.chat.read() as db:
            ways = db.scalars(
                select(Reach)
                .join(Party, Party.id == Reach.party_id)
                .where(Party.name == name)
                .order_by(Reach.kind, Reach.place)
            )
            return [(way.kind, way.value, way.place) for way in ways]

    def took(self, capacity: Capacity) -> list[str]:
        with self.chat.read() as db:
            return [party.name for party, _ in parties.of_meeting(db, self.team.meeting, capacity)]

    def rows(self, model: type[Base]) -> list[Any]:
        with self.chat.read() as db:
            return list(db.scalars(select(model)))

    def intakes(self) -> list[Intake]:
        return self.rows(Intake)

    def everything(self) -> dict[str, list[Any]]:
        with self.chat.read() as db:
            return dict(contents(db))


def contents(db: Session, versions: bool = False) -> Iterator[tuple[str, list[Any]]]:  # noqa: FBT001, FBT002
    """All that stands in the tables of people and units, ids included; how often a row was written is no part of it."""
    for name in ("party", "reach", "taking", "sponsor", "volunteer", "shift", "partner", "twin", "merge", "alias"):
        table = Base.metadata.tables[name]
        columns = [column for column in table.c if versions or column.name != "version"]
        yield name, [tuple(row) for row in db.execute(select(*columns).order_by(table.c.id))]


def confirming(message: Message) -> str:
    return next(button.line for button in buttons(message) if button.primary)


def _desk(chat: Chat) -> Desk:
    team = join(chat, found(chat))
    mei = chat.person("Mei")
    team.hold(Role.SPONSORSHIP, mei)
    return Desk(team, team.bo, team.wang, mei)


@pytest.fixture
def desk(chat: Chat) -> Desk:
    return _desk(chat)


@pytest.fixture
def chinese(tmp_path: Path) -> Desk:
    """The same in Chinese."""
    return _desk(Chat(tmp_path, locale="zh_CN"))


GUESTS: Sequence[Sequence[object]] = [
    ["姓名", "单位", "职务", "手机", "邮箱"],
    ["李娜", "甲公司", "秘书长", "13800000001", "li@example.org"],
    ["王强", "乙公司", "", "13800000002", ""],
    ["张伟", "丙公司", "", "", ""],
]
