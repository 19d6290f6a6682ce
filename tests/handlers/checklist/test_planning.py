"""Dates, new tasks, changed tasks: what stands is echoed with its weekday, and nobody overwrites anybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.templates import Priority
from tests.chat import buttons, text
from tests.handlers.checklist.conftest import Team, found, local


@pytest.mark.parametrize(
    ("line", "when", "rule", "says"),
    [
        ("due T12 Friday 17:00", "06-12 17:00", "", "Due Fri 12 Jun, 17:00."),
        ("due T12 20 June", "06-20 18:00", "", "Due Sat 20 Jun, 18:00."),
        ("due T12 3 working days after the conference", "06-11 18:00", "E+3wd 18:00", "3 working days after the end"),
        ("截止 T12 会后3个工作日", "06-11 18:00", "E+3wd 18:00", "3 working days after the end"),
        ("改期 T12 周五下午5点", "06-12 17:00", "", "Due Fri 12 Jun, 17:00."),
        ("due T12 D+5wd", "06-15 18:00", "E+5wd 18:00", "5 working days after the end"),
    ],
)
def test_a_date_is_echoed_with_weekday_and_rule(team: Team, line: str, when: str, rule: str, says: str) -> None:
    said = team.ann.says(line)
    assert says in text(said)
    task = team.task(12)
    assert (local(task.due_at), task.due_rule) == (when, rule)
    assert "due M1-T12" in [button.line for button in said.buttons]


def test_a_day_off_is_named(team: Team) -> None:
    assert "⚠️ That is a weekend" in text(team.ann.says("due T12 saturday"))
    assert "⚠️ That is a day off: Dragon Boat Festival" in text(team.ann.says("due T12 19 June"))
    assert "⚠️" not in text(team.ann.says("due T12 friday"))
    assert "are not announced yet" in text(team.ann.says("due T12 2027-03-01"))


def test_an_unclear_date_changes_nothing(team: Team) -> None:
    before = team.task(12).due_at
    assert team.ann.says("due T12 whenever").refused
    assert team.ann.says("due T12 yesterday week").refused
    assert team.task(12).due_at == before


def test_a_day_and_month_in_figures_are_read_as_the_reader_writes_them(speak: Callable[..., Team]) -> None:
    chinese, english = speak(locale="zh_CN"), speak()
    assert "12月5日（周六）14:30 截止。" in text(chinese.ann.says("截止 T12 12/5 14:30"))
    asked = english.ann.says("due T12 12/5 14:30")
    assert "can be Wed 12 May 2027 or Sat 5 Dec 2026" in text(asked)
    assert [button.label for button in buttons(asked)] == ["Wed 12 May 2027", "Sat 5 Dec 2026"]
    english.ann.presses("Sat 5 Dec 2026")
    assert local(english.task(12).due_at) == "12-05 14:30"


def test_of_two_days_of_which_one_is_over_the_other_is_offered(team: Team) -> None:
    asked = team.ann.says("due T12 9/6")
    assert "Is it Sun 6 Sep 2026?" in text(asked)
    assert [button.line for button in buttons(asked)] == ["due M1-T12 2026-09-06"]
    assert "is over already, whichever way it is read" in text(team.ann.says("due T12 8/6/2025"))


def test_a_day_that_is_over_is_named(team: Team) -> None:
    before = team.task(12).due_at
    assert "“上周五” is over already: that was Fri 5 Jun." in text(team.ann.says("due T12 上周五"))
    assert team.task(12).due_at == before


def test_a_phase_gets_a_date_and_an_owner_at_once(easy: Team) -> None:
    easy.ann.says("done T43")
    assert "5 tasks have a new date:" in text(easy.ann.says("due phase 5 会后10个工作日"))
    assert local(easy.task(42).due_at) == "06-23 18:00"
    assert local(easy.task(43).due_at) == "06-22 18:00"
    assert "5 tasks are now with Li and Wang:" in text(easy.ann.says("assign phase 5 @li @wang"))
    assert "Owner: Li and Wang" in text(easy.ann.says("show T47"))
    assert "Owner: nobody yet, programme" in text(easy.ann.says("show T43"))
    assert "5 项" not in text(easy.ann.says("分配 第五阶段 我"))
    assert "Owner: Ann" in text(easy.ann.says("show T42"))
    assert "There is no phase 9" in text(easy.ann.says("due phase 9 friday"))


def test_what_is_said_of_a_phase_means_its_meeting_in_every_room(easy: Team) -> None:
    found(easy.chat, number=2, proofs=False)
    easy.ann.says("assign M1 phase 5", room="elsewhere")
    assert easy.ann.last is not None
    assert easy.ann.last.form is not None
    assert easy.ann.last.form.line == "assign M1 phase 5"
    easy.ann.fills(who=f"@#{easy.li.id}", room="elsewhere")
    easy.ann.says("due M1 phase 5", room="elsewhere")
    easy.ann.fills(when="会后10个工作日", room="elsewhere")
    assert {local(task.due_at) for task in easy.tasks() if task.phase == 5} == {"06-23 18:00"}
    assert easy.ann.says("list M1 phase 5 @li", room="elsewhere").about == tuple(
        f"M1-{task.ref}" for task in easy.tasks() if task.phase == 5
    )


def test_a_list_that_is_turned_stays_with_its_meeting(easy: Team) -> None:
    found(easy.chat, number=2, proofs=False)
    easy.ann.says("list M1", room="elsewhere")
    easy.ann.presses("All that is overdue", room="elsewhere")
    easy.ann.says("list M1 open", room="elsewhere")
    assert easy.ann.presses("More", room="elsewhere").about[0].startswith("M1-")
    assert easy.ann.says("list phase 5", room="elsewhere").name == "meetings/refusals/which"


def test_a_settled_phase_is_left_alone(easy: Team) -> None:
    easy.ann.says("done T42-T47")
    assert "Everything in phase 5 is settled already" in text(easy.ann.says("assign phase 5 @li"))


def test_the_form_asks_for_a_date(team: Team) -> None:
    asked = text(team.ann.says("due T12"))
    assert "So far: Mon 15 Jun, 18:00." in asked
    team.ann.fills(when="Friday 17:00")
    assert local(team.task(12).due_at) == "06-12 17:00"


def test_adding_in_one_line(team: Team) -> None:
    said = text(team.ann.says("add Send the album due: Friday phase: 5 owner: @li priority: high"))
    assert "Added: T59 Send the album" in said
    assert "Due Fri 12 Jun, 18:00." in said
    assert "With Li." in said
    task = team.task(59)
    assert (task.title_en, task.title_zh, task.phase, task.priority) == ("Send the album", "", 5, Priority.HIGH)
    assert "Nobody has it yet" in text(team.ann.says("新增 寄相册"))
    assert (team.task(60).title_zh, team.task(60).title_en, team.task(60).phase) == ("寄相册", "", 7)


def test_adding_by_form(team: Team) -> None:
    form = team.ann.says("add").form
    assert form is not None
    assert [choice.label for choice in form.fields[1].choices][4] == "Thanks and relationships"
    team.ann.fills(title="Print the “album”, in 2 colours", phase="5", due="3 working days after the conference")
    task = team.task(59)
    assert task.title_en == "Print the “album”, in 2 colours"
    assert (task.phase, task.due_rule) == (5, "E+3wd 18:00")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("add Album phase: 9", "There is no phase 9; they go from 1 to 7."),
        ("add Album phase: many", "Which phase? Give its number"),
        ("add Album priority: urgent", "“urgent” is no priority."),
        ("add Album due: whenever", "I cannot tell for sure which day"),
        ("add Album owner: @nobody", "nobody"),
        (f"add {'long ' * 60}", "A title has at most 200 characters."),
    ],
)
def test_what_cannot_be_added_adds_nothing(team: Team, line: str, says: str) -> None:
    answer = team.ann.says(line)
    assert answer.refused
    assert says in text(answer)
    assert len(team.tasks()) == 58


def test_adding_is_for_those_who_lead(team: Team) -> None:
    assert team.li.says("add Something").refused
    assert team.bo.says("add Something").name == "checklist/added"


def test_editing_changes_what_the_reader_sees(team: Team, speak: Callable[..., Team]) -> None:
    team.ann.says("edit T12 title: All the pictures priority: high phase: 4")
    task = team.task(12)
    assert (task.title_en, task.title_zh) == ("All the pictures", "收齐六类会议照片")
    assert (task.priority, task.phase) == (Priority.HIGH, 4)
    chinese = speak(locale="zh_CN")
    chinese.ann.says("编辑 T12 标题：收照片")
    assert (chinese.task(12).title_zh, chinese.task(12).title_en) == ("收照片", "Gather photos of all six kinds")
    chinese.ann.says("新增 Send the CRM export")
    assert chinese.task(59).title_en == "Send the CRM export"
    chinese.ann.says("编辑 T59 标题：Send the export")
    assert (chinese.task(59).title_en, chinese.task(59).title_zh) == ("Send the export", "")
    chinese.ann.says("编辑 T59 标题：发送导出")
    assert (chinese.task(59).title_en, chinese.task(59).title_zh) == ("Send the export", "发送导出")


@pytest.mark.parametrize(
    "line", ["change T12 to Friday 17:00", "修改 T12 截止时间为周五", "T12 修改了一下", "编辑 T12 好了"]
)
def test_a_remark_is_no_title(team: Team, line: str) -> None:
    before = team.ann.says("show T12").title
    assert team.ann.says(line).form is not None
    assert team.ann.says("show T12").title == before


def test_two_people_editing_one_task_lose_nothing(team: Team) -> None:
    mine, theirs = team.ann.says("edit T12"), team.bo.says("edit T12")
    team.bo.fills(on=theirs, title="Photos and film")
    answer = team.ann.fills(on=mine, title="Pictures")
    assert answer.refused
    assert (
        "Bo changed T12 while you were editing it, so I saved nothing of yours. It now reads: Photos and film"
        in text(answer)
    )
    assert team.task(12).title_en == "Photos and film"
    team.ann.presses("Edit")
    team.ann.fills(title="Pictures and film")
    assert team.task(12).title_en == "Pictures and film"


def test_a_phase_goes_where_the_form_says(team: Team) -> None:
    team.ann.says("edit T59")
    team.ann.says("edit T12")
    team.ann.fills(phase="3", priority="low")
    task = team.task(12)
    assert (task.phase, task.priority, task.title_en) == (3, Priority.LOW, "Gather photos of all six kinds")


@pytest.mark.parametrize(
    "line", ["assign T12 @li @wang", "分配 T12 @Li、@Wang", "交给 T12 @li 和 @wang", "give T12 @li and @wang"]
)
def test_several_people_have_a_task(team: Team, line: str) -> None:
    assert "T12 Gather photos of all six kinds is now with Li and Wang." in text(team.ann.says(line))
    assert "Owner: Li and Wang (role: publicity)" in text(team.ann.says("show T12"))


def test_assigning(team: Team) -> None:
    form = team.wang.says("assign T12")
    assert buttons(form)[0].line == "assign M1-T12 me"
    team.wang.presses("I’ll take it")
    assert "Owner: Wang (role: publicity)" in text(team.ann.says("show T12"))
    assert team.li.says("assign T12 @li").refused
    team.wang.says("assign T12 @li")
    assert "Owner: Li (role: publicity)" in text(team.ann.says("show T12"))
    team.wang.says("undo")
    assert "Owner: Wang (role: publicity)" in text(team.ann.says("show T12"))


def test_watchers_hear_in_private_of_what_others_do(easy: Team) -> None:
    easy.wang.says("hello", direct=True)
    assert "when T11 is finished or moved. " not in text(easy.wang.says("watch T11"))
    easy.wang.says("关注 T12")
    for line in ("due T11 Friday 17:00", "done T11", "reopen T11", "skip T11 no slides", "reopen T11", "carry T11 @li"):
        easy.ann.says(line)
    easy.chat.settle()
    said = [message.body.replace("**", "") for message in easy.wang.heard()]
    assert said == [
        "Ann moved T11 Collect the speakers' final slides to Fri 12 Jun, 17:00.",
        "✓ Ann finished T11 Collect the speakers' final slides.",
        "↺ Ann reopened T11 Collect the speakers' final slides.",
        "Ann decided that T11 Collect the speakers' final slides does not apply: no slides",
        "↺ Ann reopened T11 Collect the speakers' final slides.",
        "Ann carried over T11 Collect the speakers' final slides.",
    ]
    assert "You get this because you watch it; unwatch T11 ends that." in text(easy.wang.heard()[0])


def test_watchers_hear_nothing_of_their_own_deeds_nor_after_unwatching(easy: Team) -> None:
    easy.wang.says("hello", direct=True)
    easy.wang.says("watch T11 T12")
    easy.wang.says("done T12")
    easy.wang.says("取消关注 T11")
    easy.ann.says("done T11")
    easy.chat.settle()
    assert easy.wang.heard() == []


def test_several_at_once_are_one_message(easy: Team) -> None:
    easy.wang.says("hello", direct=True)
    easy.wang.says("watch T11 T12")
    easy.ann.says("done T11 T12 T13")
    easy.chat.settle()
    assert len(easy.wang.heard()) == 1
    assert easy.wang.heard()[0].about == ("M1-T11", "M1-T12")


def test_watching_without_a_private_room_says_what_is_missing(easy: Team) -> None:
    assert "write to me once in private" in text(easy.wang.says("watch T11"))
