"""The stream behind a page: every line once and in order, whatever breaks in between."""

from __future__ import annotations

import asyncio
import random
import re
from typing import TypeVar

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sse_starlette import ServerSentEvent
from starlette.requests import Request
from starlette.testclient import TestClient

from bot.platforms.web import events, render, who
from bot.platforms.web.events import Watch
from bot.platforms.web.site import Away, NotThere
from messages import Message
from storage import checklist, conversation, meetings, people, rooms, templates
from tests.apart import apart
from tests.bot.platforms.web.house import LIST, House

T = TypeVar("T")


def request(client: TestClient) -> Request:
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return Request({"type": "http", "headers": [(b"cookie", cookie.encode())], "method": "GET", "path": "/"})


def watch(house: House, client: TestClient, *, room: int | None = None, seen: int = 0) -> Watch:
    number = room or house.room()
    asked = request(client)
    with house.app.database.read() as db:
        found = who.visitor(house.site, db, asked)
        pulse = render.pulse(house.site, db, found, rooms.get(db, number))
    return Watch(house.site, asked, str(number), seen, pulse)


def ids(news: list[ServerSentEvent]) -> list[int]:
    return [int(event.id) for event in news if event.id]


def marks(news: list[ServerSentEvent]) -> set[str]:
    return {str(event.event) for event in news if event.event}


def test_new_lines_come_once(demo: House, li: TestClient) -> None:
    page = watch(demo, li)
    demo.hears(li, "hello")
    news = page.look()
    assert ids(news) == [1, 2]
    assert "hello" in str(news[0].data)
    assert 'hx-target="#lines"' in str(news[0].data)
    assert page.look() == []


def test_an_edited_line_comes_again_in_its_new_words(demo: House, li: TestClient) -> None:
    line = demo.bot_says(LIST)
    page = watch(demo, li, seen=1)
    with demo.app.database.write() as db:
        kept = conversation.get(db, line.id)
        assert kept
        conversation.edit(db, kept, Message(name="x", locale="en", body="All settled").model_dump_json())
    news = page.look()
    assert ids(news) == [2]
    assert f'id="line-{line.id}"' in str(news[0].data)
    assert "All settled" in str(news[0].data)
    assert "edited" in str(news[0].data)


def test_a_reply_goes_into_its_thread(demo: House, li: TestClient) -> None:
    parent = demo.bot_says(LIST)
    page = watch(demo, li, seen=1)
    assert demo.hears(li, "done", reply_to=str(parent.id)) == 204
    news = page.look()
    assert ids(news) == [2, 3]
    assert [f'hx-target="#thread-{parent.id}"' in str(event.data) for event in news] == [True, True]


def test_what_is_for_one_person_comes_to_that_person_only(demo: House, li: TestClient, wang: TestClient) -> None:
    hers, his = watch(demo, li), watch(demo, wang)
    demo.hears(li, "secret")
    assert ids(hers.look()) == [1, 2]
    assert ids(his.look()) == [1]


def test_another_room_only_marks_the_list_of_rooms(demo: House, li: TestClient) -> None:
    page = watch(demo, li)
    demo.bot_says(LIST, room=demo.room("money"))
    news = page.look()
    assert (ids(news), marks(news)) == ([], {"rooms"})


def test_the_clock_is_told(demo: House, li: TestClient) -> None:
    page = watch(demo, li)
    demo.app.clock.ahead += demo.app.clock.ahead.resolution * 10**6 * 3600
    assert "clock" in marks(page.look())


def meeting(house: House) -> int:
    """A meeting of two tasks, due now, on which the room ``team`` works."""
    with house.app.database.write() as db:
        now = house.app.clock.now()
        shape = templates.Template(
            workspace_id=1, key="t", version=1, source="", added_at=now, content=CONTENT.model_dump_json()
        )
        db.add(shape)
        db.flush()
        row = meetings.Meeting(
            workspace_id=1, number=1, name_en="Annual", starts_at=now, ends_at=now, zone="UTC", template_id=shape.id
        )
        db.add(row)
        db.flush()
        for number in (1, 2):
            db.add(checklist.Task(meeting_id=row.id, number=number, phase=1, title_en=f"Task {number}", due_at=now))
        rooms.get(db, house.room()).meeting_id = row.id
        return row.id


