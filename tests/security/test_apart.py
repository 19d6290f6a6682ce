"""Two associations of the same shape: whatever one says, and whatever page it opens, it never meets the other."""

from __future__ import annotations

import os
import re
import secrets as lottery
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot import web
from bot.limits import Limit
from bot.platforms.web import who
from bot.platforms.web.login import set_password
from handlers import router
from storage import files, people, rooms, workspace
from storage.base import Base
from storage.conversation import Line
from storage.outbox import outbox
from tests.chat import Chat, Somebody, text

MARK = "Quagga"
"""In every word of the other association, and in nothing that is asked."""
SECRET, PASSWORD, PUBLIC = "0123456789abcdefghijklmnopqrstuvwxyz", "long enough to last", "https://bot.example.org"
SHAPE = """
meeting new {0} Congress end: 8 June 17:00 venue: {0} Hall
meeting new {0} Forum end: 9 June 17:00
meeting use M1
add {0} photos phase: 5 due: 2026-06-20 12:00
note T1 {0} courier
start T2
people add {0} Wang, {0} Chen
assign T3 @"{0} Wang"
role set finance @"{0} Wang"
session add {0} talk speakers: {0} Li ({0} University) time: 09:00-09:40
booth add {0} Motors
decision add {0} fees stay moved by {0} present 45 for 40 against 3 abstain 2
volunteer add {0} Lei post: desk
shift add {0} Lei 4 hours {0} stage
contact add {0} Zhao unit: {0} Works title: Professor email: {0}@example.org
contact add {0} Zhao unit: {0} Works
sponsor add {0} Energy tier: Gold contract: HT-{0} cash: 200000
sponsor benefit {0} Energy {0} logo x2 prints
partner add {0} Hotel kind: venue service: {0} halls good: cleared by midnight
thanks fact results {0} people came source {0} list
thanks draft speakers
thanks draft sponsors
away 2026-06-20..2026-06-27 cover @"{0} Wang"
room new {0} room
settings name {0} Society
"""
NUMBER = re.compile(r"(?<![\w/:.-])([MTSFDPCLIBRG#]|@#)?(\d{1,3})(?![\w/:.%-])")
SAMPLE = 220


def tell(person: Somebody, mark: str, place: str) -> None:
    for line in SHAPE.strip().splitlines():
        said = person.says(line.format(mark), workspace=place, room=f"{mark} team")
        assert said.name != "common/refusals/broken", line
    for name in ("photo", "list", "paper"):
        sent = {f"{mark} {name}.txt": f"{mark} {name}".encode()}
        said = person.says("attach T1", workspace=place, room=f"{mark} team", files=sent)
        assert not said.refused, text(said)


@dataclass
class Two:
    """Ann's association was there first, so its ids are small; Eve is the admin of ``main``, which browsers reach."""

    chat: Chat
    eve: Somebody
    theirs: dict[str, set[str]] = field(default_factory=dict)

    def rows(self) -> dict[str, set[str]]:
        with self.chat.read() as db:
            return {table.name: set(map(str, db.execute(table.select()))) for table in Base.metadata.sorted_tables}

    def lost(self) -> dict[str, set[str]]:
        """What of Ann's association is no more as it was."""
        now = self.rows()
        return {name: rows - now[name] for name, rows in self.theirs.items() if rows - now[name]}

    def heard(self) -> str:
        """All that was promised to rooms of Eve's association, or stands in their conversations."""
        with self.chat.read() as db:
            place = workspace.by_key(db, "main")
            own = [room.id for room in db.scalars(select(rooms.Room).where(rooms.Room.workspace_id == place.id))]
            promised = db.scalars(select(outbox.c.payload).where(outbox.c.room_id.in_(own)))
            said = db.scalars(select(Line.payload).where(Line.room_id.in_(own)))
            return "\n".join(map(str, [*promised, *said]))

    def browser(self) -> TestClient:
        with self.chat.app.database.write() as db:
            place = workspace.by_key(db, "main")
            set_password(db, people.met(db, place.id, "web", "eve", name="Eve"), PASSWORD)
            rooms.met(db, place.id, "web", "room:team", name="team")
        given: Any = {"base_url": PUBLIC, "follow_redirects": False, "headers": {"origin": PUBLIC}}
        browser = TestClient(web.site(self.chat.app), **given)
        assert browser.post("/login", data={"name": "eve", "password": PASSWORD}).cookies[who.COOKIE]
        return browser


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    chat = Chat(tmp_path, web={"secret": SECRET}, public_url=PUBLIC)
    chat.app.dispatch.limit = Limit(0, lambda: 0.0)
    made = Two(chat, Somebody(chat, "eve", "Eve", 0))
    tell(Somebody(chat, "ann", f"Ann {MARK}", 0), MARK, "other")
    chat.app.delivery.drain()
    made.theirs = made.rows()
    tell(made.eve, "Zebra", "main")
    yield made
    chat.close()


