"""What was done at Slack becomes an Ask: who that is, which room, which tasks, with the files; then it is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import structlog

import messages
from bot import kinds
from bot.ask import Ask, Upload
from bot.keeping import MEGABYTE, Intake, NotKept
from bot.platforms.slack import troubles, words
from bot.platforms.slack.files import NotTaken, fetch
from bot.platforms.slack.people import Face, Faces
from bot.platforms.slack.receive import NUDGES, Heard, Payload
from bot.progress import LONGEST_PROMISE, fitting
from handlers.context import Context, voice
from messages import Message
from storage import outbox, rooms, slack_pages, unkept, workspace
from storage.files import TooLarge

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.dispatch import Dispatch
    from bot.platforms.slack.sending import Slack
    from storage.base import Session
    from storage.rooms import Room
    from storage.workspace import Workspace

log = structlog.get_logger()

REACTIONS = {"reactions_done": "done", "reactions_started": "start", "reactions_tomorrow": "snooze tomorrow"}
"""The lines that a workspace's reactions stand for."""
FORM, WHOLE_FORM = frozenset({"form"}), frozenset({"form", "refusal"})
"""What is shown in a window: of a press, a form; of a form that was sent, also why it was not accepted."""
ALONE = frozenset({"form", "refusal", "private"})
"""What is shown in the response to a command: everything that only whoever said it is to see."""


class Busy(Exception):  # noqa: N818  a fact about the work in hand
    """It takes longer than Slack waits; Slack is to come again, and by then it is done."""


@dataclass(frozen=True)
class Stage:
    """Where something was done. ``key`` is the workspace, ``bot`` the bot's own id in it."""

    key: str
    bot: str


