"""What is known of somebody is taken away by an address of one's own, once, by an admin."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot import web
from storage.people import Person
from tests.chat import Chat, Somebody

PUBLIC = "https://bot.example.org"


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    made = Chat(tmp_path, public_url=PUBLIC)
    yield made
    made.close()


@pytest.fixture
def browser(chat: Chat) -> TestClient:
    return TestClient(web.site(chat.app), base_url=PUBLIC)


def address(ann: Somebody) -> str:
    found = re.search(r"\]\((\S*/export/[0-9a-f]{64})\)", ann.says("person export @li").body)
    assert found is not None
    return found[1]


def test_it_is_taken_once_and_looking_takes_nothing(chat: Chat, browser: TestClient) -> None:
    ann, _ = chat.person("Ann"), chat.person("Li")
    page = address(ann)
    for _ in range(2):
        answer = browser.get(page)
        assert (answer.status_code, answer.headers["x-robots-tag"]) == (200, "noindex, nofollow")
        assert "Download the zip, once" in answer.text
    taken = browser.post(page, headers={"Origin": PUBLIC})
    assert taken.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(taken.content)) as made:
        assert "person.json" in made.namelist()
    assert (browser.post(page, headers={"Origin": PUBLIC}).status_code, browser.get(page).status_code) == (410, 410)


def test_who_is_no_longer_an_admin_gets_nothing(chat: Chat, browser: TestClient) -> None:
    ann, _ = chat.person("Ann"), chat.person("Li")
    page = address(ann)
    with chat.app.database.write() as db:
        db.get_one(Person, ann.id).admin = False
    assert browser.get(page).status_code == 410
    assert browser.post(page, headers={"Origin": PUBLIC}).status_code == 410
