"""Several meetings, several rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.templates.seeding import built_in
from storage import templates
from storage.checklist import LOOK_NOW, Task
from tests.chat import at, text
from tests.handlers.meetings.conftest import FIRST, SECOND, labels

if TYPE_CHECKING:
    from tests.handlers.meetings.conftest import Office


def test_with_no_meeting_everything_leads_to_a_first_one(office: Office) -> None:
    for line in ("meeting list", "meeting use", "meeting show", "meeting close", "meeting edit"):
        assert "Start with a meeting" in labels(office.ann.says(line)), line


def test_list_shows_those_that_run_first_with_their_progress(office: Office) -> None:
    office.ann.says(FIRST)
    office.settle()
    office.ann.says("meeting close")
    office.ann.says(SECOND)
    listed = office.ann.says("meetings")
    assert listed.body == "1 is being wrapped up · 1 is closed"
    assert [row.text.split(" · ")[0] for row in listed.rows] == ["**M2 Spring Forum**", "**M1 Annual Conference**"]
    assert "chosen here" in listed.rows[0].text
    assert "0 of 58 done · **12 overdue**" in listed.rows[0].text
    assert "58 of 58 done" in listed.rows[1].text
    assert "overdue" not in listed.rows[1].text
    assert [button.line for button in listed.rows[1].buttons] == ["meeting show M1"]


def test_a_long_list_has_pages(office: Office) -> None:
    for number in range(10):
        office.ann.says(f"meeting new Talk {number} end: 8 June 17:00")
    first = office.ann.says("会议列表")
    assert len(first.rows) == 8
    assert first.footer == "Page 1 of 2"
    second = office.ann.presses("More")
    assert len(second.rows) == 2
    assert office.ann.says("meeting list page 99").footer == "Page 2 of 2"


def test_show_tells_facts_people_rooms_and_progress(office: Office) -> None:
    office.ann.says(f"{FIRST} venue: Hall A expected: 300 goals: 300 attendees; 90% satisfied edition: 12")
    office.bob.says("meeting use M1", room="press")
    shown = text(office.ann.says("meeting show"))
    for said in (
        "Venue: Hall A",
        "Expected: 300 people",
        "300 attendees; 90% satisfied",
        "project lead: Ann",
        "Nobody yet: secretary general, finance",
        "Rooms that watch it: team and press",
        "Template after-meeting, version",
        "0 of 58 done · 10 overdue",
        "1 On-site wrap-up and settlement",
    ):
        assert said in shown
    assert "is there:" not in shown


def test_show_tells_of_a_newer_template(office: Office) -> None:
    office.ann.says(FIRST)
    source, content = built_in()
    newer = content.model_copy(update={"version": content.version + 1})
    with office.chat.app.database.write() as db:
        templates.add(db, office.meeting().workspace_id, newer, source, at=at("2026-06-09 08:00"))
    shown = office.ann.says("meeting show M1")
    assert f"version {newer.version} is there" in shown.body
    assert "template upgrade M1" in [button.line for button in shown.buttons]


def test_show_offers_to_close_once_nothing_is_left(office: Office) -> None:
    office.ann.says(FIRST)
    assert "Close the meeting" not in labels(office.ann.says("meeting show"))
    office.settle()
    office.ann.says("meeting show")
    assert office.ann.presses("Close the meeting").name == "meetings/closed"
    shown = office.ann.says("查看会议 M1")
    assert "Closed by Ann on Wed 10 Jun 2026." in shown.body
    assert "Reopen the meeting" in labels(shown)


def test_times_are_told_where_the_meeting_was(office: Office) -> None:
    office.ann.says("meeting new Treffen end: 8 June 17:00 zone: Berlin")
    assert office.meeting().ends_at == at("2026-06-08 23:00")
    assert "Mon 8 Jun 2026 09:00–17:00 · Europe/Berlin" in office.ann.says("meeting show").body


def test_a_name_will_do(office: Office) -> None:
    office.ann.says(FIRST)
    office.fang.says("新建会议 春季论坛 结束：6月5日 17:00")
    assert office.ann.says("meeting show annual").title == "M1 Annual Conference"
    office.fang.says("关联会议 春季论坛")
    office.fang.presses("确认")
    assert office.watched() == 2
    assert office.ann.says("meeting show nonsense").name == "meetings/refusals/no_such"
    assert office.ann.says("meeting show 100%").name == "meetings/refusals/no_such"
    office.ann.says("meeting new Annual Dinner end: 9 June 22:00")
    which = office.ann.says("meeting use annual")
    assert labels(which) == ["M3 Annual Dinner", "M1 Annual Conference"]


def test_several_rooms_may_watch_one_meeting(office: Office) -> None:
    office.ann.says(FIRST)
    office.bob.says("meeting use M1", room="press")
    assert (office.watched("team"), office.watched("press")) == (1, 1)


def test_using_another_and_none(office: Office) -> None:
    office.ann.says(FIRST)
    office.ann.says(SECOND)
    asked = office.ann.says("meeting use")
    assert labels(asked) == ["M2 Spring Forum", "None of them"]
    assert "So far this room works on Annual Conference." in asked.body
    office.ann.presses("M2 Spring Forum")
    assert office.ann.presses("Confirm").title == "This room works on Spring Forum now"
    assert office.watched() == 2
    assert office.fang.says("关联会议 无").title == "本群现在没有关联会议"
    assert office.watched() is None
    assert office.fang.says("关联会议 无").body.startswith("本来就没有")


def test_a_room_does_not_leave_its_meeting_unawares(office: Office) -> None:
    office.ann.says(FIRST)
    office.ann.says(SECOND)
    asked = office.ann.says("meeting use M2")
    assert asked.title == "Shall this room go over to Spring Forum?"
    assert "No other room follows Annual Conference" in asked.body
    assert office.watched() == 1
    assert office.ann.says("list M2").title.startswith("Spring Forum")
    office.bob.says("meeting use M1", room="press")
    assert "press goes on following Annual Conference." in office.ann.says("meeting use M2").body


def test_a_room_that_went_over_comes_back(office: Office) -> None:
    office.ann.says(FIRST)
    office.ann.says(SECOND)
    office.fang.says("关联会议 M2")
    office.fang.presses("确认")
    assert office.watched() == 2
    office.fang.presses("撤销")
    assert office.watched() == 1
    assert "No room follows it now" in office.ann.says("meeting use none").body
    office.ann.presses("Undo")
    assert office.watched() == 1


def test_nobody_is_asked_where_no_room_is_lost(office: Office) -> None:
    office.ann.says(FIRST)
    office.settle()
    office.ann.says("meeting close M1")
    office.ann.says(SECOND, room="press")
    assert office.ann.says("meeting use M2").title == "This room works on Spring Forum now"
    office.ann.presses("Undo")
    assert office.watched() == 1
    office.ann.says("meeting use M1", room="attic")
    office.ann.presses("Undo", room="attic")
    assert office.watched("attic") is None
    assert office.bob.says("meeting use M1", direct=True).name == "meetings/used"
    assert office.bob.says("meeting use M2", direct=True).name == "meetings/used"


def test_nudges_are_planned_anew_for_both_meetings(office: Office) -> None:
    def sleep(task: Task) -> None:
        task.next_nudge_at = at("2026-07-01 09:00")

    office.ann.says(FIRST)
    office.ann.says(SECOND)
    office.change(sleep)
    office.change(sleep, meeting=2)
    office.ann.says("meeting use M2 confirm")
    assert {task.next_nudge_at for number in (1, 2) for task in office.tasks(number)} == {LOOK_NOW}


def test_a_direct_conversation_works_on_the_only_one_or_asks(office: Office) -> None:
    office.ann.says(FIRST)
    assert office.bob.says("meeting show", direct=True).title == "M1 Annual Conference"
    office.ann.says(SECOND)
    which = office.bob.says("meeting show", direct=True)
    assert which.name == "meetings/refusals/which"
    assert labels(which) == ["M1 Annual Conference", "M2 Spring Forum"]
    assert office.bob.says("meeting use M2", direct=True).title == "We work on Spring Forum here now"
    assert office.bob.says("meeting show", direct=True).title == "M2 Spring Forum"
    assert office.watched() == 1


def test_a_closed_one_may_be_looked_at(office: Office) -> None:
    office.ann.says(FIRST)
    office.settle()
    office.ann.says("meeting close")
    assert "It is closed" in office.bob.says("meeting use M1", room="press").body


@pytest.mark.parametrize("line", ["meeting show M9", "meeting use M9", "meeting move M9 20 June", "关闭会议 M9"])
def test_an_unknown_number_leads_to_the_list(office: Office, line: str) -> None:
    office.ann.says(FIRST)
    answer = office.ann.says(line)
    assert answer.name == "meetings/refusals/unknown"
    assert "M9" in answer.body
    assert labels(answer) == ["All meetings"]
