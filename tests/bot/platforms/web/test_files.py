"""Files come in if they are what they say, and go out only as something to save, only to whom they belong."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.platforms.web import uploads
from messages import Message
from storage import files, people, workspace
from tests.bot.platforms.web.house import EVENT, House
from tests.bot.test_kinds import BAD, PNG


def send(house: House, client: TestClient, *files: tuple[str, bytes], line: str = "here") -> Any:
    data = {"room": str(house.room()), "line": line, "event_id": EVENT}
    return client.post("/say", data=data, files=[("files", (name, content)) for name, content in files])


def test_files_are_kept_and_heard_and_shown(demo: House, li: TestClient) -> None:
    assert send(demo, li, ("照片.png", PNG), ("a.txt", b"hello"), line="").status_code == 204
    assert demo.parrot.files == ["照片.png", "a.txt"]
    shown = Message.model_validate_json(demo.lines()[0].payload)
    assert [(file.name, file.media_type, file.size) for file in shown.files] == [
        ("照片.png", "image/png", len(PNG)),
        ("a.txt", "text/plain", 5),
    ]
    page = li.get(f"/?room={demo.room()}").text
    assert page.count(f'<img src="/files/{shown.files[0].digest}') == 1
    assert b"".join(demo.app.files.pieces(shown.files[1].digest)) == b"hello"


@pytest.mark.parametrize("name", ["virus.exe", "photo.png", "empty.png"])
def test_a_refused_file_says_why_and_nothing_is_said(demo: House, li: TestClient, name: str) -> None:
    answer = send(demo, li, (name, BAD[name][0]))
    assert (answer.status_code, answer.headers["hx-retarget"]) == (415, "#notice")
    assert name in answer.text
    assert (demo.lines(), demo.parrot.heard) == ([], [])


def test_a_file_beyond_the_limit_is_refused_by_its_length(
    demo: House, li: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MEGABYTE", 100)
    monkeypatch.setattr(uploads, "ENVELOPE", 0)
    answer = send(demo, li, ("a.txt", b"x" * 60_000))
    assert (answer.status_code, demo.lines()) == (413, [])
    assert "too large" in answer.text


def test_a_stream_without_length_is_read_no_further_than_allowed(
    demo: House, li: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "ENVELOPE", 1000 - 500 * uploads.MEGABYTE)
    read = 0

    def body() -> Any:
        nonlocal read
        yield b'--xx\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        for _ in range(1000):
            read += 1
            yield b"x" * 100

    answer = li.post("/say", content=body(), headers={"content-type": "multipart/form-data; boundary=xx"})
    assert answer.status_code == 413
    assert list(demo.app.settings.data.glob("files/**/*")) == []


def test_a_file_goes_out_as_something_to_save(demo: House, li: TestClient) -> None:
    send(demo, li, ("照片 1.png", PNG))
    digest = Message.model_validate_json(demo.lines()[0].payload).files[0].digest
    answer = li.get(f"/files/{digest}?name=evil.html")
    assert answer.content == PNG
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''%E7%85%A7")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


def test_a_file_of_somebody_elses_own_room_answers_404(demo: House, li: TestClient, wang: TestClient) -> None:
    data = {"room": str(demo.room("李娜")), "line": "mine", "event_id": EVENT}
    li.post("/say", data=data, files=[("files", ("a.txt", b"private"))])
    digest = Message.model_validate_json(demo.lines()[0].payload).files[0].digest
    assert li.get(f"/files/{digest}").status_code == 200
    assert wang.get(f"/files/{digest}").status_code == 404


def test_a_file_of_another_workspace_answers_404(demo: House, li: TestClient) -> None:
    stored = demo.app.files.put([b"theirs"], limit=100)
    with demo.app.database.write() as db:
        other = workspace.by_key(db, "other")
        person = people.met(db, other.id, "web", "x")
        files.add(
            db,
            other.id,
            name="a.txt",
            digest=stored.digest,
            size=6,
            media_type="text/plain",
            person_id=person.id,
            room_id=None,
            at=demo.app.clock.now(),
        )
    assert li.get(f"/files/{stored.digest}").status_code == 404


@pytest.mark.parametrize("digest", ["0" * 64, "..%2f..%2fhuihou.db", "x"])
def test_a_file_that_is_not_there_answers_404(demo: House, li: TestClient, digest: str) -> None:
    assert li.get(f"/files/{digest}").status_code == 404
