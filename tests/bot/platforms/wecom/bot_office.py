"""An association that has an AI bot at the fake WeCom: the real connection, the real inward queue, real handlers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.app import App, build
from bot.clock import Clock
from bot.platforms.wecom.bot_keeper import Times
from bot.platforms.wecom.line import BotLine
from bot.sections import WecomSettings
from bot.settings import Settings
from storage import leases, outbox
from storage.base import Base
from tests.bot.platforms.wecom.office import LI, WANG, own
from tests.databases import address
from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_bot import FakeWecomBot
from tests.fakes.wecom_bot_talk import Pushed
from tests.fakes.wecom_state import Shown

GROUP = "wrYearly26"
QUICK = Times(beat=30, renew=0.05, look=0.01, least=0.01, most=0.05, kicked=0.02, longest=0.02)


@dataclass
class BotClock(Clock):
    """WeCom's clock is ours."""

    bot: FakeWecomBot = field(default_factory=FakeWecomBot)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.bot.now(), UTC)


@dataclass
class BotHouse:
    bot: FakeWecomBot
    wecom: FakeWecom
    app: App
    kept: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.app.database.promised = self._promised

    def _promised(self) -> None:
        self.app.delivery.wake()
        self.kept.set()

    @property
    def line(self) -> BotLine:
        assert self.app.wecom is not None
        assert self.app.wecom.line is not None
        return self.app.wecom.line

    def connects(self) -> None:
        assert self.app.wecom is not None
        self.line.times = QUICK
        self.app.wecom.start()
        self.up()

    def up(self, times: int = 1) -> None:
        """Once it has subscribed so often, and knows that it has."""
        keeper = self.line.keepers["main"]
        assert self.bot.wait(lambda: self.bot.subscriptions >= times and self.bot.client is not None)
        self.until(lambda: keeper.wire is not None and keeper.wire.is_up)

    def until(self, so: Callable[[], object]) -> None:
        """Looked at where the connection lives, as often as it lets anybody look."""

        async def look() -> None:
            async with asyncio.timeout(5):
                while not so():  # noqa: ASYNC110  nothing tells when it is
                    await asyncio.sleep(0.005)

        assert self.line.loop is not None
        asyncio.run_coroutine_threadsafe(look(), self.line.loop).result(6)

    def says(self, user: str, text: str, *, group: str = "", **more: Any) -> list[Shown]:
        """What somebody types, answered; what is then seen there of it."""
        return self.does(group or user, lambda: self.bot.says(user, text, group=group, **more))

    def does(self, chat: str, act: Callable[[], Pushed]) -> list[Shown]:
        before = len(self.bot.seen(chat))
        self.hears(act)
        self.settle()
        return self.bot.seen(chat)[before:]

    def hears(self, act: Callable[[], Pushed]) -> Pushed:
        """Done, and written down."""
        self.kept.clear()
        came = act()
        assert not came.lost
        assert self.kept.wait(5)
        return came

    def settle(self) -> None:
        """Deliver what is due, as slowly as WeCom wants it."""
        for _ in range(200):
            self.app.delivery.drain()
            with self.app.database.read() as db:
                if not outbox.waiting(db):
                    return
            self.passes(1)

    def passes(self, seconds: float) -> None:
        self.bot.clock += seconds
        self.wecom.clock = self.bot.clock

    def lives_until(self, moment: str) -> None:
        """Through everything that comes due until then (Shanghai time)."""
        until = datetime.fromisoformat(f"{moment}+08:00").timestamp()
        while self.bot.clock < until:
            self.passes(min(600, until - self.bot.clock))
            self.app.ticks.tick()
            self.settle()

    def holder(self) -> str:
        """Who has the lease; empty for nobody."""
        with self.app.database.read() as db:
            return str(db.execute(leases.lease.select()).mappings().first() or "")


def app_at(bot: FakeWecomBot, wecom: FakeWecom, folder: Path, **more: Any) -> App:
    """A process of its own on the database in that folder."""
    apps: dict[str, Any] = more.pop("apps", {"main": own(bot_id=bot.bot_id, bot_secret=bot.secret)})
    place = WecomSettings(api_url=wecom.url, bot_url=bot.url, apps=apps)
    settings = Settings(
        _env_file=None, data=folder, database_url=address(folder), synchronous="NORMAL", wecom=place, **more
    )
    return build(settings, clock=BotClock(bot=bot))


@contextmanager
def bot_house(folder: Path, **more: Any) -> Iterator[BotHouse]:
    """李娜 and 王芳, who are in a group with the bot. It is 28 May 2026, 10:05 in Shanghai."""
    start = datetime(2026, 5, 28, 2, 5, tzinfo=UTC).timestamp()
    with FakeWecom(clock=start) as wecom, FakeWecomBot(clock=start) as bot:
        for userid, name in (("LiNa", "李娜"), ("WangFang", "王芳")):
            wecom.add_member(userid, name)
            bot.add_person(userid)
        bot.add_group(GROUP, [LI, WANG])
        app = app_at(bot, wecom, folder, **more)
        Base.metadata.create_all(app.database.writer)
        made = BotHouse(bot, wecom, app)
        try:
            yield made
        finally:
            assert app.wecom is not None
            app.wecom.stop()
            app.database.close()
