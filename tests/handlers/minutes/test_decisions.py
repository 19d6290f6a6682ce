"""Decisions as people tell them: written down, put right, struck, made tasks of, and handed out."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.sheets import read
from messages import Message
from storage import minutes
from storage.files import File
from storage.materials import Material
from storage.minutes import Decision, Majority
from tests.chat import Chat, text
from tests.handlers.checklist.conftest import Team, found, join

SAID = "决议 新增 会费标准不变 动议 张三 附议 李四 到会 45 赞成 40 反对 3 弃权 2 法定 30"


@pytest.fixture
def team(chat: Chat) -> Team:
    return join(chat, found(chat))


def stands(team: Team) -> list[Decision]:
    with team.chat.read() as db:
        return list(minutes.decisions(db, team.meeting))


def votes(row: Decision) -> tuple[int | None, ...]:
    return row.present, row.in_favour, row.against, row.abstained, row.quorum


def test_in_one_line(team: Team) -> None:
    said = text(team.bo.says(SAID))
    (row,) = stands(team)
    assert (row.ref, row.text, row.mover, row.seconder) == ("D1", "会费标准不变", "张三", "李四")
    assert votes(row) == (45, 40, 3, 2, 30)
    assert row.passed
    assert "45 present: 40 for, 3 against, 2 abstained." in said
    assert "The quorum of 30 was met." in said


@pytest.mark.parametrize(
    ("line", "words", "cast"),
    [
        (
            "Fees for 40 people stay moved by Ann present 19 for 12 against 5 abstain 2",
            "Fees for 40 people stay",
            12,
        ),
        ("Fees stay present: 19 for: 12, against: 5, abstain: 2", "Fees stay", 12),
        ("关于反对浪费的倡议 到会19人 赞成12票 反对5票 弃权2票", "关于反对浪费的倡议", 12),
        ("内容：会费不变，到会：19，赞成：12，反对：5，弃权：2", "会费不变", 12),
        ("鼓掌通过工作报告", "鼓掌通过工作报告", None),
        ("Fees stay the same for 2027", "Fees stay the same for 2027", None),
        ("Elect three moderators for 2", "Elect three moderators for 2", None),
        ("Fees stay the same for ２０２７ moved by Ann", "Fees stay the same for ２０２７", None),
        ("Fees stay for 2027 for 12 against 5", "Fees stay for 2027", 12),
        ("Fees stay for 2027 present 19 for 12 against 5 abstain 2", "Fees stay for 2027", 12),
        ("Fees stay moved by Ann for 12", "Fees stay", 12),
        ("Fees stay for 12 against 5", "Fees stay", 12),
        ("Fees stay for: 12", "Fees stay", 12),
    ],
)
def test_ways_of_telling(team: Team, line: str, words: str, cast: int | None) -> None:
    team.bo.says(f"decision add {line}")
    (row,) = stands(team)
    assert (row.text, row.in_favour, row.passed) == (words, cast, True)


def test_by_form(team: Team) -> None:
    team.bo.says("decision add")
    team.bo.fills(text="Fees stay", mover="Li", present="45", in_favour="40", against="3", abstained="2")
    (row,) = stands(team)
    assert (row.text, row.mover, *votes(row)) == ("Fees stay", "Li", 45, 40, 3, 2, None)
    team.bo.says("decision edit D1")
    team.bo.fills(against="5", abstained="0", mover="")
    (row,) = stands(team)
    assert (row.mover, row.against, row.abstained) == ("", 5, 0)


def test_votes_that_do_not_add_up_are_refused_with_the_sum(team: Team) -> None:
    answer = team.bo.says("decision add Fees stay present 45 for 40 against 3 abstain 1")
    assert "40 for + 3 against + 1 abstained = 44, but 45 were present" in text(answer)
    assert stands(team) == []


def test_without_a_quorum_it_is_said_and_not_carried(team: Team) -> None:
    said = text(team.bo.says("decision add Fees stay present 20 for 20 quorum 30"))
    assert "The quorum of 30 was not met." in said
    assert not stands(team)[0].passed


def test_two_thirds_and_an_outcome_with_a_reason(team: Team) -> None:
    team.bo.says("新增决议 修改章程 到会 45 赞成 28 反对 15 弃权 2 多数：三分之二")
    assert (stands(team)[0].majority, stands(team)[0].passed) == (Majority.TWO_THIRDS, False)
    assert team.bo.says("决议 修改 D1 结果：通过").name == "minutes/refusals/override_reason"
    team.bo.says("决议 修改 D1 结果：通过 理由：会长裁定")
    assert (stands(team)[0].passed, stands(team)[0].override) == (True, "会长裁定")
    team.bo.says("决议 修改 D1 修改章程第五条")
    assert (stands(team)[0].text, stands(team)[0].override) == ("修改章程第五条", "会长裁定")
    team.bo.says("decision edit D1 reason: the chair's ruling")
    assert (stands(team)[0].passed, stands(team)[0].override) == (True, "the chair's ruling")
    assert "majority needed: two thirds of those present → more than half" in text(
        (team.bo.says("decision edit D1 majority: simple"), team.bo.says("log"))[1]
    )


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("decision add Fees stay present: many", "number"),
        ("decision add Fees stay majority: most", "majority"),
        ("decision add Fees stay result: perhaps", "outcome"),
        (f"decision add {'x' * 2001}", "long"),
        ("decision show D9", "no_decision"),
        ("decision drop", "no_decision"),
        ("minutes export", "nothing"),
    ],
)
def test_what_is_refused(team: Team, line: str, refusal: str) -> None:
    assert team.bo.says(line).name == f"minutes/refusals/{refusal}"
    assert stands(team) == []


def test_only_who_runs_the_meeting(team: Team) -> None:
    assert team.wang.says("decision add Fees stay").name == "people/refusals/not_allowed"
    team.bo.says(SAID)
    assert team.wang.says("decisions").name == "minutes/list"
    assert team.wang.says("decision drop D1").name == "people/refusals/not_allowed"
    assert team.wang.says("decision task D1 Print it").name == "people/refusals/not_allowed"


def test_a_form_that_somebody_overtook_is_refused(team: Team) -> None:
    team.bo.says(SAID)
    form = team.bo.says("decision edit D1")
    team.ann.says("decision edit D1 for 41 against 2")
    assert team.bo.fills(form, text="Otherwise").name == "minutes/refusals/changed"


def test_struck_and_back_and_its_number_is_its_own(team: Team) -> None:
    team.bo.says(SAID)
    team.bo.says("decision drop D1")
    assert stands(team) == []
    team.bo.presses("Undo")
    assert [row.ref for row in stands(team)] == ["D1"]
    team.bo.says("撤回决议 D1")
    team.bo.says("decision add Another")
    assert [row.ref for row in stands(team)] == ["D2"]


@pytest.mark.parametrize(
    ("line", "title", "day"),
    [
        ("decision task D1 @Li Friday Print the notice", "Print the notice", "2026-06-12 18:00"),
        ("决议 任务 D1 @Li 下周五 印发通知", "印发通知", "2026-06-19 18:00"),
        ("decision task D1 @Li 12月1日 17:00 印发通知", "印发通知", "2026-12-01 17:00"),
        ("decision task D1 @Li Print the notice of Friday", "Print the notice of Friday", "2026-06-17 18:00"),
    ],
)
def test_a_task_follows(team: Team, line: str, title: str, day: str) -> None:
    team.bo.says(SAID)
    answer = team.bo.says(line)
    task = team.task(59)
    assert title in {task.title_zh, task.title_en}
    assert f"{task.due_at.astimezone(team.chat.clock.now().tzinfo):%Y-%m-%d %H:%M}" == day
    assert "With Li." in text(answer)
    assert title in text(team.bo.says("decision show D1"))
    team.bo.presses("Undo", answer)
    assert len(team.tasks()) == 58


@pytest.mark.parametrize(
    ("date", "label", "day"),
    [("3/4", "Thu 4 Mar 2027", "2027-03-04 18:00"), ("３/４ 17:00", "Sat 3 Apr 2027", "2027-04-03 17:00")],
)
def test_a_date_that_can_be_two_days_is_asked_about(team: Team, date: str, label: str, day: str) -> None:
    team.bo.says(SAID)
    assert "can be" in text(team.bo.says(f"decision task D1 @Li {date} Print the notice"))
    assert "With Li." in text(team.bo.presses(label))
    task = team.task(59)
    assert task.title_en == "Print the notice"
    assert f"{task.due_at.astimezone(team.chat.clock.now().tzinfo):%Y-%m-%d %H:%M}" == day


def test_a_task_by_form(team: Team) -> None:
    team.bo.says(SAID)
    team.bo.presses("Make it a task")
    team.bo.fills(who=f"@#{team.li.id}", due="20 June")
    task = team.task(59)
    assert (task.title_zh, f"{task.due_at:%m-%d}") == ("会费标准不变", "06-20")


def test_the_minutes_are_not_here_here_and_approved(team: Team) -> None:
    team.bo.says(SAID)
    assert "The minutes are not here yet." in text(team.wang.says("minutes"))
    team.gives(team.bo, "attach T12", "纪要.pdf")
    with team.chat.app.database.write() as db:
        file = db.query(File).one()
        file.meeting_id, file.material = team.meeting, Material.MINUTES
    assert "not approved yet: F1 纪要.pdf" in text(team.bo.says("纪要"))
    team.bo.says(f"approve {team.task('minutes-collect').ref}")
    said = text(team.bo.says("minutes"))
    assert "The minutes are approved: F1 纪要.pdf" in said
    assert "1 decision, 1 carried." in said


def rows(team: Team, message: Message) -> list[list[str]]:
    (file,) = message.files
    with team.chat.app.files.open(file.digest) as stream:
        (grid,) = read(file.name, stream)
    return grid.rows


def test_the_register_as_a_spreadsheet(team: Team) -> None:
    team.bo.says(SAID)
    team.bo.says("decision add =1+1")
    team.bo.says("decision task D1 Print the notice")
    head, first, second = rows(team, team.bo.says("minutes export"))
    assert head[:4] == ["No.", "Decision", "Moved by", "Seconded by"]
    assert first[:9] == ["D1", "会费标准不变", "张三", "李四", "45", "30", "40", "3", "2"]
    assert first[9:13] == ["more than half of those present", "carried", "", "T59 Print the notice"]
    assert second[1] == "=1+1"


def test_the_register_is_neither_a_gap_nor_the_minutes(team: Team) -> None:
    team.bo.says(SAID)
    team.bo.says("minutes export")
    assert "belongs to no material" not in "".join(text(team.bo.says(f"archive check page {n}")) for n in (1, 2))
    assert "The minutes are not here yet" in text(team.bo.says("minutes"))


def test_many_decisions_are_shown_page_by_page(team: Team) -> None:
    for number in range(10):
        team.bo.says(f"decision add Decision about {number}")
    team.bo.says("decisions")
    assert [row.text.split()[0] for row in team.bo.presses("More").rows] == ["**D9**", "**D10**"]


def test_sentences_about_minutes_are_no_commands(team: Team) -> None:
    assert team.bo.says("minutes are done").name == "checklist/choose"
    assert team.bo.says("attendance sheets are all in").name != "grammar/refusals/too_much"


def test_in_chinese(tmp_path: Path) -> None:
    chat = Chat(tmp_path, locale="zh_CN")
    team = join(chat, found(chat))
    said = text(team.bo.says(SAID))
    assert "到会 45 人：赞成 40 票，反对 3 票，弃权 2 票。" in said
    assert "法定人数 30 人，已达到。" in said
    assert "通过" in said
