"""Facts put right, and the end moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage import meetings
from storage.checklist import LOOK_NOW, Task
from tests.chat import at
from tests.handlers.meetings.conftest import FIRST, labels

if TYPE_CHECKING:
    from messages import Message
    from tests.handlers.meetings.conftest import Office


def line(message: Message) -> str:
    return message.buttons[0].line


def by_hand(task: Task) -> None:
    task.due_at, task.due_rule = at("2026-07-01 12:00"), ""


# The end


def test_a_move_is_shown_before_it_is_made(office: Office) -> None:
    office.ann.says(FIRST)
    office.settle(*range(3, 59))
    office.change(by_hand, 5, 6)
    before = office.tasks()
    preview = office.ann.says("meeting move 20 June 17:00")
    assert [(task.number, task.due_at) for task in office.tasks()] == [(task.number, task.due_at) for task in before]
    assert "**54 due dates move**" in preview.body
    assert "2 finished tasks stay as they are" in preview.body
    assert "2 dates set by hand stay: **T5** Wed 1 Jul, **T6** Wed 1 Jul" in preview.body
    assert "So far: Sat 6 Jun 2026 09:00 – Mon 8 Jun 2026 17:00" in preview.body
    assert "Then: Thu 18 Jun 2026 09:00 – Sat 20 Jun 2026 17:00" in preview.body
    assert preview.table is not None
    assert len(preview.table.rows) == 15
    assert preview.footer == "39 more dates move likewise and are not shown."
    assert line(preview).startswith("meeting move M1 2026-06-20 17:00 confirm ")


@pytest.mark.parametrize("words", ["meeting move end: 20 June 17:00", "meeting move M1 结束：2026-06-20 17:00"])
def test_the_end_may_be_named_as_with_a_new_meeting(office: Office, words: str) -> None:
    office.ann.says(FIRST)
    assert line(office.ann.says(words)).startswith("meeting move M1 2026-06-20 17:00 confirm ")


def test_confirming_moves_exactly_what_was_shown(office: Office) -> None:
    office.ann.says(FIRST)
    office.settle(*range(3, 59))
    office.change(by_hand, 5)
    stays = {number: office.task(number).due_at for number in (1, 2, 5)}
    office.ann.says("meeting move 20 June 17:00")
    moved = office.ann.presses("Confirm")
    assert moved.title == "Annual Conference has a new end"
    assert office.meeting().ends_at == at("2026-06-20 17:00")
    assert office.meeting().starts_at == at("2026-06-18 09:00")
    assert office.task(4).due_at == at("2026-06-20 23:00")
    assert {number: office.task(number).due_at for number in stays} == stays
    assert office.task(4).next_nudge_at == LOOK_NOW


def test_what_changed_meanwhile_is_shown_anew(office: Office) -> None:
    office.ann.says(FIRST)
    preview = office.ann.says("meeting move 20 June 17:00")
    office.settle(*range(2, 59))
    again = office.ann.says(line(preview))
    assert again.body.startswith("**The checklist has changed since you last looked.**")
    assert office.meeting().ends_at == at("2026-06-08 17:00")
    office.ann.presses("Confirm", again)
    assert office.meeting().ends_at == at("2026-06-20 17:00")


def test_a_digest_for_another_end_does_not_count(office: Office) -> None:
    office.ann.says(FIRST)
    preview = office.ann.says("meeting move 20 June 17:00")
    assert office.ann.says(line(preview).replace("06-20", "06-21")).name == "meetings/move"
    assert office.meeting().ends_at == at("2026-06-08 17:00")


def test_undo_puts_the_dates_back(office: Office) -> None:
    office.ann.says(FIRST)
    before = {task.number: task.due_at for task in office.tasks()}
    office.ann.says("meeting move 20 June 17:00")
    office.ann.presses("Confirm")
    office.ann.presses("Undo")
    assert {task.number: task.due_at for task in office.tasks()} == before
    assert office.meeting().ends_at == at("2026-06-08 17:00")


def test_a_move_says_what_would_be_late_and_which_time_it_took(office: Office) -> None:
    office.ann.says(FIRST)
    preview = office.ann.says("meeting move M1 1 June")
    assert "tasks would be overdue then" in preview.body
    assert "you gave no time, so 18:00" in preview.body


def test_in_chinese(office: Office) -> None:
    office.fang.says("新建会议 年会 结束：6月8日 17:00")
    preview = office.fang.says("会议改期 M1 改到6月20日 17:00")
    assert preview.title == "“年会”要改期吗？"
    assert office.fang.says(line(preview).replace("confirm", "确认")).title == "“年会”已改期"


def test_without_an_end_it_is_asked_for(office: Office) -> None:
    office.ann.says(FIRST)
    assert office.ann.says("meeting move").form is not None
    assert office.ann.fills(end="20 June 17:00").name == "meetings/move"
    assert office.ann.says("meeting move 8 June 17:00").name == "meetings/refusals/same_end"
    assert office.ann.says("meeting move whenever").name == "meetings/refusals/when"


# The facts


def test_facts_are_put_right_in_one_line(office: Office) -> None:
    office.ann.says(FIRST)
    saved = office.ann.says("meeting edit M1 venue: Hall B expected: 1,200 currency: euro")
    assert "- Venue: Hall B\n" in f"{saved.body}\n"
    assert "Expected: 1200 people" in saved.body
    assert (office.meeting().venue, office.meeting().expected, office.meeting().currency) == ("Hall B", 1200, "EUR")
    office.fang.says("编辑会议 年会 地点：会展中心")
    assert office.meeting().venue == "Hall B"  # 王芳 is neither lead nor admin
    office.ann.says("编辑会议 年会 地点：无")
    assert (office.meeting().name_zh, office.meeting().name_en, office.meeting().venue) == (
        "年会",
        "Annual Conference",
        "",
    )


def test_the_form_shows_what_stands_there_and_saves_what_is_changed(office: Office) -> None:
    office.ann.says(f"{FIRST} venue: Hall A goals: 300 attendees; 90% satisfied")
    form = office.ann.says("meeting edit").form
    assert form is not None
    assert {field.name: field.value for field in form.fields}["goals"] == "300 attendees; 90% satisfied"
    saved = office.ann.fills(venue="", start="5 June 10:00")
    assert office.meeting().venue == ""
    assert office.meeting().starts_at == at("2026-06-05 10:00")
    assert "Now held: Fri 5 Jun 2026 10:00 – Mon 8 Jun 2026 17:00" in saved.body
    office.ann.says("meeting edit")
    assert office.ann.fills().title == "Nothing to change in Annual Conference"


def test_a_form_filled_in_over_somebody_elses_change_is_refused(office: Office) -> None:
    office.ann.says(FIRST)
    form = office.ann.says("meeting edit")
    office.ann.says("meeting edit M1 venue: Hall B")
    answer = office.ann.fills(form, venue="Hall C")
    assert answer.name == "meetings/refusals/changed"
    assert labels(answer) == ["Open the form again"]
    assert office.meeting().venue == "Hall B"


def test_a_wrong_form_comes_back(office: Office) -> None:
    office.ann.says(FIRST)
    office.ann.says("meeting edit")
    again = office.ann.fills(zone="Atlantis", venue="Hall B")
    assert "I do not know a time zone “Atlantis”" in again.body
    office.ann.fills(again, zone="Asia/Shanghai")
    assert office.meeting().venue == "Hall B"


def test_another_zone_keeps_the_clocks_and_takes_the_due_dates_along(office: Office) -> None:
    office.ann.says(FIRST)
    office.change(by_hand, 5)
    saved = office.ann.says("meeting edit M1 zone: Berlin")
    assert office.meeting().ends_at == at("2026-06-08 23:00")
    assert office.meeting().starts_at == at("2026-06-06 15:00")
    assert office.task(1).due_at == at("2026-06-09 04:00")  # 22:00 there
    assert office.task(5).due_at == at("2026-07-01 12:00")
    assert "57 due dates went along" in saved.body


@pytest.mark.parametrize(
    ("details", "name"),
    [
        ("end: 9 June", "end_moves"),
        ("template: short", "pinned"),
        ("start: 9 June", "order"),
        ("mode: by boat", "mode"),
        ("currency: none", "currency"),
    ],
)
def test_what_cannot_be_edited_is_refused(office: Office, details: str, name: str) -> None:
    office.ann.says(FIRST)
    version = office.meeting().version
    assert office.ann.says(f"meeting edit M1 {details}").name == f"meetings/refusals/{name}"
    assert office.meeting().version == version


def test_what_is_known_of_a_goal_stays_with_it(office: Office) -> None:
    office.ann.says(f"{FIRST} goals: 300 attendees")
    with office.chat.app.database.write() as db:
        meetings.get(db, office.meeting().id).goals = [{"text": "300 attendees", "actual": 312}]
    office.ann.says("meeting edit M1 goals: 90% satisfied; 300 attendees")
    assert office.meeting().goals == [{"text": "90% satisfied"}, {"text": "300 attendees", "actual": 312}]


def test_a_meeting_keeps_a_name(office: Office) -> None:
    office.ann.says(FIRST)
    office.ann.says("meeting edit")
    assert "needs a name" in office.ann.fills(name_en="").body
    assert office.meeting().name_en == "Annual Conference"


# Who may


@pytest.mark.parametrize("said", ["edit M1 venue: X", "move M1 20 June", "close M1", "reopen M1"])
def test_only_who_runs_the_meeting_may_change_it(office: Office, said: str) -> None:
    office.ann.says(FIRST)
    assert office.bob.says(f"meeting {said}").name == "people/refusals/not_allowed"


def test_whoever_leads_may_without_being_an_admin(office: Office) -> None:
    office.bob.says(FIRST)
    assert office.bob.says("meeting edit M1 venue: Hall B").name == "meetings/edited"


def test_the_way_to_move_the_end_is_written_in_the_language_of_the_reader(office: Office) -> None:
    office.fang.says("新建会议 年会 结束：6月8日 17:00")
    answer = office.fang.says("编辑会议 M1 结束：6月20日 17:00")
    assert "`会议改期 M1 6月20日 17:00`" in answer.body
    assert answer.buttons[0].line == "meeting move M1 6月20日 17:00"
