"""A signed `/huihou done T12` over HTTP with its commit, beside Bolt listeners that only ack, in the same run."""

from __future__ import annotations

import itertools
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select

import handlers
from benchmarks import load, process, world
from benchmarks.beside import ANN, CHANNEL, TOKEN
from benchmarks.load import Load
from bot.platforms.slack.manifest import ADDRESS
from bot.platforms.slack.names import COMMANDS
from storage import journal, migrations, people, rooms, workspace
from tests.fakes.slack_requests import Sent
from tests.fakes.slack_state import APP, HOME, SECRET

FEW, MANY = 1, 32
ROUNDS = {FEW: 5, MANY: 10}
TIMES = {FEW: 2, MANY: 17}
"""How often a round finishes and reopens each connection's tasks: 240 requests, and 2,040."""
URL = re.compile(r"http://127\.0\.0\.1:\d+\S*")


@dataclass(frozen=True)
class Served:
    """Medians over the rounds: milliseconds, and requests a second."""

    p50: float
    p99: float
    rate: float


@dataclass
class Slack:
    """By who is measured and how many connections there were; ``growth`` in megabytes over ``grown`` requests."""

    served: dict[tuple[str, int], Served] = field(default_factory=dict)
    growth: float = 0
    grown: int = 0

    def slower(self, than: str) -> float:
        return self.served["bot", FEW].p50 / self.served[than, FEW].p50

    def share(self, of: str, who: str = "bot") -> float:
        return self.served[who, MANY].rate / self.served[of, MANY].rate


@dataclass
class Peer:
    """A process that is measured. ``sent`` counts what it was sent."""

    process: subprocess.Popen[str]
    address: str
    sent: int = 0
    hooks: str = ""

    def put(self, connections: int) -> Load:
        """One round. Signed just before, as a signature is good for five minutes."""
        requests = [list(requests_of(number, connections, self.hooks)) for number in range(connections)]
        self.sent += sum(map(len, requests))
        return load.put(urlsplit(self.address).port or 0, requests)


# --- what is sent


_trigger = itertools.count(1)


def lines(first: int, step: int) -> Iterator[str]:
    """Finish every so-manieth task, then reopen them."""
    for verb, task in itertools.product(("done", "reopen"), range(first, world.TASKS + 1, step)):
        yield f"{verb} T{task}"


def requests_of(number: int, connections: int, hooks: str) -> Iterator[bytes]:
    """Of one connection: it finishes tasks that no other one touches, and reopens them; each changes something."""
    for _ in range(TIMES[connections]):
        for line in lines(number + 1, connections):
            yield request(line, hooks)


def request(line: str, hooks: str) -> bytes:
    """As Slack posts a command, with a trigger of its own; ``hooks`` is where it takes answers."""
    trigger = f"{next(_trigger)}.{HOME}.trigger"
    fields = {
        "token": "verification",
        "team_id": HOME,
        "team_domain": "association",
        "channel_id": CHANNEL,
        "channel_name": "general",
        "user_id": ANN,
        "user_name": "ann",
        "command": COMMANDS[0],
        "text": line,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": f"{hooks}/commands/{HOME}/{trigger}",
        "trigger_id": trigger,
    }
    signed = Sent("slash_commands", fields, time.time()).signed()
    headers = {"Host": "127.0.0.1", "Content-Length": str(len(signed.body)), **signed.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {ADDRESS} HTTP/1.1\r\n{head}\r\n".encode() + signed.body


# --- who is measured


@contextmanager
def running(*command: str, env: Mapping[str, str] | None = None, folder: Path | None = None) -> Iterator[Peer]:
    """A module of ours as a process that says its address, until the block ends."""
    child = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
        cwd=folder,
    )
    try:
        yield Peer(child, _address(child))
    finally:
        child.terminate()
        child.communicate(timeout=30)


def _address(child: subprocess.Popen[str]) -> str:
    for line in child.stdout or ():
        found = URL.search(line)
        if found:
            return found[0]
    raise SystemExit(f"{child.args!r} did not say where it is")


def prepare(folder: Path) -> None:
    """A meeting that ended the day before yesterday, in Slack's channel; Ann leads it."""
    folder.mkdir()
    app = world.app(folder)
    migrations.upgrade(app.database)
    with app.database.write() as db:
        place = workspace.by_key(db, "main", locale="en")
        people.met(db, place.id, "slack", ANN, name="Ann")
        rooms.met(db, place.id, "slack", CHANNEL, name="general")
        now = datetime.now(UTC)
        handlers.furnish(db, place.id, now)
        world.meeting(db, now=now)
    app.database.close()


def settings(folder: Path, api: str) -> Mapping[str, str]:
    return {
        "HUIHOU_DATA": str(folder),
        "HUIHOU_LOCALE": "en",
        "HUIHOU_ASKS_A_MINUTE": "0",
        "HUIHOU_WEB__PORT": "0",
        "HUIHOU_SLACK__TRANSPORT": "http",
        "HUIHOU_SLACK__BOT_TOKEN": TOKEN,
        "HUIHOU_SLACK__SIGNING_SECRET": SECRET,
        "HUIHOU_SLACK__API_URL": api,
    }


# --- measuring


def measure() -> Slack:
    """In every round all of them, one after the other, so that a busy machine is busy for all."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        prepare(folder / "data")
        api = stack.enter_context(running("benchmarks.beside", "fake")).address
        peers = {
            name: stack.enter_context(running("benchmarks.beside", name, api)) for name in ("bolt", "quick", "nothing")
        }
        prepare(folder / "stored")
        commands = str(sum((ROUNDS[many] + 1) * TIMES[many] * 2 * world.TASKS for many in ROUNDS))
        peers["stored"] = stack.enter_context(running("benchmarks.stored", api, str(folder / "stored"), commands))
        with running("bot", "run", env=settings(folder / "data", api), folder=folder) as bot:
            measured = {"bot": bot, **peers}
            for peer in measured.values():
                peer.hooks = api.removesuffix("/api/").rstrip("/")
            found = _measured(measured)
        _check(folder / "data", bot.sent)
    return found


def _measured(peers: Mapping[str, Peer]) -> Slack:
    found, pid = Slack(), peers["bot"].process.pid
    for connections in (FEW, MANY):
        for peer in peers.values():
            peer.put(connections)
        before, sent = process.resident(pid), peers["bot"].sent
        rounds = [{name: peer.put(connections) for name, peer in peers.items()} for _ in range(ROUNDS[connections])]
        found.served |= {(name, connections): _served([row[name] for row in rounds]) for name in peers}
        found.growth, found.grown = process.resident(pid) - before, peers["bot"].sent - sent
    return found


def _served(rounds: Sequence[Load]) -> Served:
    cuts = [statistics.quantiles(one.times, n=100, method="inclusive") for one in rounds]
    return Served(
        statistics.median(cut[49] for cut in cuts),
        statistics.median(cut[98] for cut in cuts),
        statistics.median(one.rate for one in rounds),
    )


def _check(folder: Path, sent: int) -> None:
    """Everything that was sent has changed a task, and stands in the journal."""
    app = world.app(folder)
    with app.database.read() as db:
        kept = db.scalar(select(func.count()).select_from(journal.Entry))
    app.database.close()
    if kept != sent:
        raise SystemExit(f"{sent} commands were sent, {kept} changed something")
