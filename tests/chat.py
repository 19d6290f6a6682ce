"""A chat to test in: real storage, dispatch and delivery, on the console platform; time stands until it is moved.

``ann.says("done T12")``, ``ann.presses("Undo")``, ``team.heard()``: a test reads like what people do.
"""

from __future__ import annotations

import io
import itertools
import mimetypes
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import App, build
from bot.ask import Ask, Upload
from bot.clock import Clock
from bot.platforms.console.render import drawn
from bot.settings import Settings
from handlers.filing import taken_on
from messages import Message
from messages.message import Button
from storage import conversation, people, rooms, workspace
from storage.base import Base, Session
from storage.conversation import Line
from storage.rooms import Room
from tests.databases import address

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEAM = "team"


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """``2026-06-10 09:10`` on the clocks of the zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@dataclass
class StillClock(Clock):
    """Stands still between moves."""

    moment: datetime = field(default_factory=lambda: at("2026-06-10 08:00"))

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)


class Chat:
    """One workspace, ``main``; people and rooms come into being when they are first used."""

    def __init__(self, folder: Path, *, now: str = "2026-06-10 08:00", locale: str = "en", **settings: object) -> None:
        self.clock = StillClock(moment=at(now))
        wanted = {
            "data": folder,
            "database_url": address(folder),
            "synchronous": "NORMAL",
            "locale": locale,
            **settings,
        }
        self.app: App = build(Settings(_env_file=None, **wanted), clock=self.clock)  # type: ignore[arg-type]
        Base.metadata.create_all(self.app.database.writer)
        self.events = itertools.count(1)

    def close(self) -> None:
        self.app.database.close()

    def person(self, name: str, *, locale: str = "") -> Somebody:
        """The first one is the workspace's admin. ``locale`` is the person's own language, if they set one."""
        with self.app.database.write() as db:
            place = workspace.by_key(db, "main", locale=self.app.settings.locale)
            row = people.met(db, place.id, "console", name.casefold(), name=name)
            row.locale = locale
        return Somebody(self, name.casefold(), name, row.id)

    def room(self, name: str = TEAM) -> Place:
        return Place(self, name)

    def answer(self, ask: Ask) -> Message:
        return self.app.dispatch.answer(ask)

    def settle(self) -> None:
        """Tick and deliver until nothing is due at this moment."""
        self.app.settle()

    def wait(self, until: str) -> None:
        """Live through everything that comes due until then (Shanghai time)."""
        self.app.move_clock(at(until))

    def read(self) -> Session:
        """A session to look into the tables with; close it."""
        return Session(self.app.database.reader, expire_on_commit=False)


@dataclass
class Somebody:
    """``last`` is the bot's newest answer to this person: what ``presses`` and ``fills`` are about."""

    chat: Chat
    account: str
    name: str
    id: int
    last: Message | None = None

    def says(
        self,
        line: str,
        *,
        room: str = TEAM,
        direct: bool = False,
        thread: tuple[str, ...] = (),
        files: dict[str, bytes] | None = None,
        fields: dict[str, str] | None = None,
        event: str = "",
        workspace: str = "main",
        platform: str = "console",
        stands_as: str = "",
    ) -> Message:
        """The bot's answer. ``files`` are names and bytes; ``thread`` the ids of the message replied to."""
        ask = Ask(
            platform=platform,
            account=self.account,
            room=f"dm:{self.account}" if direct else room,
            line=line,
            event_id=event or f"event-{next(self.chat.events)}",
            workspace=workspace,
            direct=direct,
            name=self.name,
            thread=thread,
            fields=fields or {},
            files=tuple(self._upload(name, data) for name, data in (files or {}).items()),
            stands_as=stands_as,
        )
        self.last = self.chat.answer(ask)
        return self.last

    def _upload(self, name: str, data: bytes) -> Upload:
        stored = self.chat.app.files.put([data], limit=1_000_000)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        day = taken_on(io.BytesIO(data)) if kind.startswith("image/") else None
        return Upload(name, stored.digest, stored.size, kind, taken_on=day)

    def presses(self, label: str, on: Message | None = None, *, row: int = 0, room: str = TEAM) -> Message:
        """A button by its label; ``row`` picks among several of the same label."""
        message = on or self.last
        assert message is not None
        found = [button for button in buttons(message) if button.label == label]
        assert found, f"no button {label!r} among {[button.label for button in buttons(message)]}"
        return self.says(found[row].line, room=room)

    def fills(self, on: Message | None = None, *, room: str = TEAM, **fields: str) -> Message:
        """Send the form of a message, with what stands in it unless other values are given."""
        message = on or self.last
        assert message is not None
        assert message.form is not None, f"no form in {message.name}"
        known = {field.name: field.value for field in message.form.fields}
        assert set(fields) <= set(known), f"no such field: {set(fields) - set(known)}"
        return self.says(message.form.line, room=room, fields={**known, **fields})

    def replies(self, line: str, to: Message) -> Message:
        """In the thread of a message."""
        return self.says(line, thread=to.about)

    def heard(self) -> list[Message]:
        """What the bot said to this person in private, of its own accord."""
        return Place(self.chat, f"dm:{self.account}").heard()


@dataclass
class Place:
    chat: Chat
    name: str

    def heard(self) -> list[Message]:
        """What the bot said in the room of its own accord, as it reads now, oldest first."""
        with self.chat.app.database.read() as db:
            room = self.row(db)
            lines = lines_in(db, room.id) if room else []
        return [Message.model_validate_json(line.payload) for line in lines if line.payload]

    def row(self, db: Session) -> Room | None:
        place = workspace.find(db, "main")
        found = rooms.of_platform(db, place.id, "console") if place else []
        return next((room for room in found if room.external == self.name), None)


def lines_in(db: Session, room_id: int, *, person_id: int = 0) -> list[Line]:
    """The conversation in a room that lives here, as this person may see it, oldest first."""
    return sorted(conversation.since(db, room_id, 0, person_id=person_id), key=lambda line: line.id)


def buttons(message: Message) -> list[Button]:
    """All of a message, those of its rows first."""
    return [*(button for row in message.rows for button in row.buttons), *message.buttons]


def text(message: Message) -> str:
    """Everything that a reader would see."""
    return drawn(message)
