"""What every platform promises to delivery. A new platform joins with an entry in ``STANDS`` and passes the same."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import dispatch
from bot.delivery import Delivery
from bot.platforms import KNOWN, Closed, Impossible, NotNow, Outgoing, Platform
from bot.platforms.email.sending import Mail
from handlers.context import Context
from handlers.grammar import Text
from handlers.router import Router
from messages import Message
from messages.markdown import escape
from messages.message import Attachment, Button, Choice, Field, Form, Row, Table, Upload
from storage import outbox, rooms, unkept, workspace
from storage.lanes import LEASE_MS
from storage.rooms import Room
from tests.bot.provider import Crash
from tests.chat import Chat, lines_in
from tests.fakes.mail import FakeMail, mail_server
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_state import APP_TOKEN
from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_state import AGENT, CORP, SECRET
from tests.letters import letter_to, paper


@dataclass
class Stand:
    """A platform under test: how a text becomes a message that it understands, and what a room's readers see of it."""

    chat: Chat
    platform: Platform
    rooms_of: str
    written: Callable[[str], Message]
    seen: Callable[[Room], list[str]]
    prefix: str = ""
    """What an address of a room begins with."""

    def room(self, name: str = "team") -> Room:
        with self.chat.app.database.write() as db:
            place = workspace.by_key(db, "main")
            return rooms.met(db, place.id, self.rooms_of, f"{self.prefix}{name}")

    def outgoing(self, key: str, text: str = "", *, room: str = "team", edits: str | None = None) -> Outgoing:
        return Outgoing(key, self.room(room).address, self.written(text or key), edits)

    def reads(self, room: str = "team") -> list[str]:
        return self.seen(self.room(room))

    @property
    def lane(self) -> str:
        return f"{self.platform.name}:{self.room().id}"

    @property
    def ms(self) -> int:
        return int(self.chat.clock.now().timestamp() * 1000)

    def promises(self, key: str) -> None:
        with self.chat.app.database.write() as db:
            outbox.promise(
                db,
                key,
                lane_key=self.lane,
                platform=self.platform.name,
                interval_ms=self.platform.pace_ms,
                payload=self.written(key).model_dump_json(),
                now_ms=self.ms,
                room_id=self.room().id,
            )

    def keeps(self, through: Platform | None = None) -> None:
        platforms = {self.platform.name: through or self.platform}
        Delivery(self.chat.app.database, platforms, self.chat.clock.now).drain()

    def waits(self, milliseconds: int) -> None:
        self.chat.clock.moment += timedelta(milliseconds=milliseconds)

    def state(self, key: str) -> outbox.Promise | None:
        with self.chat.read() as db:
            found = outbox.promised(db, key)
        return found[1] if found else None


@dataclass
class Hindered:
    """A platform whose next send meets with something: before it accepts, or (a ``Crash``) after."""

    platform: Platform
    meets: list[BaseException]
    name: str = ""
    pace_ms: int = 0

    def send(self, outgoing: Outgoing) -> str:
        hindrance = self.meets.pop(0) if self.meets else None
        if hindrance is not None and not isinstance(hindrance, Crash):
            raise hindrance
        found = self.platform.send(outgoing)
        if hindrance is not None:
            raise hindrance
        return found

    def find(self, outgoing: Outgoing) -> str | None:
        return self.platform.find(outgoing)


def local(chat: Chat, name: str) -> Stand:
    """A platform whose rooms live in our own database."""

    def seen(room: Room) -> list[str]:
        with chat.read() as db:
            lines = lines_in(db, room.id)
            return [Message.model_validate_json(line.payload).body for line in lines]

    def written(text: str) -> Message:
        return Message(name="x", locale="en", body=text)

    return Stand(chat, chat.app.platforms[name], name, written, seen)


