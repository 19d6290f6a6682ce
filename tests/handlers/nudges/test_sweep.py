"""What a tick does: who hears of what, when, in which words, and what is planned."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from handlers import context_for_room
from handlers.nudges.speaking import still_wanted
from messages import Message
from storage import outbox, rooms
from storage.checklist import LOOK_NOW, State
from storage.meetings import MeetingState
from storage.people import Role
from storage.rooms import Room
from storage.templates import Priority
from storage.workspace import DayRule
from tests.handlers.nudges.build import World, at


def test_a_task_climbs_from_the_heads_up_to_the_weekly_reminder(world: World) -> None:
    team, lead, wang = world.room(), world.person("Li", Role.LEAD), world.person("Wang")
    world.task(1, "2026-06-16 18:00", wang)
    world.live("2026-07-01 20:00")
    climb = [
        "T1 heads_up 06-15 09:10",
        "T1 due 06-16 09:10",
        "T1 late 06-17 09:10",
        "T1 later 06-22 09:10",
        "T1 weekly 06-29 09:10",
    ]
    assert world.heard(team) == climb
    assert world.heard(world.room_of(wang)) == climb
    assert world.heard(world.room_of(lead)) == climb[3:]


def test_whoever_holds_the_role_hears_while_nobody_is_assigned(world: World) -> None:
    finance, wang = world.person("Zhao", Role.FINANCE), world.person("Wang")
    world.task(1, "2026-06-11 18:00", owner_role=Role.FINANCE)
    world.task(2, "2026-06-11 18:00", wang, owner_role=Role.FINANCE)
    world.tick("2026-06-10 09:10")
    assert world.heard(world.room_of(finance)) == ["T1 heads_up 06-10 09:10"]
    assert world.heard(world.room_of(wang)) == ["T2 heads_up 06-10 09:10"]


def test_a_room_gets_one_message_a_slot_the_most_overdue_first(world: World) -> None:
    team, wang = world.room(), world.person("Wang")
    world.task(1, "2026-06-11 18:00", wang)
    world.task(2, "2026-06-09 18:00", wang)
    world.task(3, "2026-06-10 18:00")
    world.tick("2026-06-10 09:10")
    ((key, message),) = world.said(team)
    assert key == f"nudge:{team.id}:2026-06-10:1"
    assert message.title == "Good morning: 3 things to see to"
    assert [row.text.split("**")[1] for row in message.rows] == ["T2", "T3", "T1"]
    assert message.about == ("M1-T2", "M1-T3", "M1-T1")
    assert "1 day late" in message.rows[0].text
    assert "due today at 18:00" in message.rows[1].text
    assert "nobody yet" in message.rows[1].text
    assert "due tomorrow at 18:00" in message.rows[2].text


def test_promises_go_into_their_lanes_in_the_order_in_which_everybody_locks_them(world: World) -> None:
    world.room()
    tasks = [world.task(n, "2026-06-11 18:00", world.person(f"Wang {n}")) for n in range(1, 13)]
    world.tick("2026-06-10 09:10")
    first = promised(world)
    for task in (tasks[0], tasks[7]):
        world.change(task, state=State.DONE)
    world.tick("2026-06-11 09:10")
    then = promised(world)[len(first) :]
    for rows, count, edited in ((first, 13, 0), (then, 14, 3)):
        lanes = [lane for lane, _ in rows]
        assert lanes == sorted(lanes)
        assert (len(lanes), sum(edits is not None for _, edits in rows)) == (count, edited)


def promised(world: World) -> list[tuple[str, str | None]]:
    """In which order: lanes, and what is edited there."""
    table = outbox.outbox
    with world.db.read() as db:
        return [(lane, edits) for lane, edits in db.execute(select(table.c.lane, table.c.edits).order_by(table.c.id))]


def test_a_row_offers_what_one_would_do_next(world: World) -> None:
    team, wang = world.room(), world.person("Wang")
    world.task(1, "2026-06-10 18:00", wang)
    world.task(2, "2026-06-10 18:00", wang, state=State.DOING, optional=True)
    world.task(3, "2026-06-10 18:00", owner_role=Role.FINANCE)
    world.tick("2026-06-10 09:10")
    rows = world.said(team)[0][1].rows
    assert [[button.line for button in row.buttons] for row in rows] == [
        ["done M1-T1", "start M1-T1", "snooze M1-T1 tomorrow"],
        ["done M1-T2", "skip M1-T2"],
        ["done M1-T3", "assign M1-T3", "snooze M1-T3 tomorrow"],
    ]
    assert "nobody yet, finance" in rows[2].text


def test_a_row_says_what_the_task_waits_for_and_needs(world: World) -> None:
    team = world.room()
    world.task(4, "2026-06-20 18:00", key="photos")
    world.task(5, "2026-06-10 18:00", key="report", evidence='{"kind": "link"}')
    world.tick("2026-06-10 09:10")
    text = world.said(team)[0][1].rows[0].text
    assert "waits for T4" in text
    assert "needs: a link" in text


def test_nothing_to_say_is_silence(world: World) -> None:
    team = world.room()
    task = world.task(1, "2026-06-30 18:00")
    world.tick("2026-06-10 09:10")
    assert world.said(team) == []
    assert world.next_look(task) == at("2026-06-29 09:10")


def test_more_than_fifteen_rows_are_counted_not_cut(world: World) -> None:
    team = world.room()
    for number in range(1, 19):
        world.task(number, "2026-06-10 18:00")
    world.tick("2026-06-10 09:10")
    message = world.said(team)[0][1]
    assert len(message.rows) == len(message.about) == 15
    assert "And 3 more" in message.body
    assert [button.line for button in message.buttons] == ["list overdue"]
    assert len(world.heard(team)) == 18


def test_a_person_hears_in_their_own_language_and_zone(world: World) -> None:
    anna = world.person("Anna", zone="Europe/Berlin", locale="zh_CN")
    world.task(1, "2026-06-11 18:00", anna)
    world.live("2026-06-12 00:00")
    room = world.room_of(anna)
    assert world.heard(room) == ["T1 heads_up 06-10 15:10", "T1 due 06-11 15:10"]
    message = world.said(room)[1][1]
    assert message.locale == "zh_CN"
    assert "12:00" in message.rows[0].text


def test_a_room_that_wants_no_nudges_gets_none(world: World) -> None:
    team, wang = world.room(nudges=False), world.person("Wang")
    world.change(world.room_of(wang), nudges=False)
    task = world.task(1, "2026-06-10 18:00", wang)
    world.live("2026-06-12 00:00")
    assert world.heard(team) + world.heard(world.room_of(wang)) == []
    assert world.next_look(task) is None


def test_finished_tasks_and_closed_meetings_are_silent(world: World) -> None:
    team = world.room()
    done = world.task(1, "2026-06-10 18:00", state=State.DONE, done_at=world.now)
    left = world.task(2, "2026-06-10 18:00")
    world.change(world.meeting, state=MeetingState.CLOSED)
    world.tick("2026-06-10 09:10")
    assert world.said(team) == []
    assert world.next_look(done) is world.next_look(left) is None


def test_the_day_of_a_task_that_changes_at_noon_is_the_afternoon(world: World) -> None:
    team = world.room()
    task = world.task(1, "2026-06-30 18:00")
    world.tick("2026-06-10 10:00")
    world.change(task, due_at=at("2026-06-10 18:00"))
    world.live("2026-06-10 20:00")
    assert world.heard(team) == ["T1 due 06-10 15:40"]
    assert world.said(team)[0][1].title == "Good afternoon: 1 thing to see to"


def test_a_sweep_that_comes_late_says_it_once_and_at_once(world: World) -> None:
    team = world.room()
    world.task(1, "2026-06-16 18:00")
    world.tick("2026-06-10 10:00")
    world.tick("2026-06-17 14:00")
    assert world.heard(team) == ["T1 late 06-17 14:00"]
    world.tick("2026-06-17 14:01")
    assert len(world.said(team)) == 1


def test_late_at_night_it_waits_for_the_morning_and_says_why(world: World) -> None:
    team = world.room()
    task = world.task(1, "2026-06-15 18:00")
    world.tick("2026-06-10 10:00")
    world.tick("2026-06-16 21:00")
    assert world.heard(team) == []
    assert world.put_off(team) == ["late quiet 06-17 09:10"]
    assert world.next_look(task) == at("2026-06-17 09:10")
    world.live("2026-06-17 12:00")
    assert world.heard(team) == ["T1 late 06-17 09:10"]


def test_make_up_days_and_own_holidays_count(world: World) -> None:
    team = world.room()
    world.add(DayRule(workspace_id=world.place.id, day=date(2026, 6, 11), worked=False))
    world.task(1, "2026-06-11 18:00")
    world.live("2026-06-12 20:00")
    assert world.heard(team) == ["T1 heads_up 06-10 09:10", "T1 late 06-12 09:10"]
    assert world.put_off(team) == ["due day_off 06-12 09:10"]


def test_a_snoozed_task_comes_back_with_the_rung_of_that_day(world: World) -> None:
    team = world.room()
    task = world.task(1, "2026-06-10 18:00")
    world.change(task, snoozed_until=at("2026-06-11 09:00"))
    world.live("2026-06-11 20:00")
    assert world.put_off(team) == ["due snoozed 06-11 09:10"]
    assert world.heard(team) == ["T1 late 06-11 09:10"]


def test_ending_a_snooze_brings_the_next_slot(world: World) -> None:
    team = world.room()
    task = world.task(1, "2026-06-09 18:00", snoozed_until=at("2026-06-25 09:00"))
    world.live("2026-06-10 12:00")
    world.change(task, snoozed_until=None)
    world.live("2026-06-10 20:00")
    assert world.heard(team) == ["T1 late 06-10 15:40"]


def test_while_somebody_is_away_the_cover_hears(world: World) -> None:
    team, wang, zhou = world.room(), world.person("Wang"), world.person("Zhou")
    world.leave(wang, "2026-06-10", "2026-06-11", zhou)
    world.task(1, "2026-06-10 18:00", wang)
    world.live("2026-06-15 20:00")
    assert world.heard(world.room_of(zhou)) == ["T1 due 06-10 09:10", "T1 late 06-11 09:10"]
    assert world.heard(world.room_of(wang)) == ["T1 late 06-12 09:10", "T1 later 06-15 09:10"]
    assert "Wang is away until Thu 11 Jun, Zhou covers" in world.said(team)[0][1].rows[0].text
    assert "because you cover for a colleague" in world.said(world.room_of(zhou))[0][1].footer


def test_without_a_cover_it_waits_until_the_first_working_day_back(world: World) -> None:
    team, wang = world.room(), world.person("Wang")
    world.leave(wang, "2026-06-10", "2026-06-12")
    world.task(1, "2026-06-10 18:00", wang)
    world.live("2026-06-15 20:00")
    room = world.room_of(wang)
    assert world.put_off(room)[0] == "due away 06-15 09:10"
    assert world.heard(room) == ["T1 later 06-15 09:10"]
    assert "Wang is away until Fri 12 Jun" in world.said(team)[0][1].rows[0].text


def test_a_cover_who_is_away_as_well_does_not_hear(world: World) -> None:
    wang, zhou = world.person("Wang"), world.person("Zhou")
    world.leave(wang, "2026-06-10", "2026-06-12", zhou)
    world.leave(zhou, "2026-06-08", "2026-06-12")
    world.task(1, "2026-06-10 18:00", wang)
    world.live("2026-06-16 20:00")
    assert world.heard(world.room_of(zhou)) == []


def test_a_person_has_enough_after_so_many_messages_a_day(world: World) -> None:
    team, wang = world.room(), world.person("Wang")
    room = world.room_of(wang)
    world.change(world.place, nudges_a_day=1)
    world.task(1, "2026-06-10 18:00", wang)
    world.live("2026-06-10 12:00")
    world.task(2, "2026-06-09 18:00", wang)
    world.live("2026-06-10 20:00")
    assert world.heard(room) == ["T1 due 06-10 09:10"]
    assert world.put_off(room) == ["late cap 06-11 09:10"]
    assert world.heard(team) == ["T1 due 06-10 09:10", "T2 late 06-10 15:40"]
    world.live("2026-06-11 20:00")
    assert len(world.said(room)) == 2


def test_moving_the_date_starts_again(world: World) -> None:
    team = world.room()
    task = world.task(1, "2026-06-10 18:00")
    world.live("2026-06-12 20:00")
    world.change(task, due_at=at("2026-06-17 18:00"))
    world.live("2026-06-17 12:00")
    assert world.heard(team)[-2:] == ["T1 heads_up 06-16 09:10", "T1 due 06-17 09:10"]
    assert "now due Wed 17 Jun, 18:00" in world.said(team, edits=True)[0][1].rows[0].text


def test_a_room_that_begins_to_follow_hears_from_then_on(world: World) -> None:
    task = world.task(1, "2026-06-10 18:00")
    world.live("2026-06-10 12:00")
    assert world.next_look(task) is None
    team = world.room()
    world.change(task, next_nudge_at=LOOK_NOW)
    world.live("2026-06-10 20:00")
    assert world.heard(team) == ["T1 due 06-10 15:40"]


def test_the_last_nudge_is_struck_through_once_the_task_is_done(world: World) -> None:
    team, wang = world.room(), world.person("Wang")
    done, other = world.task(1, "2026-06-10 18:00", wang), world.task(2, "2026-06-10 18:00", wang)
    world.live("2026-06-11 12:00")
    world.change(done, state=State.DONE, done_at=world.now, done_by=wang.id)
    world.tick()
    ((key, message),) = world.said(team, edits=True)
    assert key == f"nudge:{team.id}:2026-06-11:1:edit:1"
    assert message.title == "Good morning: 1 thing to see to"
    assert message.rows[0].text == "~~**T1** Task 1~~ · done by Wang, Thu 11 Jun, 12:00"
    assert message.rows[0].buttons == ()
    assert [row.state for row in world.ledger(task_id=done.id, room_id=team.id)] == ["sent", "struck"]
    world.change(other, state=State.DONE, done_at=world.now, done_by=wang.id)
    world.tick()
    assert world.said(team, edits=True)[-1][1].title == "All of this is settled. Thank you!"
    assert len(world.said(team, edits=True)) == 2
    assert world.next_look(done) is None


def test_a_task_that_is_opened_again_loses_its_stroke(world: World) -> None:
    team = world.room()
    task = world.task(1, "2026-06-10 18:00")
    world.live("2026-06-10 12:00")
    world.change(task, state=State.NOT_APPLICABLE)
    world.tick()
    world.change(task, state=State.OPEN)
    world.tick()
    world.change(task, state=State.NOT_APPLICABLE)
    world.tick()
    texts = [message.rows[0].text[:2] for _, message in world.said(team, edits=True)]
    assert texts == ["~~", "**", "~~"]
    assert len(world.heard(team)) == 1


# --- just before sending


def recheck(world: World, room: Room) -> Message | None:
    key, message = world.said(room)[-1]
    with world.db.write() as db:
        return still_wanted(context_for_room(db, rooms.get(db, room.id), world.now), key, message)


def test_a_message_that_is_still_true_goes_out_as_it_is(world: World) -> None:
    team = world.room()
    world.task(1, "2026-06-10 18:00")
    world.tick("2026-06-10 09:10")
    assert recheck(world, team) == world.said(team)[0][1]


@pytest.mark.parametrize(
    "change",
    [
        {"state": State.DONE, "done_at": at("2026-06-10 09:10")},
        {"due_at": at("2026-06-20 18:00")},
        {"snoozed_until": at("2026-06-12 09:00")},
    ],
)
def test_what_changed_since_the_promise_is_left_out(world: World, change: dict[str, Any]) -> None:
    team = world.room()
    gone, stays = world.task(1, "2026-06-10 18:00"), world.task(2, "2026-06-10 18:00")
    world.tick("2026-06-10 09:10")
    world.change(gone, **change)
    message = recheck(world, team)
    assert message
    assert [row.text.split("**")[1] for row in message.rows] == ["T2"]
    assert world.ledger(task_id=gone.id) == []
    world.change(stays, state=State.DONE)
    assert recheck(world, team) is None
    assert world.ledger() == []


def test_a_message_that_is_late_is_withdrawn_and_planned_anew(world: World) -> None:
    team = world.room()
    task = world.task(1, "2026-06-10 18:00")
    world.tick("2026-06-10 09:10")
    world.now = at("2026-06-10 20:30")  # the room could not be reached all day
    assert recheck(world, team) is None
    assert world.next_look(task) == LOOK_NOW
    world.live("2026-06-11 12:00")
    assert world.heard(team) == ["T1 late 06-11 09:10"]
    world.now = at("2026-06-12 09:00")
    assert recheck(world, team) is None


def test_a_withdrawn_key_is_not_used_again(world: World) -> None:
    team = world.room()
    task = world.task(1, "2026-06-10 18:00")
    world.tick("2026-06-10 09:10")
    world.change(task, snoozed_until=at("2026-06-10 14:00"))
    assert recheck(world, team) is None
    world.live("2026-06-10 20:00")
    assert [key for key, _ in world.said(team)] == [f"nudge:{team.id}:2026-06-10:{n}" for n in (1, 2)]
    assert world.heard(team) == ["T1 due 06-10 14:00"]


# --- cost


def statements(world: World, moment: str) -> int:
    count = 0

    def counting(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(world.db.writer, "before_cursor_execute", counting)
    world.tick(moment)
    event.remove(world.db.writer, "before_cursor_execute", counting)
    return count


def test_a_sweep_costs_what_is_due_not_what_exists(world: World) -> None:
    world.room()
    wang = world.person("Wang", Role.LEAD)
    world.task(1, "2026-06-11 18:00", wang)
    few = statements(world, "2026-06-10 09:10")
    for number in range(2, 400):
        world.task(number, at("2026-07-30 18:00") + timedelta(minutes=number), wang)
    world.tick("2026-06-10 12:00")
    assert statements(world, "2026-06-11 09:10") <= few
    assert statements(world, "2026-06-11 09:20") == 0


def test_many_due_tasks_take_no_more_questions_than_one(world: World) -> None:
    world.room()
    wang = world.person("Wang", Role.LEAD)
    world.task(1, "2026-06-10 18:00", wang)
    one = statements(world, "2026-06-10 09:10")
    for number in range(2, 60):
        world.task(number, "2026-06-11 18:00", wang)
    world.tick("2026-06-10 12:00")
    assert statements(world, "2026-06-11 09:10") <= one


def test_a_priority_does_not_move_a_rung(world: World) -> None:
    team = world.room(morning=time(8, 30))
    world.task(1, "2026-06-11 18:00", priority=Priority.HIGH)
    world.live("2026-06-10 12:00")
    assert world.heard(team) == ["T1 heads_up 06-10 08:30"]
