"""Bolt with the same SQL by sqlite3 alone: what a command from Slack costs where all that is ours costs nothing.

`python -m benchmarks.stored API FOLDER COMMANDS`: so many commands are carried out on a copy of the database in the
folder; then, for each that comes, what it sent to SQLite is sent once more, and committed.
"""

from __future__ import annotations

import gc
import shutil
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from itertools import cycle, islice
from pathlib import Path

from benchmarks import beside, done, slack
from benchmarks.beside import ANN, CHANNEL
from benchmarks.done import Statement
from bot.app import build
from bot.ask import Ask
from bot.settings import Settings

Queues = Mapping[str, deque[list[Statement]]]


def recorded(folder: Path, commands: int) -> Queues:
    """What each command sends to SQLite, with its values, by its line and in its order."""
    app = build(Settings(_env_file=None, data=folder, locale="en", asks_a_minute=0))
    found: dict[str, deque[list[Statement]]] = defaultdict(deque)
    sent: list[Statement] = []
    done.tap(app, sent.append)
    for number, line in enumerate(islice(cycle(slack.lines(1, 1)), commands)):
        answer = app.dispatch.answer(Ask("slack", ANN, CHANNEL, line, event_id=f"command:{number}", deferred=True))
        if answer.refused:
            raise SystemExit(f"{line} was refused: {answer.body}")
        found[line].append([*sent])
        sent.clear()
    app.database.close()
    return found


def serve(api: str, folder: Path, commands: int) -> None:
    apart = folder.with_name(f"{folder.name}-recorded")
    shutil.copytree(folder, apart)
    queues = recorded(apart, commands)
    gc.freeze()  # else the collector walks all of it time and again
    # Rows come in another order than they were written in, so that some refer to what is still to come.
    connection, turn = done.bare(folder, foreign_keys="OFF"), threading.Lock()

    def work(line: str) -> None:
        with turn:
            done.replay(connection, queues[line].popleft())

    beside.serve(beside.bolt(api, at_once=True, work=work))


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
