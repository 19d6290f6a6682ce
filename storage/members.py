"""The register of members as the association's own system has it: what it last said, and what was put right since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, delete, func, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, columns
from storage.parties import Answer, Intake, IntakeRow, Party, Reach, Taking, Twin

SIGHTS_KEPT = 10
"""Of a meeting: whoever confirms a difference that was shown longer ago is shown it again without what is new in it."""


class MemberUpdate(Base):
    """An approved difference that went into the register: ``number`` is the U of ``U3``, ``digest`` what was seen."""

    __tablename__ = "member_update"
    __table_args__ = (UniqueConstraint("workspace_id", "number"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    added: Mapped[int]
    changed: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    @property
    def ref(self) -> str:
        return f"U{self.number}"


class Member(Base):
    """One row of the register; ``number`` is its place there, from 1.

    ``party_id`` is the member, a unit or a person; of a unit ``contact_id`` is with whom one deals there. ``cells`` are
    those of the columns that are understood, by field and as they were typed, ``rest`` those of the others, by heading.
    ``settled``: what is to be left as it stands, by field, with the value that is not to be taken.
    """

    __tablename__ = "member"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"), index=True)
    number: Mapped[int]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    cells: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    rest: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    settled: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    update_id: Mapped[int | None] = mapped_column(ForeignKey("member_update.id", ondelete="SET NULL"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form


class MemberSight(Base):
    """A difference as it was shown, by its digest: of each part of it a mark, and nothing of anybody."""

    __tablename__ = "member_sight"
    __table_args__ = (UniqueConstraint("meeting_id", "digest"),)
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    marks: Mapped[dict[str, str]] = mapped_column(JSON)


def everyone(db: Session, workspace_id: int) -> Sequence[Member]:
    """In the order of the register."""
    question = select(Member).where(Member.workspace_id == workspace_id)
    return db.scalars(question.order_by(Member.number, Member.id)).all()


def of_party(db: Session, workspace_id: int, party_id: int) -> Sequence[Member]:
    """Rows in which that party is the member, or with whom one deals there."""
    wanted = (Member.workspace_id == workspace_id, or_(Member.party_id == party_id, Member.contact_id == party_id))
    return db.scalars(select(Member).where(*wanted).order_by(Member.number)).all()


def next_number(db: Session, workspace_id: int) -> int:
    return (db.scalar(select(func.max(Member.number)).where(Member.workspace_id == workspace_id)) or 0) + 1


def add_rows(db: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Their ids; the rows are of one workspace and have rising numbers, beyond all that were there."""
    if not rows:
        return []
    table = Base.metadata.tables[Member.__tablename__]
    db.execute(insert(table), [{"settled": {}, "version": 1, **row} for row in rows])
    where = columns(Member)
    new = select(where.id).where(where.workspace_id == rows[0]["workspace_id"], where.number >= rows[0]["number"])
    return list(db.scalars(new.order_by(where.number)))


def layout(db: Session, workspace_id: int) -> Intake | None:
    """The last list of members that stands: its columns are what the association's own system writes."""
    wanted = (Intake.workspace_id == workspace_id, Intake.capacity.is_(None), Intake.undone_at.is_(None))
    return db.scalar(select(Intake).where(*wanted).order_by(Intake.number.desc()).limit(1))


def next_update(db: Session, workspace_id: int) -> int:
    return (db.scalar(select(func.max(MemberUpdate.number)).where(MemberUpdate.workspace_id == workspace_id)) or 0) + 1


def updates(db: Session, workspace_id: int) -> Sequence[MemberUpdate]:
    """The newest first."""
    asked = select(MemberUpdate).where(MemberUpdate.workspace_id == workspace_id)
    return db.scalars(asked.order_by(MemberUpdate.number.desc())).all()


def attending(db: Session, meeting_id: int) -> set[int]:
    """Ids of the parties that took part in the meeting, as whatever."""
    return set(db.scalars(select(Taking.party_id).where(Taking.meeting_id == meeting_id)))


def doubts(db: Session, workspace_id: int) -> Sequence[Twin]:
    """Questions that nobody has answered: whether two are one."""
    asked = select(Twin).where(Twin.workspace_id == workspace_id, Twin.answer == Answer.OPEN)
    return db.scalars(asked.order_by(Twin.id)).all()


def told_by(db: Session, workspace_id: int) -> Sequence[Any]:
    """What lists that stand have said of parties and how to reach them, the oldest first."""
    where = columns(IntakeRow)
    named = (Intake.number, Intake.capacity, Intake.meeting_id)
    asked = select(where.table, where.row_id, where.after, *named)
    asked = asked.join(Intake, Intake.id == where.intake_id)
    wanted = (Intake.workspace_id == workspace_id, Intake.undone_at.is_(None))
    tables = where.table.in_([Party.__tablename__, Reach.__tablename__])
    return db.execute(asked.where(*wanted, tables).order_by(where.id)).all()


def moved(db: Session, workspace_id: int) -> Sequence[tuple[int, int]]:
    """Parties that were found to be another, and which."""
    where = columns(Party)
    asked = select(where.id, where.same_as).where(where.workspace_id == workspace_id, where.same_as.is_not(None))
    return [(row.id, row.same_as) for row in db.execute(asked)]


def ways(db: Session, workspace_id: int) -> Sequence[Any]:
    """How everybody is reached: party_id, kind, value; the first choice first."""
    where = columns(Reach)
    asked = select(where.party_id, where.kind, where.value).join(Party, Party.id == where.party_id)
    return db.execute(asked.where(Party.workspace_id == workspace_id).order_by(where.place, where.id)).all()


def saw(db: Session, meeting_id: int, digest: str, marks: Mapping[str, str]) -> None:
    """Keep what was shown; the oldest is forgotten."""
    if sight(db, meeting_id, digest) is None:
        db.add(MemberSight(meeting_id=meeting_id, digest=digest, marks=dict(marks)))
        db.flush()
    old = select(MemberSight.id).where(MemberSight.meeting_id == meeting_id).order_by(MemberSight.id.desc())
    gone = db.scalars(old.offset(SIGHTS_KEPT)).all()
    if gone:
        db.execute(delete(MemberSight).where(MemberSight.id.in_(gone)))


def sight(db: Session, meeting_id: int, digest: str) -> MemberSight | None:
    wanted = (MemberSight.meeting_id == meeting_id, MemberSight.digest == digest)
    return db.scalar(select(MemberSight).where(*wanted))


def some(db: Session, ids: Iterable[int]) -> dict[int, Member]:
    return {one.id: one for one in db.scalars(select(Member).where(Member.id.in_(set(ids))))}
