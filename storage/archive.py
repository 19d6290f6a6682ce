"""Archives of meetings: their versions, the files in each, what stays elsewhere, and when personal data goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.attendance import Attendee, Roll, RollRow
from storage.bags import Member, Read, Sums, Zip
from storage.base import Base, columns
from storage.checklist import Proof, Task
from storage.files import File
from storage.meetings import Meeting, MeetingState
from storage.programme import ProgrammeSession
from storage.tickets import TicketFile
from storage.workspace import Workspace


class Stage(IntEnum):
    """What an archive can already hold.

    FIRST: what was collected at once. REPORTED: with what people said of the conference, and the report. SETTLED: with
    the accounts.
    """

    FIRST = 1
    REPORTED = 2
    SETTLED = 3


class Archive(Base):
    """One version: ``number`` is the 2 of ``v2``; ``name`` is the folder that its bag is in.

    ``complete`` of ``wanted`` was there; ``gaps`` names the rest by cell. ``left_out`` names files that could not be
    taken, by their number, with the reason. ``sealed``: the meeting was closed, and its files change no more.
    """

    __tablename__ = "archive"
    __table_args__ = (UniqueConstraint("meeting_id", "number"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    stage: Mapped[int]
    sealed: Mapped[bool] = mapped_column(default=False)
    files: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    complete: Mapped[int]
    wanted: Mapped[int]
    gaps: Mapped[list[str]] = mapped_column(JSON, default=list)
    left_out: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    remark: Mapped[str] = mapped_column(String(300), default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    @property
    def ref(self) -> str:
        return f"v{self.number}"


class ArchiveEntry(Base):
    """One file of a version: where in the bag, and its sums. Its bytes are in the file store under its SHA-256.

    ``file_id`` is None for what was written for the archive; ``erased``: its bytes went, as it named somebody who was
    erased. With a ``url`` the bytes stay there.
    """

    __tablename__ = "archive_entry"
    __table_args__ = (UniqueConstraint("archive_id", "path"),)
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    archive_id: Mapped[int] = mapped_column(ForeignKey("archive.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(String(2000))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    sha512: Mapped[str] = mapped_column(String(128))
    file_id: Mapped[int | None] = mapped_column(ForeignKey(File.id, ondelete="SET NULL"), index=True)
    url: Mapped[str] = mapped_column(Text, default="")
    erased: Mapped[bool] = mapped_column(default=False)


class Elsewhere(Base):
    """Something too large to be kept here, with sums that prove it: ``number`` is the E of ``E2``."""

    __tablename__ = "elsewhere"
    __table_args__ = (UniqueConstraint("meeting_id", "number"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    number: Mapped[int]
    url: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    sha512: Mapped[str] = mapped_column(String(128))
    session_id: Mapped[int | None] = mapped_column(ForeignKey(ProgrammeSession.id, ondelete="SET NULL"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    @property
    def ref(self) -> str:
        return f"E{self.number}"


class Purge(Base):
    """When a meeting's personal data is to be looked at next, and what was removed last: ``files``, ``people``."""

    __tablename__ = "purge"
    derived: ClassVar[frozenset[str]] = frozenset({"next_at"})
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), unique=True)
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    at: Mapped[datetime | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    files: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)


# --- versions


def versions(db: Session, meeting_id: int) -> Sequence[Archive]:
    """The oldest first."""
    return db.scalars(select(Archive).where(Archive.meeting_id == meeting_id).order_by(Archive.number)).all()


def newest(db: Session, meeting_id: int) -> Archive | None:
    question = select(Archive).where(Archive.meeting_id == meeting_id).order_by(Archive.number.desc()).limit(1)
    return db.scalar(question)


def by_number(db: Session, meeting_id: int, number: int) -> Archive | None:
    return db.scalar(select(Archive).where(Archive.meeting_id == meeting_id, Archive.number == number))


def of_workspace(db: Session, workspace_id: int, archive_id: int) -> Archive | None:
    question = select(Archive).join(Meeting, Archive.meeting_id == Meeting.id)
    return db.scalar(question.where(Archive.id == archive_id, Meeting.workspace_id == workspace_id))


def zipped(db: Session, row: Archive, read: Read) -> Zip:
    """The version's bag as a zip, the same bytes every time."""
    at = row.at.astimezone(ZoneInfo(db.get_one(Meeting, row.meeting_id).zone))
    return Zip(members(db, row.id), read, name=row.name, at=at)


def is_sealed(db: Session, meeting_id: int) -> bool:
    """Whether the meeting's files may change no more: it is closed, and its newest archive was built after that.

    Whoever reopens it may change them again; the next archive tells what is different.
    """
    question = (
        select(Archive.sealed, Meeting.state)
        .join(Meeting, Archive.meeting_id == Meeting.id)
        .where(Archive.meeting_id == meeting_id)
        .order_by(Archive.number.desc())
        .limit(1)
    )
    found = db.execute(question).first()
    return found is not None and bool(found.sealed) and found.state == MeetingState.CLOSED


