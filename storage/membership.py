"""Who applies to become a member, or renews: a case that goes from step to step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.parties import Party


class CaseKind(StrEnum):
    NEW = "new"
    RENEWAL = "renewal"


class Stage(StrEnum):
    """In this order. CLOSED: it came to nothing, for a reason."""

    APPLIED = "applied"
    CHECKED = "checked"
    APPROVED = "approved"
    PAID = "paid"
    RECEIPTED = "receipted"
    REGISTERED = "registered"
    CLOSED = "closed"


class Case(Base):
    """One application: ``number`` is the C of ``C5``. ``due`` is when its next step is to be taken.

    ``next_nudge_at`` is when its owner is reminded next, None for nobody and never.
    """

    __tablename__ = "membership_case"
    __table_args__ = (UniqueConstraint("workspace_id", "number"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    number: Mapped[int]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    party_id: Mapped[int] = mapped_column(ForeignKey(Party.id), index=True)
    kind: Mapped[CaseKind] = mapped_column(String(10))
    stage: Mapped[Stage] = mapped_column(String(20), default=Stage.APPLIED)
    fee: Mapped[Decimal | None]
    receipt_no: Mapped[str] = mapped_column(String(50), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due: Mapped[date | None]
    next_nudge_at: Mapped[datetime | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form

    @property
    def ref(self) -> str:
        return f"C{self.number}"


class CaseStep(Base):
    """That a case came to a stage, when, and by whom."""

    __tablename__ = "membership_step"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"), index=True)
    stage: Mapped[Stage] = mapped_column(String(20))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


def cases(db: Session, workspace_id: int) -> Sequence[Case]:
    return db.scalars(select(Case).where(Case.workspace_id == workspace_id).order_by(Case.number)).all()


def of_meeting(db: Session, meeting_id: int) -> Sequence[Case]:
    """Those that came of a meeting."""
    return db.scalars(select(Case).where(Case.meeting_id == meeting_id).order_by(Case.number)).all()


def next_number(db: Session, workspace_id: int) -> int:
    return (db.scalar(select(func.max(Case.number)).where(Case.workspace_id == workspace_id)) or 0) + 1
