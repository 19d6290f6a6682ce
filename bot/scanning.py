"""Looks for viruses in what comes in, by a command or by clamd, where the settings name one."""

from __future__ import annotations

import shlex
import socket
import subprocess
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from bot.sections import FilesSettings

log = structlog.get_logger()

PATIENCE = 300.0
"""Seconds that a command may take, and that clamd may be silent."""
A_PIECE = 64 * 1024
LONGEST_ANSWER = 4096


class Verdict(StrEnum):
    """``UNCHECKED``: it could not be told; the log knows why."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNCHECKED = "unchecked"


Scan = Callable[[Path], Verdict]


def scan(settings: FilesSettings) -> Scan | None:
    """Whoever looks, by the settings; None where nobody does."""
    if settings.scan_command:
        return partial(by_command, shlex.split(settings.scan_command))
    return partial(by_clamd, settings.clamd) if settings.clamd else None


def by_command(command: Sequence[str], path: Path) -> Verdict:
    """Run with the file's path behind it, by no shell: 0 is clean, 1 infected, anything else could not be told."""
    try:
        ended = subprocess.run(  # noqa: S603  the operator's own command; the path is ours
            [*command, str(path.absolute())],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return _unchecked(type(error).__name__)
    if ended.returncode in {0, 1}:
        return Verdict.INFECTED if ended.returncode else Verdict.CLEAN
    return _unchecked(f"ended with {ended.returncode}")


def by_clamd(address: str, path: Path) -> Verdict:
    """By a daemon at ``host:port`` or at the path of a socket, which is sent the bytes."""
    try:
        with connected(address) as line, path.open("rb") as source:
            line.sendall(b"zINSTREAM\0")
            try:
                while piece := source.read(A_PIECE):
                    line.sendall(len(piece).to_bytes(4) + piece)
                line.sendall(bytes(4))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough; why stands in its answer
            answer = heard(line)
    except OSError as error:
        return _unchecked(type(error).__name__)
    if answer.endswith(" FOUND"):
        log.warning("file infected", found=answer.removeprefix("stream: "))
        return Verdict.INFECTED
    return Verdict.CLEAN if answer == "stream: OK" else _unchecked(answer or "no answer")


def ping(address: str) -> None:
    """Raises ``OSError`` unless a clamd answers there."""
    with connected(address) as line:
        line.sendall(b"zPING\0")
        answer = heard(line)
    if answer != "PONG":
        raise ConnectionError(answer or "no answer")


def connected(address: str) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), PATIENCE)


def heard(line: socket.socket) -> str:
    """Up to the NUL at its end, or the end of the connection."""
    found = b""
    while not found.endswith(b"\0") and len(found) < LONGEST_ANSWER and (more := line.recv(LONGEST_ANSWER)):
        found += more
    return found.rstrip(b"\0").decode("utf-8", "replace").strip()


def _unchecked(why: str) -> Verdict:
    log.error("file not checked for viruses", why=why)
    return Verdict.UNCHECKED
