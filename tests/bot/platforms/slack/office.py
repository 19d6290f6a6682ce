"""An association on the fake Slack: the real app behind its real address, signed bodies, real handlers and storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from bot import web
from bot.app import App, build
from bot.clock import Clock
from bot.settings import Settings
from storage import outbox
from storage.base import Base
from tests.databases import address
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_requests import Sender, Sent
from tests.fakes.slack_state import APP_TOKEN, SECRET

TEAM, TOKEN = "T0001", "xoxb-T0001"
CHANNEL, ANN, BO = "C0001", "U0001", "U0002"
ADDRESS = "/slack/events"
BUSY_MACHINE = 60.0
"""Seconds: what takes long is tested where it is meant to, not wherever a machine is slow."""


@dataclass
class SlackClock(Clock):
    """Slack's clock is ours."""

    slack: FakeSlack | None = None

    def now(self) -> datetime:
        assert self.slack is not None
        return datetime.fromtimestamp(self.slack.clock, UTC)

    def move_to(self, moment: datetime) -> None:
        assert self.slack is not None
        self.slack.clock = max(self.slack.clock, moment.timestamp())


@dataclass
class Office:
    slack: FakeSlack
    app: App
    http: TestClient

    # --- what Slack does

    def post(self, sent: Sent, *, times: int = 1) -> Any:
        """Slack's post, delivered so often; the last answer."""
        again = [sent.again(number) if number else sent for number in range(times)]
        posts = [one.signed() for one in again]
        return [self.http.post(ADDRESS, content=one.body, headers=one.headers) for one in posts][-1]

    def does(self, sent: Sent, *, times: int = 1) -> Any:
        """The same, and everything that was promised is delivered."""
        answer = self.post(sent, times=times)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        self.settle()
        return answer.json() if answer.text else {}

    def told(self, sent: Sent, *, times: int = 1) -> dict[str, Any]:
        """The answer to a command: what stands in Slack's own response, else what is then said where it was asked."""
        answer = self.does(sent, times=times)
        return answer if answer.get("text") else self.said(sent.payload["channel_id"])[-1]

    def settle(self) -> None:
        """Deliver what is due, at one message a second and channel."""
        for _ in range(60):
            self.app.delivery.drain()
            with self.app.database.read() as db:
                if not outbox.waiting(db):
                    return
            self.slack.clock += 1

    # --- who is there

    def person(self, user: str = ANN, channel: str = CHANNEL, team: str = TEAM) -> Sender:
        return Sender(self.slack, user, channel, team)

    def alone(self, user: str = ANN) -> Sender:
        """The same in their own conversation with the bot."""
        return Sender(self.slack, user, self.own(user))

    def own(self, user: str = ANN) -> str:
        found = next((one.id for one in self.slack.channels.values() if one.is_im and one.user == user), None)
        return found or self.slack.add_channel(self.slack.id("D"), is_im=True, user=user).id

    # --- what is to be seen

    def said(self, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """What the bot said there, oldest first."""
        bots = {team.bot_user for team in self.slack.teams.values()}
        return [one for one in self.slack.posted(channel) if one["user"] in bots]

    def texts(self, channel: str = CHANNEL) -> list[str]:
        return [str(one["text"]) for one in self.said(channel)]

    def window(self) -> dict[str, Any]:
        """The newest window as it stands."""
        view = list(self.slack.views.values())[-1]
        return view.drawn("B")


def settings(slack: FakeSlack, folder: Path, /, **more: Any) -> Settings:
    own = {"bot_token": TOKEN, "signing_secret": SECRET, "app_token": APP_TOKEN, "transport": "http"}
    given: dict[str, Any] = {
        "data": folder,
        "database_url": address(folder),
        "synchronous": "NORMAL",
        "locale": "en",
        **more,
    }
    return Settings(_env_file=None, **{**given, "slack": {**own, "api_url": slack.url, **given.pop("slack", {})}})


@contextmanager
def office(folder: Path, **more: Any) -> Iterator[Office]:
    """Ann, who speaks English, and Bo, in the channel ``general``."""
    with FakeSlack() as slack:
        slack.add_user(ANN, "Ann", locale="en-GB")
        slack.add_user(BO, "Bo", locale="en-US")
        slack.add_channel(CHANNEL, "general", members=[slack.teams[TEAM].bot_user, ANN, BO])
        app = build(settings(slack, folder, **more), clock=SlackClock(slack=slack))
        Base.metadata.create_all(app.database.writer)
        made = Office(slack, app, TestClient(web.site(app), base_url="http://127.0.0.1", raise_server_exceptions=True))
        assert app.door is not None
        app.door.desk.quick = app.door.desk.patient = BUSY_MACHINE
        try:
            yield made
        finally:
            app.door.stop()
            app.database.close()
