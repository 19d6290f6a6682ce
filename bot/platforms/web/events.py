"""The stream behind an open page: new and edited lines as fragments, and word of what else has changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot import bodies
from bot.platforms.web import render, who
from bot.platforms.web.site import Away, NotThere, Site
from storage import conversation
from storage.base import Unreachable, overtaken, trouble

LOOK_EVERY = 1.0
"""Seconds: another process may have spoken, and its bell does not ring here."""
MARKS = ("panel", "rooms", "clock", "tongue")


@dataclass
class Watch:
    """One open page: where it stands."""

    site: Site
    request: Request
    room_id: str
    seen: int
    pulse: str

    def look(self) -> list[ServerSentEvent]:
        """What happened since the last look. Raises ``Away`` or ``NotThere`` when the page may no longer know."""
        with self.site.database.read() as db:
            found = who.visitor(self.site, db, self.request)
            room = who.room(db, found, self.room_id)
            # The pulse first: what changes in between is then noticed at the next look, not lost.
            pulse = render.pulse(self.site, db, found, room)
            lines = conversation.since(db, room.id, self.seen, person_id=found.person.id)
            news = [
                ServerSentEvent(render.line_html(self.site, found, room, one), id=str(one.line.seen))
                for one in render.said(db, found, lines)
            ]
            self.seen = max([self.seen, *(line.seen for line in lines)])
        return news + self._changed(pulse)

    def _changed(self, pulse: str) -> list[ServerSentEvent]:
        pairs = zip(MARKS, self.pulse.split("."), pulse.split("."), strict=True)
        self.pulse = pulse
        return [ServerSentEvent(mark, event=mark) for mark, before, after in pairs if before != after]


def events(site: Site, request: Request) -> Response:
    """Goes on where the page stopped: at its ``Last-Event-ID``, or where it was drawn."""
    room_id, pulse = request.query_params.get("room", ""), request.query_params.get("pulse", "")
    try:
        with site.database.read() as db:
            who.room(db, who.visitor(site, db, request), room_id)
    except Unreachable as error:
        if not _passes(error):
            raise
        return Response(status_code=503)
    stands = request.headers.get("last-event-id") or request.query_params.get("seen", "")
    seen = bodies.number(stands) or 0
    blank = "." * (len(MARKS) - 1)
    watch = Watch(site, request, room_id, seen, pulse if pulse.count(".") == len(blank) else blank)
    return EventSourceResponse(stream(watch), sep="\n", headers={"Cache-Control": "no-store"})


def _passes(error: BaseException) -> bool:
    """Whether it is the database's trouble, and no bug: the page comes again by itself."""
    return bool(trouble(error)) or overtaken(error)


async def stream(watch: Watch) -> AsyncIterator[ServerSentEvent]:
    bell = watch.site.bell
    with bell.listening() as ear:
        while not bell.closed:
            try:
                news = await run_in_threadpool(watch.look)
            except (Away, NotThere):
                return
            except Unreachable as error:
                if not _passes(error):
                    raise
                return
            for event in news:
                yield event
            await ear.wait(LOOK_EVERY)
