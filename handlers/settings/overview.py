"""Everything that applies here, where it comes from, and how to change it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from handlers.command import Menu
from handlers.context import Context
from handlers.router import Router
from handlers.settings.reactions import LINE, meanings
from handlers.settings.speaking import is_own, source_of
from handlers.settings.workspace import open_year
from messages import Entry, Message, Offer
from storage import outages, workspace

router = Router("settings")


@router.command("settings", zh="设置", also=("设定", "settings show", "settings list", "preferences"), menu=Menu.HELP)
def show(ctx: Context) -> Message:
    """How I speak with you, when, and what holds for everybody: settings"""
    return ctx.words(
        "settings/show",
        own=is_own(ctx),
        admin=ctx.person.admin,
        open_year=open_year(ctx),
        outages=_outages(ctx) if ctx.person.admin else [],
        rows=[*_yours(ctx), *_hours(ctx), *(() if is_own(ctx) else _rooms(ctx)), *_everybody(ctx)],
    )


def _outages(ctx: Context) -> list[dict[str, Any]]:
    """What keeps the bot from speaking elsewhere."""
    found = outages.of_workspace(ctx.db, ctx.workspace.id)
    return [{**row, "since": datetime.fromtimestamp(row["since_ms"] / 1000, UTC)} for row in found]


def _row(key: str, value: object, *offers: Offer, source: str = "", own: bool = False) -> Entry:
    return Entry({"key": key, "value": value, "source": source, "own": own, "called": ""}, offers)


def _yours(ctx: Context) -> Iterator[Entry]:
    other = ("english", "English") if ctx.locale == "zh_CN" else ("chinese", "中文")
    speak = Offer(other[0], f"settings language {other[1]}")
    yield _row("language", ctx.locale, speak, source=source_of(ctx, "locale"))
    yield _row("zone", ctx.zone.key, Offer("change", "settings zone"), source=source_of(ctx, "zone"))


def _hours(ctx: Context) -> Iterator[Entry]:
    room, own = ctx.room, is_own(ctx)
    yield _row("quiet", (room.quiet_from, room.quiet_to), Offer("change", "settings quiet"), own=own)
    yield _row("morning", room.morning, Offer("change", "settings morning"), own=own)
    yield _row("afternoon", room.afternoon, Offer("change", "settings afternoon"), own=own)
    turn = Offer("off", "settings nudges off") if room.nudges else Offer("on", "settings nudges on")
    yield _row("nudges", room.nudges, turn, own=own)


def _rooms(ctx: Context) -> Iterator[Entry]:
    room, place = ctx.room, ctx.workspace
    source = ["room" if value else "workspace" for value in (room.locale, room.zone)]
    yield _row("room_language", room.locale or place.locale, source=source[0])
    yield _row("room_zone", room.zone or place.zone, source=source[1])


def _everybody(ctx: Context) -> Iterator[Entry]:
    place = ctx.workspace
    days = workspace.day_rules(ctx.db, place.id)
    yield _row("name", place.name)
    yield _row("limit", place.nudges_a_day)
    yield _row("photos", place.photos_a_kind)
    yield _row("country", place.country)
    yield _row("own_days", len(days), Offer("calendar", "settings day"))
    yield _row("reactions", meanings(place), Offer("change", LINE))
    yield _row("default_language", place.locale)
    yield _row("default_zone", place.zone)
