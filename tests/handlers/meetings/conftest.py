"""People in a room, and ways to look at what they did to their meetings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import select

from messages import Message
from storage import checklist, meetings
from storage.checklist import State, Task
from storage.meetings import Meeting
from tests.chat import Chat, Somebody, buttons

FIRST = "meeting new Annual Conference end: 8 June 17:00 start: 6 June"
SECOND = "meeting new Spring Forum end: 5 June 17:00"


@dataclass
class Office:
    """Ann is the admin; Bob is anybody; 王芳 reads Chinese."""

    chat: Chat
    ann: Somebody
    bob: Somebody
    fang: Somebody

    def meeting(self, number: int = 1) -> Meeting:
        with self.chat.read() as db:
            return db.scalars(select(Meeting).where(Meeting.number == number)).one()

    def tasks(self, number: int = 1) -> Sequence[Task]:
        with self.chat.read() as db:
            return checklist.tasks(db, self.meeting(number).id)

    def task(self, ref: int, meeting: int = 1) -> Task:
        return next(task for task in self.tasks(meeting) if task.number == ref)

    def watched(self, room: str = "team") -> int | None:
        """The number of the meeting that the room works on."""
        with self.chat.read() as db:
            row = self.chat.room(room).row(db)
            return meetings.get(db, row.meeting_id).number if row and row.meeting_id else None

    def change(self, how: Callable[[Task], None], *refs: int, meeting: int = 1) -> None:
        """Change tasks behind the chat's back; all of them unless some are named."""
        with self.chat.app.database.write() as db:
            for task in checklist.tasks(db, self.meeting(meeting).id):
                if not refs or task.number in refs:
                    how(task)

    def settle(self, *but: int) -> None:
        """Everything is done, but for some."""
        others = [task.number for task in self.tasks() if task.number not in but]
        self.change(done(self.ann.id, self.chat.clock.now()), *others)


def done(by: int, at: datetime) -> Callable[[Task], None]:
    def finish(task: Task) -> None:
        task.state, task.done_by, task.done_at = State.DONE, by, at

    return finish


def labels(message: Message) -> list[str]:
    return [button.label for button in buttons(message)]


@pytest.fixture
def office(chat: Chat) -> Office:
    return Office(chat, chat.person("Ann"), chat.person("Bob"), chat.person("王芳", locale="zh_CN"))
