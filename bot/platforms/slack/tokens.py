"""Tokens: with which one the bot speaks in a workspace, and whether a request comes from a workspace that it knows."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from slack_bolt.authorization import AuthorizeResult

from bot.platforms import Closed
from bot.platforms.slack.vault import EARLY, Held, Vault
from bot.platforms.slack.wire import Client, connect, introduced
from bot.settings import Settings
from storage.base import Database

ONLY = "main"
"""The workspace of an installation with one bot token."""
PREFIX = "slack:"
READ_AGAIN = timedelta(minutes=1)
"""How long a token is used before it is read again: another process may have renewed or forgotten it."""


@dataclass
class Tokens:
    """One workspace's from the settings, or those of all that have installed the app."""

    settings: Settings
    vault: Vault
    now: Callable[[], datetime]
    known: dict[str, Held] = field(default_factory=dict)
    locks: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    @property
    def several(self) -> bool:
        return bool(self.settings.slack.client_id)

    def client(self, workspace: str) -> Client:
        """To speak in a workspace.

        Raises ``Closed`` when it has no token any more, ``NotNow`` while another process renews it.
        """
        if not self.several and workspace == ONLY:
            return connect(self.settings, self.settings.slack.bot_token.get_secret_value())
        held = self._kept(workspace.removeprefix(PREFIX)) if self.several else None
        if held is None:
            raise Closed("no token")
        return connect(self.settings, held.token, team="" if held.owner == held.team else held.team)

    def hurried(self, workspace: str) -> Client:
        """To ask what one can do without, while somebody waits who has three seconds: Slack gets one for it."""
        client = self.client(workspace)
        client.timeout = 1
        return client

    def workspace_of(self, team_id: str, enterprise_id: str | None = None) -> str:  # noqa: ARG002  told by the team alone
        """The key of the workspace that a Slack team is to us."""
        return f"{PREFIX}{team_id}" if self.several else ONLY

    def authorize(self, team_id: str | None, enterprise_id: str | None = None) -> AuthorizeResult | None:
        """For Bolt: who the bot is in the workspace that a request comes from; None for one that it does not know."""
        team, organisation = team_id or enterprise_id or "", enterprise_id or ""
        try:
            held = self._kept(team, organisation) if self.several else self._only(team, organisation)
        except Closed:
            held = None
        if held is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            team=held.name,
            bot_id=held.bot_id,
            bot_user_id=held.bot_user,
            bot_token=held.token,
            bot_scopes=held.scopes,
        )

    def installed(self, answer: Mapping[str, Any]) -> str:
        """Somebody has installed the app: keep what Slack answered to the code. The team, or its organisation."""
        owner = self.vault.save(answer)
        self.known.clear()
        return owner

    def forget(self, team_id: str, *, at: datetime | None = None) -> None:
        """The app was removed from a team, or its bot token revoked; what was said there is kept.

        ``at`` is when that happened: an event that comes after the app was installed again does no harm.
        """
        self.vault.forget(team_id, at=at)
        self.known.clear()

    def _only(self, team: str, organisation: str) -> Held | None:
        """Slack is asked once who the bot is; a request from elsewhere is none of ours."""
        with self.locks[ONLY]:
            held = self.known.get(ONLY) or self._introduced()
            self.known[ONLY] = held
        return held if held.team in {team, organisation} else None

    def _introduced(self) -> Held:
        token = self.settings.slack.bot_token.get_secret_value()
        who = introduced(self.settings, token)
        team = who["enterprise_id"] if who.get("is_enterprise_install") else who["team_id"]
        return Held(team, team, who["team"], who["bot_id"], who["user_id"], "", token, self.now())

    def _kept(self, team: str, organisation: str = "") -> Held | None:
        """From memory where that is fresh, else from the vault, renewed where it ends soon."""
        held, now = self.known.get(team), self.now()
        if held and held.lasts(now + EARLY) and held.read_at > now - READ_AGAIN:
            return held
        with self.locks[team]:
            found = self.vault.read(team, organisation)
            if found is None:
                self.known.pop(team, None)
                return None
            fresh = self.known[team] = self.vault.renewed(found)
            return fresh  # what is known may have been forgotten meanwhile


def build(settings: Settings, database: Database, now: Callable[[], datetime]) -> Tokens:
    return Tokens(settings, Vault(settings, database, now), now)
