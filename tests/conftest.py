"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.chat import Chat

# Plain tracebacks: the default ones draw every local variable, at a second each.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    """A workspace of its own in English, on Wednesday 2026-06-10 at 08:00 in Shanghai."""
    made = Chat(tmp_path)
    yield made
    made.close()
