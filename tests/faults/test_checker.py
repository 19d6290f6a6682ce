"""The judge is judged: whatever is put wrong into a history that was sound, it finds, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.outbox import Promise
from tests.faults.bots import House
from tests.faults.checker import TICK, Findings, Row, check
from tests.faults.crashes import killed as killed_at_random
from tests.faults.history import Event
from tests.faults.points import killed
from tests.faults.registry import FAULTS
from tests.faults.suite import round_of

SLOT = 1.0
PROMISED = 2


@dataclass(frozen=True)
class Past:
    """Events and rows; each command is written down, promises two messages, and is answered."""

    events: tuple[Event, ...]
    rows: tuple[Row, ...]
    written: tuple[int, ...]

    def found(self) -> dict[str, list[str]]:
        found = check(self.events, self.rows, slot=SLOT, written=self.written, promised=PROMISED)
        return {one.name: getattr(found, one.name) for one in fields(Findings) if getattr(found, one.name)}

    def said(self, at: int) -> tuple[int, Event]:
        """Where the n-th acceptance stands, and the acceptance."""
        places = [place for place, event in enumerate(self.events) if event["what"] == "accepted"]
        place = places[at % len(places)]
        return place, self.events[place]

    def with_events(self, *events: Event) -> Past:
        return replace(self, events=tuple(sorted(events, key=lambda event: event["at"])))


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    """As it should be: one lane after the other is told what stands next in it."""
    lanes = draw(st.lists(st.sampled_from("abcd"), min_size=PROMISED, max_size=12))
    lanes = lanes[: len(lanes) // PROMISED * PROMISED]
    rows, events, moment = [], [], 0.0
    for number, lane in enumerate(lanes):
        key = f"tally:{number // PROMISED}:{number}"
        rows.append(Row(number + 1, key, lane, Promise.SENT))
        moment += draw(st.floats(SLOT, 100.0))
        events.append(accepted(moment, rows[-1]))
    written = tuple(range(len(lanes) // PROMISED))
    answered = tuple({"at": 0.0, "what": "answered", "number": number} for number in written)
    return Past((*answered, *events), tuple(rows), written)


def accepted(at: float, row: Row, **more: object) -> Event:
    said = {"by": "r1", "answer": "whole", "asked": True}
    return {"at": at, "what": "accepted", "key": row.key, "lane": row.lane, **said, **more}


@given(pasts())
def test_nothing_is_found_where_nothing_is_wrong(past: Past) -> None:
    assert past.found() == {}


@given(pasts(), st.integers(0))
def test_what_was_not_heard_is_lost(past: Past, at: int) -> None:
    place, event = past.said(at)
    missing = past.with_events(*past.events[:place], *past.events[place + 1 :])
    assert missing.found() == {"lost": [event["key"]]}


@given(pasts(), st.integers(0), st.sampled_from([Promise.READY, Promise.SENDING, Promise.DEAD, Promise.DROPPED]))
def test_what_is_not_marked_is_lost(past: Past, at: int, state: Promise) -> None:
    row = past.rows[at % len(past.rows)]
    rows = tuple(replace(one, state=state) if one == row else one for one in past.rows)
    assert replace(past, rows=rows).found() == {"lost": [row.key]}


@given(pasts(), st.integers(0))
def test_a_row_that_is_not_there_was_dropped(past: Past, at: int) -> None:
    row = past.rows[at % len(past.rows)]
    found = replace(past, rows=tuple(one for one in past.rows if one != row)).found()
    assert found["lost"] == [row.key]
    assert len(found["halves"]) == 1, "of its command one message was promised, and the other not"


@given(pasts(), st.integers(0))
def test_what_was_said_elsewhere_is_lost(past: Past, at: int) -> None:
    place, event = past.said(at)
    astray = [*past.events[:place], {**event, "lane": "elsewhere"}, *past.events[place + 1 :]]
    assert past.with_events(*astray).found()["lost"] == [event["key"]] * 2


@given(pasts(), st.integers(0), st.floats(SLOT, 50))
def test_what_was_heard_twice_is_a_duplicate(past: Past, at: int, later: float) -> None:
    _, event = past.said(at)
    twice = past.with_events(*past.events, {**event, "at": event["at"] + later})
    assert event["key"] in twice.found()["duplicate"]


@given(pasts(), st.integers(0))
def test_a_death_excuses_nothing_where_the_provider_can_be_asked(past: Past, at: int) -> None:
    _, event = past.said(at)
    death = {"at": event["at"] + 0.01, "what": "killed", "who": event["by"]}
    twice = past.with_events(*past.events, death, {**event, "at": event["at"] + SLOT, "by": "r2"})
    assert event["key"] in twice.found()["duplicate"]


@pytest.mark.parametrize(
    ("between", "window"),
    [
        ({"what": "killed", "who": "r1"}, True),
        ({"what": "paused", "who": "r1"}, True),
        ({"what": "cut"}, True),
        ({"what": "killed", "who": "r3"}, False),
        ({"what": "answered", "number": 0}, False),
    ],
)
def test_where_it_cannot_only_the_end_of_whoever_said_it_does(between: Event, *, window: bool) -> None:
    row = Row(1, "tally:0:1", "a", Promise.SENT)
    again = accepted(5.0, row, asked=False, by="r2")
    past = Past((accepted(1.0, row, asked=False), {"at": 1.1, **between}, again), (row,), (0,))
    found = check(past.events, past.rows)
    assert (found.window, found.duplicate) == (([row.key], []) if window else ([], [row.key]))


@pytest.mark.parametrize(("asked", "resumed", "window"), [(False, 4.9, True), (False, 0.9, False), (True, 4.9, False)])
def test_whoever_was_frozen_while_it_was_said_may_say_it_too(*, asked: bool, resumed: float, window: bool) -> None:
    """Where the provider cannot be asked; and the pace that the others keep is not its own."""
    row, other = Row(1, "tally:0:1", "a", Promise.SENT), Row(2, "tally:0:2", "a", Promise.SENT)
    events = [
        {"at": 0.5, "what": "paused", "who": "r2"},
        accepted(1.0, row, asked=asked),
        accepted(5.0, row, asked=asked, by="r2"),
        accepted(5.5, other, asked=asked),
        {"at": resumed, "what": "resumed", "who": "r2"},
    ]
    found = check(sorted(events, key=lambda event: event["at"]), [row, other], slot=SLOT)
    assert (found.window, found.duplicate) == (([row.key], []) if window else ([], [row.key]))
    assert found.close == ([] if window else [other.key])


@pytest.mark.parametrize(
    ("asked", "paused", "woken", "again", "window"),
    [
        (False, "r1", 4.5, "r2", True),
        (False, "r1", 1.5, "r2", False),  # long awake: it was not what it had in hand
        (False, "r3", 4.5, "r2", False),  # another one slept; that one is told to go on as well
        (False, "r1", 4.5, "r1", False),
        (True, "r1", 4.5, "r2", False),
    ],
)
def test_whoever_wakes_and_whoever_took_over_may_both_say_it(
    *, asked: bool, paused: str, woken: float, again: str, window: bool
) -> None:
    """In that order too, where the provider cannot be asked; neither knows of the other's pace, all others do."""
    row, other = Row(1, "tally:0:1", "a", Promise.SENT), Row(2, "tally:0:2", "a", Promise.SENT)
    events = [
        {"at": 0.5, "what": "paused", "who": paused},
        {"at": woken, "what": "resumed", "who": "r1"},
        accepted(5.0, row, asked=asked),
        accepted(5.2, row, asked=asked, by=again),
        accepted(5.9, other, asked=asked, by=again),
    ]
    found = check(sorted(events, key=lambda event: event["at"]), [row, other], slot=SLOT)
    assert (found.window, found.duplicate) == (([row.key], []) if window else ([], [row.key]))
    assert found.close == ([other.key] if window else [row.key, other.key])


