"""Channels and people come and go: a greeting where the bot is invited, a handing over where somebody has left."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.ask import Ask
from bot.platforms import NotNow
from bot.platforms.slack import receive, troubles
from bot.platforms.slack.desk import Busy, Desk, Stage
from bot.platforms.slack.receive import Heard, Payload
from messages import Offer
from storage import meetings, people, rooms, unkept, workspace
from storage.base import Session
from storage.people import Person, Role
from storage.rooms import Room
from storage.workspace import Workspace

log = structlog.get_logger()

PATIENCE = 10.0
"""Seconds until a file is taken without the message that it came with: that one usually tells of it."""


def greet(desk: Desk, stage: Stage, channel: str) -> None:
    """Once a channel, however often the bot is invited; what waited for it goes out."""
    name = desk.room_name(stage.key, channel)
    with desk.slack.database.write() as db:
        place = workspace.by_key(db, stage.key, locale=desk.faces.locale, zone=desk.faces.zone)
        room = rooms.met(db, place.id, "slack", channel, name=name)
        unkept.resume(db, f"room:{room.id}", now_ms=int(desk.dispatch.now().timestamp() * 1000))
        voice = desk.voice(db, place, room)
        meeting = meetings.get(db, room.meeting_id) if room.meeting_id else None
        offers = _offers(db, place.id, known=meeting is not None)
        said = voice.words("slack/greeting", meeting=meeting, buttons=[*offers, Offer("help", "help")])
        voice.promise(f"slack/greeting:{room.id}", room, said)
    desk.dispatch.after()


def _offers(db: Session, workspace_id: int, *, known: bool) -> list[Offer]:
    if known:
        return [Offer("list", "list", primary=True)]
    others = [Offer("meetings", "meeting list")] if meetings.running(db, workspace_id) else []
    return [Offer("meeting_new", "meeting new", primary=True), *others]


def left(desk: Desk, stage: Stage, user: str, mark: str) -> None:
    """Somebody's account was switched off: an admin's bot hands over what they had, and tells that admin.

    If they were the only admin, somebody who leads a meeting becomes one.
    """
    desk.faces.seen.pop((stage.key, user), None)
    with desk.slack.database.write() as db:
        place = workspace.find(db, stage.key)
        account = people.account(db, place.id, "slack", user) if place else None
        if place is None or account is None:
            return
        found = _admin(db, place.id, account.person_id) or _heir(desk, db, place, account.person_id)
    if found is None:
        return
    admin, room = found
    ask = Ask(
        platform=room.platform,
        account="",
        room=room.external,
        line=f"people left @#{account.person_id}",
        event_id=mark,
        workspace=stage.key,
        direct=True,
        promised_by=admin.id,
    )
    desk.dispatch.carry_out(ask)
    desk.dispatch.after()


def _admin(db: Session, workspace_id: int, gone: int) -> tuple[Person, Room] | None:
    """An admin who is there, and where the bot talks with them."""
    for person in people.admins(db, workspace_id):
        own = rooms.direct(db, [person.id]) if person.id != gone else ()
        if own:
            return person, own[0]
    return None


def _heir(desk: Desk, db: Session, place: Workspace, gone: int) -> tuple[Person, Room] | None:
    """Whoever leads a meeting and can be talked with; an admin from now on, and told so."""
    for meeting in meetings.running(db, place.id):
        for held in people.holders_of(db, meeting.id, Role.LEAD):
            own = rooms.direct(db, [held.person_id]) if held.person_id != gone else ()
            if own:
                person = people.get(db, held.person_id)
                person.admin = True
                voice = desk.voice(db, place, own[0])
                said = voice.words("slack/heir", name=people.get(db, gone).name)
                voice.promise(f"slack/heir:{gone}:{person.id}", own[0], said)
                return person, own[0]
    return None


# --- files that are told of by themselves


def file_shared(
    desk: Desk, stage: Stage, client: WebClient, body: Payload, *, after: Callable[[float, Callable[[], None]], None]
) -> None:
    """The message that a file came with is told of too, with its words: only where it is not, the file stands alone."""
    event = body["event"]
    file = _told_of(client, event["file_id"])
    shares = [share for kind in (file.get("shares") or {}).values() for share in kind.get(event["channel_id"], ())]
    ts = str(shares[0]["ts"]) if shares else ""
    own = str(event["channel_id"]).startswith("D")
    if not ts or not own:
        return
    heard = Heard(
        user=event["user_id"],
        channel=event["channel_id"],
        line="",
        event_id=receive.said(event["channel_id"], ts),
        thread=str(shares[0].get("thread_ts") or ""),
        on=str(shares[0].get("thread_ts") or ""),
        own=True,
        raw=True,
        files=(file,),
    )
    after(PATIENCE, lambda: _alone(desk, stage, heard))


def _told_of(client: WebClient, file_id: str) -> Payload:
    """Nothing of a file that is gone again. Raises ``Busy`` while Slack cannot tell."""
    try:
        return dict(client.files_info(file=file_id)["file"])
    except SlackApiError as error:
        if isinstance(troubles.answer_to(error), OSError | NotNow):
            raise Busy from error
        log.info("file not told of", error=troubles.name_of(error))
        return {}


def _alone(desk: Desk, stage: Stage, heard: Heard) -> None:
    """Nobody waits for this, and nobody hears of what goes wrong."""
    try:
        desk.hear(stage, heard)
    except Busy:
        log.info("a file takes long")
    except Exception:
        log.exception("file not taken")


def later(seconds: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
