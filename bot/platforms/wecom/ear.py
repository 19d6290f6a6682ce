"""What WeCom told waits here until it is answered: kept in the database first, so that WeCom need not wait.

An event is a promise of the bot's to itself, in the lane of its room: what one person says is answered in order, by
whichever process comes to it, and again if that one dies. The promise's key is the event's: a repeat finds it there.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from pydantic import ValidationError

from bot.platforms import Outgoing, Unknown
from bot.platforms.wecom.entries import Entry, of_workspace
from bot.platforms.wecom.places import OF_ONE_PERSON, Place
from bot.platforms.wecom.receive import Heard
from messages import Message
from storage import asks, outbox, people, rooms, workspace

if TYPE_CHECKING:
    from bot.platforms.wecom.desk import Desk
    from storage.base import Database, Session
    from storage.lanes import Claimed

log = structlog.get_logger()

INWARD = "wecom-in"


@dataclass
class Ear:
    """The platform from which nothing leaves: what it is sent was said to the bot."""

    desk: Desk
    name: str = INWARD
    pace_ms: int = 0

    def send(self, outgoing: Outgoing) -> str:
        """Answers it. Raises what keeps it from being answered: delivery comes again."""
        with self.desk.database.read() as db:
            key = workspace.get(db, outgoing.room.workspace_id).key
        entry = of_workspace(self.desk.entries, key)
        if entry is not None:
            self.desk.hear(entry, _heard(outgoing.message.body))
        return outgoing.key

    def find(self, outgoing: Outgoing) -> str | None:  # noqa: ARG002  the inbox knows, under the event's own key
        return None

    def regret(self, claimed: Claimed, error: Exception | None) -> None:
        """It is given up: whoever said something hears that, with the reference under which the log has the error."""
        reference = secrets.token_hex(3)
        log.error("not answered", exc_info=error, reference=reference)
        heard = _readable(claimed.payload)
        if claimed.room_id is not None and (heard is None or heard.said):
            with self.desk.database.write() as db:
                self.desk.apologise(db, claimed.room_id, claimed.key, reference)


def _heard(body: str) -> Heard:
    """Raises ``Unknown`` for what another release has heard."""
    try:
        return Heard.model_validate_json(body)
    except ValidationError as error:
        raise Unknown("something heard") from error


def _readable(payload: str) -> Heard | None:
    """What was kept; None for what this release no longer understands."""
    try:
        return Heard.model_validate_json(Message.known(payload).body)
    except ValidationError:
        return None


def keep(database: Database, entry: Entry, heard: Heard, *, now: datetime, locale: str, zone: str) -> bool:
    """Written down, to be answered soon; False for a repeat of what was written down before, and for strangers.

    When an app is shown to a whole organisation, WeCom tells of everybody in it: nobody of them has asked for anything.
    """
    message = Message(name="wecom/heard", locale=locale, body=heard.model_dump_json(exclude_defaults=True))
    with database.read() as db:
        known = asks.known(db, entry.workspace, platform="wecom", account=heard.user, room=heard.place)
    with database.write() as db:
        room_id = known[2].id if known else _met(db, entry, heard, locale=locale, zone=zone)
        if room_id is None:
            return False
        return outbox.promise(
            db,
            f"{INWARD}:{heard.mark}",
            lane_key=f"in:{room_id}",
            platform=INWARD,
            interval_ms=0,
            payload=message.kept(),
            now_ms=int(now.timestamp() * 1000),
            room_id=room_id,
        )


def _met(db: Session, entry: Entry, heard: Heard, *, locale: str, zone: str) -> int | None:
    """The room; None where the app only came into a stranger's sight, or out of it."""
    home = workspace.by_key(db, entry.workspace, locale=locale, zone=zone)
    if (heard.shown or heard.left) and people.account(db, home.id, "wecom", heard.user) is None:
        return None
    alone = Place.of(heard.place).kind in OF_ONE_PERSON
    who = people.met(db, home.id, "wecom", heard.user, name=heard.user)
    name, owner = (who.name, who.id) if alone else ("", None)
    return rooms.met(db, home.id, "wecom", heard.place, name=name, person_id=owner).id
