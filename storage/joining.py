"""Two people become one: whatever pointed at the one points at the other."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table, UniqueConstraint, select
from sqlalchemy.orm import Mapper

from storage.base import Base, Session
from storage.people import Leave, Person, forget_codes


def merge(db: Session, gone: Person, *, into: Person) -> None:
    """Accounts, tasks, roles, rooms, everything that is journalled moves; ``gone`` stays as a row that points on.

    What was said and what stands in the journal is history and stays under the name it had.
    """
    for mapper, name in _pointers():
        _move(db, mapper, name, gone, into)
    for earlier in db.scalars(select(Person).where(Person.merged_into == gone.id)):
        earlier.merged_into = into.id
    for leave in db.scalars(select(Leave).where(Leave.person_id == into.id, Leave.cover_id == into.id)):
        leave.cover_id = None
    for person in (gone, into):
        forget_codes(db, person.id)
    into.locale, into.zone = into.locale or gone.locale, into.zone or gone.zone
    into.admin, gone.admin = into.admin or gone.admin, False
    gone.merged_into = into.id
    db.flush()


def _pointers() -> Iterator[tuple[Mapper[Base], str]]:
    """Every attribute of a journalled table that names a person, those of tables to come included."""
    for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__tablename__):
        if mapper.class_ is Person or not getattr(mapper.class_, "journalled", True):
            continue
        for attribute in mapper.column_attrs:
            if any(key.column is Person.__table__.c.id for key in attribute.columns[0].foreign_keys):
                yield mapper, attribute.key


def _move(db: Session, mapper: Mapper[Base], name: str, gone: Person, into: Person) -> None:
    column = getattr(mapper.class_, name)
    for row in db.scalars(select(mapper.class_).where(column == gone.id)).all():
        if _stands_already(db, mapper, row, name, into):
            db.delete(row)
        else:
            setattr(row, name, into.id)
        db.flush()


def _stands_already(db: Session, mapper: Mapper[Base], row: Base, name: str, into: Person) -> bool:
    """Whether the other has the same already: both had the task, or the role."""
    table = mapper.local_table
    assert isinstance(table, Table)  # noqa: S101  every class here is one table
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and name in constraint.columns:
            values = {column.name: getattr(row, column.name) for column in constraint.columns} | {name: into.id}
            if db.scalar(select(mapper.class_).filter_by(**values)) is not None:
                return True
    return False
