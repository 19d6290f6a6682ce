"""Which address leads where; a page that is not for this visitor looks like one that is not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot import bodies
from bot.ask import storable
from bot.platforms.web import (
    archive_page,
    demo,
    events,
    export_page,
    form_page,
    login,
    pages,
    say,
    site,
    tickets,
    twins_page,
    upload_page,
    uploads,
)
from bot.platforms.web.guard import Guard
from bot.platforms.web.site import Away, NotThere, Site, spoken

Poster = Callable[[Site, Request, dict[str, str]], Response]
LARGEST_FORM = 20_000


class Assets(StaticFiles):
    """Vendored files and our own; every address carries a digest, so a browser may keep them for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if scope["query_string"] else "no-cache"
        return answer


def build(here: Site, health: list[BaseRoute]) -> Starlette:
    """The pages of a chat that is on, or the sentence that says that it is off."""
    on = site.is_on(here.settings)
    once = _one_time(here) if here.settings.public_url else ()
    routes = [
        *health,
        Mount("/static", Assets(directory=site.STATIC)),
        *_archives(here),
        *_twins(here),
        *once,
        *(_routes(here) if on else ()),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, demo=here.demo)],
        exception_handlers={
            Away: partial(_away),
            NotThere: partial(_not_there, here, on),
            tickets.Ended: partial(tickets.ended, here),
            HTTPException: partial(_failed, here, on),
        },
    )


def _routes(here: Site) -> list[BaseRoute]:
    looks = {
        "/": pages.chat,
        "/older": pages.older,
        "/checklist": pages.checklist,
        "/rooms": pages.room_list,
        "/clock": pages.clock,
        "/demo/everybody": pages.everybody,
        "/login": login.ask,
        "/events": events.events,
        "/files/{digest:str}": uploads.download,
    }
    posts: dict[str, Poster] = {
        "/login": login.enter,
        "/logout": login.leave,
        "/language": pages.language,
        "/rooms": pages.new_room,
        "/demo/act-as": demo.act_as,
        "/demo/clock": demo.move,
    }
    return [
        Route("/say", partial(say.say, here), methods=["POST"]),
        *(Route(path, _posted(here, run), methods=["POST"]) for path, run in posts.items()),
        *(Route(path, partial(run, here), methods=["GET"]) for path, run in looks.items()),
    ]


def _archives(here: Site) -> list[BaseRoute]:
    """Archives and copies of personal data to take away, by an address of one's own; who chats here has it too."""
    page = "/archive/{token:str}"
    return [
        Route(page, partial(archive_page.show, here), methods=["GET"]),
        Route(f"{page}/{{name:str}}.zip", partial(archive_page.send, here), methods=["GET"]),
        Route("/export/{token:str}", partial(export_page.show, here), methods=["GET"]),
        Route("/export/{token:str}", partial(export_page.send, here), methods=["POST"]),
    ]


def _twins(here: Site) -> list[BaseRoute]:
    """The questions whether two entries are one; who chats here has them too."""
    page = "/twins/{token:str}"
    return [
        Route(page, partial(twins_page.show, here), methods=["GET"]),
        Route(page, _posted(here, twins_page.send), methods=["POST"]),
        Route(f"{page}/undo", _posted(here, twins_page.take_back), methods=["POST"]),
        Route(f"{page}/finish", _posted(here, twins_page.finish), methods=["POST"]),
    ]


def _one_time(here: Site) -> list[BaseRoute]:
    """Pages for people who come from elsewhere with an address of their own, whether there is a chat here or not."""
    form, upload = "/form/{token:str}", "/upload/{token:str}"
    return [
        Route(form, partial(form_page.show, here), methods=["GET"]),
        Route(form, _posted(here, form_page.send, most=form_page.LONGEST), methods=["POST"]),
        Route(upload, partial(upload_page.show, here), methods=["GET"]),
        Route(upload, partial(upload_page.send, here), methods=["POST"]),
        Route(f"{upload}/file", partial(upload_page.take, here), methods=["POST"]),
        Route(f"{upload}/give", _posted(here, upload_page.give), methods=["POST"]),
        Route(f"{upload}/finish", _posted(here, upload_page.finish), methods=["POST"]),
    ]


def _posted(here: Site, run: Poster, *, most: int = LARGEST_FORM) -> Callable[[Request], Awaitable[Response]]:
    """A small form, read and then handled in the thread pool."""

    async def endpoint(request: Request) -> Response:
        if bodies.announced(request, most + 1) > most:
            raise HTTPException(413)
        try:
            async with request.form(max_files=0, max_fields=100) as form:
                texts = {name: storable(value) for name, value in form.items() if isinstance(value, str)}
        except ClientDisconnect:
            return Response(status_code=408)
        return await run_in_threadpool(run, here, request, texts)

    return endpoint


def _away(request: Request, _error: Exception) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    return RedirectResponse("/login", 303)


def _not_there(here: Site, on: bool, request: Request, _error: Exception) -> Response:  # noqa: FBT001  bound once
    locale = spoken(request, here.settings.locale)
    return here.notice(request, locale, "not_there" if on else "off", status=404)


def _failed(here: Site, on: bool, request: Request, error: Exception) -> Response:  # noqa: FBT001  bound once
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:  # noqa: PLR2004  Not Found
        return _not_there(here, on, request, error)
    return Response(status_code=status)
