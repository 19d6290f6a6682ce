"""Builds everything once: settings → database → platforms → delivery and ticks."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from bot import rewording, stores
from bot.clock import Clock
from bot.delivery import Delivery
from bot.dispatch import Dispatch
from bot.extras import Lacking
from bot.keeping import Intake
from bot.limits import Limit
from bot.platforms import KNOWN, Platform
from bot.platforms.console import Console
from bot.platforms.self import Oneself
from bot.platforms.web import Web
from bot.presence import Presence
from bot.scheduler import Ticks
from bot.settings import Settings
from bot.watching import Watcher, each
from storage import nudges
from storage.base import Database
from storage.engines import Limits
from storage.files import FileStore

if TYPE_CHECKING:
    from bot.metrics import Metrics
    from bot.platforms.email.sending import Mail
    from bot.platforms.slack.door import Door
    from bot.platforms.slack.sending import Slack
    from bot.platforms.wecom.door import Door as WecomDoor
    from bot.platforms.wecom.sending import Wecom
    from bot.tracing import Traces


@dataclass
class App:
    """The parts, joined. Tests build one on a database of their own."""

    settings: Settings
    database: Database
    clock: Clock
    files: FileStore
    platforms: dict[str, Platform]
    dispatch: Dispatch
    delivery: Delivery
    ticks: Ticks
    presence: Presence
    door: Door | None = None
    """Where Slack comes in, if it is on."""
    wecom: WecomDoor | None = None
    """Where WeCom comes in, if it is on."""
    metrics: Metrics | None = None
    """What Prometheus is given, if it is wanted."""
    traces: Traces | None = None
    """What a collector of OpenTelemetry is told, if there is one."""

    _delivering: threading.Thread | None = None
    _ticking: Any = None  # APScheduler's, which is known in bot/scheduler.py alone

    @property
    def intake(self) -> Intake:
        return Intake.of(self.settings, self.files)

    @property
    def doors(self) -> list[Door | WecomDoor]:
        return [door for door in (self.door, self.wecom) if door is not None]

    def start(self) -> None:
        """Hear, deliver and tick in the background from now on. Raises ``migrations.Newer``."""
        self.presence.start()
        for door in self.doors:
            door.start()
        self._delivering = threading.Thread(target=self.delivery.run, name="delivery", daemon=True)
        self._delivering.start()
        self._ticking = self.ticks.start(seconds=self.settings.tick_seconds)

    def nothing_more(self) -> None:
        """Begin nothing more; what is in hand goes on."""
        self.ticks.stopping.set()
        self.delivery.stop()

    def give_back(self) -> None:
        """Time is up: what is still in hand is left to other processes, which need not wait for leases to end."""
        self.delivery.give_back()
        self.presence.stop()
        if self.wecom is not None:
            self.wecom.stop()

    def stop(self) -> None:
        """Finish what is in hand, then stop; also where it could not be started."""
        self.nothing_more()
        for door in self.doors:
            door.stop()
        if self._ticking is not None:
            self._ticking.shutdown(wait=True)
        if self._delivering is not None:
            self._delivering.join(10)
        self.presence.stop()

    def close(self) -> None:
        """Let go of the database, and tell the operator's services what they have not been told."""
        self.database.close()
        if self.traces is not None:
            self.traces.close()

    def settle(self) -> None:
        """Tick and deliver in this thread until nothing more is due now."""
        self.ticks.tick()
        self.delivery.drain()

    def move_clock(self, target: datetime) -> None:
        """Demo: live through everything that comes due until ``target``, then stand there."""
        while True:
            with self.database.read() as db:
                due = nudges.next_due(db)
            if due is None or due > target:
                break
            self.clock.move_to(due)
            self.settle()
        self.clock.move_to(target)
        self.settle()


