"""Files come back whole or in part, from a folder and from a bucket alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from messages import Message
from tests.bot.platforms.web.house import EVENT, House, house
from tests.fakes.s3 import BUCKET, KEY, S3, SECRET, s3

TALK = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(range(256)) * 2000
SIZE = len(TALK)


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with s3() as running:
        yield running


@pytest.fixture(params=["folder", "bucket"])
def here(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    settings = {}
    if request.param == "bucket":
        running: S3 = request.getfixturevalue("server")
        settings = {"s3": {"bucket": BUCKET, "endpoint": running.url, "key_id": KEY, "secret": SECRET}}
    made = house(tmp_path, monkeypatch, demo=True, **settings)
    yield made
    made.app.database.close()


@pytest.fixture
def li(here: House) -> TestClient:
    return here.browser("li")


@pytest.fixture
def path(here: House, li: TestClient) -> str:
    """Where the talk that Li has sent can be had again."""
    data = {"room": str(here.room()), "line": "", "event_id": EVENT}
    assert li.post("/say", data=data, files=[("files", ("报告录像.mp4", TALK))]).status_code == 204
    return f"/files/{Message.model_validate_json(here.lines()[0].payload).files[0].digest}"


def test_all_of_it(li: TestClient, path: str) -> None:
    answer = li.get(path)
    assert (answer.status_code, answer.content) == (200, TALK)
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=utf-8''%E6%8A%A5%E5%91%8A%E5%BD%95%E5%83%8F.mp4"
    )


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, SIZE),
        ("bytes=5-99", 5, 100),
        ("bytes=500000-", 500_000, SIZE),
        (f"bytes=7-{SIZE * 9}", 7, SIZE),
        ("bytes=-5", SIZE - 5, SIZE),
        (f"bytes=-{SIZE * 9}", 0, SIZE),
    ],
)
def test_a_part_of_it(li: TestClient, path: str, asked: str, start: int, end: int) -> None:
    answer = li.get(path, headers={"range": asked})
    assert (answer.status_code, answer.content) == (206, TALK[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE * 2}-{SIZE * 3}", "bytes=-0"])
def test_a_part_that_there_is_not(li: TestClient, path: str, asked: str) -> None:
    answer = li.get(path, headers={"range": asked})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=-", "bytes=9-5", "lines=1-2", "bytes=a-b", "bytes=0-1 or so"]
)
def test_what_is_no_single_range_is_answered_with_all_of_it(li: TestClient, path: str, asked: str) -> None:
    answer = li.get(path, headers={"range": asked})
    assert (answer.status_code, len(answer.content)) == (200, SIZE)


def test_a_part_is_given_only_of_what_was_begun(li: TestClient, path: str) -> None:
    tag = li.get(path).headers["etag"]
    assert li.get(path, headers={"range": "bytes=0-4", "if-range": tag}).status_code == 206
    assert li.get(path, headers={"range": "bytes=0-4", "if-range": '"another"'}).content == TALK


def test_asked_for_its_size_alone_no_byte_is_read(
    here: House, li: TestClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(here.app.files, "pieces", None)
    answer = li.head(path)
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", str(SIZE))


def test_what_is_no_longer_kept_is_not_there(here: House, li: TestClient, path: str) -> None:
    here.app.files.remove(path.rpartition("/")[2])
    assert li.get(path).status_code == 404


def test_a_bucket_that_has_gone_is_told_to_whoever_sends(
    here: House, li: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError("Generic S3 error: error sending request")

    monkeypatch.setattr(here.app.files, "put", away)
    data = {"room": str(here.room()), "line": "", "event_id": EVENT}
    answer = li.post("/say", data=data, files=[("files", ("a.txt", b"hello"))])
    assert (answer.status_code, here.lines()) == (503, [])
    assert "takes nothing at the moment" in answer.text