_entry = columns(ArchiveEntry)


def add_entries(db: Session, archive_id: int, members: Iterable[tuple[Member, int | None]]) -> None:
    """The version's files, each with the row that it was."""
    rows = [
        {
            "archive_id": archive_id,
            "path": member.path,
            "size": member.sums.size,
            "sha256": member.sums.sha256,
            "sha512": member.sums.sha512,
            "file_id": file_id,
            "url": member.url,
            "erased": False,
        }
        for member, file_id in members
    ]
    if rows:
        db.execute(insert(Base.metadata.tables[ArchiveEntry.__tablename__]), rows)


def members(db: Session, archive_id: int) -> list[Member]:
    """The version's bag, in the order of the paths' characters: databases order them by languages of their own."""
    wanted = (_entry.path, _entry.size, _entry.sha256, _entry.sha512, _entry.url)
    rows = db.execute(select(*wanted).where(_entry.archive_id == archive_id))
    found = [Member(path, Sums(size, sha256, sha512), url) for path, size, sha256, sha512, url in rows]
    return sorted(found, key=lambda member: member.path)


def sums_of_files(db: Session, archive_id: int) -> dict[int, tuple[str, str]]:
    """Path and SHA-256 of each of the meeting's own files in a version, by the file's id."""
    wanted = (_entry.file_id, _entry.path, _entry.sha256)
    rows = db.execute(select(*wanted).where(_entry.archive_id == archive_id, _entry.file_id.is_not(None)))
    return {file_id: (path, sha256) for file_id, path, sha256 in rows}


def purged_from(db: Session, archive_id: int) -> int:
    """How many files of a version are gone for the sake of the people in them: its bag cannot be written again."""
    question = select(func.count()).select_from(ArchiveEntry).outerjoin(File, ArchiveEntry.file_id == File.id)
    gone = or_(File.purged_at.is_not(None), ArchiveEntry.erased)
    return db.scalar(question.where(ArchiveEntry.archive_id == archive_id, gone)) or 0


# --- what goes into one


def files(db: Session, meeting_id: int, *, dropped: bool = False) -> Sequence[File]:
    """The meeting's files, also those that are only known as a proof of one of its tasks, as they came."""
    proofs = select(Proof.file_id).join(Task, Proof.task_id == Task.id)
    proofs = proofs.where(Task.meeting_id == meeting_id, Proof.file_id.is_not(None))
    theirs = or_(File.meeting_id == meeting_id, File.meeting_id.is_(None) & File.id.in_(proofs))
    question = select(File).where(theirs)
    if not dropped:
        question = question.where(File.dropped_at.is_(None), File.purged_at.is_(None))
    return db.scalars(question.order_by(File.number)).all()


def links(db: Session, meeting_id: int) -> Sequence[tuple[Task, Proof]]:
    """The links that prove tasks: what stays elsewhere, and nobody can vouch for."""
    question = select(Task, Proof).join(Task, Proof.task_id == Task.id)
    question = question.where(Task.meeting_id == meeting_id, Proof.kind == "link")
    return [(task, proof) for task, proof in db.execute(question.order_by(Proof.id))]


def task_of_key(db: Session, meeting_id: int, key: str) -> Task | None:
    return db.scalar(select(Task).where(Task.meeting_id == meeting_id, Task.key == key))


def elsewhere(db: Session, meeting_id: int) -> Sequence[Elsewhere]:
    question = select(Elsewhere).where(Elsewhere.meeting_id == meeting_id)
    return db.scalars(question.order_by(Elsewhere.number)).all()


def next_elsewhere(db: Session, meeting_id: int) -> int:
    return (db.scalar(select(func.max(Elsewhere.number)).where(Elsewhere.meeting_id == meeting_id)) or 0) + 1


# --- personal data


@dataclass(frozen=True)
class Personal:
    """What of a meeting is to go: its files, and the rows in which telephone numbers and addresses stand.

    ``rows`` are ids: of people as they were put together, and of rows of lists. ``people`` are these, and whoever
    stands only in rows that belong to nobody.
    """

    files: Sequence[File]
    rows: tuple[tuple[int, ...], tuple[int, ...]]
    people: int

    @property
    def any(self) -> bool:
        return bool(self.files or self.people)


