"""A terminal to test in: ``huihou("say", "done T12")`` in a folder and an environment of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner, Result

from bot.cli import huihou
from tests.logged import put_back


@dataclass
class Shell:
    """``folder`` is the data folder; ``env`` may be changed between commands."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, given: str | bytes = "", code: int | None = 0) -> Result:
        """Run it; ``code`` is the exit code that is expected, None for any."""
        result = CliRunner(env=self.env).invoke(huihou, words, prog_name="huihou", input=given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert code in {None, result.exit_code}, result.output
        return result

    def json(self, *words: str, given: str = "", code: int | None = 0) -> Any:
        return json.loads(self(*words, "--json", given=given, code=code).stdout)


@contextmanager
def shell(folder: Path) -> Iterator[Shell]:
    """The commands set up logging for their process; here that is put back."""
    with put_back():
        yield Shell(folder, {"HUIHOU_DATA": str(folder), "HUIHOU_LOCALE": "en"})


def every(group: click.Group = huihou, *path: str) -> Iterator[tuple[str, ...]]:
    """The words that call each command, groups among them."""
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every(command, *path, name)
        else:
            yield (*path, name)
