"""Somebody at a terminal: what they say becomes an Ask; what the bot says of its own accord is read on."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.ask import Ask, Upload
from bot.keeping import Intake
from messages import Message
from storage import conversation, people, rooms, workspace

if TYPE_CHECKING:
    from storage.base import Database, Session
    from storage.rooms import Room

MEGABYTE = 1_000_000


def upload(intake: Intake, path: Path) -> Upload:
    """A file of this computer, kept in the store. Raises as ``Intake.keep`` does."""
    with path.open("rb") as source:
        return intake.keep(path.name, iter(lambda: source.read(MEGABYTE), b""))


@dataclass
class Terminal:
    """One person in one room, or alone with the bot where ``direct``.

    ``heard`` gives what the bot has said of its own accord since it was asked last, also to the person alone.
    """

    database: Database
    answer: Callable[[Ask], Message]
    account: str
    room: str
    workspace: str = "main"
    direct: bool = False
    seen: dict[int, int] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"dm:{self.account}" if self.direct else self.room

    def says(
        self,
        line: str,
        *,
        files: Iterable[Upload] = (),
        thread: Sequence[str] = (),
        fields: Mapping[str, str] | None = None,
    ) -> Message:
        return self.answer(
            Ask(
                platform="console",
                account=self.account.casefold(),
                room=self.address.casefold(),
                line=line,
                event_id=secrets.token_hex(16),
                workspace=self.workspace,
                direct=self.direct,
                name=self.account,
                room_name="" if self.direct else self.room,
                thread=tuple(thread),
                fields=fields or {},
                files=tuple(files),
            )
        )

    def catch_up(self) -> None:
        """What was said before now is not news."""
        list(self.heard())

    def heard(self) -> Iterator[Message]:
        """Messages that are new or were edited since the last look, the oldest first."""
        with self.database.read() as db:
            for room, person_id in self._ears(db):
                lines = conversation.since(db, room.id, self.seen.get(room.id, 0), person_id=person_id)
                self.seen[room.id] = max([self.seen.get(room.id, 0), *(line.seen for line in lines)])
                yield from (Message.known(line.payload) for line in lines if line.payload)

    def _ears(self, db: Session) -> Iterator[tuple[Room, int]]:
        place = workspace.find(db, self.workspace)
        known = people.account(db, place.id, "console", self.account.casefold()) if place else None
        if place is None:
            return
        person_id = known.person_id if known else 0
        for room in rooms.of_platform(db, place.id, "console"):
            if room.external == self.address.casefold() or (room.person_id is not None and room.person_id == person_id):
                yield room, person_id
