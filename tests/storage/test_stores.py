"""What every place for bytes must do, asked of a folder and of a bucket on a real S3 server."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import obstore
import pytest

from storage import spool
from storage.bucket import Bucket
from storage.files import FileStore, Stored, TooLarge
from storage.folder import Folder
from tests.fakes.s3 import BUCKET, KEY, S3, SECRET, s3

HELLO = hashlib.sha256(b"hello").hexdigest()
LONG = bytes(range(256)) * 100_000
"""More than three parts of an upload, so that a part in the wrong place is seen."""
ABSENT = "0" * 64
FAR = 2.0**40
"""Long after every test."""


@dataclass
class Shelf:
    """A store, what it keeps for good, and what lies about of what was only begun."""

    store: FileStore
    kept: Callable[[], list[str]]
    begun: Callable[[], list[str]]
    code: str
    """How another process opens it."""


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with s3() as running:
        yield running


@pytest.fixture(params=["folder", "bucket"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return _folder(tmp_path / "files") if request.param == "folder" else _bucket(request, tmp_path / "spool")


def _folder(root: Path) -> Shelf:
    def names(*, partial: bool) -> list[str]:
        found = [one.name for one in root.rglob("*") if one.is_file()]
        return sorted(name for name in found if name.startswith(spool.PARTIAL) == partial)

    code = f"from pathlib import Path; from storage.folder import Folder; store = Folder(Path({str(root)!r}))"
    return Shelf(Folder(root), lambda: names(partial=False), lambda: names(partial=True), code)


def _bucket(request: pytest.FixtureRequest, root: Path) -> Shelf:
    running: S3 = request.getfixturevalue("server")
    place = running.place(prefix=f"conf/{root.parent.name}")

    def names() -> list[str]:
        return sorted(key.rsplit("/", 1)[1] for key in running.names() if key.startswith(f"{place.prefix}/"))

    def begun() -> list[str]:
        return [*running.unfinished(), *(one.name for one in root.rglob("*") if one.is_file())]

    code = (
        "from pathlib import Path; from storage.bucket import Bucket, Place; "
        f"store = Bucket(Place(**{vars(place)!r}), Path({str(root)!r}))"
    )
    return Shelf(Bucket(place, root), names, begun, code)


def read(store: FileStore, digest: str, *part: int) -> bytes:
    return b"".join(store.pieces(digest, *part))


def test_a_stream_is_kept_under_its_digest(shelf: Shelf) -> None:
    assert shelf.store.put([b"hel", b"lo"], limit=5) == Stored(HELLO, 5, b"hello")
    assert (shelf.kept(), shelf.begun()) == ([HELLO], [])
    assert read(shelf.store, HELLO) == b"hello"
    assert shelf.store.has(HELLO)


def test_the_same_bytes_are_kept_once(shelf: Shelf) -> None:
    assert shelf.store.put([b"hello"], limit=5) == shelf.store.put([b"he", b"llo"], limit=5)
    assert shelf.kept() == [HELLO]


def test_ten_who_send_the_same_at_once_keep_it_once_and_whole(shelf: Shelf) -> None:
    start = Barrier(10)

    def put(number: int) -> Stored:
        start.wait()
        return shelf.store.put(
            (LONG[at : at + 10_000 + number] for at in range(0, len(LONG), 10_000 + number)), limit=10**8
        )

    with ThreadPoolExecutor(10) as pool:
        [stored] = set(pool.map(put, range(10)))
    assert (shelf.kept(), shelf.begun()) == ([stored.digest], [])
    assert read(shelf.store, stored.digest) == LONG


def test_no_bytes_at_all_are_kept_too(shelf: Shelf) -> None:
    stored = shelf.store.put([], limit=5)
    assert (stored.size, stored.digest) == (0, hashlib.sha256(b"").hexdigest())
    assert read(shelf.store, stored.digest) == b""
    assert read(shelf.store, stored.digest, 0, 10) == b""
    with shelf.store.open(stored.digest) as opened:
        assert opened.read() == b""


@pytest.mark.parametrize(
    ("start", "length"),
    [
        (0, None),
        (0, 1),
        (1, None),
        (5, 7),
        (255, 300_000),
        (0, len(LONG)),
        (3, 10**9),
        (len(LONG), 5),
        (10**9, None),
        (7, 0),
    ],
)
def test_a_part_of_it_is_exactly_that_part(shelf: Shelf, start: int, length: int | None) -> None:
    digest = shelf.store.put([LONG], limit=10**8).digest
    wanted = LONG[start:] if length is None else LONG[start : start + length]
    found = list(shelf.store.pieces(digest, start, length))
    assert b"".join(found) == wanted
    assert all(found)


def test_pieces_are_of_moderate_size(shelf: Shelf) -> None:
    digest = shelf.store.put([LONG], limit=10**8).digest
    pieces = [len(piece) for piece in shelf.store.pieces(digest)]
    assert sum(pieces) == len(LONG)
    assert max(pieces) <= 4_000_000


def test_what_is_opened_can_be_read_from_anywhere(shelf: Shelf, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as bundle:
        bundle.writestr("long", LONG)
        bundle.writestr("short", "hello")
    digest = shelf.store.put([(tmp_path / "a.zip").read_bytes()], limit=10**8).digest
    with shelf.store.open(digest) as opened, zipfile.ZipFile(opened) as bundle:
        assert bundle.read("short") == b"hello"
        assert bundle.read("long") == LONG
        assert bundle.testzip() is None
        opened.seek(-4, 2)
        assert (opened.tell(), len(opened.read(10))) == ((tmp_path / "a.zip").stat().st_size - 4, 4)


def test_what_is_not_there_is_told_as_such(shelf: Shelf) -> None:
    assert not shelf.store.has(ABSENT)
    for part in ((), (2, 3)):
        with pytest.raises(FileNotFoundError):
            read(shelf.store, ABSENT, *part)
    with pytest.raises(FileNotFoundError):
        shelf.store.open(ABSENT)
    shelf.store.remove(ABSENT)


def test_what_is_removed_is_gone_and_nothing_else(shelf: Shelf) -> None:
    other = shelf.store.put([b"other"], limit=5).digest
    shelf.store.put([b"hello"], limit=5)
    shelf.store.remove(HELLO)
    assert (shelf.store.has(HELLO), shelf.kept()) == (False, [other])


def test_what_was_put_in_a_span_of_time_is_told(shelf: Shelf) -> None:
    shelf.store.put([b"hello"], limit=5)
    shelf.store.probe()
    assert list(shelf.store.aged(since=0, before=FAR)) == [HELLO]
    assert list(shelf.store.aged(since=0, before=1)) == list(shelf.store.aged(since=FAR, before=2 * FAR)) == []


def test_what_was_put_since_is_not_removed(shelf: Shelf) -> None:
    shelf.store.put([b"hello"], limit=5)
    shelf.store.remove(HELLO, before=1)
    assert read(shelf.store, HELLO) == b"hello"
    shelf.store.remove(HELLO, before=FAR)
    assert (shelf.kept(), shelf.begun()) == ([], [])
    shelf.store.remove(HELLO, before=FAR)


def test_a_stream_that_is_too_large_is_read_no_further_and_leaves_nothing(shelf: Shelf) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 10
            yield b"x" * 10

    with pytest.raises(TooLarge):
        shelf.store.put(endless(), limit=100)
    assert (shelf.kept(), shelf.begun(), taken) == ([], [], 110)


def test_a_stream_that_breaks_off_after_many_parts_leaves_nothing(shelf: Shelf) -> None:
    def broken() -> Iterator[bytes]:
        yield LONG
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError, match="gone"):
        shelf.store.put(broken(), limit=10**8)
    assert (shelf.kept(), shelf.begun()) == ([], [])


def test_a_full_disk_in_the_middle_leaves_nothing_and_later_it_works(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = spool._write, 0  # noqa: SLF001  the store's edge to the disk

    def nearly_full(target: object, piece: bytes) -> None:
        nonlocal written
        written += len(piece)
        if written > 10_000_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(target, piece)  # type: ignore[arg-type]

    with monkeypatch.context() as full:
        full.setattr(spool, "_write", nearly_full)
        with pytest.raises(OSError, match="No space left"):
            shelf.store.put((LONG[at : at + 1_000_000] for at in range(0, len(LONG), 1_000_000)), limit=10**8)
    assert (shelf.kept(), shelf.begun()) == ([], [])
    assert shelf.store.put([b"hello"], limit=100).digest == HELLO


def test_who_looks_sees_all_of_it_before_it_is_kept_and_can_keep_it_out(shelf: Shelf) -> None:
    seen: list[tuple[bytes, list[str]]] = []

    def refuse(path: Path) -> None:
        seen.append((path.read_bytes(), shelf.kept()))
        raise PermissionError("no")

    with pytest.raises(PermissionError):
        shelf.store.put([b"hel", b"lo"], limit=5, look=refuse)
    assert seen == [(b"hello", [])]
    assert (shelf.kept(), shelf.begun()) == ([], [])


def test_it_can_be_probed_and_nothing_is_left_of_that(shelf: Shelf) -> None:
    shelf.store.probe()
    assert (shelf.kept(), shelf.begun()) == ([], [])


def test_what_a_killed_process_had_begun_is_swept_up(shelf: Shelf) -> None:
    stored = shelf.store.put([b"hello"], limit=5)
    killed = f"""
