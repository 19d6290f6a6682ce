"""Plain words: what is meant is done or asked, and nothing else ever moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from messages import Message
from storage.checklist import State
from tests.chat import buttons, text
from tests.handlers.checklist.conftest import Team
from tests.handlers.checklist.sayings import CLAIMS, TRAPS, UNDER_A_NUDGE

MOST_MISSED = 2
LEAST_ACTED = 30


def moved(team: Team) -> set[str]:
    """Keys of what is no longer open; everything is put back."""
    found = {task.key for task in team.tasks() if task.state != State.OPEN}
    for key in found:
        team.change(key, state=State.OPEN, done_at=None, done_by=None, reason="")
    return found


def offered(team: Team, message: Message) -> list[str]:
    """Keys of the tasks that the answer offers to finish, in order."""
    lines = [button.line.split() for button in buttons(message)]
    refs = [line[1].removeprefix("M1-") for line in lines if line[0] == "done"]
    return [task.key for ref in refs for task in team.tasks() if task.ref == ref]


def test_claims_are_acted_on_or_asked_back(speak: Callable[..., Team]) -> None:
    team, score, missed, wrong = speak(proofs=False), Counter[str](), [], []
    for said, key in CLAIMS:
        answer = team.ann.says(said)
        found = moved(team)
        if found - {key}:
            wrong.append((said, found))
        elif found:
            score["acted"] += 1
        elif key in offered(team, answer):
            score["asked"] += 1
        else:
            missed.append((said, key, offered(team, answer), answer.name))
    print(
        f"\n{len(CLAIMS)} claims: {score['acted']} acted on, {score['asked']} asked back, {len(missed)} missed {missed}"
    )
    assert wrong == []
    assert len(missed) <= MOST_MISSED
    assert score["acted"] >= LEAST_ACTED


def test_nothing_else_moves_anything(speak: Callable[..., Team]) -> None:
    team = speak(proofs=False)
    wrong = []
    for said in TRAPS:
        answer = team.ann.says(said)
        assert answer.name != "common/refusals/broken", said
        if found := moved(team):
            wrong.append((said, found))
    print(f"\n{len(TRAPS)} traps: {len(wrong)} acted on {wrong}")
    assert wrong == []


def test_under_a_nudge_a_few_words_are_enough(speak: Callable[..., Team]) -> None:
    team, wrong = speak(proofs=False), []
    for said, closes in UNDER_A_NUDGE:
        team.ann.says(said, thread=("M1-T12",))
        found = moved(team)
        if found != ({"photos-collect"} if closes else set()):
            wrong.append((said, found))
    print(f"\n{len(UNDER_A_NUDGE)} replies to a nudge: {len(wrong)} wrong {wrong}")
    assert wrong == []


@pytest.mark.parametrize("said", ["done", "好了", "all done", "完成", "搞定了"])
def test_under_a_nudge_for_several_it_asks_which(easy: Team, said: str) -> None:
    answer = easy.ann.says(said, thread=("M1-T12", "M1-T11"))
    assert set(easy.states().values()) == {State.OPEN}
    assert offered(easy, answer) == ["photos-collect", "slides-collect"]


@pytest.mark.parametrize(
    ("said", "finished"),
    [
        ("T12 搞定了", {12}),
        ("T12 done", {12}),
        ("t12 is done", {12}),
        ("Ｔ１２ 搞定了", {12}),
        ("M1-T12 搞定了", {12}),
        ("T12、T11 都搞定了", {11, 12}),
        ("T11 and T12 are done", {11, 12}),
        ("T3 done, T5 not yet", {3}),
        ("T3 搞定了，T5 还没", {3}),
        ("T5 还没好，T3 搞定了", {3}),
        ("T3, T5 done but T7 isn't", {3, 5}),
        ("T12 照片收齐了", {12}),
        ("✅ T12", {12}),
        ("T12 搞定了，谢谢", {12}),
        # nothing may happen
        ("T12 搞定了吗", set()),
        ("T12 done?", set()),
        ("is T12 done", set()),
        ("T12 还没搞定", set()),
        ("T12 快搞定了", set()),
        ("T12 will be done", set()),
        ("T12 is done by Friday", set()),
        ("T12 搞定了再做 T5", set()),
        ("when T12 is done, start T5", set()),
        ("T12 搞定了，但还差两张", set()),
        ("T12 done, but two are missing", set()),
        ("T12 is half done", set()),
        ("T12 完成率", set()),
        ("T12 不算完成", set()),
        ("T12 发票寄出了", set()),
        ("T3 done T5 not yet", set()),
        ("don't mark T12 done", set()),
        ("T12 sent back to me", set()),
        ("T12 was never done", set()),
        ("T12", set()),
        ("done T12?", set()),
        ("完成 T12 了吗", set()),
        ("done T12 by Friday", set()),
    ],
)
def test_with_an_id_exactly_that_is_finished(easy: Team, said: str, finished: set[int]) -> None:
    answer = easy.ann.says(said)
    assert answer.name != "common/refusals/broken"
    assert {task.number for task in easy.tasks() if task.finished} == finished
    assert {task.number for task in easy.tasks() if task.state not in {State.OPEN, State.DONE}} == set()


@pytest.mark.parametrize(
    "said",
    [
        "working on the photos",
        "在弄照片",
        "照片正在收",
        "照片开始收了",
        "T12 开始弄了",
        "T12 in progress",
        "I've started T12",
    ],
)
def test_what_is_begun_is_not_finished(easy: Team, said: str) -> None:
    easy.ann.says(said)
    states = easy.states()
    assert states.pop("T12") == State.DOING
    assert set(states.values()) == {State.OPEN}


def test_it_says_what_it_took_the_words_for(easy: Team) -> None:
    answer = easy.ann.says("发票都寄出了")
    assert "I took “发票都寄出了” to mean this" in text(answer)
    easy.ann.presses("Undo")
    assert easy.task("fapiao-issue").state == State.OPEN


def test_a_guess_is_confirmed_by_one_press_with_its_number(team: Team) -> None:
    answer = team.li.says("票据收齐了，一共 45 张")
    assert "Shall I mark this as done?" in text(answer)
    assert buttons(answer)[0].line == "done M1-T10 45"
    team.li.presses("Done")
    assert team.task(10).state == State.DONE


def test_a_sentence_with_id_and_number_proves_itself(team: Team) -> None:
    team.li.says("T51 都寄出了，一共 120 张")
    assert team.task(51).state == State.DONE


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("T12 交给 @li", "T12 Gather photos of all six kinds is now with Li."),
        ("T12、T13 分配 @li @wang", "2 tasks are now with Li and Wang:"),
        ("T12 截止 周五", "Due Fri 12 Jun, 18:00."),
        ("T12 截止周五", "Due Fri 12 Jun, 18:00."),
        ("M1-T12 等待酒店发票", "Because: 酒店发票"),
        ("T53 不适用，没有审计", "Because: 没有审计"),
        ("T12 note the courier comes on Friday", "Noted with T12: the courier comes on Friday"),
    ],
)
def test_the_task_may_come_before_the_verb(easy: Team, said: str, answer: str) -> None:
    assert answer in text(easy.ann.says(said))
    assert not any(task.state == State.DONE for task in easy.tasks())


@pytest.mark.parametrize("said", ["show photos", "查看照片", "photos", "照片？", "show me the photos"])
def test_a_task_is_shown_by_its_name(team: Team, said: str) -> None:
    assert text(team.ann.says(said)).startswith("T12 Gather photos of all six kinds")


@pytest.mark.parametrize("said", ["done photos", "完成照片", "finish the photos", "start photos", "搞定照片收集"])
def test_a_verb_with_a_name_asks_first(easy: Team, said: str) -> None:
    answer = easy.ann.says(said)
    assert set(easy.states().values()) == {State.OPEN}
    assert buttons(answer)[0].line in {"done M1-T12", "start M1-T12"}


@pytest.mark.parametrize("said", ["还差三张", "什么时候截止", "who has this?"])
def test_a_remark_under_a_nudge_shows_its_task(team: Team, said: str) -> None:
    assert text(team.ann.says(said, thread=("M1-T12",))).startswith("T12 Gather photos of all six kinds")
    assert team.task(12).state == State.OPEN


def test_a_question_about_one_task_shows_it(team: Team) -> None:
    assert text(team.ann.says("发票寄出了吗？")).startswith("T51 Issue and send the attendees' invoices")


@pytest.mark.parametrize("said", ["asdfgh", "hello there", "今天天气不错", "🙂", "1=1; --", "%s %d {x}", "'"])
def test_what_names_no_task_is_not_understood(team: Team, said: str) -> None:
    answer = team.ann.says(said)
    assert answer.refused
    assert answer.name.startswith("grammar/")


@pytest.mark.parametrize(
    ("slip", "verb"), [("dnoe", "done"), ("doone", "done"), ("wancheng", "完成"), ("wan cheng", "完成")]
)
def test_a_verb_with_a_slip_in_it_is_offered_put_right_and_nothing_is_done(team: Team, slip: str, verb: str) -> None:
    answer = team.ann.says(f"{slip} T8")
    assert answer.buttons[0].line == f"{verb} T8"
    assert "Nothing was changed" in answer.footer
