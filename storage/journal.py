"""Who did what, when, from where, and what changed: append-only, hash-chained, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    ForeignKey,
    Select,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    event,
    func,
    insert,
    inspect,
    or_,
    select,
)
from sqlalchemy.orm import InstanceState, Mapped, Mapper, Session, UOWTransaction, mapped_column
from sqlalchemy.orm.attributes import get_history

from storage import chain
from storage.base import Base, columns
from storage.prepared import Prepared

GENESIS = "0" * 64
HIDDEN = "***"
"""What stands in the journal for a secret."""


class Entry(Base):
    """One command that changed something.

    ``hash`` chains it to the one before it, over the body's ``digest``: pieces of the body can be erased for a person's
    sake, and the chain still verifies (``storage/chain.py``). ``line`` and ``room`` stand in the body too; beside it
    they are for questions. ``undoes`` may name an entry that was pruned.
    """

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("workspace_id", "seq"),)
    journalled: ClassVar[bool] = False

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    seq: Mapped[int]
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    meeting_id: Mapped[int | None] = mapped_column(index=True)
    platform: Mapped[str] = mapped_column(String(20))
    room: Mapped[str] = mapped_column(String(200), default="")
    line: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    undoes: Mapped[int | None] = mapped_column(index=True)

    def changes(self) -> list[Change]:
        """Without those that were erased."""
        return [Change(**change) for change in chain.changes(chain.opened(self.body))]

    @property
    def erased(self) -> bool:
        """Whether something of it went for a person's sake: it can then no longer be taken back."""
        return chain.any_erased(chain.opened(self.body))


class Anchor(Base):
    """Where a workspace's chain begins now: ``seq`` entries were pruned, the last of them had this ``hash``."""

    __tablename__ = "journal_anchor"
    journalled: ClassVar[bool] = False
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Erasure(Base):
    """That pieces of these entries (``entries``, by number) were erased for the sake of whoever stood in them.

    ``subject`` names them as far as that is still possible (``P12``); ``counts`` tells by kind what went.
    """

    __tablename__ = "erasure"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"), index=True)
    subject: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    entries: Mapped[list[int]] = mapped_column(JSON)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class EntryTask(Base):
    """Which tasks an entry touched, so that one task's history is one indexed question."""

    __tablename__ = "journal_task"
    journalled: ClassVar[bool] = False
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal.id"), primary_key=True)
    task_id: Mapped[int] = mapped_column(primary_key=True, index=True)


@dataclass(frozen=True)
class Change:
    """``before`` is None for a new row, ``after`` is None for a removed one; else only what differs.

    ``task`` is the id of the task that the row is, or belongs to.
    """

    table: str
    id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    task: int | None = None


@event.listens_for(Session, "after_flush")
def _collect(db: Session, _context: UOWTransaction) -> None:
    """Every flush leaves what it changed in ``db.info``, if the session is being journalled."""
    changes = db.info.get("changes")
    if changes is None:
        return
    for rows, describe in ((db.new, _added), (db.dirty, _edited), (db.deleted, _removed)):
        for row in rows:
            if getattr(row, "journalled", True):
                change = describe(inspect(row))
                if change is not None:
                    changes.append(change)


def _change(state: InstanceState[Any], before: dict[str, Any] | None, after: dict[str, Any] | None) -> Change:
    table, row = state.class_.__tablename__, state.obj()
    return Change(table, row.id, before, after, row.id if table == "task" else getattr(row, "task_id", None))  # type: ignore[union-attr]


@cache
def _names(mapper: Mapper[Any]) -> tuple[str, ...]:
    """Without what follows from the rest, and without the version: it goes on whatever is put back."""
    derived: frozenset[str] = getattr(mapper.class_, "derived", frozenset())
    columns = ((one.key, one.columns[0]) for one in mapper.column_attrs)
    return tuple(name for name, column in columns if name not in derived and column is not mapper.version_id_col)


def _added(state: InstanceState[Any]) -> Change:
    return _change(state, None, _values(state))


def _removed(state: InstanceState[Any]) -> Change:
    return _change(state, _values(state), None)


def _values(state: InstanceState[Any]) -> dict[str, Any]:
    row = state.obj()
    return {name: _kept(state, name, getattr(row, name)) for name in _names(state.mapper)}


def _edited(state: InstanceState[Any]) -> Change | None:
    before, after, row, touched = {}, {}, state.obj(), state.committed_state
    for name in (name for name in _names(state.mapper) if name in touched):
        history = get_history(row, name)
        if history.has_changes():
            old, new = (side[0] if side else None for side in (history.deleted, history.added))
            if old != new:
                before[name], after[name] = _kept(state, name, old), _kept(state, name, new)
    return _change(state, before, after) if after else None


def _kept(state: InstanceState[Any], name: str, value: Any) -> Any:
    return HIDDEN if value and name in secrets(state.class_) else plain(value)


def secrets(table: type[Base]) -> frozenset[str]:
    """Columns of which the journal knows that they changed, and not what stands there."""
    return getattr(table, "secret", frozenset())


