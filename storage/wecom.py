"""What processes share of WeCom: tokens of apps, sealed, which this package cannot read, cards, and groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    CursorResult,
    Executable,
    ForeignKey,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
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

card = Table(
    "wecom_card",
    Base.metadata,
    Column("task_id", String(128), primary_key=True),
    Column("room_id", ForeignKey("room.id"), nullable=False),
    Column("said", String(200), nullable=False, index=True),
    Column("code", String(200), nullable=False),
    Column("until_ms", BigInteger, nullable=False, index=True),
)
"""A card that can be changed once with ``code``, until then; a press brings another one. ``said`` is the provider id
of the message that it belongs to."""

group = Table(
    "wecom_group",
    Base.metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("members", JSON, nullable=False),
)
"""A group that an app has made, with the userids that WeCom was last told; who is to be in it: ``room_member``."""

_FIND = select(token).where(token.c.app == bindparam("a"))


def _keep(insert: Callable[..., Any]) -> Executable:
    row = insert(token).values(app=bindparam("a"), sealed=bindparam("sealed"), ends_ms=bindparam("ends_ms"))
    new = {"sealed": row.excluded.sealed, "ends_ms": row.excluded.ends_ms}
    return row.on_conflict_do_update(index_elements=["app"], set_=new)  # type: ignore[no-any-return]


_KEEP = {"sqlite": _keep(sqlite.insert), "postgresql": _keep(postgresql.insert)}


_CARD = select(card).where(card.c.task_id == bindparam("t"))
_CARDS = select(card).where(card.c.said == bindparam("s")).order_by(func.length(card.c.task_id), card.c.task_id)
"""Their number stands at the end of their ids, which are alike but for that."""
_TAKE = update(card).where(card.c.task_id == bindparam("t"), card.c.code == bindparam("held")).values(code="")
_OLD = select(card.c.task_id).where(card.c.until_ms < bindparam("before_ms")).limit(bindparam("most"))
_FORGET_CARDS = delete(card).where(card.c.task_id.in_(_OLD.scalar_subquery()))


def find(db: Session, app: str) -> RowMapping | None:
    return db.execute(_FIND, {"a": app}).mappings().first()


def save(db: Session, app: str, *, sealed: str, ends_ms: int) -> None:
    """In place of the one that was there."""
    db.execute(_KEEP[db.get_bind().dialect.name], {"a": app, "sealed": sealed, "ends_ms": ends_ms})


# --- cards


def find_card(db: Session, task_id: str) -> RowMapping | None:
    return db.execute(_CARD, {"t": task_id}).mappings().first()


def cards_of(db: Session, said: str) -> Sequence[RowMapping]:
    """The cards of one message, in the order of its pages."""
    return db.execute(_CARDS, {"s": said}).mappings().all()


def keep_card(db: Session, task_id: str, *, room_id: int, said: str, code: str, until_ms: int) -> None:
    db.execute(delete(card).where(card.c.task_id == task_id))
    db.execute(insert(card).values(task_id=task_id, room_id=room_id, said=said, code=code, until_ms=until_ms))


def give_code(db: Session, task_id: str, *, code: str, until_ms: int) -> None:
    """It was pressed: another code, as good as the one before."""
    db.execute(update(card).where(card.c.task_id == task_id).values(code=code, until_ms=until_ms))


def take_code(db: Session, task_id: str, *, now_ms: int) -> str:
    """The code, which nobody else gets; empty where there is none that is still good."""
    row = find_card(db, task_id)
    if row is None or not row["code"] or row["until_ms"] <= now_ms:
        return ""
    taken: CursorResult[Any] = db.execute(_TAKE, {"t": task_id, "held": row["code"]})  # type: ignore[assignment]
    return str(row["code"]) if taken.rowcount else ""


def drop_cards(db: Session, said: str) -> None:
    """Those of a message that was taken back."""
    db.execute(delete(card).where(card.c.said == said))


def forget_cards(db: Session, *, before_ms: int, most: int = 1000) -> bool:
    """Remove some cards that can no longer be changed; True when there may be more."""
    done: CursorResult[Any] = db.execute(_FORGET_CARDS, {"before_ms": before_ms, "most": most})  # type: ignore[assignment]
    return done.rowcount >= most


# --- groups


def group_members(db: Session, room_id: int) -> list[str] | None:
    """The userids that WeCom has; None as long as the group is not made."""
    row = db.execute(select(group.c.members).where(group.c.room_id == room_id)).first()
    return list(row.members) if row else None


def keep_group(db: Session, room_id: int, members: Sequence[str]) -> None:
    """In place of what was known of it."""
    db.execute(delete(group).where(group.c.room_id == room_id))
    db.execute(insert(group).values(room_id=room_id, members=list(members)))
