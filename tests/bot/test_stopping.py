"""SIGTERM while a long command, a send and a request are in hand: finished or given back, not waited for in vain."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.platforms.web.login import set_password
from messages import Message
from storage import lanes, migrations, outbox, people, processes, rooms, workspace
from storage.base import Database, Session
from storage.outbox import Promise
from storage.rooms import Room
from tests.bot.lingering import FOLDER
from tests.bot.test_cli_serve import address_in
from tests.chat import Chat
from tests.postgres import Server

pytestmark = pytest.mark.slow
SECRET = "0f3b5c1e7a9d2846b0c8e4f6a1d3957b"
BOUND = 60
"""Seconds after which something hangs."""


@dataclass
class Holder:
    """A provider that takes what it is sent and answers when it is let."""

    heard: list[str] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)
    answering: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def serving(self) -> Iterator[str]:
        holder = self

        class Take(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                holder.heard.append(body)
                holder.reached.set()
                holder.answering.wait(BOUND)
                answer = b'{"errcode": 0, "errmsg": "ok"}'
                self.send_response(200)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_given: Any) -> None:
                """Nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Take) as server:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}/cgi-bin/"
            finally:
                self.answering.set()
                server.shutdown()


@dataclass
class Stage:
    """A database in which there is something to do for a bot; ``other`` is a workspace with a command of its own."""

    folder: Path
    database: Database
    room: int = 0
    hook: int = 0
    other: int = 0

    def fill(self) -> None:
        with self.database.write() as db:
            place, other = workspace.by_key(db, "main", locale="en"), workspace.by_key(db, "other", locale="en")
            ann = people.met(db, place.id, "web", "Ann", name="Ann")
            set_password(db, ann, "a long password")
            self.room = rooms.met(db, place.id, "web", "team", name="team").id
            hook = Room(workspace_id=place.id, platform="wecom", external="hook:team", name="hook")
            db.add(hook)
            elsewhere = rooms.met(db, other.id, "console", "desk", name="desk")
            bo = people.met(db, other.id, "console", "bo", name="Bo")
            db.flush()
            self.hook, self.other = hook.id, other.id
            for key in ("first", "second"):
                said = Message(name="x", locale="en", body=key)
                self._promise(db, key, said, f"room:{hook.id}", hook.id)
            line = {"line": "linger long", "person": bo.id, "workspace": "other"}
            later = Message(name="later", locale="en", body=json.dumps(line))
            self._promise(db, "long", later, f"self:{other.id}", elsewhere.id)

    def _promise(self, db: Session, key: str, said: Message, lane: str, room: int) -> None:
        how: dict[str, Any] = {"lane_key": lane, "interval_ms": 0, "room_id": room}
        platform = "self" if lane.startswith("self:") else "wecom"
        outbox.promise(db, key, payload=said.kept(), platform=platform, now_ms=1, **how)

    def row(self, key: str) -> Any:
        with self.database.read() as db:
            return db.execute(outbox.outbox.select().where(outbox.outbox.c.dedupe_key == key)).one()

    def lane(self, key: str) -> Any:
        with self.database.read() as db:
            return db.execute(outbox.lane.select().where(outbox.lane.c.key == key)).one()

    def due(self, platform: str) -> bool:
        """Whether somebody else could go on there at once."""
        with self.database.read() as db:
            moment = db.scalar(select(func.extract("epoch", func.clock_timestamp())))
            assert moment is not None
            return lanes.due(db, now_ms=int(moment * 1000), platforms=[platform])


@pytest.fixture
def stage(postgres: Server, tmp_path: Path) -> Stage:
    database = Database(postgres.empty())
    migrations.upgrade(database)
    made = Stage(tmp_path, database)
    made.fill()
    return made


@contextmanager
def running(stage: Stage, provider: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUIHOU_")}
    given = {
        "HUIHOU_DATA": str(stage.folder / "data"),
        "HUIHOU_DATABASE_URL": stage.database.url.render_as_string(hide_password=False),
        "HUIHOU_LOCALE": "en",
        "HUIHOU_WEB__PORT": "0",
        "HUIHOU_WEB__SECRET": SECRET,
        "HUIHOU_WECOM__API_URL": provider,
        "HUIHOU_WECOM__APPS__MAIN__HOOKS__TEAM": "key",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        FOLDER: str(stage.folder),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bot.lingering", "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**env, **given},
    )
    try:
        yield process, address_in(process)
    finally:
        process.kill()
        process.communicate()


