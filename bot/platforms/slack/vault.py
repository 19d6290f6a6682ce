"""The tokens of the workspaces that have installed the app: encrypted in the database, renewed before they end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.platforms import Closed, Impossible, NotNow
from bot.platforms.slack import troubles
from bot.platforms.slack.wire import connect, introduced
from bot.sealing import Sealing, Unreadable
from bot.settings import Settings
from storage import slack
from storage.base import Database

EARLY = timedelta(hours=2)
"""So long before its end a token is renewed."""
RENEWING = timedelta(seconds=30)
"""How long a process has for renewing a token before another one may try."""
WAIT = 2.0
"""Seconds to be patient while another process renews a token that has ended."""


@dataclass(frozen=True)
class Held:
    """The token of a team. ``owner`` is the row that it stands in: the team's own or its organisation's."""

    team: str
    owner: str
    name: str
    bot_id: str
    bot_user: str
    scopes: str
    token: str = field(repr=False)
    read_at: datetime
    sealed: str = field(default="", repr=False)
    ends_at: datetime | None = None

    def lasts(self, until: datetime) -> bool:
        return self.ends_at is None or self.ends_at > until


@dataclass
class Vault:
    """What is in it is read by team; an organisation's installation serves each of its teams."""

    settings: Settings
    database: Database
    now: Callable[[], datetime]

    @cached_property
    def seals(self) -> Sealing:
        return Sealing(self.settings.slack.keys)

    # --- in and out

    def save(self, answer: Mapping[str, Any]) -> str:
        """Keep what Slack handed over when somebody installed the app; the id of the team or organisation."""
        team, organisation = answer.get("team") or {}, answer.get("enterprise") or {}
        owner = organisation if answer.get("is_enterprise_install") else team
        who = introduced(self.settings, answer["access_token"])
        with self.database.write() as db:
            slack.save(
                db,
                owner["id"],
                via="",
                name=str(owner.get("name") or owner["id"])[:200],
                bot_id=who["bot_id"],
                bot_user=who["user_id"],
                scopes=str(answer.get("scope", "")),
                installed_at=self.now(),
                **self._sealed(owner["id"], answer),
            )
        return str(owner["id"])

    def read(self, team: str, organisation: str = "") -> Held | None:
        """Raises ``Closed`` where no key opens it."""
        with self.database.read() as db:
            row = slack.find(db, team)
            owner = slack.find(db, row["via"]) if row and row["via"] else row
            above = slack.find(db, organisation) if row is None and organisation not in {"", team} else None
        if above is not None:
            with self.database.write() as db:
                slack.lead_to(db, team, organisation, at=self.now())
        found = owner or above
        return None if found is None else self._opened(team, dict(found))

    def forget(self, team: str, *, at: datetime | None = None) -> None:
        """See ``Tokens.forget``."""
        with self.database.write() as db:
            row = slack.find(db, team)
            owner = slack.find(db, row["via"]) if row and row["via"] else row
            if owner is not None and (at is None or owner["installed_at"] <= at):
                slack.remove(db, owner["team"])

    def _opened(self, team: str, owner: Mapping[str, Any]) -> Held:
        try:
            token = self.seals.open(owner["token"], owner["team"])
        except Unreadable:
            raise Closed("no token") from None
        parts = {name: owner[name] for name in ("name", "bot_id", "bot_user", "scopes", "ends_at")}
        return Held(team=team, owner=owner["team"], token=token, sealed=owner["token"], read_at=self.now(), **parts)

    def _sealed(self, owner: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        now, seconds = self.now(), answer.get("expires_in")
        return {
            "token": self.seals.seal(str(answer["access_token"]), owner, at=now),
            "refresh_token": self.seals.seal(str(answer.get("refresh_token") or ""), owner, at=now),
            "ends_at": now + timedelta(seconds=int(seconds)) if seconds else None,
        }

    # --- renewing

    def renewed(self, held: Held) -> Held:
        """The same, or its successor where it ends soon; one process alone renews, as a refresh token has one use.

        Raises ``NotNow`` while another one is at it and the old token has ended, ``Closed`` when Slack gives none.
        """
        now = self.now()
        if held.lasts(now + EARLY):
            return held
        with self.database.write() as db:
            row = slack.find(db, held.owner)
            until = _ms(now + RENEWING)
            mine = slack.claim(db, held.owner, held=held.sealed, now_ms=_ms(now), until_ms=until)
        if mine and row is not None:
            return self._traded(held, self.seals.open(row["refresh_token"], held.owner))
        again = self.read(held.team)
        if again is None or not again.lasts(now):
            raise NotNow(WAIT)
        return again

    def _traded(self, held: Held, refresh_token: str) -> Held:
        """What cannot be renewed now is used until it ends."""
        own = self.settings.slack
        try:
            answer: Any = connect(self.settings, None).oauth_v2_access(
                client_id=own.client_id,
                client_secret=own.client_secret.get_secret_value(),
                grant_type="refresh_token",
                refresh_token=refresh_token,
            )
        except (SlackApiError, OSError) as error:
            if held.lasts(self.now()):
                return held
            raise _ended(error) from None
        new = self._sealed(held.owner, answer.data)
        with self.database.write() as db:
            slack.renew(db, held.owner, **new)
        return replace(held, token=answer["access_token"], sealed=new["token"], ends_at=new["ends_at"])

    def rotate(self) -> tuple[int, list[str]]:
        """Encrypt everything with the first key: how many that were, and the names of those that no key opens."""
        lost: list[str] = []
        with self.database.write() as db:
            rows = [row for row in slack.everywhere(db) if row["token"]]
            for row in rows:
                try:
                    slack.seal_again(db, row["team"], held=row["token"], **self._again(dict(row)))
                except Unreadable:
                    lost.append(row["name"])
        return len(rows) - len(lost), lost

    def _again(self, row: Mapping[str, Any]) -> dict[str, str]:
        team, now = row["team"], self.now()
        opened = {name: self.seals.open(row[name], team) for name in ("token", "refresh_token")}
        return {name: self.seals.seal(text, team, at=now) for name, text in opened.items()}


def _ended(error: SlackApiError | OSError) -> Exception:
    """What becomes of a token that has ended and was not renewed: only Slack's own no is for good."""
    told = troubles.answer_to(error) if isinstance(error, SlackApiError) else error
    return Closed("token_expired") if isinstance(told, Closed | Impossible) else told


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
