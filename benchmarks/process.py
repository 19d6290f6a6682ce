"""The bot as a process of its own: how much memory it holds, and how soon its help is there."""

from __future__ import annotations

import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 7
PAGES = 50
ADDRESS = re.compile(r"http://[\w.:\[\]]+")
MEMORY = re.compile(r"VmRSS:\s+(\d+) kB")
HUIHOU = (sys.executable, "-m", "bot")


@dataclass(frozen=True)
class Process:
    """Megabytes at rest after some pages were served, and milliseconds.

    ``first`` is a demo that has just made up its conference, ``memory`` the bot that is started on it from then on.
    """

    memory: float
    first: float
    help: float


def measure() -> Process:
    with tempfile.TemporaryDirectory() as folder:
        first, memory = running(folder), running(folder)
    return Process(memory, first, start_up())


def start_up() -> float:
    """Of `huihou --help`, the median."""
    found = []
    for _ in range(ROUNDS + 1):
        begun = time.perf_counter()
        subprocess.run([*HUIHOU, "--help"], check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our own program
        found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(found[1:])


def running(folder: str) -> float:
    """Of the demo in its folder: a meeting with its team, and its page served again and again."""
    command = [*HUIHOU, "demo", "--data", folder, "--port", "0", "--no-browser", "--lang", "en"]
    process = subprocess.Popen(  # noqa: S603  our own program
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        serve(address(process))
        return resident(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def resident(pid: int) -> float:
    """Megabytes that a process holds."""
    found = MEMORY.search(Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else float("nan")


def address(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        found = ADDRESS.search(line)
        if found:
            return found[0]
    raise SystemExit("huihou demo did not say where it is")


def serve(page: str) -> None:
    for _ in range(PAGES):
        with urllib.request.urlopen(page, timeout=10) as answer:  # noqa: S310  the address it has printed
            answer.read()
