"""Who opens a page: WeCom is asked, where the app trusts our domain, before a one-time page shows anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot import tickets
from bot.platforms.wecom import troubles
from bot.platforms.wecom.entries import Entry
from bot.platforms.wecom.places import person

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.platforms.wecom.entries import Entries
    from bot.settings import Settings
    from storage.base import Database

log = structlog.get_logger()

ADDRESS = "/wecom/{name}/enter/{token}"
AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"
ENDED = "/form/ended"
"""An address of no page: it tells, as any page that is over does, how to get a new one."""


def door(settings: Settings, entry: Entry, token: str) -> str:
    """The address that a message leads to; it opens nothing by itself."""
    return f"{settings.public_url}/wecom/{entry.name}/enter/{token}"


@dataclass
class Enter:
    entries: Entries
    database: Database
    settings: Settings
    now: Callable[[], datetime]

    def routes(self) -> list[BaseRoute]:
        trusted = any(entry.app.trusted_domain for entry in self.entries.values())
        return [Route(ADDRESS, self.come, methods=["GET"])] if trusted and self.settings.public_url else []

    async def come(self, request: Request) -> Response:
        """First to WeCom, which sends the person back with a code; then, if it is whose the page is, to the page."""
        entry = self.entries.get(request.path_params["name"])
        token, code = request.path_params["token"], request.query_params.get("code", "")
        if entry is None or entry.client is None or not entry.app.trusted_domain:
            return Response(status_code=404)
        if not code:
            return RedirectResponse(self._asking(entry, token), 302)
        address = await run_in_threadpool(self._entered, entry, token, code)
        return RedirectResponse(address, 303)

    def _asking(self, entry: Entry, token: str) -> str:
        query = {
            "appid": entry.app.corp_id,
            "redirect_uri": door(self.settings, entry, token),
            "response_type": "code",
            "scope": "snsapi_base",
            "state": "huihou",
            "agentid": entry.app.agent_id,
        }
        return f"{AUTHORIZE}?{urlencode(query)}#wechat_redirect"

    def _entered(self, entry: Entry, token: str, code: str) -> str:
        try:
            assert entry.client is not None  # noqa: S101  the caller has looked
            told = entry.client.ask("auth/getuserinfo", given={"code": code})
        except troubles.UNASKED as error:
            log.warning("not told who opens a page", entry=entry.name, error=str(error))
            return ENDED
        user = person(str(told.get("userid") or told.get("UserId") or ""))
        with self.database.write() as db:
            return tickets.enter(db, self.settings.public_url, token, account=user, now=self.now()) or ENDED
