"""Look-alikes on a page: settled as if said in the chat, by who may, once, and never against what others said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from storage.journal import Entry
from storage.parties import Twin
from storage.people import Person
from tests.bot.platforms.web.lobby import Lobby, lobby
from tests.chat import Somebody

EVENT = "0123456789abcdef"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lobby]:
    made = lobby(tmp_path)
    for digit, name in enumerate(("Li Na", "Wang Wu", "Chen Si")):
        made.ann.says(f"contact add {name} unit: Star Institute email: a{digit}@example.org", direct=True)
        made.ann.says(f"contact add {name} unit: Star Institute phone: 1390000000{digit}", direct=True)
    yield made
    made.chat.close()


@pytest.fixture
def browser(here: Lobby) -> TestClient:
    return here.browser()


@pytest.fixture
def page(here: Lobby) -> str:
    return address(here.ann)


def address(who: Somebody) -> str:
    found = re.search(r"\]\((\S*/twins/[0-9a-f]{64})\)", who.says("contact twins open", direct=True).body)
    assert found is not None
    return found[1]


def make_admin(here: Lobby, who: Somebody, admin: bool = True) -> None:  # noqa: FBT001, FBT002
    with here.chat.app.database.write() as db:
        db.get_one(Person, who.id).admin = admin


def answers(here: Lobby) -> list[str]:
    with here.chat.read() as db:
        return [str(twin.answer) for twin in db.query(Twin).order_by(Twin.id)]


def send(browser: TestClient, page: str, given: dict[str, str]) -> str:
    answer = browser.post(page, data={"event_id": EVENT, **given})
    assert answer.status_code == 200
    return answer.text


def test_many_are_settled_in_one_go_and_sending_twice_settles_once(here: Lobby, browser: TestClient, page: str) -> None:
    before, shown = len(here.heard()), browser.get(page)
    assert (shown.headers["x-robots-tag"], shown.text.count("<fieldset")) == ("noindex, nofollow", 3)
    given = {"answer.P1-P2": "same", "keep.P1-P2": "P2", "answer.P3-P4": "apart", "answer.P5-P6": "later"}
    for _ in range(2):
        told = send(browser, page, given)
        assert "P1 Li Na is now P2" in told
        assert "P3 Wang Wu and P4 Wang Wu stay two" in told
        assert answers(here) == ["same", "apart", "open"]
    with here.chat.read() as db:
        said = [entry.line for entry in db.query(Entry)]
    assert [line for line in said if "unanswered" in line] == [
        "contact merge P2 P1 unanswered",
        "contact apart P3 P4 unanswered",
    ]
    (summary,) = here.heard()[before:]  # once, however often it is sent
    assert "2 questions are answered" in str(summary)
    assert "`contact part P1`" in str(summary)
    assert "`contact merge P3 P4`" in str(summary)


def test_an_answer_is_taken_back_on_the_page_and_nothing_else_is(here: Lobby, browser: TestClient, page: str) -> None:
    send(browser, page, {"answer.P1-P2": "same", "answer.P3-P4": "apart"})
    assert browser.post(f"{page}/undo", data={"event_id": EVENT, "pair": "P5-P6"}).status_code == 400
    told = browser.post(f"{page}/undo", data={"event_id": EVENT, "pair": "P1-P2"})
    assert told.status_code == 200
    assert answers(here) == ["open", "apart", "open"]


def test_what_somebody_else_has_said_meanwhile_stands(here: Lobby, browser: TestClient, page: str) -> None:
    stale = here.ann.says("contact twins", direct=True)
    make_admin(here, here.li)
    here.li.says("contact apart P1 P2", direct=True)
    here.li.says("contact merge P3 P4", direct=True)
    told = send(browser, page, {"answer.P1-P2": "same", "answer.P3-P4": "apart", "answer.P5-P6": "same"})
    assert "李娜 answered on" in told
    assert "Both are P3 Wang Wu already" in told
    assert answers(here) == ["apart", "same", "same"]
    assert here.ann.presses("The same", stale).name == "contacts/refusals/answered"


def test_only_questions_that_are_asked_are_answered(here: Lobby, browser: TestClient, page: str) -> None:
    told = send(browser, page, {"answer.P1-P6": "same", "answer.P1-P999": "apart", "answer.P1-P2; help": "same"})
    assert "Nobody asks any more whether P1 Li Na and P6 Chen Si are one" in told
    assert answers(here) == ["open"] * 3
    assert browser.post(page, data={"event_id": "x", "answer.P1-P2": "same"}).status_code == 400


def test_it_is_closed_by_hand_and_to_who_keeps_the_address_book_no_more(
    here: Lobby, browser: TestClient, page: str
) -> None:
    assert here.li.says("contact twins open", direct=True).name == "people/refusals/not_allowed"
    make_admin(here, here.li)
    theirs = address(here.li)
    assert browser.get(theirs).status_code == 200
    make_admin(here, here.li, admin=False)
    for path in (theirs, f"{theirs}/undo", f"{theirs}/finish"):
        assert browser.post(path, data={"event_id": EVENT, "answer.P1-P2": "same"}).status_code == 410
    assert browser.get(theirs).status_code == 410
    assert "contact twins open" in browser.post(f"{page}/finish").text
    assert browser.post(page, data={"event_id": EVENT, "answer.P1-P2": "same"}).status_code == 410
    assert answers(here) == ["open"] * 3
