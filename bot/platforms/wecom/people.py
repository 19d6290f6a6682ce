"""People at WeCom: who they are, asked once when they are first seen."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from bot.platforms.wecom import troubles
from bot.platforms.wecom.entries import Entry
from storage import people, workspace
from storage.base import Database

log = structlog.get_logger()

LONGEST_NAME = 100


@dataclass
class Faces:
    """``seen`` spares a look at the database, and at WeCom, for everybody who was seen before."""

    database: Database
    locale: str
    zone: str
    seen: set[tuple[str, str]] = field(default_factory=set)

    def meet(self, entry: Entry, user: str) -> None:
        """They are there from now on.

        By their userid as long as WeCom does not tell a name, for which it is asked again next time.
        """
        if (entry.name, user) not in self.seen:
            name = self._name(entry, user) if self._is_nameless(entry, user) else ""
            if self._met(entry, user, name):
                self.seen.add((entry.name, user))

    def forget(self, entry: Entry, user: str) -> None:
        """They may well come back with another name."""
        self.seen.discard((entry.name, user))

    def _is_nameless(self, entry: Entry, user: str) -> bool:
        with self.database.read() as db:
            place = workspace.find(db, entry.workspace)
            account = people.account(db, place.id, "wecom", user) if place else None
            return account is None or people.get(db, account.person_id).name == user

    def _met(self, entry: Entry, user: str, name: str) -> bool:
        """Whether their name is known, or nobody can be asked for it."""
        with self.database.write() as db:
            place = workspace.by_key(db, entry.workspace, locale=self.locale, zone=self.zone)
            person = people.met(db, place.id, "wecom", user, name=name or user)
            if name and person.name == user:
                person.name = name
            return person.name != user or entry.client is None

    @staticmethod
    def _name(entry: Entry, user: str) -> str:
        if entry.client is None:
            return ""
        try:
            return str(entry.client.ask("user/get", given={"userid": user}).get("name") or "")[:LONGEST_NAME]
        except troubles.UNASKED as error:
            log.warning("not told who that is", error=str(error))
            return ""
