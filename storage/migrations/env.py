"""Run by Alembic: for what ``storage.migrations`` hands over, or on the address that ``-x url=…`` names."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, create_engine

from storage import tables
from storage.base import Exact, Utc


def plainly(kind: str, item: object, _autogen: object) -> str | Literal[False]:
    """A migration names the database's own types, so that it still runs when ours have changed."""
    if kind == "type" and isinstance(item, Exact):
        return "sa.String(length=40)"
    return "sa.DateTime()" if kind == "type" and isinstance(item, Utc) else False


def connected() -> Connection:
    return create_engine(context.get_x_argument(as_dictionary=True)["url"]).connect()


def run() -> None:
    asked = context.config.attributes
    shared: dict[str, Any] = {
        "target_metadata": tables.ALL,
        "render_as_batch": True,  # SQLite cannot change a column: the table is rebuilt
        "transactional_ddl": True,
    }
    if context.is_offline_mode():
        context.configure(dialect_name=asked["dialect"], literal_binds=True, **shared)
    else:
        taken = asked.get("taken", lambda _step: None)
        context.configure(
            connection=asked.get("connection") or connected(),
            render_item=plainly,
            on_version_apply=lambda *, step, **_: taken(step.up_revision_id),
            **shared,
        )
    with context.begin_transaction():
        context.run_migrations()


run()
