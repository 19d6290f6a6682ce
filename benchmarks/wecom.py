"""An encrypted callback of WeCom's to its empty 200 and to the answer, beside an endpoint that only decrypts."""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from wechatpy.enterprise.crypto import WeChatCrypto

import handlers
from benchmarks import beside, load, world
from benchmarks.load import Load
from benchmarks.slack import Peer, Served, running
from storage import migrations, outbox, people, rooms, workspace
from storage.people import Role, RoleHolder
from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_state import AES_KEY, AGENT, CORP, SECRET, TOKEN
from tests.fakes.wecom_talk import Talking, xml

FEW, MANY = 1, 16
ROUNDS = 5
ASKED = {FEW: 120, MANY: 20}
"""Callbacks of each connection in a round, each of somebody else."""
PEOPLE = MANY * ASKED[MANY]
LISTENED = world.TASKS
"""People whose answers are waited for, one after the other; nobody else speaks then."""
BREATH = 4.0
"""Seconds in which one person is told one thing at most."""
PATIENCE = 120.0
ADDRESS = "/wecom/main"


@dataclass
class Wecom:
    """By who is measured and how many connections there were; ``answers`` in milliseconds, to the fake's having it."""

    served: dict[tuple[str, int], Served] = field(default_factory=dict)
    answers: Served = field(default_factory=lambda: Served(0, 0, 0))


# --- what is sent


_sealer = Talking(AGENT, SECRET, CORP, FakeWecom(running=True, clock=time.time()), token=TOKEN, aes_key=AES_KEY)
_number = itertools.count(1)


def request(user: str, line: str) -> bytes:
    """As WeCom calls back; sealed just before, as an envelope is good for ten minutes."""
    fields = {
        "ToUserName": CORP,
        "FromUserName": user,
        "CreateTime": str(int(time.time())),
        "MsgType": "text",
        "Content": line,
        "MsgId": str(time.time_ns() + next(_number)),
        "AgentID": str(AGENT),
    }
    envelope = _sealer.sealed(xml(fields))
    head = f"POST {ADDRESS}?{urlencode(envelope.query)} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    return f"{head}Content-Type: text/xml\r\nContent-Length: {len(envelope.body)}\r\n\r\n".encode() + envelope.body


def name(number: int) -> str:
    return f"member{number}"


def requests_of(number: int, connections: int) -> list[bytes]:
    """Of one connection: each from somebody else, and about a task of the sixty."""
    first = number * ASKED[connections]
    asking = range(first, first + ASKED[connections])
    return [request(name(one), f"查看 T{1 + one % world.TASKS}") for one in asking]


def put(peer: Peer, connections: int) -> Load:
    requests = [requests_of(number, connections) for number in range(connections)]
    peer.sent += sum(map(len, requests))
    return load.put(urlsplit(peer.address).port or 0, requests)


# --- who is measured


def fake() -> None:
    """WeCom as far as it is asked; says who is told something, and when, until its standard input ends."""
    with FakeWecom(running=True, clock=time.time(), limits=False) as wecom:
        for number in range(PEOPLE + LISTENED):
            wecom.add_member(name(number), f"会员 {number}")
        print(wecom.url, flush=True)
        threading.Thread(target=_tell, args=(wecom,), daemon=True).start()
        sys.stdin.read()


def _tell(wecom: FakeWecom) -> None:
    while True:
        with wecom.changed:
            wecom.changed.wait_for(lambda: wecom.calls)
            new, wecom.calls = wecom.calls, []
        for call in new:
            if call.path == "message/send":
                print("told", call.args["touser"], time.perf_counter(), flush=True)


def bare(_api: str) -> Starlette:
    """What wechatpy does to a callback, and nothing else: its signature is checked, and it is decrypted."""
    crypto = WeChatCrypto(TOKEN, AES_KEY, CORP)

    def heard(body: bytes, query: Mapping[str, str]) -> Response:
        crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        return Response()

    async def hear(request: Request) -> Response:
        return await run_in_threadpool(heard, await request.body(), dict(request.query_params))

    return Starlette(routes=[Route(ADDRESS, hear, methods=["POST"])])


def prepare(folder: Path) -> None:
    """A meeting that ended the day before yesterday; whose answers are waited for lead it."""
    folder.mkdir()
    app = world.app(folder)
    migrations.upgrade(app.database)
    with app.database.write() as db:
        place = workspace.by_key(db, "main", locale="zh_CN")
        for number in range(PEOPLE + LISTENED):
            person = people.met(db, place.id, "wecom", name(number), name=f"会员 {number}")
            rooms.met(db, place.id, "wecom", f"user:{name(number)}", name=person.name, person_id=person.id)
        now = datetime.now(UTC)
        handlers.furnish(db, place.id, now)
        made = world.meeting(db, now=now)
        for number in range(PEOPLE, PEOPLE + LISTENED):
            db.add(RoleHolder(meeting_id=made.id, role=Role.LEAD, person_id=number + 1))
    app.database.close()


