"""Strict headers on everything, no posts from other sites, in a demo no strange host names."""

from __future__ import annotations

import re

import pytest
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from bot.platforms.web.guard import HEADERS, same_origin
from tests.bot.platforms.web.house import ADDRESS, House


@pytest.mark.parametrize("path", ["/", "/nowhere", "/healthz", "/static/style.css", "/login"])
def test_every_answer_has_the_headers(demo: House, path: str) -> None:
    answer = demo.browser().get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


def test_pages_are_not_kept_and_assets_are(demo: House) -> None:
    browser = demo.browser()
    page = browser.get("/")
    assert page.headers["cache-control"] == "no-store"
    asset = re.search(r'href="(/static/chat\.css\?v=\w+)"', page.text)
    assert asset
    assert "immutable" in browser.get(asset[1]).headers["cache-control"]


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://a", "host": "a"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://chat.example.org", "host": "chat.example.org"}, True),
        ({"origin": "http://localhost:8080", "host": "localhost:8080"}, True),
        ({"origin": "http://localhost:9", "host": "localhost:8080"}, False),
        ({"origin": "https://evil.example", "host": "chat.example.org"}, False),
        ({"origin": "null", "host": ""}, False),
        ({"host": "chat.example.org"}, False),
    ],
)
def test_same_origin(headers: dict[str, str], same: bool) -> None:  # noqa: FBT001
    assert same_origin(Headers(headers)) is same


@pytest.mark.parametrize("path", ["/say", "/login", "/logout", "/language", "/rooms", "/demo/act-as", "/demo/clock"])
def test_a_post_from_another_site_changes_nothing(demo: House, li: TestClient, path: str) -> None:
    data = {"room": str(demo.room()), "line": "hello", "event_id": "event-0001", "name": "x", "to": "next_day"}
    answer = li.post(path, data=data, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert (demo.lines(), demo.app.clock.ahead.days) == ([], 0)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:1", "[::1]:8080", "localhost"])
def test_a_demo_answers_this_computer(demo: House, host: str) -> None:
    assert demo.browser().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "192.168.1.4:8080"])
def test_a_demo_does_not_answer_to_another_name(demo: House, host: str) -> None:
    assert demo.browser().get("/", headers={"host": host}).status_code == 421


def test_the_real_chat_answers_to_any_name(real: House) -> None:
    assert real.browser().get("/login", headers={"host": "chat.example.org"}).status_code == 200


def test_pages_have_no_inline_script_or_style(demo: House, li: TestClient) -> None:
    html = li.get("/").text + li.get("/demo").text
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", html)
    assert ADDRESS not in html