def plain(value: Any) -> Any:
    """A row's value as the journal keeps it, in JSON; moments in UTC."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, datetime | date | time) else value


def watch(db: Session) -> list[Change]:
    """Start collecting changes of this session; the list fills with every flush."""
    changes: list[Change] = []
    db.info["changes"] = changes
    return changes


_entry = columns(Entry)
_HEAD = Prepared(
    select(_entry.seq, _entry.hash)
    .where(_entry.workspace_id == bindparam("place"))
    .order_by(_entry.seq.desc())
    .limit(1)
)
_START = select(Anchor.seq, Anchor.hash).where(Anchor.workspace_id == bindparam("place"))
_ADD = Prepared(
    insert(Entry).values({one.name: bindparam(one.name) for one in _entry if not one.primary_key}).returning(_entry.id)
)
_TOUCH = Prepared(insert(EntryTask).values(entry_id=bindparam("entry_id"), task_id=bindparam("task_id")))


def append(
    db: Session,
    workspace_id: int,
    *,
    at: datetime,
    person_id: int | None,
    meeting_id: int | None,
    platform: str,
    room: str,
    line: str,
    changes: Sequence[Change],
    undoes: int | None = None,
) -> int:
    """Add the next link of the workspace's chain, and give its number. The caller's transaction carries it."""
    body, digest = chain.body(line, room, [vars(change) for change in changes])
    place = {"place": workspace_id}
    last, previous = _HEAD.first(db, place) or db.execute(_START, place).first() or (0, GENESIS)
    seq: int = last + 1
    entry: dict[str, Any] = {
        "workspace_id": workspace_id,
        "seq": seq,
        "at": at,
        "person_id": person_id,
        "meeting_id": meeting_id,
        "platform": platform,
        "room": room,
        "line": line,
        "body": body,
        "digest": digest,
        "previous": previous,
        "undoes": undoes,
    }
    entry["hash"] = chain.link(entry)
    [(entry_id,)] = _ADD.all(db, entry)
    for task_id in sorted({change.task for change in changes if change.task is not None}):
        _TOUCH.run(db, {"entry_id": entry_id, "task_id": task_id})
    return seq


def last_of(
    db: Session,
    workspace_id: int,
    person_id: int,
    *,
    since: datetime,
    before: int | None = None,
    tasks: Sequence[int] = (),
) -> Entry | None:
    """The person's newest entry that is neither an undo nor undone.

    Where asked, the newest with a number smaller than ``before``, or the newest that touched these tasks.
    """
    question = select(Entry).where(
        Entry.workspace_id == workspace_id,
        Entry.person_id == person_id,
        Entry.at >= since,
        Entry.undoes.is_(None),
        Entry.id.not_in(_undone(workspace_id)),
    )
    if before is not None:
        question = question.where(Entry.seq < before)
    if tasks:
        question = question.where(Entry.id.in_(_of_tasks(tasks)))
    return db.scalar(question.order_by(Entry.seq.desc()).limit(1))


def _undone(workspace_id: int) -> Select[int | None]:
    return select(Entry.undoes).where(Entry.undoes.is_not(None), Entry.workspace_id == workspace_id)


def numbered(db: Session, workspace_id: int, seq: int) -> Entry | None:
    return db.scalar(select(Entry).where(Entry.workspace_id == workspace_id, Entry.seq == seq))


def undoing(db: Session, entries: Sequence[Entry]) -> dict[int, Entry]:
    """The entry that undid each of these, by the undone one's id."""
    question = select(Entry).where(Entry.undoes.in_([entry.id for entry in entries]))
    return {entry.undoes: entry for entry in db.scalars(question) if entry.undoes is not None}


def some(db: Session, ids: Iterable[int]) -> dict[int, Entry]:
    return {entry.id: entry for entry in db.scalars(select(Entry).where(Entry.id.in_(list(ids))))}


def touching(db: Session, entry: Entry, table: str, row_id: int) -> Entry | None:
    """The newest entry after this one that changed that row."""
    later = select(Entry).where(Entry.workspace_id == entry.workspace_id, Entry.seq > entry.seq)
    for found in db.scalars(later.order_by(Entry.seq.desc())):
        if any((change.table, change.id) == (table, row_id) for change in found.changes()):
            return found
    return None


def entries(
    db: Session,
    workspace_id: int,
    *,
    meeting_id: int | None = None,
    tasks: Sequence[int] = (),
    person_ids: Sequence[int] = (),
    limit: int = 20,
    offset: int = 0,
) -> Sequence[Entry]:
    """The newest entries first; of one meeting, of tasks, by people where these are given."""
    question = _asked(workspace_id, meeting_id, tasks, person_ids)
    return db.scalars(question.order_by(Entry.seq.desc()).limit(limit).offset(offset)).all()


def changing(
    db: Session, workspace_id: int, tables: Collection[str], since: datetime
) -> Iterator[tuple[Entry, Change]]:
    """Every change to rows of these tables from then on, the oldest first, with the command that made it."""
    named = or_(*(Entry.body.contains(f'"table": "{name}"') for name in tables))
    question = select(Entry).where(Entry.workspace_id == workspace_id, Entry.at >= since, named)
    for entry in db.scalars(question.order_by(Entry.seq)):
        yield from ((entry, change) for change in entry.changes() if change.table in tables)


def count(
    db: Session,
    workspace_id: int,
    *,
    meeting_id: int | None = None,
    tasks: Sequence[int] = (),
    person_ids: Sequence[int] = (),
) -> int:
    """How many entries there are of these."""
    question = _asked(workspace_id, meeting_id, tasks, person_ids)
    return db.scalar(select(func.count()).select_from(question.subquery())) or 0


def _asked(workspace_id: int, meeting_id: int | None, tasks: Sequence[int], person_ids: Sequence[int]) -> Select[Entry]:
    question = select(Entry).where(Entry.workspace_id == workspace_id)
    if meeting_id is not None:
        question = question.where(Entry.meeting_id == meeting_id)
    if tasks:
        question = question.where(Entry.id.in_(_of_tasks(tasks)))
    return question.where(Entry.person_id.in_(person_ids)) if person_ids else question


def _of_tasks(tasks: Sequence[int]) -> Select[int]:
    return select(EntryTask.entry_id).where(EntryTask.task_id.in_(tasks))
