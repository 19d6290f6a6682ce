"""A world per test, on a SQLite file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import address
from tests.handlers.nudges.build import World, database


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(database(address(tmp_path)))
    yield made
    made.db.close()
