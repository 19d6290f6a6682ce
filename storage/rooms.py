"""Rooms: where people and the bot talk, which meeting a room watches, and when it may be nudged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import NamedTuple

from sqlalchemy import ForeignKey, String, UniqueConstraint, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import workspace
from storage.base import Base


class Address(NamedTuple):
    """Of a room what a platform needs that is to speak there."""

    id: int
    workspace_id: int
    platform: str
    external: str
    name: str
    person_id: int | None
    meeting_id: int | None
    zone: str


class Room(Base):
    """A channel, a group or a direct conversation (then ``person_id`` is whose).

    ``quiet_from``–``quiet_to`` may pass midnight. ``morning`` and ``afternoon`` are the slots at which the
    room's one grouped message may go out; an empty afternoon means mornings only. ``deaf``: nothing that is said there
    reaches the bot.
    """

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("workspace_id", "platform", "external"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    platform: Mapped[str] = mapped_column(String(20))
    external: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id", ondelete="SET NULL"), index=True)
    locale: Mapped[str] = mapped_column(String(10), default="")
    zone: Mapped[str] = mapped_column(String(60), default="")
    deaf: Mapped[bool] = mapped_column(default=False)
    nudges: Mapped[bool] = mapped_column(default=True)
    quiet_from: Mapped[time] = mapped_column(default=time(20, 0))
    quiet_to: Mapped[time] = mapped_column(default=time(8, 30))
    morning: Mapped[time] = mapped_column(default=time(9, 10))
    afternoon: Mapped[time | None] = mapped_column(default=time(15, 40))

    @property
    def address(self) -> Address:
        return Address(*(getattr(self, name) for name in Address._fields))


class RoomMember(Base):
    """Somebody who is to be in a group that the bot makes; a platform sees to it when it next says something there."""

    __tablename__ = "room_member"
    __table_args__ = (UniqueConstraint("room_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


def get(db: Session, room_id: int) -> Room:
    return db.get_one(Room, room_id)


def at(db: Session, workspace_id: int, platform: str, external: str) -> Room | None:
    """The room of that address, if it has been met."""
    return db.scalar(
        select(Room).where(Room.workspace_id == workspace_id, Room.platform == platform, Room.external == external)
    )


def met(
    db: Session, workspace_id: int, platform: str, external: str, *, name: str = "", person_id: int | None = None
) -> Room:
    """The room of that address; added when it is met for the first time."""
    found = at(db, workspace_id, platform, external)
    if found is None and workspace.waited(db, workspace.get(db, workspace_id).key):
        found = at(db, workspace_id, platform, external)
    if found is None:
        found = Room(
            workspace_id=workspace_id, platform=platform, external=external, name=name or external, person_id=person_id
        )
        db.add(found)
        db.flush()
    return found


def made(db: Session, workspace_id: int, platform: str, external: str, *, name: str, deaf: bool) -> Room:
    """A room that is new. The journal has it as little as one that is met: what was said there cannot be undone."""
    values = {"workspace_id": workspace_id, "platform": platform, "external": external, "name": name, "deaf": deaf}
    return db.execute(insert(Room).values(**values).returning(Room)).scalar_one()


def watching(db: Session, meeting_id: int) -> Sequence[Room]:
    """The team's rooms that watch a meeting; direct conversations are not among them."""
    question = select(Room).where(Room.meeting_id == meeting_id, Room.person_id.is_(None))
    return db.scalars(question.order_by(Room.id)).all()


def direct(db: Session, person_ids: Sequence[int]) -> Sequence[Room]:
    """The direct conversations of these people, on whatever platform they are."""
    question = select(Room).where(Room.person_id.in_(person_ids))
    return db.scalars(question.order_by(Room.id)).all()


def of_workspace(db: Session, workspace_id: int) -> Sequence[Room]:
    return db.scalars(select(Room).where(Room.workspace_id == workspace_id).order_by(Room.id)).all()


def of_platform(db: Session, workspace_id: int, platform: str) -> Sequence[Room]:
    question = select(Room).where(Room.workspace_id == workspace_id, Room.platform == platform)
    return db.scalars(question.order_by(Room.id)).all()


def of_teams(db: Session, workspace_id: int) -> Sequence[Room]:
    """The rooms of the workspace that are nobody's direct conversation."""
    question = select(Room).where(Room.workspace_id == workspace_id, Room.person_id.is_(None))
    return db.scalars(question.order_by(Room.id)).all()


def members(db: Session, room_id: int) -> Sequence[int]:
    """Person ids, in the order in which they joined."""
    return db.scalars(select(RoomMember.person_id).where(RoomMember.room_id == room_id).order_by(RoomMember.id)).all()


def memberships(db: Session, room_id: int, person_ids: Sequence[int]) -> Sequence[RoomMember]:
    return db.scalars(
        select(RoomMember).where(RoomMember.room_id == room_id, RoomMember.person_id.in_(person_ids))
    ).all()
