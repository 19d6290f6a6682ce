"""Somebody no longer sees the app: gone from WeCom, which hands over what they had, or out of its visible range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot import leaving
from bot.platforms.wecom import troubles
from bot.platforms.wecom.entries import Entry
from bot.platforms.wecom.receive import Heard
from bot.platforms.wecom.troubles import Trouble, kind_of
from bot.progress import LONGEST_PROMISE, fitting
from handlers.context import voice
from messages import Offer
from storage import checklist, meetings, people, workspace

if TYPE_CHECKING:
    from bot.dispatch import Dispatch
    from storage.base import Session
    from storage.people import Person

log = structlog.get_logger()

LEFT = 5
"""WeCom's number for members who have left."""


def left(dispatch: Dispatch, entry: Entry, heard: Heard) -> None:
    """Whoever had nothing to do here leaves without a word."""
    with dispatch.database.read() as db:
        place = workspace.find(db, entry.workspace)
        account = people.account(db, place.id, "wecom", heard.user) if place else None
        matters = account is not None and _matters(db, people.get(db, account.person_id))
    if not matters:
        log.info("somebody no longer sees the app", entry=entry.name)
    elif _is_gone(entry, heard.user):
        leaving.hand_over(dispatch, entry.workspace, platform="wecom", account=heard.user, mark=heard.mark)
    else:
        _ask(dispatch, entry, heard)


def _matters(db: Session, person: Person) -> bool:
    """Whether there is anything that somebody else would have to do."""
    if person.admin:
        return True
    for meeting in meetings.running(db, person.workspace_id):
        open_tasks = [task.id for task in checklist.tasks(db, meeting.id) if not task.finished]
        owners = {one for row in checklist.assignees(db, open_tasks).values() for one in row}
        if person.id in owners | {held.person_id for held in people.holders(db, meeting.id)}:
            return True
    return False


def _is_gone(entry: Entry, user: str) -> bool:
    """Whether they have left the organisation; WeCom does not tell of members whom the app must not see."""
    if entry.client is None:
        return False
    try:
        return int(entry.client.ask("user/get", given={"userid": user}).get("status") or 0) == LEFT
    except Trouble as trouble:
        return kind_of(trouble.code) == "gone"
    except troubles.UNASKED as error:
        log.warning("not told whether somebody has left", entry=entry.name, error=str(error))
        return False


def _ask(dispatch: Dispatch, entry: Entry, heard: Heard) -> None:
    """An admin who is there, in private."""
    with dispatch.database.write() as db:
        place = workspace.by_key(db, entry.workspace)
        person = people.met(db, place.id, "wecom", heard.user)
        found = leaving.admin_of(db, place.id, person.id)
        if found is None:
            return
        ctx = voice(db, place, found[1], dispatch.now(), dispatch.pace)
        offer = Offer("left", f"people left @#{person.id}", facts={"name": person.name})
        said = ctx.words("wecom/left", name=person.name, buttons=[offer], tone="ask")
        ctx.promise(fitting(f"{heard.mark}:left", LONGEST_PROMISE), found[1], said)
