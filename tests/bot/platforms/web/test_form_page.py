"""A form on a page of its own: sent once, by whom it is for, its answer in the chat and its refusals on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from pathlib import Path
from threading import Barrier

import pytest
from starlette.testclient import TestClient

from bot import tickets
from bot.platforms.web.guard import HEADERS
from messages import Message
from messages.message import Field, Form
from storage import meetings, workspace
from storage.base import Base
from storage.checklist import Task
from tests.bot.platforms.web.lobby import ADDRESS, Lobby, lobby


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lobby]:
    made = lobby(tmp_path)
    yield made
    made.chat.close()


NEW = {"field.name_en": "Autumn School", "field.end": "2026-06-09 17:00"}


def asked(here: Lobby) -> Message:
    message = here.ann.says("meeting new", direct=True)
    assert message.form is not None
    return message


def shown(page: str) -> dict[str, str]:
    """What stands in the page's fields."""
    found = re.findall(r'<input [^>]*name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def posted(client: TestClient, path: str, **typed: str) -> tuple[int, str]:
    """Open the page, fill in, send: as a browser does."""
    page = client.get(path)
    answer = client.post(path, data={**shown(page.text), **typed})
    return answer.status_code, answer.text


def names(here: Lobby) -> list[str]:
    with here.chat.read() as db:
        return [one.name_en for one in meetings.running(db, workspace.by_key(db, "main").id)]


def test_it_is_drawn_and_sent_and_answered_in_the_chat(here: Lobby) -> None:
    path, before = here.form(asked(here)), len(here.heard())
    status, page = posted(here.browser(), path, **NEW)
    assert status == 200
    assert "The answer is in your chat" in page
    assert names(here) == ["Forum", "Autumn School"]
    [answer] = here.heard()[before:]
    assert answer.name == "meetings/new"


def test_the_page_is_nobody_elses_business(here: Lobby) -> None:
    for path in (here.form(asked(here)), "/form/0"):
        headers = here.browser().get(path).headers
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_it_has_nothing_inline_and_speaks_the_persons_language(here: Lobby) -> None:
    page = here.browser("en").get(here.form(here.li.says("meeting new", direct=True), who=here.li)).text
    assert '<html lang="zh-CN">' in page
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|hx-", page)


def test_opening_it_uses_nothing_up(here: Lobby) -> None:
    path, client = here.form(asked(here)), here.browser()
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    assert posted(client, path, **NEW)[0] == 200


def test_it_is_sent_once(here: Lobby) -> None:
    path, client = here.form(asked(here)), here.browser()
    posted(client, path, **NEW)
    for answer in (client.get(path), client.post(path, data={"event_id": "0" * 16, **NEW, "field.name_en": "Other"})):
        assert answer.status_code == 410
        assert "Sent already" in answer.text
        assert "<code>meeting new</code>" in answer.text
    assert names(here) == ["Forum", "Autumn School"]


def test_of_ten_who_send_it_at_once_one_does(here: Lobby) -> None:
    path, client, start = here.form(asked(here)), here.browser(), Barrier(10)
    events = [shown(client.get(path).text)["event_id"] for _ in range(10)]

    def send(number: int) -> int:
        start.wait()
        data = {**NEW, "event_id": events[number], "field.name_en": f"School {number}"}
        return int(here.browser().post(path, data=data).status_code)

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(send, range(10)))
    assert sorted(statuses) == [200] + [410] * 9
    assert len(names(here)) == 2
    assert [message.name for message in here.heard()].count("meetings/new") == 1


def test_what_cannot_be_read_is_asked_again_with_what_was_typed(here: Lobby) -> None:
    path, client, before = here.form(asked(here)), here.browser(), len(here.heard())
    status, page = posted(client, path, **{**NEW, "field.end": "when the cows come home"})
    assert (status, "I cannot tell for sure when" in page) == (200, True)
    assert shown(page)["field.end"] == "when the cows come home"
    assert shown(page)["field.name_en"] == "Autumn School"
    assert here.heard()[before:] == []
    answer = client.post(path, data={**shown(page), "field.end": NEW["field.end"]})
    assert "The answer is in your chat" in answer.text
    assert names(here) == ["Forum", "Autumn School"]


def test_a_refusal_stands_on_the_page_with_what_was_typed(here: Lobby) -> None:
    fields = (Field(name="venue", label="Venue"),)
    path = here.form(Message(name="x", locale="en", form=Form(line="show T999", submit="Go", fields=fields)))
    client, before = here.browser(), len(here.heard())
    status, page = posted(client, path, **{"field.venue": "Hall <7>"})
    assert (status, 'role="alert"' in page, shown(page)["field.venue"]) == (422, True, "Hall <7>")
    assert here.heard()[before:] == []
    assert client.get(path).status_code == 200


