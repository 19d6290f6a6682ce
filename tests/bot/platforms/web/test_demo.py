"""Acting as somebody and moving the clock; a demo that nobody has seeded has somebody to be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.platforms.web import demo as stage
from messages import Message
from storage import conversation, people, rooms
from tests.bot.platforms.web.house import ADDRESS, House, house


def test_acting_as_somebody_else(demo: House, li: TestClient) -> None:
    demo.hears(li, "hello")
    assert (
        li.post("/demo/act-as", data={"account": "wang", "room": str(demo.room())})
        .headers["location"]
        .endswith(f"room={demo.room()}")
    )
    demo.hears(li, "hello again", event="event-0002")
    assert [line.person_id for line in demo.lines()[::2]] == [1, 2]


def test_acting_as_nobody_is_refused(demo: House, li: TestClient) -> None:
    assert li.post("/demo/act-as", data={"account": "stranger"}).status_code == 404


def test_another_persons_own_room_is_left(demo: House, li: TestClient) -> None:
    answer = li.post("/demo/act-as", data={"account": "wang", "room": str(demo.room("李娜"))})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(("to", "step"), [("next_day", timedelta(days=1)), ("next_week", timedelta(weeks=1))])
def test_the_clock_moves_by_a_step(demo: House, li: TestClient, to: str, step: timedelta) -> None:
    assert li.post("/demo/clock", data={"to": to}).status_code == 204
    assert abs(demo.app.clock.ahead - step) < timedelta(seconds=5)


def test_the_clock_knows_no_other_step(demo: House, li: TestClient) -> None:
    assert li.post("/demo/clock", data={"to": "yesterday"}).status_code == 404


def test_the_next_nudge_is_where_the_bot_speaks(demo: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at which nothing is said are passed over."""
    now = demo.app.clock.now()
    looks = [now + timedelta(days=days) for days in (1, 2, 3, 4)]
    monkeypatch.setattr("storage.nudges.next_due", lambda _db: looks[0] if looks else None)

    def settle() -> None:
        if looks and demo.app.clock.now() >= looks[0]:
            looks.pop(0)
            if len(looks) == 1:
                demo.bot_says(Message(name="x", locale="en", body="nudge"))

    monkeypatch.setattr(demo.app, "settle", settle)
    assert stage.to_next_nudge(demo.site, now)
    assert abs(demo.app.clock.ahead - timedelta(days=3)) < timedelta(minutes=1)
    assert len(demo.lines()) == 1


def test_without_anything_planned_the_page_says_so(demo: House, li: TestClient) -> None:
    answer = li.post("/demo/clock", data={"to": "next_nudge"})
    assert (answer.status_code, answer.headers["hx-retarget"]) == (409, "#notice")
    assert "No nudge is planned" in answer.text


def test_an_unseeded_demo_has_somebody_and_a_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = house(tmp_path, monkeypatch, demo=True)
    with made.app.database.write() as db:
        for table in (rooms.Room, people.Account, people.Person):
            db.query(table).delete()
    page = TestClient(made.asgi, base_url=ADDRESS).get("/")
    assert page.status_code == 200
    with made.app.database.read() as db:
        assert len(people.everyone(db, 1)) == 1
        assert [room.person_id for room in rooms.of_platform(db, 1, "web")] == [1]
    made.app.database.close()


def test_a_line_from_another_process_is_found_by_its_key(demo: House) -> None:
    line = demo.bot_says(Message(name="x", locale="en", body="hello"), key="k")
    with demo.app.database.read() as db:
        found = conversation.by_key(db, "k")
    assert found
    assert found.id == line.id
