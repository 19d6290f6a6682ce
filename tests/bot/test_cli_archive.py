"""Archives from a terminal."""

from __future__ import annotations

import hashlib
from pathlib import Path

import bagit
import pytest

from tests.bot.terminal import Shell

PLAN = b"%PDF-1.4 plan"


@pytest.fixture
def ann(huihou: Shell, tmp_path: Path) -> Shell:
    """A meeting M1 with one file."""
    (tmp_path / "策划案.pdf").write_bytes(PLAN)
    huihou("say", "meeting new Annual Forum end: 8 June 2026 17:00", "--as", "ann")
    huihou("say", "attach T15", "--file", str(tmp_path / "策划案.pdf"), "--as", "ann")
    return huihou


def build(ann: Shell, place: Path) -> None:
    said = ann("archive", "build", "M1", "--to", str(place), "--as", "ann").stdout
    assert "of the archive is in" in " ".join(said.split())


def test_a_folder_is_a_bag(ann: Shell, tmp_path: Path) -> None:
    build(ann, tmp_path / "out")
    assert bagit.Bag(str(tmp_path / "out")).validate()
    assert PLAN in [path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert not list(tmp_path.glob(".*.part"))


def test_a_version_is_the_same_bytes_whenever_it_is_written(ann: Shell, tmp_path: Path) -> None:
    build(ann, tmp_path / "a.zip")
    build(ann, tmp_path / "b.zip")
    ann("archive", "get", "M1", "v1", "--to", str(tmp_path / "c.zip"), "--as", "ann")
    ann("archive", "get", "M1", "--to", str(tmp_path / "d.zip"), "--as", "ann")
    a, b, c, d = ((tmp_path / f"{name}.zip").read_bytes() for name in "abcd")
    assert (a, b) == (c, d)
    assert a != b


def test_a_whole_one_is_whole_and_a_broken_one_names_everything(ann: Shell, tmp_path: Path) -> None:
    build(ann, tmp_path / "out")
    ann("archive", "get", "M1", "--to", str(tmp_path / "a.zip"), "--as", "ann")
    assert "is whole" in ann("archive", "verify", str(tmp_path / "out")).stdout
    assert "is whole" in ann("archive", "verify", str(tmp_path / "a.zip")).stdout
    (tmp_path / "out" / "README.html").write_bytes(b"")
    (tmp_path / "out" / "bag-info.txt").unlink()
    (tmp_path / "out" / "data" / "Thumbs.db").write_bytes(b"x")
    said = ann("archive", "verify", str(tmp_path / "out"), code=1).stdout
    for line in ("changed: README.html", "missing: bag-info.txt", "does not belong there: data/Thumbs.db"):
        assert line in said
    told = ann.json("archive", "verify", str(tmp_path / "out"), code=1)
    assert {fault["what"] for fault in told["faults"]} == {"changed", "missing", "extra"}


def test_nothing_is_overwritten(ann: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    build(ann, tmp_path / "empty")
    for place in ("empty", "策划案.pdf"):
        assert (
            "is left alone"
            in ann("archive", "build", "M1", "--to", str(tmp_path / place), "--as", "ann", code=1).stderr
        )
    assert (tmp_path / "策划案.pdf").read_bytes() == PLAN


def test_what_is_damaged_is_not_written_at_all(ann: Shell, tmp_path: Path) -> None:
    build(ann, tmp_path / "out")
    digest = hashlib.sha256(PLAN).hexdigest()
    (ann.folder / "files" / digest[:2] / digest[2:4] / digest).write_bytes(b"%PDF-1.4 plaN")
    for place in ("a.zip", "folder"):
        said = ann("archive", "get", "M1", "--to", str(tmp_path / place), "--as", "ann", code=1).stderr
        assert "is no longer what it was" in said
        assert not (tmp_path / place).exists()
    assert not list(tmp_path.glob(".*.part"))


def test_a_large_file_stays_elsewhere_with_its_sums(ann: Shell, tmp_path: Path) -> None:
    talk = tmp_path / "主论坛.mp4"
    talk.write_bytes(b"a long talk")
    ann("archive", "elsewhere", "M1", str(talk), "https://example.org/talk.mp4", "--as", "ann")
    build(ann, tmp_path / "out")
    assert (tmp_path / "out" / "fetch.txt").read_text(encoding="utf-8").startswith("https://example.org/talk.mp4 11 ")
    assert hashlib.sha512(b"a long talk").hexdigest() in (tmp_path / "out" / "manifest-sha512.txt").read_text()
    assert "was not fetched" in " ".join(ann("archive", "verify", str(tmp_path / "out"), code=1).stdout.split())


def test_what_is_no_archive_says_so(ann: Shell, tmp_path: Path) -> None:
    assert "is no zip" in ann("archive", "verify", str(tmp_path / "策划案.pdf"), code=1).stderr
    (tmp_path / "nothing").mkdir()
    assert "it is no bag" in ann("archive", "verify", str(tmp_path / "nothing"), code=1).stdout
    assert (
        "no archive was built" in ann("archive", "get", "M1", "--to", str(tmp_path / "x"), "--as", "ann", code=1).stdout
    )
