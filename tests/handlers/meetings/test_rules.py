"""What moves with a meeting's end, and what stands in the way of its close."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dates import resolve
from handlers.meetings import rules
from handlers.refused import Refused
from handlers.workdays import Calendar
from storage.checklist import State, Task
from storage.meetings import Meeting, MeetingState

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
CHINA = Calendar("CN")
ENDS = datetime(2026, 6, 8, 17, tzinfo=SHANGHAI)
RULES = ["E+0 22:00", "E", "E+7", "E+3wd", "E+2w 09:30", "E+1m", "E-1", "E+0wd 12:00"]

ends = st.integers(-500_000, 500_000).map(lambda minutes: ENDS + timedelta(minutes=minutes))
states = st.sampled_from(list(State))


def meeting(ends_at: datetime = ENDS) -> Meeting:
    return Meeting(
        starts_at=ends_at - timedelta(days=2, hours=8),
        ends_at=ends_at,
        zone="Asia/Shanghai",
        state=MeetingState.CLOSING,
    )


def task(number: int, rule: str, state: State = State.OPEN, ends_at: datetime = ENDS) -> Task:
    due_at = resolve(rule or "E+5", end=ends_at, calendar=CHINA)
    return Task(number=number, due_rule=rule, due_at=due_at, state=state, reason="", title_en=f"Task {number}")


checklists = st.lists(st.tuples(st.sampled_from([*RULES, ""]), states), max_size=12).map(
    lambda rows: [task(number, rule, state) for number, (rule, state) in enumerate(rows, 1)]
)


@given(checklists, ends)
def test_finished_tasks_and_dates_set_by_hand_never_move(tasks: list[Task], to: datetime) -> None:
    before = {one.number: one.due_at for one in tasks}
    plan = rules.move(meeting(), tasks, ends_at=to, calendar=CHINA)
    rules.apply(meeting(), plan)
    for one in tasks:
        if one.finished or not one.due_rule:
            assert one.due_at == before[one.number]
        else:
            assert one.due_at == resolve(one.due_rule, end=to, calendar=CHINA)
    assert {one.number for one in plan.finished} == {one.number for one in tasks if one.finished}


@given(checklists, ends)
def test_there_and_back_restores_every_date(tasks: list[Task], to: datetime) -> None:
    before, row = {one.number: one.due_at for one in tasks}, meeting()
    starts = row.starts_at
    rules.apply(row, rules.move(row, tasks, ends_at=to, calendar=CHINA))
    rules.apply(row, rules.move(row, tasks, ends_at=ENDS, calendar=CHINA))
    assert {one.number: one.due_at for one in tasks} == before
    assert (row.starts_at, row.ends_at) == (starts, ENDS)


@given(checklists, ends)
def test_a_plan_changes_nothing_by_itself_and_tells_only_what_changes(tasks: list[Task], to: datetime) -> None:
    row = meeting()
    plan = rules.move(row, tasks, ends_at=to, calendar=CHINA)
    assert row.ends_at == ENDS
    assert all(shift.due_at != shift.task.due_at for shift in plan.shifts)
    assert rules.move(row, tasks, ends_at=to, calendar=CHINA).digest == plan.digest


def test_another_plan_has_another_digest() -> None:
    tasks, to = [task(1, "E+7"), task(2, "")], ENDS + timedelta(days=12)
    digests = {rules.move(meeting(), tasks, ends_at=to, calendar=CHINA).digest}
    digests.add(rules.move(meeting(), tasks, ends_at=to + timedelta(minutes=1), calendar=CHINA).digest)
    tasks[1].due_at += timedelta(hours=1)
    digests.add(rules.move(meeting(), tasks, ends_at=to, calendar=CHINA).digest)
    tasks[0].state = State.DONE
    digests.add(rules.move(meeting(), tasks, ends_at=to, calendar=CHINA).digest)
    assert len(digests) == 4


def test_the_beginning_moves_as_the_clocks_there_show_it() -> None:
    row = Meeting(starts_at=datetime(2026, 3, 27, 9, tzinfo=BERLIN), ends_at=datetime(2026, 3, 28, 17, tzinfo=BERLIN))
    plan = rules.move(row, [], ends_at=datetime(2026, 3, 30, 17, tzinfo=BERLIN), calendar=Calendar("DE"))
    assert plan.starts_at == datetime(2026, 3, 29, 9, tzinfo=BERLIN)  # summer time began that night
    assert plan.starts_at.astimezone(UTC).hour == 7


def test_another_zone_keeps_what_the_clocks_show() -> None:
    assert rules.same_clock(ENDS, "Asia/Shanghai", "Europe/Berlin") == datetime(2026, 6, 8, 17, tzinfo=BERLIN)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("reason", ["", "not held"])
@pytest.mark.parametrize("to", [None, 7])
def test_only_what_is_settled_lets_a_meeting_close(state: State, reason: str, to: int | None) -> None:
    one, row = task(1, "E+7", state), meeting()
    one.reason, one.carried_to = reason, to
    settled = state == State.DONE or (state == State.NOT_APPLICABLE and reason) or (state == State.CARRIED and to)
    if settled:
        rules.close(row, [one], by=3, at=ENDS)
        assert (row.state, row.closed_at, row.closed_by) == (MeetingState.CLOSED, ENDS, 3)
        return
    with pytest.raises(Refused) as caught:
        rules.close(row, [one], by=3, at=ENDS)
    assert caught.value.name == "meetings/open"
    assert row.state == MeetingState.CLOSING


def test_closing_and_reopening_are_no_toggle() -> None:
    row = meeting()
    with pytest.raises(Refused, match="not_closed"):
        rules.reopen(row)
    rules.close(row, [], by=3, at=ENDS)
    with pytest.raises(Refused, match="already_closed"):
        rules.close(row, [], by=3, at=ENDS)
    rules.reopen(row)
    assert (row.state, row.closed_at, row.closed_by) == (MeetingState.CLOSING, None, None)
