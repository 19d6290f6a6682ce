"""The real bot in a process of its own, which does as it is told thing by thing and dies where it is told to.

Whatever it is told is answered once. Nothing in the product knows of it: what it is to die in is wrapped here, from
outside.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bot.app import App, build
from bot.ask import Ask
from bot.delivery import Delivery
from bot.dispatch import Dispatch
from bot.platforms import Outgoing
from bot.scheduler import Ticks
from bot.settings import Settings
from handlers import Job
from storage import inbox, lanes, outbox
from tests.chat import StillClock
from tests.faults import logs, tally

armed: dict[str, int] = {}


def passing(point: str) -> None:
    """Dies here if it was told to, at the n-th time."""
    if point in armed:
        armed[point] -= 1
        if armed[point] == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def dying_after(owner: Any, name: str, point: str) -> None:
    real: Callable[..., Any] = getattr(owner, name)

    def run(*given: Any, **how: Any) -> Any:
        found = real(*given, **how)
        if found is not None and found is not False:
            passing(point)
        return found

    setattr(owner, name, run)


def keeping(*given: Any, **how: Any) -> bool:
    real_keep(*given, **how)
    passing("command written, not committed")
    return True


real_keep, inbox.keep = inbox.keep, keeping  # type: ignore[assignment]
dying_after(Dispatch, "_attempt", "command committed, not answered")
dying_after(Delivery, "_claim", "lane claimed")
dying_after(lanes, "finish", "sent, the mark not committed")
dying_after(outbox, "promise", "promised, not committed")
real_mark = Delivery._mark  # noqa: SLF001  which may claim the next one in the same transaction


def marking(*given: Any) -> Any:
    taken = real_mark(*given)
    passing("marked")
    return taken


Delivery._mark = marking  # type: ignore[assignment, method-assign]  # noqa: SLF001  as above
real_run = Ticks._run  # noqa: SLF001  where a sweep has been committed


def running(self: Ticks, job: Job[Any], unit: Any) -> None:
    real_run(self, job, unit)
    passing("swept")


Ticks._run = running  # type: ignore[method-assign]  # noqa: SLF001  as above

POINTS = (
    "command written, not committed",
    "command committed, not answered",
    "lane claimed",
    "about to send",
    "accepted, not marked",
    "sent, the mark not committed",
    "marked",
    "promised, not committed",
    "swept",
)


@dataclass
class Paper:
    """A provider that writes what it accepts at the end of a file: the same message twice is there twice."""

    file: Path
    tells: bool
    name: str = "console"
    pace_ms: int = 0

    def send(self, outgoing: Outgoing) -> str:
        passing("about to send")
        line = json.dumps({"key": outgoing.key, "room": outgoing.room.id, "body": outgoing.message.body})
        with self.file.open("a") as paper:
            paper.write(line + "\n")
        passing("accepted, not marked")
        return outgoing.key

    def find(self, outgoing: Outgoing) -> str | None:
        written = self.file.read_text() if self.tells and self.file.exists() else ""
        keys = [json.loads(line)["key"] for line in written.splitlines()]
        return outgoing.key if outgoing.key in keys else None


def carry_out(app: App, what: dict[str, Any]) -> Any:
    if "at" in what:
        app.clock.move_to(datetime.fromisoformat(what["at"]))
    if "kill" in what:
        armed[what["kill"]] = what["turn"]
    if "ask" in what:
        ask = Ask("console", what.get("who", "ann"), what.get("room", "team"), what["ask"], event_id=what["event"])
        return app.dispatch.answer(ask).model_dump_json()
    if what.get("tick"):
        app.ticks.tick()
    if what.get("drain"):
        return app.delivery.drain()
    return None


def main(connection: Connection, folder: Path, url: str, tells: bool) -> None:  # noqa: FBT001  told over a connection
    logs.into(folder / "log")
    tally.learn()  # here: whoever imports this module has the commands as they are
    clock = StillClock(moment=datetime.fromisoformat("2026-01-01T00:00+00:00"))
    app = build(Settings(_env_file=None, data=folder, database_url=url, locale="en", synchronous="NORMAL"), clock=clock)
    app.delivery = Delivery(app.database, {**app.platforms, "console": Paper(folder / "paper", tells=tells)}, clock.now)
    connection.send("ready")
    try:
        while True:
            connection.send(carry_out(app, connection.recv()))
    except (EOFError, ConnectionError):
        os._exit(0)  # whoever started it is gone