def test_what_a_refusal_asks_for_is_asked_from_then_on(here: Lobby) -> None:
    with here.chat.read() as db:
        task = next(one for one in db.query(Task) if one.rule().kind == "link")
    start = Form(line=f"done M1-{task.ref}", submit="Done", fields=(Field(name="other", label="Other"),))
    path = here.form(Message(name="x", locale="en", form=start))
    client = here.browser()
    status, page = posted(client, path)
    assert (status, "needs a link" in page) == (422, True)
    assert "field.note" in client.get(path).text
    assert posted(client, path, **{"field.note": "https://drive.example/x"})[0] == 200
    assert here.heard()[-1].name == "checklist/done"


def test_hidden_fields_are_what_the_bot_put_there(here: Lobby) -> None:
    fields = (Field(name="name_en", label="n", kind="hidden", value="Hidden School"), Field(name="end", label="End"))
    path = here.form(Message(name="x", locale="en", form=Form(line="meeting new", submit="Go", fields=fields)))
    posted(here.browser(), path, **NEW, **{"field.start": "2026-06-01"})
    assert names(here) == ["Forum", "Hidden School"]


def test_it_lasts_a_day(here: Lobby) -> None:
    path, client = here.form(asked(here)), here.browser()
    page = client.get(path).text
    here.chat.clock.move_to(here.chat.clock.now() + timedelta(hours=24))
    for answer in (client.get(path), client.post(path, data={**shown(page), **NEW})):
        assert (answer.status_code, "limited time only" in answer.text) == (410, True)
    assert names(here) == ["Forum"]


def test_a_forged_address_opens_nothing_and_is_slowed_down(here: Lobby) -> None:
    path, client = here.form(asked(here)), here.browser()
    forged = f"/form/{'0' * 64}"
    statuses = [client.post(forged, data={"event_id": "0" * 16, **NEW}).status_code for _ in range(6)]
    assert statuses == [404, 404, 404, 429, 429, 429]
    assert client.get(path).status_code == 200
    assert names(here) == ["Forum"]


@pytest.mark.parametrize("forged", ["%00", "x" * 3000, "会后", "%ed%a0%80", "..%2f..%2fetc"])
def test_nonsense_is_a_page_too(here: Lobby, forged: str) -> None:
    answer = here.browser().get(f"/form/{forged}")
    assert answer.status_code == 404
    assert "</html>" in answer.text


def test_a_page_is_of_its_own_kind_only(here: Lobby) -> None:
    token = here.form(asked(here)).rsplit("/", 1)[1]
    assert here.browser().get(f"/upload/{token}").status_code == 404


def test_a_door_is_opened_by_the_platform_for_whom_it_is(here: Lobby) -> None:
    path, client = here.form(asked(here), door=True), here.browser()
    token = path.rsplit("/", 1)[1]
    assert (client.get(path).status_code, "opens only from the link" in client.get(path).text) == (410, True)
    assert client.post(path, data={"event_id": "0" * 16, **NEW}).status_code == 410

    def enter(account: str) -> str | None:
        with here.chat.app.database.write() as db:
            return tickets.enter(db, ADDRESS, token, account=account, now=here.chat.clock.now())

    assert enter(here.li.account) is None
    address = enter(here.ann.account)
    assert address is not None
    assert posted(client, address.removeprefix(ADDRESS), **NEW)[0] == 200
    assert enter(here.ann.account) is None
    assert "Sent already" in client.get(path).text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 200),
    ],
)
def test_only_our_own_page_may_send_it(here: Lobby, headers: dict[str, str], status: int) -> None:
    path = here.form(asked(here))
    data = {**shown(here.browser().get(path).text), **NEW}
    assert here.browser(**headers).post(path, data=data).status_code == status
    assert len(names(here)) == 1 + (status == 200)


@pytest.mark.parametrize("event", ["", "x", "0" * 17])
def test_what_no_page_of_ours_sends_is_refused(here: Lobby, event: str) -> None:
    assert here.browser().post(here.form(asked(here)), data={**NEW, "event_id": event}).status_code == 400


def test_a_form_that_is_too_long_is_not_read(here: Lobby) -> None:
    data = {"event_id": "0" * 16, "field.name_en": "x" * 600_000}
    assert here.browser().post(here.form(asked(here)), data=data).status_code == 413


def test_the_pages_are_there_though_there_is_no_chat(here: Lobby) -> None:
    client = here.browser()
    assert "HUIHOU_WEB__SECRET" in client.get("/").text
    assert client.get(here.form(asked(here))).status_code == 200


def test_without_an_address_there_are_none(tmp_path: Path) -> None:
    made = lobby(tmp_path, web={"secret": "s" * 32})
    path = made.form(asked(made))
    made.chat.app.settings = made.chat.app.settings.model_copy(update={"public_url": ""})
    from bot import web  # noqa: PLC0415  with other settings

    client = TestClient(web.site(made.chat.app), base_url=ADDRESS)
    assert "Back to the chat" in client.get(path, headers={"accept-language": "en"}).text
    made.chat.close()


def test_the_token_is_not_in_the_database(here: Lobby) -> None:
    path = here.form(asked(here))
    posted(here.browser(), path, **NEW)
    with here.chat.read() as db:
        rows = [str(tuple(row)) for table in Base.metadata.sorted_tables for row in db.execute(table.select())]
    assert not [row for row in rows if path.rsplit("/", 1)[1] in row]
