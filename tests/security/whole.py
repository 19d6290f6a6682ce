"""An installation with everything on that can be, so that every address there is can be tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from bot import web
from tests.bot.platforms.slack.several import OLD
from tests.bot.platforms.wecom.office import own
from tests.chat import Chat
from tests.fakes.slack_state import CLIENT, CLIENT_SECRET
from tests.fakes.slack_state import SECRET as SIGNING

PUBLIC = "https://bot.example.org"
SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"
NOWHERE = "http://127.0.0.1:9/"
SLACK: dict[str, Any] = {
    "signing_secret": SIGNING,
    "transport": "http",
    "client_id": CLIENT,
    "client_secret": CLIENT_SECRET,
    "token_key": OLD,
    "public_url": PUBLIC,
    "api_url": NOWHERE,
}


@dataclass
class Whole:
    chat: Chat
    asgi: Any

    def browser(self, **more: Any) -> TestClient:
        return TestClient(self.asgi, base_url=PUBLIC, follow_redirects=False, raise_server_exceptions=False, **more)

    def routes(self) -> Iterator[tuple[str, str]]:
        """Method and address of everything that is there."""
        for route in self.asgi.routes:
            if isinstance(route, Route):
                yield from ((method, route.path) for method in sorted(route.methods or ()) if method != "HEAD")
            elif isinstance(route, Mount):
                yield "GET", f"{route.path}/{{path}}"
            else:
                raise TypeError(route)


@contextmanager
def whole(folder: Path, **more: Any) -> Iterator[Whole]:
    given: dict[str, Any] = {
        "public_url": PUBLIC,
        "web": {"secret": SECRET},
        "slack": SLACK,
        "wecom": {"api_url": NOWHERE, "apps": {"main": own(trusted_domain=True)}},
        "email": {"host": "127.0.0.1", "tls": "none", "sender": "office@example.org"},
        **more,
    }
    chat = Chat(folder, **given)
    try:
        yield Whole(chat, web.site(chat.app))
    finally:
        if chat.app.door is not None:
            chat.app.door.stop()
        chat.close()
