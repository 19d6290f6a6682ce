"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings

from storage.base import Database
from tests.chat import Chat

# Plain tracebacks: the default ones draw every local variable, at a second each.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])

# No test fails because the machine is busy.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    """A workspace of its own in English, on Wednesday 2026-06-10 at 08:00 in Shanghai."""
    made = Chat(tmp_path)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever database a test opens is closed after it: Python 3.13 warns of a connection that nobody closed."""
    opened, begin = [], Database.__init__

    def noted(self: Database, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        opened.append(self)

    monkeypatch.setattr(Database, "__init__", noted)
    yield
    for database in opened:
        database.close()
