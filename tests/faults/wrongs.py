"""F8: providers put off, fail, take something and do not say so, or say half of it."""

from __future__ import annotations

from tests.faults.crashes import fleet_of, outcome
from tests.faults.fleet import SPREAD
from tests.faults.provider import AFTER, Manner
from tests.faults.registry import Outcome, Round, fault

SHARE = 0.1
"""Of each kind, of all calls."""
WORK = 400.0
"""Seconds at most for a round: all is said while it is waited for, which on PostgreSQL takes two minutes by itself."""
SPEED = 120
"""Seconds that pass in one: a provider may want patience for two minutes."""


@fault(
    "F8",
    "429, 5xx, no answer, half an answer: 10 % each",
    counted="wrong answers",
    sampled={"messages": 60},
    full={"messages": 6000},
    rounds=4,
)
def wrongs(given: Round) -> Outcome:
    manner = Manner(wrong=SHARE, late=0.8, seed=given.seed)
    hurried = {"speed": float(SPEED), "lease": 4.0 * SPEED, "timeout": 0.5}
    fleet = fleet_of(given, slots=3, manner=manner, **hurried)
    with fleet.running():
        fleet.release(given.size["messages"] // SPREAD)
        fleet.settle(longest=WORK)
    wrong = [event for event in fleet.events if event["what"] in {"refused", "broken"} or event.get("answer") in AFTER]
    return outcome(fleet, len(wrong), None)
