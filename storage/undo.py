"""Putting rows back as a journal entry found them, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, TypeDecorator, select
from sqlalchemy.orm import Mapper, Session

from storage.base import Base, Clash, Exact
from storage.journal import Change, secrets


class ChangedSince(Exception):  # noqa: N818  a fact about the rows, which the caller words
    """A row that was to be put back has been changed since, or others have come to depend on it.

    Without a row: another has its place, or what it hung on is gone.
    """

    def __init__(self, table: str = "", row_id: int = 0) -> None:
        super().__init__(table)
        self.table, self.id = table, row_id


class Unknown(Exception):  # noqa: N818  as above
    """A newer release has written the entry: it changed what this one does not know."""


class Irretrievable(Exception):  # noqa: N818  as above
    """What stood in a row that is to be put back was a secret, and is not known."""


def net(changes: Iterable[Change]) -> list[Change]:
    """One change per row, from how it was before the first to how it was after the last; no change is left out."""
    found: dict[tuple[str, int], Change] = {}
    for change in changes:
        key = (change.table, change.id)
        found[key] = _after(found[key], change) if key in found else change
    return [trimmed for change in found.values() if (trimmed := _trimmed(change)) is not None]


def _after(first: Change, then: Change) -> Change:
    before = None if first.before is None else {**(then.before or {}), **first.before}
    after = None if then.after is None else {**(first.after or {}), **then.after}
    return Change(first.table, first.id, before, after, first.task)


def _trimmed(change: Change) -> Change | None:
    before, after = change.before, change.after
    if before is None or after is None:
        return change if before != after else None
    differ = [name for name in after if before.get(name) != after[name]]
    was, is_now = ({name: side.get(name) for name in differ} for side in (before, after))
    return replace(change, before=was, after=is_now) if differ else None


def inverse(change: Change) -> Change:
    return replace(change, before=change.after, after=change.before)


def revert(db: Session, changes: Sequence[Change]) -> None:
    """Put every row back as it was before these (net) changes.

    Raises ``ChangedSince`` if one is no longer as they left it, ``Irretrievable`` for a secret, ``Unknown``; the caller
    then rolls back. First edits are taken
    back, so that nothing points to rows that go; then rows go, children first; then rows come back, parents first.
    Versions go on: putting back is one more change.
    """
    if not all(map(_is_known, changes)):
        raise Unknown
    for change in changes:
        _check(db, change)
    order = {table.name: position for position, table in enumerate(Base.metadata.sorted_tables)}
    by_table = sorted(changes, key=lambda change: order[change.table])
    try:
        with db.begin_nested():
            _write(db, by_table)
    except Clash:
        raise ChangedSince from None


def _write(db: Session, by_table: Sequence[Change]) -> None:
    for change in by_table:
        if change.before is not None and change.after is not None:
            _set(row_of(db, change), change.before)
    db.flush()
    _remove(db, [change for change in reversed(by_table) if change.before is None])
    for change in by_table:
        if change.after is None:
            row = _mapper(change.table).class_()
            _set(row, change.before or {})
            db.add(row)
            db.flush()


def _is_known(change: Change) -> bool:
    table = Base.metadata.tables.get(change.table)
    return table is not None and {*(change.before or ()), *(change.after or ())} <= set(table.columns.keys())


def _check(db: Session, change: Change) -> None:
    row = row_of(db, change)
    if (row is None) != (change.after is None):
        raise ChangedSince(change.table, change.id)
    mapper = _mapper(change.table)
    hidden = secrets(mapper.class_)
    if hidden & set(change.before or ()):
        raise Irretrievable
    # A version moves on with every flush, in the same transaction too; what else was changed tells itself.
    counted = set() if mapper.version_id_col is None else {mapper.version_id_col.name}
    left = {name: value for name, value in (change.after or {}).items() if name not in hidden | counted}
    if any(getattr(row, name) != value for name, value in typed(change.table, left).items()):
        raise ChangedSince(change.table, change.id)


def _remove(db: Session, added: Sequence[Change]) -> None:
    """Delete rows that were added, unless something that came later hangs on them."""
    going = {(change.table, change.id) for change in added}
    for table in dict.fromkeys(change.table for change in added):
        ids = [change.id for change in added if change.table == table]
        for mapper, column in _pointing_at(table):
            held = db.execute(select(column, mapper.columns["id"]).where(column.in_(ids))).all()
            for parent, child in held:
                if (mapper.class_.__tablename__, child) not in going:
                    raise ChangedSince(table, parent)
        for row_id in ids:
            db.delete(db.get_one(_mapper(table).class_, row_id))
        db.flush()


def _pointing_at(table: str) -> list[tuple[Mapper[Any], Column[Any]]]:
    """Foreign keys of journalled rows to that table, wherever their mappers are."""
    return [
        (mapper, column)
        for mapper in Base.registry.mappers
        if getattr(mapper.class_, "journalled", True)
        for column in mapper.columns
        if any(key.column.table.name == table for key in column.foreign_keys)
    ]


def _mapper(table: str) -> Mapper[Any]:
    return next(mapper for mapper in Base.registry.mappers if mapper.class_.__tablename__ == table)


def row_of(db: Session, change: Change) -> Any:
    """The row that was changed, as it stands now; None where it is gone."""
    return db.get(_mapper(change.table).class_, change.id)


def _set(row: Any, values: Mapping[str, Any]) -> None:
    columns = _mapper(row.__tablename__).columns
    for name, value in values.items():
        setattr(row, name, value_of(columns[name], value))


def value_of(column: Column[Any], value: Any) -> Any:
    """What the journal keeps as JSON, as the row has it."""
    if isinstance(column.type, Exact):
        return None if value is None else Decimal(value)
    column_type = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    kind = column_type.python_type
    return kind.fromisoformat(value) if value is not None and kind in {datetime, date, time} else value


def typed(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The journal's values of a row of that table, as the row has them; what a table no longer has is left out."""
    for mapper in Base.registry.mappers:
        if mapper.class_.__tablename__ == table:
            known = mapper.columns
            return {name: value_of(known[name], value) for name, value in values.items() if name in known}
    return {}
