"""F11: a release takes the place of the one before it, process by process, while everybody works; and back again."""

from __future__ import annotations

import subprocess
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage import migrations
from tests.faults import replica, successor, zygote
from tests.faults.crashes import AGAIN, outcome, shares
from tests.faults.fleet import SPREAD, Fleet, Replica
from tests.faults.registry import Outcome, Round, fault

KILLED = 0.3
"""The share of processes that are not stopped in good order."""


@dataclass
class Rolling(Fleet):
    """``to_come`` is the folder of the next release; ``newer`` are the slots that have it."""

    to_come: Path = Path()
    newer: set[int] = field(default_factory=set)
    chimes: set[int] = field(default_factory=set)

    def prepare(self) -> None:
        database = self.database()
        migrations.upgrade(database)
        database.close()
        super().prepare()

    def upgrade(self) -> subprocess.Popen[bytes]:
        """Begin it, as its operator does, beneath those who work."""
        words = successor.command(self.to_come, "bot", "db", "upgrade")
        told = successor.environment(self.to_come, self.url)
        quiet = subprocess.DEVNULL
        return subprocess.Popen(words, cwd=self.to_come, env=told, stdout=quiet)  # noqa: S603  our own words

    def swap(self, at: int, *, to_newer: bool) -> None:
        """Another process takes a slot once it is there; who had it is stopped in good order, or killed."""
        name = f"r{next(self.names)}"
        made = (
            successor.start(self.to_come, self.ways, name) if to_newer else zygote.start(replica.main, self.ways, name)
        )
        fresh = Replica(name, *made)
        fresh.pipe.recv()
        self.history.add("started", who=name)
        before, self.now[at] = self.now[at], fresh
        (self.newer.add if to_newer else self.newer.discard)(at)
        assert before is not None
        if self.chance.random() < KILLED:
            before.kill()
            self.history.add("killed", who=before.name)
        else:
            before.stop()
        before.close()

    def once(self, at: int, number: int) -> bool:
        """What only the next release knows is asked of that alone; what was answered before, of anybody."""
        if number not in self.answers:
            if at in self.newer and number % 2:
                self.chimes.add(number)
            elif number in self.chimes:
                return False
        return super().once(at, number)

    @property
    def may_wait(self) -> Collection[int]:
        """What only the next release knows, while no process of that release is at work."""
        return self.chimes

    def asked(self, number: int) -> dict[str, Any]:
        found = super().asked(number)
        return {**found, "line": found["line"].replace("tally", "chime")} if number in self.chimes else found


@fault(
    "F11",
    "a rolling upgrade, and back",
    counted="changes of process",
    sampled={"slots": 2, "messages": 180, "back": 0},
    full={"slots": 3, "messages": 1800, "back": 1},
    rounds=10,
)
def rolled(given: Round) -> Outcome:
    """Upgraded beneath everybody, one after the other changed.

    With ``back`` one is changed and changed back before that; at last all go back and forth again.
    """
    slots, chance = given.size["slots"], given.chance
    url, to_come = given.another(empty=True), successor.made(given.folder / "to-come")
    fleet = Rolling(given.folder, url, given.seed, slots, to_come=to_come, extra=lambda: chance.random() < AGAIN)
    ways = [*[(0, True), (0, False)] * given.size["back"], *((at, True) for at in range(slots))]
    back = [(at, newer) for newer in (False, True) for at in range(slots)] * given.size["back"]
    parts = len(ways) + len(back) + 1
    shared = (shares(given.size["messages"] // SPREAD, parts, number) for number in range(parts))
    with fleet.running():
        fleet.release(next(shared))
        upgrade = fleet.upgrade()
        while upgrade.poll() is None:
            fleet.works()
        assert upgrade.returncode == 0, "the upgrade did not succeed"
        normal = 0.0
        for course in (ways, back):
            for at, newer in course:
                fleet.release(next(shared))
                fleet.works()
                fleet.swap(at, to_newer=newer)
            normal = max(normal, fleet.settle())
    found = outcome(fleet, len(ways) + len(back), normal)
    found.findings.halves += [f"refused: {name}" for name in fleet.refusals.elements()]
    return found
