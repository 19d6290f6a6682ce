"""Hours are the minutes that passed, whatever the clocks did; no minute is lost or counted twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.crew import rules, times
from handlers.crew.rules import LONGEST, Worked, between, decides, lasting, overlapping
from handlers.dates.printed import day_in
from handlers.refused import Refused

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2026, 3, 7), date(2026, 3, 8)

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))
moments = st.integers(0, 8 * 24 * 60).map(lambda n: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=n))


def day(text: str) -> date | None:
    return day_in(text, FIRST, LAST, alone=True)


@st.composite
def shifts(draw: st.DrawFn) -> Worked:
    start, minutes = draw(moments), draw(st.integers(1, LONGEST))
    return Worked(start, start + timedelta(minutes=minutes), minutes)


@given(days, clocks, clocks)
def test_on_steady_clocks_a_shift_is_as_long_as_they_say(on: date, begins: time, ends: time) -> None:
    told = (ends.hour * 60 + ends.minute - begins.hour * 60 - begins.minute) % (24 * 60)
    if not 0 < told <= LONGEST:
        with pytest.raises(Refused):
            between(on, begins, ends, SHANGHAI)
        return
    worked = between(on, begins, ends, SHANGHAI)
    assert worked.minutes == told
    assert worked.on(SHANGHAI).begins == begins
    assert worked.on(SHANGHAI).ends == ends
    assert worked.on(SHANGHAI).day == on


@given(
    days,
    st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]),
    clocks,
    clocks,
)
def test_minutes_are_those_that_passed(on: date, zone: ZoneInfo, begins: time, ends: time) -> None:
    try:
        worked = between(on, begins, ends, zone)
    except Refused:
        return
    assert worked.starts_at is not None
    assert worked.ends_at is not None
    assert worked.starts_at + timedelta(minutes=worked.minutes) == worked.ends_at
    assert 0 < worked.minutes <= LONGEST


@pytest.mark.parametrize(
    ("on", "begins", "ends", "zone", "minutes"),
    [
        (date(2026, 3, 8), time(22), time(2, 30), SHANGHAI, 270),
        (date(2026, 3, 28), time(22), time(6), BERLIN, 7 * 60),
        (date(2026, 10, 24), time(22), time(6), BERLIN, 9 * 60),
        (date(2026, 3, 29), time(1, 30), time(3, 30), BERLIN, 60),
        (date(2026, 3, 8), time(20), time(0), SHANGHAI, 240),
    ],
)
def test_over_midnight_and_when_clocks_change(on: date, begins: time, ends: time, zone: ZoneInfo, minutes: int) -> None:
    assert between(on, begins, ends, zone).minutes == minutes


def test_in_an_hour_that_summer_time_skips_nobody_works_backwards() -> None:
    with pytest.raises(Refused, match="crew/no_time"):
        between(date(2026, 3, 29), time(2, 30), time(3), BERLIN)


@given(st.lists(st.integers(1, 10_000)))
def test_hours_add_up_to_the_minute(lengths: list[int]) -> None:
    kept = [lasting(None, minutes, SHANGHAI) for minutes in lengths if minutes <= rules.MOST]
    assert rules.total(kept) == sum(minutes for minutes in lengths if minutes <= rules.MOST)  # type: ignore[arg-type]


@given(shifts(), shifts())
def test_two_shifts_overlap_just_when_they_share_a_minute(one: Worked, other: Worked) -> None:
    ends = [at for at in (one.ends_at, other.ends_at) if at]
    shared = min(ends) - max(at for at in (one.starts_at, other.starts_at) if at)
    assert bool(overlapping(one, [other])) == (shared > timedelta(0))
    assert overlapping(one, [other]) == [other] * len(overlapping(other, [one]))


@given(st.lists(moments, min_size=2, max_size=8, unique=True).map(sorted))
def test_shifts_that_follow_each_other_never_overlap(ends: list[datetime]) -> None:
    row = [Worked(one, other, (other - one) // timedelta(minutes=1)) for one, other in pairwise(ends)]
    assert all(overlapping(one, [other for other in row if other is not one]) == [] for one in row)


def test_a_mere_length_overlaps_nothing() -> None:
    whole = between(FIRST, time(9), time(12), SHANGHAI)
    assert overlapping(lasting(FIRST, 240, SHANGHAI), [whole]) == []
    assert overlapping(whole, [lasting(FIRST, 240, SHANGHAI)]) == []


@given(st.integers(1, 9), st.integers(1, 9), st.sets(st.integers(1, 9)))
def test_somebody_can_always_decide_and_not_on_their_own_if_others_can(person: int, by: int, able: set[int]) -> None:
    able |= {person}
    assert any(decides(one, by, able) for one in able)
    assert decides(by, by, able) == (able <= {by})


@pytest.mark.parametrize(
    ("line", "on", "span", "minutes", "text"),
    [
        ("3/8 9:00-12:30 registration desk", LAST, (time(9), time(12, 30)), 0, "registration desk"),
        ("3月8日 9:00-12:30 签到台", LAST, (time(9), time(12, 30)), 0, "签到台"),
        ("3月7日 9点到12点半 签到台", FIRST, (time(9), time(12, 30)), 0, "签到台"),
        ("8 March 2pm-5pm stage", LAST, (time(14), time(17)), 0, "stage"),
        ("registration desk 3/8 9:00-12:30", LAST, (time(9), time(12, 30)), 0, "registration desk"),
        ("3月8日 签到台 9：00～12：30", LAST, (time(9), time(12, 30)), 0, "签到台"),
        ("第二天 22:00-次日2:00 撤场", LAST, (time(22), time(2)), 0, "撤场"),
        ("3/8 18:00-24:00 撤场", LAST, (time(18), time(0)), 0, "撤场"),
        ("3月8日 晚上8点-12点 撤场", LAST, (time(20), time(0)), 0, "撤场"),
        ("3月8日 晚上8点-24点 撤场", LAST, (time(20), time(0)), 0, "撤场"),
        ("3月8日 晚上10点到1点 撤场", LAST, (time(22), time(1)), 0, "撤场"),
        ("3月8日 晚上１０点到凌晨２点半 撤场", LAST, (time(22), time(2, 30)), 0, "撤场"),
        ("3月8日 晚上12点-1点 撤场", LAST, (time(0), time(1)), 0, "撤场"),
        ("3月8日 晚上10点-次日9点 撤场", LAST, (time(22), time(9)), 0, "撤场"),
        ("3月8日 中午12点-1点 签到台", LAST, (time(12), time(13)), 0, "签到台"),
        ("3月8日 上午9点-1点 签到台", LAST, (time(9), time(13)), 0, "签到台"),
        ("3月8日 下午2点-晚上12点 撤场", LAST, (time(14), time(0)), 0, "撤场"),
        ("3月8日 早上8点-傍晚6点 签到台", LAST, (time(8), time(18)), 0, "签到台"),
        ("8 March 10pm-1:00 teardown", LAST, (time(22), time(1)), 0, "teardown"),
        ("8 March 9am-12:30 desk", LAST, (time(9), time(12, 30)), 0, "desk"),
        ("8 March 8pm-12am teardown", LAST, (time(20), time(0)), 0, "teardown"),
        ("3/8 4 hours stage", LAST, None, 240, "stage"),
        ("4.5小时 签到台", None, None, 270, "签到台"),
        ("2个半小时", None, None, 150, ""),
        ("半小时 引导", None, None, 30, "引导"),
        ("3h30 stage", None, None, 210, "stage"),
        ("1小时20分 引导", None, None, 80, "引导"),
        ("90 min stage", None, None, 90, "stage"),
    ],
)
def test_how_people_write_shifts(
    line: str, on: date | None, span: tuple[time, time] | None, minutes: int, text: str
) -> None:
    told = times.read(line, day)
    assert (told.day, told.clocks, told.minutes, told.text) == (on, span, minutes, text)


@pytest.mark.parametrize("line", ["registration desk", "3/8", "3/8 25:00-26:00 desk", "tomorrow maybe", "P7"])
def test_what_says_no_times_is_refused(line: str) -> None:
    with pytest.raises(Refused, match="crew/no_times"):
        times.read(line, day)


@given(st.text(max_size=60))
def test_no_words_are_too_odd(line: str) -> None:
    try:
        told = times.read(line, day)
    except Refused:
        return
    assert told.clocks is not None or told.minutes >= 0
