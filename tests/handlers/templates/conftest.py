"""A workspace with the built-in template, an admin, a room, a file store, and one meeting that runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers import templates as capability
from handlers.context import Context
from handlers.plan import task_of
from messages import Message
from storage import checklist, files, people, rooms, templates, workspace
from storage.base import Base, Database
from storage.checklist import Task
from storage.folder import Folder
from storage.meetings import Meeting
from storage.templates import Template
from tests.databases import address

NOW = datetime(2026, 6, 10, 2, tzinfo=UTC)
ENDS = datetime(2026, 6, 8, 9, tzinfo=UTC)


@dataclass
class Desk:
    """Somebody who says command lines; nothing between them and the capability but its router."""

    ctx: Context

    def says(self, line: str, *attached: bytes, locale: str = "") -> Message:
        ctx = replace(self.ctx, line=line, files=tuple(map(self.sends, attached)), subject=None)
        ctx.person.locale = locale or "en"
        return capability.router.answer(ctx, line)

    def sends(self, data: bytes) -> files.File:
        assert self.ctx.store is not None
        stored = self.ctx.store.put([data], limit=10_000_000)
        ctx = self.ctx
        return files.add(
            ctx.db,
            ctx.workspace.id,
            name="list.yaml",
            digest=stored.digest,
            size=stored.size,
            media_type="application/yaml",
            person_id=ctx.person.id,
            room_id=ctx.room.id,
            at=ctx.now,
        )

    def presses(self, message: Message, label: str) -> Message:
        buttons = [*message.buttons, *(button for row in message.rows for button in row.buttons)]
        return self.says(next(button.line for button in buttons if button.label == label))

    def imports(self, text: str) -> Message:
        return self.presses(self.says("template import", text.encode()), "Confirm")

    def versions(self) -> list[tuple[str, int]]:
        question = select(Template.key, Template.version).where(Template.workspace_id == self.ctx.workspace.id)
        return [(key, version) for key, version in self.ctx.db.execute(question.order_by(*question.selected_columns))]

    def file(self, message: Message) -> str:
        assert self.ctx.store is not None
        return b"".join(self.ctx.store.pieces(message.files[0].digest)).decode()

    def as_nobody(self) -> Desk:
        """Somebody of the team who is neither admin nor lead."""
        other = people.met(self.ctx.db, self.ctx.workspace.id, "console", "li", name="Li")
        return Desk(replace(self.ctx, person=other))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = Database(address(tmp_path), synchronous="OFF")
    Base.metadata.create_all(database.writer)
    with database.write() as db:
        place = workspace.by_key(db, "main")
        ann = people.met(db, place.id, "console", "ann", name="Ann")
        room = rooms.met(db, place.id, "console", "terminal")
        capability.seed(db, place.id, NOW)
        yield Desk(Context(db, place, ann, room, NOW, store=Folder(tmp_path / "files")))
    database.close()


@pytest.fixture
def meeting(desk: Desk) -> Meeting:
    """Begun with the built-in template, all of its tasks still open."""
    db, template = desk.ctx.db, templates.newest(desk.ctx.db, desk.ctx.workspace.id, "after-meeting")
    assert template is not None
    found = Meeting(
        workspace_id=desk.ctx.workspace.id,
        number=1,
        name_zh="年会",
        name_en="Annual conference",
        starts_at=ENDS,
        ends_at=ENDS,
        zone="Asia/Shanghai",
        template_id=template.id,
    )
    db.add(found)
    db.flush()
    context = replace(desk.ctx, subject=found)
    for n, (phase, item) in enumerate(template.read().items(), 1):
        db.add(task_of(item, phase, n, found.id, ends_at=context.meeting_end, calendar=context.calendar))
    db.flush()
    return found


@pytest.fixture
def task(desk: Desk, meeting: Meeting) -> Callable[[str], Task]:
    """The meeting's task of a template's item."""

    def find(key: str) -> Task:
        return next(task for task in checklist.tasks(desk.ctx.db, meeting.id) if task.key == key)

    return find
