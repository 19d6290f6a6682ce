"""A meeting is closed, and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.checklist import LOOK_NOW, State, Task
from storage.meetings import PLAN_NOW, MeetingState
from tests.chat import at, text
from tests.handlers.meetings.conftest import FIRST, SECOND, labels

if TYPE_CHECKING:
    from tests.handlers.meetings.conftest import Office


def skipped(task: Task) -> None:
    task.state, task.reason = State.NOT_APPLICABLE, "none were invited"


def test_what_is_open_is_listed_phase_by_phase(office: Office) -> None:
    office.ann.says(FIRST)
    answer = office.ann.says("meeting close")
    assert answer.refused
    assert answer.body.startswith("**Annual Conference cannot be closed yet: 58 tasks are open.**")
    assert "T1 Strike the set and restore the rooms; " in answer.body
    assert "and 7 more" in answer.body
    assert [button.line for button in answer.buttons] == [f"list M1 phase {number}" for number in range(1, 8)]
    assert office.meeting().state == MeetingState.CLOSING


def test_the_last_few_are_offered_one_by_one(office: Office) -> None:
    office.ann.says(FIRST)
    office.settle(57, 58)
    answer = office.fang.says("关闭会议")
    assert answer.name == "people/refusals/not_allowed"
    answer = office.ann.says("关闭会议")
    assert "2 tasks are open" in answer.body
    assert [(button.label, button.line) for button in answer.buttons] == [
        ("T57 is done", "done M1-T57"),
        ("T58 is done", "done M1-T58"),
        ("Carry over T57", "carry M1-T57"),
        ("Carry over T58", "carry M1-T58"),
    ]


def test_from_another_room_the_phases_are_those_of_that_meeting(office: Office) -> None:
    office.ann.says(FIRST)
    answer = office.ann.says("meeting close M1", room="elsewhere")
    assert "Phase 1" in labels(answer)
    assert "Phase 1" in text(office.ann.presses("Phase 1", room="elsewhere"))
    assert office.ann.last is not None
    assert office.ann.last.about[0].startswith("M1-")


def test_closing_shows_the_proof(office: Office) -> None:
    def carried(task: Task) -> None:
        task.state, task.carried_to, task.reason = State.CARRIED, office.bob.id, "next edition"

    office.ann.says(FIRST)
    office.settle()
    office.change(skipped, 9)
    office.change(carried, 58)
    office.chat.clock.move_to(at("2026-08-07 10:00"))
    answer = office.ann.says("meeting close")
    assert answer.title == "Annual Conference is closed. Well done, everybody!"
    assert "All settled 60 days after the end: **58 tasks**" in answer.body
    assert answer.table is not None
    assert answer.table.rows == (("done", "56"), ("does not apply", "1"), ("carried over", "1"))
    assert [row.text for row in answer.rows] == [
        "**T58** Keep in touch with speakers and sponsors → Bob · next edition"
    ]
    meeting = office.meeting()
    assert (meeting.state, meeting.closed_by, meeting.closed_at) == (
        MeetingState.CLOSED,
        office.ann.id,
        at("2026-08-07 10:00"),
    )
    assert meeting.next_summary_at is None


def test_how_many_were_done_in_time(office: Office) -> None:
    office.ann.says(FIRST)
    office.settle()
    assert "48 of 58 done on time" in office.ann.says("meeting close").body


@pytest.mark.parametrize(
    "line", ["meeting edit M1 venue: Hall B", "meeting move M1 20 June", "编辑会议 M1 地点：会展中心"]
)
def test_a_closed_meeting_refuses_changes_and_offers_to_reopen(office: Office, line: str) -> None:
    office.ann.says(FIRST)
    office.settle()
    office.ann.says("meeting close")
    answer = office.ann.says(line)
    assert answer.name == "meetings/refusals/closed"
    assert labels(answer) == ["Reopen the meeting"]
    assert office.ann.says("meeting close").name == "meetings/refusals/already_closed"


def test_reopening_brings_it_back_and_plans_anew(office: Office) -> None:
    office.ann.says(FIRST)
    office.settle()
    office.ann.says("meeting close")
    office.change(lambda task: setattr(task, "state", State.OPEN), 58)
    office.change(lambda task: setattr(task, "next_nudge_at", None), 58)
    assert office.ann.says("meeting reopen").title == "Annual Conference is open again"
    meeting = office.meeting()
    assert (meeting.state, meeting.closed_by, meeting.closed_at) == (MeetingState.CLOSING, None, None)
    assert meeting.next_summary_at == PLAN_NOW
    assert office.task(58).next_nudge_at == LOOK_NOW
    assert office.ann.says("meeting reopen").name == "meetings/refusals/not_closed"


def test_the_only_closed_one_is_meant_where_none_is_chosen(office: Office) -> None:
    office.ann.says(FIRST)
    office.settle()
    office.ann.says("meeting close")
    office.ann.says(SECOND, room="spring")
    answer = office.ann.says("重开会议", room="lobby")
    assert answer.title == "Annual Conference is open again"
    assert labels(answer)[0] == "Work on it here"


def test_of_several_closed_ones_one_is_asked_for(office: Office) -> None:
    office.ann.says(FIRST)
    office.ann.says(SECOND)
    office.settle()
    office.change(skipped, meeting=2)
    office.ann.says("meeting close M1")
    office.ann.says("meeting close M2")
    answer = office.ann.says("meeting reopen", room="lobby")
    assert labels(answer) == ["M1 Annual Conference", "M2 Spring Forum"]
    office.ann.presses("M2 Spring Forum")
    assert office.meeting(2).state == MeetingState.CLOSING
    assert office.meeting(1).state == MeetingState.CLOSED
