"""The platform's port: a message is stored once, edited in place, and found again by its key."""

from __future__ import annotations

from bot.platforms import Outgoing
from bot.platforms.web import Web
from messages import Message
from storage import rooms
from tests.bot.platforms.web.house import House


def outgoing(house: House, key: str, body: str, edits: str | None = None) -> Outgoing:
    with house.app.database.read() as db:
        room = rooms.get(db, house.room())
    return Outgoing(key, room.address, Message(name="x", locale="en", body=body), edits)


def test_sending_says_it_once_and_rings(demo: House) -> None:
    platform = demo.app.platforms["web"]
    assert isinstance(platform, Web)
    rung: list[int] = []
    platform.bell.ring = lambda: rung.append(1)  # type: ignore[method-assign]
    assert platform.find(outgoing(demo, "k", "one")) is None
    assert platform.send(outgoing(demo, "k", "one")) == "k"
    assert platform.send(outgoing(demo, "k", "one")) == "k"
    assert platform.find(outgoing(demo, "k", "one")) == "k"
    assert (len(demo.lines()), len(rung)) == (1, 2)


def test_an_edit_changes_the_line_that_stands(demo: House) -> None:
    platform = demo.app.platforms["web"]
    platform.send(outgoing(demo, "k", "one"))
    assert platform.send(outgoing(demo, "k2", "two", edits="k")) == "k"
    (line,) = demo.lines()
    assert ("two" in line.payload, line.edited, line.seen) == (True, True, 2)
    assert platform.find(outgoing(demo, "k2", "two", edits="k")) is None
