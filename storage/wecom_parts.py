"""What was said at WeCom, part by part: so that no process says a part twice, or more than a place may be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    CursorResult,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    tuple_,
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
    Column("said", String(200), nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Index("ix_wecom_part_place", "place", "at_ms"),
)
"""``key`` is the outbox's, ``number`` goes up from 1. ``said`` is the provider id of the whole message, which is that
of its first part. ``place`` is where it was said: not always the room itself."""

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
_OLD = select(part.c.key, part.c.number).where(part.c.at_ms < bindparam("before_ms")).limit(bindparam("most"))
_FORGET = delete(part).where(tuple_(part.c.key, part.c.number).in_(_OLD))


def begun(db: Session, key: str) -> tuple[str, int]:
    """The provider id of a message of which something was said, and how many parts; "" and 0 for none."""
    said = db.scalars(_BEGUN, {"k": key}).all()
    return (said[0], len(said)) if said else ("", 0)


def keep(db: Session, key: str, number: int, *, room_id: int, place: str, said: str, at_ms: int) -> None:
    row = {"key": key, "number": number, "room_id": room_id, "place": place, "said": said, "at_ms": at_ms}
    db.execute(insert(part).values(row))


def times(db: Session, workspace_id: int, place: str, *, since_ms: int, most: int) -> Sequence[int]:
    """When something was said there since then, in milliseconds, the newest first."""
    asked = {"workspace": workspace_id, "p": place, "since": since_ms, "most": most}
    return db.scalars(_TIMES, asked).all()


def forget(db: Session, *, before_ms: int, most: int = 1000) -> bool:
    """Remove some old ones, when their promises are forgotten too; True when there may be more."""
    done: CursorResult[Any] = db.execute(_FORGET, {"before_ms": before_ms, "most": most})  # type: ignore[assignment]
    return done.rowcount >= most
