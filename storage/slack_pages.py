"""The pages of what was said at Slack in more than one message: by which timestamps, under which promise's key."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    CursorResult,
    ForeignKey,
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

page = Table(
    "slack_page",
    Base.metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("ts", String(30), primary_key=True),
    Column("key", String(120), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("said_ms", BigInteger, nullable=False, index=True),
)

_here = page.c.room_id == bindparam("room")
_PAGES = select(page.c.number, page.c.ts).where(_here, page.c.key == bindparam("k")).order_by(page.c.number)
_KEY = select(page.c.key).where(_here, page.c.ts == bindparam("t"))
_REMOVE = delete(page).where(_here, page.c.ts == bindparam("t"))
_OLD = select(page.c.room_id, page.c.ts).where(page.c.said_ms < bindparam("before_ms")).limit(bindparam("most"))
_FORGET = delete(page).where(tuple_(page.c.room_id, page.c.ts).in_(_OLD))


def keep(db: Session, room_id: int, ts: str, *, key: str, number: int, at_ms: int) -> None:
    db.execute(insert(page).values(room_id=room_id, ts=ts, key=key, number=number, said_ms=at_ms))


def of_key(db: Session, room_id: int, key: str) -> dict[int, str]:
    """Timestamps by number."""
    return {row.number: row.ts for row in db.execute(_PAGES, {"room": room_id, "k": key})}


def key_of(db: Session, room_id: int, ts: str) -> str | None:
    """The key of the message of which this is a page."""
    return db.execute(_KEY, {"room": room_id, "t": ts}).scalar()


def remove(db: Session, room_id: int, ts: str) -> None:
    db.execute(_REMOVE, {"room": room_id, "t": ts})


def forget(db: Session, *, before_ms: int, most: int = 1000) -> bool:
    """Remove some old ones, when their promises are forgotten too; True when there may be more."""
    done: CursorResult[Any] = db.execute(_FORGET, {"before_ms": before_ms, "most": most})  # type: ignore[assignment]
    return done.rowcount >= most
