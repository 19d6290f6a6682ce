"""Addresses of one-time pages, for platforms that show no forms or take no files: they send a link instead."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from storage import people, tickets
from storage.tickets import Kind

if TYPE_CHECKING:
    from messages import Message
    from storage.base import Session
    from storage.rooms import Address


def form_token(db: Session, message: Message, *, room: Address, account: str, now: datetime, door: bool = False) -> str:
    """A ticket to a page with the message's form, which ``account`` may send once; the answer goes to the room.

    Whoever has the address is taken for that account: send it to nobody else. Where others may see it, and the
    platform can tell who opens a page, make it a ``door``: its token opens nothing until ``enter`` is asked.
    """
    if message.form is None:
        raise ValueError("no form")
    return _issue(db, Kind.FORM, message, room=room, account=account, now=now, door=door)


def upload_token(
    db: Session, message: Message, *, room: Address, account: str, now: datetime, door: bool = False
) -> str:
    """The same for the files that the message wants; they may come in several goes."""
    if message.upload is None:
        raise ValueError("no files wanted")
    return _issue(db, Kind.UPLOAD, message, room=room, account=account, now=now, door=door)


def _issue(db: Session, kind: Kind, message: Message, *, room: Address, account: str, now: datetime, door: bool) -> str:
    return tickets.issue(
        db,
        room.workspace_id,
        kind=kind,
        person_id=people.met(db, room.workspace_id, room.platform, account).id,
        room_id=room.id,
        platform=room.platform,
        account=account,
        payload=message.kept(),
        now=now,
        door=door,
    )


def form_address(public_url: str, token: str) -> str:
    return f"{public_url}/form/{token}"


def upload_address(public_url: str, token: str) -> str:
    return f"{public_url}/upload/{token}"


def enter(db: Session, public_url: str, token: str, *, account: str, now: datetime) -> str | None:
    """The address of the page behind a door, for a quarter of an hour, once the platform knows that it is ``account``.

    None for a token that is no door, has expired, is used up, or was given to somebody else.
    """
    inner = tickets.exchange(db, token, account, now)
    found = tickets.find(db, inner, now) if inner else None
    if inner is None or found is None:
        return None
    address = form_address if found.ticket.kind == Kind.FORM else upload_address
    return address(public_url, inner)
