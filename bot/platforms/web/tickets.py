"""Who holds a one-time page, what they say with it, and the page that is left when there is no more to do."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

import messages
from bot.ask import Ask
from bot.platforms.web.site import Site, spoken
from handlers import router
from messages import Message
from storage import tickets
from storage.tickets import Kind, State

if TYPE_CHECKING:
    from storage.people import Person
    from storage.rooms import Room
    from storage.tickets import Ticket
    from storage.workspace import Workspace

HIDDEN = {"X-Robots-Tag": "noindex, nofollow"}
STATUS = {"unknown": 404, "wait": 429, "sent": 200, "finished": 200}
"""Of the pages that open nothing; the others are gone (410)."""


@dataclass(frozen=True)
class Holder:
    """Somebody with a ticket: what they may say, as whom, and where the answer goes."""

    token: str
    ticket: Ticket
    workspace: Workspace
    person: Person
    room: Room

    @property
    def locale(self) -> str:
        """The one in which the bot answers this person there."""
        return messages.settle(self.person.locale or self.room.locale or self.workspace.locale)

    @property
    def zone(self) -> str:
        return self.person.zone or self.room.zone or self.workspace.zone

    @cached_property
    def message(self) -> Message:
        """What asked for the form or the files."""
        return Message.known(self.ticket.payload)

    @property
    def line(self) -> str:
        """What the page says for them."""
        wanted = self.message.form or self.message.upload
        return wanted.line if wanted else ""

    def ask(self, event: str, *, line: str = "", deferred: bool = True, **more: Any) -> Ask:
        """The ask that follows; ``event`` tells one use of the page from another.

        What the page itself shows the answer to is not ``deferred``: the answer does not go to the chat as well.
        """
        return Ask(
            platform=self.ticket.platform,
            account=self.ticket.account,
            room=self.room.external,
            line=line or self.line,
            event_id=f"ticket:{self.ticket.digest[:16]}:{event}",
            workspace=self.workspace.key,
            direct=self.room.person_id is not None,
            name=self.person.name,
            room_name=self.room.name,
            deferred=deferred,
            **more,
        )


class Ended(Exception):  # noqa: N818  a fact about the ticket
    """A page that opens nothing. ``reason`` is unknown, wait, door, expired, used, closed, and now finished or sent."""

    def __init__(self, reason: str, holder: Holder | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.holder = holder


def holder(site: Site, request: Request, kind: Kind) -> Holder:
    """Raises ``Ended`` unless the ticket opens a page of this kind."""
    token, now = request.path_params["token"], site.clock.now()
    with site.database.read() as db:
        found = tickets.find(db, token, now)
        if found is None or found.ticket.kind != kind:
            raise Ended(_wrong(site, request))
        place, person, room = tickets.holder(db, found.ticket)
    held = Holder(token, found.ticket, place, person, room)
    if found.state != State.OPEN:
        closed = found.state == State.USED and kind in {Kind.UPLOAD, Kind.TWINS}
        raise Ended("closed" if closed else str(found.state), held)
    return held


def _wrong(site: Site, request: Request) -> str:
    """Whoever guesses is slowed down; nobody with a real address is, even if they share the guesser's."""
    key = f"ticket:{request.client.host if request.client else ''}"
    return "wait" if site.throttle.admit(key, now=site.clock.now()) else "unknown"


def event() -> str:
    """What makes one drawing of a page another event than the next."""
    return secrets.token_hex(8)


def page(site: Site, request: Request, name: str, held: Holder, /, *, status: int = 200, **facts: Any) -> Response:
    answer = site.page(request, name, held.locale, zone=held.zone, status=status, held=held, **facts)
    answer.headers.update(HIDDEN)
    return answer


def ended(site: Site, request: Request, error: Exception) -> Response:
    """Why there is nothing here, and how to get a page that opens."""
    reason, held = (error.reason, error.holder) if isinstance(error, Ended) else ("unknown", None)
    locale = held.locale if held else spoken(request, site.settings.locale)
    line = _said(held.line, locale) if held else ""
    status = STATUS.get(reason, 410)
    kind = held.ticket.kind if held else ""
    answer = site.page(request, "ticket_over", locale, status=status, reason=reason, line=line, kind=kind)
    answer.headers.update(HIDDEN)
    return answer


def _said(line: str, locale: str) -> str:
    """The line with its verb in the reader's language."""
    match = router.find(line)
    return f"{match.command.verb(locale)}{line[match.end :]}" if match else line
