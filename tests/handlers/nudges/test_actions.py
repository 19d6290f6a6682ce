"""`snooze` puts a nudge off, `why` tells a task's story."""

from __future__ import annotations

from sqlalchemy import update

from handlers.ids import TaskRef
from storage import outbox
from storage.checklist import State, Task
from storage.meetings import MeetingState
from storage.people import Person, Role
from storage.templates import Priority
from tests.handlers.nudges.build import World, at


def snoozed(world: World, task: Task) -> object:
    with world.db.read() as db:
        return db.get_one(Task, task.id).snoozed_until


def story(world: World, reader: Person) -> list[str]:
    return [row.text for row in world.asks(reader, "why T1").rows]


def test_a_snooze_is_until_nine_unless_a_time_is_named(world: World) -> None:
    wang = world.person("Wang")
    task = world.task(1, "2026-06-11 18:00", wang)
    assert "before Thu 11 Jun, 09:00" in world.asks(wang, "snooze T1 tomorrow").body
    assert snoozed(world, task) == at("2026-06-11 09:00")
    world.asks(wang, "稍后提醒 T1 明天下午3点")
    assert snoozed(world, task) == at("2026-06-11 15:00")
    world.asks(wang, "推迟提醒 T1")
    assert snoozed(world, task) == at("2026-06-11 09:00")


def test_a_snooze_can_be_ended(world: World) -> None:
    wang = world.person("Wang")
    task = world.task(1, "2026-06-11 18:00", wang)
    world.asks(wang, "snooze T1 tomorrow")
    message = world.asks(wang, "snooze T1 off")
    assert snoozed(world, task) is None
    assert message.body.endswith("come again as planned; `why` shows when.")


def test_several_tasks_are_snoozed_together_and_offer_undo(world: World) -> None:
    wang = world.person("Wang")
    tasks = [world.task(number, "2026-06-11 18:00", wang) for number in (1, 2)]
    message = world.asks(wang, "snooze T1 T2 tomorrow")
    assert [snoozed(world, task) for task in tasks] == [at("2026-06-11 09:00")] * 2
    assert [button.line for button in message.buttons] == ["undo", "why M1-T1"]
    assert message.about == ("M1-T1", "M1-T2")


def test_in_a_thread_the_task_need_not_be_named(world: World) -> None:
    wang = world.person("Wang")
    task = world.task(1, "2026-06-11 18:00", wang)
    world.asks(wang, "snooze", thread=(TaskRef(1, 1),))
    assert snoozed(world, task) == at("2026-06-11 09:00")


def test_beyond_its_cap_a_snooze_is_refused_with_the_furthest(world: World) -> None:
    wang = world.person("Wang")
    for number, priority in enumerate((Priority.HIGH, Priority.NORMAL, Priority.LOW), 1):
        world.task(number, "2026-06-11 18:00", wang, priority=priority)
    world.now = at("2026-06-18 10:00")  # a Thursday before a holiday and a weekend
    answers = {number: world.asks(wang, f"snooze T{number} 20 days") for number in (1, 2, 3)}
    assert [message.buttons[0].line for message in answers.values()] == [
        "snooze M1-T1 2026-06-22 09:00",
        "snooze M1-T2 2026-06-24 09:00",
        "snooze M1-T3 2026-06-26 09:00",
    ]
    assert "urgent, so it can wait until Mon 22 Jun, 09:00" in answers[1].body
    again = world.asks(wang, answers[2].buttons[0].line)
    assert not again.refused


def test_a_snooze_that_ends_before_the_next_reminder_says_when_that_comes(world: World) -> None:
    wang = world.person("Wang")
    task = world.task(1, "2026-08-20 18:00", wang)
    message = world.asks(wang, "snooze T1 tomorrow")
    assert "the next reminder comes on Wed 19 Aug, 09:10 anyway, so I changed nothing." in message.body
    assert snoozed(world, task) is None
    assert [(button.label, button.line) for button in message.buttons] == [
        ("Until Mon 24 Aug", "snooze M1-T1 2026-08-24 09:00"),
        ("What comes when", "why M1-T1"),
    ]
    world.asks(wang, message.buttons[0].line)
    assert snoozed(world, task) == at("2026-08-24 09:00")


def test_a_far_snooze_may_last_as_long_after_the_next_reminder_as_any(world: World) -> None:
    wang = world.person("Wang")
    world.task(1, "2026-08-20 18:00", wang)
    message = world.asks(wang, "snooze T1 2026-08-25")
    assert message.name == "nudges/refusals/too_far"
    assert message.buttons[0].line == "snooze M1-T1 2026-08-24 09:00"


def test_of_several_only_those_are_snoozed_that_would_be_heard_of(world: World) -> None:
    wang = world.person("Wang")
    soon, far = world.task(1, "2026-06-11 18:00", wang), world.task(2, "2026-08-20 18:00", wang)
    message = world.asks(wang, "snooze T1 T2 tomorrow")
    assert (snoozed(world, soon), snoozed(world, far)) == (at("2026-06-11 09:00"), None)
    assert "No reminder of it before Thu 11 Jun, 09:00." in message.body
    assert "**T2** Task 2: the next reminder comes on Wed 19 Aug, 09:10 anyway" in message.body


