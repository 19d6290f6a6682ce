"""The demo's folder: made whole or not at all, kept from one start to the next, never a folder of anything else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app import build
from bot.clock import Clock
from bot.sample.telling import Teller, begins
from storage import conversation, migrations

if TYPE_CHECKING:
    from bot.app import App
    from bot.settings import Settings

MARK = ".huihou-demo"


class Strange(Exception):  # noqa: N818  a fact about the folder, which the caller words
    """There is something in the folder, and it is not a demo."""


def missing(folder: Path, *, fresh: bool) -> bool:
    """Whether the sample is to be made; ``fresh`` removes what was there before. Raises ``Strange``."""
    used = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if used and not (folder / MARK).is_file():
        raise Strange
    if used and fresh:
        shutil.rmtree(folder)
        return True
    return not used


def make(settings: Settings, now: datetime, *, told: Callable[[], None] = lambda: None) -> None:
    """The sample, in a folder beside and then moved into place."""
    folder = settings.data
    beside = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    app = build(settings.model_copy(update={"data": beside}), clock=Clock(begins(now) - Clock().now()))
    try:
        migrations.upgrade(app.database)
        Teller(app, now).tell(told)
    finally:
        app.database.close()
    (beside / MARK).touch()
    if folder.exists():
        folder.rmdir()
    beside.replace(folder)


def wind(app: App) -> None:
    """The clock of a demo that was left ahead of time goes on from there: it never goes back."""
    with app.database.read() as db:
        newest = conversation.last_at(db)
    if newest is not None:
        app.clock.move_to(newest)
