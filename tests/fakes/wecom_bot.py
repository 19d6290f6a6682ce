"""The long connection of a WeCom AI bot on loopback: a WebSocket as the documents describe it.

::

    with FakeWecomBot() as bot:                      # bot.url is ws://127.0.0.1:PORT, bot.bot_id, bot.secret
        bot.add_person("zhangsan"); bot.add_group("wrGroup1", ["zhangsan", "lisi"])
        …the client connects and subscribes…
        bot.wait_for_client()                        # True once one is subscribed
        came = bot.says("zhangsan", "完成 12")         # in a group with the @ before it: says(…, group="wrGroup1")
        bot.wait(lambda: bot.seen("zhangsan"))       # looks again after every frame
        bot.seen("zhangsan")                         # what stands in that chat (or group), as ``Shown``: .words .card …
        card = bot.seen("wrGroup1")[-1]
        press = bot.presses("lisi", card, "完成")      # votes, selects; answer by aibot_respond_update_msg within 5 s
        press.acks == [0]                            # the errcodes of what was answered to it
        bot.view(card, "lisi")                       # the card as one person sees it, after an update with userids

    says sends_file sends_image sends_video sends_voice sends_mixed enters presses votes selects
    quote=bot.quoted_file(name, data) / quoted_image / quoted_text      bot.frames: all that clients sent, in order
    bot.left.add("wrGroup1"): put out of the group (93001)              bot.calls("aibot_send_msg"): their bodies

Switches. ``bot.closes(1000)`` / ``closes(1001)``: a clean close; ``bot.aborts()``: no close frame;
``bot.answers_pings = False``; ``bot.slow_acks = 0.5`` (seconds); ``bot.drops_acks = 3``: so many frames are worked but
not acknowledged; ``bot.will("aibot_send_msg", 45009, times=2)``; ``bot.unsubscribes()``: the socket stays open, but
every frame is 846609. A second subscription sends the first connection ``disconnected_event`` and closes it with 1000;
``bot.kicks()`` does the same without a second client. What is pushed while nobody listens is ``came.lost``.

Time stands until a test moves it: ``bot.clock += 6`` and an event can no longer be answered.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR
from typing import Any, Self
from urllib.parse import unquote

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.fakes.wecom_bot_answers import ANSWERS, Stream, Upload
from tests.fakes.wecom_bot_talk import MEDIA_SECONDS, BotTalk, Pushed, Secret, files_reply
from tests.fakes.wecom_state import Body, Media, Refusal, Shown

BOT_ID, BOT_SECRET = "aibWkZ0000000000", "bot-secret-1"


@dataclass
class FakeWecomBot(BotTalk):
    """``people`` and ``groups`` are where it may be spoken to; ``spoke`` the chats where somebody did."""

    bot_id: str = BOT_ID
    secret: str = BOT_SECRET
    name: str = "会后"
    clock: float = 1_780_000_000.0
    running: bool = False
    limits: bool = True
    answers_pings: bool = True
    slow_acks: float = 0
    drops_acks: int = 0
    people: set[str] = field(default_factory=set)
    groups: dict[str, set[str]] = field(default_factory=dict)
    spoke: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    chats: dict[str, list[Shown]] = field(default_factory=lambda: defaultdict(list))
    views: dict[tuple[str, str], Body] = field(default_factory=dict)
    pushed: dict[str, Pushed] = field(default_factory=dict)
    streams: dict[tuple[str, str], Stream] = field(default_factory=dict)
    task_ids: set[str] = field(default_factory=set)
    reached: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    uploads: dict[str, Upload] = field(default_factory=dict)
    begun: list[float] = field(default_factory=list)
    media: dict[str, Media] = field(default_factory=dict)
    secrets: dict[str, Secret] = field(default_factory=dict)
    frames: list[Body] = field(default_factory=list)
    troubles: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    client: ServerConnection | None = None
    subscriptions: int = 0
    count: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    changed: threading.Condition = field(default_factory=lambda: threading.Condition(threading.RLock()))
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.bot = self
        self.started = time.monotonic()
        self.server = serve(
            self._serve,
            "127.0.0.1",
            0,
            process_request=self._download,
            ping_interval=None,
            close_timeout=1,
            compression=None,
        )
        self.thread = threading.Thread(target=self.server.serve_forever, name="fake wecom bot", daemon=True)

    # --- coming and going

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.server.shutdown()
        self.thread.join()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.socket.getsockname()[1]}"

    @property
    def url(self) -> str:
        return f"ws://{self.address}"

    def now(self) -> float:
        return self.clock + (time.monotonic() - self.started if self.running else 0)

    def id(self, kind: str) -> str:
        return f"{kind}{next(self.count):08d}"

    # --- what is there and what is seen

    def add_person(self, userid: str) -> None:
        self.people.add(userid.casefold())

    def add_group(self, chatid: str, members: Iterable[str]) -> None:
        self.groups[chatid] = {member.casefold() for member in members}
        self.people |= self.groups[chatid]

    def seen(self, chat: str) -> list[Shown]:
        with self.changed:
            return list(self.chats[chat if chat in self.groups else chat.casefold()])

    def view(self, card: Shown, user: str) -> Body:
        return self.views.get((card.msgid, user.casefold()), card.card)

    def calls(self, cmd: str) -> list[Body]:
        with self.changed:
            return [frame.get("body") or {} for frame in self.frames if frame["cmd"] == cmd]

    def wait(self, until: Callable[[], object], seconds: float = 5) -> bool:
        with self.changed:
            return bool(self.changed.wait_for(until, seconds))

    def wait_for_client(self, seconds: float = 5) -> bool:
        return self.wait(lambda: self.client is not None, seconds)

    # --- switches

    def will(self, cmd: str, errcode: int, *, times: int = 1) -> None:
        """The next calls of a command go wrong; with 0 one goes as usual."""
        self.troubles[cmd] += [errcode] * times

    def closes(self, code: int = 1000, reason: str = "") -> None:
        """Says goodbye as a WebSocket should."""
        client = self._without_client()
        if client is not None:
            client.close(code, reason)

    def aborts(self) -> None:
        """The line is cut."""
        client = self._without_client()
        if client is not None:
            client.socket.shutdown(SHUT_RDWR)

    def unsubscribes(self) -> None:
        self._without_client()

    def kicks(self) -> None:
        """As when another process subscribes the same bot."""
        with self.changed:
            self.sends(self._goodbye())
        self.closes(1000)

    def _without_client(self) -> ServerConnection | None:
        with self.changed:
            client, self.client = self.client, None
            self.changed.notify_all()
        return client

    def _goodbye(self) -> Body:
        body = {
            "msgid": self.id("msg"),
            "create_time": int(self.now()),
            "aibotid": self.bot_id,
            "msgtype": "event",
            "event": {"eventtype": "disconnected_event"},
        }
        return {"cmd": "aibot_event_callback", "headers": {"req_id": self.id("req")}, "body": body}

    # --- the connection

    def sends(self, frame: Body) -> bool:
        """Whether somebody was there to take it."""
        with self.changed:
            if self.client is None:
                return False
            try:
                self.client.send(json.dumps(frame))
            except ConnectionClosed:
                return False
            return True

    def _serve(self, connection: ServerConnection) -> None:
        with suppress(ConnectionClosed, OSError):
            for data in connection:
                self._take(connection, json.loads(data))
        with self.changed:
            if self.client is connection:
                self.client = None
            self.changed.notify_all()

    def _take(self, connection: ServerConnection, frame: Body) -> None:
        before: ServerConnection | None = None
        with self.changed:
            self.frames.append(frame)
            if frame["cmd"] == "aibot_subscribe":
                before = self.client if self.client is not connection else None
            ack = {"headers": frame["headers"], **self._answered(connection, frame)}
            if before is not None and ack["errcode"] == 0:
                before.send(json.dumps(self._goodbye()))
            self.changed.notify_all()
        if before is not None and ack["errcode"] == 0:
            before.close(1000)
        if self.slow_acks:
            self.released.wait(self.slow_acks)
        if self._acknowledges(frame):
            connection.send(json.dumps(ack))

    def _acknowledges(self, frame: Body) -> bool:
        if frame["cmd"] == "ping":
            return self.answers_pings
        if self.drops_acks:
            self.drops_acks -= 1
            return False
        return True

    def _answered(self, connection: ServerConnection, frame: Body) -> Body:
        cmd, req_id = str(frame["cmd"]), str(frame["headers"]["req_id"])
        try:
            found = self._answer(connection, cmd, req_id, frame.get("body") or {})
            errcode, errmsg = 0, "ok"
        except Refusal as refusal:
            found, errcode, errmsg = {}, refusal.errcode, refusal.errmsg
        if req_id in self.pushed:
            self.pushed[req_id].acks.append(errcode)
        return {"errcode": errcode, "errmsg": errmsg, **({"body": found} if found else {})}

    def _answer(self, connection: ServerConnection, cmd: str, req_id: str, body: Body) -> Body:
        if self.troubles[cmd] and (errcode := self.troubles[cmd].pop(0)):
            raise Refusal(errcode, "made to fail")
        if cmd == "aibot_subscribe":
            return self._subscribe(connection, body)
        if self.client is not connection:
            raise Refusal(846609, "aibot websocket not subscribed")
        if cmd == "ping":
            return {}
        if cmd not in ANSWERS:
            raise Refusal(40058, f"invalid cmd {cmd}")
        return ANSWERS[cmd](self, req_id, body)

    def _subscribe(self, connection: ServerConnection, body: Body) -> Body:
        if (body.get("bot_id"), body.get("secret")) != (self.bot_id, self.secret):
            raise Refusal(853000, "invalid bot_id or secret")
        self.client = connection
        self.subscriptions += 1
        return {}

    def _download(self, connection: ServerConnection, request: Request) -> Response | None:
        """A file under its own address, for five minutes; anything else is the WebSocket."""
        if not request.path.startswith("/media/"):
            return None
        found = self.secrets.get(unquote(request.path.removeprefix("/media/")))
        if found is None or self.now() - found.at > MEDIA_SECONDS:
            return Response(404, "Not Found", Headers({"Content-Length": "0", "Connection": "close"}))
        more, data = files_reply(found)
        headers: Any = {**more, "Content-Length": str(len(data)), "Connection": "close"}
        return Response(200, "OK", Headers(headers), data)