def lines() -> list[str]:
    """Every command, in the forms in which its own help shows it and with nothing behind it."""
    shown = [(command.name, command.usage("en").how) for command in router.commands]
    forms = [one.split(", with")[0].split(", or")[0] for _, how in shown for one in how.split(" · ")]
    return list(dict.fromkeys([*(name for name, _ in shown), *forms]))


def aimed(line: str, random: Random, most: int) -> str:
    """The same with other numbers, and with the other's people where people stand."""
    hit = NUMBER.sub(lambda found: f"{found[1] or ''}{random.choice((1, 2, 3, random.randint(1, most)))}", line)
    hit = re.sub(r"\bT(\d+)", lambda found: f"{random.choice(('', 'M1-', 'M2-', 'M3-'))}T{found[1]}", hit)
    hit = re.sub(r"@(li|wang)\b", lambda _: f"@#{random.randint(1, 6)}", hit)
    return hit.replace("https://…", "https://example.org").replace("…", "x")


def test_they_have_the_same_shape(two: Two) -> None:
    """Or nothing below would mean anything."""
    marked = {name for name, rows in two.theirs.items() if any(MARK in row for row in rows)}
    assert {"meeting", "task", "file", "person", "party", "letter", "room", "journal", "workspace"} <= marked
    with two.chat.read() as db:
        places = [workspace.by_key(db, key) for key in ("other", "main")]
        assert [len(people.everyone(db, place.id)) for place in places] == [3, 3]
        assert all(files.by_number(db, place.id, 3) for place in places)


@pytest.mark.slow
def test_no_command_reaches_the_other(two: Two) -> None:
    whole = "HUIHOU_FUZZ" in os.environ
    seed = int(os.environ.get("HUIHOU_FUZZ_SEED", lottery.randbelow(10**6)))
    random = Random(seed)  # noqa: S311  which lines are tried, no secret
    every = [line for line in lines() for _ in range(6 if whole else 1)]
    tried = every if whole else random.sample(every, SAMPLE)
    print(f"seed {seed}, {len(tried)} lines of {len(router.commands)} commands")
    most = max(len(rows) for name, rows in two.theirs.items() if name in {"task", "party", "letter", "room", "outbox"})
    for line in tried:
        asked = aimed(line, random, most)
        thread = ("M1-T1", "M2-T1") if random.random() < 0.2 else ()
        said = two.eve.says(asked, room="Zebra team", thread=thread)
        assert said.name != "common/refusals/broken", asked
        assert MARK not in text(said) + said.model_dump_json(), asked
    assert two.lost() == {}
    two.chat.app.delivery.drain()
    assert MARK not in two.heard()


def test_no_page_reaches_the_other(two: Two) -> None:
    browser = two.browser()
    with two.chat.read() as db:
        place = workspace.by_key(db, "other")
        theirs = [room.id for room in db.scalars(select(rooms.Room).where(rooms.Room.workspace_id == place.id))]
        digests = [files.by_number(db, place.id, number).digest for number in (1, 2, 3)]  # type: ignore[union-attr]
        own = next(room.id for room in rooms.of_platform(db, workspace.by_key(db, "main").id, "web"))
        said = [line.id for line in db.scalars(select(Line).where(Line.room_id.in_(theirs)))]
    for room in theirs:
        for path in (
            "/",
            "/older?before=999999",
            "/checklist?",
            "/rooms?",
            "/clock?",
            "/demo/everybody?",
            "/events?seen=0",
        ):
            joint = "&" if "?" in path else "?"
            answer = browser.get(f"{path}{joint}room={room}")
            assert answer.status_code == 404 or path in {"/", "/rooms?"}, path
            assert MARK not in answer.text, path
        given = {"room": str(room), "line": "list", "event_id": f"event-{room:06}"}
        assert browser.post("/say", data=given).status_code == 404
    for digest in digests:
        assert browser.get(f"/files/{digest}?name={MARK} photo.txt").status_code == 404
    for number in (*said, 1, 2, 3):
        given = {"room": str(own), "line": "list", "pressed": str(number), "reply_to": str(number)}
        answer = browser.post("/say", data={**given, "event_id": f"press-{number:06}", "field.title": "x"})
        assert MARK not in answer.text
    assert MARK not in browser.get(f"/?room={own}").text
    twins = two.eve.says("contact twins open", direct=True).body.partition("](")[2].partition(")")[0]
    assert "Zebra Zhao" in browser.get(twins).text
    given = {f"answer.P{one}-P{other}": "same" for one in range(1, 5) for other in range(5, 9)}
    assert MARK not in browser.post(twins, data={"event_id": "0" * 16, **given}).text
    assert MARK not in two.heard()
    assert two.lost() == {}
