"""What is said of no task by name, or of one with a remark: asked about or kept as proof, never acted on rashly."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage import checklist
from storage.checklist import State
from tests.chat import at, buttons, text
from tests.handlers.checklist.conftest import Team

THREE = ("M1-T12", "M1-T51", "M1-T48")
"""Photos, which nobody has; invoices and vouchers, which are Li's."""


def lines(team: Team, said: str, thread: tuple[str, ...] = ()) -> list[str]:
    return [button.line for button in buttons(team.li.says(said, thread=thread))]


def finished(team: Team) -> set[int]:
    return {task.number for task in team.tasks() if task.finished}


# --- that something is done, and not what

BARE = ("好了", "完成了", "搞定", "弄好了", "已完成", "都搞定了", "全部完成", "done", "all done", "everything is done")


@pytest.mark.parametrize("said", BARE)
def test_under_a_nudge_ones_own_tasks_come_first(easy: Team, said: str) -> None:
    found = [line for line in lines(easy, said, THREE) if line.count("M1-T") == 1]
    assert found == ["done M1-T51", "done M1-T48", "done M1-T12"]
    assert finished(easy) == set()


@pytest.mark.parametrize("said", BARE)
def test_alone_with_the_bot_ones_own_next_tasks_are_offered(easy: Team, said: str) -> None:
    offered = [button.line for button in buttons(easy.li.says(said, direct=True))]
    own = [task.ref for task in easy.tasks() if task.owner_role == "finance"]
    assert [line.removeprefix("done M1-") in own for line in offered] == [True] * 5 + [False]
    assert finished(easy) == set()


@pytest.mark.parametrize(
    "said", ["全部完成", "都搞定了", "all done", "everything is done", "done all of them", "完成全部"]
)
def test_all_of_ones_own_are_finished_by_one_press_and_nobody_elses(easy: Team, said: str) -> None:
    assert "done M1-T51 M1-T48" in lines(easy, said, THREE)
    easy.li.presses("All 2 of mine")
    assert finished(easy) == {48, 51}


@pytest.mark.parametrize("said", ["好了", "done", "搞定"])
def test_all_at_once_is_offered_only_to_who_said_all(easy: Team, said: str) -> None:
    offered = [line for line in lines(easy, said, THREE) if "M1-T" in line]
    assert offered == ["done M1-T51", "done M1-T48", "done M1-T12"]


def test_what_is_done_already_is_not_offered_again(easy: Team) -> None:
    easy.ann.says("done T51")
    assert lines(easy, "好了", THREE)[:2] == ["done M1-T48", "done M1-T12"]


# --- counted


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("第一个好了", "done M1-T12"),
        ("第2个完成了", "done M1-T51"),
        ("第 3 项搞定了，谢谢", "done M1-T48"),
        ("最后一个弄好了", "done M1-T48"),
        ("the first one is done", "done M1-T12"),
        ("The second task is finished.", "done M1-T51"),
        ("2nd one done", "done M1-T51"),
        ("first is done", "done M1-T12"),
        ("the last one is done", "done M1-T48"),
        ("第二个开始弄了", "start M1-T51"),
    ],
)
def test_the_nth_of_a_message_is_asked_about(easy: Team, said: str, line: str) -> None:
    assert lines(easy, said, THREE)[0] == line
    assert finished(easy) == set()
    easy.ann.says(line)
    assert {task.number for task in easy.tasks() if task.state != State.OPEN} == {int(line.split("-T")[1])}


@pytest.mark.parametrize(
    "said",
    [
        "第一个还没好",
        "第一个好了吗",
        "第一个快好了",
        "第一个好了，第二个还没",
        "is the first one done",
        "the first one is not done",
        "the first one will be done tomorrow",
        "the first one is nearly done",
        "the first draft is done",
    ],
)
def test_a_count_in_doubt_offers_nothing_beyond_doubt(easy: Team, said: str) -> None:
    answer = easy.li.says(said, thread=THREE)
    assert "Shall I mark this as done?" not in text(answer)
    assert finished(easy) == set()


def test_a_count_without_a_list_says_what_to_do(easy: Team) -> None:
    assert easy.li.says("第一个好了").name == "checklist/refusals/which_list"
    assert "speaks of 3 tasks only" in text(easy.li.says("第五个好了", thread=THREE))


# --- an id, a claim, and a remark


@pytest.mark.parametrize(
    ("said", "number", "proof"),
    [
        ("T16 一共 286 人，弄好了", 16, "286"),
        ("T16 共286人，已完成", 16, "286"),
        ("T16 286 people in total, done", 16, "286"),
        ("T16 is done, 286 people", 16, "286"),
        ("弄好了，T16 一共 286 人，谢谢大家", 16, "286"),
        ("T31 is done, both will come back", 31, "both will come back"),
        ("T31 弄好了，两位都会回来", 31, "两位都会回来"),
        ("T31 两位都会回来，弄好了", 31, "两位都会回来"),
        ("T31 done, they'll all renew. Thanks", 31, "they'll all renew"),
    ],
)
def test_a_claim_with_a_remark_finishes_its_task_and_keeps_the_remark(
    team: Team, said: str, number: int, proof: str
) -> None:
    answer = team.ann.says(said)
    assert finished(team) == {number}, text(answer)
    with team.chat.read() as db:
        rows = checklist.proofs(db, team.task(number).id, 1)
    assert [row.value for row in rows] == [proof]


