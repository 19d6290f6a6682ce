"""What a platform can do with rooms, as it tells handlers, which know no platform by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.rooms import Room


@dataclass(frozen=True)
class Reach:
    """``makes``: how the address of a room begins that the platform makes by itself, by the workspace's key.

    Such a room comes into being, with the people who stand in ``room_member``, when something is next said there.
    ``hears``: whether what is said in such a room reaches the bot.
    """

    makes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    hears: bool = True


NOTHING = Reach()


def maker(ctx: Context) -> tuple[str, str] | None:
    """The platform that makes groups for this workspace, and how their addresses begin; where one asks, if it can."""
    able = [(name, one.makes[ctx.workspace.key]) for name, one in ctx.reach.items() if ctx.workspace.key in one.makes]
    return min(able, key=lambda one: one[0] != ctx.room.platform, default=None)


def is_made(ctx: Context, room: Room) -> bool:
    """Whether the bot made it, and so decides who is in it."""
    address = ctx.reach.get(room.platform, NOTHING).makes.get(ctx.workspace.key)
    return address is not None and room.external.startswith(address)
