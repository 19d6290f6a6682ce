"""A small chat in the browser to test against: real storage, real dispatch, and a router of four commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from bot import dispatch, web
from bot.app import App, build
from bot.ask import Ask
from bot.platforms.web.site import Site
from bot.settings import Settings
from handlers.context import Context
from handlers.refused import Refused
from messages import Message
from messages.message import Button, Field, Form, Row
from storage import conversation, people, rooms, workspace
from storage.base import Base
from storage.conversation import Line
from tests.databases import address

ADDRESS = "http://127.0.0.1:8080"
SECRET = "0123456789abcdef0123456789abcdef"
EVENT = "event-0001"

LIST = Message(
    name="x/list",
    locale="en",
    title="Two things",
    rows=(Row(text="**T1** Photos\nmore", buttons=(Button(label="Done", line="done M1-T1"),)), Row(text="T2")),
    buttons=(Button(label="Again", line="list"),),
    about=("M1-T1", "M1-T2"),
)
FORM = Message(
    name="x/form",
    locale="en",
    title="New meeting",
    form=Form(line="make", submit="Create", fields=(Field(name="name", label="Name"),)),
)


@dataclass
class Parrot:
    """Stands where ``handlers.router`` stands: says again what it heard, and remembers it.

    ``refusals`` are used up first, one by one.
    """

    heard: list[str] = field(default_factory=list)
    threads: list[tuple[str, ...]] = field(default_factory=list)
    fields: list[dict[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)
    known: dict[str, Message] = field(default_factory=lambda: {"list": LIST, "form": FORM})

    def answer(self, ctx: Context, line: str) -> Message:
        self.heard.append(line)
        self.threads.append(tuple(str(ref) for ref in ctx.thread))
        self.fields.append(dict(ctx.fields))
        self.files += [file.name for file in ctx.files]
        if self.refusals:
            raise self.refusals.pop(0)
        return self.known.get(line) or Message(
            name="x/echo", locale="en", body=f"heard {line}", private=line == "secret"
        )

    def find(self, line: str) -> None:
        return None


@dataclass
class House:
    """The app, its parrot, and a browser for each person."""

    app: App
    parrot: Parrot
    asgi: Any

    @property
    def site(self) -> Site:
        """The running site, as its pages know it."""
        route = next(route for route in self.asgi.routes if getattr(route, "path", "") == "/say")
        return cast("Site", route.endpoint.args[0])

    def browser(self, account: str = "") -> TestClient:
        client = TestClient(
            self.asgi, base_url=ADDRESS, headers={"origin": ADDRESS, "hx-request": "true"}, follow_redirects=False
        )
        if account and self.app.settings.demo:
            client.get("/")
            assert client.post("/demo/act-as", data={"account": account}).status_code == 303
            client.get("/")
        return client

    def room(self, name: str = "team") -> int:
        with self.app.database.read() as db:
            place = workspace.by_key(db, "main")
            return next(one.id for one in rooms.of_platform(db, place.id, "web") if one.name == name)

    def lines(self, room: int | None = None) -> list[Line]:
        with self.app.database.read() as db:
            return [line for line in db.query(Line).order_by(Line.id) if room is None or line.room_id == room]

    def hears(
        self,
        client: TestClient,
        line: str,
        *,
        event: str = EVENT,
        room: int | None = None,
        fields: dict[str, str] | None = None,
        **more: str,
    ) -> int:
        data = {"room": str(room or self.room()), "line": line, "event_id": event, **more, **(fields or {})}
        return int(client.post("/say", data=data).status_code)

    def bot_says(self, message: Message, *, key: str = "bot-1", room: int | None = None) -> Line:
        with self.app.database.write() as db:
            now = self.app.clock.now()
            return conversation.say(db, room or self.room(), key=key, at=now, payload=message.model_dump_json())

    def ask(self, line: str) -> Ask:
        return Ask(platform="console", account="x", room="x", line=line, event_id=line)


def house(folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> House:
    """Li and Wang are there, and the rooms ``team`` and ``money``."""
    app = build(Settings(_env_file=None, data=folder, database_url=address(folder), synchronous="NORMAL", **settings))
    Base.metadata.create_all(app.database.writer)
    parrot = Parrot()
    monkeypatch.setattr(dispatch, "router", parrot)
    with app.database.write() as db:
        place = workspace.by_key(db, "main", locale="en")
        people.met(db, place.id, "web", "li", name="李娜")
        people.met(db, place.id, "web", "wang", name="Wang Jianguo")
        rooms.met(db, place.id, "web", "room:team", name="team")
        rooms.met(db, place.id, "web", "room:money", name="money")
    return House(app, parrot, web.site(app))
