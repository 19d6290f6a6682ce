"""Rows → what a page draws: lines with their authors, threads, rooms, and where each of them stands."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot import kinds
from bot.platforms.web import panel, who
from bot.platforms.web.site import Site
from messages import Message
from storage import conversation, pages, people
from storage.people import Role

if TYPE_CHECKING:
    from datetime import datetime

    from bot.platforms.web.who import Visitor
    from storage.base import Session
    from storage.conversation import Line
    from storage.people import Person
    from storage.rooms import Room

HUES = 8
PAGE = 40
"""How many lines, threads apart, are loaded at once."""


@dataclass(frozen=True)
class Face:
    """A person in a circle: a letter or two, one of ``HUES`` colours."""

    name: str
    letters: str
    hue: int


def face(person: Person) -> Face:
    """李娜 → 娜, Ann Lee → AL: what people are called by."""
    name = person.name.strip() or "?"
    words = name.split()
    if name[-1].isascii():
        letters = "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
    else:
        letters = name[-1]
    return Face(person.name, letters, person.id % HUES)


@dataclass(frozen=True)
class Said:
    """A line as it is drawn. ``by`` is None for the bot; ``message`` is None for plain typed text."""

    line: Line
    by: Face | None
    mine: bool
    message: Message | None
    replies: list[Said] = field(default_factory=list)

    @property
    def private(self) -> bool:
        return self.line.only_for is not None


@dataclass(frozen=True)
class Door:
    """A room in the list."""

    room: Room
    seen: int
    here: bool

    @property
    def own(self) -> bool:
        return self.room.person_id is not None


@dataclass(frozen=True)
class Figure:
    """Somebody one may be in a demo, with what they do in the room's meeting."""

    account: str
    face: Face
    roles: list[Role]


def everybody(db: Session, found: Visitor, room: Room, now: datetime) -> list[Figure]:
    meeting = panel.meeting_of(db, room, now)
    held = people.holding(db, [meeting.id]) if meeting else {}
    roles = {role: ids for role in Role for (_, name), ids in held.items() if name == role}
    return [
        Figure(account.external, face(person), [role for role, ids in roles.items() if person.id in ids])
        for account, person in pages.accounts(db, found.workspace.id, "web")
    ]


def doors(db: Session, found: Visitor, here: Room | None) -> list[Door]:
    every = who.rooms_of(db, found)
    seen = conversation.newest(db, [room.id for room in every], person_id=found.person.id)
    return [Door(room, seen[room.id], here is not None and room.id == here.id) for room in every]


def conversation_of(db: Session, found: Visitor, room: Room, *, before: int | None = None) -> list[Said]:
    """A page of a room's lines with all of their threads, oldest first."""
    roots = conversation.roots(db, room.id, person_id=found.person.id, limit=PAGE, before=before)
    replies = conversation.replies(db, [line.id for line in roots], person_id=found.person.id)
    drawn = said(db, found, [*roots, *replies])
    by_id = {one.line.id: one for one in drawn}
    for one in drawn[len(roots) :]:
        by_id[one.line.reply_to or 0].replies.append(one)
    return drawn[: len(roots)]


def said(db: Session, found: Visitor, lines: Sequence[Line]) -> list[Said]:
    known = people.some(db, {line.person_id for line in lines if line.person_id})
    return [
        Said(
            line=line,
            by=face(known[line.person_id]) if line.person_id else None,
            mine=line.person_id == found.person.id,
            message=Message.known(line.payload) if line.payload else None,
        )
        for line in lines
    ]


def line_html(site: Site, found: Visitor, room: Room, one: Said) -> str:
    """One new or edited line as a fragment of its own."""
    return site.part("arrived", found.tongue(room), zone=found.zone, said=one, room=room, shown=kinds.SHOWN)


def pulse(site: Site, db: Session, found: Visitor, room: Room) -> str:
    """Four short marks, of the panel, the rooms, the clock and the language: whichever differs has changed since."""
    now = site.clock.now()
    meeting = panel.meeting_of(db, room, now)
    seen = conversation.newest(db, [one.id for one in who.rooms_of(db, found)], person_id=found.person.id)
    seen.pop(room.id, None)  # the open room's own lines come by themselves
    parts = (
        pages.pulse(db, found.workspace.id, meeting.id if meeting else None, now),
        sorted(seen.items()),
        int(site.clock.ahead.total_seconds()),
        found.tongue(room),
    )
    return ".".join(hashlib.sha256(repr(part).encode()).hexdigest()[:8] for part in parts)
