"""The ways in from browsers: the chat's pages and forms, one-time pages, and what mail programs post."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from bot import tickets
from bot.limits import Limit
from bot.platforms.email.sending import token as letter_token
from bot.platforms.web import who
from bot.platforms.web.login import set_password
from messages import Message
from messages.message import Field, Form, Upload
from storage import people, rooms, workspace
from tests.letters import letter_to
from tests.security.junk import WORDS, Junk
from tests.security.watching import Throw
from tests.security.whole import PUBLIC, SECRET, Whole, whole

NAME, PASSWORD = "李娜", "long enough to last"
LINES = ("help", "list", "status", "meeting new Forum end: 8 June 17:00", "done T1", "undo", "M1", "add Water phase: 5")
PAGES = (
    "/",
    "/older",
    "/checklist",
    "/rooms",
    "/clock",
    "/files/0123",
    "/login",
    "/nowhere",
    "/static/chat.css",
    "/healthz",
)
POSTS = ("/say", "/say", "/say", "/login", "/logout", "/language", "/rooms", "/demo/act-as", "/demo/clock")
FORM = Message(
    name="x/form", locale="en", form=Form(line="note T1", submit="Go", fields=(Field(name="text", label="Words"),))
)
UPLOAD = Message(name="x/files", locale="en", upload=Upload(line="files", label="Files", here="Here"))
MULTIPART = (
    b'--B\r\nContent-Disposition: form-data; name="room"\r\n\r\n1\r\n'
    b'--B\r\nContent-Disposition: form-data; name="event_id"\r\n\r\nevent-0001\r\n'
    b'--B\r\nContent-Disposition: form-data; name="line"\r\n\r\nhelp\r\n'
    b'--B\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\na,b\r\n--B--\r\n"
)


@contextmanager
def _signed_in(folder: Path) -> Iterator[tuple[Whole, int, str]]:
    """Somebody is signed in; the number of a room, and the session."""
    with whole(folder, largest_file_mb=1) as house:
        with house.chat.app.database.write() as db:
            place = workspace.by_key(db, "main", locale="en")
            person = people.met(db, place.id, "web", NAME, name=NAME)
            set_password(db, person, PASSWORD)
            room = rooms.met(db, place.id, "web", "team", name="team").id
        house.chat.app.dispatch.limit = Limit(0, lambda: 0.0)
        browser = house.browser(headers={"origin": PUBLIC})
        session = browser.post("/login", data={"name": NAME, "password": PASSWORD}).cookies[who.COOKIE]
        yield house, room, session


def _safe(text: str) -> str:
    """As it can be sent at all."""
    return text.encode("utf-8", "replace").decode()


def _bent(junk: Junk, fields: dict[str, str]) -> dict[str, str]:
    bent = {name: _safe(junk.text(value)) if junk.random.random() < 0.3 else value for name, value in fields.items()}
    if junk.random.random() < 0.2:
        bent.pop(junk.random.choice(list(bent)), None)
    if junk.random.random() < 0.2:
        bent[_safe(junk.random.choice(WORDS))] = _safe(junk.random.choice(WORDS))
    return bent


@contextmanager
def chat_forms(folder: Path) -> Iterator[Throw]:
    """Posts of somebody who is signed in."""
    with _signed_in(folder) as (house, room, session):
        count = 0

        def throw(junk: Junk) -> tuple[int, str]:
            nonlocal count
            count += 1
            browser = house.browser(headers={"origin": PUBLIC}, cookies={who.COOKIE: session})
            if junk.random.random() < 0.2:
                kind = {
                    "content-type": junk.random.choice(
                        ("multipart/form-data; boundary=B", "multipart/form-data", "text/xml")
                    )
                }
                answer = browser.post("/say", content=junk.data(MULTIPART), headers=kind)
                return answer.status_code, answer.text
            given = {
                "room": str(room),
                "event_id": f"event-{count:06}",
                "line": junk.random.choice(LINES),
                "pressed": "1",
            }
            given |= {
                "reply_to": "1",
                "field.title": "x",
                "name": "x",
                "locale": "en",
                "account": "li",
                "to": "next_day",
            }
            path = junk.random.choice(POSTS)
            data = _bent(junk, {name: given[name] for name in ("name", "locale")} if path == "/login" else given)
            if path == "/login":
                data["name"] = NAME[:1]  # one name, so that the throttle answers and no password is hashed
            answer = browser.post(path, data=data)
            return answer.status_code, answer.text

        yield throw


@contextmanager
def chat_pages(folder: Path) -> Iterator[Throw]:
    """Pages, with junk in the address, the headers and the cookie."""
    with _signed_in(folder) as (house, room, session):

        def throw(junk: Junk) -> tuple[int, str]:
            cookie = session if junk.random.random() < 0.7 else _header(junk.text(session))
            query = _bent(junk, {"room": str(room), "before": "1", "name": "a", "pulse": "...", "seen": "0"})
            path = junk.random.choice(PAGES)
            if junk.random.random() < 0.3:
                path = "/" + quote(_safe(junk.text(path[1:])), safe="/")[:4000]
            headers = {"cookie": f"{who.COOKIE}={cookie}"}
            headers |= {
                name: _header(junk.random.choice(WORDS))
                for name in _some(junk, ("range", "accept-language", "if-range", "hx-request", "host"))
            }
            answer = house.browser().get(path, params=query, headers=headers)
            return answer.status_code, answer.text

        yield throw


def _some(junk: Junk, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if junk.random.random() < 0.15]


def _header(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii() and letter.isprintable() and letter != ";")[:4000]


@contextmanager
def one_time_pages(folder: Path) -> Iterator[Throw]:
    """Forms, uploads and the page for letters, at addresses that were given out and at others."""
    with whole(folder, largest_file_mb=1) as house:
        letter = letter_to(house.chat, "li@example.org")
        with house.chat.app.database.write() as db:
            place = workspace.by_key(db, "main", locale="en")
            person = people.met(db, place.id, "wecom", "lina", name=NAME)
            room = rooms.met(db, place.id, "wecom", "main/lina", name="", person_id=person.id)
        house.chat.app.dispatch.limit = Limit(0, lambda: 0.0)
        given: dict[str, str] = {}

        def fresh() -> None:
            now = house.chat.clock.now()
            with house.chat.app.database.write() as db:
                given["form"] = tickets.form_token(db, FORM, room=room.address, account="lina", now=now)
                given["upload"] = tickets.upload_token(db, UPLOAD, room=room.address, account="lina", now=now)
            given["unsubscribe"] = letter_token(SECRET, letter)

        def throw(junk: Junk) -> tuple[int, str]:
            if junk.random.random() < 0.1 or not given:
                fresh()
            kind = junk.random.choice(("form", "form", "upload", "upload", "unsubscribe", "archive"))
            token = given.get(kind, "0")
            token = token if junk.random.random() < 0.7 else quote(_safe(junk.text(token)), safe="")[:4000]
            more = junk.random.choice(("", "", "/file", "/give", "/finish")) if kind == "upload" else ""
            method = junk.random.choice(("GET", "POST", "POST"))
            data = _bent(
                junk,
                {"event_id": f"{junk.random.getrandbits(64):016x}", "field.text": "x", "batch": "0123456789abcdef"},
            )
            query = _bent(junk, {"batch": "0123456789abcdef", "name": "a.csv"}) if more == "/file" else {}
            sent = {"content": junk.data(b"a,b\n1,2")} if more == "/file" else {"data": data}
            browser = house.browser(headers={"origin": PUBLIC})
            if method == "GET":
                answer = browser.get(f"/{kind}/{token}{more}", params=query)
            else:
                answer = browser.post(f"/{kind}/{token}{more}", params=query, **sent)
            return answer.status_code, answer.text

        yield throw
