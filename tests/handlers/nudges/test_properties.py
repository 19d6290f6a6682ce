"""Whatever people do and however often the bot is down: never twice, never at a bad hour, never lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.workdays import Calendar
from storage.checklist import Task
from storage.nudges import Rung
from storage.people import Leave, Person
from storage.rooms import Room
from storage.workspace import Workspace
from tests.handlers.nudges.simulation import Change, Simulation, climbed, highest, task

START = datetime(2026, 9, 20, tzinfo=UTC)  # with the National Day week, make-up days and two clock changes ahead
DAYS = 60
END = START + timedelta(days=DAYS)
HOUR = timedelta(hours=1)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York")
ORDER = list(Rung)
QUIET = [(time(20), time(8, 30)), (time(12), time(14)), (time(23), time(10)), (time(0), time(0))]

moments = st.integers(0, DAYS * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


@st.composite
def outages(draw: st.DrawFn) -> tuple[datetime, datetime]:
    start = draw(moments)
    return start, start + timedelta(minutes=draw(st.integers(1, 8 * 24 * 60)))


def moved_to(due: datetime) -> Change:
    def change(task: Task, _now: datetime) -> None:
        task.due_at = due

    return change


def snoozed_by(hours: int) -> Change:
    def change(task: Task, now: datetime) -> None:
        task.snoozed_until = now + timedelta(hours=hours) if hours else None

    return change


def nothing(_task: Task, _now: datetime) -> None:
    """Another change, such as of the priority."""


changes = st.tuples(
    moments,
    st.one_of(moments.map(moved_to), st.integers(0, 80).map(snoozed_by), st.just(nothing)),
)


@st.composite
def rooms(draw: st.DrawFn, number: int, person: int | None) -> Room:
    quiet = draw(
        st.sampled_from([(time(20), time(8, 30)), (time(12), time(14)), (time(23), time(10)), (time(0), time(0))])
    )
    return Room(
        id=number,
        name=str(number),
        person_id=person,
        zone=draw(st.sampled_from(ZONES)),
        morning=draw(st.sampled_from([time(9, 10), time(8), time(2, 30), time(13)])),
        afternoon=draw(st.sampled_from([time(15, 40), time(21), None])),
        quiet_from=quiet[0],
        quiet_to=quiet[1],
        nudges=True,
    )


@st.composite
def leaves(draw: st.DrawFn, person: int, cover: int | None) -> Leave:
    first = START.date() + timedelta(days=draw(st.integers(0, DAYS - 10)))
    return Leave(person_id=person, first=first, last=first + timedelta(days=draw(st.integers(0, 8))), cover_id=cover)


@st.composite
def simulations(draw: st.DrawFn) -> Simulation:
    people = [Person(id=n, name=str(n), zone="") for n in (1, 2, 3)]
    away = draw(st.lists(st.one_of(leaves(1, None), leaves(1, 2), leaves(2, None), leaves(3, 1)), max_size=3))
    return Simulation(
        task=task(draw(moments)),
        rooms=[draw(rooms(10, None)), *(draw(rooms(10 + person.id, person.id)) for person in people)],
        people=people,
        leaves=away,
        calendar=Calendar("CN"),
        down=draw(st.lists(outages(), max_size=5)),
        changes=draw(st.lists(changes, max_size=6)),
        place=Workspace(id=1, zone="Asia/Shanghai", nudges_a_day=3),
    )


def is_quiet(room: Room, at: datetime) -> bool:
    wall = at.astimezone(ZoneInfo(room.zone)).time()
    if room.quiet_from <= room.quiet_to:
        return room.quiet_from <= wall < room.quiet_to
    return not room.quiet_to <= wall < room.quiet_from


@settings(max_examples=120)
@given(simulations())
def test_never_twice_and_never_at_a_bad_hour(sim: Simulation) -> None:
    sim.live(START, END)
    keys = [(one.room, one.rung, one.day) for one in sim.sent]
    assert len(keys) == len(set(keys))
    by_id = {room.id: room for room in sim.rooms}
    for one in sim.sent:
        assert sim.up(one.at)
        assert not is_quiet(by_id[one.room], one.at)
        assert sim.calendar.worked(one.day)
        person = by_id[one.room].person_id
        assert not any(leave.person_id == person and leave.first <= one.day <= leave.last for leave in sim.leaves)
        first = highest_day(sim, one.due_at, ZoneInfo(by_id[one.room].zone), one.rung)
        assert first is None or one.day >= first


def highest_day(sim: Simulation, due_at: datetime, zone: ZoneInfo, rung: Rung) -> date | None:
    shifts = {Rung.HEADS_UP: -1, Rung.LATE: 1, Rung.LATER: 3}
    due_day = due_at.astimezone(zone).date()
    if rung == Rung.DUE:
        return due_day
    return sim.calendar.shift(due_day, shifts[rung]) if rung in shifts else None


@settings(max_examples=120)
@given(simulations())
def test_never_a_lower_rung_after_a_higher_one(sim: Simulation) -> None:
    sim.live(START, END)
    for room in sim.rooms:
        for due_at in {one.due_at for one in sim.sent}:
            told = [one for one in sim.sent if (one.room, one.due_at) == (room.id, due_at)]
            for before, after in pairwise(told):
                weekly = before.rung == after.rung == Rung.WEEKLY
                assert weekly or ORDER.index(before.rung) < ORDER.index(after.rung)
                assert after.rung != Rung.WEEKLY or after.day >= before.day + timedelta(days=7)


@settings(max_examples=120)
@given(simulations())
def test_never_lost_while_the_bot_is_up(sim: Simulation) -> None:
    """At the end of any quiet stretch, every room has heard the highest rung that applied at its start."""
    calm_from = START + timedelta(days=DAYS - 25)
    sim.changes = [change for change in sim.changes if change[0] < calm_from]
    sim.leaves = [leave for leave in sim.leaves if leave.last < calm_from.date()]
    sim.down = [outage for outage in sim.down if outage[1] < calm_from + timedelta(days=2)]
    sim.live(START, END)
    for room in sim.rooms:
        if room.person_id == 2:  # hears only while covering
            continue
        zone = ZoneInfo(room.zone)
        today = END.astimezone(zone).date()
        rung = highest(sim, zone, sim.calendar.shift(today, -4))
        lead = room.person_id == 3
        if rung is None or (lead and rung != Rung.LATER):
            continue
        told = climbed(sim, room.id)
        assert told, f"room {room.id} should have heard {rung}"
        assert ORDER.index(told[-1]) >= ORDER.index(rung)
        last = [one.day for one in sim.sent if one.room == room.id][-1]
        assert rung != Rung.LATER or last >= today - timedelta(days=14)


@settings(max_examples=60)
@given(simulations())
def test_on_every_undisturbed_morning_the_highest_rung_is_said(sim: Simulation) -> None:
    """The team's room, nothing in the way: ten minutes after the morning slot it has heard what applies."""
    room = sim.rooms[0]
    room.quiet_from = room.quiet_to = time(0)
    zone = ZoneInfo(room.zone)

    def watch(now: datetime) -> None:
        day = now.astimezone(zone).date()
        morning = datetime.combine(day, room.morning, zone).astimezone(UTC)
        if not morning + timedelta(minutes=10) <= now < morning + 3 * HOUR or not sim.calendar.worked(day):
            return
        rung = highest(sim, zone, day)
        snoozed = sim.task.snoozed_until and sim.task.snoozed_until > morning
        disturbed = any(start < now and end > morning - HOUR for start, end in sim.down) or any(
            morning - timedelta(minutes=2) < moment <= now for moment, _ in sim.changes
        )
        if rung is None or disturbed or snoozed:
            return
        told = [ORDER.index(one) for one in climbed(sim, room.id)]
        repeated = any((one.room, one.rung, one.day) == (room.id, rung, day) for one in sim.sent)
        assert repeated or max(told, default=-1) >= ORDER.index(rung)

    sim.live(START, END, watch=watch)
    assert sim.looks < DAYS * 12
