"""What was said at WeCom, part by part: so that no process says a part twice, or more than a place may be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    CursorResult,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from storage.base import Base
from storage.rooms import Room

part = Table(
    "wecom_part",
    Base.metadata,
    Column("key", String(120), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("room_id", ForeignKey("room.id"), nullable=False),
    Column("place", String(200), nullable=False),
    Column("said", String(200), nullable=False, index=True),
    Column("msgid", String(200), nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("recalled", Boolean, nullable=False),
    Index("ix_wecom_part_place", "place", "at_ms"),
)
"""``key`` is the outbox's, ``number`` goes up from 1. ``said`` is the provider id of the whole message, which is that
of its first part. ``place`` is where it was said: not always the room itself. ``msgid`` is WeCom's own, where it tells
one: by that a part can be taken back for a day."""

_BEGUN = select(part.c.said).where(part.c.key == bindparam("k")).order_by(part.c.number)
_TIMES = (
    select(part.c.at_ms)
    .join(Room, Room.id == part.c.room_id)
    .where(
        part.c.place == bindparam("p"), part.c.at_ms > bindparam("since"), Room.workspace_id == bindparam("workspace")
    )
    .order_by(part.c.at_ms.desc())
    .limit(bindparam("most"))
)
_here = (part.c.room_id == bindparam("room"), part.c.said == bindparam("s"))
_STANDING = (
    select(part.c.key, part.c.number, part.c.msgid, part.c.at_ms)
    .where(*_here, part.c.recalled.is_(False))
    .order_by(part.c.number)
)
_RECALLED = select(part.c.key).where(*_here, part.c.recalled.is_(True)).limit(1)
_RECALL = update(part).where(part.c.key == bindparam("k"), part.c.number == bindparam("n")).values(recalled=True)
_OLD = select(part.c.key, part.c.number).where(part.c.at_ms < bindparam("before_ms")).limit(bindparam("most"))
_FORGET = delete(part).where(tuple_(part.c.key, part.c.number).in_(_OLD))


def begun(db: Session, key: str) -> tuple[str, int]:
    """The provider id of a message of which something was said, and how many parts; "" and 0 for none."""
    said = db.scalars(_BEGUN, {"k": key}).all()
    return (said[0], len(said)) if said else ("", 0)


def keep(db: Session, key: str, number: int, **row: Any) -> None:
    """Its other columns are ``room_id``, ``place``, ``said``, ``msgid`` and ``at_ms``."""
    db.execute(insert(part).values(key=key, number=number, recalled=False, **row))


def times(db: Session, workspace_id: int, place: str, *, since_ms: int, most: int) -> Sequence[int]:
    """When something was said there since then, in milliseconds, the newest first."""
    asked = {"workspace": workspace_id, "p": place, "since": since_ms, "most": most}
    return db.scalars(_TIMES, asked).all()


def standing(db: Session, room_id: int, said: str) -> Sequence[Row[str, int, str, int]]:
    """Key, number, msgid and at_ms of the parts of a message that were not taken back."""
    return db.execute(_STANDING, {"room": room_id, "s": said}).all()


def recall(db: Session, key: str, number: int) -> None:
    """It was taken back."""
    db.execute(_RECALL, {"k": key, "n": number})


def is_gone(db: Session, room_id: int, said: str) -> bool:
    """Whether a message was taken back, and nothing was said in its place since."""
    asked = {"room": room_id, "s": said}
    return db.execute(_RECALLED, asked).first() is not None and not standing(db, room_id, said)


def forget(db: Session, *, before_ms: int, most: int = 1000) -> bool:
    """Remove some old ones, when their promises are forgotten too; True when there may be more."""
    done: CursorResult[Any] = db.execute(_FORGET, {"before_ms": before_ms, "most": most})  # type: ignore[assignment]
    return done.rowcount >= most
