"""What was said in rooms that live here: the browser chat and the terminal have no provider to keep it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.rooms import Room


class Line(Base):
    """One entry of a conversation: ``text`` a person typed, or ``payload`` (a Message as JSON) from the bot.

    ``reply_to`` is the line whose thread this is. ``key`` is what makes a line appear once. ``only_for``: only
    that person sees it. ``seen`` grows with every edit, over the room, so that a page can ask for what is newer.
    """

    __tablename__ = "line"
    __table_args__ = (Index("ix_line_room_seen", "room_id", "seen"),)
    journalled: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text, default="")
    payload: Mapped[str] = mapped_column(Text, default="")
    reply_to: Mapped[int | None] = mapped_column(ForeignKey("line.id"))
    only_for: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    seen: Mapped[int]
    edited: Mapped[bool] = mapped_column(default=False)


def say(
    db: Session,
    room_id: int,
    *,
    key: str,
    at: datetime,
    person_id: int | None = None,
    text: str = "",
    payload: str = "",
    reply_to: int | None = None,
    only_for: int | None = None,
) -> Line:
    """Add a line; a key that was said before gives the line that stands."""
    seen = _tick(db, room_id)  # first, as it keeps others out
    known = by_key(db, key)
    if known is not None:
        return known
    line = Line(
        room_id=room_id,
        person_id=person_id,
        key=key,
        at=at,
        text=text,
        payload=payload,
        reply_to=reply_to,
        only_for=only_for,
        seen=seen,
    )
    db.add(line)
    db.flush()
    return line


def edit(db: Session, line: Line, payload: str) -> None:
    line.payload, line.edited, line.seen = payload, True, _tick(db, line.room_id)
    db.flush()


def _tick(db: Session, room_id: int) -> int:
    # One at a time in a room: a line that is committed later must not have a smaller number.
    db.execute(select(Room.id).where(Room.id == room_id).with_for_update())
    return (db.scalar(select(func.max(Line.seen)).where(Line.room_id == room_id)) or 0) + 1


def deliver(db: Session, room_id: int, *, key: str, at: datetime, payload: str, edits: str | None) -> str:
    """Say it, or put it in the place of the line of key ``edits``, if that is there; the key of the line it is in."""
    line = by_key(db, edits) if edits else None
    if line is None:
        return say(db, room_id, key=key, at=at, payload=payload).key
    edit(db, line, payload)
    return line.key


def get(db: Session, line_id: int) -> Line | None:
    return db.get(Line, line_id)


def by_key(db: Session, key: str) -> Line | None:
    return db.scalar(select(Line).where(Line.key == key))


def _open_to(person_id: int) -> ColumnElement[bool]:
    return Line.only_for.is_(None) | (Line.only_for == person_id)


def since(db: Session, room_id: int, seen: int, *, person_id: int) -> Sequence[Line]:
    """Lines new or edited since ``seen`` that this person may see, oldest first."""
    question = select(Line).where(Line.room_id == room_id, Line.seen > seen, _open_to(person_id))
    return db.scalars(question.order_by(Line.seen)).all()


def roots(db: Session, room_id: int, *, person_id: int, limit: int = 40, before: int | None = None) -> Sequence[Line]:
    """The last lines of a room that answer no other, older than ``before`` (a line's id) if given; oldest first."""
    question = select(Line).where(Line.room_id == room_id, Line.reply_to.is_(None), _open_to(person_id))
    if before is not None:
        question = question.where(Line.id < before)
    return list(reversed(db.scalars(question.order_by(Line.id.desc()).limit(limit)).all()))


def replies(db: Session, line_ids: Iterable[int], *, person_id: int) -> Sequence[Line]:
    """What was said in these lines' threads, as far as this person may see it; oldest first."""
    question = select(Line).where(Line.reply_to.in_(list(line_ids)), _open_to(person_id))
    return db.scalars(question.order_by(Line.id)).all()


def newest(db: Session, room_ids: Iterable[int], *, person_id: int) -> dict[int, int]:
    """How far each room's conversation has come (``seen``), as far as this person may see it; 0 for a silent room."""
    found = dict.fromkeys(room_ids, 0)
    question = select(Line.room_id, func.max(Line.seen)).where(Line.room_id.in_(list(found)), _open_to(person_id))
    for room_id, seen in db.execute(question.group_by(Line.room_id)):
        found[room_id] = seen
    return found


def last_at(db: Session) -> datetime | None:
    """When anything was said last, in any room; the clock cannot be before that."""
    return db.scalar(select(Line.at).order_by(Line.id.desc()).limit(1))