def oneself(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """To the bot itself a message is a command line; what is seen of it is the answer that it promises to the room."""
    ann, router = chat.person("Ann"), Router()

    @router.command("echo", zh="回声")
    def echo(_ctx: Context, text: Text = "") -> Message:
        """Say it again: echo hello"""
        return Message(name="x", locale="en", body=text)

    def written(text: str) -> Message:
        line = {"line": f"echo {text}", "person": ann.id, "workspace": "main"}
        return Message(name="later", locale="en", body=json.dumps(line))

    def seen(room: Room) -> list[str]:
        table = outbox.outbox
        answers = table.c.dedupe_key.like("%:answer") & (table.c.room_id == room.id)
        with chat.read() as db:
            rows = db.execute(table.select().where(answers).order_by(table.c.id)).all()
        return [Message.model_validate_json(row.payload).body for row in rows]

    monkeypatch.setattr(dispatch, "router", router)
    return Stand(chat, chat.app.platforms["self"], "console", written, seen)


def at_slack(folder: Path, open_until: ExitStack) -> Stand:
    """The fake Slack, with a channel for each room. Its clock stays where it is: a look-up allows for that."""
    slack = open_until.enter_context(FakeSlack())
    own = {"bot_token": "xoxb-T0001", "app_token": APP_TOKEN, "api_url": slack.url}
    folder.mkdir()
    chat = Chat(folder, slack=own)
    slack.clock = chat.clock.now().timestamp()
    for name in ("team", "a", "b"):
        slack.add_channel(name, name)

    def seen(room: Room) -> list[str]:
        return [_body(message) for message in slack.posted(room.external)]

    def written(text: str) -> Message:
        return Message(name="x", locale="en", body=escape(text))

    return Stand(chat, chat.app.platforms["slack"], "slack", written, seen)


def _body(message: dict[str, Any]) -> str:
    """The words below the title, if it has one."""
    has_title = message["blocks"][0]["type"] == "header"
    return str(html.unescape(message["text"]).split("\n\n")[has_title])


def at_wecom(folder: Path, open_until: ExitStack) -> Stand:
    """The fake WeCom, with a person for each room. Without escapes, what would be markup comes as its look-alike."""
    wecom = open_until.enter_context(FakeWecom(limits=False))
    own = {"corp_id": CORP, "agent_id": AGENT, "secret": SECRET}
    folder.mkdir()
    chat = Chat(folder, wecom={"api_url": wecom.url, "apps": {"main": own}})
    wecom.clock = chat.clock.now().timestamp()
    for name in ("team", "a", "b"):
        wecom.add_member(name, name)

    def seen(room: Room) -> list[str]:
        pieces = [str(one.body["content"]) for one in wecom.seen(room.external[5:]) if one.kind == "markdown"]
        return _first_lines(pieces)

    def written(text: str) -> Message:
        return Message(name="x", locale="en", body=escape(text))

    return Stand(chat, chat.app.platforms["wecom"], "wecom", written, seen, prefix="user:")


def _first_lines(pieces: list[str]) -> list[str]:
    """The first line below the title of each message; what did not fit into one is counted: 1/2, 2/2."""
    found, part = [], ""
    for piece in pieces:
        words, _, count = piece.rstrip("\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}").rpartition("\n\n")
        counted = re.fullmatch(r"(\d+)/(\d+)", count)
        part += words if counted else f"{words}\n{count}".strip()
        if counted is None or counted[1] == counted[2]:
            lines = part.translate(_AS_TYPED).splitlines()
            found.append(lines[lines[0].startswith("### ")])
            part = ""
    return found


_AS_TYPED = str.maketrans({"＜": "<", "＞": ">", "＊": "*"})


@dataclass
class Office(Stand):
    """Mail: what is promised is a letter; a room here is the address that it goes to."""

    server: FakeMail | None = None

    def outgoing(self, key: str, text: str = "", *, room: str = "team", edits: str | None = None) -> Outgoing:
        return Outgoing(key, self.room(room).address, _letter(self.chat, text or key, room), edits)


def _letter(chat: Chat, text: str, room: str = "team") -> Message:
    number = letter_to(chat, f"{room}@example.org", content=paper(text))
    return Message(name="letter", locale="en", body=json.dumps({"letter": number}))


def at_mail(folder: Path, open_until: ExitStack) -> Stand:
    """A mail server on loopback."""
    server = open_until.enter_context(mail_server())
    folder.mkdir()
    own = {"host": "127.0.0.1", "port": server.port, "tls": "none", "sender": "office@example.org"}
    chat = Chat(folder, email=own)
    mail = chat.app.platforms["email"]
    assert isinstance(mail, Mail)
    open_until.callback(mail.wire.close)

    def seen(room: Room) -> list[str]:
        mine = [one for one in server.taken if one.to == [f"{room.external}@example.org"]]
        return [one.words.replace("\r\n", "\n").split("\n\n")[2] for one in mine]

    def written(text: str) -> Message:
        return _letter(chat, text)

    return Office(chat, mail, "console", written, seen, server=server)


STANDS: dict[str, Callable[[Chat, pytest.MonkeyPatch, ExitStack], Stand]] = {
    "console": lambda chat, *_: local(chat, "console"),
    "web": lambda chat, *_: local(chat, "web"),
    "slack": lambda chat, _, end: at_slack(chat.app.settings.data / "slack", end),
    "wecom": lambda chat, _, end: at_wecom(chat.app.settings.data / "wecom", end),
    "email": lambda chat, _, end: at_mail(chat.app.settings.data / "email", end),
    "self": lambda chat, patch, _: oneself(chat, patch),
}
SHOWS = ("console", "web", "slack")
"""Those that show messages to people; to the others an edit, or a table, means nothing."""
TELLS = ("console", "web", "slack", "email")
"""Those that can be asked what they have accepted (mail: what this process has handed over); the others must accept
the same key once by themselves."""
MUST_BE_ASKED = ("slack", "email")
"""Those that accept the same key as often as it is sent: delivery asks them before a second attempt."""
ONE_AT_A_TIME = ("slack", "wecom", "email")
"""Those that are sent one message at a time: nobody else has the lane meanwhile."""


@pytest.fixture(params=STANDS)
def stand(request: pytest.FixtureRequest, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    with ExitStack() as end:
        yield STANDS[request.param](chat, monkeypatch, end)


def test_every_platform_stands_here() -> None:
    assert set(STANDS) == {*KNOWN, "self"}


def test_its_name_is_the_one_it_is_switched_on_by(stand: Stand) -> None:
    assert stand.chat.app.platforms[stand.platform.name] is stand.platform
    assert stand.platform.pace_ms >= 0


def test_sending_gives_an_id_that_fits_its_column(stand: Stand) -> None:
    found = stand.platform.send(stand.outgoing("one"))
    assert 0 < len(found) <= 200
    assert stand.reads() == ["one"]


def test_messages_are_seen_in_the_order_of_sending(stand: Stand) -> None:
    keys = [f"key {number}" for number in range(12)]
    for key in keys:
        stand.platform.send(stand.outgoing(key))
    assert stand.reads() == keys


def test_the_same_key_appears_once(stand: Stand) -> None:
    first = stand.platform.send(stand.outgoing("one"))
    found = stand.platform.find(stand.outgoing("one")) if stand.platform.name in MUST_BE_ASKED else None
    again = found or stand.platform.send(stand.outgoing("one"))
    assert again == first or stand.platform.name not in TELLS
    assert stand.reads() == ["one"]


def test_the_same_key_sent_by_many_at_once_appears_once(stand: Stand) -> None:
    if stand.platform.name in ONE_AT_A_TIME:
        return
    outgoing = stand.outgoing("one")
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: stand.platform.send(outgoing), range(8)))
    assert len(set(ids)) == 1
    assert stand.reads() == ["one"]


