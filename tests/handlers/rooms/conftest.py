"""A terminal that can make groups: addresses that begin with ``group:``, in which the bot only speaks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from handlers.reach import Reach
from storage import rooms
from storage.rooms import Room
from tests.chat import Chat, Place, Somebody


@dataclass
class Club:
    """``ann`` leads M1 and M2, both running; ``li`` has a role in M1, ``wang`` has nothing to do with either."""

    chat: Chat
    ann: Somebody
    li: Somebody
    wang: Somebody

    def room(self, name: str) -> Room:
        with self.chat.read() as db:
            return next(one for one in rooms.of_teams(db, 1) if one.name == name)

    def members(self, name: str) -> list[int]:
        with self.chat.read() as db:
            return [*rooms.members(db, self.room(name).id)]

    def heard(self, name: str) -> list[str]:
        """The names of what was said there."""
        return [one.name for one in Place(self.chat, self.room(name).external).heard()]


@pytest.fixture
def club(chat: Chat) -> Club:
    chat.app.dispatch.reach = {"console": Reach({"main": "group:"}, hears=False)}
    ann, li, wang = (chat.person(name) for name in ("Ann", "Li Na", "王五"))
    ann.says("meeting new Forum end: 8 June 17:00")
    ann.says("role add M1 finance @li")
    ann.says("meeting new Gala end: 9 June 17:00", room="gala")
    return Club(chat, ann, li, wang)
