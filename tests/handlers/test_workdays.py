"""Which days are worked."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.workdays import Calendar

CHINA = Calendar()
WEEKENDS = Calendar("")
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
COUNTS = st.integers(1, 60)
CALENDARS = st.sampled_from(["CN", "", "US", "DE", "HK"]).map(Calendar)


@pytest.mark.parametrize(
    "day",
    ["2025-09-28", "2025-10-11", "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
)
def test_make_up_day_at_a_weekend_is_worked(day: str) -> None:
    weekend = date.fromisoformat(day)
    assert CHINA.worked(weekend)
    assert not WEEKENDS.worked(weekend)
    assert CHINA.name(weekend) == ""


def test_spring_festival_of_2026_is_off_from_the_15th_to_the_23rd() -> None:
    off = [day for day in range(14, 25) if not CHINA.worked(date(2026, 2, day))]
    assert off == list(range(15, 24))


def test_new_years_eve_belongs_to_its_own_year() -> None:
    assert CHINA.worked(date(2026, 12, 31))
    assert not CHINA.worked(date(2027, 1, 1))


def test_override_wins_over_the_holidays_both_ways() -> None:
    own = Calendar(overrides={date(2026, 10, 1): True, date(2026, 10, 9): False})
    assert own.worked(date(2026, 10, 1))
    assert not own.worked(date(2026, 10, 9))
    assert own.name(date(2026, 10, 1)) == ""
    assert own.name(date(2026, 10, 9)) == ""
    assert own.shift(date(2026, 9, 30), 1) == date(2026, 10, 1)


def test_country_without_a_code_knows_weekends_only() -> None:
    assert WEEKENDS.worked(date(2026, 10, 1))
    assert not WEEKENDS.worked(date(2026, 10, 3))
    assert WEEKENDS.name(date(2026, 10, 1)) == ""


def test_unknown_country_is_a_bug() -> None:
    with pytest.raises(NotImplementedError):
        Calendar("XX").worked(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("country", "day", "chinese", "english"),
    [
        ("CN", "2026-06-19", "端午节", "Dragon Boat Festival"),
        ("CN", "2026-10-01", "国庆节", "National Day"),
        ("CN", "2026-10-07", "国庆节（补假）", "National Day (observed)"),  # swapped for 10 October
        ("CN", "2026-02-20", "春节", "Chinese New Year (Spring Festival)"),  # swapped for 14 February
        ("CN", "2026-01-02", "元旦", "New Year's Day"),  # swapped for 4 January
        ("CN", "2026-06-18", "", ""),
        ("CN", "2026-06-20", "", ""),
        ("HK", "2026-06-19", "端午节", "Tuen Ng Festival"),
        ("US", "2026-11-26", "Thanksgiving Day", "Thanksgiving Day"),
        ("DE", "2026-12-25", "Christmas Day", "Christmas Day"),
        ("DE-BY", "2026-01-06", "Epiphany", "Epiphany"),
        ("DE", "2026-01-06", "", ""),
    ],
)
def test_name_speaks_the_language_as_far_as_it_can(country: str, day: str, chinese: str, english: str) -> None:
    calendar = Calendar(country)
    assert calendar.name(date.fromisoformat(day), "zh_CN") == chinese
    assert calendar.name(date.fromisoformat(day), "en") == english


def test_name_does_not_depend_on_the_servers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "th")
    calendar = Calendar()
    assert calendar.confirmed(2024)
    assert calendar.name(date(2024, 10, 7)) == "国庆节"


def test_confirmed_is_false_until_china_announces_the_year() -> None:
    assert [year for year in range(2024, 2028) if CHINA.confirmed(year)] == [2024, 2025, 2026]


def test_confirmed_trusts_the_workspaces_own_list() -> None:
    own = Calendar(overrides={date(2027, 2, 20): True})
    assert own.confirmed(2027)
    assert not own.confirmed(2028)


def test_confirmed_holds_for_countries_that_swap_no_days() -> None:
    assert Calendar("US").confirmed(2030)
    assert WEEKENDS.confirmed(2030)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-06-08", 3, "2026-06-11"),
        ("2026-06-18", 1, "2026-06-22"),  # over 端午节 and the weekend
        ("2026-06-22", -1, "2026-06-18"),
        ("2026-02-13", 1, "2026-02-14"),  # a worked Saturday
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-17", 0, "2026-02-24"),
        ("2026-02-24", 0, "2026-02-24"),
        ("2026-02-17", 1, "2026-02-24"),
        ("2026-02-17", -1, "2026-02-14"),
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_shift_counts_working_days(day: str, n: int, expected: str) -> None:
    assert CHINA.shift(date.fromisoformat(day), n) == date.fromisoformat(expected)


def test_shift_past_the_last_year_overflows() -> None:
    with pytest.raises(OverflowError):
        WEEKENDS.shift(date.max, 1)


@given(calendar=CALENDARS, day=DAYS, n=st.integers(-60, 60))
def test_shift_ends_on_a_worked_day(calendar: Calendar, day: date, n: int) -> None:
    assert calendar.worked(calendar.shift(day, n))


@given(calendar=CALENDARS, day=DAYS, n=COUNTS)
def test_shift_there_and_back_is_where_it_began(calendar: Calendar, day: date, n: int) -> None:
    worked = calendar.shift(day, 0)
    assert calendar.shift(calendar.shift(worked, n), -n) == worked
    assert calendar.shift(calendar.shift(worked, -n), n) == worked


@given(calendar=CALENDARS, day=DAYS, n=COUNTS)
def test_shift_passes_exactly_n_worked_days(calendar: Calendar, day: date, n: int) -> None:
    last = calendar.shift(day, n)
    between = (day + timedelta(k) for k in range(1, (last - day).days + 1))
    assert sum(calendar.worked(each) for each in between) == n


@given(calendar=CALENDARS, day=DAYS)
def test_name_is_only_given_to_days_off(calendar: Calendar, day: date) -> None:
    assert not (calendar.worked(day) and calendar.name(day, "en"))


def test_import_leaves_the_tables_alone() -> None:
    code = "import sys; import handlers.workdays, handlers.dates; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert not re.search(r"\b(?:holidays|dateparser)\b", re.sub(r"handlers\.dates\.holidays", "", done.stdout))
