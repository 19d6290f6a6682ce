"""Asks already answered: a platform that delivers an event twice gets the same answer and nothing happens twice."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, Text, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from storage.base import Base

inbox = Table(
    "inbox",
    Base.metadata,
    Column("key", String(300), primary_key=True),
    Column("answer", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False, index=True),
)

_ANSWER = select(inbox.c.answer).where(inbox.c.key == bindparam("key"))
_KEEP = insert(inbox).values(key=bindparam("key"), answer=bindparam("answer"), created_ms=bindparam("created_ms"))
_FORGET = delete(inbox).where(inbox.c.created_ms < bindparam("before_ms"))


def answered(db: Session, key: str) -> str | None:
    """The answer that was given to this event, as stored; None when it is new."""
    return db.execute(_ANSWER, {"key": key}).scalar()


def keep(db: Session, key: str, answer: str, *, at_ms: int) -> None:
    db.execute(_KEEP, {"key": key, "answer": answer, "created_ms": at_ms})


def forget(db: Session, *, before_ms: int) -> None:
    """Events older than any platform's retries need not be remembered."""
    db.execute(_FORGET, {"before_ms": before_ms})
