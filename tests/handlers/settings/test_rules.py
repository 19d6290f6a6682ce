"""Which times of day go together."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.refused import Refused
from handlers.settings import reading, rules
from storage.rooms import Room

minutes = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(minutes)
def test_a_slot_is_never_on_the_full_or_half_hour_and_stays_near(at: time) -> None:
    slot = rules.aside(at)
    assert slot.minute not in {0, 30}
    assert 0 <= (slot.hour - at.hour) * 60 + slot.minute - at.minute <= rules.ASIDE


@pytest.mark.parametrize(
    ("at", "quiet"),
    [("20:00", True), ("23:59", True), ("00:00", True), ("08:29", True), ("08:30", False), ("19:59", False)],
)
def test_quiet_hours_pass_midnight(at: str, quiet: bool) -> None:  # noqa: FBT001  a table of cases
    assert rules.is_quiet(time.fromisoformat(at), time(20), time(8, 30)) is quiet


@given(minutes, minutes)
def test_equal_ends_mean_no_quiet_hours(at: time, end: time) -> None:
    assert not rules.is_quiet(at, end, end)


@given(minutes, minutes, minutes)
def test_a_time_is_quiet_or_it_is_quiet_in_the_other_half_of_the_day(at: time, begin: time, end: time) -> None:
    if begin != end:
        assert rules.is_quiet(at, begin, end) != rules.is_quiet(at, end, begin)


@given(minutes, minutes, st.none() | minutes)
def test_every_slot_that_waits_is_told(begin: time, morning: time, afternoon: time | None) -> None:
    room = Room(morning=morning, afternoon=afternoon, quiet_from=begin, quiet_to=time(8, 30))
    told = rules.unheard(room, "quiet")
    assert set(told) == {at for at in (morning, afternoon) if at and rules.is_quiet(at, begin, time(8, 30))}
    assert set(rules.unheard(room, "morning")) <= set(told)
    assert rules.unheard(room, "nudges") == []


@given(minutes)
def test_a_written_time_is_read_back(at: time) -> None:
    assert reading.time_of(f"{at:%H:%M}") == at


@given(st.text(max_size=100) | st.text("0123456789:-. ", max_size=12))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    reads: dict[Callable[[str], object], Callable[[Any], bool]] = {
        reading.time_of: lambda found: isinstance(found, time),
        reading.quiet_hours: lambda found: all(isinstance(one, time) for one in found),
        partial(reading.language, line="settings language"): lambda found: found in {"", "zh_CN", "en"},
        rules.limit: lambda found: 1 <= found <= rules.MOST_NUDGES,
    }
    for read, is_sound in reads.items():
        with contextlib.suppress(Refused):
            assert is_sound(read(text))
    with contextlib.suppress(Refused):
        ZoneInfo(reading.zone(text, "settings zone") or "UTC")
