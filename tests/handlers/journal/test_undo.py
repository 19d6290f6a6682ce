"""Taking back: one's own last step, in time, whole or not at all."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import checklist, journal, meetings, people
from storage.base import Base
from storage.checklist import LOOK_NOW, Task
from storage.journal import Entry
from storage.verifying import verify
from tests.chat import Chat, Somebody, at, buttons, text


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    """The admin, with a meeting that runs."""
    somebody = chat.person("Ann")
    somebody.says("meeting new Forum end: 8 June 17:00")
    return somebody


@pytest.fixture
def li(chat: Chat, ann: Somebody) -> Somebody:
    return chat.person("Li")


def state(chat: Chat) -> dict[str, list[tuple[object, ...]]]:
    """Every journalled row, without what the program derives."""
    found = {}
    with chat.read() as db:
        for mapper in Base.registry.mappers:
            if getattr(mapper.class_, "journalled", True):
                names = [column.key for column in mapper.column_attrs if column.key not in DERIVED]
                rows = db.scalars(select(mapper.class_)).all()
                found[mapper.class_.__tablename__] = sorted(
                    (tuple(getattr(row, name) for name in names) for row in rows), key=repr
                )
    return found


DERIVED = {"version", "next_nudge_at", "next_summary_at"}

LINES = [
    "add Send the album due: Friday phase: 5",
    "add Send the album due: Friday phase: 5 owner: @Li",
    "assign T1 @Li",
    "assign phase 5 @Li",
    "due T12 Friday 17:00",
    "note T12 the courier comes on Friday",
    "start T5",
    "wait T5 the hotel has not sent its invoice",
    "skip T53 no audit is required",
    "carry T57 @Li until the board meets",
    "done T8 everybody was thanked on stage",
    "done T10 anyway: the originals are in the safe",
    "edit T12 title: Print the album priority: high",
    "snooze T5 tomorrow",
    "watch T12",
    "meeting new Another one end: 9 June 17:00",
    "meeting edit M1 venue: Hall B expected: 300",
    "meeting use none",
    "role set finance @Li",
    "settings nudges off",
    "settings dayoff 2026-12-31",
    "settings language 中文",
    "away 11-20..11-27 cover @Li",
    "people add Zhao Min, Qian Wei",
    "people rename Anna",
    "admin add @Li",
    "role add finance @Li",
    "role clear lead",
]


@pytest.mark.parametrize("line", LINES)
def test_every_change_can_be_taken_back(chat: Chat, ann: Somebody, li: Somebody, line: str) -> None:
    li.says("today")
    before = state(chat)
    answer = ann.says(line)
    assert not answer.refused, text(answer)
    assert state(chat) != before
    back = ann.says("undo")
    assert (back.refused, back.name) == (False, "journal/undone"), text(back)
    assert state(chat) == before


def test_a_recurring_task_goes_back_into_the_round_before(chat: Chat, ann: Somebody) -> None:
    with chat.read() as db:
        task = next(one for one in checklist.tasks(db, 1) if one.repeats)
    before = state(chat)
    ann.says(f"done {task.ref} anyway: it was done by telephone")
    with chat.read() as db:
        again = db.get_one(Task, task.id)
        assert (again.round, again.state) == (2, "open")
    ann.says("undo")
    assert state(chat) == before


def test_a_new_meeting_goes_with_its_checklist_its_roles_and_the_rooms_choice(chat: Chat) -> None:
    ann = chat.person("Ann")
    ann.says("today")
    before = state(chat)
    ann.says("meeting new Forum end: 8 June 17:00")
    with chat.read() as db:
        assert len(checklist.tasks(db, 1)) == 58
    answer = ann.says("undo")
    assert "58 tasks removed" in text(answer)
    assert state(chat) == before


def test_a_deleted_row_comes_back(chat: Chat, ann: Somebody, li: Somebody) -> None:
    li.says("today")
    ann.says("assign T1 @Li")
    before = state(chat)
    ann.says("unassign T1")
    ann.says("undo")
    assert state(chat) == before


def test_it_says_what_was_put_back(ann: Somebody) -> None:
    ann.says("start T5")
    answer = ann.says("undo")
    assert "in progress → to do" in text(answer)
    assert "T5" in text(answer)
    assert answer.about == ("M1-T5",)


def test_one_step_after_the_other_and_then_nothing(chat: Chat, ann: Somebody) -> None:
    chat.clock.move_to(at("2026-06-10 09:00"))
    ann.says("start T5")
    ann.says("start T7")
    assert "T7" in text(ann.says("undo"))
    assert "T5" in text(ann.says("undo"))
    answer = ann.says("undo")
    assert answer.name == "journal/refusals/nothing"
    assert "meeting new" in text(answer)
    assert "08:15" in text(answer)


def test_nobody_who_did_nothing_is_told_how_it_works(li: Somebody) -> None:
    assert "for 15 minutes" in text(li.says("undo"))


def test_after_fifteen_minutes_it_is_too_late(chat: Chat, ann: Somebody) -> None:
    ann.says("start T5")
    chat.clock.move_to(at("2026-06-10 08:15"))
    assert not ann.says("undo").refused
    ann.says("start T5")
    chat.clock.move_to(at("2026-06-10 08:31"))
    assert ann.says("undo").name == "journal/refusals/nothing"
    chat.clock.move_to(at("2028-02-29 08:31"))
    assert ann.says("undo").name == "journal/refusals/nothing"


def test_an_old_button_no_longer_works(chat: Chat, ann: Somebody) -> None:
    told = ann.says("start T5")
    chat.clock.move_to(at("2026-06-10 08:16"))
    assert ann.presses("Undo", told).name == "journal/refusals/nothing"


def test_only_ones_own_steps(ann: Somebody, li: Somebody) -> None:
    ann.says("note T12 mine")
    assert li.says("undo").name == "journal/refusals/nothing"
    assert li.says("undo no. 2").name == "journal/refusals/not_yours"
    assert li.says("undo no. 99").name == "journal/refusals/not_yours"


def test_what_somebody_else_changed_since_stays(chat: Chat, ann: Somebody, li: Somebody) -> None:
    li.says("today")
    ann.says("assign T5 @Li")
    ann.says("due T5 Friday 17:00")
    li.says("due T5 Friday 18:00")
    before = state(chat)
    answer = ann.says("undo")
    assert answer.name == "journal/refusals/changed_since"
    assert "Li has changed T5" in text(answer)
    assert state(chat) == before
    with chat.read() as db:
        assert not [entry for entry in db.scalars(select(Entry)) if entry.undoes]


def test_half_of_it_is_not_put_back(chat: Chat, ann: Somebody, li: Somebody) -> None:
    """Two tasks were started, one of them has moved on: neither goes back."""
    ann.says("start T5 T7")
    li.says("wait T7 the hotel is slow")
    before = state(chat)
    assert ann.says("undo").name == "journal/refusals/changed_since"
    assert state(chat) == before


def test_a_task_that_others_built_on_is_not_removed(chat: Chat, ann: Somebody, li: Somebody) -> None:
    ann.says("add Send the album due: Friday phase: 5")
    li.says("note T59 forty copies")
    assert ann.says("undo").name == "journal/refusals/changed_since"
    with chat.read() as db:
        assert checklist.get(db, 1, 59) is not None


def test_a_button_takes_back_what_it_was_shown_for(chat: Chat, ann: Somebody) -> None:
    first = ann.says("start T5")
    ann.says("start T7")
    assert not ann.presses("Undo", first).refused
    with chat.read() as db:
        assert [checklist.get(db, 1, number).state for number in (5, 7)] == ["open", "doing"]  # type: ignore[union-attr]
    assert ann.presses("Undo", first).name == "journal/refusals/undone_before"


def test_an_undo_is_not_undone(ann: Somebody) -> None:
    ann.says("start T5")
    ann.says("undo")
    assert ann.says("undo no. 3").name == "journal/refusals/is_undo"
    assert "Undo" not in [button.label for button in buttons(ann.says("log"))]


def test_by_task_and_in_a_thread(chat: Chat, ann: Somebody) -> None:
    told = ann.says("start T5")
    ann.says("start T7")
    assert "T5" in text(ann.replies("undo", told))
    ann.says("start T6")
    assert "T7" in text(ann.says("undo T7"))
    assert ann.says("undo T999").refused


def test_who_lost_the_right_meanwhile_does_not_take_back(chat: Chat, ann: Somebody, li: Somebody) -> None:
    """Li leads, moves somebody's date, and is replaced as lead: the date is no longer Li's to move."""
    li.says("today")
    ann.says("role set lead @Li")
    ann.says("assign T5 @Ann")
    assert not li.says("due T5 Friday 17:00").refused
    ann.says("role set lead @Ann")
    before = state(chat)
    assert li.says("undo").name.startswith("people/refusals/")
    assert state(chat) == before


def test_who_gave_a_task_away_may_take_it_back(ann: Somebody, li: Somebody, chat: Chat) -> None:
    wang = chat.person("Wang")
    for somebody in (li, wang):
        somebody.says("today")
    ann.says("assign T5 @Li")
    assert not li.says("assign T5 @Wang").refused
    assert not li.says("undo").refused


def test_nothing_is_taken_back_in_a_closed_meeting(chat: Chat, ann: Somebody) -> None:
    ann.says("start T5")
    with chat.app.database.write() as db:
        meetings.get(db, 1).state = meetings.MeetingState.CLOSED
    assert ann.says("undo").name == "meetings/refusals/closed"


def test_the_undo_is_journalled_and_the_chain_holds(chat: Chat, ann: Somebody) -> None:
    ann.says("start T5")
    ann.says("undo")
    with chat.read() as db:
        newest, started = journal.entries(db, 1, limit=2)
        assert (newest.undoes, newest.line) == (started.id, "undo")
        assert verify(db, 1) == (3, [])


def test_each_change_leaves_one_entry_and_a_refusal_none(chat: Chat, ann: Somebody, li: Somebody) -> None:
    def count() -> int:
        with chat.read() as db:
            return journal.count(db, 1)

    li.says("today")
    for line in ("start T5", "assign phase 5 @Li", "done T8 everybody was thanked", "undo"):
        before = count()
        assert not ann.says(line).refused
        assert count() == before + 1, line
    for line in ("start T5 foo", "done T999", "due T12 whenever", "list", "log", "help", "status", "undo no. 77"):
        before = count()
        ann.says(line)
        assert count() == before, line


def test_people_met_are_no_entry(chat: Chat, ann: Somebody) -> None:
    with chat.read() as db:
        before = journal.count(db, 1)
    chat.person("Zhao").says("today")
    with chat.read() as db:
        assert journal.count(db, 1) == before
        assert [person.name for person in people.everyone(db, 1)] == ["Ann", "Zhao"]


def test_taking_back_a_setting_plans_the_reminders_anew(chat: Chat) -> None:
    ann = chat.person("Ann")
    ann.says("meeting new Annual conference end: 2026-06-08 17:00")
    chat.settle()
    ann.says("settings quiet 10:00-09:00")
    chat.settle()
    ann.says("undo")
    with chat.read() as db:
        assert set(db.scalars(select(Task.next_nudge_at).where(Task.state == "open"))) == {LOOK_NOW}


def test_files_without_a_word_are_taken_back_without_an_empty_quote(ann: Somebody) -> None:
    ann.says("start T5")
    ann.says("", files={"a.jpg": b"one"}, thread=("M1-T33",))
    message = ann.says("undo")
    assert message.body.startswith("This is as it was before:")
    ann.says("", files={"b.jpg": b"two"}, thread=("M1-T33",))
    ann.says("start T6")
    assert ann.says("undo").buttons[0].label == "Also no. 5"


def test_the_way_back_is_in_the_language_of_the_reader(chat: Chat) -> None:
    luo = chat.person("罗敏", locale="zh_CN")
    luo.says("新建会议 论坛 结束：2026-06-08 17:00")
    luo.says("start M1-T5")
    luo.says("start M1-T6")
    message = luo.says("撤销")
    assert message.body.startswith("“开始 M1-T6”改动的内容")
    first = message.buttons[0]
    assert (first.label, first.line) == ("再撤销：开始 M1-T5", "undo no. 2")