@pytest.mark.parametrize(
    "said",
    [
        "T16 一共 286 人，还没弄好",
        "T16 一共 286 人，弄好了吗",
        "T16 一共 286 人，明天弄好",
        "T16 一共 286 人，弄好了告诉我",
        "T16 一共 286 人，弄好了再说",
        "T16 要 286 人，弄好了",
        "T16 大概 286 人，弄好了",
        "T16 发票寄出了，弄好了",
        "T16 286 people, not done",
        "T16 286 people, almost done",
        "T16 286 people, will be done",
        "T16 is done, 286 people?",
        "T31 will be done, both come back",
        "T31 is nearly done, both will come back",
        "is T31 done, will both come back",
        "T31 is done if both will come back",
        "T31 is done, but one will not come back",
        "T31 is done, it will be sent tomorrow",
        "T31 is done, I will ask the second one tomorrow",
        "T31 没弄好，两位都会回来",
        "T31 快弄好了，两位都会回来",
        "T31、T32 两位都会回来，弄好了吗",
    ],
)
def test_a_claim_in_doubt_finishes_nothing(team: Team, said: str) -> None:
    answer = team.ann.says(said)
    assert answer.name != "common/refusals/broken"
    assert finished(team) == set()


def test_of_two_numbers_it_asks_for_the_one(team: Team) -> None:
    answer = team.ann.says("T16 报名 300 人，实到 286 人，弄好了")
    assert finished(team) == set()
    team.ann.fills(answer, note="286")
    assert finished(team) == {16}


def test_what_may_only_end_a_remark_is_asked_about(team: Team) -> None:
    answer = team.ann.says("T16 一共 286 人，好了")
    assert finished(team) == set()
    assert buttons(answer)[0].line == "done M1-T16 286"
    team.ann.presses("Done")
    assert finished(team) == {16}


# --- later, please


@pytest.fixture
def late(easy: Team) -> Team:
    """Li's two tasks are overdue, so that a reminder would come at once."""
    for number in (48, 51):
        easy.change(number, due_at=at("2026-06-09 18:00"), priority="low")
    return easy


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("明天再提醒", "2026-06-11 09:00"),
        ("明天再提醒我一下吧", "2026-06-11 09:00"),
        ("周五下午再提醒", "2026-06-12 15:00"),
        ("两天后提醒我", "2026-06-12 09:00"),
        ("remind me tomorrow", "2026-06-11 09:00"),
        ("Remind me again on Friday.", "2026-06-12 09:00"),
    ],
)
def test_a_nudge_is_put_off_in_words(late: Team, said: str, until: str) -> None:
    late.li.says(said, thread=("M1-T51",))
    assert late.task(51).snoozed_until == at(until)


@pytest.mark.parametrize(
    "said", ["T51 明天再提醒", "明天再提醒 T51", "remind me about T51 tomorrow", "T51 remind me tomorrow"]
)
def test_a_task_is_put_off_by_its_id(late: Team, said: str) -> None:
    late.li.says(said)
    assert {task.number for task in late.tasks() if task.snoozed_until} == {51}


def test_of_a_nudge_for_many_only_ones_own_is_put_off(late: Team) -> None:
    late.li.says("明天再提醒", thread=THREE)
    assert {task.number for task in late.tasks() if task.snoozed_until} == {48, 51}


@pytest.mark.parametrize(
    "said", ["为什么没提醒", "不再提醒", "别提醒我", "记得提醒大家填问卷", "remind me what this is"]
)
def test_other_words_of_reminding_put_nothing_off(late: Team, said: str) -> None:
    answer = late.li.says(said, thread=("M1-T51",))
    assert answer.name != "nudges/snoozed"
    assert not any(task.snoozed_until for task in late.tasks())


def test_without_a_task_it_asks_which_to_put_off(late: Team) -> None:
    assert late.li.says("明天再提醒").name == "nudges/refusals/which"


# --- small talk


@pytest.mark.parametrize(
    "said",
    [
        "谢谢",
        "谢谢！",
        "多谢大家",
        "辛苦了，谢谢 🙏",
        "非常感谢",
        "thanks",
        "Thank you!",
        "ok, thanks a lot",
        "好的，谢谢",
    ],
)
def test_thanks_are_answered_and_nothing_is_guessed(speak: Callable[..., Team], said: str) -> None:
    team = speak()
    for thread in ((), ("M1-T12",), THREE):
        answer = team.ann.says(said, thread=thread)
        assert answer.name == "checklist/welcome"
        also = ["letters"] if said == "thanks" else []  # the word alone is a command too
        assert [button.line for button in buttons(answer)] == ["list mine", *also]
    assert finished(team) == set()


def test_thanks_before_any_meeting_are_answered(speak: Callable[..., Team]) -> None:
    team = speak()
    assert team.ann.says("谢谢", room="elsewhere", direct=True).name == "checklist/welcome"


@pytest.mark.parametrize("said", ["感谢信寄了", "thank-you mail", "谢谢，照片收齐了"])
def test_thanks_that_name_a_task_are_read_on(easy: Team, said: str) -> None:
    assert easy.ann.says(said).name != "checklist/welcome"


@pytest.mark.parametrize("said", ["<script>", "<script>alert(1)</script>", "<b>", "</div><img src=x>"])
def test_markup_is_no_word(team: Team, said: str) -> None:
    answer = team.ann.says(said)
    assert answer.name == "grammar/refusals/unknown"
    assert [button.line for button in buttons(answer)] == ["help", "list mine"]
