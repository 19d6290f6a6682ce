"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import settings

from storage.base import Database
from tests import databases, logged
from tests.chat import Chat
from tests.postgres import Server, available, server

logged.plainly()

# No test fails because the machine is busy.
settings.register_profile("unhurried", deadline=None)
settings.register_profile("sampled", deadline=None, max_examples=15)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every", type=int, default=1, metavar="N", help="run one test in N, always the same ones")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    every = config.getoption("--every")
    left_out = [item for item in items if crc32(item.nodeid.encode()) % every]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    """A workspace of its own in English, on Wednesday 2026-06-10 at 08:00 in Shanghai."""
    made = Chat(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Server]:
    if not available():
        pytest.skip("no PostgreSQL: neither HUIHOU_TEST_POSTGRES is set, nor are initdb and pg_ctl on this machine")
    with server() as made:
        yield made


@pytest.fixture
def postgres(_postgres: Server) -> Iterator[Server]:
    """A PostgreSQL server, given or private; what a test makes there is removed after it."""
    before = set(_postgres.made)
    yield _postgres
    _postgres.clear(but=before)


@pytest.fixture
def sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test is about what only SQLite does: wherever the others run, it runs there."""
    monkeypatch.setattr(databases, "_server", None)


@pytest.fixture(autouse=True)
def _closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever database a test opens is closed after it: Python 3.13 warns of a connection that nobody closed.

    On a server it is removed, too.
    """
    opened, begin, there = [], Database.__init__, databases.folders()

    def noted(self: Database, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        opened.append(self)

    monkeypatch.setattr(Database, "__init__", noted)
    yield
    for database in opened:
        database.close()
    databases.remove(but=there)


def pytest_sessionfinish() -> None:
    databases.close()