def test_a_snooze_may_always_be_made_shorter(world: World) -> None:
    wang = world.person("Wang")
    task = world.task(1, "2026-06-25 18:00", wang, snoozed_until=at("2026-06-30 09:00"))
    world.asks(wang, "snooze T1 tomorrow")
    assert snoozed(world, task) == at("2026-06-11 09:00")


def test_a_snooze_is_for_whoever_has_the_task(world: World) -> None:
    wang, other = world.person("Wang"), world.person("Other")
    task = world.task(1, "2026-06-11 18:00", wang)
    assert world.refusal(other, "snooze T1 tomorrow") == "people/not_yours"
    assert snoozed(world, task) is None


def test_what_is_settled_is_not_snoozed(world: World) -> None:
    wang = world.person("Wang")
    world.task(1, "2026-06-11 18:00", wang, state=State.DONE)
    message = world.asks(wang, "snooze T1 tomorrow")
    assert message.refused
    assert message.buttons[0].line == "reopen M1-T1"


def test_without_a_task_it_is_asked_which(world: World) -> None:
    wang = world.person("Wang")
    world.task(1, "2026-06-11 18:00", wang)
    assert "`snooze T12 tomorrow`" in world.asks(wang, "snooze").body
    assert "`why T12`" in world.asks(wang, "why").body


def test_the_whole_story_of_a_task(world: World) -> None:
    world.room()
    wang = world.person("Wang")
    world.person("Li", Role.LEAD)
    world.task(1, "2026-06-13 18:00", wang)  # a Saturday
    world.live("2026-06-15 12:00")
    assert story(world, wang) == [
        "→ Fri 12 Jun, 09:10 · heads-up · “team” (on its way), Wang (on its way)",
        "⏸ Sat 13 Jun, 09:10 · due today · “team”, Wang · put off to Mon 15 Jun, 09:10: not a working day",
        "→ Mon 15 Jun, 09:10 · first reminder after the date · “team” (on its way), Wang (on its way)",
        "Planned: Wed 17 Jun, 09:10 · third working day late, lead told too · “team”, Wang, Li",
    ]


def test_the_plan_is_true_right_after_a_change(world: World) -> None:
    world.room()
    wang = world.person("Wang")
    task = world.task(1, "2026-06-12 18:00", wang)
    assert story(world, wang) == ["Planned: Thu 11 Jun, 09:10 · heads-up · “team”, Wang"]
    world.change(task, due_at=at("2026-06-10 18:00"))
    assert story(world, wang) == ["Planned: Wed 10 Jun, 09:10 · due today · “team”, Wang"]
    world.asks(wang, "snooze T1 tomorrow")
    assert story(world, wang) == [
        "Planned: Thu 11 Jun, 09:10 · first reminder after the date · “team”, Wang · so late because: snoozed"
    ]


def test_what_is_due_this_moment_is_said_to_come_at_once(world: World) -> None:
    world.room()
    world.task(1, "2026-06-10 18:00")
    world.now = at("2026-06-10 09:10")
    assert story(world, world.person("Reader")) == ["Planned: within a minute · due today · “team”"]


def test_the_story_says_what_could_not_be_delivered_and_what_was_struck(world: World) -> None:
    team = world.room()
    task = world.task(1, "2026-06-10 18:00")
    world.live("2026-06-11 12:00")
    key = world.said(team)[0][0]
    with world.db.write() as db:
        table = outbox.outbox
        db.execute(update(table).values(state=outbox.Promise.SENT))
        db.execute(update(table).where(table.c.dedupe_key == key).values(state=outbox.Promise.DEAD))
    world.change(task, state=State.DONE, done_at=world.now)
    world.tick()
    message = world.asks(world.person("Reader"), "why T1")
    assert [row.text for row in message.rows] == [
        "→ Wed 10 Jun, 09:10 · due today · “team” (could not be delivered)",
        "✓ Thu 11 Jun, 09:10 · first reminder after the date · “team” · struck through since",
    ]
    assert message.body == "It is done, so nothing more comes."
    assert [button.line for button in message.buttons] == ["log M1-T1"]


def test_the_story_says_why_nothing_comes(world: World) -> None:
    task = world.task(1, "2026-06-11 18:00")
    reader = world.person("Reader", admin=True)
    assert "no room follows the meeting" in world.asks(reader, "why T1").body
    assert "So far nothing was sent." in world.asks(reader, "为什么T1").body
    world.change(world.room_of(reader), meeting_id=world.meeting.id)
    world.change(world.meeting, state=MeetingState.CLOSED)
    assert "The meeting is closed" in world.asks(reader, "why T1").body
    world.change(task, state=State.CARRIED)
    assert "It is settled" in world.asks(reader, "why T1").body


def test_a_long_story_shows_its_end(world: World) -> None:
    world.room()
    world.task(1, "2026-06-10 18:00")
    world.live("2026-12-20 12:00")
    message = world.asks(world.person("Reader"), "why T1")
    assert len(message.rows) == 21
    assert "earlier entries are left out" in message.body
