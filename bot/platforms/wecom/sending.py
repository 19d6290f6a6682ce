"""A message leaves for WeCom: to one person through the app, to a group the app made, or through a group's webhook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

import structlog

import messages
from bot import unreachable
from bot.outages import Outages
from bot.platforms import Closed, Impossible, NotNow, Outgoing
from bot.platforms.wecom import personal, troubles
from bot.platforms.wecom.cards import card_id
from bot.platforms.wecom.deck import Deck
from bot.platforms.wecom.entries import Entries, Entry, client_of, hook_of, of_workspace
from bot.platforms.wecom.entries import build as build_entries
from bot.platforms.wecom.groups import Appchats
from bot.platforms.wecom.handover import Handover
from bot.platforms.wecom.hooks import Hooks
from bot.platforms.wecom.pages import Pages
from bot.platforms.wecom.parts import Parts, Told
from bot.platforms.wecom.places import HEARD, OF_THE_APP, Kind, Place
from bot.platforms.wecom.recall import Recall
from bot.platforms.wecom.render import Payload, Surface, message, needs_page
from bot.platforms.wecom.troubles import SAID_BEFORE, Trouble
from bot.settings import Settings
from handlers.reach import Reach
from storage import workspace
from storage.base import Database
from storage.files import FileStore

if TYPE_CHECKING:
    from bot.platforms.wecom.line import BotLine

log = structlog.get_logger()

SURFACES = {
    Kind.USER: Surface.APP,
    Kind.BOT: Surface.BOT,
    Kind.GROUP: Surface.BOT,
    Kind.APPCHAT: Surface.APPCHAT,
    Kind.HOOK: Surface.HOOK,
}
NUDGES = "nudges/"
ROUND = frozenset({0, 30})
"""Minutes at which everybody's messages go out; WeCom asks to keep away from them."""
SPREAD = 240.0
SHUT = 300.0
"""Seconds after which it is tried again where nothing of an app's was taken anywhere."""
LONGEST_SHUT = timedelta(days=1)
"""After that a room waits until somebody speaks there, or until something of the app's is taken elsewhere."""


class Groups(Protocol):
    """Groups that only read: there and with the right people in them before anything is said."""

    def ready(self, entry: Entry, place: Place, outgoing: Outgoing) -> list[str]:
        """The userids to be called, if any. Raises ``Trouble``, ``Closed``, ``Impossible``, ``ConnectionError``."""
        ...


