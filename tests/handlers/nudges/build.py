"""Rows for the tests of nudges: a workspace, a meeting, its people and rooms, and a day that is easy to reckon with."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

import handlers
import messages
from handlers.context import Context
from handlers.nudges import jobs
from handlers.nudges.speaking import still_wanted
from handlers.refused import Refused
from messages import Message
from storage import conversation, journal, outbox, rooms  # noqa: F401  every table is known to the metadata
from storage.base import Base, Database
from storage.checklist import Assignment, Task
from storage.meetings import Meeting
from storage.nudges import Nudge
from storage.people import Leave, Person, Role, RoleHolder
from storage.rooms import Room
from storage.templates import Template
from storage.workspace import Workspace

SHANGHAI = ZoneInfo("Asia/Shanghai")
PHOTOS = {
    "key": "photos",
    "title": {"zh": "照片", "en": "Photos"},
    "how": {"zh": "收", "en": "Collect"},
    "due": "E+1",
    "owner": "publicity",
}
REPORT = {**PHOTOS, "key": "report", "title": {"zh": "报告", "en": "Report"}, "after": ["photos"]}
PHASE = {"key": "one", "title": {"zh": "收尾", "en": "Wrap-up"}, "items": [PHOTOS, REPORT]}
CONTENT = json.dumps({"key": "t", "version": 1, "title": {"zh": "模板", "en": "Template"}, "phases": [PHASE]})


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """``2026-06-10 09:10`` on the clocks of the zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def database(url: str) -> Database:
    found = Database(url, synchronous="OFF")
    Base.metadata.create_all(found.writer)
    return found


