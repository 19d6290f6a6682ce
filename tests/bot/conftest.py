"""What the tests of the process may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.terminal import Shell, shell


@pytest.fixture
def huihou(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """The command line in an empty folder, in English; the machine's own settings do not count."""
    for name in [name for name in os.environ if name.startswith("HUIHOU_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with shell(tmp_path / "data") as made:
        yield made
