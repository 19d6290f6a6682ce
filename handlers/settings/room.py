"""When a room may be spoken to, and in which language; in a direct conversation these are the person's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Annotated

from handlers.context import Context
from handlers.grammar import Text, TextSaying
from handlers.permissions import allow, allow_in_any, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from handlers.settings import reading, rules
from handlers.settings.speaking import ask, changed, is_own, look_again
from messages import Message, Offer
from storage import meetings, rooms
from storage.rooms import Room

router = Router("settings")

Switch = Annotated[str, TextSaying({"on": "开", "off": "关"})]


def _rooms(ctx: Context) -> Sequence[Room]:
    """What a change applies to: all conversations of the person, or this room. Raises ``Refused``."""
    if is_own(ctx):
        return rooms.direct(ctx.db, [ctx.person.id])
    if ctx.room.meeting_id is not None:
        allow(ctx, run_meeting, meetings.get(ctx.db, ctx.room.meeting_id))
    else:
        allow_in_any(ctx, run_meeting)
    return [ctx.room]


@router.command("settings quiet", zh="设置 免打扰", also=("settings quiet hours", "免打扰", "设置 安静时间"))
def quiet(ctx: Context, value: Text = "") -> Message:
    """When I keep quiet here: settings quiet 20:00-08:30 · settings quiet off"""
    found = _rooms(ctx)
    if not value:
        return ask(ctx, "quiet", "settings quiet", f"{ctx.room.quiet_from:%H:%M}-{ctx.room.quiet_to:%H:%M}")
    hours = reading.quiet_hours(value)
    for room in found:
        room.quiet_from, room.quiet_to = hours
    return _changed(ctx, "quiet", hours)


@router.command("settings morning", zh="设置 上午提醒", also=("设置 早上提醒", "设置 上午", "设置 早上"))
def morning(ctx: Context, value: Text = "") -> Message:
    """When the day's reminders come: settings morning 09:10"""
    found = _rooms(ctx)
    if not value:
        return ask(ctx, "morning", "settings morning", f"{ctx.room.morning:%H:%M}")
    wanted = reading.time_of(value)
    for room in found:
        room.morning = rules.aside(wanted)
    rules.in_order(found)
    return _changed(ctx, "morning", rules.aside(wanted), wanted=wanted)


@router.command("settings afternoon", zh="设置 下午提醒", also=("设置 下午",))
def afternoon(ctx: Context, value: Text = "") -> Message:
    """When what is left comes again: settings afternoon 15:40 · settings afternoon off"""
    found = _rooms(ctx)
    if not value:
        shown = f"{ctx.room.afternoon:%H:%M}" if ctx.room.afternoon else ""
        return ask(ctx, "afternoon", "settings afternoon", shown)
    wanted = None if reading.said(value) in reading.OFF else reading.time_of(value, afternoon=True)
    slot = rules.aside(wanted) if wanted else None
    for room in found:
        room.afternoon = slot
    rules.in_order(found)
    return _changed(ctx, "afternoon", slot, wanted=wanted)


@router.command("settings nudges", zh="设置 提醒", also=("settings reminders", "设置 催办"))
def nudges(ctx: Context, value: Switch = "") -> Message:
    """Whether I remind here at all: settings nudges off"""
    found = _rooms(ctx)
    wanted = reading.switch(value, "settings nudges")
    for room in found:
        room.nudges = wanted
    return _changed(ctx, "nudges", wanted)


@router.command("settings room language", zh="设置 本群 语言", also=("设置 群语言", "设置 群聊语言"))
def room_language(ctx: Context, value: Text = "") -> Message:
    """The language I speak in this room: settings room language 中文"""
    room = _team_room(ctx, f"settings language {value}")
    if not value:
        return ask(ctx, "room_language", "settings room language")
    room.locale = reading.language(value)
    return changed(ctx, "room_language", room.locale or ctx.workspace.locale, source=_source(room.locale))


@router.command("settings room zone", zh="设置 本群 时区", also=("设置 群时区", "settings room time zone"))
def room_zone(ctx: Context, value: Text = "") -> Message:
    """The time zone of this room's hours: settings room zone London"""
    room = _team_room(ctx, f"settings zone {value}")
    if not value:
        return ask(ctx, "room_zone", "settings room zone", room.zone or ctx.workspace.zone)
    room.zone = reading.zone(value, "settings room zone")
    look_again(ctx, room)
    return changed(ctx, "room_zone", room.zone or ctx.workspace.zone, source=_source(room.zone))


def _source(own: str) -> str:
    return "room" if own else "workspace"


def _team_room(ctx: Context, instead: str) -> Room:
    if is_own(ctx):
        raise Refused("settings/no_room", buttons=[Offer("yours", instead.strip(), primary=True)])
    return _rooms(ctx)[0]


def _changed(ctx: Context, key: str, value: object, *, wanted: time | None = None) -> Message:
    """Nudges look again; a time that was moved, or that falls into the quiet hours, is told."""
    look_again(ctx, ctx.room)
    moved = wanted if wanted is not None and wanted != value else None
    unheard = rules.unheard(ctx.room, key)
    return changed(ctx, key, value, own=is_own(ctx), moved=moved, unheard=unheard, quiet_to=ctx.room.quiet_to)
