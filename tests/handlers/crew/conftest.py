"""Somebody who looks after the volunteers, in either language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from storage import crew
from storage.crew import Shift, Volunteer
from storage.parties import Party
from storage.people import Role
from tests.chat import Chat, Somebody
from tests.handlers.checklist.conftest import Team, found, join


@dataclass
class Crew:
    """``bo`` leads, ``mei`` looks after volunteers, ``wang`` has no role."""

    team: Team
    bo: Somebody
    mei: Somebody
    wang: Somebody

    @property
    def chat(self) -> Chat:
        return self.team.chat

    def rows(self) -> dict[str, Volunteer]:
        """By name."""
        with self.chat.read() as db:
            names = {party.id: party.name for party in db.scalars(select(Party))}
            return {names[row.party_id]: row for row in crew.of_meeting(db, self.team.meeting)}

    def shifts(self) -> list[Shift]:
        with self.chat.read() as db:
            return list(crew.shifts(db, self.team.meeting))

    def parties(self) -> list[str]:
        with self.chat.read() as db:
            return list(db.scalars(select(Party.name).order_by(Party.number)))


def _crew(chat: Chat) -> Crew:
    team = join(chat, found(chat))
    mei = chat.person("Mei")
    team.hold(Role.VOLUNTEERS, mei)
    return Crew(team, team.bo, mei, team.wang)


@pytest.fixture
def desk(chat: Chat) -> Crew:
    return _crew(chat)


@pytest.fixture
def chinese(tmp_path: Path) -> Iterator[Crew]:
    chat = Chat(tmp_path, locale="zh_CN")
    yield _crew(chat)
    chat.close()
