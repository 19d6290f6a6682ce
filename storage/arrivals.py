"""Files on their way to a task: who said that some will come for it, and about which it was asked where they belong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.checklist import Task


class Expectation(Base):
    """Files that somebody sends in a room until then belong to that task: they have said so."""

    __tablename__ = "expectation"
    __table_args__ = (UniqueConstraint("room_id", "person_id"),)
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    until: Mapped[datetime]


class Arrival(Base):
    """Files that somebody sent one after the other without saying for what: one conversation, with one question.

    ``at`` is when the last one came, ``files`` are their ids. The question stands under ``question``, if it can be
    found again; in the places ``before`` it stood while there were fewer.
    """

    __tablename__ = "arrival"
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    files: Mapped[list[int]] = mapped_column(JSON)
    question: Mapped[str] = mapped_column(String(200), default="")
    before: Mapped[list[str]] = mapped_column(JSON, default=list)


def expectation(db: Session, room_id: int, person_id: int) -> Expectation | None:
    """The newest that they gave there, be it over or not."""
    question = select(Expectation).where(Expectation.room_id == room_id, Expectation.person_id == person_id)
    return db.scalar(question)


def expected(db: Session, room_id: int, person_id: int, *, at: datetime) -> Task | None:
    """The task for which files come from that person there at that moment."""
    row = expectation(db, room_id, person_id)
    return db.get(Task, row.task_id) if row is not None and row.until > at else None


def expect(db: Session, room_id: int, person_id: int, *, task_id: int, until: datetime) -> None:
    row = expectation(db, room_id, person_id)
    if row is None:
        db.add(Expectation(room_id=room_id, person_id=person_id, task_id=task_id, until=until))
    else:
        row.task_id, row.until = task_id, until


def last(db: Session, room_id: int, person_id: int, meeting_id: int, *, since: datetime) -> Arrival | None:
    """The conversation about files that has not ended before ``since``."""
    question = select(Arrival).where(
        Arrival.room_id == room_id,
        Arrival.person_id == person_id,
        Arrival.meeting_id == meeting_id,
        Arrival.at >= since,
    )
    return db.scalar(question.order_by(Arrival.id.desc()).limit(1))


def since(db: Session, room_id: int, moment: datetime) -> Sequence[Arrival]:
    return db.scalars(select(Arrival).where(Arrival.room_id == room_id, Arrival.at >= moment)).all()


def forget(db: Session, *, before: datetime) -> bool:
    """Remove what is long over; there is never more."""
    db.execute(delete(Arrival).where(Arrival.at < before))
    db.execute(delete(Expectation).where(Expectation.until < before))
    return False
