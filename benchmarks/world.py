"""Databases to measure on: rows are written directly, so that nothing but the measured path is in the way."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

import handlers
from bot.app import App, build
from bot.ask import Ask
from bot.clock import Clock
from bot.settings import Settings
from storage import people, rooms, templates, workspace
from storage.base import Base, Session
from storage.checklist import Task
from storage.meetings import Meeting
from storage.people import Role, RoleHolder
from storage.rooms import Room

NOW = datetime(2026, 6, 10, 1, 10, tzinfo=UTC)
"""A Wednesday, ten past nine in Shanghai: the hour of the morning's nudges."""
TASKS = 60


class StillClock(Clock):
    """Every round lives through the same moment."""

    def now(self) -> datetime:
        return NOW


def app(folder: Path) -> App:
    """The bot as it is run: SQLite in a file, synchronous FULL. Its warnings are shown, nothing else."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    return build(Settings(_env_file=None, data=folder, locale="en"), clock=StillClock())


def create(folder: Path) -> App:
    """The same on a new database with one workspace, a room of the team and its admin."""
    folder.mkdir(parents=True, exist_ok=True)
    made = app(folder)
    Base.metadata.create_all(made.database.writer)
    with made.database.write() as db:
        place = workspace.by_key(db, "main", locale="en")
        people.met(db, place.id, "console", "ann", name="Ann")
        rooms.met(db, place.id, "console", "team")
        handlers.furnish(db, place.id, NOW)
    return made


def meeting(
    db: Session, number: int = 1, *, tasks: int = TASKS, due: datetime | None = None, now: datetime = NOW
) -> Meeting:
    """A meeting with that many tasks of no evidence; Ann leads it, and the team's room works on the first."""
    place = workspace.by_key(db, "main")
    template = templates.newest(db, place.id, "after-meeting")
    assert template is not None  # noqa: S101  create() has furnished the workspace
    ended = now - timedelta(days=2)
    made = Meeting(
        workspace_id=place.id,
        number=number,
        name_zh="年会",
        name_en="Annual meeting",
        starts_at=ended - timedelta(days=2),
        ends_at=ended,
        zone="Asia/Shanghai",
        template_id=template.id,
        next_summary_at=None,
    )
    db.add(made)
    db.flush()
    db.add(RoleHolder(meeting_id=made.id, role=Role.LEAD, person_id=1))
    for row in range(1, tasks + 1):
        db.add(
            Task(
                meeting_id=made.id,
                number=row,
                phase=1 + row % 7,
                title_zh=f"任务 {row}",
                title_en=f"Task {row}",
                due_at=due or now + timedelta(days=1 + row),
                owner_role=Role.FINANCE if row % 3 else None,
            )
        )
    if number == 1:
        db.get_one(Room, 1).meeting_id = made.id
    return made


def ask(line: str, event: str) -> Ask:
    return Ask("console", "ann", "team", line, event_id=event, name="Ann")
