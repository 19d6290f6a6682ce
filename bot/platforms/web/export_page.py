"""A page from which everything about one person is taken away, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from bot.platforms.web import tickets
from bot.platforms.web.tickets import Ended, Holder, holder
from handlers.people.exporting import packed
from storage import people
from storage import tickets as rows
from storage.tickets import Kind

if TYPE_CHECKING:
    from bot.platforms.web.site import Site


def show(site: Site, request: Request) -> Response:
    """Looking at it takes nothing away: chat programs look at every address that is said in them."""
    held = _held(site, request)
    return tickets.page(site, request, "export_page", held)


def send(site: Site, request: Request) -> Response:
    """The zip, and the page has ended. Should the database not take that, nothing is sent."""
    held = _held(site, request)
    form = held.message.form
    wanted = form.fields[0].value if form else ""
    now = site.clock.now()
    with site.database.write() as db:
        if not rows.use(db, request.path_params["token"], now):
            raise Ended("used", held)
        content = packed(db, held.workspace.id, wanted, now)
    headers = {"Content-Disposition": 'attachment; filename="person.zip"', **tickets.HIDDEN}
    return Response(content, headers=headers, media_type="application/zip")


def _held(site: Site, request: Request) -> Holder:
    """Raises ``Ended`` for who is no longer an admin."""
    held = holder(site, request, Kind.EXPORT)
    with site.database.read() as db:
        if not people.get(db, held.person.id).admin:
            raise Ended("expired", held)
    return held