def build(settings: Settings, *, clock: Clock | None = None, delivers: Collection[str] = KNOWN) -> App:
    """Everything wired, nothing started; the database must have been upgraded.

    ``delivers`` names the platforms whose promises this process keeps; the others' are left to another one.
    """
    allowed = settings.postgres
    limits = Limits(allowed.statement_seconds, allowed.lock_seconds, allowed.idle_seconds, allowed.connections)
    database = Database(settings.database, synchronous=settings.synchronous, limits=limits)
    clock = clock or Clock()
    store = stores.store(settings)
    local: list[Platform] = [Console(database, clock.now), Web(database, clock.now)]
    slack = _slack(settings, database, clock, store)
    wecom = _wecom(settings, database, clock, store)
    mail = _mail(settings, database, clock, store)
    remote: list[Platform] = [platform for platform in (slack, wecom, mail) if platform is not None]
    platforms = {platform.name: platform for platform in [*local, *remote]}
    pace = {name: platform.pace_ms for name, platform in platforms.items()}
    reach = {wecom.name: wecom.reach} if wecom else {}
    dispatch = Dispatch(database, clock.now, pace, reach, store, locale=settings.locale, zone=settings.zone)
    dispatch.reword = rewording.rewording(settings.rewording)
    dispatch.pages = _pages(settings, platforms)
    dispatch.limit = Limit(0 if settings.demo else settings.asks_a_minute, time.monotonic)
    platforms["self"] = Oneself(dispatch)
    wecom_door = _wecom_door(wecom, dispatch, settings) if wecom else None
    if wecom_door is not None:
        platforms[wecom_door.ear.name] = wecom_door.ear
    kept = {name: platform for name, platform in platforms.items() if name in {"self", *_all_of(delivers)}}
    delivery = Delivery(database, kept, clock.now)
    if wecom_door is not None:
        delivery.regrets = {wecom_door.ear.name: wecom_door.ear.regret}
    if wecom_door is not None and wecom_door.line is not None:
        delivery.elsewhere = wecom_door.line.elsewhere
    database.promised = delivery.wake
    follow = partial(clock.follow, database)
    presence = Presence(database, clock.now, delivery.me)
    dispatch.others = delivery.others = presence.others
    ticks = Ticks(database, clock.now, pace, after=delivery.wake, store=store, set_clock=follow, keep=settings.keep)
    door = _door(slack, dispatch, settings) if slack else None
    app = App(settings, database, clock, store, platforms, dispatch, delivery, ticks, presence, door, wecom_door)
    app.metrics = _measured(app) if settings.metrics.port else None
    app.traces = _traced(settings) if settings.telemetry.otlp else None
    _watch(app, [watcher for watcher in (app.metrics, app.traces) if watcher is not None])
    return app


def _measured(app: App) -> Metrics:
    """Figures of this process."""
    from bot.metrics import Metrics  # noqa: PLC0415  of no use where nobody asks for figures

    return Metrics(app.database, app.clock.now)


def _traced(settings: Settings) -> Traces:
    try:
        from bot.tracing import Traces  # noqa: PLC0415  an extra, which most can do without
    except ModuleNotFoundError:
        raise Lacking("HUIHOU_TELEMETRY__OTLP", "opentelemetry") from None
    return Traces(settings.telemetry.otlp)


def _watch(app: App, watchers: Sequence[Watcher]) -> None:
    app.dispatch.observe = each([one.answered for one in watchers])
    app.delivery.observe = each([one.attempted for one in watchers])
    app.ticks.observe = each([one.ticked for one in watchers])


def _pages(settings: Settings, platforms: Collection[str]) -> dict[str, str]:
    """Where one-time pages begin, by platform: in the browser here, elsewhere at the public address if there is one."""
    public = dict.fromkeys(platforms, settings.public_url) if settings.public_url else {}
    return {**public, Web.name: ""}


def _all_of(delivers: Collection[str]) -> Iterator[str]:
    """Who keeps a platform's promises answers what was heard there, too."""
    for name in delivers:
        yield from (name, f"{name}-in")


def _slack(settings: Settings, database: Database, clock: Clock, store: FileStore) -> Slack | None:
    """A demo is nobody's workspace."""
    if not settings.slack.on or settings.demo:
        return None
    from bot.platforms.slack import tokens  # noqa: PLC0415  heavy, and of no use where Slack is off
    from bot.platforms.slack.sending import Slack  # noqa: PLC0415  as above

    return Slack(tokens.build(settings, database, clock.now), database, clock.now, store)


def _door(slack: Slack, dispatch: Dispatch, settings: Settings) -> Door:
    from bot.platforms.slack import door  # noqa: PLC0415  as above

    return door.build(slack, dispatch, settings)


def _mail(settings: Settings, database: Database, clock: Clock, store: FileStore) -> Mail | None:
    """As with Slack."""
    if not settings.email.on or settings.demo:
        return None
    from bot.platforms.email import sending  # noqa: PLC0415  as above

    return sending.build(settings, database, clock.now, store)


def _wecom(settings: Settings, database: Database, clock: Clock, store: FileStore) -> Wecom | None:
    """As with Slack."""
    if not settings.wecom.on or settings.demo:
        return None
    from bot.platforms.wecom import sending  # noqa: PLC0415  as above

    return sending.build(settings, database, clock.now, store)


def _wecom_door(wecom: Wecom, dispatch: Dispatch, settings: Settings) -> WecomDoor:
    from bot.platforms.wecom import door  # noqa: PLC0415  as above

    return door.build(wecom, dispatch, settings)
