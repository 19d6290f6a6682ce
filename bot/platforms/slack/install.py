"""The pages with which a workspace installs the app: one leads to Slack, to the other Slack leads back."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin

from slack_sdk.errors import SlackApiError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

import messages
from bot.platforms import NotNow
from bot.platforms.slack import troubles
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.tokens import Tokens
from bot.platforms.slack.wire import connect
from bot.sealing import Unreadable
from storage import inbox, unkept, workspace
from storage.base import Clash, Database

BEGIN, BACK = "/slack/install", "/slack/oauth_redirect"
COOKIE = "huihou-slack-state"
PURPOSE = "state"
SECONDS = 600
"""How long somebody may look at Slack's page before saying yes."""


@dataclass
class Install:
    """A state is sealed and dated by us, kept in the browser's cookie and spent in the inbox: it has one use."""

    tokens: Tokens
    database: Database

    def begin(self, request: Request) -> Response:
        state = self.tokens.vault.seals.seal(secrets.token_urlsafe(24), PURPOSE, at=self.tokens.now())
        own = self.tokens.settings.slack
        asked = {"client_id": own.client_id, "scope": ",".join(SCOPES), "redirect_uri": self._back, "state": state}
        answer = self._page(request, "begin", address=f"{self._slack('/oauth/v2/authorize')}?{urlencode(asked)}")
        secure = own.public_url.startswith("https:")
        answer.set_cookie(COOKIE, state, SECONDS, path="/slack", secure=secure, httponly=True, samesite="lax")
        return answer

    def finish(self, request: Request) -> Response:
        given = request.query_params
        if not self._spent(given.get("state", ""), request.cookies.get(COOKIE, "")):
            return self._page(request, "stale", 400)
        if given.get("error"):
            return self._page(request, "denied" if given["error"] == "access_denied" else "refused", 400)
        try:
            answer = self._exchanged(given.get("code", ""))
            owner = self.tokens.installed(answer)
        except SlackApiError as error:
            gone = isinstance(troubles.answer_to(error), OSError | NotNow)
            return self._page(request, "away" if gone else "refused", 502 if gone else 400)
        except OSError:
            return self._page(request, "away", 502)
        name = self._welcome(owner, answer)
        address = self._slack("/app_redirect") + "?" + urlencode({"app": answer.get("app_id", ""), "team": owner})
        return self._page(request, "done", name=name, address=address)

    # --- the state

    def _spent(self, state: str, cookie: str) -> bool:
        """Whether it is ours, of this browser, not too old, and was not used before; from now on it was."""
        now = self.tokens.now()
        try:
            nonce = self.tokens.vault.seals.open_in_time(state, PURPOSE, seconds=SECONDS, at=now)
        except Unreadable:
            return False
        if not hmac.compare_digest(state.encode(), cookie.encode()):
            return False
        try:
            with self.database.write() as db:
                key = f"slack-state:{hashlib.sha256(nonce.encode()).hexdigest()}"
                inbox.keep(db, key, "", at_ms=int(now.timestamp() * 1000))
        except Clash:
            return False
        return True

    # --- the token

    def _exchanged(self, code: str) -> Mapping[str, Any]:
        own = self.tokens.settings.slack
        answer: Any = connect(self.tokens.settings, None).oauth_v2_access(
            client_id=own.client_id,
            client_secret=own.client_secret.get_secret_value(),
            code=code,
            redirect_uri=self._back,
        )
        return dict(answer.data)

    def _welcome(self, owner: str, answer: Mapping[str, Any]) -> str:
        """The workspace by its name; what stood still for want of a token goes on."""
        whole = bool(answer.get("is_enterprise_install"))
        name = str((answer.get("enterprise" if whole else "team") or {}).get("name") or owner)
        if whole:
            return name
        house = self.tokens.settings
        with self.database.write() as db:
            place = workspace.by_key(db, self.tokens.workspace_of(owner), locale=house.locale, zone=house.zone)
            place.name = name[:200]
            for lane in unkept.paused(db, place.id):
                unkept.resume(db, lane.lane, now_ms=int(self.tokens.now().timestamp() * 1000))
        return name

    # --- the page

    @property
    def _back(self) -> str:
        return f"{self.tokens.settings.slack.public_url}{BACK}"

    def _slack(self, path: str) -> str:
        return urljoin(self.tokens.settings.slack.api_url, path)

    def _page(self, request: Request, state: str, status: int = 200, **facts: Any) -> HTMLResponse:
        nonce = secrets.token_urlsafe(16)
        first = request.headers.get("accept-language", "")[:2].lower()
        locale = messages.settle(first if first in {"en", "zh"} else self.tokens.settings.locale)
        again = f"{self.tokens.settings.slack.public_url}{BEGIN}"
        body = messages.page("slack/install", locale, state=state, nonce=nonce, again=again, **facts)
        policy = f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
        headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        }
        return HTMLResponse(body, status, headers)


def routes(tokens: Tokens, database: Database) -> list[BaseRoute]:
    """None where the app serves one workspace only: that one's token is in the settings."""
    if not tokens.several:
        return []
    here = Install(tokens, database)
    return [Route(BEGIN, here.begin), Route(BACK, here.finish)]
