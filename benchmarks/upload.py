"""A big file through the page for files, beside `cp` and `sha256sum` of the same bytes; what it costs in memory."""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import handlers
from benchmarks import process, world
from benchmarks.slack import Peer, running
from bot.tickets import upload_token
from messages import Message
from messages.message import Upload
from storage import migrations, people, rooms, workspace

MEGABYTE = 1_000_000
SMALL, SIZE, LARGEST = MEGABYTE, 300 * MEGABYTE, 1000 * MEGABYTE
ROUNDS = 5
PUBLIC = "http://localhost:8080"
FORM = "7bb1f7a1c0ffee"
"""What stands between the parts of a plain form."""
_HEAD = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class Uploads:
    """Megabytes a second, medians over the rounds; ``growth`` in megabytes, of the server for the largest file."""

    page: float
    form: float
    bare: float
    growth: float


def measure() -> Uploads:
    """In every round all of them, one after the other, on bytes that nobody has seen before."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path = prepare(folder / "data")
        env = {
            "HUIHOU_DATA": str(folder / "data"),
            "HUIHOU_PUBLIC_URL": PUBLIC,
            "HUIHOU_WEB__PORT": "0",
            "HUIHOU_LARGEST_FILE_MB": str(LARGEST // MEGABYTE + 1),
        }
        with running("bot", "run", env=env, folder=folder) as bot:
            found: dict[str, list[float]] = {"page": [], "form": [], "bare": []}
            ways: dict[str, Callable[[Path], None]] = {
                "page": lambda file: by_page(bot, path, file),
                "form": lambda file: by_form(bot, path, file),
                "bare": by_hand,
            }
            by_page(bot, path, recording(folder, SMALL))
            growth = grown(bot, path, recording(folder, LARGEST))
            for _ in range(ROUNDS + 1):
                for way, send in ways.items():
                    found[way].append(timed(send, recording(folder, SIZE)))
        page, form, bare = (statistics.median(found[way][1:]) for way in ways)
    return Uploads(page, form, bare, growth)


def prepare(folder: Path) -> str:
    """A database in which Ann may leave files on a page; its path."""
    folder.mkdir()
    app = world.app(folder)
    migrations.upgrade(app.database)
    now = datetime.now(UTC)
    with app.database.write() as db:
        home = workspace.by_key(db, "main", locale="en")
        handlers.furnish(db, home.id, now)
        ann = people.met(db, home.id, "console", "ann", name="Ann")
        room = rooms.met(db, home.id, "console", "dm:ann", person_id=ann.id)
        wanted = Message(name="bench", locale="en", upload=Upload(line="attach", label="Send", here="Send"))
        token = upload_token(db, wanted, room=room.address, account="ann", now=now)
    app.database.close()
    return f"/upload/{token}"


def recording(folder: Path, size: int) -> Path:
    """A new file that begins as an MPEG-4 does."""
    file = folder / "recording.mp4"
    block = os.urandom(MEGABYTE)
    with file.open("wb") as target:
        target.write(_HEAD)
        for number in range(size // MEGABYTE):
            target.write(number.to_bytes(8) + block[8:])
    subprocess.run(["sync", str(file)], check=True)  # noqa: S603, S607  what is written here is not paid for below
    return file


def timed(send: Callable[[Path], None], file: Path) -> float:
    """Megabytes a second."""
    begun = time.perf_counter()
    send(file)
    return file.stat().st_size / MEGABYTE / (time.perf_counter() - begun)


def by_page(bot: Peer, path: str, file: Path) -> None:
    """As the page's script sends it: the bytes are the body."""
    _post(bot, f"{path}/file?batch={os.urandom(8).hex()}&name={file.name}", file)


def by_form(bot: Peer, path: str, file: Path) -> None:
    """As a browser without scripts sends it."""
    before = f'--{FORM}\r\nContent-Disposition: form-data; name="files"; filename="{file.name}"\r\n\r\n'.encode()
    _post(bot, path, file, before=before, after=f"\r\n--{FORM}--\r\n".encode())


def _post(bot: Peer, path: str, file: Path, *, before: bytes = b"", after: bytes = b"") -> None:
    address = urlsplit(bot.address).netloc
    line = http.client.HTTPConnection(address, timeout=300, blocksize=1 << 20)
    line.putrequest("POST", path)
    line.putheader("Origin", f"http://{address}")
    line.putheader("Content-Length", str(len(before) + file.stat().st_size + len(after)))
    if before:
        line.putheader("Content-Type", f"multipart/form-data; boundary={FORM}")
    line.endheaders()
    line.send(before)
    with file.open("rb") as source:
        line.sock.sendfile(source)
    line.send(after)
    answer = line.getresponse()
    told = answer.read().decode()
    line.close()
    if answer.status != http.client.OK or f"“{file.name}” was not" in told:
        raise SystemExit(f"{path.rpartition('/')[2]} was answered with {answer.status}: {told[:300]}")


def by_hand(file: Path) -> None:
    """The same bytes copied and summed by what every system has."""
    copy = file.with_suffix(".copy")
    subprocess.run(["cp", str(file), str(copy)], check=True)  # noqa: S603, S607  known to every system
    subprocess.run(["sha256sum", str(file)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603, S607  as above
    copy.unlink()


def grown(bot: Peer, path: str, file: Path) -> float:
    """Megabytes that the server held at most while the file came, beyond what it held before."""
    status = Path(f"/proc/{bot.process.pid}/status")
    Path(f"/proc/{bot.process.pid}/clear_refs").write_text("5", encoding="ascii")  # its peak is counted anew
    before = process.resident(bot.process.pid)
    by_page(bot, path, file)
    found = _PEAK.search(status.read_text(encoding="utf-8"))
    return int(found[1]) / 1024 - before if found else float("nan")


if __name__ == "__main__":
    print(measure())
