"""The checklist beside the chat: the room's meeting, its phases and tasks, as the page draws them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from handlers import context_for_room
from storage import checklist, meetings, templates
from storage.checklist import State

if TYPE_CHECKING:
    from bot.platforms.web.who import Visitor
    from handlers.context import Context
    from storage.base import Session
    from storage.checklist import Task
    from storage.meetings import Meeting
    from storage.people import Person
    from storage.rooms import Room
    from storage.templates import Phase


@dataclass(frozen=True)
class Item:
    """A task as the panel shows it."""

    task: Task
    state: State
    owners: list[str]
    late: bool
    mine: bool


@dataclass(frozen=True)
class Section:
    """A phase; ``named`` is None where the template knows no such phase (tasks that were added by hand)."""

    number: int
    named: Phase | None
    items: list[Item]

    @property
    def done(self) -> int:
        return sum(item.task.finished for item in self.items)

    @property
    def late(self) -> int:
        return sum(item.late for item in self.items)


@dataclass(frozen=True)
class Panel:
    """``meeting`` is None where the room works on none; ``choices`` are then the meetings it could."""

    meeting: Meeting | None
    sections: list[Section]
    choices: list[Meeting]

    @property
    def done(self) -> int:
        return sum(section.done for section in self.sections)

    @property
    def total(self) -> int:
        return sum(len(section.items) for section in self.sections)

    @property
    def late(self) -> int:
        return sum(section.late for section in self.sections)


def meeting_of(db: Session, room: Room, now: datetime) -> Meeting | None:
    """The meeting that a room works on.

    A team's room works on the one that it was given; a person's own conversation also on the only one that a command
    there could be about.
    """
    if room.meeting_id is None and room.person_id is None:
        return None
    return context_for_room(db, room, now).meeting_if_clear()


def look(db: Session, found: Visitor, room: Room, now: datetime) -> Panel:
    meeting = meeting_of(db, room, now)
    if meeting is None:
        return Panel(None, [], list(meetings.running(db, found.workspace.id)))
    tasks = checklist.tasks(db, meeting.id)
    ctx: Context = context_for_room(db, room, now)
    owners = ctx.owners(tasks)
    phases = dict(enumerate(templates.get(db, meeting.template_id).read().phases, 1))
    items: dict[int, list[Item]] = {}
    for task in tasks:
        items.setdefault(task.phase, []).append(_item(task, owners[task.id], found, now))
    sections = [Section(number, phases.get(number), items[number]) for number in sorted(items)]
    return Panel(meeting, sections, [])


def _item(task: Task, owners: list[Person], found: Visitor, now: datetime) -> Item:
    return Item(
        task=task,
        state=State(task.state),
        owners=[person.name for person in owners],
        late=not task.finished and task.due_at < now,
        mine=any(person.id == found.person.id for person in owners),
    )
