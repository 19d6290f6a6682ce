"""How Slack reaches the bot: posts to one address over HTTP, or the envelopes of a connection that the bot opens."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt import App as Bolt
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot import bodies
from bot.keeping import Intake
from bot.platforms.slack import install, listeners, troubles
from bot.platforms.slack.desk import Desk
from bot.platforms.slack.manifest import ADDRESS
from bot.platforms.slack.people import Faces
from bot.platforms.slack.shapes import is_sound, leads_home, storable
from bot.unreachable import resume

if TYPE_CHECKING:
    from bot.dispatch import Dispatch
    from bot.platforms.slack.sending import Slack
    from bot.settings import Settings

log = structlog.get_logger()

LARGEST_BODY = 1_000_000
SEVERAL = 4
"""Envelopes of a connection that are worked on at once."""
PING = 5.0
"""Seconds between two looks at the connection; one that is silent four times as long is made anew."""
LONGEST_WAIT = 60.0


class Connection(SocketModeHandler):
    """What has not the shape of what Slack sends is acknowledged, so that it does not come again, and nothing else."""

    def __init__(self, bolt: Bolt, token: str, *, api_url: str, **more: Any) -> None:
        super().__init__(bolt, token, **more)
        self.api_url = api_url

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        asked = _asked(body=req.payload, mode="socket_mode", api_url=self.api_url)
        if asked is not None:
            req.payload = asked.body
            super().handle(client, req)
        else:
            log.warning("envelope of a strange shape", kind=str(req.type)[:40])
            client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))


@dataclass
class Door:
    """Everything that receives. ``connection`` is there while Socket Mode is on."""

    slack: Slack
    desk: Desk
    bolt: Bolt
    settings: Settings
    connection: SocketModeHandler | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """What could not be said before is tried again; Socket Mode connects, as soon as Slack can be reached."""
        resume(self.slack.database, "slack", now=self.slack.now())
        if self.settings.slack.transport == "socket":
            self.connection = self.handler()
            self.connecting = threading.Thread(target=self._connect, name="slack connects", daemon=True)
            self.connecting.start()

    def _connect(self) -> None:
        wait = 1.0
        while self.connection is not None and not self.stopping.is_set():
            try:
                self.connection.connect()  # type: ignore[no-untyped-call]
            except troubles.UNASKED as error:
                reason = troubles.name_of(error) if isinstance(error, SlackApiError) else type(error).__name__
                log.warning("slack not reached", error=reason, again_in=wait)
                self.stopping.wait(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                log.info("slack connected")
                return

    def stop(self) -> None:
        """Nothing more is heard; what is in hand is finished."""
        self.stopping.set()
        if self.connection is not None:
            self.connecting.join(LONGEST_WAIT)
            self.connection.close()  # type: ignore[no-untyped-call]
        self.desk.pool.shutdown(wait=True)

    def handler(self) -> SocketModeHandler:
        """Of a connection that is not open yet."""
        quiet = logging.getLogger("slack_bolt.huihou")
        own = self.settings.slack
        client = WebClient(base_url=own.api_url, timeout=10, logger=quiet)
        token = own.app_token.get_secret_value()
        more: Any = {"logger": quiet, "web_client": client, "ping_interval": PING, "concurrency": SEVERAL}
        return Connection(self.bolt, token, api_url=own.api_url, **more)

    def routes(self) -> list[BaseRoute]:
        """For the web server; with Socket Mode only the pages with which a workspace installs the app."""
        posts = [Route(ADDRESS, self.hear, methods=["POST"])] if self.settings.slack.transport == "http" else []
        return [*posts, *install.routes(self.slack.tokens, self.slack.database)]

    async def hear(self, request: Request) -> Response:
        """Events, commands and everything that is pressed: one address for all."""
        body = await bodies.read(request, most=LARGEST_BODY)
        if body is None:
            return Response(status_code=413)
        return await run_in_threadpool(self._heard, body, dict(request.headers), str(request.url.query))

    def _heard(self, body: bytes, headers: Mapping[str, str], query: str) -> Response:
        if not _is_comparable(headers):
            return Response(status_code=401)
        api_url = self.settings.slack.api_url
        asked = _asked(body=body, query=query, headers=dict(headers), mode="http", api_url=api_url)
        return _drawn(self.bolt.dispatch(asked)) if asked is not None else Response(status_code=400)


def _asked(*, body: Any, mode: str, api_url: str, **more: Any) -> BoltRequest | None:
    """As Bolt reads it; None for what has not the shape of what Slack sends."""
    try:
        told = body.decode() if isinstance(body, bytes) else storable(body)
        asked = BoltRequest(body=told, mode=mode, **more)
    except (AttributeError, KeyError, TypeError, ValueError):  # Bolt reads it before anybody has looked at it
        return None
    asked.body = storable(asked.body)
    return asked if is_sound(asked.body) and leads_home(asked.body, api_url) else None


def _is_comparable(headers: Mapping[str, str]) -> bool:
    """Whether Slack's library can look at the signature at all: what no signature can be makes it stumble."""
    stamp, signature = (headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
    return (not stamp or bodies.number(stamp) is not None) and signature.isascii()


def _drawn(answer: BoltResponse) -> Response:
    return Response(answer.body, answer.status, answer.first_headers_without_set_cookie())


def build(slack: Slack, dispatch: Dispatch, settings: Settings) -> Door:
    """Everything wired, nothing started."""
    faces = Faces(slack.tokens, slack.database, settings.locale, settings.zone)
    desk = Desk(slack, dispatch, faces, Intake.of(settings, slack.files))
    bolt = listeners.app(desk, secret=settings.slack.signing_secret.get_secret_value())
    return Door(slack, desk, bolt, settings)
