"""The demo and the real thing, each on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.bot.platforms.web.house import SECRET, House, house


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    made = house(tmp_path, monkeypatch, demo=True)
    yield made
    made.app.database.close()


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Not a demo: people sign in."""
    made = house(tmp_path, monkeypatch, web={"secret": SECRET})
    yield made
    made.app.database.close()


@pytest.fixture
def li(demo: House) -> TestClient:
    return demo.browser("li")


@pytest.fixture
def wang(demo: House) -> TestClient:
    return demo.browser("wang")
