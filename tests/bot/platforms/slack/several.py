"""An installation for several workspaces, against the fake Slack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.platforms.slack import tokens, wire
from bot.platforms.slack.tokens import Tokens
from bot.settings import Settings
from storage import migrations
from storage.base import Database
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_state import APP_TOKEN, CLIENT, CLIENT_SECRET

OLD, NEW = ("A" * 43 + "=", "B" * 42 + "A=")
"""Keys for tokens."""
PUBLIC = "https://bot.example.org"


def clock(slack: FakeSlack) -> Callable[[], datetime]:
    return lambda: datetime.fromtimestamp(slack.clock, UTC)


def settings(slack: FakeSlack, folder: Path, **more: Any) -> Settings:
    given: Any = {"client_id": CLIENT, "client_secret": CLIENT_SECRET, "token_key": OLD, "public_url": PUBLIC} | more
    own: Any = {"app_token": APP_TOKEN, "api_url": slack.url, **given}
    return Settings(_env_file=None, data=folder, locale="en", slack=own)


def several(slack: FakeSlack, folder: Path, **more: Any) -> Tokens:
    """One process's; called twice on a folder, two processes'."""
    folder.mkdir(exist_ok=True)
    made = settings(slack, folder, **more)
    database = Database(made.database)
    migrations.upgrade(database)
    return tokens.build(made, database, clock(slack))


def install(slack: FakeSlack, where: Tokens, team: str) -> str:
    """The app is installed in that team; its token."""
    if team not in slack.teams:
        slack.add_team(team)
    answer: Any = connect(where).oauth_v2_access(client_id=CLIENT, client_secret=CLIENT_SECRET, code=slack.code(team))
    where.installed(answer.data)
    return str(answer["access_token"])


def connect(where: Tokens) -> Any:
    return wire.connect(where.settings, None)
