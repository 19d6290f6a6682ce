"""Rows that were changed, written by one prepared UPDATE each.

SQLAlchemy's unit of work puts in order what depends on each other: rows that are new, and those that go. A row that was
changed depends on nothing, and a command that changes one should not pay for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, inspect, update
from sqlalchemy.orm import InstanceState, Mapper, Session
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.orm.exc import StaleDataError

from storage.prepared import Prepared


class Edits(Session):
    """A session as SQLAlchemy's, but for how it writes rows that were changed while none came or went.

    Who listens to ``before_update`` and ``after_flush`` is told, nobody else. As ever, a row that somebody else has
    changed or removed meanwhile raises ``StaleDataError``.
    """

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        changed = [inspect(row) for row in self.dirty]
        if objects is not None or not self._alone(changed):
            super().flush(objects)
        elif changed:
            self._write(sorted(changed, key=lambda state: (_table(state.mapper).name, state.identity)))

    def _alone(self, changed: Sequence[InstanceState[Any]]) -> bool:
        """A savepoint must know what to forget, and a row that was not read whole has to be read first."""
        apart = self.new or self.deleted or self.in_nested_transaction()
        return not apart and not any(state.expired_attributes for state in changed)

    def _write(self, changed: Sequence[InstanceState[Any]]) -> None:
        for state in changed:
            mapper = state.mapper
            mapper.dispatch.before_update(mapper, self.connection(), state)
            names = tuple(name for name in state.committed_state if get_history(state.obj(), name).has_changes())
            if names:
                _update(self, state, names)
        self.dispatch.after_flush(self, None)
        for state in changed:
            state._commit_all(state.dict, self.identity_map)  # noqa: SLF001  as the unit of work ends


def _table(mapper: Mapper[Any]) -> Table:
    return cast("Table", mapper.local_table)


def _update(db: Session, state: InstanceState[Any], names: tuple[str, ...]) -> None:
    row, values = state.dict, {name: state.dict[name] for name in names}
    values |= {f"key_{at}": value for at, value in enumerate(state.identity or ())}
    version = state.mapper.version_id_col
    if version is not None:
        values |= {"before": row[version.name], version.name: row[version.name] + 1}
    if _statement(state.mapper, names).run(db, values) != 1:
        raise StaleDataError(f"somebody else has changed or removed this row of {_table(state.mapper).name}")
    if version is not None:
        row[version.name] += 1


@lru_cache(maxsize=1000)
def _statement(mapper: Mapper[Any], names: tuple[str, ...]) -> Prepared:
    table, version = _table(mapper), mapper.version_id_col
    statement = update(table).where(*(key == bindparam(f"key_{at}") for at, key in enumerate(mapper.primary_key)))
    if version is not None:
        statement, names = statement.where(version == bindparam("before")), (*names, version.name)
    return Prepared(statement.values({name: bindparam(name) for name in names}))
