"""What a meeting decided: numbered decisions with their votes, and the tasks that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.checklist import Task
from storage.files import File
from storage.materials import Material


class Majority(StrEnum):
    """What a decision needs. SIMPLE: more than half of those present. TWO_THIRDS: at least two thirds of them."""

    SIMPLE = "simple"
    TWO_THIRDS = "two_thirds"


class Outcome(StrEnum):
    PASSED = "passed"
    REJECTED = "rejected"


def is_quorate(present: int | None, quorum: int | None) -> bool:
    """A quorum that was named is met only by a number of people that was named."""
    return quorum is None or (present is not None and present >= quorum)


class Decision(Base):
    """``number`` is the D of ``D3``. The votes are None where nobody counted: it was carried by acclamation.

    ``quorum`` is how many have to be present, None where nobody said so. ``passed`` is what the votes come to, unless
    ``override`` says why it is otherwise. What was taken back has ``dropped_at``; its number stays its own.
    """

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("meeting_id", "number"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    mover: Mapped[str] = mapped_column(String(100), default="")
    seconder: Mapped[str] = mapped_column(String(100), default="")
    present: Mapped[int | None]
    in_favour: Mapped[int | None]
    against: Mapped[int | None]
    abstained: Mapped[int | None]
    quorum: Mapped[int | None]
    majority: Mapped[Majority] = mapped_column(String(20), default=Majority.SIMPLE)
    passed: Mapped[bool]
    override: Mapped[str] = mapped_column(String(300), default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form

    @property
    def ref(self) -> str:
        return f"D{self.number}"

    @property
    def outcome(self) -> Outcome:
        return Outcome.PASSED if self.passed else Outcome.REJECTED

    @property
    def counted(self) -> bool:
        """Whether there was a vote with numbers."""
        return self.in_favour is not None

    @property
    def quorate(self) -> bool:
        """Whether enough were present, as far as anybody has said how many that is."""
        return is_quorate(self.present, self.quorum)


class DecisionTask(Base):
    """A task that follows from a decision."""

    __tablename__ = "decision_task"
    __table_args__ = (UniqueConstraint("decision_id", "task_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), index=True)


def next_number(db: Session, meeting_id: int) -> int:
    return (db.scalar(select(func.max(Decision.number)).where(Decision.meeting_id == meeting_id)) or 0) + 1


def decisions(db: Session, meeting_id: int) -> Sequence[Decision]:
    """All that stand, in their order."""
    question = select(Decision).where(Decision.meeting_id == meeting_id, Decision.dropped_at.is_(None))
    return db.scalars(question.order_by(Decision.number)).all()


def by_number(db: Session, meeting_id: int, number: int) -> Decision | None:
    """The decision of that number, unless it was taken back."""
    return next((row for row in decisions(db, meeting_id) if row.number == number), None)


def tasks(db: Session, ids: Iterable[int]) -> dict[int, list[Task]]:
    """What follows from each of these decisions, by their ids."""
    found: dict[int, list[Task]] = {decision_id: [] for decision_id in ids}
    question = select(DecisionTask.decision_id, Task).join(Task, Task.id == DecisionTask.task_id)
    for decision_id, task in db.execute(question.where(DecisionTask.decision_id.in_(found)).order_by(Task.number)):
        found[decision_id].append(task)
    return found


def files(db: Session, meeting_id: int) -> Sequence[File]:
    """The minutes as files, the newest first; what was dropped is left out."""
    question = select(File).where(File.meeting_id == meeting_id, File.material == Material.MINUTES)
    return db.scalars(question.where(File.dropped_at.is_(None)).order_by(File.number.desc())).all()
