"""Asks already answered: a platform that delivers an event twice gets the same answer and nothing happens twice."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, CursorResult, String, Table, Text, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from storage.base import Base
from storage.prepared import Prepared

inbox = Table(
    "inbox",
    Base.metadata,
    Column("key", String(300), primary_key=True),
    Column("answer", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False, index=True),
)

_ANSWER = Prepared(select(inbox.c.answer).where(inbox.c.key == bindparam("key")))
_KEEP = Prepared(
    insert(inbox).values(key=bindparam("key"), answer=bindparam("answer"), created_ms=bindparam("created_ms"))
)
_REMOVE = delete(inbox).where(inbox.c.key == bindparam("key"))
_OLD = select(inbox.c.key).where(inbox.c.created_ms < bindparam("before_ms")).limit(bindparam("most"))
_FORGET = delete(inbox).where(inbox.c.key.in_(_OLD.scalar_subquery()))


def answered(db: Session, key: str) -> str | None:
    """The answer that was given to this event, as stored; None when it is new."""
    row = _ANSWER.first(db, {"key": key})
    return row[0] if row else None


def keep(db: Session, key: str, answer: str, *, at_ms: int) -> None:
    _KEEP.run(db, {"key": key, "answer": answer, "created_ms": at_ms})


def replace(db: Session, key: str, answer: str, *, at_ms: int) -> None:
    """Keep it in place of what was kept."""
    db.execute(_REMOVE, {"key": key})
    keep(db, key, answer, at_ms=at_ms)


def forget(db: Session, *, before_ms: int, most: int = 1000) -> bool:
    """Remove some events older than any platform's retries; True when there may be more."""
    done: CursorResult[Any] = db.execute(_FORGET, {"before_ms": before_ms, "most": most})  # type: ignore[assignment]
    return done.rowcount >= most
