"""Looking: lists, cards, progress, search."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from messages import Message
from storage.checklist import State
from storage.people import Role
from tests.chat import at, buttons, text
from tests.handlers.checklist.conftest import Team


def refs(message: Message) -> list[str]:
    return [row.text.split("**")[1] for row in message.rows]


def test_the_overview_is_a_line_a_phase(easy: Team) -> None:
    easy.ann.says("done T1 T2")
    said = easy.ann.says("list")
    assert "2 of 58 settled · 8 overdue" in text(said)
    assert len(said.rows) == 7
    assert "1 · On-site wrap-up and settlement 2/10" in text(said)
    assert "Next: T8 Thank the team and partners on the spot, Mon 8 Jun · 4 overdue" in text(said)
    assert easy.ann.presses("Open phase 2").title == "Phase 2 · Collecting and archiving the materials"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("list overdue", "T8 T20 T1 T4 T9 T2 T5 T19 T38 T39"),
        ("清单 逾期", "T8 T20 T1 T4 T9 T2 T5 T19 T38 T39"),
        ("逾期", "T8 T20 T1 T4 T9 T2 T5 T19 T38 T39"),
        ("list mine", "T10 T6 T26 T48 T51 T49 T50 T52 T53"),
        ("我的任务", "T10 T6 T26 T48 T51 T49 T50 T52 T53"),
        ("mine", "T10 T6 T26 T48 T51 T49 T50 T52 T53"),
        ("我的", "T10 T6 T26 T48 T51 T49 T50 T52 T53"),
        ("我的本周任务", "T10 T6"),
        ("my tasks this week", "T10 T6"),
        ("overdue tasks of phase 3", "T20 T19"),
        ("list @bo overdue", "T8 T19"),
        ("list overdue @bo", "T8 T19"),
        ("list overdue tasks of phase 3", "T20 T19"),
        ("清单 @bo 的逾期任务", "T8 T19"),
        ("list my tasks due this week", "T10 T6"),
        ("清单 我的 本周", "T10 T6"),
        ("list phase 6", "T48 T49 T50 T51 T52 T53"),
        ("清单 第六阶段", "T48 T49 T50 T51 T52 T53"),
        ("list phase 3 overdue", "T20 T19"),
        ("list waiting", "T3"),
        ("list done", "T7"),
        ("list phase 1 done", "T7"),
        ("list phase 1 page 9", "T1 T2 T3 T4 T5 T6 T7 T8 T9 T10"),
    ],
)
def test_lists(easy: Team, line: str, expected: str) -> None:
    easy.change(3, state=State.WAITING, reason="a reply")
    easy.change(7, state=State.DONE)
    said = easy.li.says(line)
    assert refs(said) == expected.split()


@pytest.mark.parametrize("line", ["due this week", "本周到期", "本周到期的任务？", "this week", "这周"])
def test_what_is_due_this_week_needs_no_verb(easy: Team, line: str) -> None:
    said = easy.li.says(line)
    assert refs(said) == refs(easy.li.says("list due this week"))


@pytest.mark.parametrize("line", ["我的清单", "我要做什么", "my checklist", "What do I have to do?"])
def test_ones_own_are_asked_for_without_a_verb(team: Team, line: str) -> None:
    assert team.li.says(line) == team.li.says("list mine")


@pytest.mark.parametrize(
    "line", ["what is left", "What’s left to do?", "还有什么没做", "还有哪些没完成？", "没做完的任务", "open tasks"]
)
def test_what_is_left_needs_no_verb(easy: Team, line: str) -> None:
    easy.change(7, state=State.DONE)
    said = easy.li.says(line)
    assert (said.name, refs(said)) == ("checklist/list", refs(easy.li.says("list open")))
    assert "T7" not in refs(said)


@pytest.mark.parametrize(
    "line", ["Is anything overdue?", "what’s late", "有没有逾期的？", "有哪些逾期的任务？", "哪些逾期了"]
)
def test_what_is_late_may_be_asked_in_a_sentence(easy: Team, line: str) -> None:
    easy.chat.clock.move_to(at("2026-06-20 10:00"))
    said = easy.li.says(line)
    assert (said.name, refs(said)) == ("checklist/list", refs(easy.li.says("list overdue")))


@pytest.mark.parametrize("line", ["what is due today?", "今天要做什么？"])
def test_what_is_for_today_may_be_asked_in_a_sentence(easy: Team, line: str) -> None:
    assert easy.li.says(line).body == easy.li.says("today").body


@pytest.mark.parametrize(
    "line",
    [
        *("我的发票都寄出了", "本周开会", "my slides will be late", "有没有逾期的书要还", "this week is too short"),
        *("剩下的事情麻烦大家", "what is left to do is yours", "今天要做什么都可以"),
    ],
)
def test_a_sentence_that_begins_like_a_list_is_none(easy: Team, line: str) -> None:
    assert easy.li.says(line).name != "checklist/list"


def test_long_lists_turn_pages(team: Team) -> None:
    first = team.ann.says("list open")
    assert (len(first.rows), first.footer) == (15, "Page 1 of 4")
    second = team.ann.presses("More")
    assert refs(second)[0] == "T16"
    assert refs(team.ann.presses("Back")) == refs(first)


def test_an_empty_list_says_what_to_do(team: Team) -> None:
    assert "Nothing here is yours. list shows the whole checklist." in text(team.wang.says("mine"))
    assert "There is nothing like that." in text(team.ann.says("list waiting"))


def test_the_card_tells_everything(team: Team) -> None:
    team.hold(Role.PUBLICITY, team.wang)
    team.li.says("watch T34")
    team.ann.says("note T34 the banner comes from the agency")
    card = text(team.ann.says("show T34"))
    for part in [
        "T34 Publish the results package",
        "to do · phase 4 “Publicity and lasting value”",
        "Due: Sat 20 Jun, 18:00, 12 days after the end · in 10 days · a weekend",
        "Why then: ",
        "Owner: Wang (role: publicity) · watched by Li",
        "How: ",
        "Evidence: a link · nothing yet",
        "First: T33 Build the results package",
        "Others wait for it: T42 Send the thank-you mail to attendees, T44 Thank sponsors",
        "- the banner comes from the agency · Ann, Wed 10 Jun",
    ]:
        assert part in card, part
    assert "Comes again: every 7 days, until 60 days after the end · round 1" in text(team.ann.says("show T38"))
    assert "priority high" in text(team.ann.says("show T1"))
    assert "2 days late" in text(team.ann.says("show T1"))
    assert "say so: skip T53 and the reason" in text(team.ann.says("查看 T53"))


def test_the_reason_of_a_deadline_goes_with_its_date(team: Team) -> None:
    assert "Why then" in text(team.ann.says("show T3"))
    team.ann.says("due T3 Friday")
    assert "Why then" not in text(team.ann.says("show T3"))


def test_the_card_counts_days_and_hours(team: Team) -> None:
    for now, said in [("06-10 20:00", "tomorrow"), ("06-11 09:00", "today"), ("06-11 19:00", "late since 18:00")]:
        team.chat.clock.move_to(at(f"2026-{now}"))
        assert f"· {said}" in text(team.ann.says("show T10"))


def test_the_card_of_a_task_of_ones_own(team: Team) -> None:
    team.ann.says("add Send the album")
    card = text(team.ann.says("show T59"))
    assert "How:" not in card
    assert "Evidence:" not in card
    assert "Owner: nobody yet" in card


def test_only_the_last_notes_are_shown(team: Team) -> None:
    for n in range(1, 8):
        team.ann.says(f"note T12 number {n}.")
    card = text(team.ann.says("show T12"))
    assert "number 2." not in card
    assert "number 3." in card
    assert "2 earlier notes are in log T12." in card


def test_what_people_typed_cannot_dress_up(team: Team) -> None:
    team.ann.says("note T12 **bold** [x](http://e.example) `code` <b> @all")
    assert "**bold** [x](http://e.example) `code` <b> @all" in text(team.ann.says("show T12"))
    team.ann.says("add # Heading {title} %s")
    assert "T59 # Heading {title} %s" in text(team.ann.says("show T59"))


def test_buttons_of_a_card_fit_its_state(team: Team) -> None:
    assert [button.label for button in buttons(team.ann.says("show T53"))] == [
        "Done",
        "Start",
        "Change the date",
        "Assign",
        "Does not apply",
        "Reminders",
    ]
    team.ann.says("start T53")
    assert "Start" not in [button.label for button in buttons(team.ann.says("show T53"))]
    team.ann.says("skip T53 no")
    assert [button.label for button in buttons(team.ann.says("show T53"))] == ["Reopen", "History"]


def test_several_cards_are_a_list(team: Team) -> None:
    assert refs(team.ann.says("show T3 T5")) == ["T3", "T5"]


def test_status(easy: Team) -> None:
    easy.ann.says("done T1-T10")
    easy.ann.says("wait T11 the speakers")
    said = easy.ann.says("status")
    assert said.title == "Annual conference: 10 of 58 settled"
    assert said.table is not None
    assert said.table.rows[0] == ("1 On-site wrap-up and settlement", "██████████", "10", "10")
    assert "4 overdue" in text(said)
    assert "- T11 Collect the speakers' final slides · the speakers" in text(said)


def test_today(team: Team) -> None:
    said = team.bo.says("today")
    assert "10 things are due or late · 2 of them yours" in text(said)
    assert refs(said)[:2] == ["T8", "T19"]
    team.chat.clock.move_to(at("2026-06-19 09:00"))
    assert "A day off: Dragon Boat Festival." in text(team.bo.says("今天"))


@pytest.mark.parametrize(
    ("word", "expected"),
    [("发票", "T5 T6 T47 T50 T51 T53"), ("lanyards", "T2"), ("COURIER", "T12"), ("li", None), ("zebra", "")],
)
def test_search_looks_everywhere(team: Team, word: str, expected: str | None) -> None:
    team.ann.says("note T12 the courier comes on Friday")
    team.ann.says("wait T5 the 发票 of the hotel")
    said = team.ann.says(f"search {word}")
    assert expected is None or refs(said) == expected.split()
    assert len(said.rows) > 0 or "No task with “zebra”" in text(said)


def test_a_closed_meeting_is_only_looked_at(team: Team) -> None:
    from storage.meetings import Meeting, MeetingState  # noqa: PLC0415

    with team.chat.app.database.write() as db:
        db.get_one(Meeting, team.meeting).state = MeetingState.CLOSED
    for line in [
        "done T1",
        "start T1",
        "add X",
        "due T1 friday",
        "assign T1 me",
        "watch T1",
        "note T1 x y",
        "发票都寄出了",
    ]:
        assert team.ann.says(line).refused, line
    for line in ["list", "show T1", "status", "today", "search 发票", "mine", "发票"]:
        assert not team.ann.says(line).refused, line


SCRIPT = """
清单|查看 T12|查看 T38|查看 T53|逾期|我的任务|进度|今天|搜索 发票|搜索 没有的词|完成 T12|完成 T2 180|完成 T3 T5|
完成 T14|完成 T6 例外|完成 T6 例外：没有|完成 T6|查看 T6|批准 T14|批准 T2|重开 T14|开始 T33|等待 T5 发票|
等待 T5|不适用 T53|不适用 T53 无|结转 T57|结转 T57 @li 等|结转 T57 @li|查看 T57|备注 T5|备注 T5 周五|截止 T12|
截止 T12 周六|截止 T12 会后3个工作日|截止 阶段5 6月19日|分配 T12|分配 T12 @li|取消分配 T12|分配 阶段1 我|
关注 T12|取消关注 T12|新增|新增 寄相册|编辑 T59|编辑 T59 标题：寄|编辑 T59 优先级：急|新增 甲 阶段：9|附件 T1|
附件 T1 T2|附件 T1 F9|完成|开始|等待|重开|查看 T3 T4|完成 T99|发票都寄出了|感谢信都寄了|发票寄了吗|T12 搞定了|
完成 T8 都谢过了|完成 T38 https://a.example|清单 等待|清单 已完成|清单 全部|清单 阶段9|完成 T1 M7-T2
"""


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_everything_is_said_in_both_languages(speak: Callable[..., Team], locale: str) -> None:
    team = speak(locale=locale)
    for line in SCRIPT.replace("\n", "").split("|"):
        answer = team.ann.says(line)
        assert answer.name != "common/refusals/broken", line
        assert text(answer).strip(), line
        assert "{" not in text(answer), line
        if locale == "zh_CN":
            assert any("一" <= letter <= "鿿" for letter in text(answer)), line
