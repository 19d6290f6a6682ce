"""Missing materials are asked for: whom, when, how often, and when no more."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from handlers.hours import Hours
from handlers.materials.timing import next_day
from handlers.slots import slot
from handlers.workdays import Calendar
from messages import Message
from storage.chases import ARCHIVE, last_days
from storage.checklist import Task
from tests.chat import TEAM, Chat, Place, Somebody, text

SHANGHAI = ZoneInfo("Asia/Shanghai")
PNG = {"hall.png": b"\x89PNG\r\n\x1a\n"}


def chased(heard: list[Message]) -> list[Message]:
    return [one for one in heard if one.name == "materials/chase"]


def test_the_contact_hears_in_private_and_the_room_of_the_rest(chat: Chat, ann: Somebody, li: Somebody) -> None:
    li.says("help", direct=True)
    ann.says("role set programme @Ann")
    chat.wait("2026-06-10 09:00")
    assert chased(li.heard()) == []
    chat.wait("2026-06-10 09:20")
    (mine,) = chased(li.heard())
    assert mine.title == "Forum: 14 things are still missing"
    assert [row.text.split("**")[1] for row in mine.rows] == ["S1", "S2", "S3"]
    (team,) = chased(Place(chat, TEAM).heard())
    assert "@Ann, please see to these" in text(team)
    assert [row.text.split("**")[1] for row in team.rows] == ["S4", "Photos, Mon 8 Jun", "Photos, Tue 9 Jun"]


def test_every_second_working_day_and_then_weekly(chat: Chat, ann: Somebody, li: Somebody) -> None:
    """E is Tuesday 9 June: Wednesday, Friday, Tuesday; from E+7 on a week apart."""
    li.says("help", direct=True)
    chat.wait("2026-07-10 20:00")
    with chat.read() as db:
        assert last_days(db, 1)[Place(chat, "dm:li").row(db).id] == date(2026, 7, 7)  # type: ignore[union-attr]
    assert len(chased(li.heard())) == len(["10 Jun", "12 Jun", "16 Jun", "23 Jun", "30 Jun", "7 Jul"])


def test_what_comes_just_before_is_left_out(chat: Chat, ann: Somebody, li: Somebody) -> None:
    li.says("help", direct=True)
    li.says("settings quiet 20:00-08:30", direct=True)
    chat.app.clock.move_to(datetime(2026, 6, 10, 9, 10, tzinfo=SHANGHAI))
    chat.app.ticks.tick()
    for cell in ("slides/S1", "slides/S2", "slides/S3"):
        ann.says(f"materials add {cell}", files={f"{cell[-2:]}.pptx": b"PK"})
    chat.settle()
    (mine,) = chased(li.heard())
    assert mine.title == "Forum: 11 things are still missing"
    assert "slides" not in " ".join(row.text for row in mine.rows)


def test_when_everything_came_it_is_taken_back(chat: Chat, ann: Somebody, li: Somebody) -> None:
    li.says("help", direct=True)
    chat.app.clock.move_to(datetime(2026, 6, 10, 9, 10, tzinfo=SHANGHAI))
    chat.app.ticks.tick()
    for code in ("S1", "S2", "S3"):
        ann.says(f"materials skip {code} all declined")
    chat.settle()
    assert chased(li.heard()) == []
    ann.says("materials unskip slides/S3")
    chat.wait("2026-06-10 16:00")
    (mine,) = chased(li.heard())
    assert mine.title == "Forum: 1 thing is still missing"


def test_a_second_tick_and_a_restart_say_nothing_twice(chat: Chat, ann: Somebody, li: Somebody) -> None:
    li.says("help", direct=True)
    chat.wait("2026-06-10 09:20")
    ann.says("session add One more contact: Li")
    chat.wait("2026-06-10 20:00")
    assert len(chased(li.heard())) == 1


def test_another_process_says_nothing_twice(chat: Chat, ann: Somebody, li: Somebody, tmp_path: Path) -> None:
    li.says("help", direct=True)
    chat.wait("2026-06-10 09:20")
    again = Chat(tmp_path, now="2026-06-10 09:21")
    again.person("Ann").says("session add One more contact: Li")
    again.wait("2026-06-10 20:00")
    assert len(chased(Place(again, "dm:li").heard())) == 1
    again.close()


def test_reminders_of_materials_count_among_those_of_a_day(chat: Chat, ann: Somebody, li: Somebody) -> None:
    li.says("help", direct=True)
    ann.says("settings limit 1")
    ann.says("add Thank the hall due: 2026-06-10 18:00 phase: 5 owner: @Li")
    chat.wait("2026-06-10 20:00")
    both = {"materials/chase", "nudges/slot"}
    assert [one.name for one in li.heard() if one.name in both] == ["nudges/slot"]
    chat.wait("2026-06-12 20:00")
    assert {one.name for one in li.heard()} >= both


def test_whoever_was_asked_for_materials_hears_less_of_tasks(chat: Chat, ann: Somebody, li: Somebody) -> None:
    li.says("help", direct=True)
    ann.says("settings limit 1")
    chat.wait("2026-06-10 12:00")
    ann.says("add Thank the hall due: 2026-06-10 18:00 phase: 5 owner: @Li")
    chat.wait("2026-06-10 20:00")
    assert len(chased(li.heard())) == 1
    assert "nudges/slot" not in {one.name for one in li.heard()}


def test_who_is_away_is_covered_for(chat: Chat, ann: Somebody, li: Somebody) -> None:
    wang = chat.person("Wang")
    li.says("help", direct=True)
    wang.says("help", direct=True)
    li.says("away 2026-06-10..2026-06-15 cover @Wang")
    chat.wait("2026-06-11 20:00")
    assert chased(li.heard()) == []
    (theirs,) = chased(wang.heard())
    assert "cover for a colleague" in text(theirs)
    chat.wait("2026-06-16 10:00")
    assert len(chased(li.heard())) == 1


def test_nobody_hears_once_the_archive_is_built_or_the_meeting_closed(chat: Chat, ann: Somebody, li: Somebody) -> None:
    li.says("help", direct=True)
    with chat.read() as db:
        number = db.scalar(select(Task.number).where(Task.key == ARCHIVE))
    assert not ann.says(f"done T{number} anyway: elsewhere").refused
    chat.wait("2026-06-20 10:00")
    assert chased(li.heard()) == []
    ann.says(f"reopen T{number}")
    chat.wait("2026-06-22 20:00")
    assert len(chased(li.heard())) == 1


def test_without_a_programme_nobody_is_asked(chat: Chat) -> None:
    ann = chat.person("Ann")
    ann.says("meeting new Forum start: 2026-06-08 09:00 end: 2026-06-09 17:00")
    chat.wait("2026-06-20 10:00")
    assert chased(Place(chat, TEAM).heard()) == []
    ann.says("booth add Huawei")
    chat.wait("2026-06-22 20:00")
    assert len(chased(Place(chat, TEAM).heard())) == 1


def test_buttons_lead_on_from_any_room(chat: Chat, ann: Somebody, li: Somebody) -> None:
    li.says("help", direct=True)
    chat.wait("2026-06-10 09:20")
    (mine,) = chased(li.heard())
    asked = li.presses("Send it", mine, room="elsewhere")
    sent = li.presses("slides of S1", asked, room="elsewhere")
    assert sent.upload is not None
    assert sent.upload.line == "materials add M1 slides/S1"
    assert not li.says(sent.upload.line, files={"a.pptx": b"PK"}, room="elsewhere").refused
    assert li.presses("Will not come", mine, room="elsewhere").name == "materials/refusals/which_cell"


days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(SHANGHAI))  # noqa: DTZ001


@given(end=days, last=st.none() | days)
def test_the_next_day_is_worked_and_later(end: date, last: date | None) -> None:
    calendar = Calendar("CN")
    found = next_day(end, last, calendar)
    assert calendar.worked(found)
    assert found > (last or end)
    if last and last > end:
        assert (found - last).days >= 2
    if last and (last - end).days >= 7:
        assert (found - last).days >= 7


@given(
    day=days,
    since=moments,
    away=st.lists(st.tuples(days, st.integers(0, 20)), max_size=3),
    quiet=st.tuples(minutes, minutes),
)
def test_a_slot_is_never_quiet_nor_off_nor_past(
    day: date, since: datetime, away: list[tuple[date, int]], quiet: tuple[time, time]
) -> None:
    calendar = Calendar("CN")
    hours = Hours(SHANGHAI, time(9, 10), time(15, 40), *quiet)
    leave = [(first, date.fromordinal(first.toordinal() + length)) for first, length in away]
    at = slot(day, hours, away=leave, calendar=calendar, since=since)
    if at is None:
        return
    local = hours.day(at)
    assert at >= since
    assert local >= day
    assert calendar.worked(local)
    assert not any(first <= local <= last for first, last in leave)
    assert hours.quiet_until(at) is None
