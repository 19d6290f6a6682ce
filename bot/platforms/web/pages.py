"""The pages and their parts: the chat, older lines, the checklist, the list of rooms, and the small choices."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

import messages
from bot import bodies, kinds
from bot.platforms.web import panel, render, who
from bot.platforms.web.site import NotThere, Site
from storage import conversation, people, rooms

if TYPE_CHECKING:
    from bot.platforms.web.who import Visitor
    from storage.base import Session
    from storage.rooms import Room

LONGEST_NAME = 60


def chat(site: Site, request: Request) -> Response:
    """The whole page, at the room that is asked for, else at the first."""
    if site.demo:
        who.someone(site)
    with site.database.read() as db:
        found = who.visitor(site, db, request)
    who.own_room(site, found)
    with site.database.read() as db:
        found = who.visitor(site, db, request)
        wanted = request.query_params.get("room", "")
        room = who.room(db, found, wanted) if wanted else who.rooms_of(db, found)[0]
        facts = _facts(site, db, found, room)
        return site.page(request, "chat", found.tongue(room), zone=found.zone, **facts)


def _facts(site: Site, db: Session, found: Visitor, room: Room) -> dict[str, Any]:
    now = site.clock.now()
    # Where the page stands is read before what it shows: a line in between comes twice and is drawn once.
    seen = conversation.newest(db, [room.id], person_id=found.person.id)[room.id]
    pulse = render.pulse(site, db, found, room)
    return {
        "me": found.person,
        "account": found.account.external,
        "workspace": found.workspace,
        "room": room,
        "seen": seen,
        "pulse": pulse,
        "lines": render.conversation_of(db, found, room),
        "page_size": render.PAGE,
        "doors": render.doors(db, found, room),
        "panel": panel.look(db, found, room, now),
        "now": now,
        "everybody": render.everybody(db, found, room, now) if site.demo else [],
        "my_face": render.face(found.person),
        "accepted": ",".join(kinds.KINDS),
        "shown": kinds.SHOWN,
    }


def older(site: Site, request: Request) -> Response:
    """The lines before one that is on the page."""
    before = bodies.number(request.query_params.get("before", ""))
    if before is None:
        raise NotThere
    with site.database.read() as db:
        found, room = _where(site, db, request)
        lines = render.conversation_of(db, found, room, before=before)
        return _part(site, "older", found, room, lines=lines, page_size=render.PAGE, shown=kinds.SHOWN)


def checklist(site: Site, request: Request) -> Response:
    with site.database.read() as db:
        found, room = _where(site, db, request)
        now = site.clock.now()
        return _part(site, "panel", found, room, panel=panel.look(db, found, room, now), now=now)


def room_list(site: Site, request: Request) -> Response:
    with site.database.read() as db:
        found, room = _where(site, db, request)
        return _part(site, "rooms", found, room, doors=render.doors(db, found, room))


def clock(site: Site, request: Request) -> Response:
    with site.database.read() as db:
        found, room = _where(site, db, request)
        return _part(site, "clock", found, room, now=site.clock.now())


def everybody(site: Site, request: Request) -> Response:
    """Whom one may be in a demo, and what each of them does in the room's meeting."""
    if not site.demo:
        raise NotThere
    with site.database.read() as db:
        found, room = _where(site, db, request)
        listed = render.everybody(db, found, room, site.clock.now())
        return _part(site, "everybody", found, room, everybody=listed, account=found.account.external)


def _where(site: Site, db: Session, request: Request) -> tuple[Visitor, Room]:
    """Who looks, and at which room. Raises ``Away`` or ``NotThere``."""
    found = who.visitor(site, db, request)
    return found, who.room(db, found, request.query_params.get("room", ""))


def _part(site: Site, name: str, found: Visitor, room: Room, **facts: Any) -> HTMLResponse:
    return HTMLResponse(site.part(name, found.tongue(room), zone=found.zone, room=room, **facts))


def new_room(site: Site, request: Request, form: dict[str, str]) -> Response:
    """A room for the team, under the name that was given."""
    name = " ".join(form.get("name", "").split())[:LONGEST_NAME]
    with site.database.write() as db:
        found = who.visitor(site, db, request)
        if not name:
            return RedirectResponse("/", 303)
        room = rooms.met(db, found.workspace.id, "web", f"room:{secrets.token_hex(6)}", name=name)
    site.bell.ring()
    return RedirectResponse(f"/?room={room.id}", 303)


def language(site: Site, request: Request, form: dict[str, str]) -> Response:
    """The person's language, for the pages and for what the bot says; before signing in, the browser's."""
    chosen = messages.settle(form.get("locale"))
    back = f"/?room={form['room']}" if form.get("room", "").isdecimal() else "/"
    answer = RedirectResponse(back if form.get("room") is not None else "/login", 303)
    secure = site.secure(request)
    answer.set_cookie("lang", chosen, max_age=who.LONGEST, samesite="lax", httponly=True, secure=secure)
    if form.get("room") is not None:
        with site.database.write() as db:
            people.get(db, who.visitor(site, db, request).person.id).locale = chosen
    return answer
