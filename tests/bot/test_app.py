"""The parts, joined: what starts, what stops, and whose promises a process keeps."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import App, build
from bot.clock import Clock
from bot.platforms import KNOWN
from bot.settings import Settings
from handlers.context import Context
from messages import Message
from storage import outbox, people, rooms, workspace
from storage.base import Base
from storage.outbox import Promise
from tests.databases import address

LOCAL = ("console", "web")
"""Platforms that need no account anywhere."""
EMAIL = {"host": "127.0.0.1", "sender": "office@example.org"}
SLACK = {"bot_token": "xoxb-1", "app_token": "xapp-1"}
WECOM = {"apps": {"main": {"corp_id": "ww1", "agent_id": 1, "secret": "s"}}}


def app_in(folder: Path, *, delivers: Collection[str] = KNOWN, clock: Clock | None = None, **more: Any) -> App:
    settings = Settings(
        _env_file=None, data=folder, database_url=address(folder), synchronous="NORMAL", tick_seconds=1, **more
    )
    made = build(settings, clock=clock, delivers=delivers)
    Base.metadata.create_all(made.database.writer)
    return made


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    made = app_in(tmp_path)
    yield made
    made.database.close()


def promise(app: App, platform: str) -> str:
    """A greeting to a room of that platform; its key."""
    with app.database.write() as db:
        place = workspace.by_key(db, "main")
        room = rooms.met(db, place.id, platform, "team")
        ctx = Context(db, place, people.nobody(place.id), room, app.clock.now())
        ctx.promise(f"hello:{platform}", room, Message(name="x", locale="en", body="Hello"))
    return f"hello:{platform}"


def state(app: App, key: str) -> Promise:
    with app.database.read() as db:
        found = outbox.promised(db, key)
    assert found is not None
    return found[1]


def test_every_known_platform_is_there_and_the_bot_itself(tmp_path: Path) -> None:
    app = app_in(tmp_path, slack=SLACK, wecom=WECOM, email=EMAIL)
    assert set(app.platforms) == {*KNOWN, "self", "wecom-in"}


@pytest.mark.parametrize("more", [{}, {"demo": True, "slack": SLACK, "wecom": WECOM}])
def test_without_their_tokens_or_in_a_demo_slack_and_wecom_are_off(tmp_path: Path, more: dict[str, Any]) -> None:
    app = app_in(tmp_path, **more)
    assert set(app.platforms) == {*LOCAL, "self"}
    assert not app.doors


def test_promises_are_kept_on_every_platform_of_our_own(app: App) -> None:
    keys = [promise(app, platform) for platform in LOCAL]
    app.settle()
    assert {state(app, key) for key in keys} == {Promise.SENT}


def test_a_process_keeps_only_the_promises_that_are_its_own(tmp_path: Path) -> None:
    app = app_in(tmp_path, delivers=("console",))
    mine, others = promise(app, "console"), promise(app, "web")
    app.settle()
    assert (state(app, mine), state(app, others)) == (Promise.SENT, Promise.READY)
    app.database.close()


def test_it_delivers_in_the_background_until_it_is_stopped(app: App) -> None:
    before = threading.active_count()
    sent = threading.Event()
    console = app.platforms["console"]
    original = console.send

    def send(outgoing: object) -> str:
        try:
            return original(outgoing)  # type: ignore[arg-type]
        finally:
            sent.set()

    console.send = send  # type: ignore[method-assign]
    app.start()
    key = promise(app, "console")
    app.delivery.wake()
    assert sent.wait(10)
    app.stop()
    assert state(app, key) == Promise.SENT
    assert threading.active_count() == before


def test_the_clock_is_moved_ahead_and_never_back(app: App) -> None:
    start = app.clock.now()
    app.move_clock(start + timedelta(days=3))
    assert app.clock.now() >= start + timedelta(days=3)
    app.move_clock(start)
    assert app.clock.now() >= start + timedelta(days=3)


def test_a_clock_may_start_in_the_past(tmp_path: Path) -> None:
    real = Clock().now()
    app = app_in(tmp_path, clock=Clock(timedelta(days=-5)))
    assert app.clock.now() < real - timedelta(days=4)
    app.move_clock(real)
    assert app.clock.now() >= real
    app.database.close()
