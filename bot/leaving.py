"""Somebody whose account is gone: what they had goes to the lead, and an admin is told, by ``people left``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ask import Ask
from handlers.context import voice
from storage import meetings, people, rooms, workspace
from storage.people import Person, Role
from storage.rooms import Room

if TYPE_CHECKING:
    from bot.dispatch import Dispatch
    from storage.base import Session
    from storage.workspace import Workspace


def hand_over(dispatch: Dispatch, key: str, *, platform: str, account: str, mark: str) -> None:
    """In the workspace of that key, in an admin's name and own chat; a second time with the same ``mark`` does nothing.

    If they were the only admin, somebody who leads a meeting becomes one. Where nobody is left to be told, nothing is
    handed over.
    """
    with dispatch.database.write() as db:
        place = workspace.find(db, key)
        known = people.account(db, place.id, platform, account) if place else None
        if place is None or known is None:
            return
        found = admin_of(db, place.id, known.person_id) or _heir(dispatch, db, place, known.person_id, platform)
    if found is None:
        return
    admin, room = found
    ask = Ask(
        platform=room.platform,
        account="",
        room=room.external,
        line=f"people left @#{known.person_id}",
        event_id=mark,
        workspace=key,
        direct=True,
        promised_by=admin.id,
    )
    dispatch.carry_out(ask)
    dispatch.after()


def admin_of(db: Session, workspace_id: int, gone: int) -> tuple[Person, Room] | None:
    """An admin who is there, and where the bot talks with them."""
    for person in people.admins(db, workspace_id):
        own = rooms.direct(db, [person.id]) if person.id != gone else ()
        if own:
            return person, own[0]
    return None


def _heir(dispatch: Dispatch, db: Session, place: Workspace, gone: int, platform: str) -> tuple[Person, Room] | None:
    """Whoever leads a meeting and can be talked with; an admin from now on, and told so."""
    for meeting in meetings.running(db, place.id):
        for held in people.holders_of(db, meeting.id, Role.LEAD):
            own = rooms.direct(db, [held.person_id]) if held.person_id != gone else ()
            if own:
                person = people.get(db, held.person_id)
                person.admin = True
                ctx = voice(db, place, own[0], dispatch.now(), dispatch.pace)
                said = ctx.words(f"{platform}/heir", name=people.get(db, gone).name)
                ctx.promise(f"{platform}/heir:{gone}:{person.id}", own[0], said)
                return person, own[0]
    return None
