"""The page that letters lead to: who wants no more gets no more, and nothing happens by looking."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.platforms.email.sending import token
from bot.web import site
from storage import parties
from storage.base import Session
from storage.letters import Audience, Letter
from storage.parties import Party
from tests.chat import Chat
from tests.letters import letter_to

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    own = {"host": "127.0.0.1", "tls": "none", "sender": "office@example.org"}
    made = Chat(tmp_path, email=own, public_url="https://bot.example.org", web={"secret": SECRET})
    yield made
    made.close()


@pytest.fixture
def letter(chat: Chat) -> int:
    return letter_to(chat, "li@example.org", audience=Audience.ATTENDEES)


@pytest.fixture
def browser(chat: Chat) -> Iterator[TestClient]:
    with TestClient(site(chat.app), base_url="https://bot.example.org") as found:
        yield found


def opted_out(chat: Chat, letter: int) -> bool:
    with chat.read() as db:
        return db.get_one(Party, db.get_one(Letter, letter).party_id).opted_out_at is not None


def test_looking_changes_nothing(chat: Chat, browser: TestClient, letter: int) -> None:
    answer = browser.get(f"/unsubscribe/{token(SECRET, letter)}")
    assert answer.status_code == 200
    assert "No more letters?" in answer.text
    assert "li@example.org" not in answer.text
    assert not opted_out(chat, letter)


def test_a_mail_program_posts_once_and_that_is_enough(chat: Chat, browser: TestClient, letter: int) -> None:
    """RFC 8058: without cookies, without an origin, with one field."""
    given = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        answer = browser.post(f"/unsubscribe/{token(SECRET, letter)}", data=given)
        assert answer.status_code == 200
        assert "You get no more letters" in answer.text
    assert opted_out(chat, letter)


def test_whoever_changes_their_entry_meanwhile_does_not_lose_the_wish(
    chat: Chat, browser: TestClient, letter: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a list of people does that comes in just then."""
    found, others = parties.kept_as, iter(["UPDATE party SET version = version + 1"])

    def meanwhile(db: Session, party_id: int) -> Party:
        party = found(db, party_id)
        for change in others:
            db.connection().exec_driver_sql(change)
        return party

    monkeypatch.setattr(parties, "kept_as", meanwhile)
    assert browser.post(f"/unsubscribe/{token(SECRET, letter)}").status_code == 200
    assert opted_out(chat, letter)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_that_was_not_given_out_is_not_there(chat: Chat, browser: TestClient, letter: int, method: str) -> None:
    for bad in (token("another secret", letter), f"{letter}-0", f"{letter}-é", token(SECRET, letter + 1)):
        answer = browser.request(method, f"/unsubscribe/{bad}")
        assert answer.status_code == 404
        assert "belongs to no letter" in answer.text
    assert not opted_out(chat, letter)


def test_without_a_secret_there_is_no_page(tmp_path: Path) -> None:
    own = {"host": "127.0.0.1", "tls": "none", "sender": "office@example.org"}
    chat = Chat(tmp_path, email=own, public_url="https://bot.example.org")
    with TestClient(site(chat.app), base_url="https://bot.example.org") as browser:
        assert "belongs to no letter" not in browser.get("/unsubscribe/1-0").text
    chat.close()
