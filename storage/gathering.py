"""Everything that a workspace holds about one human, table by table, to be handed to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select

from storage import chain, journal, owned, subjects
from storage.base import Session
from storage.erasing import lanes_of, whose
from storage.journal import Entry
from storage.outbox import outbox
from storage.subjects import Finder, Subject

_NEVER = frozenset({"password", "digest", "hash", "previous", "lease_owner"})
"""Proofs and secrets: they tell nothing of anybody."""
_APART = frozenset({"journal", "journal_task", "link_code", "link_try", "erasure", "ticket"})


def gather(db: Session, subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """Rows that are about them, that point at them, or in whose texts they are named; by table, without the empty."""
    rows = owned.found(db, subject)
    places = {**whose(subject.workspace_id), outbox: outbox.c.lane.in_(lanes_of(subject.workspace_id))}
    found = {table.name: list(_rows(db, subject, rows, table, where)) for table, where in places.items()}
    found["journal"] = list(_entries(db, subject, rows))
    return {name: told for name, told in sorted(found.items()) if told}


def _rows(
    db: Session, subject: Subject, rows: owned.Rows, table: Table, where: ColumnElement[bool]
) -> Iterator[dict[str, Any]]:
    if table.name in _APART:
        return
    sure = [owned.key_of(table).in_(rows[table.name])] if rows.get(table.name) else []
    for column in table.columns:
        for link in column.foreign_keys:
            of = link.column.table.name
            if of in {"person", "party", "letter", "volunteer"} and rows.get(of):
                sure.append(column.in_(rows[of]))
    if table.name == "task":
        assigned = subjects.table("assignment")
        sure.append(table.c.id.in_(select(assigned.c.task_id).where(assigned.c.person_id.in_(rows["person"]))))
    if sure:
        yield from map(_told, db.execute(select(table).where(where, or_(*sure))).mappings())
    yield from _naming(db, subject.finder, table, where, sure)


def _naming(
    db: Session, finder: Finder, table: Table, where: ColumnElement[bool], sure: Sequence[ColumnElement[bool]]
) -> Iterator[dict[str, Any]]:
    """Other rows in which they are named."""
    texts = [column for column in owned.texts(table) if column.name not in _NEVER]
    if not texts or not finder.any:
        return
    likely = or_(*(finder.may_stand_in(column) for column in texts))
    question = select(table).where(where, likely)
    for row in db.execute(question.where(~or_(*sure)) if sure else question).mappings():
        if any(finder.mentions(row[column.name]) for column in texts):
            yield _told(row)


def _entries(db: Session, subject: Subject, rows: owned.Rows) -> Iterator[dict[str, Any]]:
    """What they did, and what of others' doings is about them."""
    finder = subject.finder
    question = select(Entry).where(Entry.workspace_id == subject.workspace_id).order_by(Entry.seq)
    for entry in db.scalars(question, execution_options={"yield_per": 500}):
        held = chain.opened(entry.body)
        mine = entry.person_id in rows["person"]
        about = [change for change in chain.changes(held) if owned.is_theirs(change, rows, finder)]
        if mine or about or finder.mentions(entry.line):
            told = chain.changes(held) if mine else about
            line = entry.line if mine or finder.mentions(entry.line) else ""
            yield {"seq": entry.seq, "at": journal.plain(entry.at), "theirs": mine, "line": line, "changes": told}
        db.expunge(entry)


def _told(row: Any) -> dict[str, Any]:
    return {name: journal.plain(value) for name, value in row.items() if name not in _NEVER and value not in (None, "")}
