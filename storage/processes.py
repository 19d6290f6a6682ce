"""Who is at work on this database, and of which release: two of them work side by side while one follows the other.

Times are milliseconds since 1970 by the process's clock, which follows PostgreSQL's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Executable, String, Table, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.base import Base

PRESENT_MS = 60_000
"""So long after it was last heard of a process is taken to be at work; one that was killed cannot take its leave."""

process = Table(
    "process",
    Base.metadata,
    Column("name", String(60), primary_key=True),
    Column("step", String(32), nullable=False),
    Column("release", String(40), nullable=False),
    Column("until_ms", BigInteger, nullable=False),
)
"""Not a mapped class: what stands here is no business of the journal's."""

_now = bindparam("now", type_=BigInteger)
_OVER = or_(process.c.until_ms <= _now, process.c.until_ms > _now + 2 * PRESENT_MS)
"""One that ends later than any rule allows was written by a clock gone astray."""
_OTHERS = (
    select(process.c.name)
    .where(~_OVER, or_(process.c.step != bindparam("step"), process.c.release != bindparam("release")))
    .limit(1)
)
_OLDEST = select(process.c.step).where(~_OVER).order_by(process.c.step).limit(1)
_FORGET = delete(process).where(_OVER)
_LEAVE = delete(process).where(process.c.name == bindparam("name"))


def _enter(insert: Callable[..., Any]) -> Executable:
    names = ("name", "step", "release", "until_ms")
    row = insert(process).values({name: bindparam(name) for name in names})
    return row.on_conflict_do_update(index_elements=["name"], set_={"until_ms": row.excluded.until_ms})  # type: ignore[no-any-return]


_ENTER = {"sqlite": _enter(sqlite.insert), "postgresql": _enter(postgresql.insert)}


def enter(db: Session, name: str, *, step: str, release: str, now_ms: int) -> None:
    """It is at work, now and for ``PRESENT_MS``. ``step`` is the newest that its program knows."""
    db.execute(_FORGET, {"now": now_ms})
    given = {"name": name, "step": step, "release": release, "until_ms": now_ms + PRESENT_MS}
    db.execute(_ENTER[db.get_bind().dialect.name], given)


def leave(db: Session, name: str) -> None:
    db.execute(_LEAVE, {"name": name})


def others(db: Session, *, step: str, release: str, now_ms: int) -> bool:
    """Whether a process of another release is at work."""
    return db.execute(_OTHERS, {"step": step, "release": release, "now": now_ms}).first() is not None


def oldest(db: Connection, *, now_ms: int) -> str:
    """The step of the oldest release that is at work; empty where none is."""
    return db.scalar(_OLDEST, {"now": now_ms}) or ""
