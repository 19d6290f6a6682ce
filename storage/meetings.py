"""Meetings: the conference whose aftermath is worked off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, event, func, inspect, or_, select, update
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from storage.base import Base
from storage.checklist import UNFINISHED, Task

PLAN_NOW = datetime(2000, 1, 1, tzinfo=UTC)
"""``next_summary_at`` and ``next_materials_at`` of a meeting that began or came back: the next tick plans the first."""


class MeetingState(StrEnum):
    """CLOSING: the aftermath is being worked off. CLOSED: everything is settled; reopen before changing anything."""

    CLOSING = "closing"
    CLOSED = "closed"


class Mode(StrEnum):
    ONSITE = "onsite"
    ONLINE = "online"
    HYBRID = "hybrid"


class Meeting(Base):
    """``number`` is the M of ``M2``; ``ends_at`` is E, from which due dates count, in ``zone``."""

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("workspace_id", "number"),
        Index("ix_meeting_summary", "next_summary_at", sqlite_where=None),
        Index("ix_meeting_materials", "next_materials_at", sqlite_where=None),
        {"sqlite_autoincrement": True},  # the journal remembers numbers of rows that were taken back
    )
    derived: ClassVar[frozenset[str]] = frozenset({"version", "next_summary_at", "next_materials_at"})

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    number: Mapped[int]
    name_zh: Mapped[str] = mapped_column(String(200), default="")
    name_en: Mapped[str] = mapped_column(String(200), default="")
    edition: Mapped[str] = mapped_column(String(50), default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(60))
    venue: Mapped[str] = mapped_column(String(300), default="")
    mode: Mapped[Mode] = mapped_column(String(10), default=Mode.ONSITE)
    expected: Mapped[int | None]
    goals: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    state: Mapped[MeetingState] = mapped_column(String(10), default=MeetingState.CLOSING)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
    next_summary_at: Mapped[datetime | None]
    next_materials_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form


@event.listens_for(Meeting, "before_insert")
@event.listens_for(Meeting, "before_update")
def _plan_ahead(_mapper: Mapper[Meeting], _connection: Any, meeting: Meeting) -> None:
    """A running meeting has its weekly summary planned; a closed one has none.

    Materials are looked for once there is a programme, and again when the meeting comes back.
    """
    if inspect(meeting).attrs["state"].history.has_changes() or meeting.id is None:
        meeting.next_summary_at = None if meeting.state == MeetingState.CLOSED else PLAN_NOW
        meeting.next_materials_at = meeting.next_summary_at if inspect(meeting).persistent else None


def get(db: Session, meeting_id: int) -> Meeting:
    return db.get_one(Meeting, meeting_id)


def by_number(db: Session, workspace_id: int, number: int) -> Meeting | None:
    return db.scalar(select(Meeting).where(Meeting.workspace_id == workspace_id, Meeting.number == number))


def all_of(db: Session, workspace_id: int) -> Sequence[Meeting]:
    return db.scalars(select(Meeting).where(Meeting.workspace_id == workspace_id).order_by(Meeting.number)).all()


def running(db: Session, workspace_id: int) -> Sequence[Meeting]:
    question = select(Meeting).where(Meeting.workspace_id == workspace_id, Meeting.state == MeetingState.CLOSING)
    return db.scalars(question.order_by(Meeting.number)).all()


@dataclass(frozen=True)
class Standing:
    """How far a meeting's checklist is."""

    finished: int = 0
    total: int = 0
    overdue: int = 0


def standings(db: Session, ids: Iterable[int], now: datetime) -> dict[int, Standing]:
    """How far each of these meetings is."""
    unfinished = Task.state.in_(UNFINISHED)
    question = select(
        Task.meeting_id,
        func.count().filter(~unfinished),
        func.count(),
        func.count().filter(unfinished, Task.due_at < now),
    ).where(Task.meeting_id.in_(wanted := list(ids)))
    found = {row[0]: Standing(*row[1:]) for row in db.execute(question.group_by(Task.meeting_id))}
    return {meeting_id: found.get(meeting_id, Standing()) for meeting_id in wanted}


def named(db: Session, workspace_id: int, words: str) -> Sequence[Meeting]:
    """Meetings with ``words`` in a name, in either language, the newest first."""
    holds = or_(*(name.icontains(words, autoescape=True) for name in (Meeting.name_zh, Meeting.name_en)))
    question = select(Meeting).where(Meeting.workspace_id == workspace_id, holds)
    return db.scalars(question.order_by(Meeting.number.desc())).all()


def next_number(db: Session, workspace_id: int) -> int:
    return (db.scalar(select(func.max(Meeting.number)).where(Meeting.workspace_id == workspace_id)) or 0) + 1


_TABLE = Base.metadata.tables["meeting"]


def plan_materials(db: Session, meeting_id: int, at: datetime | None = PLAN_NOW) -> None:
    """Write when to look next for what is missing of the meeting, without touching its version."""
    db.connection().execute(update(_TABLE).where(_TABLE.c.id == meeting_id).values(next_materials_at=at))


def materials_due(db: Session, now: datetime) -> Sequence[int]:
    """Workspaces with a meeting whose materials are to be looked at."""
    question = select(Meeting.workspace_id).where(Meeting.next_materials_at <= now)
    return db.scalars(question.distinct().order_by(Meeting.workspace_id)).all()


def to_look_at(db: Session, workspace_id: int, now: datetime) -> Sequence[Meeting]:
    """Those meetings of a workspace, locked against a second look."""
    question = select(Meeting).where(Meeting.workspace_id == workspace_id, Meeting.next_materials_at <= now)
    return db.scalars(question.order_by(Meeting.id).limit(100).with_for_update(skip_locked=True)).all()