def settings(folder: Path, api: str) -> Mapping[str, str]:
    app = {"CORP_ID": CORP, "AGENT_ID": str(AGENT), "SECRET": SECRET, "TOKEN": TOKEN, "AES_KEY": AES_KEY}
    return {
        "HUIHOU_DATA": str(folder),
        "HUIHOU_ASKS_A_MINUTE": "0",
        "HUIHOU_WEB__PORT": "0",
        "HUIHOU_WECOM__API_URL": api,
        **{f"HUIHOU_WECOM__APPS__MAIN__{key}": value for key, value in app.items()},
    }


# --- measuring


def measure() -> Wecom:
    """In every round all of them, one after the other, so that a busy machine is busy for all."""
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        prepare(folder / "data")
        api = stack.enter_context(running("benchmarks.wecom", "fake"))
        peer = stack.enter_context(running("benchmarks.wecom", "bare", api.address))
        told = Told(api)
        with running("bot", "run", env=settings(folder / "data", api.address), folder=folder) as bot:
            quiet(folder / "data")
            found = Wecom(_served({"bot": bot, "bare": peer}, folder / "data"), _answered(bot, told, folder / "data"))
        _check(folder / "data", bot.sent)
    return found


def _served(peers: Mapping[str, Peer], folder: Path) -> dict[tuple[str, int], Served]:
    """The first round only warms up. Between the rounds all is answered that was asked."""
    found: dict[tuple[str, int], Served] = {}
    for connections in (FEW, MANY):
        rounds = []
        for _ in range(ROUNDS + 1):
            rounds.append({who: put(peer, connections) for who, peer in peers.items()})
            quiet(folder)
        found |= {(who, connections): served([row[who] for row in rounds[1:]]) for who in peers}
    return found


def _answered(bot: Peer, told: Told, folder: Path) -> Served:
    """From the sending of a callback until WeCom is asked to say the answer; a round finishes tasks or reopens them."""
    rounds = []
    for number in range(ROUNDS + 1):
        verb, times, begun = ("重开" if number % 2 else "完成"), [], time.perf_counter()
        for one in range(LISTENED):
            user = name(PEOPLE + one)
            asked = request(user, f"{verb} T{one + 1}")
            at = time.perf_counter()
            load.put(urlsplit(bot.address).port or 0, [[asked]])
            times.append((told.wait(user, after=at) - at) * 1000)
        bot.sent += LISTENED
        rounds.append(Load(times, time.perf_counter() - begun))
        quiet(folder)
        time.sleep(BREATH)
    return served(rounds[1:])


class Told:
    """Who was told something, as the fake says it."""

    def __init__(self, api: Peer) -> None:
        self.times: dict[str, float] = {}
        self.changed = threading.Condition()
        self.output = api.process.stdout
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.output or ():
            _, user, at = line.split()
            with self.changed:
                self.times[user] = float(at)
                self.changed.notify_all()

    def wait(self, user: str, *, after: float) -> float:
        """When that was. Raises ``SystemExit`` if it never is."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.times.get(user, 0) > after, PATIENCE):
                raise SystemExit(f"{user} was not answered")
            return self.times[user]


def served(rounds: Sequence[Load]) -> Served:
    """Medians over the rounds."""
    cuts = [statistics.quantiles(one.times, n=100, method="inclusive") for one in rounds]
    return Served(
        statistics.median(cut[49] for cut in cuts),
        statistics.median(cut[98] for cut in cuts),
        statistics.median(one.rate for one in rounds),
    )


def quiet(folder: Path) -> None:
    """Until everything is said that was promised. Raises ``SystemExit`` if it never is."""
    for _ in _seconds(PATIENCE):
        if _promises(folder, open_ones=True) == 0:
            return
    raise SystemExit("the bot did not come to rest")


def _seconds(most: float) -> Iterator[None]:
    until = time.monotonic() + most
    while time.monotonic() < until:
        yield
        time.sleep(0.2)


def _promises(folder: Path, *, open_ones: bool) -> int:
    app = world.app(folder)
    try:
        with app.database.read() as db:
            if open_ones:
                return outbox.waiting(db)
            heard = outbox.outbox.c.dedupe_key.like("wecom-in:%")
            return db.scalar(select(func.count()).where(heard, outbox.outbox.c.state == outbox.Promise.SENT)) or 0
    finally:
        app.database.close()


def _check(folder: Path, sent: int) -> None:
    """Everything that was sent was kept, and answered."""
    kept = _promises(folder, open_ones=False)
    if kept != sent:
        raise SystemExit(f"{sent} callbacks were sent, {kept} were answered")


if __name__ == "__main__":
    if sys.argv[1] == "fake":
        fake()
    else:
        beside.serve(bare(sys.argv[2]))
