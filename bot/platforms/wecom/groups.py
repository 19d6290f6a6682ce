"""Groups that the app makes: there, with the right people in them, before anything is said; and who is called there.

Handlers only write down who is to be in a group. What WeCom was last told of it is kept, so that it is told the rest.
Numbers and limits: developer.work.weixin.qq.com/document/path/90245.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.platforms import Closed, Impossible, Outgoing
from bot.platforms.wecom.client import Client
from bot.platforms.wecom.entries import Entries, Entry, client_of
from bot.platforms.wecom.places import Kind, Place
from bot.platforms.wecom.troubles import THERE_ALREADY, Trouble
from storage import checklist, meetings, nudges, people, rooms, wecom, workspace
from storage.base import Database, Session
from storage.people import Role
from storage.rooms import Address

FEWEST = 2
CALLS = "nudges/slot"
_REF = re.compile(r"M(\d{1,5})-T(\d{1,5})")


@dataclass(frozen=True)
class Wanted:
    """The userids of who is to be in a group, in the order in which they joined, and whose it is."""

    members: list[str]
    owner: str


@dataclass
class Appchats:
    """One worker at a time has a room's lane, so that nobody else makes or changes its group meanwhile."""

    database: Database
    now: Callable[[], datetime]

    def ready(self, entry: Entry, place: Place, outgoing: Outgoing) -> list[str]:
        """The userids to be called. Raises ``Trouble``, ``Closed``, ``Impossible``, ``ConnectionError``.

        A reminder calls those who have its tasks: in a group that many read, who is not called does not look. It is
        plain text for that, since markdown cannot call anybody; nothing else is worth a call. Who is on leave is left
        in peace, and in a group of the app's own only its members are called.
        """
        room = outgoing.room
        inside = self._settle(entry, place, room) if place.kind is Kind.APPCHAT else None
        if outgoing.message.name != CALLS:
            return []
        with self.database.read() as db:
            called = _owners(db, room, outgoing.message.about, self.now())
        return [user for user in called if inside is None or user in inside]

    def _settle(self, entry: Entry, place: Place, room: Address) -> list[str]:
        """Who is in the group now."""
        with self.database.read() as db:
            wanted, known = _wanted(db, room), wecom.group_members(db, room.id)
        if not wanted.members and known is not None:
            return known  # it was taken back: left as it is, to hear that
        if not wanted.members:
            raise Impossible("a group of nobody")
        if len(wanted.members) < FEWEST:
            raise Closed("few")
        if known is None or set(known) != set(wanted.members):
            self._tell(client_of(entry), place, room, wanted, known)
        return wanted.members

    def _tell(self, client: Client, place: Place, room: Address, wanted: Wanted, known: list[str] | None) -> None:
        inside = _made(client, place, room, wanted) if known is None else known
        added = [user for user in wanted.members if user not in inside]
        gone = [user for user in inside if user not in wanted.members]
        if added or gone:
            change = {"chatid": place.id, "owner": wanted.owner, "add_user_list": added, "del_user_list": gone}
            client.ask("appchat/update", change)
        with self.database.write() as db:
            wecom.keep_group(db, room.id, wanted.members)


def _made(client: Client, place: Place, room: Address, wanted: Wanted) -> list[str]:
    """Who is in it. The id is ours: one that is there already was made by us, before we could write that down."""
    group = {"chatid": place.id, "name": room.name, "owner": wanted.owner, "userlist": wanted.members}
    try:
        client.ask("appchat/create", group)
    except Trouble as trouble:
        if trouble.code != THERE_ALREADY:
            raise
        told = client.ask("appchat/get", given={"chatid": place.id})["chat_info"]
        return [str(user).lower() for user in told["userlist"]]
    return wanted.members


def _wanted(db: Session, room: Address) -> Wanted:
    """The meeting's lead owns the group, else whoever joined it first."""
    ids = rooms.members(db, room.id)
    held = people.holders_of(db, room.meeting_id, Role.LEAD) if room.meeting_id else ()
    members, leads = _users(db, ids), _users(db, [one.person_id for one in held])
    owner = next((user for user in [*leads, *members] if user in members), "")
    return Wanted(members, owner)


def _users(db: Session, person_ids: Iterable[int]) -> list[str]:
    rows = (row for one in person_ids for row in people.accounts_of(db, one) if row.platform == "wecom")
    return list(dict.fromkeys(row.external for row in rows))


def _owners(db: Session, room: Address, refs: Iterable[str], now: datetime) -> list[str]:
    """The userids of those who have the unfinished ones of these tasks, but for who is away today."""
    numbers: dict[int, list[int]] = {}
    for ref in refs:
        if match := _REF.fullmatch(ref):
            numbers.setdefault(int(match[1]), []).append(int(match[2]))
    tasks = []
    for number, wanted in numbers.items():
        if meeting := meetings.by_number(db, room.workspace_id, number):
            tasks += [task for task in checklist.some(db, meeting.id, wanted).values() if not task.finished]
    owners = checklist.owners(db, tasks, people.holding(db, {task.meeting_id for task in tasks}))
    ids = list(dict.fromkeys(one for row in owners.values() for one in row))
    today = now.astimezone(ZoneInfo(room.zone or workspace.get(db, room.workspace_id).zone)).date()
    leaves = nudges.leaves(db, ids, today)
    away = {one for one, rows in leaves.items() if any(leave.first <= today <= leave.last for leave in rows)}
    return _users(db, [one for one in ids if one not in away])


def meet(entries: Entries, database: Database, *, locale: str, zone: str) -> None:
    """Every webhook that the settings name is a room of its association. One that they no longer name stays."""
    with database.write() as db:
        for entry in entries.values():
            for name in entry.app.hooks:
                home = workspace.by_key(db, entry.workspace, locale=locale, zone=zone)
                rooms.met(db, home.id, "wecom", str(Place(Kind.HOOK, name)), name=name).deaf = True
