"""Promises in lanes: what is to be said, one lane a room, kept once each and in order.

A lane is the unit of order, rate, pause and claim. Lock order is a rule: lanes before messages; who promises to
several lanes does so sorted by key. Times are milliseconds since 1970 by the process's clock, which follows that of
PostgreSQL. Who keeps promises works with ``storage.lanes``; what is to be done about those that could not be kept is
in ``storage.unkept``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    CursorResult,
    Executable,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.base import PROMISED, Base
from storage.links import Db
from storage.prepared import Prepared


class Promise(IntEnum):
    """READY to send; SENDING while a worker has it; SENT; DEAD: given up, with an error; DROPPED: no longer wanted."""

    READY = 0
    SENDING = 1
    SENT = 2
    DEAD = 3
    DROPPED = 4


lane = Table(
    "lane",
    Base.metadata,
    Column("key", String(120), primary_key=True),
    Column("platform", String(20), nullable=False),
    Column("interval_ms", Integer, nullable=False),
    Column("free_at", BigInteger, nullable=False, default=0),
    Column("wake_at", BigInteger),
    Column("lease_until", BigInteger, nullable=False, default=0),
    Column("lease_owner", String(60), nullable=False, default=""),
    Column("paused", Text),
    Index(
        "ix_lane_wake",
        "wake_at",
        sqlite_where=text("wake_at IS NOT NULL"),
        postgresql_where=text("wake_at IS NOT NULL"),
    ),
)

_BY_BYTE = String(120).with_variant(String(120, collation="C"), "postgresql")
"""Keys that begin alike stand together: in a server's own order, a language's, they need not."""

outbox = Table(
    "outbox",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("dedupe_key", _BY_BYTE, nullable=False, unique=True),
    Column("lane", ForeignKey("lane.key"), nullable=False),
    Column("room_id", Integer),
    Column("state", Integer, nullable=False, default=0),
    Column("not_before", BigInteger, nullable=False, default=0),
    Column("attempt", Integer, nullable=False, default=0),
    Column("payload", Text, nullable=False),
    Column("edits", String(120)),
    Column("recheck", String(30), nullable=False, default=""),
    Column("thread", String(60), nullable=False, default=""),
    Column("reader", String(200), nullable=False, default=""),
    Column("created_ms", BigInteger, nullable=False),
    Column("tried_ms", BigInteger),
    Column("sent_ms", BigInteger),
    Column("provider_id", String(200), nullable=False, default=""),
    Column("error", Text, nullable=False, default=""),
    Index(
        "ix_outbox_open", "lane", "id", sqlite_where=text("state IN (0, 1)"), postgresql_where=text("state IN (0, 1)")
    ),
    Index("ix_outbox_provider_id", "provider_id"),
)


OPEN = (Promise.READY, Promise.SENDING)
LATEST = 5_000
"""Promises among which what was said last is looked for."""


def _wake_lane(insert: Callable[..., Any], earlier: Any, later: Any) -> Prepared:
    """Open the lane, or wake it for one more message: never before it is free again."""
    wake, pace = bindparam("wake", type_=BigInteger), bindparam("interval_ms", type_=Integer)
    row = insert(lane).values(
        key=bindparam("lane_key"),
        platform=bindparam("platform"),
        interval_ms=func.coalesce(pace, 0),
        free_at=0,
        wake_at=wake,
        lease_until=0,
        lease_owner="",
    )
    waking = later(lane.c.free_at, earlier(func.coalesce(lane.c.wake_at, wake), wake))
    known = func.coalesce(pace, lane.c.interval_ms)
    waken = row.on_conflict_do_update(index_elements=["key"], set_={"wake_at": waking, "interval_ms": known})
    return Prepared(waken.returning(lane.c.wake_at))


def _keep_message(insert: Callable[..., Any]) -> Prepared:
    names = (
        *("dedupe_key", "lane", "room_id", "not_before", "payload"),
        *("edits", "recheck", "thread", "reader", "created_ms"),
    )
    beginning = {"state": Promise.READY, "attempt": 0, "provider_id": "", "error": ""}
    row = insert(outbox).values({name: bindparam(name) for name in names} | beginning)
    return Prepared(row.on_conflict_do_nothing(index_elements=["dedupe_key"]))


_WAKE_LANE = {
    "sqlite": _wake_lane(sqlite.insert, func.min, func.max),
    "postgresql": _wake_lane(postgresql.insert, func.least, func.greatest),
}
_KEEP_MESSAGE = {"sqlite": _keep_message(sqlite.insert), "postgresql": _keep_message(postgresql.insert)}

_SENT = Prepared(
    select(outbox.c.provider_id).where(outbox.c.dedupe_key == bindparam("key"), outbox.c.state == Promise.SENT)
)
_PAYLOAD = select(outbox.c.payload, outbox.c.state, outbox.c.room_id).where(outbox.c.dedupe_key == bindparam("key"))
_SAID_AS = (
    select(outbox.c.payload)
    .where(outbox.c.provider_id == bindparam("provider"), outbox.c.room_id == bindparam("room"))
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_KEY_OF = (
    select(outbox.c.dedupe_key)
    .where(outbox.c.provider_id == bindparam("provider"), outbox.c.room_id == bindparam("room"))
    .order_by(outbox.c.id)
    .limit(1)
)
_LAST_SAID = (
    select(outbox.c.payload)
    .where(
        outbox.c.id > select(func.max(outbox.c.id)).scalar_subquery() - LATEST,
        outbox.c.lane == bindparam("lane_key"),
        outbox.c.state == Promise.SENT,
        outbox.c.sent_ms >= bindparam("since_ms"),
    )
    .order_by(outbox.c.sent_ms.desc(), outbox.c.id.desc())
    .limit(bindparam("most"))
)
_BEGINNING = (
    select(outbox.c.dedupe_key, outbox.c.payload)
    .where(outbox.c.dedupe_key > bindparam("begin"), outbox.c.dedupe_key < bindparam("end"), outbox.c.edits.is_(None))
    .order_by(outbox.c.id)
)
_SETTLED = func.coalesce(outbox.c.sent_ms, outbox.c.created_ms)
"""What waited for weeks before it was sent is still fresh: it may be asked for again."""
_OLD = (
    select(outbox.c.id)
    .where(outbox.c.state.in_((Promise.SENT, Promise.DROPPED)), bindparam("before_ms") > _SETTLED)
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
_FORGET = delete(outbox).where(outbox.c.id.in_(_OLD.scalar_subquery()))


def lane_of(room_id: int) -> str:
    """The key of a room's lane."""
    return f"room:{room_id}"


