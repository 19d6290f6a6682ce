"""What WeCom's apps share between processes: their access tokens, sealed: this package cannot read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Column, Executable, String, Table, Text, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session

from storage.base import Base

token = Table(
    "wecom_token",
    Base.metadata,
    Column("app", String(100), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("ends_ms", BigInteger, nullable=False),
)
"""One row for each app (corp and AgentId). Not a mapped class: what stands here is no business of the journal's."""

_FIND = select(token).where(token.c.app == bindparam("a"))
_FORGET = delete(token).where(token.c.app == bindparam("a"))


def _keep(insert: Callable[..., Any]) -> Executable:
    row = insert(token).values(app=bindparam("a"), sealed=bindparam("sealed"), ends_ms=bindparam("ends_ms"))
    new = {"sealed": row.excluded.sealed, "ends_ms": row.excluded.ends_ms}
    return row.on_conflict_do_update(index_elements=["app"], set_=new)  # type: ignore[no-any-return]


_KEEP = {"sqlite": _keep(sqlite.insert), "postgresql": _keep(postgresql.insert)}


def find(db: Session, app: str) -> RowMapping | None:
    return db.execute(_FIND, {"a": app}).mappings().first()


def save(db: Session, app: str, *, sealed: str, ends_ms: int) -> None:
    """In place of the one that was there."""
    db.execute(_KEEP[db.get_bind().dialect.name], {"a": app, "sealed": sealed, "ends_ms": ends_ms})


def forget(db: Session, app: str) -> None:
    db.execute(_FORGET, {"a": app})
