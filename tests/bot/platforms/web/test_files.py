"""Files come in if they are what they say, and go out only as something to save, only to whom they belong."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.platforms.web import kinds, uploads
from messages import Message
from storage import files, people, workspace
from tests.bot.platforms.web.house import EVENT, House


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        for name in names:
            bundle.writestr(name, "x")
    return stream.getvalue()


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 50
EXE = b"MZ\x90\0\x03" + b"\0" * 100 + b"PE\0\0" + b"\0" * 50

GOOD = {
    "a.png": PNG,
    "a.JPG": b"\xff\xd8\xff\xe1\0\x10Exif\0" + b"\0" * 50,
    "a.gif": b"GIF89a" + b"\0" * 50,
    "a.webp": b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 50,
    "a.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 50,
    "a.tif": b"II*\0" + b"\0" * 50,
    "通知.pdf": b"%PDF-1.7\n",
    "a.docx": zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
    "a.xlsx": zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"),
    "a.zip": zipped("hello.txt"),
    "a.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "a.mp3": b"ID3\x03\0\0\0\0\0\0" + b"\0" * 50,
    "b.mp3": b"\xff\xfb\x90\x44" + b"\0" * 50,
    "a.m4a": b"\0\0\0\x20ftypM4A \0\0\0\0" + b"\0" * 50,
    "a.wav": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 50,
    "a.mp4": b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + b"\0" * 50,
    "a.mov": b"\0\0\0\x14ftypqt  \0\0\x02\0qt  " + b"\0" * 50,
    "a.csv": "姓名,电话\n".encode("gb18030"),
    "b.csv": "姓名,电话\n".encode("utf-16"),
    "a.txt": b"",
    "a.yaml": b"key: value",
    "a.md": b"# <b>hello</b>",
}
BAD = {
    "virus.exe": (EXE, "kind"),
    "page.html": (b"<html>", "kind"),
    "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'>", "kind"),
    "macro.docm": (zipped("a"), "kind"),
    "README": (b"hello", "kind"),
    "photo.png.exe": (PNG, "kind"),
    "letter.pdf": (EXE, "disguise"),
    "photo.png": (b"<!DOCTYPE html><html><script>", "disguise"),
    "photo.jpg": (b"<svg xmlns='http://www.w3.org/2000/svg'>", "disguise"),
    "list.csv": (EXE, "disguise"),
    "pack.zip": (b"\x7fELF\x02\x01\x01" + b"\0" * 100, "disguise"),
    "empty.pdf": (b"", "disguise"),
}


@pytest.mark.parametrize("name", GOOD)
def test_files_of_the_listed_kinds_are_taken(name: str) -> None:
    assert kinds.told(name, GOOD[name][:4096]).media_type


@pytest.mark.parametrize("name", BAD)
def test_other_files_are_refused_with_a_reason(name: str) -> None:
    head, reason = BAD[name]
    with pytest.raises(kinds.Unwanted) as refused:
        kinds.told(name, head)
    assert (refused.value.reason, refused.value.name) == (reason, name)


@pytest.mark.parametrize(
    ("given", "tidy"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\li\\照片.png", "照片.png"),
        ("a\u202egnp.txt\n", "agnp.txt"),
        ("  two   words .pdf ", "two words .pdf"),
        ("..", "file"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_tidied(given: str, tidy: str) -> None:
    assert kinds.tidy(given) == tidy


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
    assert demo.app.files.path(shown.files[1].digest).read_bytes() == b"hello"


@pytest.mark.parametrize("name", ["virus.exe", "photo.png"])
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
