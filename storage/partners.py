"""Those a meeting was made with: venues, suppliers, supporting units, media."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.parties import Party


class PartnerKind(StrEnum):
    VENUE = "venue"
    SUPPLIER = "supplier"
    SUPPORTER = "supporter"
    MEDIA = "media"


class Partner(Base):
    """What a unit did for a meeting.

    ``good`` is the one concrete thing that was good, ``addressee_id`` whom letters to it reach. ``rating`` is 1 to 5
    as ``rated_by`` last gave it, and ``remark`` says why.
    ``dispute`` says what is not settled with it; no letter thanks it before that is settled, or somebody says that
    it may.
    """

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("meeting_id", "party_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    party_id: Mapped[int] = mapped_column(ForeignKey(Party.id), index=True)
    kind: Mapped[PartnerKind] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(200), default="")
    good: Mapped[str] = mapped_column(String(300), default="")
    rating: Mapped[int | None]
    remark: Mapped[str] = mapped_column(String(300), default="")
    rated_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    rated_at: Mapped[datetime | None]
    addressee_id: Mapped[int | None] = mapped_column(ForeignKey(Party.id), index=True)
    dispute: Mapped[str] = mapped_column(String(300), default="")
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form

    @property
    def disputed(self) -> bool:
        """Whether something is not settled, and nobody has said that a letter may go all the same."""
        return bool(self.dispute) and self.settled_at is None


def of_party(db: Session, meeting_id: int, party_id: int) -> Partner | None:
    return db.scalar(select(Partner).where(Partner.meeting_id == meeting_id, Partner.party_id == party_id))


def of_meeting(db: Session, meeting_id: int) -> Sequence[Partner]:
    """Without those of parties that were found to be another, who has it all."""
    question = select(Partner).join(Party, Partner.party_id == Party.id)
    question = question.where(Partner.meeting_id == meeting_id, Party.same_as.is_(None))
    return db.scalars(question.order_by(Partner.id)).all()
