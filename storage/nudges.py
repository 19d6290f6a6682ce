"""The ledger of nudges: what was sent, put off and why; what is planned follows from it by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, NamedTuple

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    bindparam,
    case,
    func,
    insert,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Utc
from storage.chases import Chase
from storage.checklist import UNFINISHED, State, Task
from storage.meetings import Meeting
from storage.people import Leave, Role
from storage.prepared import Prepared
from storage.rooms import Room
from storage.templates import Template
from storage.workspace import Workspace

MOST_AT_ONCE = 500
"""Tasks that one transaction looks at: nobody who wants to write waits for longer than that takes."""

MOST_A_TICK = 50_000
"""Tasks that one tick looks at: of more, which only a bot finds that was away for long, those that wait longest."""


class Rung(StrEnum):
    """How far a task's nudging has climbed. LATE is the first working day after the due date, LATER the third."""

    HEADS_UP = "heads_up"
    DUE = "due"
    LATE = "late"
    LATER = "later"
    WEEKLY = "weekly"


class NudgeState(StrEnum):
    """DEFERRED: put off to ``until``, for ``reason``. SENT. STRUCK: sent, and struck through once the task was done."""

    DEFERRED = "deferred"
    SENT = "sent"
    STRUCK = "struck"


class Reason(StrEnum):
    """Why a nudge was put off. CAP: the person had enough messages that day. AWAY: on leave."""

    QUIET = "quiet"
    DAY_OFF = "day_off"
    AWAY = "away"
    CAP = "cap"
    SNOOZED = "snoozed"


class Nudge(Base):
    """One (task, rung, local date, room): the unique key that makes a second nudge impossible.

    ``message`` is the outbox key of the message that carried it. One that was put off and sent on the same day
    keeps its ``reason`` and ``until``.
    """

    __tablename__ = "nudge"
    __table_args__ = (
        UniqueConstraint("task_id", "rung", "local_date", "room_id"),
        Index("ix_nudge_message", "message"),
        Index("ix_nudge_room_date", "room_id", "local_date"),
    )
    journalled: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    rung: Mapped[Rung] = mapped_column(String(10))
    local_date: Mapped[date]
    state: Mapped[NudgeState] = mapped_column(String(10))
    due_at: Mapped[datetime]
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(20), default="")
    message: Mapped[str | None] = mapped_column(String(120))


@dataclass
class Fresh:
    """A row of the ledger that is not stored yet."""

    task_id: int
    room_id: int
    rung: Rung
    local_date: date
    state: NudgeState
    due_at: datetime
    at: datetime
    until: datetime | None = None
    reason: str = ""
    message: str | None = None


Record = Nudge | Fresh


class DueTask(NamedTuple):
    """What a sweep needs of a task: a plain row, as it looks at thousands."""

    id: int
    meeting_id: int
    number: int
    state: State
    due_at: datetime
    owner_role: Role | None
    snoozed_until: datetime | None
    next_nudge_at: datetime

    @property
    def ref(self) -> str:
        return f"T{self.number}"

    @property
    def finished(self) -> bool:
        return self.state not in UNFINISHED


Nudged = Task | DueTask
"""A task as far as nudges go."""


def lock(db: Session, workspace_id: int) -> Workspace | None:
    """The workspace, held until the transaction ends; None while another sweep holds it."""
    question = select(Workspace).where(Workspace.id == workspace_id)
    return db.scalar(question.with_for_update(key_share=True, skip_locked=True))


def lock_all(db: Session, workspace_ids: Iterable[int]) -> list[Workspace]:
    """Those of the workspaces that no other sweep holds, held likewise."""
    question = select(Workspace).where(Workspace.id.in_(list(workspace_ids))).order_by(Workspace.id)
    return [*db.scalars(question.with_for_update(key_share=True, skip_locked=True))]


def add(db: Session, rows: Sequence[Fresh]) -> None:
    """Store new rows in one statement; they do not become part of the session."""
    _ADD.run_all(db, map(vars, rows))


def of_tasks(db: Session, task_ids: Iterable[int]) -> dict[int, list[Record]]:
    """The ledger by task, oldest first."""
    wanted = list(task_ids)
    found: dict[int, list[Record]] = {task_id: [] for task_id in wanted}
    for nudge in db.scalars(_OF_TASKS, {"tasks": wanted}):
        found[nudge.task_id].append(nudge)
    return found


