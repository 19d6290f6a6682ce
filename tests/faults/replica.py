"""The whole bot in a process of its own, as ``huihou run`` has it: it answers, delivers and ticks until it is killed.

What is changed about it stands here: how long its leases and time-outs are, and whom it takes for Slack and WeCom.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy.orm import configure_mappers

import bot.delivery
import bot.platforms.slack.door
import bot.platforms.slack.sending
import bot.platforms.slack.tiers
import bot.platforms.slack.wire
import bot.platforms.wecom.door
import bot.platforms.wecom.hooks
import bot.platforms.wecom.parts
import bot.platforms.wecom.sending
import storage.lanes
from bot.app import App, build
from bot.ask import Ask
from bot.clock import Clock
from bot.settings import Settings
from tests.faults import logs, tally
from tests.faults.beat import Beat, Hurrying

configure_mappers()
HOOKS = 80


@dataclass(frozen=True)
class Ways:
    """How a replica is to be. ``lease`` and ``slot`` are seconds of the round's time, ``timeout`` of everybody's."""

    folder: Path
    url: str
    port: int
    beat: Beat
    lease: float = 3.0
    slot: float = 0.05
    timeout: float = 1.0
    tick: int = 5


def settings(ways: Ways, name: str) -> Settings:
    here = f"http://127.0.0.1:{ways.port}/{name}"
    hooks = {f"h{number}": f"h{number}" for number in range(HOOKS)}
    given: dict[str, Any] = {
        "data": ways.folder,
        "database_url": ways.url,
        "locale": "en",
        "synchronous": "NORMAL",
        "tick_seconds": ways.tick,
        "asks_a_minute": 0,
        "slack": {
            "transport": "http",
            "bot_token": "xoxb-fault",
            "signing_secret": "s" * 32,
            "api_url": f"{here}/api/",
        },
        "wecom": {"api_url": f"{here}/cgi-bin/", "apps": {"main": {"hooks": hooks}}},
    }
    return Settings(_env_file=None, **given)


def hurry(ways: Ways) -> None:
    """Leases and time-outs as short as the round wants them; no limits but the lanes' own."""
    lease = int(ways.lease * 1000)
    often = 1_000_000
    for module, name, value in (
        (storage.lanes, "LEASE_MS", lease),
        (bot.delivery, "LEASE_MS", lease),
        (bot.platforms.slack.wire, "SECONDS", ways.timeout),
        (bot.platforms.slack.tiers, "PER_MINUTE", {}),
        (bot.platforms.wecom.hooks, "TIMES", (ways.timeout, ways.timeout)),
        (bot.platforms.wecom.parts, "IN_A_MINUTE", often),
        (bot.platforms.wecom.parts, "IN_AN_HOUR", often),
    ):
        assert hasattr(module, name)
        setattr(module, name, value)


def made(ways: Ways, name: str) -> App:
    hurry(ways)
    tally.learn()
    clock = Clock() if ways.beat.real else Hurrying(beat=ways.beat)
    app = build(settings(ways, name), clock=clock)
    pace: Any = app.dispatch.pace
    pace.update(dict.fromkeys(("slack", "wecom"), int(ways.slot * 1000)))
    app.delivery.stopwatch = ways.beat.seconds
    return app


def main(connection: Connection, ways: Ways, name: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logs.into(ways.folder / f"log-{name}")
    app = made(ways, name)
    app.start()
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    connection.send("ready")
    try:
        while not stopping.is_set():
            if connection.poll(0.05):
                number, what = connection.recv()
                connection.send((number, *_answered(app, what)))
        app.stop()
    except (EOFError, ConnectionError):
        pass  # whoever started it is gone
    os._exit(0)


def _answered(app: App, what: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether it was done, and the answer."""
    answer = app.dispatch.answer(Ask(**what))
    return not answer.refused, answer.kept()
