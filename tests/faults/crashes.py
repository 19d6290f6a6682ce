"""F1, F2, F5: replicas are killed, or frozen for longer than their leases last, while they work."""

from __future__ import annotations

import os
import signal
import time

from tests.faults.fleet import SPREAD, Fleet
from tests.faults.provider import Manner
from tests.faults.registry import Outcome, Round, fault

FULL = {"kills": 100, "messages": 3000}
SAMPLED = {"kills": 6, "messages": 180}
AGAIN = 0.1
"""The share of asks that are delivered once more though they were answered."""


def fleet_of(given: Round, *, slots: int, **how: object) -> Fleet:
    chance = given.chance
    return Fleet(given.folder, given.url, given.seed, slots=slots, extra=lambda: chance.random() < AGAIN, **how)  # type: ignore[arg-type]


def outcome(fleet: Fleet, count: int, normal: float | None) -> Outcome:
    return Outcome(count, len(fleet.answers) * SPREAD, fleet.findings(), normal)


@fault("F1", "kill -9, three replicas", counted="kills", on=("postgresql",), sampled=SAMPLED, full=FULL, rounds=12)
def three(given: Round) -> Outcome:
    return killed(given, slots=3)


@fault("F2", "kill -9, one process", counted="kills", on=("sqlite",), sampled=SAMPLED, full=FULL, rounds=6)
def one(given: Round) -> Outcome:
    return killed(given, slots=1)


@fault("F2", "kill -9, two on one file", counted="kills", on=("sqlite",), sampled=SAMPLED, full=FULL, rounds=6)
def two(given: Round) -> Outcome:
    return killed(given, slots=2)


def killed(given: Round, *, slots: int, tells: bool = True) -> Outcome:
    """Before every kill a few commands are asked, and something is done; whoever was killed comes back at once."""
    fleet, kills = fleet_of(given, slots=slots, manner=Manner(tells=tells)), given.size["kills"]
    with fleet.running():
        for number in range(kills):
            fleet.release(shares(given.size["messages"] // SPREAD, kills, number))
            fleet.works()
            time.sleep(fleet.chance.uniform(0, 0.15))
            at = fleet.chance.randrange(slots)
            fleet.kill(at)
            fleet.start(at)
        normal = fleet.settle()
    return outcome(fleet, kills, normal)


def shares(whole: int, parts: int, number: int) -> int:
    """How much of the whole the part of that number is, from 0."""
    return whole * (number + 1) // parts - whole * number // parts


@fault(
    "F5",
    "SIGSTOP past the lease",
    counted="pauses",
    sampled={"pauses": 2, "messages": 120, "lease": 2},
    full={"pauses": 20, "messages": 1200, "lease": 3},
    rounds=5,
)
def frozen(given: Round) -> Outcome:
    """Two of three at a time; they go on with whatever they were about to do when they were stopped."""
    fleet = fleet_of(given, slots=3, lease=float(given.size["lease"]))
    pauses = given.size["pauses"]
    with fleet.running():
        for number in range(pauses // 2):
            fleet.release(shares(given.size["messages"] // SPREAD, pauses // 2, number))
            time.sleep(fleet.chance.uniform(0.02, 0.2))
            victims = [one for one in fleet.now if one is not None]
            for victim in fleet.chance.sample(victims, 2):
                _freeze(fleet, victim.name, victim.process.pid)
            time.sleep(fleet.lease + 0.5)
            for victim in victims:
                os.kill(victim.process.pid or 0, signal.SIGCONT)
                fleet.history.add("resumed", who=victim.name)
        normal = fleet.settle()
    return outcome(fleet, pauses, normal)


def _freeze(fleet: Fleet, name: str, pid: int | None) -> None:
    assert pid
    fleet.history.add("paused", who=name)
    os.kill(pid, signal.SIGSTOP)
