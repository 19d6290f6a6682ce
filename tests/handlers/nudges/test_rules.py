"""The rule of nudges, as tables: June 2026 in China, where Friday the 19th is a holiday; slots at 09:10 and 15:40."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.hours import Hours
from handlers.nudges import rules
from handlers.nudges.rules import ALL, UPPER, Past, Seat
from handlers.workdays import Calendar
from storage.checklist import LOOK_NOW, Task
from storage.nudges import Nudge, NudgeState, Rung
from storage.templates import Priority
from tests.handlers.nudges.build import SHANGHAI, at

CHINA = Calendar("CN")
HOURS = Hours(SHANGHAI, time(9, 10), time(15, 40), time(20), time(8, 30))
SEAT = Seat(HOURS)
DUE = at("2026-06-17 18:00")  # a Wednesday
NOTHING = Past()


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def heard(*pairs: tuple[str, str], put_off: datetime | None = None) -> Past:
    sent = tuple((Rung(rung), day(when)) for rung, when in pairs)
    return Past(sent, frozenset(sent), put_off)


def said(
    now: str,
    past: Past = NOTHING,
    *,
    since: str | None = None,
    seat: Seat = SEAT,
    due: datetime = DUE,
    snoozed: str | None = None,
) -> str:
    """``late 06-18 09:10`` for what comes next; with the reason where it is put off."""
    moment = at(f"2026-{now}")
    found = rules.turn(
        due,
        seat,
        past,
        snoozed=at(f"2026-{snoozed}") if snoozed else None,
        calendar=CHINA,
        since=at(f"2026-{since}") if since else moment,
        now=moment,
    )
    if found is None:
        return "nothing"
    local = found.at.astimezone(seat.hours.zone)
    words = [found.rung, f"{local:%m-%d %H:%M}", found.reason or "", "" if found.then == found.rung else found.then]
    return " ".join(filter(None, words))


@pytest.mark.parametrize(
    ("past", "next_"),
    [
        (heard(), "heads_up 06-16 09:10"),
        (heard(("heads_up", "06-16")), "due 06-17 09:10"),
        (heard(("due", "06-17")), "late 06-18 09:10"),
        (heard(("late", "06-18")), "later 06-23 09:10"),
        (heard(("later", "06-23")), "weekly 06-30 09:10"),
        (heard(("later", "06-23"), ("weekly", "06-30")), "weekly 07-07 09:10"),
    ],
)
def test_each_rung_follows_the_one_before(past: Past, next_: str) -> None:
    assert said("06-10 12:00", past) == next_


@pytest.mark.parametrize(
    ("due", "days"),
    [
        ("2026-06-22 18:00", ["heads_up 06-18", "due 06-22", "late 06-23", "later 06-25"]),
        ("2026-06-20 18:00", ["heads_up 06-18", "due 06-22", "late 06-22", "later 06-24"]),
        ("2026-06-18 00:30", ["heads_up 06-17", "due 06-18", "late 06-22", "later 06-24"]),
    ],
)
def test_rungs_are_counted_in_working_days(due: str, days: list[str]) -> None:
    pasts = [heard(), heard(("heads_up", "06-01")), heard(("due", "06-01")), heard(("late", "06-01"))]
    found = [said("06-10 12:00", past, due=at(due)).split(" ") for past in pasts]
    assert [f"{rung} {when}" for rung, when, *_ in found] == days


@pytest.mark.parametrize(
    ("now", "next_"),
    [
        ("06-17 09:10", "due 06-17 09:10"),
        ("06-18 09:10", "late 06-18 09:10"),
        ("06-22 10:00", "late 06-22 10:00"),
        ("06-23 09:10", "later 06-23 09:10"),
        ("07-15 14:00", "later 07-15 14:00"),
    ],
)
def test_after_a_gap_only_the_highest_rung_is_said(now: str, next_: str) -> None:
    assert said(now, since="06-16 09:10") == next_


def test_a_higher_rung_of_today_waits_for_its_own_morning() -> None:
    assert said("06-18 08:50", heard(("heads_up", "06-16")), since="06-17 09:10") == "late 06-18 09:10"


@pytest.mark.parametrize(
    ("now", "past", "next_"),
    [
        ("06-16 10:00", heard(), "heads_up 06-16 15:40"),
        ("06-16 16:00", heard(), "due 06-17 09:10"),
        ("06-17 10:00", heard(), "due 06-17 15:40"),
        ("06-17 16:00", heard(), "late 06-18 09:10"),
        ("06-18 10:00", heard(), "late 06-18 15:40"),
        ("06-18 16:00", heard(), "late 06-22 09:10"),
        ("06-23 16:00", heard(), "later 06-24 09:10"),
    ],
)
def test_what_changed_after_the_morning_takes_the_next_slot(now: str, past: Past, next_: str) -> None:
    assert said(now, past) == next_


def test_the_afternoon_serves_the_due_date_only_before_the_due_moment() -> None:
    assert said("06-17 10:00", due=at("2026-06-17 12:00")) == "late 06-18 09:10"


def test_without_an_afternoon_the_next_morning_serves() -> None:
    seat = Seat(replace(HOURS, afternoon=None))
    assert said("06-18 10:00", seat=seat) == "late 06-22 09:10"


@pytest.mark.parametrize(
    ("now", "next_"),
    [
        ("06-17 10:30", "due 06-17 10:30"),
        ("06-17 17:00", "due 06-17 17:00"),
        ("06-17 21:00", "due 06-18 09:10 quiet late"),
        ("06-17 07:00", "due 06-17 09:10"),
        ("06-18 08:00", "late 06-18 09:10"),
        ("06-19 10:00", "late 06-22 09:10 day_off"),
    ],
)
def test_a_late_sweep_says_it_at_once_when_the_hour_allows(now: str, next_: str) -> None:
    assert said(now, heard(("heads_up", "06-16")), since="06-17 09:10" if now > "06-17 09" else "06-16 09:10") == next_


@pytest.mark.parametrize(
    ("snoozed", "next_"),
    [
        ("06-17 14:00", "due 06-17 14:00 snoozed"),
        ("06-18 09:00", "due 06-18 09:10 snoozed late"),
        ("06-20 09:00", "due 06-22 09:10 snoozed late"),
        ("06-17 09:00", "due 06-17 09:10"),
    ],
)
def test_a_snooze_puts_off_and_the_rung_of_that_day_comes(snoozed: str, next_: str) -> None:
    assert said("06-17 09:10", heard(("heads_up", "06-16")), snoozed=snoozed) == next_


def test_a_due_date_on_a_day_off_waits_and_is_overtaken() -> None:
    due = at("2026-06-20 18:00")  # a Saturday
    assert said("06-20 09:10", heard(("heads_up", "06-18")), due=due) == "due 06-22 09:10 day_off late"


def test_a_person_on_leave_hears_on_the_first_working_day_after() -> None:
    seat = Seat(HOURS, away=((day("06-15"), day("06-18")),))
    assert said("06-17 09:10", heard(("heads_up", "06-12")), seat=seat) == "due 06-22 09:10 away late"


def test_a_cover_hears_only_while_the_leave_lasts() -> None:
    seat = Seat(HOURS, days=(day("06-17"), day("06-17")))
    assert said("06-10 09:10", seat=seat) == "due 06-17 09:10"
    assert said("06-17 10:00", seat=seat, since="06-17 09:10") == "due 06-17 10:00"
    assert said("06-18 09:10", seat=seat, since="06-17 09:10") == "nothing"
    assert said("06-17 21:00", seat=seat, since="06-17 09:10") == "nothing"


def test_the_lead_hears_from_the_third_working_day_on() -> None:
    seat = Seat(HOURS, rungs=UPPER)
    assert said("06-10 09:10", seat=seat) == "later 06-23 09:10"
    assert said("06-23 09:10", heard(("later", "06-23")), seat=seat) == "weekly 06-30 09:10"


def test_a_full_day_puts_off_to_the_next_working_morning() -> None:
    seat = Seat(HOURS, full=day("06-18"))
    assert said("06-18 09:10", heard(("due", "06-17")), seat=seat) == "late 06-22 09:10 cap"


def test_a_weekly_reminder_on_a_day_off_waits_for_the_next_working_day() -> None:
    assert said("06-19 09:10", heard(("later", "06-12")), since="06-19 09:10") == "weekly 06-22 09:10 day_off"


def test_a_delay_ends_at_its_moment_even_if_the_task_changes_meanwhile() -> None:
    seat = Seat(replace(HOURS, afternoon=None))
    waiting = heard(put_off=at("2026-06-17 11:00"))
    assert said("06-17 10:00", waiting, seat=seat) == "due 06-17 11:00"
    assert said("06-17 11:00", waiting, seat=seat, since="06-17 10:58") == "due 06-17 11:00"
    assert said("06-17 12:00", waiting, seat=seat) == "late 06-18 09:10"


def test_moving_the_date_starts_again_but_never_repeats_a_rung_on_a_day() -> None:
    moved = Past((), frozenset({(Rung.DUE, day("06-17"))}))
    assert said("06-17 08:00", moved) == "late 06-18 09:10"
    assert said("06-17 09:20", moved, since="06-17 09:10") == "late 06-18 09:10"
    assert said("06-16 08:00", moved) == "heads_up 06-16 09:10"


def test_slots_count_from_the_plan_or_for_a_change_from_now() -> None:
    now = at("2026-06-17 10:00")
    assert rules.since(at("2026-06-17 09:10"), now) == at("2026-06-17 09:10")
    assert rules.since(at("2026-06-18 09:10"), now) == now
    assert rules.since(LOOK_NOW, now) == now - rules.GRACE
    assert rules.since(None, now) == now - rules.GRACE


def test_a_change_between_a_slot_and_its_tick_does_not_lose_the_slot() -> None:
    now = at("2026-06-17 09:10:15")
    slot = rules.turn(DUE, SEAT, heard(), snoozed=None, calendar=CHINA, since=rules.since(LOOK_NOW, now), now=now)
    assert slot
    assert (slot.rung, slot.at) == (Rung.DUE, now)


def row(rung: str, state: str, when: str, *, due: datetime = DUE, until: str = "") -> Nudge:
    return Nudge(
        rung=rung,
        state=state,
        due_at=due,
        local_date=day(when),
        until=at(f"2026-{until}") if until else None,
    )


def test_the_past_is_read_from_the_ledger() -> None:
    other = at("2026-06-12 18:00")
    rows = [
        row("due", NudgeState.STRUCK, "06-12", due=other),
        row("heads_up", NudgeState.SENT, "06-16"),
        row("due", NudgeState.DEFERRED, "06-17", until="06-18 09:10"),
    ]
    past = rules.past(rows, DUE)
    assert past.sent == ((Rung.HEADS_UP, day("06-16")),)
    assert past.ever == {(Rung.DUE, day("06-12")), (Rung.HEADS_UP, day("06-16"))}
    assert past.put_off == at("2026-06-18 09:10")
    rows.append(row("late", NudgeState.SENT, "06-18"))
    assert rules.past(rows, DUE).put_off is None


@pytest.mark.parametrize(
    ("priority", "last"),
    [(Priority.HIGH, "06-18"), (Priority.NORMAL, "06-23"), (Priority.LOW, "06-25")],
)
def test_how_far_a_task_may_be_snoozed(priority: Priority, last: str) -> None:
    assert rules.furthest(Task(priority=priority), day("06-17"), CHINA) == day(last)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("06-10 19:59", None),
        ("06-10 20:00", "06-11 08:30"),
        ("06-10 23:59", "06-11 08:30"),
        ("06-11 00:00", "06-11 08:30"),
        ("06-11 08:29", "06-11 08:30"),
        ("06-11 08:30", None),
    ],
)
def test_quiet_hours_pass_midnight(now: str, end: str | None) -> None:
    assert HOURS.quiet_until(at(f"2026-{now}")) == (at(f"2026-{end}") if end else None)


@pytest.mark.parametrize(("now", "quiet"), [("06-10 11:59", False), ("06-10 12:00", True), ("06-10 13:30", False)])
def test_quiet_hours_within_a_day(now: str, quiet: bool) -> None:  # noqa: FBT001
    hours = replace(HOURS, quiet_from=time(12), quiet_to=time(13, 30))
    assert (hours.quiet_until(at(f"2026-{now}")) is not None) is quiet


def test_equal_ends_mean_no_quiet_hours() -> None:
    hours = replace(HOURS, quiet_from=time(9), quiet_to=time(9))
    assert hours.quiet_until(at("2026-06-10 09:00")) is None


BERLIN = ZoneInfo("Europe/Berlin")


def test_a_slot_that_summer_time_skips_moves_forward_and_one_of_two_is_the_first() -> None:
    hours = Hours(BERLIN, time(2, 30), None, time(0), time(0))
    assert hours.dawn(date(2026, 3, 29)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 in summer time
    assert hours.dawn(date(2026, 10, 25)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first 02:30


def test_quiet_hours_end_on_the_same_side_of_a_clock_change() -> None:
    hours = Hours(BERLIN, time(9), None, time(22), time(2, 30))
    first = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)  # 02:10, summer time
    assert hours.quiet_until(first) == first + timedelta(minutes=20)
    assert hours.quiet_until(first + timedelta(hours=1)) == first + timedelta(hours=1, minutes=20)
    assert hours.quiet_until(datetime(2026, 3, 29, 0, 50, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_every_rung_is_on_the_ladder() -> None:
    assert frozenset(Rung) == ALL
    assert UPPER < ALL
