"""Volunteers and staff of a meeting: their shifts, what they did, and who is commended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.parties import Party


class Volunteer(Base):
    """One of those who did the work; ``staff`` are employed. ``role`` is what they were there for.

    ``contribution`` is the one concrete thing to thank them for. A commendation has its reason; it counts once
    approved. ``gift`` is what they were given.
    """

    __tablename__ = "volunteer"
    __table_args__ = (UniqueConstraint("meeting_id", "party_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    party_id: Mapped[int] = mapped_column(ForeignKey(Party.id), index=True)
    staff: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str] = mapped_column(String(100), default="")
    contribution: Mapped[str] = mapped_column(String(300), default="")
    gift: Mapped[str] = mapped_column(String(100), default="")
    commendation: Mapped[str] = mapped_column(String(300), default="")
    nominated_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    nominated_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form


class Shift(Base):
    """When one of them worked, and at what (``text``); ``minutes`` always tells how long that really was.

    Without ``ends_at`` only the length is known, and of ``starts_at``, the midnight of the meeting's zone, the day.
    """

    __tablename__ = "shift"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey(Volunteer.id, ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(String(100), default="")
    place: Mapped[str] = mapped_column(String(100), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    minutes: Mapped[int]


def of_meeting(db: Session, meeting_id: int) -> Sequence[Volunteer]:
    """Without those of parties that were found to be another, who has it all."""
    question = select(Volunteer).join(Party, Volunteer.party_id == Party.id)
    question = question.where(Volunteer.meeting_id == meeting_id, Party.same_as.is_(None))
    return db.scalars(question.order_by(Volunteer.id)).all()


def of_party(db: Session, meeting_id: int, party_id: int) -> Volunteer | None:
    return db.scalar(select(Volunteer).where(Volunteer.meeting_id == meeting_id, Volunteer.party_id == party_id))


def shift(db: Session, meeting_id: int, shift_id: int) -> Shift | None:
    """That shift, if it is one of the meeting's."""
    question = select(Shift).join(Volunteer, Shift.volunteer_id == Volunteer.id)
    return db.scalar(question.where(Shift.id == shift_id, Volunteer.meeting_id == meeting_id))


def shifts(db: Session, meeting_id: int) -> Sequence[Shift]:
    """Person by person, in the order in which they were worked."""
    question = select(Shift).join(Volunteer, Shift.volunteer_id == Volunteer.id)
    question = question.where(Volunteer.meeting_id == meeting_id)
    return db.scalars(question.order_by(Shift.volunteer_id, Shift.starts_at.nulls_last(), Shift.id)).all()


def remove(db: Session, volunteer: Volunteer) -> None:
    """With their shifts, each in its own row of the journal."""
    for row in db.scalars(select(Shift).where(Shift.volunteer_id == volunteer.id)).all():
        db.delete(row)
    db.flush()
    db.delete(volunteer)
    db.flush()
