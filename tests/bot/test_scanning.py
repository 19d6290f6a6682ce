"""Viruses are looked for by a command or by clamd; what is infected, or could not be checked, is not clean."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import scanning
from bot.scanning import Verdict
from bot.sections import FilesSettings
from tests.fakes.clamd import EICAR, Clamd, clamd

CLEAN = b"\xff\xd8\xff" + bytes(range(256)) * 1000
SCANNER = """
import sys
from pathlib import Path
if len(sys.argv) != 2 or not Path(sys.argv[1]).is_absolute():
    sys.exit(9)
sys.exit(1 if b"EICAR" in Path(sys.argv[1]).read_bytes() else 0)
"""


def verdict(content: bytes, folder: Path, **settings: str) -> Verdict:
    path = folder / "a name; with $(touch pwned) in it.bin"
    path.write_bytes(content)
    scan = scanning.scan(FilesSettings(**settings))
    assert scan is not None
    return scan(path)


@pytest.fixture(params=["port", "socket"])
def daemon(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Clamd]:
    with clamd(tmp_path / "s" if request.param == "socket" else None) as running:
        yield running


@pytest.fixture
def command(tmp_path: Path) -> str:
    (tmp_path / "scan it.py").write_text(SCANNER)
    return f"{sys.executable} {shlex.quote(str(tmp_path / 'scan it.py'))}"


def test_nobody_looks_where_nobody_is_named() -> None:
    assert scanning.scan(FilesSettings()) is None


@pytest.mark.parametrize(
    ("content", "found"), [(CLEAN, Verdict.CLEAN), (CLEAN + EICAR, Verdict.INFECTED), (b"", Verdict.CLEAN)]
)
def test_a_command_is_run_by_no_shell_with_the_path_behind_it(
    tmp_path: Path, command: str, content: bytes, found: Verdict
) -> None:
    assert verdict(content, tmp_path, scan_command=command) == found
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("ends", ["sys.exit(2)", "sys.exit(255)", "import os; os.kill(os.getpid(), 9)"])
def test_any_other_end_of_a_command_tells_nothing(tmp_path: Path, ends: str) -> None:
    (tmp_path / "broken.py").write_text(f"import sys; {ends}")
    with capture_logs() as logs:
        assert verdict(CLEAN, tmp_path, scan_command=f"{sys.executable} {tmp_path / 'broken.py'}") == Verdict.UNCHECKED
    assert logs[0]["log_level"] == "error"


def test_a_command_that_is_not_there_or_never_ends_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verdict(CLEAN, tmp_path, scan_command="/no/such/scanner") == Verdict.UNCHECKED
    monkeypatch.setattr(scanning, "PATIENCE", 0.2)
    (tmp_path / "slow.py").write_text("import threading; threading.Event().wait()")
    assert verdict(CLEAN, tmp_path, scan_command=f"{sys.executable} {tmp_path / 'slow.py'}") == Verdict.UNCHECKED


@pytest.mark.parametrize(
    ("content", "found"), [(CLEAN, Verdict.CLEAN), (CLEAN + EICAR, Verdict.INFECTED), (b"", Verdict.CLEAN)]
)
def test_clamd_is_sent_all_of_it(tmp_path: Path, daemon: Clamd, content: bytes, found: Verdict) -> None:
    assert verdict(content, tmp_path, clamd=daemon.address) == found
    assert daemon.heard == [content]


def test_what_is_larger_than_clamd_takes_could_not_be_checked_and_the_log_says_why(
    tmp_path: Path, daemon: Clamd
) -> None:
    daemon.most = 100_000
    with capture_logs() as logs:
        assert verdict(CLEAN * 100, tmp_path, clamd=daemon.address) == Verdict.UNCHECKED
    assert logs[0]["event"] == "file not checked for viruses"
    assert logs[0]["why"] in {"INSTREAM size limit exceeded. ERROR", "ConnectionResetError"}


@pytest.mark.parametrize(
    "says", [b"", b"\0", b"COMMAND READ TIMED OUT\0", b"stream: Can't open file ERROR\0", b"x" * 9999]
)
def test_any_other_answer_of_clamd_tells_nothing(tmp_path: Path, daemon: Clamd, says: bytes) -> None:
    daemon.says = says
    assert verdict(CLEAN, tmp_path, clamd=daemon.address) == Verdict.UNCHECKED


@pytest.mark.parametrize("address", ["127.0.0.1:9", "/no/such/socket", "[::1]:9"])
def test_a_clamd_that_is_not_there_tells_nothing(tmp_path: Path, address: str) -> None:
    assert verdict(CLEAN, tmp_path, clamd=address) == Verdict.UNCHECKED
    with pytest.raises(OSError):  # noqa: PT011  which of them it is does not matter
        scanning.ping(address)


def test_clamd_is_asked_whether_it_is_there(daemon: Clamd) -> None:
    scanning.ping(daemon.address)
    daemon.says = b"UNKNOWN COMMAND\0"
    with pytest.raises(ConnectionError, match="UNKNOWN COMMAND"):
        scanning.ping(daemon.address)
