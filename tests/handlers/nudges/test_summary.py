"""The week in one message, for who leads."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.nudges import jobs
from messages import Message
from storage import nudges
from storage.checklist import State
from storage.meetings import Meeting, MeetingState
from storage.people import Person, Role
from tests.handlers.nudges.build import World, at


def summarise(world: World, moment: str) -> None:
    world.now = at(moment)
    with world.db.read() as db:
        units = jobs.summaries_due(db, world.now)
    for unit in units:
        with world.db.write() as db:
            jobs.summarise(db, unit, world.now, {})


def planned(world: World) -> datetime | None:
    with world.db.read() as db:
        return db.get_one(Meeting, world.meeting.id).next_summary_at


def heard(world: World, person: Person) -> list[tuple[str, Message]]:
    return [(key, message) for key, message in world.said(world.room_of(person)) if key.startswith("summary:")]


def test_the_first_summary_is_planned_for_the_next_first_working_day(world: World) -> None:
    world.person("Li", Role.LEAD)
    summarise(world, "2026-06-10 10:00")
    assert planned(world) == at("2026-06-15 09:10")
    with world.db.read() as db:
        assert nudges.next_due(db) == at("2026-06-15 09:10")
        assert jobs.summaries_due(db, at("2026-06-15 09:00")) == []


@pytest.mark.parametrize(
    ("now", "next_"),
    [
        ("2026-06-15 09:00", "2026-06-15 09:10"),
        ("2026-06-15 09:10", "2026-06-22 09:10"),
        ("2026-10-01 12:00", "2026-10-08 09:10"),  # the National Day week ends on Wednesday
    ],
)
def test_it_comes_on_the_first_working_day_of_a_week(world: World, now: str, next_: str) -> None:
    world.person("Li", Role.LEAD)
    summarise(world, now)
    assert planned(world) == at(next_)


def test_the_lead_and_the_secretary_hear_once_a_week(world: World) -> None:
    li, zhao, wang = world.person("Li", Role.LEAD), world.person("Zhao", Role.SECRETARY), world.person("Wang")
    world.task(1, "2026-06-12 18:00", wang)
    world.task(2, "2026-06-18 18:00")
    world.task(3, "2026-06-30 18:00", wang)
    world.task(4, "2026-06-12 18:00", wang, state=State.DONE, done_at=at("2026-06-12 10:00"))
    summarise(world, "2026-06-10 10:00")
    summarise(world, "2026-06-15 09:10")
    summarise(world, "2026-06-15 09:10")
    ((key, message),) = heard(world, li)
    assert key == f"summary:{world.meeting.id}:2026-06-15:{world.room_of(li).id}"
    assert message.title == "Annual meeting: the week ahead"
    assert "**1 of 4** done, 1 in the last seven days." in message.body
    assert "Overdue: **1**. Due in the next seven days: **1**." in message.body
    assert "Wang (2 tasks)" in message.body
    assert "1 task has nobody yet." in message.body
    assert message.table
    assert message.table.rows == (("1 Wrap-up", "1", "4", "1"),)
    assert [row.text.split("**")[1] for row in message.rows] == ["T1", "T2"]
    assert len(heard(world, zhao)) == 1
    assert heard(world, wang) == []
    assert planned(world) == at("2026-06-22 09:10")


def test_after_a_gap_one_summary_comes_when_the_hour_allows(world: World) -> None:
    li = world.person("Li", Role.LEAD)
    summarise(world, "2026-06-10 10:00")
    summarise(world, "2026-06-23 21:00")
    assert heard(world, li) == []
    assert planned(world) == at("2026-06-24 09:10")
    summarise(world, "2026-06-24 09:10")
    assert len(heard(world, li)) == 1
    assert planned(world) == at("2026-06-29 09:10")


def test_the_cover_hears_for_a_lead_who_is_away(world: World) -> None:
    li, zhou = world.person("Li", Role.LEAD), world.person("Zhou")
    world.leave(li, "2026-06-13", "2026-06-20", zhou)
    summarise(world, "2026-06-10 10:00")
    summarise(world, "2026-06-15 09:10")
    assert heard(world, li) == []
    assert len(heard(world, zhou)) == 1


def test_without_a_lead_nobody_hears_and_it_goes_on(world: World) -> None:
    summarise(world, "2026-06-10 10:00")
    summarise(world, "2026-06-15 09:10")
    assert planned(world) == at("2026-06-22 09:10")


def test_a_closed_meeting_has_no_summary_until_it_is_reopened(world: World) -> None:
    world.person("Li", Role.LEAD)
    summarise(world, "2026-06-10 10:00")
    world.change(world.meeting, state=MeetingState.CLOSED)
    assert planned(world) is None
    world.change(world.meeting, state=MeetingState.CLOSING)
    summarise(world, "2026-06-17 10:00")
    assert planned(world) == at("2026-06-22 09:10")
