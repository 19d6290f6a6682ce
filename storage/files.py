"""Bytes by their hash: a file is kept once under its SHA-256, however often it is sent."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.materials import Material, PhotoKind, Scope
from storage.programme import Booth, ProgrammeSession, Speaker


class File(Base):
    """A file as it came: its ``F7`` in the workspace, its name, who sent it, where its bytes are.

    Below stands what it is to a meeting, None where nobody has said so: which material, of which session, speaker or
    stand; of a photo, which kind and which day in the meeting's zone. ``version`` counts what came of the same
    material. Without a ``scope`` it may not leave. ``personal``: it holds personal data, to be purged in time.
    ``locked``: a password keeps readers out. What was dropped has its reason.
    """

    __tablename__ = "file"
    __table_args__ = (UniqueConstraint("workspace_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
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
    dropped_at: Mapped[datetime | None]
    drop_reason: Mapped[str] = mapped_column(String(300), default="")

    @property
    def ref(self) -> str:
        return f"F{self.number}"


PARTIAL = ".part-"


@dataclass(frozen=True)
class Stored:
    """Bytes that are safely on disk; a row may point at them or not (an orphan is harmless)."""

    digest: str
    size: int
    head: bytes


class TooLarge(Exception):  # noqa: N818  a fact about the stream, which the caller words
    """The stream went on past the limit; nothing of it was kept."""


class FileStore:
    """A folder of files named by their digest, two levels deep; a file appears whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, chunks: Iterable[bytes], *, limit: int) -> Stored:
        """Keep a stream. Raises ``TooLarge`` beyond ``limit`` bytes, ``OSError`` when the disk refuses."""
        self.root.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=self.root, prefix=PARTIAL)
        try:
            with os.fdopen(handle, "wb") as target:
                digest, size, head = _copy(chunks, target, limit)
            place = self.path(digest)
            place.parent.mkdir(parents=True, exist_ok=True)
            Path(partial).replace(place)
            for folder in (place.parent, place.parent.parent, self.root):
                _settle(folder)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        return Stored(digest, size, head)

    def tidy(self, *, before: float) -> int:
        """Remove what was begun before that moment (seconds since 1970) and never ended; how many they were."""
        left = [partial for partial in self.root.glob(f"{PARTIAL}*") if partial.stat().st_mtime < before]
        for partial in left:
            partial.unlink(missing_ok=True)
        return len(left)

    def remove(self, digest: str) -> None:
        """For good; no row may point at it any more."""
        self.path(digest).unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest[2:4] / digest


def _settle(folder: Path) -> None:
    """A name that was given survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(chunks: Iterable[bytes], target: BinaryIO, limit: int) -> tuple[str, int, bytes]:
    summing, size, head = hashlib.sha256(), 0, b""
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge
        if len(head) < 4096:  # noqa: PLR2004  enough for any magic number
            head += chunk[: 4096 - len(head)]
        summing.update(chunk)
        target.write(chunk)
    target.flush()
    os.fsync(target.fileno())
    return summing.hexdigest(), size, head


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
    )
    db.add(row)
    db.flush()
    return row


def by_number(db: Session, workspace_id: int, number: int) -> File | None:
    return db.scalar(select(File).where(File.workspace_id == workspace_id, File.number == number))


def some(db: Session, ids: Iterable[int]) -> dict[int, File]:
    wanted = list(ids)
    return {row.id: row for row in db.scalars(select(File).where(File.id.in_(wanted)))} if wanted else {}
