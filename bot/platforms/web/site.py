"""What every page needs: the app, the key that signs cookies, who is looking, and how to say it in HTML."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import messages
from bot import scanning
from bot.platforms.web.throttle import Throttle

if TYPE_CHECKING:
    from bot.ask import Ask
    from bot.clock import Clock
    from bot.platforms.web.bell import Bell
    from bot.scanning import Scan
    from bot.settings import Settings
    from messages import Message
    from storage.base import Database
    from storage.files import FileStore

STATIC = Path(__file__).parent / "static"
WORKSPACE = "main"
SHORTEST_SECRET = 32


class Away(Exception):  # noqa: N818  a fact about the visitor
    """Nobody is signed in, and this page is not for everybody."""


class NotThere(Exception):  # noqa: N818  a fact about the page
    """No such thing, or none that this person may know of: the answer is the same."""


def is_on(settings: Settings) -> bool:
    """Whether there is a chat in the browser at all: a secret that signs cookies, or a demo."""
    return settings.demo or len(settings.web.secret.get_secret_value()) >= SHORTEST_SECRET


@dataclass
class Site:
    """One running chat in the browser: the app's parts that it needs.

    A demo without a secret of its own gets one for as long as it runs.
    """

    settings: Settings
    database: Database
    clock: Clock
    files: FileStore
    bell: Bell
    answer: Callable[[Ask], Message]
    move_clock: Callable[[datetime], None]
    throttle: Throttle = field(default_factory=Throttle)

    @property
    def demo(self) -> bool:
        return self.settings.demo

    @cached_property
    def scan(self) -> Scan | None:
        """Who looks for viruses, if anybody."""
        return scanning.scan(self.settings.files)

    @cached_property
    def key(self) -> str:
        return self.settings.web.secret.get_secret_value() or secrets.token_hex(SHORTEST_SECRET)

    def secure(self, request: Request) -> bool:
        """Whether browsers reach us by TLS alone, so that a cookie goes no other way.

        A proxy that nobody told us to believe speaks plain HTTP to us, whatever it speaks to the browser.
        """
        return request.url.scheme == "https" or self.settings.public_url.startswith("https:")

    @cached_property
    def assets(self) -> dict[str, str]:
        """The address of each static file by its name, with a digest, so that a browser may keep it for good."""
        found = [path for path in STATIC.rglob("*") if path.is_file() and ".LICENSE" not in path.name]
        digests = {path: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in found}
        return {path.name: f"/static/{path.relative_to(STATIC)}?v={digest}" for path, digest in digests.items()}

    def page(
        self,
        request: Request,
        name: str,
        locale: str,
        /,
        *,
        status: int = 200,
        zone: str = "Asia/Shanghai",
        **facts: Any,
    ) -> HTMLResponse:
        """A whole page. The colours are the browser's own choice unless its cookie says light or dark."""
        theme = request.cookies.get("theme", "")
        facts |= {"assets": self.assets, "theme": theme if theme in {"light", "dark"} else "", "demo": self.demo}
        return HTMLResponse(messages.page(f"web/{name}", locale, zone=zone, **facts), status)

    def part(self, name: str, locale: str, /, *, zone: str = "Asia/Shanghai", **facts: Any) -> str:
        """A piece of a page, to be swapped in."""
        return messages.page(f"web/{name}", locale, zone=zone, assets=self.assets, **facts)

    def notice(self, request: Request, locale: str, reason: str, /, *, status: int, **facts: Any) -> Response:
        """Why something was not done: a line above the composer, or a page for whoever came without htmx."""
        if "hx-request" not in request.headers:
            return self.page(request, "sorry", locale, status=status, reason=reason, **facts)
        body = self.part("notice", locale, reason=reason, **facts)
        return HTMLResponse(body, status, {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"})


def spoken(request: Request, default: str) -> str:
    """The language for somebody who is not known: their choice, else their browser's, else the house's."""
    chosen = request.cookies.get("lang", "")
    if chosen in messages.LOCALES:
        return chosen
    first = request.headers.get("accept-language", "").split(",")[0].strip().lower()
    return messages.settle(first) if first.startswith(("en", "zh")) else messages.settle(default)
