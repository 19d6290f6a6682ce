"""The ASGI app: health, then the chat in the browser; and the server that runs it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

import messages
from bot.platforms.web import routes
from bot.platforms.web.guard import LOOPBACK
from bot.platforms.web.site import Site, is_on
from messages.markdown import plain
from storage import workspace

if TYPE_CHECKING:
    from bot.app import App
    from bot.platforms.email.sending import Mail
    from bot.platforms.web import Web
    from bot.platforms.web.bell import Bell
    from bot.settings import Settings


LONGEST_REQUEST_S = 7
"""Once it is to stop, the server waits so long for requests."""


def refuse_to_listen(settings: Settings) -> str | None:
    """Why this must not listen where it was told to; None when it may. The words are the operator's language."""
    if settings.web.host in LOOPBACK or settings.web.host.startswith("127."):
        return None
    called = settings.slack.on and settings.slack.transport == "http"
    needed = is_on(settings) or called or settings.public_url
    reason = "demo_beyond_loopback" if settings.demo else "" if needed else "no_secret"
    return plain(messages.refuse(f"web/{reason}", settings.locale, host=settings.web.host).body) if reason else None


def site(app: App) -> Starlette:
    """The ASGI app over the parts that ``bot.app.build`` made."""
    here = _site(app)
    after = app.dispatch.after

    def ring_too() -> None:
        after()
        here.bell.ring()

    app.dispatch.after = ring_too
    return routes.build(
        here, [*_health(app), *_of_letters(app), *(route for door in app.doors for route in door.routes())]
    )


def _of_letters(app: App) -> list[BaseRoute]:
    """The page that letters by mail lead to."""
    mail = app.platforms.get("email")
    if mail is None:
        return []
    from bot.platforms.email import page  # noqa: PLC0415  heavy, and of no use where no mail is sent

    return page.routes(cast("Mail", mail))


def _site(app: App) -> Site:
    return Site(app.settings, app.database, app.clock, app.files, _bell(app), app.dispatch.answer, app.move_clock)


def _bell(app: App) -> Bell:
    return cast("Web", app.platforms["web"]).bell


def _health(app: App) -> list[BaseRoute]:
    def alive(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    def ready(_request: Request) -> Response:
        try:
            with app.database.read() as db:
                workspace.find(db, "main")
        except Exception:  # noqa: BLE001  whatever keeps the database from answering
            return JSONResponse({"status": "unavailable", "database": "no answer"}, 503)
        return JSONResponse({"status": "ok", "database": "ok"})

    return [Route("/healthz", alive), Route("/readyz", ready)]


def server(
    app: App,
    *,
    listening: Callable[[str], None] = lambda _address: None,
    stopping: Callable[[], None] = lambda: None,
) -> Server:
    """A server that does not run yet. Raises ``PermissionError`` for what ``refuse_to_listen`` refuses.

    ``run()`` blocks until Ctrl-C or SIGTERM, or until another thread calls ``stop()``; it raises ``OSError`` for an
    address that cannot be taken. ``listening`` gets the real address, such as ``http://127.0.0.1:8080``, once pages
    can be had there; ``stopping`` is called before it waits for the requests that are in hand.
    """
    refusal = refuse_to_listen(app.settings)
    if refusal is not None:
        raise PermissionError(refusal)
    return Server(app, listening, stopping)


class Server(uvicorn.Server):
    """uvicorn with open streams sent home before it waits for them."""

    def __init__(self, app: App, listening: Callable[[str], None], stopping: Callable[[], None]) -> None:
        web = app.settings.web
        super().__init__(
            uvicorn.Config(
                site(app),
                host=web.host,
                port=web.port,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
                forwarded_allow_ips=web.proxies,
                timeout_graceful_shutdown=LONGEST_REQUEST_S,
            )
        )
        self.bell = _bell(app)
        self.listening = listening
        self.stopping = stopping

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        self.bell.closed = False
        own = sockets or [_bound(self.config.host, self.config.port)]
        with suppress(KeyboardInterrupt):
            super().run(own)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            self.listening(_address(self.config.host, sockets[0].getsockname()[1]))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.stopping()
        self.bell.close()
        await super().shutdown(sockets)

    def stop(self) -> None:
        self.should_exit = True


def _bound(host: str, port: int) -> socket.socket:
    """The server's own way of binding ends the process where the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio spares an answer Nagle's wait only where the socket was made for TCP by name
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.set_inheritable(True)
    except OSError:
        sock.close()
        raise
    return sock


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
