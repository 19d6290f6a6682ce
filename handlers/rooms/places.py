"""What can be done with a room where it is, by what the platforms tell of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.reach import NOTHING

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.rooms import Room


def maker(ctx: Context) -> tuple[str, str] | None:
    """The platform that makes groups for this workspace, and how their addresses begin; where one asks, if it can."""
    able = [(name, one.makes[ctx.workspace.key]) for name, one in ctx.reach.items() if ctx.workspace.key in one.makes]
    return min(able, key=lambda one: one[0] != ctx.room.platform, default=None)


def is_made(ctx: Context, room: Room) -> bool:
    """Whether the bot made it, and so decides who is in it."""
    address = ctx.reach.get(room.platform, NOTHING).makes.get(ctx.workspace.key)
    return address is not None and room.external.startswith(address)


def is_deaf(ctx: Context, room: Room) -> bool:
    """Whether nothing that is said there reaches the bot."""
    return room.external.startswith(ctx.reach.get(room.platform, NOTHING).deaf)
