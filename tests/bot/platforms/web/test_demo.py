"""Acting as somebody and moving the clock; a demo that nobody has seeded has somebody to be."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.platforms.web import demo as stage
from messages import Message
from storage import conversation, people, rooms, workspace
from tests.bot.platforms.web.house import ADDRESS, House, house
from tests.bot.platforms.web.test_events import meeting


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
    assert "nobody heard anything" in jump(demo, li, to)
    assert abs(demo.app.clock.ahead - step) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("spoken_to", "told"),
    [
        (["team"], "Huihou spoke in team."),
        (["李娜", "Wang Jianguo"], "Huihou wrote to 李娜 and Wang Jianguo."),
        (["money", "team", "李娜"], "Huihou spoke in team and money and wrote to 李娜."),
        ([], "Nothing was due, so nobody heard anything."),
    ],
)
@pytest.mark.usefixtures("wang")
def test_after_a_jump_the_page_says_who_heard_something(
    demo: House, li: TestClient, monkeypatch: pytest.MonkeyPatch, spoken_to: list[str], told: str
) -> None:
    demo.bot_says(Message(name="x", locale="en", body="before"), room=demo.room("money"))

    def settle() -> None:
        for name in spoken_to:
            demo.bot_says(Message(name="x", locale="en", body="nudge"), key=f"nudge-{name}", room=demo.room(name))

    monkeypatch.setattr(demo.app, "settle", settle)
    assert told in jump(demo, li, "next_day")


def jump(house: House, client: TestClient, to: str) -> str:
    answer = client.post("/demo/clock", data={"to": to, "room": str(house.room())})
    assert answer.status_code == 200
    return answer.text


def test_the_menu_of_people_tells_their_roles_in_the_rooms_meeting(demo: House, li: TestClient) -> None:
    number = meeting(demo)
    with demo.app.database.write() as db:
        for role, person in [(people.Role.FINANCE, 1), (people.Role.LEAD, 1), (people.Role.RECORDS, 2)]:
            db.add(people.RoleHolder(meeting_id=number, role=role, person_id=person))
    for path in ("/", "/demo/everybody"):
        menu = re.sub(r"<[^>]+>", "", li.get(f"{path}?room={demo.room()}").text)
        assert "李娜 · project lead · finance\n" in menu
        assert "Wang Jianguo · records\n" in menu
        assert "· finance" not in li.get(f"{path}?room={demo.room('money')}").text


def test_the_menu_of_people_is_for_a_demo(real: House) -> None:
    assert real.browser().get(f"/demo/everybody?room={real.room()}").status_code == 404


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
    assert "No nudge is planned" in jump(demo, li, "next_nudge")


@pytest.mark.parametrize(("locale", "name"), [("zh_CN", "您"), ("en", "You")])
def test_an_unseeded_demo_has_somebody_and_a_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str, name: str
) -> None:
    made = house(tmp_path, monkeypatch, demo=True)
    with made.app.database.write() as db:
        workspace.by_key(db, "main").locale = locale
        for table in (rooms.Room, people.Account, people.Person):
            db.query(table).delete()
    page = TestClient(made.asgi, base_url=ADDRESS).get("/")
    assert page.status_code == 200
    with made.app.database.read() as db:
        (person,) = people.everyone(db, 1)
        assert person.name == name
        assert [room.person_id for room in rooms.of_platform(db, 1, "web")] == [person.id]
    made.app.database.close()


def test_a_line_from_another_process_is_found_by_its_key(demo: House) -> None:
    line = demo.bot_says(Message(name="x", locale="en", body="hello"), key="k")
    with demo.app.database.read() as db:
        found = conversation.by_key(db, "k")
    assert found
    assert found.id == line.id
