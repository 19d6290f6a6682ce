"""What speakers allow to be done with their materials, and why something expected will not come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.files import File
from storage.materials import Material, Scope
from storage.programme import Speaker


class Consent(Base):
    """What a speaker allows: of one material (or of all, None), up to which scope, and not before ``embargo``.

    ``file_id`` is what they signed or wrote. The newest that is not withdrawn counts.
    """

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    speaker_id: Mapped[int] = mapped_column(ForeignKey("speaker.id", ondelete="CASCADE"), index=True)
    material: Mapped[Material | None] = mapped_column(String(20))
    scope: Mapped[Scope] = mapped_column(String(20))
    licence: Mapped[str] = mapped_column(String(100), default="")
    embargo: Mapped[date | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey(File.id))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Excuse(Base):
    """Why something that was expected will not come: ``cell`` names it (``slides/S3``). It counts once approved."""

    __tablename__ = "excuse"
    __table_args__ = (UniqueConstraint("meeting_id", "cell"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    cell: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(300))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]


def of_meeting(db: Session, meeting_id: int) -> Sequence[Consent]:
    """What the speakers of a meeting have said, the oldest first; what was withdrawn too."""
    question = select(Consent).join(Speaker, Consent.speaker_id == Speaker.id).where(Speaker.meeting_id == meeting_id)
    return db.scalars(question.order_by(Consent.at, Consent.id)).all()


def excuses(db: Session, meeting_id: int) -> dict[str, Excuse]:
    """By the cell that they are about."""
    rows = db.scalars(select(Excuse).where(Excuse.meeting_id == meeting_id).order_by(Excuse.id))
    return {row.cell: row for row in rows}


def excuses_of(db: Session, meeting_id: int, *beginnings: str) -> list[Excuse]:
    """Those of the cells whose keys begin so, up to a whole part of the key."""
    wanted = [tuple(one.split("/")) for one in beginnings]
    found = ((row, tuple(row.cell.split("/"))) for row in excuses(db, meeting_id).values())
    return [row for row, parts in found if any(parts[: len(one)] == one for one in wanted)]


def excuse(db: Session, meeting_id: int, cell: str) -> Excuse | None:
    return db.scalar(select(Excuse).where(Excuse.meeting_id == meeting_id, Excuse.cell == cell))
