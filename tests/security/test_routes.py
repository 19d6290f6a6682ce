"""Every address there is: who may come, what is refused, how much is read. One that nobody has judged fails here."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.platforms.web import who
from bot.platforms.web.guard import HEADERS, SIGNED
from tests.security.addresses import MEGABYTE, NAME, PASSWORD, POLICIES, Known, known_in
from tests.security.whole import PUBLIC

EVIL = "evil.example"
ROOM = {"room": "1", "before": "1"}
INLINE = re.compile(r"<script(?![^>]* src=)|<style(?! nonce=)|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)
POSTS = [key for key in POLICIES if key[0] == "POST"]
OURS = [path for _, path in POSTS if not path.startswith(SIGNED)]
LONG = [(path, policy.most) for (method, path), policy in POLICIES.items() if method == "POST" and policy.most]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    with known_in(tmp_path_factory.mktemp("whole")) as there:
        yield there


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
