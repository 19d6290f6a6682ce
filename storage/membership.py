"""Who applies to become a member, or renews: a case that goes from step to step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.meetings import PLAN_NOW, Meeting, MeetingState
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
    derived: ClassVar[frozenset[str]] = frozenset({"next_nudge_at"})
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


def running(db: Session, workspace_id: int) -> Sequence[Case]:
    """Those of all meetings that are not closed."""
    question = select(Case).join(Meeting, Meeting.id == Case.meeting_id)
    wanted = (Case.workspace_id == workspace_id, Meeting.state != MeetingState.CLOSED)
    return db.scalars(question.where(*wanted).order_by(Case.number)).all()


def of_meeting(db: Session, meeting_id: int) -> Sequence[Case]:
    """Those that came of a meeting."""
    return db.scalars(select(Case).where(Case.meeting_id == meeting_id).order_by(Case.number)).all()


def next_number(db: Session, workspace_id: int) -> int:
    return (db.scalar(select(func.max(Case.number)).where(Case.workspace_id == workspace_id)) or 0) + 1


def by_number(db: Session, workspace_id: int, number: int) -> Case | None:
    return db.scalar(select(Case).where(Case.workspace_id == workspace_id, Case.number == number))


def steps(db: Session, case_id: int) -> Sequence[CaseStep]:
    """The way so far."""
    return db.scalars(select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.id)).all()


def of_member(db: Session, workspace_id: int, member_no: str) -> Party | None:
    """Who has that member number."""
    wanted = (Party.workspace_id == workspace_id, Party.member_no == member_no, Party.same_as.is_(None))
    return db.scalar(select(Party).where(*wanted).limit(1))


def plan(db: Session, case_id: int, at: datetime | None = PLAN_NOW) -> None:
    """Write when to look at a case next, without touching its version."""
    table = Base.metadata.tables[Case.__tablename__]
    db.connection().execute(update(table).where(table.c.id == case_id).values(next_nudge_at=at))


def look_again(db: Session, meeting_id: int) -> None:
    """Ask the next tick to plan every case of the meeting anew."""
    table = Base.metadata.tables[Case.__tablename__]
    db.connection().execute(update(table).where(table.c.meeting_id == meeting_id).values(next_nudge_at=PLAN_NOW))


def workspaces_due(db: Session, now: datetime) -> Sequence[int]:
    """Workspaces with a case that is to be looked at."""
    question = select(Case.workspace_id).where(Case.next_nudge_at <= now)
    return db.scalars(question.distinct().order_by(Case.workspace_id)).all()


def to_look_at(db: Session, workspace_id: int, now: datetime) -> Sequence[Case]:
    """Those cases, as the tick finds them; what is left over waits for the next."""
    question = select(Case).where(Case.workspace_id == workspace_id, Case.next_nudge_at <= now)
    return db.scalars(question.order_by(Case.next_nudge_at, Case.id).limit(500)).all()