def test_rooms_do_not_mix(stand: Stand) -> None:
    stand.platform.send(stand.outgoing("one", room="a"))
    stand.platform.send(stand.outgoing("two", room="b"))
    assert (stand.reads("a"), stand.reads("b")) == (["one"], ["two"])


def test_any_text_arrives_as_it_is(stand: Stand) -> None:
    text = "会后 **T12** <b>“quoted”</b> \N{PARTY POPPER} " + "字" * 1000
    stand.platform.send(stand.outgoing("one", text))
    assert stand.reads() == [text]


def test_what_was_accepted_is_found_and_nothing_else(stand: Stand) -> None:
    if stand.platform.name not in TELLS:
        assert stand.platform.find(stand.outgoing("one")) is None
        return
    assert stand.platform.find(stand.outgoing("one")) is None
    found = stand.platform.send(stand.outgoing("one"))
    assert stand.platform.find(stand.outgoing("one")) == found
    assert stand.platform.find(stand.outgoing("two")) is None


def test_an_edit_takes_the_place_of_what_it_edits(stand: Stand) -> None:
    if stand.platform.name not in SHOWS:
        return
    first = stand.platform.send(stand.outgoing("one"))
    stand.platform.send(stand.outgoing("two"))
    for _ in range(2):  # an edit that is sent again does no harm
        assert stand.platform.send(stand.outgoing("edit of one", edits=first)) == first
    assert stand.reads() == ["edit of one", "two"]


