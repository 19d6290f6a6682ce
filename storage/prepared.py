"""Statements of every command: compiled once, and run as they are in the session's own transaction.

With each execution SQLAlchemy looks anew for the compiled form, the types of values and results, and who listens: for a
row by its key that takes ten times as long as SQLite needs for it. All of that is known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from operator import itemgetter
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy import inspect as mapper_of
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.types import TypeEngine

Row = tuple[Any, ...]
Values = Mapping[str, Any]
Convert = Callable[[Any], Any]

Db = Session | Connection
"""What a prepared statement runs in. A session keeps account of rows, which costs more than the statement does."""

_CONNECTION = "connection"
"""In a session's ``info``: that of its transaction, or of an earlier one."""


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
        text, cursor = self._run(_at_hand(db), values)
        found: list[Row] = cursor.fetchall()
        cursor.close()
        return text.read(found)

    def first(self, db: Db, values: Values) -> Row | None:
        return next(iter(self.all(db, values)), None)

    def run(self, db: Db, values: Values) -> int:
        """How many rows were written."""
        _, cursor = self._run(_at_hand(db), values)
        written: int = cursor.rowcount
        cursor.close()
        return written

    def run_all(self, db: Db, rows: Iterable[Values]) -> None:
        """Once for each row of values; none is fine."""
        connection = _at_hand(db)
        text = self._text(connection.dialect)
        found = [text.parameters(values) for values in rows]
        if found:
            _executed(connection, text.sql, found, many=True).close()

    def _run(self, connection: Connection, values: Values) -> tuple[_Text, Any]:
        text = self._text(connection.dialect)
        return text, _executed(connection, text.sql, text.parameters(values))

    def _text(self, dialect: Dialect) -> _Text:
        text = self._texts.get(dialect.name)
        if text is None:
            text = self._texts[dialect.name] = _compiled(self._statement, dialect)
        return text


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
        return self._read(db, values, partial(_loaded, db))

    def apart(self, db: Db, values: Values) -> Iterator[Row]:
        """Rows that no session has, as all are once theirs is over: for who only reads them, and then."""
        return self._read(db, values, _apart)

    def _read(self, db: Db, values: Values, load: Callable[[Mapper[Any], dict[str, Any]], Any]) -> Iterator[Row]:
        mappers = [mapper_of(one) for one in self._classes]
        for row in self.all(db, values):
            cells = iter(row)
            yield tuple(load(mapper, dict(zip(_names(mapper), cells, strict=False))) for mapper in mappers)


def _at_hand(db: Db) -> Connection:
    """The connection of the session's transaction: looked up at the first question, not at each."""
    if isinstance(db, Connection):
        return db
    known: Connection | None = db.info.get(_CONNECTION)
    if known is None or not known.in_transaction():
        known = db.info[_CONNECTION] = db.connection()
    return known


def _executed(connection: Connection, sql: str, values: Any, *, many: bool = False) -> Any:
    """The cursor of it."""
    dialect = connection.dialect
    cursor = connection.connection.cursor()
    try:
        (dialect.do_executemany if many else dialect.do_execute)(cursor, sql, values)
    except dialect.loaded_dbapi.Error as error:
        raise _told(error, sql, connection) from error
    return cursor


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
    made = _made(mapper, key, cells)
    state = instance_state(made)
    state.session_id = db.hash_key
    db.identity_map.add(state)
    return made


def _apart(mapper: Mapper[Any], cells: dict[str, Any]) -> Any:
    if cells["id"] is None:
        return None
    return _made(mapper, mapper.identity_key_from_primary_key((cells["id"],)), cells)


def _made(mapper: Mapper[Any], key: Any, cells: dict[str, Any]) -> Any:
    made = mapper.class_manager.new_instance()
    made.__dict__.update(cells)
    instance_state(made).key = key
    return made


@dataclass(frozen=True)
class _Text:
    """A statement in one dialect, and what becomes of the values that are given for it.

    ``names`` are their names in it, in its order: those of what is given, which ``take`` gives in that order, and of
    what is ``fixed``, by its place. ``converted`` are the values, ``results`` the columns that are converted, each by
    its place in the row.
    """

    sql: str
    positional: bool
    names: Sequence[str]
    take: Callable[[Values], Sequence[Any]]
    fixed: Sequence[tuple[int, Any]]
    converted: Sequence[tuple[int, Convert]]
    results: Sequence[tuple[int, Convert]]

    def parameters(self, values: Values) -> Any:
        row = [*self.take(values)]
        for at, value in self.fixed:
            row.insert(at, value)
        for at, convert in self.converted:
            row[at] = convert(row[at])
        return tuple(row) if self.positional else dict(zip(self.names, row, strict=True))

    def read(self, rows: list[Row]) -> Sequence[Row]:
        """A column at a time, as a checklist has some sixty rows, of which most columns are as they are."""
        if not rows or not self.results:
            return rows
        read: list[Iterable[Any]] = [*zip(*rows, strict=True)]
        for at, convert in self.results:
            read[at] = map(convert, read[at])
        return [*zip(*read, strict=True)]


def _compiled(statement: Any, dialect: Dialect) -> _Text:
    made = statement.compile(dialect=dialect)
    if made.insert_prefetch or made.update_prefetch:
        raise ValueError("a default that would not be filled in")
    named = {name: bind for bind, name in made.bind_names.items()}
    order: Sequence[str] = made.positiontup if made.positional else [*named]
    binds = [named[name] for name in order]
    values = [_kind(bind.type, dialect).bind_processor(dialect) for bind in binds]
    results = [_kind(column.type, dialect).result_processor(dialect, None) for column in statement.exported_columns]
    return _Text(
        made.string,
        made.positional,
        order,
        _taking([bind.key for bind in binds if bind.required]),
        [(at, bind.value) for at, bind in enumerate(binds) if not bind.required],
        [(at, convert) for at, convert in enumerate(values) if convert is not None],
        [(at, convert) for at, convert in enumerate(results) if convert is not None],
    )


def _taking(keys: Sequence[str]) -> Callable[[Values], Sequence[Any]]:
    """The values of these keys, in their order."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda values: [values[key] for key in keys]


def _kind(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)


def _told(error: Any, sql: str, connection: Connection) -> Exception:
    """As SQLAlchemy would tell it; a connection that is lost goes back to no pool."""
    dialect, base = connection.dialect, connection.dialect.loaded_dbapi.Error
    lost = dialect.is_disconnect(error, connection.connection, None)
    if lost:
        connection.invalidate(error)
    told: Exception = DBAPIError.instance(
        sql, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )
    return told
