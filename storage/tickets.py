"""One-time pages: who may open which and until when, and the files that came by one; addresses are not kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CursorResult, ForeignKey, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import people
from storage.base import Base
from storage.people import Person
from storage.rooms import Room
from storage.workspace import Workspace

LASTS = timedelta(hours=24)
LASTS_EXCHANGED = timedelta(minutes=15)
_GO = "."


class Kind(StrEnum):
    """What the page is: a form to fill in, a place to leave files, an archive or what is known of somebody to take.

    TWINS: the questions whether two entries of the address book are one.
    """

    FORM = "form"
    UPLOAD = "upload"
    ARCHIVE = "archive"
    EXPORT = "export"
    TWINS = "twins"


class State(StrEnum):
    """``DOOR``: it opens nothing itself; the platform exchanges it once it knows who is there."""

    OPEN = "open"
    DOOR = "door"
    USED = "used"
    EXPIRED = "expired"


class Ticket(Base):
    """A page for one person: what ``account`` says in the room with the form or the files of ``payload``.

    ``payload`` is the Message (JSON) that asked for them. ``door_id`` is the ticket that this one was had for: used
    up is always that.
    """

    __tablename__ = "ticket"
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[Kind] = mapped_column(String(10))
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(200))
    payload: Mapped[str] = mapped_column(Text)
    door: Mapped[bool] = mapped_column(default=False)
    door_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class TicketFile(Base):
    """A file that has come and was not handed over yet; those of one ``batch`` are handed over together.

    Once that has begun, a dot and the name of this one go stand behind the batch: what comes later is not of it.
    """

    __tablename__ = "ticket_file"
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    batch: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    locked: Mapped[bool] = mapped_column(default=False)
    taken_on: Mapped[date | None]


@dataclass(frozen=True)
class Found:
    ticket: Ticket
    state: State


def issue(
    db: Session,
    workspace_id: int,
    *,
    kind: Kind,
    person_id: int,
    room_id: int,
    platform: str,
    account: str,
    payload: str,
    now: datetime,
    door: bool = False,
) -> str:
    """The token of a new ticket: letters and digits, told here and never again."""
    ticket = Ticket(
        workspace_id=workspace_id,
        person_id=person_id,
        room_id=room_id,
        kind=kind,
        platform=platform,
        account=account,
        payload=payload,
        door=door,
    )
    return _add(db, ticket, now, LASTS)


def _add(db: Session, ticket: Ticket, now: datetime, lasts: timedelta) -> str:
    token = secrets.token_hex(32)
    ticket.digest, ticket.created_at, ticket.expires_at = _digest(token), now, now + lasts
    db.add(ticket)
    db.flush()
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def find(db: Session, token: str, now: datetime) -> Found | None:
    """The ticket and how it stands; None for a token that never was, or was so long ago that it is forgotten."""
    ticket = db.scalar(select(Ticket).where(Ticket.digest == _digest(token)))
    if ticket is None:
        return None
    used = db.scalar(select(Ticket.used_at).where(Ticket.id == _root(ticket)))
    if used is not None:
        return Found(ticket, State.USED)
    if ticket.expires_at <= now:
        return Found(ticket, State.EXPIRED)
    return Found(ticket, State.DOOR if ticket.door else State.OPEN)


def holder(db: Session, ticket: Ticket) -> tuple[Workspace, Person, Room]:
    """Where it is from, whose it is, and where the answer goes."""
    place, room = db.get_one(Workspace, ticket.workspace_id), db.get_one(Room, ticket.room_id)
    return place, people.get(db, ticket.person_id), room


def _root(ticket: Ticket) -> int:
    return ticket.door_id or ticket.id


def exchange(db: Session, token: str, account: str, now: datetime) -> str | None:
    """The token of a page that opens, for a door's; None unless it is a door that stands and it is this account's."""
    found = find(db, token, now)
    if found is None or found.state != State.DOOR or found.ticket.account != account:
        return None
    door = found.ticket
    inner = Ticket(
        workspace_id=door.workspace_id,
        person_id=door.person_id,
        room_id=door.room_id,
        kind=door.kind,
        platform=door.platform,
        account=door.account,
        payload=door.payload,
        door_id=door.id,
    )
    return _add(db, inner, now, LASTS_EXCHANGED)


def use(db: Session, token: str, now: datetime) -> bool:
    """Use it up, with every other that was had for the same door; False unless it was open until now."""
    found = find(db, token, now)
    if found is None or found.state != State.OPEN:
        return False
    free = update(Ticket).where(Ticket.id == _root(found.ticket), Ticket.used_at.is_(None))
    done: CursorResult[Any] = db.execute(free.values(used_at=now))  # type: ignore[assignment]
    return done.rowcount == 1


def ask_instead(db: Session, ticket_id: int, payload: str) -> None:
    """The page asks what another message asks from now on."""
    db.execute(update(Ticket).where(Ticket.id == ticket_id).values(payload=payload))


def forget(db: Session, *, before: datetime, most: int = 1000) -> bool:
    """Remove some that had expired before then, with what was never handed over; True when there may be more."""
    old = select(Ticket.id).where(Ticket.expires_at < before).limit(most)
    done: CursorResult[Any] = db.execute(  # type: ignore[assignment]
        delete(Ticket).where(Ticket.id.in_(old.scalar_subquery())), execution_options={"synchronize_session": False}
    )
    return done.rowcount >= most


# --- files on their way


def keep(db: Session, ticket: Ticket, batch: str, **file: Any) -> None:
    """A file has come, its bytes are in the store; ``file`` is what there is to say of it."""
    db.add(TicketFile(ticket_id=_root(ticket), batch=batch, **file))
    db.flush()


def kept(db: Session, ticket: Ticket) -> dict[str, list[TicketFile]]:
    """What has come and was not handed over yet, by batch, in the order in which it came."""
    question = select(TicketFile).where(TicketFile.ticket_id == _root(ticket)).order_by(TicketFile.id)
    found: dict[str, list[TicketFile]] = {}
    for file in db.scalars(question):
        found.setdefault(file.batch, []).append(file)
    return found


def going(db: Session, ticket: Ticket, batch: str = "") -> dict[str, list[TicketFile]]:
    """What is to be handed over now, of one batch or of all, by go: one that has begun before is the same go again.

    Only in the workspace's turn, so that no two make different goes of the same files.
    """
    found: dict[str, list[TicketFile]] = {}
    for name, files in kept(db, ticket).items():
        if batch not in {"", batch_of(name)}:
            continue
        go = name if _GO in name else f"{name}{_GO}{secrets.token_hex(8)}"
        for file in files:
            file.batch = go
        found[go] = files
    return found


def batch_of(go: str) -> str:
    return go.partition(_GO)[0]


def handed_over(db: Session, ticket: Ticket, go: str) -> None:
    """Its files are the workspace's now."""
    db.execute(delete(TicketFile).where(TicketFile.ticket_id == _root(ticket), TicketFile.batch == go))