import os, signal
{shelf.code}
def pieces():
    yield b"begun"
    os.kill(os.getpid(), signal.SIGKILL)
store.put(pieces(), limit=100)
"""
    assert run(killed).returncode == -9
    [partial] = shelf.begun()
    assert partial.startswith(spool.PARTIAL)
    assert shelf.store.tidy(before=0) == 0
    assert shelf.store.tidy(before=2**40) == 1
    assert (shelf.begun(), shelf.kept()) == ([], [stored.digest])


def test_what_ends_while_it_is_swept_up_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, left = tmp_path / f"{spool.PARTIAL}gone", tmp_path / f"{spool.PARTIAL}left"
    left.touch()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Path, "glob", lambda *_: iter([gone, left]))
        assert spool.tidy(tmp_path, before=2**40) == 1
    assert not left.exists()


MEASURED = """
import re
{code}
def peak():
    # not what getrusage says, where the peak of whoever began this process counts as well
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
piece = bytes(range(256)) * 4096
store.put([piece], limit=10**9)
list(store.pieces(store.put([piece * 9], limit=10**9).digest))
before = peak()
stored = store.put((piece for _ in range(60)), limit=10**9)
read = sum(len(one) for one in store.pieces(stored.digest))
print(stored.size, read, peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells no peak of its own")
def test_sixty_megabytes_go_in_and_out_with_flat_memory(shelf: Shelf) -> None:
    ended = run(MEASURED.format(code=shelf.code))
    size, read_, grown = ended.stdout.split()
    assert int(size) == int(read_) == 60 * 2**20
    assert float(grown) < 24, f"{grown} MB more"


def run(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    home = Path(__file__).parents[2]
    return subprocess.run(command, check=False, cwd=home, capture_output=True, text=True)  # noqa: S603  our own code


# --- a folder alone


def test_what_the_disk_refuses_to_make_lasting_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    shelf = _folder(tmp_path)
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        shelf.store.put([b"hello"], limit=100)
    assert (shelf.kept(), shelf.begun()) == ([], [])


def test_what_comes_again_is_young_again(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    store.put([b"hello"], limit=5)
    os.utime(store.path(HELLO), (1, 1))
    assert list(store.aged(since=0, before=2)) == [HELLO]
    store.put([b"hello"], limit=5)
    assert list(store.aged(since=0, before=2)) == []


@pytest.mark.parametrize("early", [True, False])
def test_what_comes_again_while_it_is_removed_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, early: bool
) -> None:
    """``early``: just before its age is looked at; else just after."""
    store, look = Folder(tmp_path), spool.put_at
    store.put([b"hello"], limit=5)
    os.utime(store.path(HELLO), (1, 1))

    def meanwhile(path: Path) -> float:
        age = 0.0 if early else look(path)
        store.put([b"hello"], limit=5)
        return look(path) if early else age

    monkeypatch.setattr(spool, "put_at", meanwhile)
    store.remove(HELLO, before=2)
    assert read(store, HELLO) == b"hello"
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [HELLO]


# --- a bucket alone


def test_what_comes_again_later_is_put_again(server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Bucket(server.place(prefix="again"), tmp_path / "spool")
    name = f"{HELLO[:2]}/{HELLO[2:4]}/{HELLO}"
    obstore.put(store.store, name, b"HELLO")
    store.put([b"hello"], limit=5)
    assert read(store, HELLO) == b"HELLO"
    monkeypatch.setattr("storage.bucket.YOUNG", timedelta(0))
    store.put([b"hello"], limit=5)
    assert read(store, HELLO) == b"hello"


def test_a_bucket_names_its_objects_as_a_folder_names_its_files(server: S3, tmp_path: Path) -> None:
    Bucket(server.place(prefix="same"), tmp_path / "spool").put([b"hello"], limit=5)
    Folder(tmp_path / "files").put([b"hello"], limit=5)
    [path] = [one for one in (tmp_path / "files").rglob("*") if one.is_file()]
    assert f"same/{path.relative_to(tmp_path / 'files')}" in server.names()


@pytest.mark.parametrize("other", [{"bucket": "missing"}, {"endpoint": "http://127.0.0.1:9"}])
def test_a_bucket_that_cannot_be_used_says_so_in_one_line_without_the_secret(
    server: S3, tmp_path: Path, other: dict[str, str]
) -> None:
    store = Bucket(server.place(**other), tmp_path / "spool")
    for call in (store.probe, lambda: store.put([b"hello"], limit=5)):
        with pytest.raises(OSError) as trouble:  # noqa: PT011  which of them it is does not matter
            call()
        assert "\n" not in str(trouble.value)
        assert not {SECRET, KEY} & set(str(trouble.value).replace("=", " ").split())
    assert list((tmp_path / "spool").iterdir()) == []
    assert SECRET not in f"{store.address} {store!r} {store.store!r}"


def test_a_bucket_may_stand_in_the_host() -> None:
    with_host = S3("https://oss.example.com").place(bucket="talks", in_host=True)
    assert with_host.store().config["endpoint"] == "https://talks.oss.example.com"
    named = S3("https://talks.oss.example.com").place(bucket="talks", in_host=True)
    assert named.store().config["endpoint"] == "https://talks.oss.example.com"
    assert S3("http://minio:9000").place().store().config["endpoint"] == "http://minio:9000"
    assert BUCKET not in S3("http://minio:9000").place().endpoint
