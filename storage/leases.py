"""Leases: what only one process may do at a time, such as to hold a bot's one connection.

Times are milliseconds since 1970 by the process's clock, which follows PostgreSQL's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Column, Executable, String, Table, bindparam, delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.base import Base
from storage.outbox import changed

LEASE_MS = 20_000

lease = Table(
    "lease",
    Base.metadata,
    Column("key", String(60), primary_key=True),
    Column("holder", String(60), nullable=False),
    Column("until_ms", BigInteger, nullable=False),
)
"""Not a mapped class: what stands here is no business of the journal's."""


def _claim(insert: Callable[..., Any]) -> Executable:
    """Free, over, or ours already. One that ends later than any rule allows was written by a clock gone astray."""
    row = insert(lease).values(key=bindparam("k"), holder=bindparam("h"), until_ms=bindparam("until"))
    now = bindparam("now", type_=BigInteger)
    may = or_(lease.c.holder == bindparam("h"), lease.c.until_ms <= now, lease.c.until_ms > now + 2 * LEASE_MS)
    new = {"holder": row.excluded.holder, "until_ms": row.excluded.until_ms}
    return row.on_conflict_do_update(index_elements=["key"], set_=new, where=may)  # type: ignore[no-any-return]


_CLAIM = {"sqlite": _claim(sqlite.insert), "postgresql": _claim(postgresql.insert)}
_RELEASE = delete(lease).where(lease.c.key == bindparam("k"), lease.c.holder == bindparam("h"))


def claim(db: Session, key: str, *, holder: str, now_ms: int) -> bool:
    """Take it, or keep it, for ``LEASE_MS`` from now; False where somebody else has it."""
    given = {"k": key, "h": holder, "until": now_ms + LEASE_MS, "now": now_ms}
    return changed(db, _CLAIM[db.get_bind().dialect.name], given)


def release(db: Session, key: str, *, holder: str) -> None:
    """Give it back, if it is still ours."""
    db.execute(_RELEASE, {"k": key, "h": holder})
