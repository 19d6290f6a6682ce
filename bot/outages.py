"""A chat program takes nothing of what the bot says: its admins are told once elsewhere, and there when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from bot.unreachable import resume
from handlers.context import Context, voice
from storage import outages, people, rooms, workspace
from storage.base import Database, Session

log = structlog.get_logger()


@dataclass
class Outages:
    """Of one platform, in all processes. Its words are ``<platform>/shut`` and ``<platform>/open``."""

    database: Database
    platform: str
    pace: int

    def begin(self, workspace_id: int, *, reason: str, kind: str, address: str, now: datetime) -> datetime:
        """Since when it lasts. It is one line in the log, and one message to each admin on any other platform.

        ``reason`` is the platform's own word, ``kind`` what its messages make of it.
        """
        with self.database.write() as db:
            if outages.begin(db, workspace_id, self.platform, kind=kind, address=address, now_ms=_ms(now)):
                log.error(
                    "nothing is taken, huihou doctor says what to do",
                    platform=self.platform,
                    workspace=workspace.get(db, workspace_id).key,
                    reason=reason,
                    kind=kind,
                    address=address,
                )
                for ctx in self._admins(db, workspace_id, now):
                    if ctx.room.platform != self.platform:
                        said = ctx.words(f"{self.platform}/shut", kind=kind, address=address, tone="warn")
                        ctx.promise(f"{self.platform}/shut:{_ms(now)}:{ctx.room.id}", ctx.room, said)
            found = outages.find(db, workspace_id, self.platform)
            return _moment(found["since_ms"]) if found else now

    def end(self, workspace_id: int, *, now: datetime) -> None:
        """Something was taken: if it lasted until now it is over, the admins hear so, and all that waits goes out."""
        with self.database.read() as db:
            found = outages.find(db, workspace_id, self.platform)
        if found is None:
            return
        with self.database.write() as db:
            if outages.end(db, workspace_id, self.platform):
                since = _moment(found["since_ms"])
                log.info("what is said is taken again", platform=self.platform, since=since.isoformat())
                for ctx in self._admins(db, workspace_id, now):
                    facts = {"kind": found["kind"], "address": found["address"], "since": since}
                    said = ctx.words(f"{self.platform}/open", **facts, tone="good")
                    ctx.promise(f"{self.platform}/open:{found['since_ms']}:{ctx.room.id}", ctx.room, said)
        resume(self.database, self.platform, now=now)

    def _admins(self, db: Session, workspace_id: int, now: datetime) -> Iterator[Context]:
        """Where they talk with the bot."""
        place = workspace.get(db, workspace_id)
        admins = people.admins(db, workspace_id)
        for room in rooms.direct(db, [one.id for one in admins]):
            yield voice(db, place, room, now, {self.platform: self.pace})


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
