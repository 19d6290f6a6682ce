"""When a room may be spoken to: which times of day go together. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from handlers.refused import Refused
from storage.rooms import Room

FULL = frozenset({0, 30})
ASIDE = 10
"""Minutes after the full and the half hour, when chat platforms are busiest and advise against sending."""
MOST_NUDGES = 20
MOST_PHOTOS = 50


def aside(at: time) -> time:
    """The time itself, or a little later where it is a full or a half hour."""
    return at.replace(minute=at.minute + ASIDE) if at.minute in FULL else at


def is_quiet(at: time, begin: time, end: time) -> bool:
    """Whether the time lies in the quiet hours, which may pass midnight; equal ends mean that there are none."""
    return begin <= at < end if begin <= end else at >= begin or at < end


def unheard(room: Room, key: str) -> list[time]:
    """The slots, of those that a change of ``key`` bears on, that lie in the quiet hours: they wait for their end."""
    slots = {"morning": room.morning, "afternoon": room.afternoon}
    found = slots.values() if key == "quiet" else [slots.get(key)]
    return [slot for slot in found if slot is not None and is_quiet(slot, room.quiet_from, room.quiet_to)]


def in_order(rooms: Iterable[Room]) -> None:
    """Raises ``Refused`` where the second slot of a day would not come after the first."""
    for room in rooms:
        if room.afternoon is not None and room.afternoon <= room.morning:
            raise Refused("settings/order", morning=room.morning, afternoon=room.afternoon)


def photos(text: str) -> int:
    """How many photos of each kind. Raises ``Refused``."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PHOTOS:
        raise Refused("settings/photos", text=text, most=MOST_PHOTOS)
    return int(text)


def limit(text: str) -> int:
    """How many messages a day. Raises ``Refused``."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_NUDGES:
        raise Refused("settings/limit", text=text, most=MOST_NUDGES)
    return int(text)
