"""``python -m tests.bot.lingering run`` is ``huihou run`` with a command that takes as long as the test wants it to."""

from __future__ import annotations

import os
import time
from pathlib import Path

from bot.cli import main
from handlers import router
from handlers.context import Context
from handlers.grammar import OneWord
from messages import Message

FOLDER = "LINGERING"
"""In the environment: where files tell that it has begun, and let it end."""


def linger(ctx: Context, name: OneWord) -> Message:
    """Change something, then wait for a file of that name: linger one"""
    folder = Path(os.environ[FOLDER])
    ctx.room.name = name
    ctx.db.flush()
    (folder / f"{name} begun").touch()
    while not (folder / name).exists():
        time.sleep(0.01)
    return Message(name="x", locale="en", body=f"{name} is over")


if __name__ == "__main__":
    router.command("linger", zh="逗留")(linger)
    main()
