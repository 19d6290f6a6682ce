"""What was done at WeCom becomes an Ask: who that is, which room, which tasks, with the files; then it is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

import messages
from bot import kinds
from bot.ask import Ask, Upload
from bot.keeping import MEGABYTE, Intake, NotKept
from bot.platforms.wecom import leaving, troubles, wanted
from bot.platforms.wecom.bot_receive import tasks_in
from bot.platforms.wecom.entries import Entries, Entry
from bot.platforms.wecom.people import Faces
from bot.platforms.wecom.places import OF_ONE_PERSON, Place
from bot.platforms.wecom.receive import Heard, Sent
from bot.progress import LONGEST_PROMISE, fitting
from handlers.context import Context, voice
from messages import Message, Offer
from storage import meetings, outbox, rooms, unkept, workspace
from storage.files import TooLarge

if TYPE_CHECKING:
    from bot.dispatch import Dispatch
    from storage.base import Database, Session
    from storage.meetings import Meeting
    from storage.rooms import Room

log = structlog.get_logger()


class Lost(Exception):  # noqa: N818  a fact about the file, which the caller words
    """A file that WeCom does not hand over."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class Desk:
    """``fetch`` brings a file that the AI bot was sent; ``pressed`` shows on a card that it was pressed."""

    entries: Entries
    database: Database
    dispatch: Dispatch
    faces: Faces
    intake: Intake
    pressed: Callable[[Entry, Heard, Message], None]
    fetch: Callable[[Entry, Sent], Upload] | None = None

    def hear(self, entry: Entry, heard: Heard) -> None:
        """Answered, by a promise. Raises what keeps it from being answered: whoever calls comes again."""
        if heard.left:
            self.faces.forget(entry, heard.user)
            leaving.left(self.dispatch, entry, heard)
        else:
            self.faces.meet(entry, heard.user)
            self._reached(entry, heard)
            self._hear(entry, heard)
        self.dispatch.after()

    def _hear(self, entry: Entry, heard: Heard) -> None:
        if heard.arrived:
            self._greet(entry, heard)
        elif heard.cannot:
            self._refuse(entry, heard, heard.cannot)
        elif not heard.shown:
            self._answer(entry, heard)

    def _reached(self, entry: Entry, heard: Heard) -> None:
        """Where somebody speaks, the bot can speak: what waited for that goes out."""
        with self.database.read() as db:
            if not unkept.is_paused(db, entry.workspace, platform="wecom", room=heard.place):
                return
        with self.database.write() as db:
            ctx = self._voice(db, entry, heard.place)
            unkept.resume(db, outbox.lane_of(ctx.room.id), now_ms=int(ctx.now.timestamp() * 1000))

    def _answer(self, entry: Entry, heard: Heard) -> None:
        try:
            files = tuple(self._fetch(entry, sent) for sent in heard.files)
        except (kinds.Unwanted, Lost, TooLarge) as trouble:
            reason, name = _not_taken(heard, trouble)
            self._refuse(entry, heard, reason, name=kinds.tidy(name), most=self.intake.limit // MEGABYTE)
            return
        answer = self.dispatch.carry_out(self._ask(entry, heard, files))
        if heard.card and heard.code:
            self._press(entry, heard, answer)

    def _press(self, entry: Entry, heard: Heard, answer: Message) -> None:
        """It was answered; whatever becomes of the card, that is not to be done again."""
        try:
            self.pressed(entry, heard, answer)
        except Exception:
            log.exception("card not changed", entry=entry.name)

    def _ask(self, entry: Entry, heard: Heard, files: tuple[Upload, ...]) -> Ask:
        return Ask(
            platform="wecom",
            account=heard.user,
            room=heard.place,
            line=self._line(entry, heard, files),
            event_id=heard.mark,
            workspace=entry.workspace,
            direct=Place.of(heard.place).kind in OF_ONE_PERSON,
            thread=tasks_in(heard.quoted),
            answer_in=heard.reply,
            fields=heard.fields,
            files=files,
            deferred=True,
        )

    def _line(self, entry: Entry, heard: Heard, files: tuple[Upload, ...]) -> str:
        alone = files and not heard.line and not heard.quoted and Place.of(heard.place).kind in OF_ONE_PERSON
        if not alone:
            return heard.line
        return wanted.line(self.database, entry.workspace, heard.user, heard.place, now=self.dispatch.now())

    # --- files

    def _fetch(self, entry: Entry, sent: Sent) -> Upload:
        """Raises ``kinds.Unwanted``, ``Lost``, ``TooLarge``."""
        try:
            if sent.media and entry.client is not None:
                with entry.client.opened(sent.media) as (name, pieces):
                    return self.intake.keep(name or sent.name, pieces)
            if sent.address and self.fetch is not None:
                return self.fetch(entry, sent)
        except NotKept:
            log.exception("file not kept")
            raise kinds.Unwanted("unkept", sent.name) from None
        except troubles.UNASKED as error:
            log.warning("file not handed over", entry=entry.name, error=str(error))
        raise Lost(sent.name)

    # --- speaking without being asked

    def _greet(self, entry: Entry, heard: Heard) -> None:
        """Once a room, however often somebody comes."""
        with self.database.write() as db:
            ctx = self._voice(db, entry, heard.place)
            mine = meetings.running(db, ctx.workspace.id)
            said = ctx.words("wecom/greeting", buttons=_offers(ctx.room, mine))
            ctx.promise(f"wecom/greeting:{ctx.room.id}", ctx.room, said)

    def _refuse(self, entry: Entry, heard: Heard, reason: str, **facts: Any) -> None:
        with self.database.write() as db:
            ctx = self._voice(db, entry, heard.place)
            said = messages.refuse(f"wecom/{reason}", ctx.locale, **facts)
            ctx.promise(fitting(f"{heard.mark}:{reason}", LONGEST_PROMISE), ctx.room, said, thread=heard.reply)

    def apologise(self, db: Session, room_id: int, key: str, reference: str) -> None:
        room = rooms.get(db, room_id)
        home = workspace.get(db, room.workspace_id)
        ctx = voice(db, home, room, self.dispatch.now(), self.dispatch.pace)
        said = messages.refuse("common/broken", ctx.locale, reference=reference)
        ctx.promise(fitting(f"{key}:sorry", LONGEST_PROMISE), room, said)

    def _voice(self, db: Session, entry: Entry, place: str) -> Context:
        home = workspace.by_key(db, entry.workspace, locale=self.faces.locale, zone=self.faces.zone)
        room = rooms.met(db, home.id, "wecom", place)
        return voice(db, home, room, self.dispatch.now(), self.dispatch.pace)


def _not_taken(heard: Heard, trouble: kinds.Unwanted | Lost | TooLarge) -> tuple[str, str]:
    """Why, and the file's name."""
    if isinstance(trouble, TooLarge):
        return "large", heard.files[0].name
    return ("lost" if isinstance(trouble, Lost) else trouble.reason), trouble.name


def _offers(room: Room, running: Sequence[Meeting]) -> list[Offer]:
    if room.meeting_id or (running and room.person_id):
        return [Offer("mine", "list mine", primary=True), Offer("help", "help")]
    others = [Offer("meetings", "meeting list")] if running else []
    return [Offer("meeting_new", "meeting new", primary=True), *others, Offer("help", "help")]
