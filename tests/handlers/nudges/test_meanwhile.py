"""A tick plans a task while somebody changes it: what it planned is out of date, and is planned anew."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import checklist
from storage.checklist import LOOK_NOW, Task
from tests.handlers.nudges.build import World, database
from tests.postgres import Server


def _later(task: Task) -> None:
    task.due_at += timedelta(days=7)


@pytest.mark.parametrize("change", [_later, checklist.look_at])
def test_what_a_tick_planned_meanwhile_does_not_stand(postgres: Server, change: Callable[[Task], None]) -> None:
    """The task was to be looked at already when it was read: only on PostgreSQL somebody can tick between."""
    with closing(database(postgres.fresh())) as db:
        world = World(db)
        world.room()
        world.task(1, "2026-06-12 18:00")
        with db.write() as changing:
            task = changing.scalars(select(Task)).one()
            assert task.next_nudge_at == LOOK_NOW
            world.tick("2026-06-10 09:00")
            change(task)
        with db.read() as looking:
            assert looking.scalars(select(Task.next_nudge_at)).one() == LOOK_NOW
