"""Who came: the lists as they were imported, and the people that they come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, columns
from storage.files import File


class RollKind(StrEnum):
    """REGISTRATION: who wanted to come. CHECKIN: who was let in, with or without those who were expected.

    ONLINE: who watched.
    """

    REGISTRATION = "registration"
    CHECKIN = "checkin"
    ONLINE = "online"


class Roll(Base):
    """One imported list: ``number`` is the R of ``R2``. ``columns`` is the heading of each field that was read.

    ``count`` are its rows. ``by_name``: somebody has said that in this list a name alone will do. What was taken back
    has ``dropped_at``, and counts no more.
    """

    __tablename__ = "roll"
    __table_args__ = (UniqueConstraint("meeting_id", "number"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[RollKind] = mapped_column(String(20))
    file_id: Mapped[int] = mapped_column(ForeignKey(File.id))
    columns: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    count: Mapped[int]
    by_name: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]

    @property
    def ref(self) -> str:
        return f"R{self.number}"


class Named:
    """Who somebody is, as lists say it; ``external`` is the number that the system they come from gave them."""

    external: Mapped[str] = mapped_column(String(100), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    unit: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(50), default="")
    ticket: Mapped[str] = mapped_column(String(100), default="")


class RollRow(Named, Base):
    """One row of a list, as it stands there; ``number`` is its row in the sheet.

    ``came`` tells whether it says that somebody was there. It belongs to the meeting's ``attendee`` of that number,
    or ``remark`` says why to nobody. In a list from before a purge that number alone tells whose it is.
    """

    __tablename__ = "roll_row"
    __table_args__ = (UniqueConstraint("roll_id", "number"),)
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    roll_id: Mapped[int] = mapped_column(ForeignKey("roll.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime | None]
    minutes: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(50), default="")
    came: Mapped[bool]
    attendee: Mapped[int | None]
    remark: Mapped[str] = mapped_column(String(20), default="")


class Attendee(Named, Base):
    """One person, as all lists together know them; made anew whenever a list comes or goes.

    ``online_minutes`` is None where no list says how long. ``question`` names why somebody should look: it may be
    the same person as another.
    """

    __tablename__ = "attendee"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    number: Mapped[int]
    registered: Mapped[bool]
    attended: Mapped[bool]
    online: Mapped[bool]
    online_minutes: Mapped[int | None]
    question: Mapped[str] = mapped_column(String(20), default="")


@dataclass(frozen=True)
class Tally:
    """How many people; ``came`` on the spot or online. ``questions``: people who may be the same as others."""

    people: int = 0
    registered: int = 0
    attended: int = 0
    online: int = 0
    came: int = 0
    walk_in: int = 0
    no_show: int = 0
    questions: int = 0


_row, _person = columns(RollRow), columns(Attendee)
_CAME = Attendee.attended | Attendee.online


def next_number(db: Session, meeting_id: int) -> int:
    return (db.scalar(select(func.max(Roll.number)).where(Roll.meeting_id == meeting_id)) or 0) + 1


def rolls(db: Session, meeting_id: int) -> Sequence[Roll]:
    """The meeting's lists that count, in the order in which they came."""
    question = select(Roll).where(Roll.meeting_id == meeting_id, Roll.dropped_at.is_(None))
    return db.scalars(question.order_by(Roll.number)).all()


def by_number(db: Session, meeting_id: int, number: int) -> Roll | None:
    """The list of that number, unless it was taken back."""
    return next((row for row in rolls(db, meeting_id) if row.number == number), None)


def add_rows(db: Session, roll_id: int, rows: Iterable[Mapping[str, Any]]) -> None:
    values = [{"roll_id": roll_id, **row} for row in rows]
    if values:
        db.execute(insert(Base.metadata.tables[RollRow.__tablename__]), values)


def rows(db: Session, meeting_id: int) -> Sequence[Any]:
    """The rows of all lists that count, by list and row: ``id``, and what stands in them."""
    wanted = select(*_row).join(Base.metadata.tables["roll"], columns(Roll).id == _row.roll_id)
    wanted = wanted.where(columns(Roll).meeting_id == meeting_id, columns(Roll).dropped_at.is_(None))
    return db.execute(wanted.order_by(columns(Roll).number, _row.number)).all()


def last_settled(db: Session, meeting_id: int, purged: datetime | None) -> int:
    """The highest number of somebody on a list from before the purge, also on one that was taken back since."""
    if purged is None:
        return 0
    question = select(func.max(RollRow.attendee)).join(Roll, Roll.id == RollRow.roll_id)
    return db.scalar(question.where(Roll.meeting_id == meeting_id, Roll.at <= purged)) or 0


def keep(
    db: Session, meeting_id: int, people: Iterable[Mapping[str, Any]], verdicts: Iterable[Mapping[str, Any]]
) -> None:
    """These people instead of those before. ``verdicts`` say of each row (``key``) whose it is, or why nobody's."""
    db.execute(delete(Attendee).where(Attendee.meeting_id == meeting_id))
    if found := [{"meeting_id": meeting_id, **person} for person in people]:
        db.execute(insert(Base.metadata.tables[Attendee.__tablename__]), found)
    table = Base.metadata.tables[RollRow.__tablename__]
    change = update(table).where(_row.id == bindparam("key"))
    change = change.values(attendee=bindparam("whose"), remark=bindparam("why"))
    if told := list(verdicts):
        db.execute(change, told)


def people(db: Session, meeting_id: int) -> Sequence[Attendee]:
    return db.scalars(select(Attendee).where(Attendee.meeting_id == meeting_id).order_by(Attendee.number)).all()


def tally(db: Session, meeting_id: int) -> Tally:
    """Of all lists together."""
    counts = (
        func.count(),
        func.count().filter(Attendee.registered),
        func.count().filter(Attendee.attended),
        func.count().filter(Attendee.online),
        func.count().filter(_CAME),
        func.count().filter(and_(Attendee.attended, ~Attendee.registered)),
        func.count().filter(and_(Attendee.registered, ~_CAME)),
        func.count().filter(Attendee.question != ""),
    )
    found = db.execute(select(*counts).where(Attendee.meeting_id == meeting_id)).one()
    return Tally(*found)


def remarks(db: Session, meeting_id: int) -> dict[str, int]:
    """How many rows belong to nobody, by the reason."""
    question = select(RollRow.remark, func.count()).join(Roll, Roll.id == RollRow.roll_id)
    question = question.where(Roll.meeting_id == meeting_id, Roll.dropped_at.is_(None), RollRow.attendee.is_(None))
    return {remark: count for remark, count in db.execute(question.group_by(RollRow.remark)) if remark}
