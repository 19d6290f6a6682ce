"""A meeting begins, in one line or by a form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from handlers.templates.seeding import built_in
from storage import people, templates
from storage.people import Role
from tests.chat import at, text
from tests.handlers.meetings.conftest import FIRST, SECOND, labels

if TYPE_CHECKING:
    from tests.handlers.meetings.conftest import Office


def test_one_line_makes_the_whole_checklist(office: Office) -> None:
    answer = office.ann.says(FIRST)
    meeting = office.meeting()
    assert (meeting.name_en, meeting.name_zh, meeting.zone) == ("Annual Conference", "", "Asia/Shanghai")
    assert (meeting.starts_at, meeting.ends_at) == (at("2026-06-06 09:00"), at("2026-06-08 17:00"))
    assert [task.number for task in sorted(office.tasks(), key=lambda task: task.number)] == list(range(1, 59))
    assert office.task(1).due_at == at("2026-06-08 22:00")
    assert answer.title == "Annual Conference: the checklist is ready"
    assert "Sat 6 Jun 2026 09:00 – Mon 8 Jun 2026 17:00" in answer.body
    assert "**58 tasks** are planned" in answer.body
    assert "**10 are overdue already.**" in answer.body


def test_the_answer_names_the_phases_and_the_three_nearest_deadlines(office: Office) -> None:
    answer = office.ann.says(FIRST)
    assert answer.table is not None
    assert len(answer.table.rows) == 7
    assert answer.table.rows[1] == ("2 Collecting and archiving the materials", "within one week", "8")
    assert [row.text.split()[0] for row in answer.rows] == ["**T3**", "**T10**", "**T6**"]
    assert answer.rows[0].buttons[0].line == "show M1-T3"
    assert [button.line for button in answer.buttons] == ["list", "role set", "today", "list overdue"]


def test_whoever_begins_it_leads_it_and_the_room_works_on_it(office: Office) -> None:
    office.bob.says(FIRST)
    with office.chat.read() as db:
        held = [(row.role, row.person_id) for row in people.holders(db, office.meeting().id)]
    assert held == [(Role.LEAD, office.bob.id)]
    assert office.watched() == 1


def test_in_chinese(office: Office) -> None:
    line = (
        "新建会议 第十二届年会 结束：上周五，开始：6月3日 地点：国际会议中心；人数：约300人；"
        "目标：参会人数≥300；满意度≥90% 形式：线上线下 时区：北京时间 届次：12 币种：人民币"
    )
    answer = office.fang.says(line)
    meeting = office.meeting()
    assert (meeting.name_zh, meeting.venue, meeting.expected) == ("第十二届年会", "国际会议中心", 300)
    assert (meeting.mode, meeting.edition, meeting.currency) == ("hybrid", "12", "CNY")
    assert meeting.goals == [{"text": "参会人数≥300"}, {"text": "满意度≥90%"}]
    assert (meeting.starts_at, meeting.ends_at) == (at("2026-06-03 09:00"), at("2026-06-05 18:00"))
    assert answer.title == "“第十二届年会”的会后清单已备好"
    assert "没写几点结束，先按 18:00 算" in answer.body


@pytest.mark.parametrize("verb", ["会议 新建", "会议新建", "创建会议", "new meeting", "Meeting New"])
def test_other_words_for_it(office: Office, verb: str) -> None:
    assert office.ann.says(f"{verb} 年会 结束：6月8日").name == "meetings/new"


def test_without_an_end_a_form_asks_for_it_and_keeps_the_name(office: Office) -> None:
    form = office.ann.says("meeting new Annual Conference").form
    assert form is not None
    assert {field.name: field.value for field in form.fields}["name_en"] == "Annual Conference"
    answer = office.ann.fills(end="last Friday 17:00", expected="300", venue="Hall A", mode="online")
    meeting = office.meeting()
    assert answer.name == "meetings/new"
    assert (meeting.name_en, meeting.venue, meeting.mode, meeting.expected) == (
        "Annual Conference",
        "Hall A",
        "online",
        300,
    )
    assert meeting.ends_at == at("2026-06-05 17:00")
    assert meeting.starts_at == at("2026-06-05 09:00")


@pytest.mark.parametrize(
    ("line", "field", "name", "end"),
    [
        ("meeting new Spring Forum, ended yesterday 5pm", "name_en", "Spring Forum", "yesterday 5pm"),
        ("meeting new Spring Forum 2026 end 2026-06-08 17:00", "name_en", "Spring Forum 2026", "2026-06-08 17:00"),
        ("meeting new Spring Forum which ended on 8 June", "name_en", "Spring Forum", "8 June"),
        ("新建会议 第九届年会，6月8日下午5点结束", "name_zh", "第九届年会", "6月8日下午5点"),
        ("新建会议 第九届年会 结束于6月8日17:00", "name_zh", "第九届年会", "6月8日17:00"),
        ("新建会议 第九届年会，昨天结束了。", "name_zh", "第九届年会", "昨天"),
    ],
)
def test_an_end_within_the_name_is_proposed_in_the_form(
    office: Office, line: str, field: str, name: str, end: str
) -> None:
    answer = office.ann.says(line)
    assert "Are the name and the end right?" in answer.body
    assert answer.form is not None
    values = {one.name: one.value for one in answer.form.fields}
    assert (values[field], values["end"]) == (name, end)


@pytest.mark.parametrize("name", ["The Week That Ended Poverty", "East End of London", "战争结束八十年"])
def test_a_name_that_ends_nothing_stays_whole(office: Office, name: str) -> None:
    answer = office.ann.says(f"meeting new {name}")
    assert "When did it end?" in answer.body
    assert answer.form is not None
    assert name in {one.value for one in answer.form.fields}


def test_a_wrong_form_comes_back_filled_in_and_says_why(office: Office) -> None:
    office.fang.says("新建会议 年会")
    again = office.fang.fills(end="下下下周", venue="会展中心")
    assert "没法确定“下下下周”是什么时候" in again.body
    assert again.form is not None
    assert {field.name: field.value for field in again.form.fields}["venue"] == "会展中心"
    assert office.fang.fills(end="6月8日").name == "meetings/new"
    assert office.meeting().venue == "会展中心"


def test_a_form_without_a_name_comes_back_and_says_so(office: Office) -> None:
    assert "needs a name" not in office.ann.says("meeting new").body
    assert "needs a name" in office.ann.fills(end="8 June").body


def test_the_form_offers_a_template_where_there_are_several(office: Office) -> None:
    names = [field.name for field in office.ann.says("meeting new").form.fields]  # type: ignore[union-attr]
    assert "template" not in names
    source, content = built_in()
    short = content.model_copy(update={"key": "short", "phases": content.phases[:1]})
    with office.chat.app.database.write() as db:
        templates.add(db, 1, short, source, at=datetime(2026, 6, 1, tzinfo=UTC))
    form = office.ann.says("meeting new").form
    assert form is not None
    assert [choice.value for choice in form.fields[-1].choices] == ["after-meeting", "short"]
    office.ann.fills(name_en="Evening Talk", end="yesterday", template="short")
    assert len(office.tasks()) == len(content.phases[0].items)


@pytest.mark.parametrize(
    ("details", "name"),
    [
        ("end: whenever", "when"),
        ("end: 20 November", "when"),
        ("end: 8 June start: tomorrow-ish", "when"),
        ("end: 8 June start: 9 June", "order"),
        ("end: 8 June zone: CST", "zone"),
        ("end: 8 June mode: by boat", "mode"),
        ("end: 8 June expected: lots", "expected"),
        ("end: 8 June expected: 99999999", "expected"),
        ("end: 8 June currency: shells", "currency"),
        (f"end: 8 June venue: {'x' * 301}", "too_long"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_begun(office: Office, details: str, name: str) -> None:
    answer = office.ann.says(f"meeting new Talk {details}")
    assert answer.name == f"meetings/refusals/{name}"
    assert answer.body
    assert office.ann.says("meeting list").rows == ()


def test_an_unknown_template_is_refused(office: Office) -> None:
    answer = office.ann.says("meeting new Talk end: 8 June template: nonsense")
    assert answer.name == "templates/refusals/unknown"
    assert answer.buttons[0].line == "template list"


def test_a_room_that_works_on_a_running_meeting_keeps_it(office: Office) -> None:
    office.ann.says(FIRST)
    answer = office.ann.says(SECOND)
    assert office.watched() == 1
    assert "Here we go on working on Annual Conference" in answer.body
    office.ann.presses("Work on it here")
    office.ann.presses("Confirm")
    assert office.watched() == 2


def test_a_room_that_works_on_a_closed_meeting_takes_the_new_one(office: Office) -> None:
    office.ann.says(FIRST)
    office.settle()
    office.ann.says("meeting close")
    office.ann.says(SECOND)
    assert office.watched() == 2


def test_the_same_event_twice_is_one_meeting(office: Office) -> None:
    first = office.ann.says(FIRST, event="click-1")
    assert office.ann.says(FIRST, event="click-1") == first
    assert len(office.ann.says("meeting list").rows) == 1


def test_the_same_name_and_edition_again_is_warned_of(office: Office) -> None:
    office.ann.says(f"{FIRST} edition: 2026")
    assert "name already" not in office.ann.says(f"{FIRST} edition: 2027").body
    answer = office.ann.says(f"{FIRST} edition: 2026")
    assert "**There is a meeting of this name already: M1.**" in answer.body
    assert labels(answer)[3] == "Undo"
    office.ann.presses("Undo")
    assert len(office.ann.says("meeting list").rows) == 2


def test_in_a_direct_conversation_the_way_to_the_teams_room_is_shown(office: Office) -> None:
    answer = office.ann.says(FIRST, direct=True)
    assert "say `meeting use M1` there" in answer.body
    assert office.watched("dm:ann") == 1


def test_what_people_type_is_shown_as_typed(office: Office) -> None:
    answer = office.ann.says('meeting new "*Stars* & <b>Bars</b> [x](y)" end: 8 June 17:00')
    assert "*Stars* & <b>Bars</b> [x](y)" in text(answer)


def test_day_and_month_are_read_as_the_reader_writes_them(office: Office) -> None:
    assert office.fang.says("新建会议 年会 结束：6/8 17:00").name == "meetings/new"
    assert office.meeting().ends_at == at("2026-06-08 17:00")
    assert office.ann.says("meeting new Spring Forum end: 6/8 17:00").name == "meetings/refusals/when"
