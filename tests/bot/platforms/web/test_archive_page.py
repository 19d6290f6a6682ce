"""A version of an archive is taken away by an address of one's own, for a day, and for no other purpose."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot import web
from storage.files import File
from storage.people import Account
from tests.chat import Chat, Somebody, text
from tests.handlers.archive.conftest import Team, founded

PUBLIC = "https://bot.example.org"


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    chat = Chat(tmp_path, public_url=PUBLIC)
    made = founded(chat)
    made.build()
    yield made
    chat.close()


@pytest.fixture
def browser(team: Team) -> TestClient:
    return TestClient(web.site(team.chat.app), base_url=PUBLIC)


def address(team: Team, who: Somebody | None = None, *, platform: str = "console") -> str:
    said = (who or team.ann).says("archive get M1 v1", platform=platform).body
    found = re.search(r"\]\((\S*/archive/[0-9a-f]{64})\)", said)
    assert found is not None
    return found[1]


def test_the_page_says_what_it_is_and_begins_no_download(team: Team, browser: TestClient) -> None:
    answer = browser.get(address(team))
    assert answer.status_code == 200
    assert "v1 of the archive of Annual Forum" in answer.text
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"


def test_the_zip_is_as_long_as_its_header_says_and_the_same_every_time(team: Team, browser: TestClient) -> None:
    page = address(team)
    link = re.search(r'href="(/archive/[^"]+\.zip)"', browser.get(page).text)
    assert link is not None
    first, second = browser.get(link[1]), browser.get(link[1])
    assert first.content == second.content == team.zip(1)
    assert first.headers["content-length"] == str(len(first.content))
    assert 'filename="M1_20260608_v1.zip"' in first.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(first.content)) as opened:
        assert opened.testzip() is None


def test_the_address_ends_after_a_day(team: Team, browser: TestClient) -> None:
    page = address(team)
    team.chat.clock.move_to(team.chat.clock.moment + timedelta(hours=25))
    for path in (page, f"{page}/x.zip"):
        answer = browser.get(path)
        assert answer.status_code == 410
        assert "archive get M1 v1" in answer.text


def test_nobody_guesses_one_and_no_other_page_s_address_opens_it(team: Team, browser: TestClient) -> None:
    assert browser.get(f"/archive/{'0' * 64}").status_code == 404
    token = address(team).rpartition("/")[2]
    assert browser.get(f"/form/{token}").status_code == 404
    assert browser.get(f"/upload/{token}").status_code == 404


def test_in_the_browser_s_own_chat_it_needs_no_public_address(tmp_path: Path) -> None:
    chat = Chat(tmp_path)
    made = founded(chat)
    made.build()
    with chat.app.database.write() as db:
        db.add(Account(workspace_id=1, person_id=made.ann.id, platform="web", external="ann"))
    page = address(made, platform="web")
    assert page.startswith("/archive/")
    assert TestClient(web.site(chat.app)).get(page).status_code == 200
    assert "/archive/" not in text(made.ann.says("archive get"))
    chat.close()


def test_it_ends_with_the_role_that_it_was_given_for(team: Team, browser: TestClient) -> None:
    li = team.chat.person("Li")
    team.ann.says("role set records @Li")
    page = address(team, li)
    assert browser.get(page).status_code == 200
    team.ann.says("role clear records @Li")
    for path in (page, f"{page}/x.zip"):
        answer = browser.get(path)
        assert (answer.status_code, "archive get M1 v1" in answer.text) == (410, True)


def test_a_head_tells_its_length_and_reads_nothing(
    team: Team, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, length, read = address(team), len(team.zip(1)), list[str]()
    monkeypatch.setattr(team.chat.app.files, "pieces", read.append)
    answer = browser.head(f"{page}/x.zip")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, str(length), b"")
    assert answer.headers["content-type"] == "application/zip"
    assert read == []


def test_a_version_whose_data_was_purged_is_not_handed_out(team: Team, browser: TestClient) -> None:
    page = address(team)
    with team.chat.app.database.write() as db:
        row = db.scalars(select(File)).first()
        assert row is not None
        row.purged_at = team.chat.clock.moment
    assert browser.get(f"{page}/x.zip").status_code == 410
