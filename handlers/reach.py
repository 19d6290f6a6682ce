"""What a platform can do with rooms, as it tells handlers, which know no platform by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Reach:
    """``makes``: how the address of a room begins that the platform makes by itself, by the workspace's key.

    Such a room comes into being, with the people who stand in ``room_member``, when something is next said there.
    ``deaf``: how the addresses of rooms begin in which the bot only speaks.
    """

    makes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    deaf: tuple[str, ...] = ()


NOTHING = Reach()
