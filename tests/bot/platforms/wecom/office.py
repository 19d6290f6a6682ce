"""An association on the fake WeCom: the real app at its real address, real envelopes, handlers and storage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.testclient import TestClient

from bot import web
from bot.app import App, build
from bot.clock import Clock
from bot.settings import Settings
from storage import outbox
from storage.base import Base
from tests.databases import address
from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_state import AES_KEY, AGENT, CORP, SECRET, TOKEN, Shown
from tests.fakes.wecom_state import App as Agent
from tests.fakes.wecom_talk import Heard

LI, WANG = "lina", "wangfang"
PUBLIC = "https://huihou.example.org"
BATCH = "0123456789abcdef"


_FIELD = re.compile(r'<input [^>]*name="([^"]+)" value="([^"]*)"')


@dataclass
class WecomClock(Clock):
    """WeCom's clock is ours."""

    wecom: FakeWecom = field(default_factory=FakeWecom)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.wecom.now(), UTC)

    def move_to(self, moment: datetime) -> None:
        self.wecom.clock = max(self.wecom.clock, moment.timestamp())


@dataclass
class Office:
    """``agent`` is the association's app at WeCom: people talk through it."""

    wecom: FakeWecom
    app: App
    http: TestClient

    @property
    def agent(self) -> Agent:
        return self.wecom.app()

    def post(self, method: str, address: str, body: bytes) -> tuple[int, bytes]:
        answer = self.http.request(method, address, content=body)
        return answer.status_code, answer.content

    def says(self, user: str, text: str) -> list[Shown]:
        """What somebody types, answered; what they then see of it."""
        return self.does(user, lambda: self.agent.types(user, text))

    def does(self, user: str, act: Any) -> list[Shown]:
        before = len(self.wecom.seen(user))
        heard: Heard = act()
        assert heard.status == 200, heard
        self.settle()
        return self.wecom.seen(user)[before:]

    def settle(self) -> None:
        """Deliver what is due, as slowly as WeCom wants it; what has to wait long is waited for in long steps."""
        for tries in range(300):
            self.app.delivery.drain()
            with self.app.database.read() as db:
                if not outbox.waiting(db):
                    return
            self.wecom.clock += 1 if tries < 100 else 30

    def lives_until(self, moment: str) -> None:
        """Through everything that comes due until then (Shanghai time)."""
        until = datetime.fromisoformat(f"{moment}+08:00").timestamp()
        while self.wecom.clock < until:
            self.wecom.clock = min(self.wecom.clock + 600, until)
            self.app.ticks.tick()
            self.settle()

    def card(self, user: str = LI, kind: str = "") -> Shown:
        """The newest card that somebody has, or the newest of a kind."""
        found = [one for one in self.wecom.seen(user) if one.kind == "template_card"]
        return [one for one in found if kind in {"", one.card["card_type"]}][-1]

    # --- pages

    def page(self, user: str = LI) -> str:
        """The address, within the bot, to which the newest notice leads."""
        return str(urlsplit(self.card(user, "text_notice").card["card_action"]["url"]).path)

    def browser(self) -> TestClient:
        """The one in WeCom: it goes nowhere by itself, so that a test sees where it is sent."""
        given = {"base_url": PUBLIC, "headers": {"origin": PUBLIC}, "follow_redirects": False}
        return TestClient(web.site(self.app), **given)  # type: ignore[arg-type]

    def fills(self, address: str, **typed: str) -> tuple[int, str]:
        """A form's page is opened, filled in and sent; then its answer is said."""
        browser = self.browser()
        fields = _FIELD.findall(browser.get(address).text)
        shown = {name: unescape(value) for name, value in fields}
        given = {f"field.{name}": value for name, value in typed.items()}
        answer = browser.post(address, data={**shown, **given})
        self.settle()
        return answer.status_code, answer.text

    def uploads(self, address: str, files: dict[str, bytes]) -> str:
        """Files are put on their page and given; then the answer is said."""
        browser = self.browser()
        for name, content in files.items():
            taken = browser.post(f"{address}/file?batch={BATCH}&name={quote(name)}", content=content)
            assert taken.status_code == 200, taken.text
        given = browser.post(f"{address}/give", data={"batch": BATCH})
        self.settle()
        return str(given.text)


def words(shown: list[Shown]) -> str:
    return "\n".join(one.words for one in shown)


def own(**more: Any) -> dict[str, Any]:
    """The association's settings."""
    app = {"corp_id": CORP, "agent_id": AGENT, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY}
    return {**app, **more}


def settings(wecom: FakeWecom, folder: Path, /, **more: Any) -> Settings:
    given: dict[str, Any] = {
        "data": folder,
        "database_url": address(folder),
        "synchronous": "NORMAL",
        "public_url": PUBLIC,
        **more,
    }
    apps = {"main": own(), **given.pop("apps", {})}
    given["wecom"] = {"api_url": wecom.url, "apps": apps}
    return Settings(_env_file=None, **given)


@contextmanager
def office(folder: Path, *, prepare: Callable[[FakeWecom], object] | None = None, **more: Any) -> Iterator[Office]:
    """李娜, who is the first to speak, and 王芳. It is 28 May 2026, 10:05 in Shanghai."""
    start = datetime(2026, 5, 28, 2, 5, tzinfo=UTC).timestamp()
    with FakeWecom(clock=start) as wecom:
        wecom.add_member("LiNa", "李娜")
        wecom.add_member("WangFang", "王芳")
        if prepare is not None:
            prepare(wecom)
        app = build(settings(wecom, folder, **more), clock=WecomClock(wecom=wecom))
        Base.metadata.create_all(app.database.writer)
        made = Office(wecom, app, TestClient(web.site(app), base_url="http://127.0.0.1"))
        for name, agent in _agents(app):
            made.wecom.app(*agent).callback_url, made.wecom.app(*agent).post = (
                f"http://127.0.0.1/wecom/{name}",
                made.post,
            )
        try:
            yield made
        finally:
            app.database.close()


def _agents(app: App) -> Iterator[tuple[str, tuple[int, str]]]:
    for name, entry in app.settings.wecom.apps.items():
        if entry.hears:
            yield name, (entry.agent_id, entry.corp_id)