def test_a_message_with_everything_in_it_is_accepted(stand: Stand) -> None:
    if stand.platform.name not in SHOWS:
        return
    button = Button(label="Done", line="done M1-T1", primary=True)
    field = Field(name="who", label="Who", kind="choice", choices=(Choice(value="@#1", label="Ann"),), required=True)
    message = Message(
        name="x",
        locale="zh_CN",
        title="标题",
        body="everything",
        rows=(Row(text="**row**", buttons=(button,)),),
        table=Table(columns=("a", "b"), rows=(("1", "2"),), numbers=(1,)),
        form=Form(line="assign M1-T1", submit="Send", fields=(field,)),
        upload=Upload(line="attach M1-T1", label="Send files", here="Send it with `attach T1`.", about="T1 Hall"),
        buttons=(button,),
        files=(Attachment(name="a.txt", digest="0" * 64, media_type="text/plain", size=1),),
        footer="foot",
        tone="good",
        about=("M1-T1",),
    )
    stand.platform.send(Outgoing("one", stand.room().address, message))
    assert stand.reads() == ["everything"]


# --- with delivery in front


def test_asked_for_patience_delivery_comes_again(stand: Stand) -> None:
    for key in ("one", "two"):
        stand.promises(key)
    slow = Hindered(stand.platform, [NotNow(5)])
    stand.keeps(slow)
    assert stand.reads() == []
    stand.waits(5000)
    while stand.state("two") != outbox.Promise.SENT:
        stand.keeps(slow)
        stand.waits(stand.platform.pace_ms + 1)
    assert stand.reads() == ["one", "two"]


def test_what_is_impossible_makes_way_for_the_next(stand: Stand) -> None:
    for key in ("one", "two"):
        stand.promises(key)
    stand.keeps(Hindered(stand.platform, [Impossible("no")]))
    stand.waits(stand.platform.pace_ms)
    stand.keeps()
    assert (stand.state("one"), stand.reads()) == (outbox.Promise.DEAD, ["two"])


def test_a_closed_room_goes_on_once_it_is_resumed(stand: Stand) -> None:
    stand.promises("one")
    stand.keeps(Hindered(stand.platform, [Closed("not here")]))
    stand.waits(86_400_000)
    stand.keeps()
    assert stand.reads() == []
    with stand.chat.app.database.write() as db:
        unkept.resume(db, stand.lane, now_ms=stand.ms)
    stand.keeps()
    assert stand.reads() == ["one"]


@pytest.mark.parametrize("hindrance", [Crash(), TimeoutError(), ValueError()])
def test_whatever_happens_on_the_way_it_is_seen_once(stand: Stand, hindrance: BaseException) -> None:
    for key in ("one", "two"):
        stand.promises(key)
    hindered = Hindered(stand.platform, [hindrance])
    try:
        stand.keeps(hindered)
    except Crash:
        assert stand.reads() == ["one"]
    for _ in range(3):
        stand.waits(LEASE_MS)
        stand.keeps(hindered)
    assert stand.reads() == ["one", "two"]
    assert stand.state("one") == outbox.Promise.SENT
