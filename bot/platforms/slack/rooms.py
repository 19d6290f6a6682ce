"""Channels and people come and go: a greeting where the bot is invited, a handing over where somebody has left."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import leaving
from bot.platforms import NotNow
from bot.platforms.slack import receive, troubles
from bot.platforms.slack.desk import Busy, Desk, Stage
from bot.platforms.slack.receive import Heard, Payload
from messages import Offer
from storage import meetings, outbox, rooms, unkept, workspace
from storage.base import Session

log = structlog.get_logger()

PATIENCE = 10.0
"""Seconds until a file is taken without the message that it came with: that one usually tells of it."""


def greet(desk: Desk, stage: Stage, channel: str) -> None:
    """Once a channel, however often the bot is invited; what waited for it goes out."""
    name = desk.room_name(stage.key, channel)
    with desk.slack.database.write() as db:
        place = workspace.by_key(db, stage.key, locale=desk.faces.locale, zone=desk.faces.zone)
        room = rooms.met(db, place.id, "slack", channel, name=name)
        unkept.resume(db, outbox.lane_of(room.id), now_ms=int(desk.dispatch.now().timestamp() * 1000))
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
    """Somebody's account was switched off: an admin's bot hands over what they had, and tells that admin."""
    desk.faces.seen.pop((stage.key, user), None)
    leaving.hand_over(desk.dispatch, stage.key, platform="slack", account=user, mark=mark)


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