def of_messages(db: Session, keys: Iterable[str]) -> dict[str, list[Nudge]]:
    """What each message carried, by its key."""
    found: dict[str, list[Nudge]] = {key: [] for key in keys}
    for nudge in db.scalars(select(Nudge).where(Nudge.message.in_(list(found))).order_by(Nudge.id)):
        found[nudge.message or ""].append(nudge)
    return found


def messages_since(db: Session, room_ids: Iterable[int], day: date) -> dict[tuple[int, date], int]:
    """How many reminders each room got on each local day from ``day`` on: of tasks, and of missing materials."""
    found: Counter[tuple[int, date]] = Counter()
    for room_id, local_date, count in db.execute(_REMINDERS, {"rooms": list(room_ids), "day": day}):
        found[room_id, local_date] += count
    return found


def due(db: Session, now: datetime) -> dict[int, list[int]]:
    """Ids of the tasks to be looked at, by workspace. Cost grows with what is due, not with what exists."""
    found: dict[int, list[int]] = {}
    for workspace_id, task_id in db.execute(_DUE, {"now": now, "most": MOST_A_TICK}):
        found.setdefault(workspace_id, []).append(task_id)
    return found


def hold(db: Session, task_ids: Iterable[int], now: datetime) -> Sequence[DueTask]:
    """Those of the tasks that are still to be looked at; one that is being changed this moment waits for the next tick.

    Held until the transaction ends, and those that wait longest come first.
    """
    return [*map(DueTask._make, db.execute(_HOLD, {"tasks": list(task_ids), "now": now}).all())]


def tasks(db: Session, ids: Iterable[int]) -> dict[int, Task]:
    return {task.id: task for task in db.scalars(select(Task).where(Task.id.in_(list(ids))))}


def meetings(db: Session, ids: Iterable[int]) -> dict[int, Meeting]:
    return {meeting.id: meeting for meeting in db.scalars(select(Meeting).where(Meeting.id.in_(list(ids))))}


def watching(db: Session, meeting_ids: Iterable[int]) -> dict[int, list[Room]]:
    """The team's rooms that want nudges, by the meeting they watch."""
    wanted = list(meeting_ids)
    found: dict[int, list[Room]] = {meeting_id: [] for meeting_id in wanted}
    for room in db.scalars(_WATCHING, {"meetings": wanted}):
        found[room.meeting_id or 0].append(room)
    return found


def direct(db: Session, person_ids: Iterable[int]) -> dict[int, list[Room]]:
    """The direct conversations that want nudges, by person."""
    wanted = list(person_ids)
    found: dict[int, list[Room]] = {person_id: [] for person_id in wanted}
    if not wanted:
        return found
    question = select(Room).where(Room.person_id.in_(wanted), Room.nudges)
    for room in db.scalars(question.order_by(Room.id)):
        found[room.person_id or 0].append(room)
    return found


def leaves(db: Session, person_ids: Iterable[int], day: date) -> dict[int, list[Leave]]:
    """Leaves that are not over by ``day``, by person, the earliest first."""
    wanted, found = list(person_ids), dict[int, list[Leave]]()
    if not wanted:
        return found
    question = select(Leave).where(Leave.person_id.in_(wanted), Leave.last >= day)
    for leave in db.scalars(question.order_by(Leave.first, Leave.id)):
        found.setdefault(leave.person_id, []).append(leave)
    return found


def templates(db: Session, ids: Iterable[int]) -> dict[int, Template]:
    return {template.id: template for template in db.scalars(select(Template).where(Template.id.in_(set(ids))))}


def unfinished(db: Session, meeting_ids: Iterable[int], keys: Iterable[str]) -> dict[tuple[int, str], int]:
    """Numbers of the tasks that are not finished, by meeting and template key, of these keys only."""
    question = select(Task.meeting_id, Task.key, Task.number).where(
        Task.meeting_id.in_(list(meeting_ids)), Task.key.in_(list(keys)), Task.state.in_(UNFINISHED)
    )
    return {(meeting_id, key): number for meeting_id, key, number in db.execute(question)}


