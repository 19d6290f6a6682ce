"""The programme: sessions, who spoke in them, and whose stands there were."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class Part(StrEnum):
    """What somebody did in a session."""

    SPEAKER = "speaker"
    CHAIR = "chair"
    PANELLIST = "panellist"


class ProgrammeSession(Base):
    """One item of the agenda: ``code`` is what people call it by (``S3``); ``contact_id`` chases its materials."""

    __tablename__ = "programme_session"
    __table_args__ = (UniqueConstraint("meeting_id", "code"),)
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
    """Somebody on the programme, as it names them. ``person_id`` where they are in the chat."""

    __tablename__ = "speaker"
    __table_args__ = (UniqueConstraint("meeting_id", "name", "unit"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[str] = mapped_column(String(100), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


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
    __table_args__ = (UniqueConstraint("meeting_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