def personal(db: Session, meeting_id: int) -> Personal:
    marked = [file for file in files(db, meeting_id, dropped=True) if file.personal and file.purged_at is None]
    people = select(Attendee.id).where(Attendee.meeting_id == meeting_id, _reached(Attendee)).order_by(Attendee.id)
    counts = and_(Roll.dropped_at.is_(None), RollRow.attendee.is_not(None))
    wanted = select(RollRow.id, RollRow.phone, RollRow.email, counts).join(Roll, RollRow.roll_id == Roll.id)
    listed = db.execute(wanted.where(Roll.meeting_id == meeting_id, _reached(RollRow)).order_by(RollRow.id)).all()
    known = tuple(db.scalars(people))
    owned = {(phone, email) for _, phone, email, counted in listed if counted}
    others = {(phone, email) for _, phone, email, _ in listed} - owned
    return Personal(marked, (known, tuple(row_id for row_id, *_ in listed)), len(known) + len(others))


def _reached(row: type[Attendee | RollRow]) -> ColumnElement[bool]:
    return or_(row.phone != "", row.email != "")


def forget_people(db: Session, meeting_id: int, last: datetime | None) -> None:
    """Telephone numbers and addresses go; who came stays.

    Rows of a list that came after the ``last`` time and was taken back have numbers that others have by now: should the
    list return, they are nobody's yet.
    """
    theirs = select(Roll.id).where(Roll.meeting_id == meeting_id).scalar_subquery()
    nothing = {"phone": "", "email": ""}
    free = {"synchronize_session": False}
    db.execute(update(Attendee).where(Attendee.meeting_id == meeting_id).values(nothing), execution_options=free)
    db.execute(update(RollRow).where(RollRow.roll_id.in_(theirs)).values(nothing), execution_options=free)
    back = select(Roll.id).where(Roll.meeting_id == meeting_id, Roll.dropped_at.is_not(None))
    if last is not None:
        back = back.where(Roll.at > last)
    unowned = update(RollRow).where(RollRow.roll_id.in_(back.scalar_subquery())).values(attendee=None)
    db.execute(unowned, execution_options=free)


def purged(db: Session, meeting_id: int) -> Sequence[File]:
    """The files of a meeting whose bytes are gone for the sake of the people in them."""
    question = select(File).where(File.meeting_id == meeting_id, File.purged_at.is_not(None))
    return db.scalars(question.order_by(File.number)).all()


def unnamed(db: Session, digests: Iterable[str]) -> list[str]:
    """Those of these bytes of which no row knows: no file, none that is on its way, none of an archive."""
    wanted = set(digests)
    for column in (File.digest, TicketFile.digest, ArchiveEntry.sha256):
        wanted -= set(db.scalars(select(column).where(column.in_(wanted))))
    return sorted(wanted)


def unused(db: Session, digests: Iterable[str]) -> list[str]:
    """Those of which nobody has the bytes any more: no file that stands, and none that is on its way."""
    wanted = set(digests)
    kept = set(db.scalars(select(File.digest).where(File.digest.in_(wanted), File.purged_at.is_(None))))
    return sorted(wanted - kept - set(db.scalars(select(TicketFile.digest).where(TicketFile.digest.in_(wanted)))))


def last_purge(db: Session, meeting_id: int) -> Purge | None:
    return db.scalar(select(Purge).where(Purge.meeting_id == meeting_id))


def purge(db: Session, meeting_id: int) -> Purge:
    """The meeting's, made when it is first asked for."""
    found = last_purge(db, meeting_id)
    if found is None:
        found = Purge(meeting_id=meeting_id)
        db.add(found)
        db.flush()
    return found


def _due(now: datetime) -> Any:
    """Meetings that nobody has looked at yet, or that are to be looked at again."""
    late = or_(Purge.id.is_(None), Purge.next_at <= now)
    return select(Meeting).outerjoin(Purge, Purge.meeting_id == Meeting.id).where(late, Meeting.ends_at <= now)


def purges_due(db: Session, now: datetime) -> Sequence[int]:
    """Workspaces with such a meeting."""
    return db.scalars(_due(now).with_only_columns(Meeting.workspace_id).distinct()).all()


def to_purge(db: Session, workspace_id: int, now: datetime) -> Iterator[tuple[Meeting, Purge]]:
    for meeting in db.scalars(_due(now).where(Meeting.workspace_id == workspace_id).order_by(Meeting.id)).all():
        yield meeting, purge(db, meeting.id)


def purge_due(place: Workspace, meeting: Meeting) -> datetime:
    """When its personal data is to go, as the association has decided."""
    return meeting.ends_at + timedelta(days=place.purge_days)


def look_again(db: Session, workspace_id: int, now: datetime) -> None:
    """The next tick looks at every meeting's personal data: how long it is kept has changed."""
    theirs = select(Meeting.id).where(Meeting.workspace_id == workspace_id).scalar_subquery()
    db.execute(
        update(Purge).where(Purge.meeting_id.in_(theirs)).values(next_at=now),
        execution_options={"synchronize_session": False},
    )
