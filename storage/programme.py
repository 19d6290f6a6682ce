"""The programme: sessions, who spoke in them, and whose stands there were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base

NEVER_AGAIN = {"sqlite_autoincrement": True}
"""The journal and excuses remember numbers of rows that were taken back."""


class Part(StrEnum):
    """What somebody did in a session."""

    SPEAKER = "speaker"
    CHAIR = "chair"
    PANELLIST = "panellist"


class ProgrammeSession(Base):
    """One item of the agenda: ``code`` is what people call it by (``S3``); ``contact_id`` chases its materials."""

    __tablename__ = "programme_session"
    __table_args__ = (UniqueConstraint("meeting_id", "code"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    track: Mapped[str] = mapped_column(String(100), default="")
    hall: Mapped[str] = mapped_column(String(100), default="")
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form


class Speaker(Base):
    """Somebody on the programme, as it names them."""

    __tablename__ = "speaker"
    __table_args__ = (UniqueConstraint("meeting_id", "name", "unit"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[str] = mapped_column(String(100), default="")


class Speaking(Base):
    """Who has which part in a session; ``place`` is their order in it, from 1."""

    __tablename__ = "speaking"
    __table_args__ = (UniqueConstraint("session_id", "speaker_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("programme_session.id", ondelete="CASCADE"))
    speaker_id: Mapped[int] = mapped_column(ForeignKey("speaker.id", ondelete="CASCADE"), index=True)
    part: Mapped[Part] = mapped_column(String(20), default=Part.SPEAKER)
    place: Mapped[int] = mapped_column(default=1)


class Booth(Base):
    """A sponsor's or exhibitor's stand, by the name on it."""

    __tablename__ = "booth"
    __table_args__ = (UniqueConstraint("meeting_id", "name"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))


def sessions(db: Session, meeting_id: int) -> Sequence[ProgrammeSession]:
    """In the order in which they take place; those without a time last."""
    question = select(ProgrammeSession).where(ProgrammeSession.meeting_id == meeting_id)
    order = (ProgrammeSession.starts_at.is_(None), ProgrammeSession.starts_at, ProgrammeSession.id)
    return db.scalars(question.order_by(*order)).all()


def speakers(db: Session, meeting_id: int) -> Sequence[Speaker]:
    return db.scalars(select(Speaker).where(Speaker.meeting_id == meeting_id).order_by(Speaker.id)).all()


def speakings(db: Session, meeting_id: int) -> Sequence[Speaking]:
    """Session by session, in the order in which people speak."""
    question = select(Speaking).join(ProgrammeSession, Speaking.session_id == ProgrammeSession.id)
    question = question.where(ProgrammeSession.meeting_id == meeting_id)
    return db.scalars(question.order_by(Speaking.session_id, Speaking.place, Speaking.id)).all()


def in_session(db: Session, session_id: int) -> Sequence[Speaking]:
    question = select(Speaking).where(Speaking.session_id == session_id)
    return db.scalars(question.order_by(Speaking.place, Speaking.id)).all()


def booths(db: Session, meeting_id: int) -> Sequence[Booth]:
    return db.scalars(select(Booth).where(Booth.meeting_id == meeting_id).order_by(Booth.id)).all()
