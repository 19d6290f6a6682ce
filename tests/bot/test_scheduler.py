"""Ticks: what is due is run, and no failure reaches what is beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select

from bot import scheduler
from bot.scheduler import Ticks
from handlers import Job
from storage import outbox, workspace
from storage.base import Session
from storage.workspace import Workspace
from tests.bot.provider import post
from tests.chat import Chat


def job(name: str, units: Sequence[int], ran: list[tuple[str, int]], *, fails: int | None = None) -> Job[int]:
    """A job that writes before it fails."""

    def due(_db: Session, _now: datetime) -> Sequence[int]:
        if fails == -1:
            raise OSError("the database is gone")
        return units

    def run(db: Session, unit: int, _now: datetime, _pace: Mapping[str, int]) -> None:
        workspace.by_key(db, f"{name}-{unit}")
        if unit == fails:
            raise ZeroDivisionError
        ran.append((name, unit))

    return Job(name, due, run)


def ticks(chat: Chat) -> Ticks:
    return Ticks(chat.app.database, chat.clock.now, {})


def test_one_unit_s_failure_leaves_the_others_alone_and_nothing_of_itself(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, int]] = []
    monkeypatch.setattr(scheduler, "JOBS", (job("first", [1, 2, 3], ran, fails=2), job("second", [1], ran)))
    ticks(chat).tick()
    assert ran == [("first", 1), ("first", 3), ("second", 1)]
    with chat.read() as db:
        assert set(db.scalars(select(Workspace.key))) == {"first-1", "first-3", "second-1"}


def test_a_job_that_cannot_say_what_is_due_leaves_the_others_alone(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[str, int]] = []
    monkeypatch.setattr(scheduler, "JOBS", (job("first", [1], ran, fails=-1), job("second", [1], ran)))
    woken: list[bool] = []
    failing = ticks(chat)
    failing.after = lambda: woken.append(True)
    failing.tick()
    assert ran == [("second", 1)]
    assert woken == [True]


def test_what_is_run_knows_the_moment_and_the_platforms_pace(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[datetime, Mapping[str, int]]] = []
    look = Job("look", lambda _db, _now: [1], lambda _db, _unit, now, pace: seen.append((now, pace)))
    monkeypatch.setattr(scheduler, "JOBS", (look,))
    Ticks(chat.app.database, chat.clock.now, {"slack": 1000}).tick()
    assert seen == [(chat.clock.now(), {"slack": 1000})]


def test_a_tick_frees_lanes_that_wait_for_a_clock_that_was_put_back(chat: Chat) -> None:
    desk = post(chat)
    desk.waits(10 * 86_400)
    desk.promises("one")
    desk.waits(-10 * 86_400)
    assert desk.drains() == []
    ticks(chat).tick()
    assert desk.drains() == ["one"]


@contextmanager
def running(chat: Chat, monkeypatch: pytest.MonkeyPatch, work: Job[int]) -> Iterator[BackgroundScheduler]:
    monkeypatch.setattr(scheduler, "JOBS", (work,))
    started = ticks(chat).start(seconds=1)
    try:
        yield started
    finally:
        if started.running:
            started.shutdown(wait=False)


def test_late_ticks_become_one_and_none_overtakes_another(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(chat, monkeypatch, job("none", [], [])) as started:
        (tick,) = started.get_jobs()
        assert (tick.coalesce, tick.max_instances, tick.misfire_grace_time) == (True, 1, None)


def test_it_ticks_in_the_background_and_stopping_waits_for_the_tick_in_hand(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def hold(_db: Session, _unit: int, _now: datetime, _pace: Mapping[str, int]) -> None:
        begun.set()
        assert go_on.wait(10)
        ended.set()

    with running(chat, monkeypatch, Job("hold", lambda _db, _now: [1], hold)) as started:
        assert begun.wait(10)
        stopping = threading.Thread(target=started.shutdown)
        stopping.start()
        assert not ended.is_set()
        go_on.set()
        stopping.join(10)
        assert not stopping.is_alive()
        assert ended.is_set()


def test_the_whole_app_starts_works_and_stops(chat: Chat) -> None:
    desk = post(chat)
    said = threading.Event()
    desk.provider.before = lambda _outgoing: said.set()
    chat.app.delivery = desk.delivery
    chat.app.start()
    desk.promises("one")
    desk.delivery.wake()
    assert said.wait(10)
    chat.app.stop()
    assert desk.state("one") == outbox.Promise.SENT
    left = {thread.name for thread in threading.enumerate()}
    assert not any(name.startswith(("delivery", "APScheduler")) for name in left)
