"""A database file of its own for every test, and a desk to promise at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import handlers  # noqa: F401  every table is known to the metadata
from storage import lanes, outbox
from storage.base import Base, Database
from storage.lanes import Claimed
from storage.outbox import Promise
from storage.rooms import Room
from storage.workspace import Workspace
from tests.databases import address

OF_FILES = {"test_base.py", "test_bags.py"}


@pytest.fixture
def database(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    file = f"sqlite:///{tmp_path / 'huihou.db'}"
    made = Database(file if request.path.name in OF_FILES else address(tmp_path), synchronous="OFF")
    Base.metadata.create_all(made.writer)
    yield made
    made.close()


@dataclass
class Desk:
    """Promises to lanes named by one letter, at a moment ``now`` in milliseconds."""

    database: Database
    now: int = 1_000_000
    claims: list[Claimed] = field(default_factory=list)

    def promise(self, lane: str, key: str, **fields: Any) -> bool:
        given = {"platform": "web", "interval_ms": 0, "payload": f"say {key}", "now_ms": self.now, **fields}
        with self.database.write() as db:
            return outbox.promise(db, key, lane_key=lane, **given)

    def claim(
        self,
        *,
        most: int = 10,
        platforms: tuple[str, ...] = ("web",),
        holder: str = "",
        elsewhere: lanes.Elsewhere | None = None,
    ) -> list[Claimed]:
        name = holder or f"claim-{len(self.claims)}"
        with self.database.write() as db:
            found = lanes.claim(db, holder=name, now_ms=self.now, platforms=platforms, most=most, elsewhere=elsewhere)
        self.claims += found
        return found

    def claimed(self, **how: Any) -> list[str]:
        return sorted(claimed.key for claimed in self.claim(**how))

    def finish(self, claimed: Claimed, state: Promise = Promise.SENT, **how: Any) -> bool:
        with self.database.write() as db:
            return lanes.finish(db, claimed, now_ms=self.now, state=state, **how)

    def state(self, key: str) -> Promise | None:
        with self.database.read() as db:
            found = outbox.promised(db, key)
        return found[1] if found else None

    def row(self, key: str) -> Any:
        with self.database.read() as db:
            return db.execute(outbox.outbox.select().where(outbox.outbox.c.dedupe_key == key)).one()

    def lane(self, key: str) -> Any:
        with self.database.read() as db:
            return db.execute(outbox.lane.select().where(outbox.lane.c.key == key)).one()

    def workspace(self, key: str, *rooms: str) -> tuple[int, list[int]]:
        """The ids of a new workspace and of its rooms."""
        with self.database.write() as db:
            place = Workspace(key=key)
            db.add(place)
            db.flush()
            made = [Room(workspace_id=place.id, platform="web", external=name, name=name) for name in rooms]
            db.add_all(made)
            db.flush()
            return place.id, [room.id for room in made]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