@dataclass
class World:
    """One workspace with one meeting; ``now`` is moved by hand."""

    db: Database
    now: datetime = field(default_factory=lambda: at("2026-06-10 08:00"))
    place: Workspace = field(default_factory=lambda: Workspace(key="main", locale="en", country="CN"))

    def __post_init__(self) -> None:
        self.meeting = Meeting(
            number=1,
            name_zh="年会",
            name_en="Annual meeting",
            zone="Asia/Shanghai",
            starts_at=at("2026-06-06 09:00"),
            ends_at=at("2026-06-08 17:00"),
        )
        with self.db.write() as db:
            db.add(self.place)
            db.flush()
            template = Template(
                workspace_id=self.place.id, key="t", version=1, source="", content=CONTENT, added_at=self.now
            )
            db.add(template)
            db.flush()
            self.meeting.workspace_id, self.meeting.template_id = self.place.id, template.id
            db.add(self.meeting)

    def add(self, *rows: Any) -> None:
        with self.db.write() as db:
            db.add_all(rows)

    def person(self, name: str, *roles: Role, room: bool = True, **fields: Any) -> Person:
        person = Person(workspace_id=self.place.id, name=name, **fields)
        self.add(person)
        self.add(*(RoleHolder(meeting_id=self.meeting.id, role=role, person_id=person.id) for role in roles))
        if room:
            self.room(f"dm-{name}", person_id=person.id, meeting_id=None)
        return person

    def room(self, name: str = "team", **fields: Any) -> Room:
        given = {"workspace_id": self.place.id, "platform": "console", "external": name, "name": name}
        room = Room(**{**given, "meeting_id": self.meeting.id, **fields})
        self.add(room)
        return room

    def room_of(self, person: Person) -> Room:
        with self.db.read() as db:
            return rooms.direct(db, [person.id])[0]

    def task(self, number: int, due: str | datetime, *owners: Person, **fields: Any) -> Task:
        due_at = at(due) if isinstance(due, str) else due
        given = {"meeting_id": self.meeting.id, "number": number, "phase": 1, "title_en": f"Task {number}"}
        task = Task(**{**given, "due_at": due_at, **fields})
        self.add(task)
        self.add(*(Assignment(task_id=task.id, person_id=person.id) for person in owners))
        return task

    def leave(self, person: Person, first: str, last: str, cover: Person | None = None) -> None:
        days = date.fromisoformat(first), date.fromisoformat(last)
        self.add(Leave(person_id=person.id, first=days[0], last=days[1], cover_id=cover.id if cover else None))

    def change(self, row: Any, **fields: Any) -> None:
        """Through the ORM, as commands do, so that what must follow from it follows."""
        with self.db.write() as db:
            found = db.get_one(type(row), row.id)
            for name, value in fields.items():
                setattr(found, name, value)

    # --- time

    def tick(self, moment: str | datetime | None = None) -> None:
        """One tick of the nudges, as the scheduler does it."""
        if moment is not None:
            self.now = at(moment) if isinstance(moment, str) else moment
        with self.db.read() as db:
            units = jobs.due(db, self.now)
        for unit in units:
            with self.db.write() as db:
                jobs.sweep(db, unit, self.now, {})
        if units:
            self._word()

    def _word(self) -> None:
        """What was promised reads as it would go out at once."""
        table = outbox.outbox
        wordless = select(table.c.id, table.c.dedupe_key, table.c.room_id, table.c.payload).where(
            table.c.recheck == "nudges", table.c.payload.not_like('%"title"%')
        )
        with self.db.write() as db:
            for number, key, room_id, payload in db.execute(wordless).all():
                ctx = handlers.context_for_room(db, rooms.get(db, room_id), self.now)
                message = still_wanted(ctx, key, Message.known(payload))
                assert message
                db.execute(update(table).where(table.c.id == number).values(payload=message.kept()))

    def live(self, until: str | datetime, *, most: int = 2000) -> None:
        """Every look that is planned, on time, up to a moment."""
        last = at(until) if isinstance(until, str) else until
        for _ in range(most):
            with self.db.read() as db:
                due = db.scalar(select(func.min(Task.next_nudge_at)))
            if due is None or due > last:
                break
            self.tick(max(due, self.now))
        else:
            raise AssertionError("it looks again and again")
        self.now = last

    # --- what became of it

    def ledger(self, **fields: Any) -> list[Nudge]:
        with self.db.read() as db:
            return list(db.scalars(select(Nudge).filter_by(**fields).order_by(Nudge.at, Nudge.id)))

    def heard(self, room: Room, *, zone: ZoneInfo = SHANGHAI) -> list[str]:
        """``T1 due 06-10 09:10`` for every nudge that a room was sent."""
        with self.db.read() as db:
            question = select(Nudge, Task.number).join(Task).where(Nudge.room_id == room.id, Nudge.state != "deferred")
            rows = db.execute(question.order_by(Nudge.at, Task.number)).all()
        return [f"T{number} {row.rung} {row.at.astimezone(zone):%m-%d %H:%M}" for row, number in rows]

    def put_off(self, room: Room, *, zone: ZoneInfo = SHANGHAI) -> list[str]:
        rows = self.ledger(room_id=room.id, state="deferred")
        return [f"{row.rung} {row.reason} {row.until.astimezone(zone):%m-%d %H:%M}" for row in rows if row.until]

    def said(self, room: Room, *, edits: bool = False) -> list[tuple[str, Message]]:
        """Key and message of what was promised to a room, oldest first; edits of earlier messages only if asked for."""
        table = outbox.outbox
        question = select(table.c.dedupe_key, table.c.payload).where(
            table.c.room_id == room.id, table.c.edits.is_not(None) if edits else table.c.edits.is_(None)
        )
        with self.db.read() as db:
            rows = db.execute(question.order_by(table.c.id)).all()
        return [(key, Message.model_validate_json(payload)) for key, payload in rows]

    def next_look(self, task: Task) -> datetime | None:
        with self.db.read() as db:
            return db.get_one(Task, task.id).next_nudge_at

    def asks(self, person: Person, line: str, thread: tuple[Any, ...] = ()) -> Message:
        """The answer to a command, through the router, in English; a refusal is worded as dispatch does it."""
        with self.db.write() as db:
            ctx = Context(db, self.place, person, self.room_of(person), self.now, line=line, thread=thread)
            step = db.begin_nested()
            try:
                return handlers.router.answer(ctx, line)
            except Refused as refused:
                step.rollback()
                return messages.refuse(refused.name, ctx.locale, zone=ctx.zone.key, **refused.facts)

    def refusal(self, person: Person, line: str) -> str:
        """The name of the refusal that a command meets."""
        with pytest.raises(Refused) as caught, self.db.write() as db:
            handlers.router.answer(Context(db, self.place, person, self.room_of(person), self.now, line=line), line)
        return caught.value.name
