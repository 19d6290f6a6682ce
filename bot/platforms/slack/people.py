"""People at Slack: who they are, asked once when they are first seen; where the bot talks with them alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from bot.platforms.slack import troubles
from bot.platforms.slack.tokens import Tokens
from storage import people, rooms, workspace
from storage.base import Database, Session
from storage.people import Person
from storage.workspace import Workspace

log = structlog.get_logger()

SLACKBOT = "USLACKBOT"
LONGEST_NAME = 100


@dataclass(frozen=True)
class Face:
    """Somebody who was seen. ``own`` is the conversation that they have with the bot, empty where there is none.

    ``told``: Slack has said who that is.
    """

    person_id: int
    own: str
    locale: str
    told: bool = True


@dataclass(frozen=True)
class Profile:
    """What Slack tells of somebody, as far as it is of use."""

    name: str
    zone: str
    locale: str
    guest: bool
    bot: bool
    gone: bool


def profile(user: Mapping[str, Any]) -> Profile:
    told = user.get("profile") or {}
    names = (told.get("display_name"), told.get("real_name"), user.get("real_name"), user.get("name"))
    return Profile(
        name=str(next(filter(None, names), user.get("id", "")))[:LONGEST_NAME],
        zone=_zone(str(user.get("tz") or "")),
        locale=_locale(str(user.get("locale") or "")),
        guest=any(user.get(key) for key in ("is_restricted", "is_ultra_restricted", "is_stranger")),
        bot=bool(user.get("is_bot")) or user.get("id") == SLACKBOT,
        gone=bool(user.get("deleted")),
    )


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""
    return name


def _locale(name: str) -> str:
    return {"zh": "zh_CN", "en": "en"}.get(name.replace("_", "-").split("-")[0].lower(), "")


@dataclass
class Faces:
    """``seen`` spares a look at the database, and at Slack, for everybody who was seen before."""

    tokens: Tokens
    database: Database
    locale: str
    zone: str
    seen: dict[tuple[str, str], Face] = field(default_factory=dict)

    def meet(self, key: str, user: str, *, name: str = "") -> Face | None:
        """Who that is in the workspace of that key; None for a bot. ``name`` serves where Slack tells nothing."""
        known = self.seen.get((key, user)) or self._remember(key, user)
        if known is None or not known.told:
            told = self._ask(key, user)
            if told is None:  # to be asked again next time
                return known or self._add(key, user, Profile(name or user, "", "", guest=False, bot=False, gone=False))
            if told.bot:
                return None
            known = self._add(key, user, told, called={user, name})
        self.seen[key, user] = known
        return known

    def found(self, key: str, user: str, channel: str) -> None:
        """Their own conversation, which could not be opened before: until now the room went by the person's id."""
        self.seen.pop((key, user), None)
        with self.database.write() as db:
            place = workspace.find(db, key)
            room = rooms.at(db, place.id, "slack", user) if place else None
            if place is not None and room is not None and rooms.at(db, place.id, "slack", channel) is None:
                room.external = channel

    def _remember(self, key: str, user: str) -> Face | None:
        with self.database.read() as db:
            place = workspace.find(db, key)
            account = people.account(db, place.id, "slack", user) if place else None
            if place is None or account is None:
                return None
            person = people.get(db, account.person_id)
            own = next((one for one in rooms.direct(db, [person.id]) if one.platform == "slack"), None)
            locale = person.locale or place.locale
            return Face(person.id, own.external, locale, told=bool(person.zone or person.locale)) if own else None

    def _ask(self, key: str, user: str) -> Profile | None:
        if user == SLACKBOT:
            return profile({"id": user})
        try:
            return profile(self.tokens.hurried(key).users_info(user=user, include_locale=True)["user"])
        except troubles.UNASKED as error:
            log.warning("not told who that is", error=type(error).__name__)
            return None

    def _open(self, key: str, user: str) -> str:
        try:
            return str(self.tokens.hurried(key).conversations_open(users=user)["channel"]["id"])
        except troubles.UNASKED as error:
            log.warning("no conversation opened", error=type(error).__name__)
            return ""

    def _add(self, key: str, user: str, told: Profile, *, called: Collection[str] = ()) -> Face:
        """``called`` are the names that somebody had for whom Slack could not be asked before."""
        own = "" if told.gone else self._open(key, user)
        with self.database.write() as db:
            place = workspace.by_key(db, key, locale=self.locale, zone=self.zone)
            if people.account(db, place.id, "slack", user) is None:
                _give_rights(db, place, people.met(db, place.id, "slack", user, name=told.name), told)
            person = people.met(db, place.id, "slack", user)
            if person.name in called:
                person.name = told.name
            if told.guest and told.zone and not person.zone:  # met before that was known
                person.admin = False
            person.zone = person.zone or told.zone
            person.locale = person.locale or told.locale
            if own:
                rooms.met(db, place.id, "slack", own, name=person.name, person_id=person.id)
            return Face(person.id, own, person.locale or place.locale)


def _give_rights(db: Session, place: Workspace, person: Person, told: Profile) -> None:
    """A guest is never the admin that a workspace's first person is; then the first member is."""
    if told.guest or told.gone:
        person.admin = False
    elif not people.admins(db, place.id):
        person.admin = True
