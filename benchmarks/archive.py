"""Building an archive of very many files, beside `sha256sum` of the same bytes."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import handlers
from benchmarks import world
from bot.app import App
from bot.ask import Ask
from storage import archive, files, meetings, migrations, people, rooms, workspace
from storage.materials import Material, Scope

FILES, SIZE = 5_000, 400_000
ROUNDS = 3


@dataclass(frozen=True)
class Archives:
    """Seconds, medians over the rounds: a build in chat from the line to the answer, and the bare sums."""

    built: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.built / self.bare


def measure() -> Archives:
    """In every round both, one after the other, on the same files, which were all read before."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        app = world.app(folder)
        migrations.upgrade(app.database)
        line = filled(app)
        found: dict[str, list[float]] = {"built": [], "bare": []}
        for number in range(ROUNDS + 1):
            found["bare"].append(bare(folder / "files"))
            found["built"].append(built(app, line, number + 1))
        app.database.close()
    return Archives(*(statistics.median(times[1:]) for times in found.values()))


def filled(app: App) -> str:
    """A meeting with that many files; the line that builds its archive."""
    with app.database.write() as db:
        home = workspace.by_key(db, "main", locale="en")
        handlers.furnish(db, home.id, world.NOW)
        people.met(db, home.id, "console", "ann", name="Ann")
        rooms.met(db, home.id, "console", "team")
    app.dispatch.answer(ask("meeting new Bench end: 2026-06-08 17:00", "new"))
    block = os.urandom(SIZE)
    with app.database.write() as db:
        meeting = meetings.all_of(db, home.id)[0]
        for number in range(FILES):
            kept = app.files.put([number.to_bytes(8) + block[8:]], limit=SIZE)
            row = files.add(
                db,
                home.id,
                name=f"IMG_{number}.jpg",
                digest=kept.digest,
                size=kept.size,
                media_type="image/jpeg",
                person_id=1,
                room_id=None,
                at=world.NOW,
            )
            row.meeting_id, row.material, row.scope = meeting.id, Material.PHOTO, Scope.INTERNAL
    return f"archive build M{meeting.number}"


def ask(line: str, event: str) -> Ask:
    return Ask(platform="console", account="ann", room="team", line=line, event_id=event, name="Ann")


def built(app: App, line: str, number: int) -> float:
    begun = time.perf_counter()
    app.dispatch.answer(ask(line, f"{line}:{number}"))
    app.delivery.drain()
    taken = time.perf_counter() - begun
    with app.database.read() as db:
        row = archive.newest(db, 1)
    if row is None or (row.number, row.files) != (number, FILES):
        raise SystemExit(f"not built: {row and (row.number, row.files)}")
    return taken


def bare(store: Path) -> float:
    """Every file of the store, as one would on a command line."""
    begun = time.perf_counter()
    command = "find . -type f -size +300k -print0 | xargs -0 sha256sum > /dev/null"
    subprocess.run(["sh", "-c", command], cwd=store, check=True)  # noqa: S603, S607  known to every system
    return time.perf_counter() - begun


if __name__ == "__main__":
    print(measure())