@pytest.mark.parametrize(
    ("one_writer", "frozen", "paused", "again", "window"),
    [
        (True, "r2", 5.01, "r2", True),
        (True, "r3", 4.99, "r2", True),
        (False, "r2", 5.01, "r2", False),  # each of them can write
        (True, "r3", 2.0, "r2", False),  # before it was claimed
        (True, "r2", 8.6, "r2", False),  # it was taken over while nobody was frozen
        (True, "r2", 5.01, "r1", False),  # it was its own to know
    ],
)
def test_where_one_writes_at_a_time_whoever_is_frozen_holds_up_what_another_has_said(
    *, one_writer: bool, frozen: str, paused: float, again: str, window: bool
) -> None:
    row = Row(1, "tally:0:1", "a", Promise.SENT)
    events = [
        {"at": paused, "what": "paused", "who": frozen},
        {"at": paused + 3.5, "what": "resumed", "who": frozen},
        accepted(5.0, row, asked=False),
        accepted(8.7, row, asked=False, by=again),
    ]
    found = check(sorted(events, key=lambda event: event["at"]), [row], one_writer=one_writer)
    assert (found.window, found.duplicate) == (([row.key], []) if window else ([], [row.key]))


def test_one_sleep_excuses_no_more_than_were_in_hand() -> None:
    rows = [Row(n, f"tally:0:{n}", f"lane {n}", Promise.SENT) for n in range(1, 7)]
    slept = [{"at": 0.5, "what": "paused", "who": "r1"}, {"at": 4.5, "what": "resumed", "who": "r1"}]
    first = [accepted(5.0, row, asked=False) for row in rows]
    second = [accepted(5.5, row, asked=False, by="r2") for row in rows]
    assert check([*slept, *first, *second], rows).duplicate == ["tally:0:5", "tally:0:6"]


