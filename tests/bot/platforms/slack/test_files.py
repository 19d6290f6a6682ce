"""Files come in with the bot's token, are checked while they come, and are kept once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from sqlalchemy import select

from bot.keeping import Intake
from bot.kinds import Unwanted
from bot.platforms.slack import rooms
from bot.platforms.slack.files import NotTaken, fetch
from storage.files import File as Kept
from storage.files import FileStore, TooLarge
from tests.bot.platforms.slack.office import CHANNEL, TOKEN, Office
from tests.bot.test_kinds import EXE, PNG
from tests.fakes import slack_files
from tests.fakes.slack_state import File


def kept(house: Office) -> list[str]:
    with house.app.database.read() as db:
        return [f"{file.name} {file.media_type} {file.size}" for file in db.scalars(select(Kept))]


def test_a_file_with_words_is_a_tasks_proof(begun: Office) -> None:
    ann = begun.alone()
    begun.does(ann.says("attach T12", files=[ann.uploads("照片.png", PNG)]))
    assert kept(begun) == [f"照片.png image/png {len(PNG)}"]
    assert "T12" in begun.texts(begun.own())[-1]


def test_a_file_without_words_is_asked_about(begun: Office) -> None:
    ann = begun.alone()
    begun.does(ann.says("", files=[ann.uploads("a.png", PNG), ann.uploads("b.csv", b"a,b")]))
    assert sorted(kept(begun)) == [f"a.png image/png {len(PNG)}", "b.csv text/csv 3"]
    assert "attach M1-" in str(begun.said(begun.own())[-1]["blocks"])


def album(house: Office, *, settle: bool) -> list[str]:
    """Three pictures, one after the other; what then stands in the conversation with the bot."""
    ann, before = house.alone(), len(house.texts(house.own()))
    for name in ("a.png", "b.png", "c.png"):
        sent = ann.says("", files=[ann.uploads(name, PNG + name.encode())])
        house.does(sent) if settle else house.post(sent)
    house.settle()
    return house.texts(house.own())[before:]


def test_files_one_after_the_other_leave_one_question(begun: Office) -> None:
    first, second, third = album(begun, settle=True)
    assert "I ask below about all 2 files at once." in first
    assert "I ask below about all 3 files at once." in second
    assert "I have kept 3 files" in third
    assert "attach M1-T12 F1 F2 F3" in str(begun.said(begun.own())[-1]["blocks"])


def test_a_question_that_is_overtaken_before_it_is_asked_is_not_asked(begun: Office) -> None:
    (only,) = album(begun, settle=False)
    assert "I have kept 3 files" in only


def test_a_file_in_the_thread_of_a_task_proves_it(begun: Office) -> None:
    ann = begun.person()
    begun.does(ann.mentions("show T12"))
    root = begun.said()[-1]["ts"]
    begun.does(ann.says("", thread=root, files=[ann.uploads("a.png", PNG)]))
    assert "T12" in begun.texts()[-1]
    assert begun.said()[-1]["thread_ts"] == root


def test_files_that_are_not_for_the_bot_are_not_read(begun: Office) -> None:
    ann = begun.person()
    begun.does(ann.says("our holidays", files=[ann.uploads("a.png", PNG)]))
    assert (begun.said(), kept(begun)) == ([], [])


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_message_that_comes_again_keeps_its_file_once(begun: Office, times: int) -> None:
    ann = begun.alone()
    begun.does(ann.says("attach T12", files=[ann.uploads("a.png", PNG)]), times=times)
    assert len(kept(begun)) == 1
    assert len(begun.said(begun.own())) == 1


REFUSED: list[tuple[str, bytes, str]] = [
    ("virus.exe", EXE, "do not take files like"),
    ("photo.png", b"<!DOCTYPE html>", "not what its name says"),
    ("letter.pdf", EXE, "not what its name says"),
    ("big.csv", b"x" * 1_000_001, "larger than 1 MB"),
]


@pytest.mark.parametrize(("name", "data", "told"), REFUSED, ids=lambda one: str(one)[:20])
def test_a_file_that_is_not_taken_is_refused_in_words_and_nothing_is_done(
    begun: Office, name: str, data: bytes, told: str
) -> None:
    assert begun.app.door is not None
    begun.app.door.desk.intake = Intake(begun.app.files, 1_000_000)
    ann = begun.person()
    begun.does(ann.mentions("attach T12", files=[slack_files.drawn(begun.slack, ann.uploads(name, data))]), times=2)
    (said,) = begun.slack.ephemeral
    assert told in said["text"]
    assert name in said["text"]
    assert (kept(begun), begun.said()) == ([], [])


def test_a_store_that_takes_nothing_is_told_and_nothing_is_done(begun: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError("away")

    ann = begun.person()
    monkeypatch.setattr(begun.app.files, "put", away)
    begun.does(ann.mentions("attach T12", files=[slack_files.drawn(begun.slack, ann.uploads("a.png", PNG))]))
    (said,) = begun.slack.ephemeral
    assert "I could not keep a.png" in said["text"]
    assert (kept(begun), begun.said()) == ([], [])


def test_a_file_that_is_not_told_of_whole_is_asked_for(begun: Office) -> None:
    ann = begun.alone()
    sent = ann.says("attach T12", files=[ann.uploads("a.png", PNG)])
    event = sent.payload["event"]
    bare = {"id": event["files"][0]["id"], "file_access": "check_file_info"}
    begun.does(replace(sent, payload={**sent.payload, "event": {**event, "files": [bare]}}))
    assert kept(begun) == [f"a.png image/png {len(PNG)}"]


def test_a_file_that_slack_does_not_keep_is_asked_for_here(begun: Office) -> None:
    ann = begun.alone()
    sent = ann.says("attach T12", files=[ann.uploads("a.png", PNG)])
    event = sent.payload["event"]
    far = {**event["files"][0], "is_external": True, "mode": "external"}
    begun.does(replace(sent, payload={**sent.payload, "event": {**event, "files": [far]}}))
    assert "outside Slack" in begun.texts(begun.own())[-1]


def test_without_the_right_to_read_files_it_is_said(begun: Office) -> None:
    begun.slack.teams["T0001"].scopes.discard("files:read")
    ann = begun.alone()
    begun.does(ann.says("attach T12", files=[ann.uploads("a.png", PNG)]))
    assert "could not fetch a.png" in begun.texts(begun.own())[-1]
    assert kept(begun) == []


# --- a file that is told of by itself


Later = list[tuple[float, Callable[[], None]]]


@pytest.fixture
def later(begun: Office, monkeypatch: pytest.MonkeyPatch) -> Later:
    waiting: Later = []
    monkeypatch.setattr(rooms, "later", lambda seconds, call: waiting.append((seconds, call)))
    return waiting


def test_the_message_of_a_file_is_enough(begun: Office, later: Later) -> None:
    ann = begun.alone()
    file = ann.uploads("a.png", PNG)
    said = ann.says("attach T12", files=[file])
    begun.does(ann.shares(file))
    begun.does(said)
    for _, call in later:
        call()
    begun.settle()
    assert len(begun.said(begun.own())) == 1
    assert len(kept(begun)) == 1


def test_a_file_whose_message_never_comes_is_taken_by_itself(begun: Office, later: Later) -> None:
    ann = begun.alone()
    begun.does(ann.shares(ann.uploads("a.png", PNG)))
    assert kept(begun) == []
    ((_, call),) = later
    call()
    assert len(kept(begun)) == 1


def test_in_a_channel_only_the_message_counts(begun: Office, later: Later) -> None:
    ann = begun.person()
    begun.does(ann.shares(ann.uploads("a.png", PNG)))
    assert later == []


# --- what takes long


def test_slack_is_told_to_come_again_and_then_it_is_done(begun: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert begun.app.door is not None
    desk = begun.app.door.desk
    go, put = threading.Event(), begun.app.files.put
    fetched: list[int] = []

    def slowly(*given: Any, **more: Any) -> Any:
        fetched.append(1)
        assert go.wait(10)
        return put(*given, **more)

    monkeypatch.setattr(begun.app.files, "put", slowly)
    desk.patient = 0.0
    ann = begun.alone()
    sent = ann.says("attach T12", files=[ann.uploads("a.png", PNG)])
    for number in range(3):
        assert begun.post(sent.again(number) if number else sent).status_code == 503
    go.set()
    desk.patient = 10
    begun.does(sent.again(3))
    assert len(fetched) <= 2
    assert len(kept(begun)) == 1
    assert len(begun.said(begun.own())) == 1


# --- where the token may go


class Elsewhere(BaseHTTPRequestHandler):
    seen: list[str] = []  # noqa: RUF012  of the class, as the server makes the objects

    def do_GET(self) -> None:
        self.seen.append(str(self.headers.get("Authorization")))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    Elsewhere.seen.clear()
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def taken(house: Office, file: dict[str, Any], store: FileStore) -> Any:
    client = house.app.door.slack.tokens.client("main")  # type: ignore[union-attr]
    assert client.token == TOKEN
    return fetch(client, file, Intake(store, 100))


@pytest.mark.parametrize(
    "address", ["", "file:///etc/passwd", "http://files.slack.com/x", "https://slack.com.evil.test/x"]
)
def test_the_token_is_shown_to_slack_only(house: Office, elsewhere: str, address: str) -> None:
    for url in (address, f"{elsewhere}/a.csv"):
        with pytest.raises(NotTaken):
            taken(house, {"name": "a.csv", "url_private": url}, house.app.files)
    assert Elsewhere.seen == []


def test_the_token_follows_to_no_other_host(house: Office, elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = house.person().uploads("a.csv", b"a,b")
    monkeypatch.setattr(slack_files, "download", lambda *_: (302, {"Location": f"{elsewhere}/a.csv"}, b""))
    with pytest.raises(NotTaken):
        taken(house, slack_files.drawn(house.slack, file), house.app.files)
    assert Elsewhere.seen == []


def test_no_more_is_read_than_may_be_kept(house: Office) -> None:
    def of(data: bytes) -> dict[str, Any]:
        file: File = house.person().uploads("a.csv", data)
        return slack_files.drawn(house.slack, file)

    assert taken(house, of(b"x" * 100), house.app.files).size == 100
    with pytest.raises(TooLarge):
        taken(house, of(b"x" * 101), house.app.files)
    with pytest.raises(Unwanted):
        taken(house, {**of(b"MZ"), "name": "a.exe"}, house.app.files)
    with pytest.raises(Unwanted, match="empty"):
        taken(house, of(b""), house.app.files)
    assert CHANNEL in house.slack.channels
