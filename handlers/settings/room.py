"""When a room may be spoken to, and in which language; in a direct conversation these are the person's own.

A room that is named may be set from anywhere: in some the bot only speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Annotated

from handlers.context import Context
from handlers.grammar import Text, TextSaying
from handlers.permissions import allow, allow_in_any, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from handlers.settings import reading, rules
from handlers.settings.speaking import ask, changed, is_own, look_again
from handlers.where import RoomNamed
from messages import Message, Offer
from storage import meetings, rooms
from storage.rooms import Room

router = Router("settings")

Switch = Annotated[str, TextSaying({"on": "开", "off": "关"})]


@dataclass(frozen=True)
class _Where:
    """``rooms`` is what a change applies to, ``room`` the one whose values are shown.

    ``own``: the person's conversations; ``named``: the room as a command line names it, if it was.
    """

    room: Room
    rooms: Sequence[Room]
    own: bool = False
    named: str = ""


def _where(ctx: Context, room: Room | None) -> _Where:
    """Raises ``Refused`` where somebody else decides."""
    if room is None and is_own(ctx):
        return _Where(ctx.room, rooms.direct(ctx.db, [ctx.person.id]), own=True)
    found = room or ctx.room
    if found.meeting_id is not None:
        allow(ctx, run_meeting, meetings.get(ctx.db, found.meeting_id))
    else:
        allow_in_any(ctx, run_meeting)
    return _Where(found, [found], named=f" #{found.id}" if room else "")


@router.command("settings quiet", zh="设置 免打扰", also=("settings quiet hours", "免打扰", "设置 安静时间"))
def quiet(ctx: Context, room: RoomNamed = None, value: Text = "") -> Message:
    """When I keep quiet here: settings quiet 20:00-08:30 · settings quiet off"""
    where = _where(ctx, room)
    if not value:
        return ask(
            ctx, "quiet", f"settings quiet{where.named}", f"{where.room.quiet_from:%H:%M}-{where.room.quiet_to:%H:%M}"
        )
    hours = reading.quiet_hours(value)
    for one in where.rooms:
        one.quiet_from, one.quiet_to = hours
    return _changed(ctx, where, "quiet", hours)


@router.command("settings morning", zh="设置 上午提醒", also=("设置 早上提醒", "设置 上午", "设置 早上"))
def morning(ctx: Context, room: RoomNamed = None, value: Text = "") -> Message:
    """When the day's reminders come: settings morning 09:10"""
    where = _where(ctx, room)
    if not value:
        return ask(ctx, "morning", f"settings morning{where.named}", f"{where.room.morning:%H:%M}")
    wanted = reading.time_of(value)
    for one in where.rooms:
        one.morning = rules.aside(wanted)
    rules.in_order(where.rooms)
    return _changed(ctx, where, "morning", rules.aside(wanted), wanted=wanted)


@router.command("settings afternoon", zh="设置 下午提醒", also=("设置 下午",))
def afternoon(ctx: Context, room: RoomNamed = None, value: Text = "") -> Message:
    """When what is left comes again: settings afternoon 15:40 · settings afternoon off"""
    where = _where(ctx, room)
    if not value:
        shown = f"{where.room.afternoon:%H:%M}" if where.room.afternoon else ""
        return ask(ctx, "afternoon", f"settings afternoon{where.named}", shown)
    wanted = None if reading.said(value) in reading.OFF else reading.time_of(value, afternoon=True)
    slot = rules.aside(wanted) if wanted else None
    for one in where.rooms:
        one.afternoon = slot
    rules.in_order(where.rooms)
    return _changed(ctx, where, "afternoon", slot, wanted=wanted)


@router.command("settings nudges", zh="设置 提醒", also=("settings reminders", "设置 催办"))
def nudges(ctx: Context, room: RoomNamed = None, value: Switch = "") -> Message:
    """Whether I remind here at all: settings nudges off"""
    where = _where(ctx, room)
    wanted = reading.switch(value, f"settings nudges{where.named}")
    for one in where.rooms:
        one.nudges = wanted
    return _changed(ctx, where, "nudges", wanted)


@router.command("settings room language", zh="设置 本群 语言", also=("设置 群语言", "设置 群聊语言"))
def room_language(ctx: Context, room: RoomNamed = None, value: Text = "") -> Message:
    """The language I speak in this room: settings room language 中文"""
    where = _team_room(ctx, room, f"settings language {value}")
    line = f"settings room language{where.named}"
    if not value:
        return ask(ctx, "room_language", line)
    where.room.locale = reading.language(value, line)
    source = _source(where.room.locale)
    return _changed(ctx, where, "room_language", where.room.locale or ctx.workspace.locale, source=source)


@router.command("settings room zone", zh="设置 本群 时区", also=("设置 群时区", "settings room time zone"))
def room_zone(ctx: Context, room: RoomNamed = None, value: Text = "") -> Message:
    """The time zone of this room's hours: settings room zone London"""
    where = _team_room(ctx, room, f"settings zone {value}")
    line = f"settings room zone{where.named}"
    if not value:
        return ask(ctx, "room_zone", line, where.room.zone or ctx.workspace.zone)
    where.room.zone = reading.zone(value, line)
    source = _source(where.room.zone)
    return _changed(ctx, where, "room_zone", where.room.zone or ctx.workspace.zone, source=source)


def _source(own: str) -> str:
    return "room" if own else "workspace"


def _team_room(ctx: Context, room: Room | None, instead: str) -> _Where:
    if room is None and is_own(ctx):
        raise Refused("settings/no_room", buttons=[Offer("yours", instead.strip(), primary=True)])
    return _where(ctx, room)


def _changed(
    ctx: Context, where: _Where, key: str, value: object, *, wanted: time | None = None, source: str = ""
) -> Message:
    """Nudges look again; a time that was moved, or that falls into the quiet hours, is told."""
    look_again(ctx, where.room)
    return changed(
        ctx,
        key,
        value,
        source=source,
        own=where.own,
        called=where.room.name if where.named else "",
        moved=wanted if wanted is not None and wanted != value else None,
        unheard=rules.unheard(where.room, key),
        quiet_to=where.room.quiet_to,
    )
