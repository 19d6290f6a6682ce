"""Run by Alembic: for what ``storage.migrations`` hands over, or on the address that ``-x url=…`` names."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, create_engine

from storage import tables
from storage.base import Exact, Utc
from storage.migrations import NOTE


def plainly(kind: str, item: object, _autogen: object) -> str | Literal[False]:
    """A migration names the database's own types, so that it still runs when ours have changed."""
    if kind == "type" and isinstance(item, Exact):
        return "sa.String(length=40)"
    return "sa.DateTime()" if kind == "type" and isinstance(item, Utc) else False


def connected() -> Connection:
    return create_engine(context.get_x_argument(as_dictionary=True)["url"]).connect()


def taken(*, step: Any, **_more: Any) -> None:
    """What a step says of older releases is written down with it: they have never seen the step, and read it there."""
    context.execute(NOTE.bindparams(oldest=getattr(step.up_revision.module, "runs_from", step.up_revision_id)))
    context.config.attributes.get("taken", lambda _step: None)(step.up_revision_id)


def run() -> None:
    asked = context.config.attributes
    shared: dict[str, Any] = {
        "on_version_apply": taken,
        "target_metadata": tables.ALL,
        "render_as_batch": True,  # SQLite cannot change a column: the table is rebuilt
        "transactional_ddl": True,
    }
    if context.is_offline_mode():
        context.configure(dialect_name=asked["dialect"], literal_binds=True, **shared)
    else:
        context.configure(
            connection=asked.get("connection") or connected(),
            render_item=plainly,
            **shared,
        )
    with context.begin_transaction():
        context.run_migrations()


run()
