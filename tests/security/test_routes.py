"""Every address there is: who may come, what is refused, how much is read. One that nobody has judged fails here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import pytest
from starlette.testclient import TestClient

from bot import tickets
from bot.platforms.email.sending import token as letter_token
from bot.platforms.web import who
from bot.platforms.web.guard import HEADERS, SIGNED
from bot.platforms.web.login import set_password
from messages import Message
from messages.message import Field, Form, Upload
from storage import people, rooms, workspace
from storage.base import Base
from storage.people import Person
from tests.letters import letter_to
from tests.security.whole import PUBLIC, SECRET, Whole, whole

NAME, PASSWORD, EVIL = "李娜", "long enough to last", "evil.example"
MEGABYTE = 1_000_000
ROOM = {"room": "1", "before": "1"}
INLINE = re.compile(r"<script(?![^>]* src=)|<style(?! nonce=)|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)
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
POSTS = [key for key in POLICIES if key[0] == "POST"]
OURS = [path for _, path in POSTS if not path.startswith(SIGNED)]
LONG = [(path, policy.most) for (method, path), policy in POLICIES.items() if method == "POST" and policy.most]


@dataclass
class Known:
    """An installation with somebody in it, whose letter has the number ``letter``."""

    house: Whole
    letter: int

    def address(self, path: str, *, good: bool = False) -> str:
        """With what is in the place of its names: a secret that has just been given out, or one that never was."""
        token = self._given_out(path.split("/")[1]) if good else "0" * 64
        filled = path.replace("{path}", "style.css").replace("{name}", "main").replace("{digest:str}", "0" * 64)
        return filled.replace("{name:str}", "x").replace("{token:str}", token).replace("{token}", "0" * 64)

    def _given_out(self, kind: str) -> str:
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
            return issue(db, said, room=room, account="lina", now=self.house.chat.clock.now())

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


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    with whole(tmp_path_factory.mktemp("whole"), largest_file_mb=1) as house:
        letter = letter_to(house.chat, "li@example.org")
        with house.chat.app.database.write() as db:
            place = workspace.by_key(db, "main")
            person = people.met(db, place.id, "wecom", "lina", name=NAME)
            set_password(db, person, PASSWORD)
            rooms.met(db, place.id, "wecom", "main/lina", name="", person_id=person.id)
            rooms.met(db, place.id, "web", "team", name="team")
        yield Known(house, letter)


def test_every_route_has_been_judged(known: Known) -> None:
    assert sorted(known.house.routes()) == sorted(POLICIES)


@pytest.mark.parametrize(("method", "path"), POLICIES)
def test_a_stranger_gets_in_nowhere_and_changes_nothing(known: Known, method: str, path: str) -> None:
    known.house.browser(headers={"origin": PUBLIC}).get("/login")
    before = known.rows()
    answer = known.house.browser(headers={"origin": PUBLIC}).request(method, known.address(path), params=ROOM)
    expected = {
        "open": {200, 303, 401, 404, 413},
        "session": {303, 401, 413},
        "demo": {303, 404, 413},
        "token": {404, 413, 302, 429},
        "signed": {400, 401, 403, 404},
    }
    assert answer.status_code in expected[POLICIES[method, path].gate]
    if answer.status_code == 303:
        assert answer.headers["location"] == "/login"
    assert known.rows() == before


@pytest.mark.parametrize("path", OURS)
@pytest.mark.parametrize(
    "said", [{}, {"origin": f"https://{EVIL}"}, {"origin": "null"}, {"sec-fetch-site": "same-site"}]
)
def test_no_page_of_another_site_has_anything_done(known: Known, path: str, said: dict[str, str]) -> None:
    browser = known.signed_in()
    browser.headers.pop("origin")
    address, before = known.address(path, good=True), known.rows()
    good = {"name": "x", "line": "help", "room": "1", "event_id": "event-0001", "account": "li", "to": "next_day"}
    assert browser.post(address, data=good, headers=said).status_code == 403
    assert known.rows() == before


def test_what_needs_no_origin_carries_a_signature_of_its_own(known: Known) -> None:
    free = {path for _, path in POSTS if path.startswith(SIGNED)}
    assert free == {"/slack/events", "/wecom/{name}", "/unsubscribe/{token:str}"}


@pytest.mark.parametrize(("method", "path"), POLICIES)
def test_every_answer_has_strict_headers_and_repeats_no_host(known: Known, method: str, path: str) -> None:
    if path == "/events":
        return  # a stream without an end; `test_events.py` reads it
    for browser in (known.house.browser(), known.signed_in()):
        answer = browser.request(
            method, known.address(path, good=True), headers={"host": EVIL, "x-forwarded-host": EVIL}
        )
        told = answer.headers
        policy = told["content-security-policy"]
        assert policy.startswith(("default-src 'self'", "default-src 'none'", "sandbox; default-src 'none'"))
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy or policy.startswith("sandbox")
        assert {name for name in HEADERS if name.lower() not in told} == set()
        assert told["x-content-type-options"] == "nosniff"
        assert path.startswith("/static/") or told["cache-control"] in {"no-store", "private, max-age=86400"}
        assert EVIL not in answer.text + str(told)
        if told.get("content-type", "").startswith("text/html"):
            assert not INLINE.search(answer.text)


def test_every_cookie_is_kept_from_scripts_from_other_sites_and_from_plain_http(known: Known) -> None:
    set_by: dict[str, set[str]] = {}
    for (method, path), policy in POLICIES.items():
        if path == "/events":
            continue
        browser = known.signed_in() if policy.gate == "session" else known.house.browser()
        data = {"name": NAME, "password": PASSWORD, "locale": "en"} if method == "POST" else None
        # As a proxy asks that speaks TLS to the browser and plain HTTP to us.
        plain = PUBLIC.replace("https:", "http:") + known.address(path)
        headers = {"sec-fetch-site": "same-origin"}
        for cookie in browser.request(method, plain, data=data, headers=headers).headers.get_list("set-cookie"):
            set_by.setdefault(cookie.split("=")[0], set()).add(path)
            if "Max-Age=0" in cookie:
                continue
            assert re.search("; secure(;|$)", cookie, re.IGNORECASE), cookie
            assert re.search("; samesite=(lax|strict)(;|$)", cookie, re.IGNORECASE), cookie
            assert re.search("; httponly(;|$)", cookie, re.IGNORECASE), cookie
    assert set_by == {
        who.COOKIE: {"/login", "/logout"},
        "lang": {"/language"},
        "huihou-slack-state": {"/slack/install"},
    }


@pytest.mark.parametrize(("path", "most"), LONG)
@pytest.mark.parametrize("length", ["told", "nonsense", "not told"])
def test_no_more_is_read_than_may_come(known: Known, path: str, most: int, length: str) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        while sent < 8 * MEGABYTE:
            sent += 65_536
            yield b"a" * 65_536

    said = {"told": {"content-length": str(8 * MEGABYTE)}, "nonsense": {"content-length": "9" * 5000}, "not told": {}}
    form = {
        "content-type": "application/octet-stream" if path.endswith("/file") else "application/x-www-form-urlencoded"
    }
    given = f"{known.address(path, good=True)}{'?batch=0123456789abcdef&name=a.csv' if path.endswith('/file') else ''}"
    answer = known.signed_in().post(given, content=pieces(), headers={**said[length], **form})
    assert answer.status_code == 413