def counts(
    db: Session, meeting_ids: Iterable[int], *, after: datetime, until: datetime
) -> dict[int, tuple[int, int, int]]:
    """Finished tasks, all tasks, and unfinished ones that come due between two moments, by meeting."""
    finished = Task.state.not_in(UNFINISHED)
    soon = Task.state.in_(UNFINISHED) & (Task.due_at > after) & (Task.due_at <= until)
    question = select(
        Task.meeting_id, func.sum(case((finished, 1), else_=0)), func.count(), func.sum(case((soon, 1), else_=0))
    ).where(Task.meeting_id.in_(list(meeting_ids)))
    rows = db.execute(question.group_by(Task.meeting_id))
    return {meeting_id: (int(done), int(total), int(coming)) for meeting_id, done, total, coming in rows}


def next_due(db: Session) -> datetime | None:
    """When the bot is to look at something next, over all workspaces; for the demo's clock."""
    moments = db.execute(
        select(
            select(func.min(Task.next_nudge_at)).scalar_subquery(),
            select(func.min(Meeting.next_summary_at)).scalar_subquery(),
            select(func.min(Meeting.next_materials_at)).scalar_subquery(),
        )
    ).one()
    return min((moment for moment in moments if moment is not None), default=None)


_ADD = Prepared(insert(Base.metadata.tables["nudge"]).values({one.name: bindparam(one.name) for one in fields(Fresh)}))
_TASK = Base.metadata.tables["task"]
_now = bindparam("now", type_=Utc())
_DUE = (
    select(Meeting.workspace_id, Task.id)
    .join(Task, Task.meeting_id == Meeting.id)
    .where(Task.next_nudge_at <= _now)
    .order_by(Task.next_nudge_at, Task.id)
    .limit(bindparam("most"))
)
_HOLD = (
    select(*(_TASK.c[name] for name in DueTask._fields))
    .where(_TASK.c.id.in_(bindparam("tasks", expanding=True)), _TASK.c.next_nudge_at <= _now)
    .order_by(_TASK.c.next_nudge_at, _TASK.c.id)
    .with_for_update(skip_locked=True)
)
_OF_TASKS = select(Nudge).where(Nudge.task_id.in_(bindparam("tasks", expanding=True))).order_by(Nudge.at, Nudge.id)
_WATCHING = (
    select(Room)
    .where(Room.meeting_id.in_(bindparam("meetings", expanding=True)), Room.person_id.is_(None), Room.nudges)
    .order_by(Room.id)
)
_rooms = bindparam("rooms", type_=Integer(), expanding=True)
_day = bindparam("day", type_=Date())
_REMINDERS = union_all(
    select(Nudge.room_id, Nudge.local_date, func.count(func.distinct(Nudge.message)))
    .where(Nudge.room_id.in_(_rooms), Nudge.local_date >= _day, Nudge.message.is_not(None))
    .group_by(Nudge.room_id, Nudge.local_date),
    select(Chase.room_id, Chase.day, func.count())
    .where(Chase.room_id.in_(_rooms), Chase.day >= _day)
    .group_by(Chase.room_id, Chase.day),
)
_LOOK = Prepared(
    update(_TASK).where(_TASK.c.id == bindparam("task")).values(next_nudge_at=bindparam("at", type_=Utc()))
)
_MEETING = Base.metadata.tables["meeting"]
_SUMMARY = (
    update(_MEETING).where(_MEETING.c.id == bindparam("meeting")).values(next_summary_at=bindparam("at", type_=Utc()))
)


def plan(db: Session, looks: Sequence[tuple[int, datetime | None]]) -> None:
    """Write when each task (by id) is to be looked at next, without touching its version."""
    _LOOK.run_all(db, ({"task": task_id, "at": at} for task_id, at in looks))


def summaries_due(db: Session, now: datetime) -> Sequence[int]:
    """Workspaces in which a meeting's weekly summary comes due."""
    question = select(Meeting.workspace_id).where(Meeting.next_summary_at <= now)
    return db.scalars(question.distinct().order_by(Meeting.workspace_id)).all()


def to_summarise(db: Session, workspace_id: int, now: datetime) -> Sequence[Meeting]:
    """Meetings whose summary comes due, locked against a second sweep."""
    question = select(Meeting).where(Meeting.workspace_id == workspace_id, Meeting.next_summary_at <= now)
    return db.scalars(question.order_by(Meeting.id).limit(100).with_for_update(skip_locked=True)).all()


def plan_summaries(db: Session, moments: Sequence[tuple[int, datetime | None]]) -> None:
    """Write when the next summary of each meeting (by id) comes, without touching its version."""
    if moments:
        db.connection().execute(_SUMMARY, [{"meeting": meeting_id, "at": at} for meeting_id, at in moments])
