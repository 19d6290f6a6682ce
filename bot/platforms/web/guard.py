"""What stands before every page: strict headers, no requests from other sites, in a demo no strange host names."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""``data:`` for the small drawings in Pico's own style sheet."""
SIGNED = ("/slack/", "/wecom/", "/unsubscribe/")
"""Addresses to which programs post, not pages: each post carries a signature of its own."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass
class Guard:
    """Where ``demo``, only loopback names are answered.

    There is no password then, and a page of another site could reach us through a name of its own that leads to
    this machine (DNS rebinding).
    """

    app: ASGIApp
    demo: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        asked = Headers(scope=scope)
        if self.demo and _host(asked.get("host", "")) not in LOOPBACK:
            await PlainTextResponse("Misdirected Request", 421)(scope, receive, send_on)
        elif scope["method"] not in {"GET", "HEAD"} and not scope["path"].startswith(SIGNED) and not same_origin(asked):
            await PlainTextResponse("Forbidden", 403)(scope, receive, send_on)
        else:
            await self.app(scope, receive, send_on)


def _host(header: str) -> str:
    return urlsplit(f"//{header}").hostname or ""


def same_origin(headers: Headers) -> bool:
    """Whether a page of ours sent this. A browser says so in one of two headers; whoever says neither is refused."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    place = urlsplit(headers.get("origin", "")).netloc
    return bool(place) and place == headers.get("host")
