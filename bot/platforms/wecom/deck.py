"""Cards after they were sent: changed while they have a code, which is good once and for three days."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.platforms import NotNow, Outgoing
from bot.platforms.wecom import presses, troubles
from bot.platforms.wecom.cards import Card
from bot.platforms.wecom.entries import Entries, Entry
from bot.platforms.wecom.parts import GOOD_FOR_MS
from bot.platforms.wecom.places import OF_ONE_PERSON, OF_THE_BOT, Place
from bot.platforms.wecom.receive import Heard
from bot.platforms.wecom.render import Surface, message, needs_page
from messages import Message
from storage import checklist, meetings, outbox, rooms, wecom
from storage.base import Database, Session

log = structlog.get_logger()

_REF = re.compile(r"\bM(\d{1,5})-T(\d{1,5})\b")


@dataclass
class Deck:
    """The cards that this process, or any other, has sent through the associations' apps, and through their AI bots.

    The bot's are changed by ``answer``, which answers a press; it raises what ``BotLine.update`` does.
    """

    entries: Entries
    database: Database
    now: Callable[[], datetime]
    answer: Callable[[Entry, str, dict[str, Any]], None] | None = None

    def _ms(self) -> int:
        return int(self.now().timestamp() * 1000)

    def change(self, entry: Entry, place: Place, outgoing: Outgoing, surface: Surface) -> None:
        """Card for card what the new edition says; those that it has no more of can no longer be pressed.

        What was said in words stands as it is: WeCom lets nobody change it. So does a card without a code, and one of
        the AI bot's, which only a press can change.
        """
        if place.kind in OF_THE_BOT:
            return
        parts = message(outgoing.message, surface, key=outgoing.key, version=outgoing.edits or "")
        cards = [part["template_card"] for part in parts if "template_card" in part]
        with self.database.read() as db:
            before = [str(row["task_id"]) for row in wecom.cards_of(db, outgoing.edits or "")]
        for at, task_id in enumerate(before):
            new = {"template_card": {**cards[at], "task_id": task_id}} if at < len(cards) else None
            self._update(entry, place, task_id, new or presses.greyed(outgoing.message.locale))

    def pressed(self, entry: Entry, heard: Heard, answer: Message) -> None:
        """The press's own code is kept; where something was done, the card shows it.

        A reminder is changed by a promise of its own, which says what is left of it; but for the AI bot's cards this is
        the only moment. A card that could not be changed when it should have been is set right now.
        """
        place = Place.of(heard.place)
        ours = place.kind in OF_THE_BOT
        with self.database.write() as db:
            if not ours:
                wecom.give_code(db, heard.card, code=heard.code, until_ms=self._ms() + GOOD_FOR_MS)
            row = wecom.find_card(db, heard.card)
            kept = outbox.said_as(db, row["room_id"], row["said"]) if row else None
            over = _over(db, row["room_id"], kept) if row and kept else frozenset()
            anew = row is not None and _reads_otherwise(db, row["room_id"], row["said"], kept)
        said = Message.known(kept) if kept else None
        good = answer.tone == "good"
        if said is None or (good and said.name.startswith("nudges/") and not ours):
            return
        if good or ours:
            shown = self._shown(said, heard, place, over, good=good)
        else:
            shown = _edition(said, heard.card, place) if anew else {}
        if shown and ours:
            self._answer(entry, heard, shown)
        elif shown:
            self._update(entry, place, heard.card, shown)

    @staticmethod
    def _shown(said: Message, heard: Heard, place: Place, over: frozenset[str], *, good: bool) -> dict[str, Any]:
        """How the card looks after it; nothing where it may well be pressed again.

        ``over`` are finished tasks, ``good`` whether the press did something.
        """
        card = {**_card_of(said, heard.card, place), "task_id": heard.card}
        if card.get("card_type") == "vote_interaction":
            ticked = heard.line.split() if good else ()
            done = {one["id"] for one in card["checkbox"]["option_list"]} & {*ticked, *over}
            return presses.settled(card, done, said.locale) if done else {}
        if not good:
            return {}
        labels = {one["key"]: one["text"] for one in card.get("button_list", ())}
        if heard.line not in labels or len(said.about) > 1:
            return {}
        if place.kind in OF_THE_BOT:
            return presses.pressed(card, heard.line)
        return presses.greyed(said.locale, labels[heard.line])

    def _answer(self, entry: Entry, heard: Heard, body: dict[str, Any]) -> None:
        """As with ``_update``: nothing hangs on it."""
        try:
            if self.answer is not None:
                self.answer(entry, heard.code, body)
        except (*troubles.UNASKED, NotNow) as error:
            log.info("card not changed", entry=entry.name, error=str(error))

    def _update(self, entry: Entry, place: Place, task_id: str, body: dict[str, Any]) -> None:
        """Nothing hangs on it: what cannot be changed any more is answered with how it stands when it is pressed."""
        if entry.client is None:
            return
        with self.database.write() as db:
            code = wecom.take_code(db, task_id, now_ms=self._ms())
        if not code:
            return
        given = {"userids": [place.id], "agentid": entry.client.agent_id, "response_code": code}
        try:
            entry.client.ask("message/update_template_card", {**given, **body})
        except troubles.UNASKED as error:
            log.warning("card not changed", entry=entry.name, error=str(error))


def _over(db: Session, room_id: int, kept: str) -> frozenset[str]:
    """The tasks which are named in what was said and are finished by now, whoever has finished them."""
    home, found = rooms.get(db, room_id).workspace_id, set()
    for number, named in _by_meeting(set(_REF.findall(kept))).items():
        meeting = meetings.by_number(db, home, number)
        tasks = checklist.some(db, meeting.id, named) if meeting else {}
        found |= {f"M{number}-{task.ref}" for task in tasks.values() if task.finished}
    return frozenset(found)


def _by_meeting(refs: Collection[tuple[str, str]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for meeting, task in refs:
        found.setdefault(int(meeting), set()).add(int(task))
    return found


def _reads_otherwise(db: Session, room_id: int, said: str, kept: str | None) -> bool:
    """Whether the message has another edition by now than the one in which it was first said."""
    key = outbox.key_of(db, room_id, said)
    first = outbox.promised(db, key) if key else None
    return first is not None and first[0] != kept


def _edition(said: Message, task_id: str, place: Place) -> dict[str, Any]:
    """The card as the message now reads; greyed where it has none any more."""
    card = _card_of(said, task_id, place)
    return {"template_card": {**card, "task_id": task_id}} if card else presses.greyed(said.locale)


def _card_of(said: Message, task_id: str, place: Place) -> Card:
    """The card as it was sent: its number stands at the end of its id."""
    surface = Surface.BOT if place.kind in OF_THE_BOT else Surface.APP
    page = "as it was" if place.kind in OF_ONE_PERSON and needs_page(said, surface) else ""
    parts = message(said, surface, key="", page=page)
    cards = [part["template_card"] for part in parts if "template_card" in part]
    number = task_id.rpartition("-")[2]
    at = int(number) - 1 if number.isdecimal() else len(cards)
    return cards[at] if at < len(cards) else {}
