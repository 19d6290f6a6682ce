"""Chat programs that take nothing of what the bot says to a workspace: since when, and why."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Executable, ForeignKey, String, Table, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session

from storage.base import Base
from storage.outbox import changed

outage = Table(
    "outage",
    Base.metadata,
    Column("workspace_id", ForeignKey("workspace.id"), primary_key=True),
    Column("platform", String(20), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("address", String(60), nullable=False),
    Column("since_ms", BigInteger, nullable=False),
)
"""``kind`` is the platform's own word for the reason; ``address`` this machine's, as the platform has seen it, if it
matters. Not a mapped class: what stands here is no business of the journal's."""

_here = (outage.c.workspace_id == bindparam("w"), outage.c.platform == bindparam("p"))
_FIND = select(outage).where(*_here)
_END = delete(outage).where(*_here)
_ALL = select(outage).where(outage.c.workspace_id == bindparam("w")).order_by(outage.c.platform)
_BEGIN: dict[str, Executable] = {
    "sqlite": sqlite.insert(outage).on_conflict_do_nothing().returning(outage.c.platform),
    "postgresql": postgresql.insert(outage).on_conflict_do_nothing().returning(outage.c.platform),
}


def begin(db: Session, workspace_id: int, platform: str, *, kind: str, address: str, now_ms: int) -> bool:
    """Whether it begins now; of one that lasts the reason is kept up to date."""
    why = {"kind": kind, "address": address}
    row = {"workspace_id": workspace_id, "platform": platform, **why, "since_ms": now_ms}
    if db.execute(_BEGIN[db.get_bind().dialect.name], row).first() is not None:
        return True
    db.execute(update(outage).where(*_here).values(why), {"w": workspace_id, "p": platform})
    return False


def find(db: Session, workspace_id: int, platform: str) -> RowMapping | None:
    return db.execute(_FIND, {"w": workspace_id, "p": platform}).mappings().first()


def of_workspace(db: Session, workspace_id: int) -> Sequence[RowMapping]:
    return db.execute(_ALL, {"w": workspace_id}).mappings().all()


def end(db: Session, workspace_id: int, platform: str) -> bool:
    """Whether there was one."""
    return changed(db, _END, {"w": workspace_id, "p": platform})
