"""Reads what happened and what the database says, and tells what should not be. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise

from storage.outbox import Promise
from tests.faults.history import Event

TICK = 0.001
"""Seconds: what the product keeps of a moment."""
IN_FLIGHT = 2.0
"""Seconds within which a request that was on its way may have been heard of late."""
WORKERS = 4
"""Messages that one process sends at once: so many one death can leave unmarked."""
ENDINGS = frozenset({"killed", "paused"})


@dataclass(frozen=True)
class Row:
    """A promise as the database has it; ``lane`` is the provider's address of the room.

    ``waits``: not before a moment of its own, so that others overtake it.
    """

    id: int
    key: str
    lane: str
    state: int
    waits: bool = False


@dataclass
class Findings:
    """Keys of messages, or words about what is wrong. ``window``: repeats that the promise speaks of."""

    lost: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    close: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    halves: list[str] = field(default_factory=list)
    contradicted: list[str] = field(default_factory=list)
    window: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not any(getattr(self, one.name) for one in fields(self) if one.name != "window")

    def add(self, other: Findings) -> None:
        for one in fields(self):
            getattr(self, one.name).extend(getattr(other, one.name))

    def __str__(self) -> str:
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return "; ".join(f"{name}: {len(what)} ({', '.join(what[:5])})" for name, what in found.items() if what)


def check(
    events: Sequence[Event],
    rows: Sequence[Row],
    *,
    slot: float = 0.0,
    written: Iterable[int] = (),
    promised: int = 0,
    one_writer: bool = False,
) -> Findings:
    """``slot``: seconds between two messages of a lane; ``written``: the commands of which a row is there, each of
    which was to promise so many messages; ``one_writer``: whoever is frozen may have kept everybody from writing."""
    accepted = [event for event in events if event["what"] == "accepted"]
    findings = Findings()
    findings.lost += _lost(accepted, rows)
    excused, late, crossed = [], [], []
    for key, (first, second) in _repeats(accepted):
        slept = not second["asked"] and _slept(second["by"], first["at"], events)
        woke = not slept and _woke(first, second, events)
        held_up = one_writer and not slept and _held_up(first, second, events)
        if slept or woke or held_up or _is_excused((first, second), events):
            excused.append((key, second if slept else first))
            late += [second] if slept else []
            crossed += [(first, second)] if woke or held_up else []
        else:
            findings.duplicate.append(key)
    findings.window += [key for key, _ in excused]
    findings.duplicate += _too_many(excused, events, one_writer=one_writer)
    by_lane = defaultdict(list)
    for event in accepted:
        if event not in late:  # whoever slept knows nothing of the pace that others kept meanwhile
            by_lane[event["lane"]].append(event)
    for lane in by_lane.values():
        findings.out_of_order += _out_of_order(lane, {row.key: row.id for row in rows if not row.waits})
        findings.close += _close(lane, slot, crossed)
    findings.early += _early(events)
    findings.halves += _halves(events, rows, Counter(written), promised)
    findings.contradicted += [str(event["number"]) for event in events if event["what"] == "contradicted"]
    return findings


def _lost(accepted: Iterable[Event], rows: Iterable[Row]) -> Iterator[str]:
    """Promised and not heard in its room, or not marked; and what was heard where nobody promised it."""
    heard = {(event["key"], event["lane"]) for event in accepted}
    promised = {(row.key, row.lane): row.state for row in rows}
    for there, state in promised.items():
        if state != Promise.SENT or there not in heard:
            yield there[0]
    yield from (key for key, _ in sorted(heard - set(promised)))


def _repeats(accepted: Iterable[Event]) -> Iterator[tuple[str, tuple[Event, Event]]]:
    """Each acceptance of a key after its first, with the one before."""
    last: dict[str, Event] = {}
    for event in accepted:
        if event["key"] in last:
            yield event["key"], (last[event["key"]], event)
        last[event["key"]] = event


def _is_excused(repeat: tuple[Event, Event], events: Iterable[Event]) -> bool:
    """Whether the provider cannot be asked, and whoever said it first cannot have known that it was taken."""
    first, second = repeat
    if first["asked"]:
        return False
    return first["answer"] != "whole" or any(_took_away(event, first, second) for event in events)


def _slept(who: str, at: float, events: Iterable[Event]) -> bool:
    """Whether that process was frozen at that moment: with a message in hand, it could not know that it was said."""
    last = [event["what"] for event in events if event["at"] <= at and event.get("who") == who]
    return bool(last) and last[-1] == "paused"


def _woke(first: Event, second: Event, events: Iterable[Event]) -> bool:
    """Whether it was said first by a process that had just been woken, and then by the one that had taken it over.

    The provider could not be asked. Whoever wakes says what it had in hand; whoever took the lane over while it slept
    has it in hand too, and neither knows of the other, nor of its pace.
    """
    if first["asked"] or first["by"] == second["by"]:
        return False
    last = [event for event in events if event["at"] <= first["at"] and event.get("who") == first["by"]][-2:]
    return [event["what"] for event in last] == ["paused", "resumed"] and first["at"] - last[-1]["at"] < IN_FLIGHT


def _held_up(first: Event, second: Event, events: Iterable[Event]) -> bool:
    """Whether whoever said it first may have been kept from writing that down: another one was frozen with the file
    locked, until somebody, woken too, found the lease over and took the lane before the first one had its turn."""
    if first["asked"] or first["by"] == second["by"]:
        return False
    frozen: dict[str, float] = {}
    for event in events:
        if event["what"] == "paused" and event["who"] != first["by"]:
            frozen[event["who"]] = event["at"]
        elif event["what"] == "resumed" and event["at"] <= second["at"]:
            since = frozen.pop(event["who"], None)
            if since is not None and first["at"] - IN_FLIGHT <= since and event["at"] > first["at"]:
                return True
    return False


def _took_away(event: Event, first: Event, second: Event) -> bool:
    """Whether that kept the process from writing down what the provider had taken."""
    if event["at"] > second["at"]:
        return False
    if event["what"] in ENDINGS:
        lately = event["what"] == "killed" or event["at"] >= first["at"] - IN_FLIGHT
        return bool(event["who"] == first["by"] and lately)
    return bool(event["what"] == "cut" and event["at"] >= first["at"] - IN_FLIGHT)


def _too_many(excused: Iterable[tuple[str, Event]], events: Iterable[Event], *, one_writer: bool) -> Iterator[str]:
    """Each with what the one said that was ended. One ending leaves no more unmarked than a process sends at once."""
    ends = Counter(
        "" if one_writer and event["what"] == "paused" else event.get("who", "")
        for event in events
        if event["what"] in {*ENDINGS, "cut"}
    )
    by: Counter[str] = Counter()
    for key, said in excused:
        by[said["by"]] += said["answer"] == "whole"
        if by[said["by"]] > WORKERS * (ends[said["by"]] + ends[""]):
            yield key


def _out_of_order(lane: Iterable[Event], ids: Mapping[str, int]) -> Iterator[str]:
    before = 0
    for event in lane:
        at = ids.get(event["key"], before)
        if at < before:
            yield event["key"]
        before = at


def _close(lane: Sequence[Event], slot: float, crossed: Sequence[tuple[Event, Event]]) -> Iterator[str]:
    """``crossed`` are pairs of which neither could know of the other."""
    for before, after in pairwise(lane):
        if after["at"] - before["at"] < slot - TICK and (before, after) not in crossed:
            yield after["key"]


def _early(events: Iterable[Event]) -> Iterator[str]:
    """Said, or tried, before the provider wanted to hear of that lane again."""
    until: dict[str, float] = defaultdict(float)
    for event in events:
        tried = event["what"] in {"accepted", "refused", "broken"}
        if tried and event["lane"] in until and event["at"] < until[event["lane"]] - TICK:
            yield event["key"]
        if event["what"] == "refused":
            until[event["lane"]] = event["until"]


def _halves(events: Iterable[Event], rows: Iterable[Row], written: Counter[int], promised: int) -> Iterator[str]:
    """Commands of which not all or nothing is there, and those that were answered and are not there."""
    found = Counter(int(row.key.split(":")[1]) for row in rows) if promised else Counter()
    for number in sorted(set(found) | set(written)):
        if (written[number], found[number]) != (1, promised):
            yield f"{number}: {written[number]} written, {found[number]} promised"
    answered = {event["number"] for event in events if event["what"] == "answered"}
    yield from (f"{number}: answered, not there" for number in sorted(answered - set(written)))