class Browser(threading.Thread):
    """Ann, who is signed in, says something and waits for the page; ``status`` is what she is answered with."""

    def __init__(self, address: str, room: int) -> None:
        super().__init__(daemon=True)
        self.host, self.room, self.status = address.removeprefix("http://"), room, 0
        _, cookie = self._post("/login", {"name": "Ann", "password": "a long password"})
        self.cookie = cookie.partition(";")[0]

    def _post(self, path: str, fields: dict[str, str], **more: str) -> tuple[int, str]:
        """The status, and the cookie that is set."""
        headers = {"origin": f"http://{self.host}", "content-type": "application/x-www-form-urlencoded", **more}
        with closing(HTTPConnection(self.host, timeout=BOUND)) as connection:
            connection.request("POST", path, urllib.parse.urlencode(fields), headers)
            with connection.getresponse() as answer:
                return answer.status, answer.getheader("set-cookie") or ""

    def run(self) -> None:
        fields = {"room": str(self.room), "line": "linger short", "event_id": "event-0001"}
        try:
            self.status, _ = self._post("/say", fields, cookie=self.cookie, **{"hx-request": "true"})
        except OSError:
            self.status = -1


def until(there: Path) -> None:
    begun = time.monotonic()
    while not there.exists():
        assert time.monotonic() - begun < BOUND, there
        time.sleep(0.01)


def until_stopping(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if '"stopping"' in line:
            return
    raise AssertionError("it did not begin to stop")


@contextmanager
def all_in_hand(stage: Stage, holder: Holder) -> Iterator[tuple[subprocess.Popen[str], Browser]]:
    """A process that has a long command, a send and a request in hand, and was told to stop."""
    with holder.serving() as provider, running(stage, provider) as (process, address):
        ann = Browser(address, stage.room)
        ann.start()
        assert holder.reached.wait(BOUND)
        until(stage.folder / "long begun")
        until(stage.folder / "short begun")
        process.send_signal(signal.SIGTERM)
        until_stopping(process)
        yield process, ann


def test_what_is_in_hand_is_finished_and_nothing_more_begun(stage: Stage) -> None:
    holder = Holder()
    with all_in_hand(stage, holder) as (process, ann):
        holder.answering.set()
        (stage.folder / "long").touch()
        (stage.folder / "short").touch()
        ann.join(BOUND)
        told, logged = process.communicate(timeout=BOUND)
    assert (process.returncode, ann.status) == (0, 204)
    assert "Stopped." in told
    assert "in time" not in logged
    assert (stage.row("first").state, stage.row("long").state) == (Promise.SENT, Promise.SENT)
    assert (stage.row("second").state, stage.row("second").attempt) == (Promise.READY, 0)
    assert len(holder.heard) == 1
    free(stage)
    assert stage.due("wecom")


def free(stage: Stage) -> None:
    """Nobody has a lease, nobody is at work."""
    with stage.database.read() as db:
        assert db.scalars(select(outbox.lane.c.key).where(outbox.lane.c.lease_until != 0)).all() == []
        assert db.execute(processes.process.select()).all() == []


def test_what_cannot_be_started_is_stopped_all_the_same(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def newer() -> None:
        raise migrations.Newer("9999")

    monkeypatch.setattr(chat.app.presence, "enter", newer)
    with pytest.raises(migrations.Newer):
        chat.app.start()
    chat.app.stop()


def test_what_hangs_does_not_keep_it_and_others_go_on_at_once_where_they_may(stage: Stage) -> None:
    holder = Holder()
    with all_in_hand(stage, holder) as (process, ann):
        _told, logged = process.communicate(timeout=BOUND)
        ann.join(BOUND)
        assert "not everything was finished in time" in logged
    assert process.returncode == 0
    assert (stage.row("long").state, stage.row("long").attempt) == (Promise.READY, 0)
    assert stage.due("self")
    with stage.database.read() as db:
        assert [room.name for room in db.scalars(select(Room).where(Room.name.in_(["long", "short"])))] == []
        assert db.execute(processes.process.select()).all() == []
    # It may still arrive: whoever comes next waits for the lease to end, and looks.
    assert stage.row("first").state == Promise.SENDING
    assert not stage.due("wecom")
