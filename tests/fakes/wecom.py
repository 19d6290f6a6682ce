"""WeCom's side of the wire on loopback: the API of ``/cgi-bin/``, and the callbacks to an app.

::

    with FakeWecom() as wecom:                     # one corp CORP with one app AGENT is there from the start
        wecom.add_member("ZhangSan", "张三")        # in the root department, so every app sees them
        app = wecom.app()                          # or wecom.app(agent, corp); wecom.add_app(agent, secret, corp=…)
        client = Client(CORP, app.secret, base=wecom.url)
        app.callback_url = "http://127.0.0.1:8000/wecom/…"   # or app.post = lambda method, address, body: (200, b"")
        app.verifies().body == b"1616140317555161061"        # WeCom's check of the address
        heard = app.types("zhangsan", "完成 12")    # also sends_image sends_file sends_voice sends_video sends_location
        heard.status, heard.attempts               # sends_link enters clicks views subscribes unsubscribes
        card = wecom.seen("zhangsan")[-1]          # what that person sees, the oldest first, recalled ones left out
        card.kind, card.body, card.words, card.cut, card.replaced, card.buttons, card.options, card.menu, card.task_id
        app.presses(card, "完成")                   # a button by text or key
        app.votes(card, ["T1", "T2"]); app.selects(card, {"q1": "a"}); app.opens_menu(card, "推迟")
        wecom.wait(lambda: wecom.seen("zhangsan")) # true once it is; looks again after every call that came in

    wecom.room(chatid)      what members of an app's group see        wecom.corps[CORP].chats[chatid].members
    wecom.posted(key)       what a webhook's group sees               wecom.add_webhook(key)
    wecom.called("user/get")  the arguments of the calls so far       wecom.calls: everything, with corp and agent
    wecom.dropped           what was lost beyond 30 a minute and person       wecom.duplicates: msgids said before
    wecom.add_media(kind, name, data)   a file to be fetched          wecom.authorize(address, userid): OAuth, see there

Switches. ``wecom.will("message/send", times=2, errcode=45009)``: the next calls go wrong (``errcode``, ``status``,
``html``, ``slow``, ``hang``, ``drop``, ``drop_after``; ``"*"`` for whatever is called next). ``wecom.expire(app)``: its
tokens are 42001 once; ``app.always_expired``; ``wecom.forget(app)``: 40014. ``app.ip_listed = False``: 60020.
``wecom.member("zhangsan").licensed = False`` or ``.status = LEFT``; ``app.hidden.add("zhangsan")`` or another
``app.departments``. ``wecom.limits = False`` for no limits a minute. On callbacks: ``app.times = 3``, ``app.reseal``,
``app.skew``, ``app.patience``, ``app.reordered()``, ``app.held()``, ``app.again(heard)``; ``app.sealed(plain)`` and
``app.delivers(envelope)`` for an envelope of one's own.

Time stands until a test moves it: ``wecom.clock += 60``; with ``running=True`` it runs on from there.
Where WeCom's documents name no code (a used response code, a recall after 24 hours) it is 40058: do not rely on it.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from tests.fakes import wecom_media, wecom_people
from tests.fakes.wecom_http import Server
from tests.fakes.wecom_state import (
    AGENT,
    CORP,
    ROOT,
    SECRET,
    App,
    AppChat,
    Args,
    Call,
    Corp,
    Department,
    Media,
    Member,
    ResponseCode,
    Shown,
    Trouble,
    Webhook,
)

TOKEN_SECONDS = 7200


@dataclass
class FakeWecom:
    """``url`` ends in ``/cgi-bin/``, as wechatpy's ``API_BASE_URL``."""

    clock: float = 1_780_000_000.0
    running: bool = False
    limits: bool = True
    corps: dict[str, Corp] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    inboxes: dict[tuple[str, str], list[Shown]] = field(default_factory=lambda: defaultdict(list))
    delivered: dict[str, list[Shown]] = field(default_factory=lambda: defaultdict(list))
    sent_by: dict[str, App] = field(default_factory=dict)
    response_codes: dict[str, ResponseCode] = field(default_factory=dict)
    codes: dict[str, tuple[str, str, float]] = field(default_factory=dict)
    reached: dict[tuple[str, int, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    dropped: list[Shown] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    troubles: dict[str, list[Trouble]] = field(default_factory=lambda: defaultdict(list))
    count: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.RLock = field(default_factory=threading.RLock)
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.started = time.monotonic()
        self.changed = threading.Condition(self.lock)
        self.server = Server(self)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), name="fake wecom", daemon=True)
        self.add_corp(CORP)
        self.add_app(AGENT, SECRET)

    # --- coming and going

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.address}/cgi-bin/"

    def now(self) -> float:
        return self.clock + (time.monotonic() - self.started if self.running else 0)

    def number(self) -> int:
        return 7_000_000_000_000_000_000 + next(self.count)

    def id(self, kind: str) -> str:
        return f"{kind}{next(self.count):08d}"

    # --- what is there

    def add_corp(self, corp: str) -> Corp:
        self.corps[corp] = Corp(corp)
        return self.corps[corp]

    def add_app(self, agent: int, secret: str, *, corp: str = CORP, **more: Any) -> App:
        self.corps[corp].apps[agent] = App(agent, secret, corp, self, **more)
        return self.corps[corp].apps[agent]

    def app(self, agent: int = AGENT, corp: str = CORP) -> App:
        return self.corps[corp].apps[agent]

    def add_department(self, number: int, name: str, *, parent: int = ROOT, corp: str = CORP) -> Department:
        self.corps[corp].departments[number] = Department(number, name, parent)
        return self.corps[corp].departments[number]

    def add_member(self, userid: str, name: str, *, corp: str = CORP, **more: Any) -> Member:
        member = Member(userid, name, **more)
        self.corps[corp].members[member.id] = member
        return member

    def member(self, userid: str, corp: str = CORP) -> Member:
        return self.corps[corp].members[userid.casefold()]

    def add_webhook(self, key: str, name: str = "") -> Webhook:
        self.webhooks[key] = Webhook(key, name)
        return self.webhooks[key]

    def add_media(self, kind: str, name: str, data: bytes, *, corp: str = CORP, robot: str = "") -> Media:
        with self.lock:
            media = Media(self.id("media"), kind, name, data, self.now(), corp, robot)
            self.media[media.id] = media
            return media

    def picture_address(self, media: Media) -> str:
        return wecom_media.picture_address(self, media)

    # --- switches

    def will(self, path: str, *, times: int = 1, **trouble: Any) -> None:
        """The next calls of a method go wrong; see ``Trouble``."""
        self.troubles[path] += [Trouble(**trouble)] * times

    def expire(self, app: App) -> None:
        """All of the app's tokens end now: 42001 until it fetches another."""
        app.tokens = dict.fromkeys(app.tokens, self.now())

    def forget(self, app: App) -> None:
        """Nobody knows the app's tokens any more: 40014 until it fetches another."""
        app.tokens.clear()

    def shows(self, agent: int, corp: str, userid: str) -> None:
        app = self.app(agent, corp)
        app.hidden.discard(userid.casefold())
        app.users.add(userid.casefold())

    def hides(self, agent: int, corp: str, userid: str) -> None:
        self.app(agent, corp).hidden.add(userid.casefold())

    def spelled(self, agent: int, corp: str, userid: str) -> str:
        """A member's userid as it stands in callbacks; raises ``LookupError`` for whoever cannot open the app."""
        found = self.corps[corp].member(userid)
        if found is None or not self.corps[corp].sees(self.app(agent, corp), found):
            raise LookupError(f"{userid} does not see the app {agent}")
        return found.userid

    # --- what was said

    def seen(self, userid: str, *, corp: str = CORP, agent: int | None = None) -> list[Shown]:
        """What a person sees of apps (or of one of them), the oldest first."""
        with self.lock:
            found = self.inboxes[corp, userid.casefold()]
            return [
                shown
                for shown in found
                if not shown.recalled and (agent is None or (shown.app is not None and shown.app.agent == agent))
            ]

    def chat(self, chatid: str, corp: str = CORP) -> AppChat:
        return self.corps[corp].chats[chatid]

    def room(self, chatid: str, corp: str = CORP) -> list[Shown]:
        with self.lock:
            return list(self.chat(chatid, corp).messages)

    def posted(self, key: str) -> list[Shown]:
        with self.lock:
            return list(self.webhooks[key].messages)

    def called(self, path: str) -> list[Args]:
        with self.lock:
            return [call.args for call in self.calls if call.path == path]

    def wait(self, until: Callable[[], object], seconds: float = 5) -> bool:
        """Whether it came true in time."""
        with self.changed:
            return bool(self.changed.wait_for(until, seconds))

    # --- codes

    def code_for(self, msgid: str, app: App) -> str:
        """A response code, as it comes from sending a card and from every press on it."""
        code = self.id("response-code")
        self.response_codes[code] = ResponseCode(code, msgid, app, self.now())
        return code

    def new_code(self, card: Shown) -> str:
        if card.app is None:
            raise LookupError("nobody hears presses on this card")
        with self.lock:
            return self.code_for(card.msgid, card.app)

    def code(self, userid: str, *, corp: str = CORP) -> str:
        """An OAuth code of a person who opened a link in WeCom."""
        with self.lock:
            found = self.id("code")
            self.codes[found] = (corp, userid, self.now())
            return found

    def authorize(self, address: str, userid: str) -> str:
        """Where the browser goes on to when ``userid`` opens WeCom's authorization page; see ``wecom_people``."""
        return wecom_people.authorize(self, address, userid)

    def token(self, app: App) -> str:
        """The token that is good for another while, or a new one."""
        for token, ends in app.tokens.items():
            if ends > self.now():
                return token
        token = f"{app.corp}-{app.agent}-{next(self.count)}-".ljust(512, "x")
        app.tokens[token] = self.now() + TOKEN_SECONDS
        return token
