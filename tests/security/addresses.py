"""Every address there is, its policy, and an installation in which each can be tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from starlette.testclient import TestClient

from bot import tickets
from bot.platforms.email.sending import token as letter_token
from bot.platforms.web import who
from bot.platforms.web.login import set_password
from messages import Message
from messages.message import Field, Form, Upload
from storage import people, rooms, workspace
from storage.base import Base
from storage.people import Person
from tests.letters import letter_to
from tests.security.whole import PUBLIC, SECRET, Whole, whole

NAME, PASSWORD = "李娜", "long enough to last"
MEGABYTE = 1_000_000
FORM = Message(
    name="x/form", locale="en", form=Form(line="make", submit="Go", fields=(Field(name="name", label="Name"),))
)
UPLOAD = Message(name="x/files", locale="en", upload=Upload(line="files", label="Files", here="Here"))


class Policy(NamedTuple):
    """``gate`` is what lets somebody in: nothing, the secret in the address, a signature, a session, a demo.

    ``most``: bytes of a body that are read at most; 0 where none is read.
    """

    gate: str
    most: int = 0


POLICIES = {
    ("GET", "/healthz"): Policy("open"),
    ("GET", "/readyz"): Policy("open"),
    ("GET", "/static/{path}"): Policy("open"),
    ("GET", "/login"): Policy("open"),
    ("POST", "/login"): Policy("open", 20_000),
    ("POST", "/logout"): Policy("open", 20_000),
    ("GET", "/"): Policy("session"),
    ("GET", "/older"): Policy("session"),
    ("GET", "/checklist"): Policy("session"),
    ("GET", "/rooms"): Policy("session"),
    ("POST", "/rooms"): Policy("session", 20_000),
    ("GET", "/clock"): Policy("session"),
    ("GET", "/events"): Policy("session"),
    ("GET", "/files/{digest:str}"): Policy("session"),
    ("POST", "/say"): Policy("session", 3 * MEGABYTE),
    ("POST", "/language"): Policy("open", 20_000),
    ("GET", "/demo/everybody"): Policy("demo"),
    ("POST", "/demo/act-as"): Policy("demo", 20_000),
    ("POST", "/demo/clock"): Policy("demo", 20_000),
    ("GET", "/archive/{token:str}"): Policy("token"),
    ("GET", "/archive/{token:str}/{name:str}.zip"): Policy("token"),
    ("GET", "/export/{token:str}"): Policy("token"),
    ("GET", "/form/{token:str}"): Policy("token"),
    ("POST", "/form/{token:str}"): Policy("token", 500_000),
    ("GET", "/upload/{token:str}"): Policy("token"),
    ("POST", "/upload/{token:str}"): Policy("token", 3 * MEGABYTE),
    ("POST", "/upload/{token:str}/file"): Policy("token", MEGABYTE),
    ("POST", "/upload/{token:str}/give"): Policy("token", 20_000),
    ("POST", "/export/{token:str}"): Policy("token"),
    ("POST", "/upload/{token:str}/finish"): Policy("token", 20_000),
    ("GET", "/twins/{token:str}"): Policy("token"),
    ("POST", "/twins/{token:str}"): Policy("token", 20_000),
    ("POST", "/twins/{token:str}/undo"): Policy("token", 20_000),
    ("POST", "/twins/{token:str}/finish"): Policy("token", 20_000),
    ("GET", "/unsubscribe/{token:str}"): Policy("token"),
    ("POST", "/unsubscribe/{token:str}"): Policy("token"),
    ("GET", "/slack/install"): Policy("open"),
    ("GET", "/slack/oauth_redirect"): Policy("signed"),
    ("POST", "/slack/events"): Policy("signed", MEGABYTE),
    ("GET", "/wecom/{name}"): Policy("signed"),
    ("POST", "/wecom/{name}"): Policy("signed", 1_000_000),
    ("GET", "/wecom/{name}/enter/{token}"): Policy("token"),
}


@dataclass
class Known:
    """An installation with somebody in it, whose letter has the number ``letter``."""

    house: Whole
    letter: int

    def address(self, path: str, *, good: bool = False) -> str:
        """With what is in the place of its names: a secret that has just been given out, or one that never was."""
        token = self.given_out(path.split("/")[1]) if good else "0" * 64
        filled = path.replace("{path}", "style.css").replace("{name}", "main").replace("{digest:str}", "0" * 64)
        return filled.replace("{name:str}", "x").replace("{token:str}", token).replace("{token}", "0" * 64)

    def given_out(self, kind: str) -> str:
        """A secret for the pages of that kind; of kinds that give none, one that never was."""
        if kind == "unsubscribe":
            return letter_token(SECRET, self.letter)
        if kind == "twins":
            return self._twins
        made = {"form": (tickets.form_token, FORM), "upload": (tickets.upload_token, UPLOAD)}
        if kind not in made:
            return "0" * 64
        issue, said = made[kind]
        with self.house.chat.app.database.write() as db:
            place = workspace.by_key(db, "main")
            room = next(iter(rooms.of_platform(db, place.id, "wecom")))
            return issue(db, said, room=room.address, account="lina", now=self.house.chat.clock.now())

    @cached_property
    def _twins(self) -> str:
        """Of a page with two questions that are open."""
        ann = self.house.chat.person("Ann")
        with self.house.chat.app.database.write() as db:
            db.get_one(Person, ann.id).admin = True
        for name in ("Li Na", "Li Na", "Wang Wu", "Wang Wu"):
            ann.says(f"contact add {name} unit: Star Institute", direct=True)
        return ann.says("contact twins open", direct=True).body.partition("/twins/")[2][:64]

    def rows(self) -> list[tuple[str, str]]:
        """Everything that stands in the database."""
        with self.house.chat.read() as db:
            return [
                (table.name, str(sorted(map(str, db.execute(table.select()))))) for table in Base.metadata.sorted_tables
            ]

    @cached_property
    def session(self) -> str:
        browser = self.house.browser(headers={"origin": PUBLIC})
        return browser.post("/login", data={"name": NAME, "password": PASSWORD}).cookies[who.COOKIE]

    def signed_in(self) -> TestClient:
        return self.house.browser(headers={"origin": PUBLIC}, cookies={who.COOKIE: self.session})


@contextmanager
def known_in(folder: Path) -> Iterator[Known]:
    with whole(folder, largest_file_mb=1) as house:
        letter = letter_to(house.chat, "li@example.org")
        with house.chat.app.database.write() as db:
            place = workspace.by_key(db, "main")
            person = people.met(db, place.id, "wecom", "lina", name=NAME)
            set_password(db, person, PASSWORD)
            rooms.met(db, place.id, "wecom", "main/lina", name="", person_id=person.id)
            rooms.met(db, place.id, "web", "team", name="team")
        yield Known(house, letter)
