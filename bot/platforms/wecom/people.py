"""People at WeCom: who they are, asked once when they are first seen."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from bot.platforms.wecom import troubles
from bot.platforms.wecom.client import Client
from bot.platforms.wecom.entries import Entry
from storage import people, workspace
from storage.base import Database

log = structlog.get_logger()

LONGEST_NAME = 100
ROOT = 1
"""The department that all others are below: the association itself, which tells nobody from anybody."""


@dataclass(frozen=True)
class Face:
    """What WeCom tells of somebody; empty what it does not tell."""

    name: str = ""
    department: str = ""


STRANGER = Face()


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
            face = self._face(entry, user) if self._is_nameless(entry, user) else STRANGER
            if self._met(entry, user, face):
                self.seen.add((entry.name, user))

    def forget(self, entry: Entry, user: str) -> None:
        """They may well come back with another name."""
        self.seen.discard((entry.name, user))

    def _is_nameless(self, entry: Entry, user: str) -> bool:
        with self.database.read() as db:
            place = workspace.find(db, entry.workspace)
            account = people.account(db, place.id, "wecom", user) if place else None
            return account is None or people.get(db, account.person_id).name == user

    def _met(self, entry: Entry, user: str, face: Face) -> bool:
        """Whether their name is known, or nobody can be asked for it."""
        with self.database.write() as db:
            place = workspace.by_key(db, entry.workspace, locale=self.locale, zone=self.zone)
            person = people.met(db, place.id, "wecom", user, name=face.name or user)
            if face.name and person.name == user:
                person.name = face.name
            person.department = face.department or person.department
            return person.name != user or entry.client is None

    @staticmethod
    def _face(entry: Entry, user: str) -> Face:
        if entry.client is None:
            return STRANGER
        try:
            told = entry.client.ask("user/get", given={"userid": user})
        except troubles.UNASKED as error:
            log.warning("not told who that is", error=str(error))
            return STRANGER
        name = str(told.get("name") or "")[:LONGEST_NAME]
        return Face(name, _department(entry.client, told.get("main_department")))


def _department(client: Client, number: object) -> str:
    """Its name; an app that may not read departments does without."""
    if not number or number == ROOT:
        return ""
    try:
        told = client.ask("department/list", given={"id": number})["department"]
    except troubles.UNASKED as error:
        log.info("not told the department", error=str(error))
        return ""
    return next((str(one.get("name") or "")[:LONGEST_NAME] for one in told if one.get("id") == number), "")
