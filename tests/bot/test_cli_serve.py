"""The running bot, as a process of its own: it says where it is, answers, logs without secrets, and stops cleanly."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bot.terminal import Shell

SECRET = "0f3b5c1e7a9d2846b0c8e4f6a1d3957b"
MOST_MB = 150


@contextmanager
def running(shell: Shell, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the address that it has printed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUIHOU_")} | shell.env
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "bot", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**env, "HUIHOU_WEB__PORT": "0", "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield process, address_in(process)
    finally:
        process.kill()
        process.communicate()


def address_in(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    assert process.stderr is not None
    raise AssertionError(process.stderr.read())


def get(address: str) -> tuple[int, str]:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310
        return answer.status, answer.read().decode()


def memory_mb(process: subprocess.Popen[str]) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) // 1000


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_stops_cleanly(huihou: Shell, stop: signal.Signals) -> None:
    huihou.env["HUIHOU_WEB__SECRET"] = SECRET
    with running(huihou, "run") as (process, address):
        assert get(f"{address}/healthz") == (200, '{"status":"ok"}')
        assert get(f"{address}/readyz")[0] == 200
        assert "password" in get(address)[1]
        process.send_signal(stop)
        told, logged = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Stopped." in told
    assert "Traceback" not in logged
    assert SECRET not in told + logged
    for line in logged.splitlines():
        assert {"event", "level", "timestamp"} <= set(json.loads(line))


@pytest.mark.slow
def test_without_a_secret_it_explains_and_the_chat_is_off(huihou: Shell) -> None:
    with running(huihou, "run") as (process, address):
        assert get(f"{address}/healthz")[0] == 200
        process.terminate()
        assert process.wait(20) == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_needs_little_memory(huihou: Shell) -> None:
    huihou.env["HUIHOU_WEB__SECRET"] = SECRET
    with running(huihou, "run") as (process, address):
        for _ in range(20):
            get(address)
        used = memory_mb(process)
        print(f"memory of the running bot: {used} MB")
        assert used <= MOST_MB


@pytest.mark.slow
def test_a_demo_is_there_at_once_and_the_next_day_still(huihou: Shell, tmp_path: Path) -> None:
    words = ("demo", "--port", "0", "--no-browser", "--data", str(tmp_path / "demo"), "--lang", "en")
    with running(huihou, *words) as (process, address):
        page = get(address)[1]
        assert "8th East China Smart Manufacturing Conference" in page
        assert "Shen Jingqiu" in page
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    (tmp_path / "demo" / "files" / "kept").touch()
    with running(huihou, *words) as (process, address):
        assert "Shen Jingqiu" in get(address)[1]
    assert (tmp_path / "demo" / "files" / "kept").exists()
    assert not huihou.folder.exists()


def test_a_demo_leaves_other_folders_alone(huihou: Shell, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()
    assert "is not a demo" in huihou("demo", "--data", str(tmp_path), "--fresh", code=1).stderr
    assert (tmp_path / "letter.txt").exists()


def test_a_port_that_is_taken_is_said_so(huihou: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        huihou.env["HUIHOU_WEB__PORT"] = str(taken.getsockname()[1])
        result = huihou("run", code=1)
    assert "cannot be listened on: Address already in use" in result.stderr
    assert "Traceback" not in result.output


def test_it_does_not_listen_beyond_this_machine_unprotected(huihou: Shell) -> None:
    huihou.env["HUIHOU_WEB__HOST"] = "0.0.0.0"
    assert "needs HUIHOU_WEB__SECRET" in huihou("run", code=1).stderr
