"""A team of three: Ann is the admin; a meeting with the built-in checklist runs in the team's room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from handlers import templates as capability
from handlers.plan import task_of
from handlers.workdays import Calendar
from storage import meetings, people, rooms, templates, workspace
from storage.meetings import Meeting
from storage.people import Role, RoleHolder
from tests.chat import SHANGHAI, TEAM, Chat, Somebody

ENDS = datetime(2026, 6, 8, 9, tzinfo=UTC)


def begin(chat: Chat, *, number: int = 1, room: str = TEAM) -> int:
    """A meeting that ended on Monday, bound to the room; its id."""
    with chat.app.database.write() as db:
        place = workspace.by_key(db, "main", locale="en")
        capability.seed(db, place.id, chat.clock.now())
        template = templates.newest(db, place.id, "after-meeting")
        assert template is not None
        meeting = Meeting(
            workspace_id=place.id,
            number=number,
            name_zh="年会",
            name_en="Annual conference",
            starts_at=ENDS,
            ends_at=ENDS,
            zone="Asia/Shanghai",
            template_id=template.id,
        )
        db.add(meeting)
        db.flush()
        ends_at = ENDS.astimezone(SHANGHAI)
        for n, (phase, item) in enumerate(template.read().items(), 1):
            db.add(task_of(item, phase, n, meeting.id, ends_at=ends_at, calendar=Calendar()))
        rooms.met(db, place.id, "console", room).meeting_id = meeting.id
        return meeting.id


@dataclass
class Team:
    """``ann`` is the admin, ``li`` and ``wang`` have no role yet."""

    chat: Chat
    ann: Somebody
    li: Somebody
    wang: Somebody
    meeting_id: int

    def roles(self, person: Somebody) -> set[Role]:
        with self.chat.read() as db:
            return set(people.roles_of(db, self.meeting_id, person.id))

    def gives(self, person: Somebody, role: Role) -> None:
        with self.chat.app.database.write() as db:
            db.add(RoleHolder(meeting_id=self.meeting_id, role=role, person_id=person.id))

    def meeting(self) -> Meeting:
        with self.chat.read() as db:
            return meetings.get(db, self.meeting_id)


@pytest.fixture
def team(chat: Chat) -> Team:
    ann, li, wang = (chat.person(name) for name in ("Ann", "Li Na", "王五"))
    return Team(chat, ann, li, wang, begin(chat))
