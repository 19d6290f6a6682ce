"""Tokens: with which one the bot speaks in a workspace, and whether a request comes from a workspace that it knows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.error import URLError

from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler

from bot.platforms import Closed
from bot.settings import Settings
from storage.base import Database

SECONDS = 10
"""A call that takes longer has failed."""
ONLY = "main"
"""The workspace of an installation with one bot token."""


@dataclass
class Tokens:
    """One workspace's token, from the settings."""

    settings: Settings
    database: Database
    now: Callable[[], datetime]
    known: dict[str, AuthorizeResult] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, workspace: str) -> WebClient:
        """To speak in a workspace. Raises ``Closed`` when it has no token any more."""
        if workspace != ONLY:
            raise Closed("no token")
        return self.with_token(self.settings.slack.bot_token.get_secret_value())

    def with_token(self, token: str) -> WebClient:
        """Tries again only what never left: of anything else the caller must find out whether it has arrived."""
        unsent = ConnectionErrorRetryHandler(error_types=[URLError])
        return WebClient(token, self.settings.slack.api_url, timeout=SECONDS, retry_handlers=[unsent])

    def workspace_of(self, team_id: str, enterprise_id: str | None = None) -> str:  # noqa: ARG002  told by the team alone
        """The key of the workspace that a Slack team is to us."""
        return f"slack:{team_id}" if self.settings.slack.client_id else ONLY

    def authorize(self, team_id: str | None) -> AuthorizeResult | None:
        """For Bolt: who the bot is in the workspace that a request comes from; None for one that it does not know."""
        with self.lock:
            found = self.known.get(ONLY)
            if found is None:
                found = self.known[ONLY] = self._ask()
        return found if team_id == found.team_id else None

    def _ask(self) -> AuthorizeResult:
        client = self.client(ONLY)
        return AuthorizeResult.from_auth_test_response(bot_token=client.token, auth_test_response=client.auth_test())

    def forget(self, team_id: str) -> None:  # noqa: ARG002  there is one
        """The app was removed from a workspace, or its token revoked."""
        with self.lock:
            self.known.pop(ONLY, None)


def build(settings: Settings, database: Database, now: Callable[[], datetime]) -> Tokens:
    return Tokens(settings, database, now)