@dataclass
class Desk:
    """``patient`` is how long something may take before Slack is told to come again; see ``windows`` for ``quick``."""

    slack: Slack
    dispatch: Dispatch
    faces: Faces
    intake: Intake
    quick: float = 0.7
    patient: float = 2.2
    breath: float = 1.0
    """Seconds until Slack has surely taken what it was answered, so that what it is to show next comes after that."""
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, "slack"))
    fetching: dict[str, Future[Message | None]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    # --- events

    def hear(self, stage: Stage, heard: Heard) -> Message | None:
        """The answer, which is promised; None where nothing was meant for the bot.

        Raises ``Busy`` for what takes long, and whatever keeps it from being answered: Slack then comes again.
        """
        if not heard.files:
            return self._hear(stage, heard)
        with self.lock:  # another delivery of the same waits for the same
            work = self.fetching.get(heard.event_id)
            if work is None:
                work = self.fetching[heard.event_id] = self.pool.submit(self._hear, stage, heard)
        try:
            return work.result(self.patient)
        except TooSlow:
            raise Busy from None
        finally:
            if work.done():
                self.fetching.pop(heard.event_id, None)

    def _hear(self, stage: Stage, heard: Heard) -> Message | None:
        ask = self.ask(stage, heard)
        if ask is None:
            return None
        message = self.dispatch.carry_out(ask)
        self.dispatch.after()
        return message

    # --- what was done → an ask

    def ask(
        self, stage: Stage, heard: Heard, *, deferred: bool = True, window: frozenset[str] = frozenset()
    ) -> Ask | None:
        """None for a bot, for what was not meant for ours, and for files that are not taken, which is then said."""
        face = self.faces.meet(stage.key, heard.user, name=heard.name) if heard.user else None
        if face is None:
            return None
        if heard.own and not face.own:
            self.faces.found(stage.key, heard.user, heard.channel)
        own = heard.own or heard.channel in {"", face.own} or heard.channel.startswith("D")
        room = (heard.channel if heard.own else face.own or heard.user) if own else heard.channel
        about = self._said(stage.key, room, heard.on)
        if heard.only is not None and (about is None or not about.name.startswith(heard.only)):
            return None
        ask = Ask(
            platform="slack",
            account=heard.user,
            room=room,
            line=self.typed(stage, heard),
            event_id=heard.event_id,
            workspace=stage.key,
            direct=own,
            name=heard.name,
            room_name="" if own else heard.room_name or self.room_name(stage.key, room),
            thread=about.about if about and (heard.raw or heard.only is not None) else (),
            fields=heard.fields,
            deferred=deferred,
            window=window,
            answer_in=heard.thread or (heard.on if about and about.name.startswith(NUDGES) else ""),
        )
        try:
            return replace(ask, files=self._files(stage.key, heard))
        except (kinds.Unwanted, NotTaken) as trouble:
            self._refuse(ask, face, trouble)
            return None

    def typed(self, stage: Stage, heard: Heard) -> str:
        """The line as the grammar reads it. People who are mentioned are met, so that they can be given something."""
        if not heard.raw:
            return heard.line
        known = {}
        for user in words.mentioned(heard.line):
            face = self.faces.meet(stage.key, user) if user != stage.bot else None
            if face is not None:
                known[user] = f"@#{face.person_id}"
        return words.plain(heard.line, known, bot=stage.bot)

    def _said(self, key: str, channel: str, ts: str) -> Message | None:
        """What the bot said in a room under that timestamp."""
        if not ts:
            return None
        with self.slack.database.read() as db:
            place = workspace.find(db, key)
            room = rooms.at(db, place.id, "slack", channel) if place else None
            payload = _payload(db, room.id, ts) if room else None
        return Message.known(payload) if payload else None

    def room_name(self, key: str, channel: str) -> str:
        """Asked when a room is met; it is known afterwards."""
        with self.slack.database.read() as db:
            place = workspace.find(db, key)
            if place is not None and rooms.at(db, place.id, "slack", channel) is not None:
                return ""
        try:
            told = self.slack.tokens.hurried(key).conversations_info(channel=channel)["channel"]
        except troubles.UNASKED as error:
            log.warning("not told which room that is", error=type(error).__name__)
            return ""
        return str(told.get("name") or "")

    def reactions(self, key: str) -> dict[str, str]:
        """What a reaction to a nudge says in a workspace, by the emoji's name."""
        with self.slack.database.read() as db:
            place = workspace.find(db, key)
            meant = [(getattr(place, field), line) for field, line in REACTIONS.items()] if place else []
        return {name: line for names, line in meant for name in names.split()}

    def is_paused(self, key: str, channel: str) -> bool:
        """Whether the bot knows that it may not write there."""
        with self.slack.database.read_prepared() as db:
            return unkept.is_paused(db, key, platform="slack", room=channel)

    # --- files

    def _files(self, key: str, heard: Heard) -> tuple[Upload, ...]:
        """All of them or, by an exception, none."""
        there = [one for one in heard.files if one.get("mode") not in {"tombstone", "hidden_by_limit"}]
        client = self.slack.tokens.client(key) if there else None
        return tuple(self._fetch(client, one) for one in there if client)

    def _fetch(self, client: WebClient, file: Payload) -> Upload:
        """Of a file that somebody shares from another workspace, the event tells nothing but its id."""
        whole = client.files_info(file=file["id"])["file"] if file.get("file_access") == "check_file_info" else file
        name = str(whole.get("name") or "")
        if int(whole.get("size") or 0) > self.intake.limit:
            raise NotTaken("large", name)
        try:
            return fetch(client, whole, self.intake)
        except TooLarge:
            raise NotTaken("large", name) from None
        except NotKept:
            log.exception("file not kept")
            raise NotTaken("unkept", name) from None

    def _refuse(self, ask: Ask, face: Face, trouble: kinds.Unwanted | NotTaken) -> None:
        self._decline(ask, face, trouble.reason, name=kinds.tidy(trouble.name), most=self.intake.limit // MEGABYTE)

    # --- what is not done

    def decline(self, stage: Stage, heard: Heard, reason: str) -> None:
        """Say why nothing is done, before anything was asked."""
        ask, face = self.ask(stage, heard), self.faces.meet(stage.key, heard.user)
        if ask is not None and face is not None:
            self._decline(ask, face, reason)

    def _decline(self, ask: Ask, face: Face, reason: str, **facts: Any) -> None:
        said = messages.refuse(f"slack/{reason}", messages.settle(face.locale), **facts)
        self.tell(ask, face.person_id, said, key=f"{ask.workspace}:{ask.event_id}:declined")

    def soon(self, call: Callable[[], None]) -> None:
        """Once Slack has taken the answer to what is being heard."""
        timer = threading.Timer(self.breath, call)
        timer.daemon = True
        timer.start()

    # --- speaking without being asked

    def tell(self, ask: Ask, person_id: int, message: Message, *, key: str) -> None:
        """Promise it where the ask came from, to be seen by whom it is for."""
        with self.slack.database.write() as db:
            place = workspace.by_key(db, ask.workspace, locale=self.faces.locale, zone=self.faces.zone)
            owner = person_id if ask.direct else None
            room = rooms.met(db, place.id, "slack", ask.room, name=ask.room_name, person_id=owner)
            reader = ask.account if message.private and not ask.direct else ""
            self.voice(db, place, room).promise(
                fitting(key, LONGEST_PROMISE), room, message, thread=ask.answer_in, reader=reader
            )
        self.dispatch.after()

    def voice(self, db: Session, place: Workspace, room: Room) -> Context:
        """The bot's own, in a room."""
        return voice(db, place, room, self.dispatch.now(), self.dispatch.pace)


def _payload(db: Session, room_id: int, ts: str) -> str | None:
    """What was said under that timestamp, be it a later page of it."""
    key = slack_pages.key_of(db, room_id, ts)
    first = slack_pages.of_key(db, room_id, key).get(1, ts) if key else ts
    return outbox.said_as(db, room_id, first)
