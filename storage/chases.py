"""When a room was last told which materials are missing: at most once a day, so that nobody is told twice."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import ForeignKey, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.archive import newest
from storage.base import Base
from storage.checklist import State, Task

ARCHIVE = "archive-build"
"""The key of the task that is done once the archive is built: then nothing is chased any more."""


class Chase(Base):
    """A room was told of a meeting's missing materials on a day of its own."""

    __tablename__ = "chase"
    __table_args__ = (UniqueConstraint("meeting_id", "room_id", "day"),)
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    day: Mapped[date]


def last_days(db: Session, meeting_id: int) -> dict[int, date]:
    """By room."""
    question = select(Chase.room_id, func.max(Chase.day)).where(Chase.meeting_id == meeting_id)
    return {row[0]: row[1] for row in db.execute(question.group_by(Chase.room_id))}


def forget(db: Session, meeting_id: int, room_id: int, day: date) -> None:
    """What was to be said that day was not said after all."""
    db.execute(delete(Chase).where(Chase.meeting_id == meeting_id, Chase.room_id == room_id, Chase.day == day))


def archived(db: Session, meeting_id: int) -> bool:
    """Whether the bot has built one, or the task of it is done."""
    question = select(Task.id).where(Task.meeting_id == meeting_id, Task.key == ARCHIVE, Task.state == State.DONE)
    return newest(db, meeting_id) is not None or db.scalar(question.limit(1)) is not None