@dataclass
class Wecom:
    """Every association that the settings name.

    What was said as words can be neither changed nor looked up; a card can be changed while it has a code, and its
    id keeps it from being said twice.
    """

    entries: Entries
    database: Database
    now: Callable[[], datetime]
    handover: Handover
    page: Callable[[Entry, Outgoing, Place], str]
    line: BotLine | None = None
    groups: Groups | None = None
    name: str = "wecom"
    pace_ms: int = 3100
    """Below the twenty a minute that a webhook takes, and the thirty that reach one person."""
    keys: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.outages = Outages(self.database, self.name, self.pace_ms)
        self.parts = Parts(self.database, self.now)
        self.recall = Recall(self.database, self.now)
        self.deck = Deck(self.entries, self.database, self.now)

    def send(self, outgoing: Outgoing) -> str:
        """The id of its first part. Raises what ``Platform.send`` may raise."""
        address = ""
        try:
            return self._send(outgoing)
        except Trouble as trouble:
            answer, reason, address = troubles.answer_to(trouble), str(trouble.code), trouble.address
        except Closed as closed:
            answer, reason = closed, str(closed)
        if isinstance(answer, Closed):
            self.handover.let_go(outgoing)
            raise self._closed(outgoing, answer, reason, address) from None
        if isinstance(answer, Impossible):
            self.handover.let_go(outgoing)
            log.error("not taken by wecom", key=outgoing.key, error=str(answer))
        raise answer from None

    @property
    def reach(self) -> Reach:
        """Where there is an app, it makes groups, in which only the bot speaks."""
        makes = {entry.workspace: f"{Kind.APPCHAT}:" for entry in self.entries.values() if entry.client is not None}
        return Reach(makes, hears=False)

    def find(self, outgoing: Outgoing) -> str | None:  # noqa: ARG002  WeCom cannot be asked what has arrived
        return None

    def _send(self, outgoing: Outgoing) -> str:
        entry, place = self._entry(outgoing), self._place(outgoing)
        if outgoing.edits and not self._is_said_anew(entry, place, outgoing):
            return outgoing.edits
        self._keep_away(outgoing)
        mentions = self.groups.ready(entry, place, outgoing) if self.groups and place.kind not in HEARD else []
        if place == Place.of(outgoing.room.external):
            return self._say(entry, place, outgoing, mentions)
        return self._say_apart(entry, place, outgoing)

    def _say_apart(self, entry: Entry, place: Place, outgoing: Outgoing) -> str:
        """To one of a group alone: by the AI bot if they have spoken to it alone, else by the app, if there is one.

        Where neither can be, nobody else is to wait for it: a refusal is said in the group, and anything else is not,
        but how it can be had.
        """
        ways = [place, *([Place(Kind.USER, place.id)] if entry.client else [])]
        for way in ways:
            try:
                return self._say(entry, way, outgoing, [])
            except Trouble as trouble:
                if troubles.kind_of(trouble.code) not in troubles.ONE_PERSON:
                    raise
            except Closed as closed:
                if str(closed) not in troubles.ONE_PERSON:
                    raise
        said = outgoing.message if outgoing.message.refused else messages.write("wecom/alone", outgoing.message.locale)
        return self._say(entry, Place.of(outgoing.room.external), replace(outgoing, message=said), [])

    def _is_said_anew(self, entry: Entry, place: Place, outgoing: Outgoing) -> bool:
        """Whether what takes the place of an earlier message goes out as a message of its own.

        Words cannot be changed: they stand, with their cards set right; what no longer holds at all is recalled. The
        answer at the end of long work is said anew, and how far it had come is recalled. So is, once that is not so
        any more, what was recalled and asks for something again.
        """
        if outgoing.key.endswith(":answer"):
            self._forget_progress(entry, outgoing)
            return True
        if outgoing.message.withdrawn and self._take_back(entry, outgoing):
            return False
        if self.recall.is_gone(outgoing.room.id, outgoing.edits or ""):
            return outgoing.message.asks
        self.deck.change(entry, place, outgoing, SURFACES[place.kind])
        return False

    def _take_back(self, entry: Entry, outgoing: Outgoing) -> bool:
        if entry.client is None:
            return False
        return self.recall.take_back(entry.client, outgoing.room.id, outgoing.edits or "")

    def _forget_progress(self, entry: Entry, outgoing: Outgoing) -> None:
        """The answer is not to wait for it."""
        try:
            self._take_back(entry, outgoing)
        except troubles.UNASKED as error:
            log.info("not recalled", entry=entry.name, error=str(error))

    def _closed(self, outgoing: Outgoing, closed: Closed, reason: str, address: str) -> Exception:
        """What delivery is to be told, once everybody has been whom it concerns.

        What holds for all of an app is put right elsewhere, and nobody says when: for a day it is tried again.
        """
        kind, now = str(closed), self.now()
        if kind not in troubles.EVERYWHERE:
            unreachable.tell(self.database, outgoing.room, reason, kind=kind, now=now, pace=self.pace_ms)
            return closed
        why = {"reason": reason, "kind": kind, "address": address}
        since = self.outages.begin(outgoing.room.workspace_id, **why, now=now)
        return NotNow(SHUT) if now - since < LONGEST_SHUT else closed

    def _keep_away(self, outgoing: Outgoing) -> None:
        """A reminder due on the hour or the half hour goes out some minutes later, each at a time of its own."""
        if outgoing.message.name.startswith(NUDGES) and self.now().minute in ROUND:
            raise NotNow(60 + hash_of(outgoing.key) * SPREAD)

    # --- where to

    def _entry(self, outgoing: Outgoing) -> Entry:
        """Raises ``Closed`` for an association that the settings no longer name."""
        home = outgoing.room.workspace_id
        if home not in self.keys:
            with self.database.read() as db:
                self.keys[home] = workspace.get(db, home).key
        entry = of_workspace(self.entries, self.keys[home])
        if entry is None:
            raise Closed("token")
        return entry

    @staticmethod
    def _place(outgoing: Outgoing) -> Place:
        """What only one person is to see is not said in a group."""
        place = Place.of(outgoing.room.external)
        return Place(Kind.BOT, outgoing.reader) if outgoing.reader and place.kind is Kind.GROUP else place

    # --- saying

    def _say(self, entry: Entry, place: Place, outgoing: Outgoing, mentions: list[str]) -> str:
        """The id of the whole. What some process has said of it already is not said again.

        What is said in the place of a message that was recalled goes on under that one's id.
        """
        said, begun = self.parts.begun(outgoing.key)
        anew = outgoing.edits if not outgoing.key.endswith(":answer") else ""
        for number, part in enumerate(self._parts(entry, place, outgoing, mentions), 1):
            if number <= begun:
                continue
            wait = self.parts.wait(outgoing.room.workspace_id, place)
            if wait:
                raise NotNow(wait)
            told = self._part(entry, place, outgoing, part(), number)
            said = said or anew or told.card or told.msgid or outgoing.key
            self.parts.keep(outgoing, place, number, told, said=said)
        self.handover.let_go(outgoing)
        if place.kind in OF_THE_APP:
            self.outages.end(outgoing.room.workspace_id, now=self.now())
        return said

    def _parts(
        self, entry: Entry, place: Place, outgoing: Outgoing, mentions: list[str]
    ) -> list[Callable[[], Payload]]:
        """Each made only when it is its turn: a file is read and handed over then."""
        surface = SURFACES[place.kind]
        leads = place.kind is Kind.HOOK or needs_page(outgoing.message, surface)
        page = self.page(entry, outgoing, place) if leads else ""
        told = message(outgoing.message, surface, key=outgoing.key, page=page, mentions=mentions)
        files = [one for one in outgoing.message.files if self.handover.can_go(one, outgoing)]
        attached = partial(self.handover.payload, entry, place, key=outgoing.key, line=self.line)
        return [
            *(_given(payload) for payload in told),
            *(partial(attached, one) for one in files),
        ]

    def _part(self, entry: Entry, place: Place, outgoing: Outgoing, payload: Payload, number: int) -> Told:
        card = (payload.get("template_card") or {}).get("task_id", "")
        try:
            msgid, code = self._post(entry, place, outgoing, payload, number)
        except Trouble as trouble:
            if trouble.code != SAID_BEFORE or not card:
                raise
            msgid, code = "", ""  # it went out before this process, or the one before, could write it down
        return Told(msgid, card, code)

    def _post(self, entry: Entry, place: Place, outgoing: Outgoing, payload: Payload, number: int) -> tuple[str, str]:
        """The message's id and the card's code, where WeCom tells them. Raises ``NotNow`` once it is too late."""
        leaves = partial(_about_to_say, outgoing)
        if place.kind is Kind.USER:
            return personal.send(client_of(entry), place, payload, outgoing.key, leaves=leaves)
        if place.kind is Kind.APPCHAT:
            client_of(entry).ask("appchat/send", {"chatid": place.id, "safe": 0, **payload}, leaves=leaves)
        elif place.kind is Kind.HOOK:
            leaves()
            self.handover.hooks.post(hook_of(entry, place), payload)
        elif self.line is None or not entry.app.bot_id:
            raise Closed("bot")
        else:
            here = place == Place.of(outgoing.room.external)
            part, reply = card_id(outgoing.key, number), outgoing.thread if here else ""
            leaves()
            self.line.say(entry, place, payload, part=part, reply=reply)
        return "", ""


def _about_to_say(outgoing: Outgoing) -> None:
    """Raises ``NotNow`` where somebody else may be about to say it too."""
    if not outgoing.in_time():
        raise NotNow(0)


def _given(payload: Payload) -> Callable[[], Payload]:
    return lambda: payload


def hash_of(key: str) -> float:
    """A number from 0 to 1 that is always the same for a key."""
    return int.from_bytes(sha256(key.encode()).digest()[:4], "big") / 2**32


def build(settings: Settings, database: Database, now: Callable[[], datetime], files: FileStore) -> Wecom:
    entries = build_entries(settings, database, now)
    page = Pages(settings, database, now).address
    groups = Appchats(database, now)
    handover = Handover(files, Hooks(settings.wecom.api_url), now)
    return Wecom(entries, database, now, handover, page=page, groups=groups)