def promise(
    db: Session,
    key: str,
    *,
    lane_key: str,
    platform: str,
    interval_ms: int | None,
    payload: str,
    now_ms: int,
    room_id: int | None = None,
    edits: str | None = None,
    recheck: str = "",
    thread: str = "",
    reader: str = "",
    not_before: int = 0,
) -> bool:
    """Put a message into its lane; False when the same key was promised before. The caller's transaction carries it.

    ``interval_ms`` is the lane's pace; None leaves it as it is, for who speaks on a platform without knowing its pace.
    ``thread`` is the platform's address of the conversation inside the room that it belongs to, ``reader`` the account
    that alone is to see it.
    """
    dialect = db.get_bind().dialect.name
    wake = max(now_ms, not_before)
    place = {"lane_key": lane_key, "platform": platform, "interval_ms": interval_ms, "wake": wake}
    [(wakes_at,)] = _WAKE_LANE[dialect].all(db, place)
    if wakes_at <= now_ms:  # before that nobody could do anything about it
        db.info[PROMISED] = True
    message = {
        "dedupe_key": key,
        "lane": lane_key,
        "room_id": room_id,
        "not_before": not_before,
        "payload": payload,
        "edits": edits,
        "recheck": recheck,
        "thread": thread,
        "reader": reader,
        "created_ms": now_ms,
    }
    return _KEEP_MESSAGE[dialect].run(db, message) > 0


def changed(db: Session, statement: Executable, values: dict[str, Any]) -> bool:
    """Whether the statement met a row.

    Of an insertion, SQLAlchemy tells that on PostgreSQL only when it is asked to.
    """
    done: CursorResult[Any] = db.execute(statement, values, execution_options={"preserve_rowcount": True})  # type: ignore[assignment]
    return done.rowcount > 0


def forget(db: Session, *, before_ms: int, most: int = 1000) -> bool:
    """Remove some old promises that were kept or dropped; True when there may be more. What was given up stays."""
    done: CursorResult[Any] = db.execute(_FORGET, {"before_ms": before_ms, "most": most})  # type: ignore[assignment]
    return done.rowcount >= most


def provider_id(db: Db, key: str) -> str | None:
    """The platform's own id of a promise that was kept."""
    [found] = _SENT.first(db, {"key": key}) or [None]
    return found


def promised(db: Session, key: str) -> tuple[str, Promise, int | None] | None:
    """Payload, state and room of a promise."""
    row = db.execute(_PAYLOAD, {"key": key}).first()
    return (row.payload, Promise(row.state), row.room_id) if row else None


def beginning(db: Session, stem: str) -> Sequence[Row[str, str]]:
    """Key and payload of what was promised under keys that begin with ``stem:``, but for what replaces such."""
    return db.execute(_BEGINNING, {"begin": f"{stem}:", "end": f"{stem};"}).all()


def said_as(db: Session, room_id: int, provider_id: str) -> str | None:
    """The payload of what was said in a room under the platform's id, as long as it is kept."""
    return db.execute(_SAID_AS, {"room": room_id, "provider": provider_id}).scalar()


def key_of(db: Session, room_id: int, provider_id: str) -> str | None:
    """The key of the promise that was first kept under the platform's id."""
    return db.execute(_KEY_OF, {"room": room_id, "provider": provider_id}).scalar()


def last_said(db: Session, room_id: int, *, since_ms: int, most: int) -> Sequence[str]:
    """The payloads of what was said in a room since then, the newest first."""
    return db.scalars(_LAST_SAID, {"lane_key": lane_of(room_id), "since_ms": since_ms, "most": most}).all()


def waiting(db: Session) -> int:
    """How many promises are neither kept nor given up."""
    return db.scalar(select(func.count()).select_from(outbox).where(outbox.c.state.in_(OPEN))) or 0
