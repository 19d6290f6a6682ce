"""Statements of every command: compiled once, and run as they are in the session's own transaction.

With each execution SQLAlchemy looks anew for the compiled form, the types of values and results, and who listens: for a
row by its key that takes ten times as long as SQLite needs for it. All of that is known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import CompoundSelect, Delete, Dialect, Insert, Select, Update
from sqlalchemy import inspect as mapper_of
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.types import TypeEngine

from storage.links import Db, Link, at_hand

Row = tuple[Any, ...]
Values = Mapping[str, Any]
Convert = Callable[[Any], Any]


class Prepared:
    """A Core statement whose values are all a ``bindparam``, one value each.

    An insertion names every column that has a default: they are not filled in, and to leave one out raises.
    Values are converted as their types say, on SQLite as on PostgreSQL, and errors are SQLAlchemy's. As for any Core
    statement, what the session has not flushed is not there yet.
    """

    def __init__(
        self, statement: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | Insert | Update | Delete
    ) -> None:
        self._statement = statement
        self._texts: dict[str, _Text] = {}

    def all(self, db: Db, values: Values) -> Sequence[Row]:
        text, cursor = self._run(db, values)
        found: list[Row] = cursor.fetchall()
        cursor.close()
        return text.read(found) if text.results else found

    def first(self, db: Db, values: Values) -> Row | None:
        return next(iter(self.all(db, values)), None)

    def run(self, db: Db, values: Values) -> int:
        """How many rows were written."""
        _, cursor = self._run(db, values)
        written: int = cursor.rowcount
        cursor.close()
        return written

    def run_all(self, db: Db, rows: Iterable[Values]) -> None:
        """Once for each row of values; none is fine."""
        link = at_hand(db)
        text = self._text(link)
        found = [text.parameters(values) for values in rows]
        if found:
            link.execute_all(text.sql, found)

    def _run(self, db: Db, values: Values) -> tuple[_Text, Any]:
        link = at_hand(db)
        text = self._text(link)
        return text, link.execute(text.sql, text.parameters(values))

    def _text(self, link: Link) -> _Text:
        if link.name not in self._texts:
            self._texts[link.name] = _compiled(self._statement, link.dialect)
        return self._texts[link.name]


class PreparedRows(Prepared):
    """The same for whole rows of these classes, which the session then has as if it had loaded them itself.

    What it has already stays as it is there, flushed before if it does that by itself. A row that an outer join did
    not find is None.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]], *classes: type[Any]) -> None:
        super().__init__(statement)
        self._classes = classes

    def rows(self, db: Session, values: Values) -> Iterator[Row]:
        if db.autoflush:
            db.flush()
        mappers = [mapper_of(one) for one in self._classes]
        for row in self.all(db, values):
            cells = iter(row)
            yield tuple(_loaded(db, mapper, dict(zip(_names(mapper), cells, strict=False))) for mapper in mappers)


@cache
def _names(mapper: Mapper[Any]) -> tuple[str, ...]:
    return tuple(one.key for one in mapper.column_attrs)


def _loaded(db: Session, mapper: Mapper[Any], cells: dict[str, Any]) -> Any:
    """``id`` is every class's key. What is new becomes the session's own as SQLAlchemy's loader makes it so."""
    if cells["id"] is None:
        return None
    key = mapper.identity_key_from_primary_key((cells["id"],))
    known = db.identity_map.get(key)
    if known is not None:
        return known
    made = mapper.class_manager.new_instance()
    made.__dict__.update(cells)
    state = instance_state(made)
    state.key, state.session_id = key, db.hash_key
    db.identity_map.add(state)
    return made


@dataclass(frozen=True)
class _Text:
    """A statement in one dialect; what the driver is given for values; the columns that are converted, by place."""

    sql: str
    parameters: Callable[[Values], Any]
    results: Sequence[tuple[int, Convert]]

    def read(self, rows: list[Row]) -> Sequence[Row]:
        """A column at a time, as a checklist has some sixty rows, of which most columns are as they are."""
        if len(rows) <= 1:
            return [self._read(row) for row in rows]
        read: list[Iterable[Any]] = [*zip(*rows, strict=True)]
        for at, convert in self.results:
            read[at] = map(convert, read[at])
        return [*zip(*read, strict=True)]

    def _read(self, row: Row) -> Row:
        read = [*row]
        for at, convert in self.results:
            read[at] = convert(read[at])
        return tuple(read)


def _compiled(statement: Any, dialect: Dialect) -> _Text:
    made = statement.compile(dialect=dialect)
    if made.insert_prefetch or made.update_prefetch:
        raise ValueError("a default that would not be filled in")
    named = {name: bind for bind, name in made.bind_names.items()}
    order: Sequence[str] = made.positiontup if made.positional else [*named]
    fixed = {name: bind.value for name, bind in named.items() if not bind.required}
    values = [_kind(named[name].type, dialect).bind_processor(dialect) for name in order]
    converted = [(at, convert) for at, convert in enumerate(values) if convert is not None]
    results = [_kind(column.type, dialect).result_processor(dialect, None) for column in statement.exported_columns]
    return _Text(
        made.string,
        _parameters(order, fixed, converted, names=None if made.positional else order),
        [(at, convert) for at, convert in enumerate(results) if convert is not None],
    )


def _parameters(
    order: Sequence[str],
    fixed: Values,
    converted: Sequence[tuple[int, Convert]],
    *,
    names: Sequence[str] | None,
) -> Callable[[Values], Any]:
    """What makes of values what the driver takes: a row in this order or, by these names, a mapping."""
    take = _taking(order)

    def row(values: Values) -> tuple[Any, ...]:
        return take({**fixed, **values})

    def changed(values: Values) -> Sequence[Any]:
        taken = [*row(values)]
        for at, convert in converted:
            taken[at] = convert(taken[at])
        return taken

    taken = changed if converted else row if fixed else take
    if names is not None:
        return lambda values: dict(zip(names, taken(values), strict=True))
    return taken


def _taking(keys: Sequence[str]) -> Callable[[Values], tuple[Any, ...]]:
    """The values of these keys, in their order."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda values: (values[keys[0]],) if keys else ()


def _kind(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
