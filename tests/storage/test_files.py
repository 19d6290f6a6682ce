"""Bytes are kept once, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.files import FileStore, TooLarge

KILLED = """
import os, signal, sys
from pathlib import Path
from storage.files import FileStore

Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
FileStore(Path(sys.argv[1])).put([b"hello"], limit=100)
"""


def everything(root: Path) -> list[Path]:
    return [found for found in root.rglob("*") if found.is_file()]


def test_a_stream_is_kept_under_its_digest(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    stored = store.put([b"hel", b"lo"], limit=5)
    assert (stored.digest, stored.size, stored.head) == (hashlib.sha256(b"hello").hexdigest(), 5, b"hello")
    assert store.path(stored.digest).read_bytes() == b"hello"


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    assert store.put([b"hello"], limit=5) == store.put([b"he", b"llo"], limit=5)
    assert len(everything(tmp_path)) == 1


def test_the_head_is_enough_to_tell_the_kind_and_no_more(tmp_path: Path) -> None:
    stored = FileStore(tmp_path).put([b"x" * 4000, b"y" * 4000], limit=10_000)
    assert stored.head == b"x" * 4000 + b"y" * 96


def test_a_stream_that_is_too_large_leaves_nothing(tmp_path: Path) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 10
            yield b"x" * 10

    with pytest.raises(TooLarge):
        FileStore(tmp_path).put(endless(), limit=100)
    assert everything(tmp_path) == []
    assert taken == 110


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"hello"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        FileStore(tmp_path).put(broken(), limit=100)
    assert everything(tmp_path) == []


def test_a_full_disk_leaves_nothing_and_later_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStore(tmp_path)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse)
        with pytest.raises(OSError, match="No space left"):
            store.put([b"hello"], limit=100)
    assert everything(tmp_path) == []
    assert store.path(store.put([b"hello"], limit=100).digest).read_bytes() == b"hello"


def refuse(_handle: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_killed_before_it_got_its_name_it_is_not_there_and_is_swept_up(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    ended = subprocess.run(command, check=False, cwd=Path(__file__).parents[2])  # noqa: S603  our own code, above
    assert ended.returncode == -9
    store = FileStore(tmp_path)
    assert not store.path(hashlib.sha256(b"hello").hexdigest()).exists()
    (partial,) = everything(tmp_path)
    begun = partial.stat().st_mtime
    assert store.tidy(before=begun) == 0
    assert store.tidy(before=begun + 1) == 1
    assert everything(tmp_path) == []


def test_sweeping_touches_no_file_that_has_its_name(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    stored = store.put([b"hello"], limit=5)
    assert store.tidy(before=2**40) == 0
    assert store.path(stored.digest).exists()
