"""People at WeCom: who they are, asked once when they are first seen."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from bot.platforms.wecom import troubles
from bot.platforms.wecom.entries import Entry
from storage import people, workspace
from storage.base import Database
from storage.people import Person

log = structlog.get_logger()

LONGEST_NAME = 100


@dataclass(frozen=True)
class Face:
    """Somebody who was seen."""

    person_id: int
    locale: str


@dataclass
class Faces:
    """``seen`` spares a look at the database, and at WeCom, for everybody who was seen before."""

    database: Database
    locale: str
    zone: str
    seen: dict[tuple[str, str], Face] = field(default_factory=dict)

    def meet(self, entry: Entry, user: str) -> Face:
        """Who that is: by their userid as long as WeCom does not tell a name, for which it is asked again next time."""
        known = self.seen.get((entry.name, user))
        if known is None:
            name = self._name(entry, user) if self._is_nameless(entry, user) else ""
            known, named = self._met(entry, user, name)
            if named:
                self.seen[entry.name, user] = known
        return known

    def _is_nameless(self, entry: Entry, user: str) -> bool:
        with self.database.read() as db:
            place = workspace.find(db, entry.workspace)
            account = people.account(db, place.id, "wecom", user) if place else None
            return account is None or people.get(db, account.person_id).name == user

    def _met(self, entry: Entry, user: str, name: str) -> tuple[Face, bool]:
        with self.database.write() as db:
            place = workspace.by_key(db, entry.workspace, locale=self.locale, zone=self.zone)
            person = people.met(db, place.id, "wecom", user, name=name or user)
            if name and person.name == user:
                person.name = name
            return Face(person.id, _locale(person, place.locale)), person.name != user or entry.client is None

    @staticmethod
    def _name(entry: Entry, user: str) -> str:
        if entry.client is None:
            return ""
        try:
            return str(entry.client.ask("user/get", given={"userid": user}).get("name") or "")[:LONGEST_NAME]
        except troubles.UNASKED as error:
            log.warning("not told who that is", error=str(error))
            return ""


def _locale(person: Person, usual: str) -> str:
    return person.locale or usual
