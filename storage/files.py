"""Files as they came, and what a place for their bytes must be able to do; each is kept once, under its SHA-256."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.materials import Material, PhotoKind, Scope
from storage.programme import Booth, ProgrammeSession, Speaker
from storage.rooms import Room


class File(Base):
    """A file as it came: its ``F7`` in the workspace, its name, who sent it, where its bytes are.

    Below stands what it is to a meeting, None where nobody has said so: which material, of which session, speaker or
    stand; of a photo, which kind and which day in the meeting's zone. ``version`` counts what came of the same
    material. Without a ``scope`` it may not leave. ``personal``: it holds personal data, to be purged in time.
    ``locked``: a password keeps readers out. ``taken_on``: the day that a camera wrote into it. What was dropped has
    its reason. ``purged_at``: its bytes are gone, for the sake of the people in it.
    """

    __tablename__ = "file"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    at: Mapped[datetime]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    material: Mapped[Material | None] = mapped_column(String(20))
    session_id: Mapped[int | None] = mapped_column(ForeignKey(ProgrammeSession.id, ondelete="SET NULL"))
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey(Speaker.id, ondelete="SET NULL"))
    booth_id: Mapped[int | None] = mapped_column(ForeignKey(Booth.id, ondelete="SET NULL"))
    photo: Mapped[PhotoKind | None] = mapped_column(String(20))
    day: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    scope: Mapped[Scope | None] = mapped_column(String(20))
    personal: Mapped[bool] = mapped_column(default=False)
    locked: Mapped[bool] = mapped_column(default=False)
    taken_on: Mapped[date | None]
    dropped_at: Mapped[datetime | None]
    drop_reason: Mapped[str] = mapped_column(String(300), default="")
    purged_at: Mapped[datetime | None]

    @property
    def ref(self) -> str:
        return f"F{self.number}"


@dataclass(frozen=True)
class Stored:
    """Bytes that are safely kept; until a day later a row must point at them, or they are swept away."""

    digest: str
    size: int
    head: bytes


class TooLarge(Exception):  # noqa: N818  a fact about the stream, which the caller words
    """The stream went on past the limit; nothing of it was kept."""


class FileStore(Protocol):
    """Where bytes are kept by their digest, once however often they come; they are there whole or not at all.

    Whatever cannot be done there raises ``OSError``; what is not there raises ``FileNotFoundError``.
    """

    @property
    def address(self) -> str:
        """Where that is, to tell people."""
        ...

    def put(self, pieces: Iterable[bytes], *, limit: int, look: Callable[[Path], None] | None = None) -> Stored:
        """Keep a stream. ``look`` sees all of it before it is kept; by raising, it keeps it out.

        Raises ``TooLarge`` beyond ``limit`` bytes, ``OSError``, and whatever ``pieces`` and ``look`` raise; then
        nothing is kept.
        """
        ...

    def pieces(self, digest: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from ``start``, at most ``length`` of them, in pieces of moderate size; raises at the first."""
        ...

    def open(self, digest: str) -> BinaryIO:
        """To read from wherever in it; whoever opens it closes it."""
        ...

    def has(self, digest: str) -> bool: ...

    def aged(self, *, since: float, before: float) -> Iterator[str]:
        """The digests of what was last put between these moments (seconds since 1970)."""
        ...

    def remove(self, digest: str, *, before: float | None = None) -> None:
        """For good; no row may point at it any more. What is not there is no error.

        With ``before`` (seconds since 1970) it stays if it was put again since.
        """
        ...

    def tidy(self, *, before: float) -> int:
        """Remove what was begun before that moment (seconds since 1970) and never ended; how many they were."""
        ...

    def probe(self) -> None:
        """Write, read and remove something. Raises ``OSError`` where that cannot be done."""
        ...


def add(
    db: Session,
    workspace_id: int,
    *,
    name: str,
    digest: str,
    size: int,
    media_type: str,
    person_id: int,
    room_id: int | None,
    at: datetime,
    locked: bool = False,
    taken_on: date | None = None,
) -> File:
    number = (db.scalar(select(func.max(File.number)).where(File.workspace_id == workspace_id)) or 0) + 1
    row = File(
        workspace_id=workspace_id,
        number=number,
        name=name,
        digest=digest,
        size=size,
        media_type=media_type,
        person_id=person_id,
        room_id=room_id,
        at=at,
        locked=locked,
        taken_on=taken_on,
    )
    db.add(row)
    db.flush()
    return row


def by_number(db: Session, workspace_id: int, number: int) -> File | None:
    return db.scalar(select(File).where(File.workspace_id == workspace_id, File.number == number))


def some(db: Session, ids: Iterable[int]) -> dict[int, File]:
    wanted = list(ids)
    return {row.id: row for row in db.scalars(select(File).where(File.id.in_(wanted)))} if wanted else {}


def of_meeting(db: Session, meeting_id: int, *, dropped: bool = False) -> Sequence[File]:
    """The files of a meeting, in the order in which they came; with ``dropped`` also those that no longer count."""
    question = select(File).where(File.meeting_id == meeting_id)
    if not dropped:
        question = question.where(File.dropped_at.is_(None))
    return db.scalars(question.order_by(File.number)).all()


def loose(db: Session, meeting_id: int, *, room_id: int, person_id: int, dropped: bool = False) -> Sequence[File]:
    """What came with a word that was refused: it was kept, and is of no meeting.

    In rooms that follow the meeting; and what this person sent in the room where they ask.
    """
    question = select(File).join(Room, File.room_id == Room.id).where(File.meeting_id.is_(None))
    question = question.where(
        (Room.meeting_id == meeting_id) | ((File.room_id == room_id) & (File.person_id == person_id))
    )
    if not dropped:
        question = question.where(File.dropped_at.is_(None))
    return db.scalars(question.order_by(File.number)).all()


def of_nowhere(db: Session, workspace_id: int, digest: str, *, name: str) -> File | None:
    """What the bot itself made, of no room and no meeting, with these bytes and that name."""
    question = select(File).where(File.workspace_id == workspace_id, File.digest == digest, File.name == name)
    return db.scalar(question.where(File.room_id.is_(None), File.meeting_id.is_(None)).limit(1))


def same(db: Session, meeting_id: int, digest: str) -> File | None:
    """The meeting's first file of the same bytes that has not been dropped."""
    question = select(File).where(File.meeting_id == meeting_id, File.digest == digest, File.dropped_at.is_(None))
    return db.scalar(question.order_by(File.number).limit(1))


def of_material(db: Session, meeting_id: int, material: Material | None) -> Sequence[File]:
    """The meeting's files of that kind, or of none that is known; what was dropped too: its version was taken."""
    return db.scalars(
        select(File).where(File.meeting_id == meeting_id, File.material == material).order_by(File.number)
    ).all()