def test_an_answer_that_was_lost_excuses_a_second_time() -> None:
    row = Row(1, "tally:0:1", "a", Promise.SENT)
    found = check([accepted(1.0, row, asked=False, answer="late"), accepted(5.0, row, asked=False)], [row])
    assert (found.window, found.duplicate) == ([row.key], [])


def test_one_death_excuses_no_more_than_were_in_hand() -> None:
    rows = [Row(n, f"tally:0:{n}", f"lane {n}", Promise.SENT) for n in range(1, 7)]
    first = [accepted(1.0, row, asked=False) for row in rows]
    second = [accepted(9.0, row, asked=False, by="r2") for row in rows]
    found = check([*first, {"at": 2.0, "what": "killed", "who": "r1"}, *second], rows)
    assert found.duplicate == ["tally:0:5", "tally:0:6"]


@given(pasts(), st.integers(0))
def test_lines_that_were_swapped_are_out_of_order(past: Past, at: int) -> None:
    place, event = past.said(at)
    later = next((n for n, one in enumerate(past.events) if n > place and one.get("lane") == event["lane"]), None)
    if later is None:
        return
    events = list(past.events)
    other = events[later]
    events[place], events[later] = {**other, "at": event["at"]}, {**event, "at": other["at"]}
    assert past.with_events(*events).found()["out_of_order"]


def test_only_what_waits_for_a_moment_of_its_own_lets_others_pass() -> None:
    rows = [Row(number, f"tally:0:{number}", "a", Promise.SENT) for number in (1, 2, 3)]
    events = [accepted(float(at), row) for at, row in enumerate([rows[1], rows[2], rows[0]])]
    assert check(events, rows).out_of_order == ["tally:0:1"]
    assert check(events, [replace(rows[0], waits=True), *rows[1:]]).out_of_order == []
    assert check(events, [rows[0], replace(rows[1], waits=True), rows[2]]).out_of_order == ["tally:0:1"]


@given(pasts(), st.integers(0), st.floats(0, SLOT - 2 * TICK))
def test_what_follows_too_closely_is_found(past: Past, at: int, gap: float) -> None:
    place, event = past.said(at)
    later = next((n for n, one in enumerate(past.events) if n > place and one.get("lane") == event["lane"]), None)
    if later is None:
        return
    events = list(past.events)
    events[later] = {**events[later], "at": event["at"] + gap}
    assert events[later]["key"] in past.with_events(*events).found()["close"]


@given(pasts(), st.integers(0), st.floats(0.1, 120), st.floats(0.1, 0.9))
def test_a_send_before_the_provider_wants_one_is_found(past: Past, at: int, wait: float, share: float) -> None:
    _, event = past.said(at)
    asked = event["at"] - wait * share
    refused = {"at": asked, "what": "refused", "key": event["key"], "lane": event["lane"], "until": asked + wait}
    assert event["key"] in past.with_events(*past.events, refused).found()["early"]
    patient = {**refused, "until": event["at"]}
    assert event["key"] not in past.with_events(*past.events, patient).found().get("early", [])


@given(pasts(), st.integers(0))
def test_an_answer_whose_row_is_not_there_is_found(past: Past, at: int) -> None:
    gone = past.written[at % len(past.written)]
    found = replace(past, written=tuple(number for number in past.written if number != gone)).found()
    assert found == {"halves": [f"{gone}: 0 written, {PROMISED} promised", f"{gone}: answered, not there"]}


@given(pasts())
def test_another_answer_to_the_same_is_found(past: Past) -> None:
    other = {"at": 0.5, "what": "contradicted", "number": 0}
    assert past.with_events(*past.events, other).found() == {"contradicted": ["0"]}


@pytest.mark.slow
def test_without_the_look_up_the_checker_finds_the_one_window(tmp_path: Path) -> None:
    house = House(tmp_path, f"sqlite:///{tmp_path / 'huihou.db'}", tells=False)
    house.create()
    killed(house, "accepted, not marked", turn=2)
    assert house.findings().duplicate == ["tally:2"]


@pytest.mark.slow
def test_without_the_look_up_whole_replicas_that_are_killed_say_things_twice() -> None:
    """The chance is that of the kills, and on a busy machine small: somebody is killed after a message was taken."""
    for seed in range(6):
        with round_of(FAULTS[0], "sqlite", f"mute {seed}", {"kills": 10, "messages": 600}, None) as mute:
            found = killed_at_random(mute, slots=1, tells=False).findings
        assert not found.lost
        if found.duplicate:
            return
    pytest.fail("in sixty deaths nothing was said twice")
