"""Passwords: who gets in, how long a guesser waits, and what ends a session."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from bot.platforms.web import login, throttle
from bot.platforms.web.throttle import Throttle
from storage import people
from storage.people import Account
from tests.apart import apart
from tests.bot.platforms.web.house import ADDRESS, SECRET, House, house

FORM = "application/x-www-form-urlencoded"
PASSWORD = "correct horse 马"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def let_in(house: House, name: str = "李娜", password: str = PASSWORD) -> None:
    with house.app.database.write() as db:
        person = next(one for one in people.everyone(db, 1) if one.name == name)
        login.set_password(db, person, password)


def enter(client: TestClient, name: str = "li", password: str = PASSWORD) -> int:
    return int(client.post("/login", data={"name": name, "password": password}).status_code)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "_COST", (4, 8, 1))


def test_nobody_is_sent_to_the_door(real: House) -> None:
    browser = real.browser()
    answer = browser.get("/", headers={"hx-request": ""})
    assert browser.get("/checklist?room=1").headers["hx-redirect"] == "/login"
    del browser.headers["hx-request"]
    answer = browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    for path in ("/events?room=1", "/files/x", "/older?room=1&before=3", "/clock", "/rooms?room=1"):
        assert browser.get(path).headers["location"] == "/login"
    assert browser.post("/say", data={"room": "1", "line": "x", "event_id": "event-0001"}).status_code == 303
    assert real.lines() == []


def test_who_hangs_up_in_the_middle_of_a_form_is_no_fault_of_ours(real: House) -> None:
    told: list[Any] = []
    comes = iter([{"type": "http.request", "body": b"name=li&pa", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(comes)

    async def send(message: Any) -> None:
        told.append(message)

    headers = {"host": "h", "origin": "http://h", "content-type": FORM, "content-length": "100"}
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/login", "query_string": b"", "headers": sent}
    apart(real.asgi(scope, receive, send))
    assert told[0]["status"] == 408


def test_the_right_password_opens(real: House) -> None:
    let_in(real)
    browser = real.browser()
    assert enter(browser) == 303
    cookie = browser.cookies.jar
    assert "李娜" in browser.get("/").text
    assert real.hears(browser, "hello") == 204
    assert [one.name for one in cookie] == ["huihou"]


def test_the_cookie_is_for_the_browser_only(real: House) -> None:
    let_in(real)
    answer = real.browser().post("/login", data={"name": "li", "password": PASSWORD})
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))
    assert "Secure" not in answer.headers["set-cookie"]
    safe = TestClient(real.asgi, base_url="https://chat.example.org", follow_redirects=False)
    safe.headers["origin"] = "https://chat.example.org"
    answer = safe.post("/login", data={"name": "li", "password": PASSWORD})
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("name", "password"),
    [("li", "wrong"), ("li", ""), ("nobody", PASSWORD), ("", ""), ("wang", PASSWORD), ("wang", ""), ("LI", PASSWORD)],
)
def test_anything_else_does_not(real: House, name: str, password: str) -> None:
    let_in(real)
    browser = real.browser()
    assert enter(browser, name, password) == 401
    assert browser.get("/").status_code == 401


def test_a_forged_cookie_does_not(real: House) -> None:
    let_in(real)
    browser = real.browser()
    enter(browser)
    good = browser.cookies["huihou"]
    other_mark = "A" if good[-2] != "A" else "B"  # the last letter but one: not all of the last one's bits are read
    for forged in (good[:-2] + other_mark + good[-1], "", "x", '{"account": "li"}'):
        browser.cookies.set("huihou", forged)
        other = real.browser()
        other.cookies.set("huihou", forged)
        assert other.get("/").status_code == 401


def test_a_cookie_of_another_secret_does_not(
    real: House, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(real)
    browser = real.browser()
    enter(browser)
    folder: Path = tmp_path_factory.mktemp("other")
    second = house(folder, monkeypatch, web={"secret": SECRET[::-1]})
    let_in(second)
    other = second.browser()
    other.cookies.set("huihou", browser.cookies["huihou"])
    assert other.get("/").status_code == 401
    second.app.database.close()


def test_a_new_password_ends_the_old_sessions(real: House) -> None:
    let_in(real)
    browser = real.browser()
    enter(browser)
    assert browser.get("/").status_code == 200
    let_in(real, password="another one entirely")
    assert browser.get("/").status_code == 401


def test_leaving_ends_the_session(real: House) -> None:
    let_in(real)
    browser = real.browser()
    enter(browser)
    assert browser.post("/logout").headers["location"] == "/login"
    assert browser.get("/").status_code == 401


def test_acting_as_somebody_else_is_for_demos(real: House) -> None:
    let_in(real)
    browser = real.browser()
    enter(browser)
    assert browser.post("/demo/act-as", data={"account": "wang"}).status_code == 404
    assert browser.post("/demo/clock", data={"to": "next_day"}).status_code == 404
    assert real.app.clock.ahead == timedelta()
    assert "/demo/" not in browser.get("/").text


def test_guessing_is_slowed_down_for_name_and_address(real: House) -> None:
    let_in(real)
    browser = real.browser()
    assert [enter(browser, "li", "wrong") for _ in range(4)] == [401, 401, 401, 429]
    assert enter(browser) == 429
    assert enter(real.browser(), "wang", "wrong") == 429
    real.app.clock.ahead += timedelta(seconds=3)
    assert enter(browser) == 303
    assert enter(real.browser(), "wang", "wrong") == 401


def test_tries_at_once_are_no_freer_than_one_after_the_other(real: House, monkeypatch: pytest.MonkeyPatch) -> None:
    there, go_on = Semaphore(0), Event()

    def check(_account: Account | None, _password: str) -> bool:
        there.release()
        assert go_on.wait(10)
        return False

    def send(_number: int) -> int:
        status = enter(real.browser(), "li", "wrong")
        there.release()
        return status

    monkeypatch.setattr(login, "check_password", check)
    with ThreadPoolExecutor(10) as pool:
        sent = pool.map(send, range(10))
        for _ in range(10):  # each waits to have its password looked at, or was turned away
            assert there.acquire(timeout=10)
        go_on.set()
        assert Counter(sent) == {401: throttle.FREE, 429: 10 - throttle.FREE}


def test_mistakes_are_free_before_the_right_password(real: House) -> None:
    let_in(real)
    for _ in range(3):
        browser = real.browser()
        assert [enter(browser, "li", "wrong") for _ in range(2)] == [401, 401]
        assert enter(browser) == 303


def test_passwords_are_salted_and_kept_as_scrypt(real: House) -> None:
    let_in(real)
    let_in(real, "Wang Jianguo")
    with real.app.database.read() as db:
        kept = [account.password for account in db.query(Account)]
    assert len(set(kept)) == 2
    assert all(one.startswith("scrypt$4$8$1$") and len(one) < 200 for one in kept)


def test_a_short_password_is_refused(real: House) -> None:
    with pytest.raises(ValueError, match="too short"):
        let_in(real, password="x" * (login.SHORTEST - 1))


def test_somebody_without_an_account_gets_one_under_their_name(real: House) -> None:
    with real.app.database.write() as db:
        person = people.met(db, 1, "slack", "U1", name="赵敏")
        account = login.set_password(db, person, PASSWORD)
        assert (account.platform, account.external) == ("web", "赵敏")
        again = login.set_password(db, person, PASSWORD + "2")
        assert again.id == account.id
        assert login.check_password(again, PASSWORD + "2")
        assert not login.check_password(again, PASSWORD)
        assert not login.check_password(None, PASSWORD)


@given(st.lists(st.integers(0, 2000), max_size=40))
def test_the_wait_grows_and_ends(pauses: list[int]) -> None:
    gate, now = Throttle(), NOW
    for pause in pauses:
        gate.failed("x", now=now)
        wait = gate.wait("x", "y", now=now)
        assert 0 <= wait <= gate.longest
        assert gate.wait("x", now=now + timedelta(seconds=wait)) == 0
        assert gate.wait("y", now=now) == 0
        now += timedelta(seconds=pause)


def test_the_wait_doubles() -> None:
    gate, waits = Throttle(), []
    for _ in range(14):
        gate.failed("x", now=NOW)
        waits.append(gate.wait("x", now=NOW))
    assert waits == [0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    gate.succeeded("x")
    assert gate.wait("x", now=NOW) == 0


def test_the_throttle_remembers_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_KEPT", 10)
    gate = Throttle()
    for number in range(100):
        gate.failed(f"name:{number}", now=NOW)
    assert len(gate._failures) == 10  # noqa: SLF001  what it keeps is what is tested


def test_the_address_of_the_page_is_not_needed_to_sign_in(real: House) -> None:
    assert real.browser().get("/login").status_code == 200
    assert ADDRESS