WORDS = templates.Words(zh="一", en="One")
CONTENT = templates.Content(
    key="t",
    version=1,
    title=WORDS,
    phases=(
        templates.Phase(
            key="p",
            title=WORDS,
            items=(templates.Item(key="i", title=WORDS, how=WORDS, due="E+1", owner=people.Role.LEAD),),
        ),
    ),
)


def test_the_panel_is_told_of_every_change(demo: House, li: TestClient) -> None:
    page = watch(demo, li)
    number = meeting(demo)
    assert marks(page.look()) == {"panel"}
    with demo.app.database.write() as db:
        checklist.tasks(db, number)[0].state = checklist.State.DONE
    assert marks(page.look()) == {"panel"}
    with demo.app.database.write() as db:
        db.add(checklist.Assignment(task_id=checklist.tasks(db, number)[1].id, person_id=1))
    assert marks(page.look()) == {"panel"}
    assert page.look() == []


def test_somebody_who_may_no_longer_look_is_sent_home(real: House, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Watch(real.site, request(real.browser()), str(real.room()), 0, "..")
    with pytest.raises(Away):
        page.look()
    assert apart(all_of(page)) == []


async def all_of(page: Watch) -> list[ServerSentEvent]:
    return [event async for event in events.stream(page)]


def test_a_room_that_went_away_ends_the_stream(demo: House, li: TestClient) -> None:
    page = watch(demo, li)
    page.room_id = "999"
    with pytest.raises(NotThere):
        page.look()


def broken(how: str) -> Exception:
    """As the database raises it. PostgreSQL's ``57P01``: it stops; ``0A000``: an upgrade; ``42703``: no such column."""
    cause = Exception(how)
    cause.sqlstate = how  # type: ignore[attr-defined]
    return OperationalError("SELECT", {}, cause)


def fails(page: Watch, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> None:
        raise error

    monkeypatch.setattr(page.site.database, "read", read)


@pytest.mark.parametrize("error", [broken("57P01"), broken("0A000"), NoConnection("none is free")])
def test_while_the_database_is_away_the_stream_ends_and_the_page_comes_again(
    demo: House, li: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    page = watch(demo, li)
    address = f"/events?room={demo.room()}"
    with monkeypatch.context() as gone:
        fails(page, error, gone)
        assert apart(all_of(page)) == []
        assert li.get(address).status_code == 503
    demo.hears(li, "hello")
    assert ids(page.look()) == [1, 2]


def test_a_fault_of_ours_is_not_passed_over(demo: House, li: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    page = watch(demo, li)
    fails(page, broken("42703"), monkeypatch)
    with pytest.raises(OperationalError):
        apart(all_of(page))
    with pytest.raises(OperationalError):
        li.get("/events?room=1")


def test_nothing_is_lost_or_doubled_over_reconnects(demo: House, li: TestClient, wang: TestClient) -> None:
    """The page's id is all that a new connection knows."""
    dice = random.Random(20260617)  # noqa: S311  the same course every time
    page, got = watch(demo, li), []
    for number in range(60):
        client = dice.choice([li, wang])
        demo.hears(client, dice.choice(["hello", "secret", "list"]), event=f"event-{number:04}")
        if dice.random() < 0.3:
            got += page.look()
        if dice.random() < 0.2:  # the line breaks; what was on its way is lost
            last = max(ids(got), default=0)
            page.look()
            page = watch(demo, li, seen=last)
    got += page.look()
    with demo.app.database.read() as db:
        li_id = people.account(db, 1, "web", "li")
        assert li_id
        wanted = [line.seen for line in conversation.since(db, demo.room(), 0, person_id=li_id.person_id)]
    assert ids(got) == wanted
    assert 100 < len(wanted) < 120


def test_a_page_says_where_it_stands(demo: House, li: TestClient) -> None:
    demo.hears(li, "hello")
    html = li.get(f"/?room={demo.room()}").text
    address = re.search(r'hx-sse:connect="([^"]+)"', html)
    assert address
    assert f"room={demo.room()}&amp;seen=2&amp;pulse=" in address[1]


def test_a_ring_wakes_whoever_listens_from_any_thread(demo: House) -> None:
    bell = demo.site.bell

    async def listen() -> bool:
        with bell.listening() as ear:
            await asyncio.to_thread(bell.ring)
            await asyncio.wait_for(ear.wait(60), 5)
        return True

    assert apart(listen())
    bell.ring()


def test_a_closed_bell_ends_the_stream(demo: House, li: TestClient) -> None:
    page = watch(demo, li)
    page.site.bell.close()
    assert apart(all_of(page)) == []
