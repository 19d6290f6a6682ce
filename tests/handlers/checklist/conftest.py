"""A meeting with the 58 tasks of the built-in template, an admin, a finance officer, and a room that follows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from handlers.plan import task_of
from handlers.templates.seeding import seed
from handlers.workdays import Calendar
from messages import Message
from storage import checklist, rooms, templates, workspace
from storage.checklist import Task, Watcher
from storage.meetings import Meeting
from storage.people import Role, RoleHolder
from tests.chat import TEAM, Chat, Somebody, at

ENDS = at("2026-06-08 17:00")
PHOTO = b"\xff\xd8\xff\xe0 a photo"


@dataclass
class Team:
    """``ann`` is the workspace's admin and leads nothing; ``bo`` leads, ``li`` is finance, ``wang`` has no role."""

    chat: Chat
    meeting: int
    ann: Somebody
    bo: Somebody
    li: Somebody
    wang: Somebody

    def task(self, number: int | str, meeting: int = 0) -> Task:
        """The task of that number, or of that key in the template, as it stands now."""
        with self.chat.app.database.read() as db:
            tasks = checklist.tasks(db, meeting or self.meeting)
        return next(task for task in tasks if number in {task.number, task.key})

    def tasks(self) -> list[Task]:
        with self.chat.app.database.read() as db:
            return list(checklist.tasks(db, self.meeting))

    def states(self) -> dict[str, str]:
        return {task.ref: str(task.state) for task in self.tasks()}

    def change(self, number: int | str, **fields: Any) -> None:
        """Set a task's fields behind the chat's back."""
        with self.chat.app.database.write() as db:
            row = db.get_one(Task, self.task(number).id)
            for name, value in fields.items():
                setattr(row, name, value)

    def hold(self, role: Role, *who: Somebody) -> None:
        with self.chat.app.database.write() as db:
            db.add_all(RoleHolder(meeting_id=self.meeting, role=role, person_id=one.id) for one in who)

    def watching(self, number: int) -> list[int]:
        with self.chat.app.database.read() as db:
            rows = db.query(Watcher).filter_by(task_id=self.task(number).id).all()
        return [row.person_id for row in rows]

    def gives(self, who: Somebody, line: str, *names: str) -> Message:
        """Say a line with files, each of its own content."""
        return who.says(line, files={name: PHOTO + name.encode() for name in names})


def found(chat: Chat, number: int = 1, *, proofs: bool = True, template: str = "after-meeting") -> int:
    """A meeting with every item of the newest template as a task; without ``proofs`` none asks for evidence."""
    with chat.app.database.write() as db:
        place = workspace.by_key(db, "main", locale=chat.app.settings.locale)
        seed(db, place.id, chat.clock.now())
        pinned = templates.newest(db, place.id, template)
        assert pinned is not None
        meeting = Meeting(
            workspace_id=place.id,
            number=number,
            name_zh="年会",
            name_en="Annual conference",
            starts_at=at("2026-06-06 09:00"),
            ends_at=ENDS,
            zone="Asia/Shanghai",
            template_id=pinned.id,
        )
        db.add(meeting)
        db.flush()
        for n, (phase, item) in enumerate(pinned.read().items(), 1):
            task = task_of(item, phase, n, meeting.id, ends_at=ENDS, calendar=Calendar("CN"))
            task.evidence = task.evidence if proofs else ""
            db.add(task)
        return meeting.id


def join(chat: Chat, meeting: int) -> Team:
    """The people, with their roles, and the team's room bound to the meeting."""
    team = Team(chat, meeting, *(chat.person(name) for name in ("Ann", "Bo", "Li", "Wang")))
    team.hold(Role.LEAD, team.bo)
    team.hold(Role.FINANCE, team.li)
    with chat.app.database.write() as db:
        rooms.met(db, workspace.by_key(db, "main").id, "console", TEAM).meeting_id = meeting
    return team


@pytest.fixture
def team(chat: Chat) -> Team:
    """As the template has it, evidence and all."""
    return join(chat, found(chat))


@pytest.fixture
def easy(chat: Chat) -> Team:
    """No task asks for evidence, so that states can be moved freely."""
    return join(chat, found(chat, proofs=False))


@pytest.fixture
def speak(tmp_path: Path) -> Iterator[Callable[..., Team]]:
    """Makes a team of its own: ``speak(locale="zh_CN", proofs=False)``."""
    made: list[Chat] = []

    def start(*, locale: str = "en", proofs: bool = True, now: str = "2026-06-10 08:00") -> Team:
        (folder := tmp_path / str(len(made))).mkdir()
        chat = Chat(folder, locale=locale, now=now)
        made.append(chat)
        return join(chat, found(chat, proofs=proofs))

    yield start
    for chat in made:
        chat.close()


def local(moment: datetime) -> str:
    """``06-17 18:00`` on Shanghai's clocks."""
    return moment.astimezone(ENDS.tzinfo).strftime("%m-%d %H:%M")
