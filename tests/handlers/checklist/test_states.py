"""Verbs that move tasks, as people say them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.checklist import State
from storage.people import Role
from tests.chat import buttons, text
from tests.handlers.checklist.conftest import Team, local


def finished(team: Team) -> set[int]:
    return {task.number for task in team.tasks() if task.state == State.DONE}


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("done T3 T5 T7", {3, 5, 7}),
        ("done T3, T5 and T7", {3, 5, 7}),
        ("done T3-T5", {3, 4, 5}),
        ("done 3、5、7", {3, 5, 7}),
        ("完成 3、5、7", {3, 5, 7}),
        ("完成3、5、7", {3, 5, 7}),
        ("完成Ｔ３，Ｔ５", {3, 5}),
        ("完成　T3　和 T5", {3, 5}),
        ("搞定 t3", {3}),
        ("DONE t3", {3}),
        ("/done T3", {3}),
        ("finish T3 “the host's list”", {3}),
        ("done M1-T3", {3}),
        ("done T3, 45 boxes went to the school", {3}),
        ("完成 T3，45 箱", {3}),
    ],
)
def test_done_finishes_exactly_what_was_named(easy: Team, line: str, numbers: set[int]) -> None:
    easy.ann.says(line)
    assert finished(easy) == numbers


def test_done_says_what_is_next_and_can_be_undone(easy: Team) -> None:
    said = text(easy.li.says("done T10"))
    assert "✓ T10 Collect the vouchers and receipts: done." in said
    assert "1 of 58 settled." in said
    assert "Next for you: T6 Settle with the equipment suppliers, due Mon 15 Jun." in said
    easy.li.presses("Undo")
    assert finished(easy) == set()


def test_a_task_finished_twice_answers_with_what_is(easy: Team) -> None:
    easy.li.says("done T10")
    easy.chat.clock.move_to(easy.chat.clock.now().replace(hour=11))
    again = easy.ann.says("done T10")
    assert again.refused
    assert "T10 is done already: Li, Wed 10 Jun, 08:00" in text(again)
    assert [button.line for button in again.buttons] == ["reopen M1-T10", "show M1-T10"]
    both = text(easy.ann.says("done T10 T11"))
    assert "T11 Collect the speakers' final slides: done" in both
    assert "T10 was done before and stays so." in both
    assert easy.task(10).done_by == easy.li.id


def test_phases_complete_by_themselves_and_it_is_said(easy: Team) -> None:
    assert "is complete" not in text(easy.ann.says("done T1-T9"))
    assert "Phase “On-site wrap-up and settlement” is complete." in text(easy.ann.says("done T10"))
    easy.ann.says("done T42-T45")
    easy.ann.says("skip T46 no partners this year")
    last = text(easy.ann.says("carry T47 @li the board decides in July"))
    assert "Phase “Thanks and relationships” is complete." in last


def test_the_last_task_leads_to_the_close(easy: Team) -> None:
    for number in range(1, 58):
        easy.change(number, state=State.DONE)
    easy.change(58, repeats="")
    assert "Nothing is left: meeting close ends the work." in text(easy.ann.says("done T58"))


def test_finishing_before_what_comes_first_is_allowed_but_told(easy: Team) -> None:
    said = text(easy.ann.says("done T16"))
    assert "By the plan T15 comes before T16 and is still to do." in said
    easy.ann.says("done T15")
    easy.ann.says("reopen T16")
    assert "By the plan" not in text(easy.ann.says("done T16"))
    assert "By the plan T15" not in text(easy.ann.says("start T17"))
    assert "By the plan T11, T12, T14, and T35 come first" in text(easy.ann.says("start T33"))


def test_states_are_reached_by_explicit_verbs_and_left_by_reopening(easy: Team) -> None:
    ann = easy.ann
    for line, state in [
        ("start T5", State.DOING),
        ("wait T5 the hotel's invoice", State.WAITING),
        ("wait T5 the bank", State.WAITING),
        ("start T5", State.DOING),
        ("done T5", State.DONE),
        ("reopen T5", State.OPEN),
        ("skip T5 nothing was hired", State.NOT_APPLICABLE),
        ("重开 T5", State.OPEN),
        ("结转 T5 @li 等押金", State.CARRIED),
        ("done T5", State.DONE),
    ]:
        ann.says(line)
        assert easy.task(5).state == state, line
    assert easy.task(5).carried_to is None


@pytest.mark.parametrize("line", ["start T5", "wait T5 a reply", "skip T5 not needed", "carry T5 @li", "开始 T5"])
def test_what_has_ended_is_reopened_first(easy: Team, line: str) -> None:
    easy.ann.says("done T5")
    answer = easy.ann.says(line)
    assert answer.refused
    assert "reopen M1-T5" in [button.line for button in answer.buttons]
    assert easy.task(5).state == State.DONE


@pytest.mark.parametrize("line", ["T53 不适用了", "T53 跳过吧", "T53 卡住了"])
def test_a_particle_is_no_reason(speak: Callable[..., Team], line: str) -> None:
    team = speak(locale="zh_CN", proofs=False)
    assert team.ann.says(line).form is not None
    assert team.task(53).state == State.OPEN


@pytest.mark.parametrize("line", ["start T5 tomorrow", "开始 T5 下周再说", "开始 T5 还没有"])
def test_what_is_not_begun_yet_is_asked_about(easy: Team, line: str) -> None:
    asked = easy.ann.says(line)
    assert easy.task(5).state == State.OPEN
    easy.ann.presses("Start", asked)
    assert easy.task(5).state == State.DOING


def test_a_task_that_is_named_in_two_ways_is_finished_once(easy: Team) -> None:
    assert not easy.ann.says("done T53 M1-T53").refused
    assert easy.task(53).state == State.DONE


def test_a_reason_is_asked_for_and_kept(easy: Team) -> None:
    form = easy.ann.says("skip T53").form
    assert form is not None
    assert form.line == "skip M1-T53"
    easy.ann.fills(reason="no audit is required")
    assert (easy.task(53).state, easy.task(53).reason) == (State.NOT_APPLICABLE, "no audit is required")
    easy.ann.says("wait T5")
    easy.ann.fills(reason="the bank, again")
    assert "Because: the bank, again" in text(easy.ann.says("show T5"))
    easy.ann.says("note T5")
    easy.ann.fills(text="call them on Monday")
    assert "call them on Monday · Ann, Wed 10 Jun" in text(easy.ann.says("show T5"))


def test_carrying_over_needs_somebody(easy: Team) -> None:
    assert easy.ann.says("carry T57").form is not None
    easy.ann.fills(who=f"@#{easy.wang.id}", reason="until the board meets")
    task = easy.task(57)
    assert (task.state, task.carried_to, task.reason) == (State.CARRIED, easy.wang.id, "until the board meets")
    assert "carried over · Ann" in text(easy.ann.says("show T57"))
    assert "→ Wang" in text(easy.ann.says("show T57"))


def test_to_whom_it_is_carried_over_needs_no_at_sign(easy: Team) -> None:
    easy.ann.says("carry T57 Wang until the board meets")
    easy.ann.says("结转 T56 @Wang 等理事会开会")
    for number, reason in ((57, "until the board meets"), (56, "等理事会开会")):
        task = easy.task(number)
        assert (task.state, task.carried_to, task.reason) == (State.CARRIED, easy.wang.id, reason)


def test_a_reason_alone_says_nobody_to_carry_it_over_to(easy: Team) -> None:
    assert easy.ann.says("carry T57 until the board meets").form is not None
    assert easy.task(57).state == State.OPEN


def test_a_round_that_falls_before_the_end_keeps_the_meeting_movable(speak: Callable[..., Team]) -> None:
    team = speak(now="2026-05-01 08:00")
    team.ann.says("due T38 E-30")
    team.ann.says("done T38 https://weibo.example/1")
    assert team.task(38).due_rule.startswith("E-")
    moved = team.ann.says("meeting move 2026-06-10 17:00")
    assert moved.name == "meetings/move"


def test_recurring_tasks_go_into_their_next_round(team: Team) -> None:
    said = text(team.ann.says("done T38 https://weibo.example/1"))
    assert "done for this round. It comes again on Tue 16 Jun, 18:00." in said
    task = team.task(38)
    assert (task.state, task.round, local(task.due_at)) == (State.OPEN, 2, "06-16 18:00")
    assert "needs a link" in text(team.ann.says("done T38"))
    for _ in range(8):
        team.ann.says("done T38 https://weibo.example/2")
    assert team.task(38).state == State.DONE
    assert team.task(38).round == 9
    team.ann.presses("Undo")
    assert (team.task(38).state, team.task(38).round) == (State.OPEN, 9)


def test_a_recurring_task_that_ended_is_reopened_before_its_next_round(team: Team) -> None:
    team.ann.says("skip T38 nobody reads it")
    assert "reopen" in text(team.ann.says("done T38 https://weibo.example/1"))
    task = team.task(38)
    assert (task.state, task.round) == (State.NOT_APPLICABLE, 1)


def test_a_recurring_task_that_was_carried_over_is_nobodys_in_its_next_round(team: Team) -> None:
    team.ann.says("carry T38 Wang for the next season")
    team.ann.says("done T38 https://weibo.example/1")
    task = team.task(38)
    assert (task.state, task.round, task.done_by, task.done_at, task.carried_to) == (State.OPEN, 2, None, None, None)


def test_a_recurring_date_that_was_set_by_hand_stays_by_hand(team: Team) -> None:
    team.ann.says("due T58 20 June")
    team.ann.says("done T58 sent them the report")
    task = team.task(58)
    assert (local(task.due_at), task.due_rule) == ("09-20 18:00", "")


def test_only_those_who_have_a_task_or_lead_may_move_it(easy: Team) -> None:
    for line in ["done T10", "start T10", "wait T10 x y", "skip T10 no", "carry T10 @li", "due T10 Friday"]:
        assert easy.wang.says(line).refused, line
    assert easy.task(10).state == State.OPEN
    easy.li.says("done T10")
    easy.bo.says("reopen T10")
    assert easy.wang.says("done T1").name == "checklist/done"
    assert easy.wang.says("skip T2 no").refused


def test_whoever_is_named_has_it_instead_of_the_role(easy: Team) -> None:
    easy.ann.says("assign T10 @wang")
    assert "T10" not in text(easy.li.says("mine"))
    assert easy.li.says("done T10").refused
    assert "T10" in text(easy.wang.says("mine"))
    assert easy.wang.says("done T10").name == "checklist/done"


def test_a_role_resolves_to_its_person_and_names_win(easy: Team) -> None:
    easy.hold(Role.LOGISTICS, easy.wang, easy.bo)
    assert "Owner: Wang and Bo (role: logistics)" in text(easy.ann.says("show T1"))
    easy.ann.says("assign T1 @li")
    assert "Owner: Li (role: logistics)" in text(easy.ann.says("show T1"))
    easy.ann.says("unassign T1")
    assert "T1 Strike the set and restore the rooms is back with Wang and Bo (logistics)." in text(easy.ann.last)  # type: ignore[arg-type]


def test_tasks_of_two_meetings_are_not_mixed(easy: Team) -> None:
    from tests.handlers.checklist.conftest import found  # noqa: PLC0415

    second = found(easy.chat, 2, proofs=False)
    assert "belong to two meetings" in text(easy.ann.says("done T3 M2-T4"))
    easy.ann.says("done M2-T4")
    assert easy.task(4, second).state == State.DONE
    assert easy.task(4).state == State.OPEN


def test_a_task_that_is_not_there(easy: Team) -> None:
    assert "Annual conference has no T99." in text(easy.ann.says("done T1 T99"))
    assert easy.task(1).state == State.OPEN


@pytest.mark.parametrize("verb", "done start wait skip carry note assign due edit show watch attach reopen".split())
def test_a_verb_alone_offers_tasks(easy: Team, verb: str) -> None:
    easy.ann.says("done T3")
    answer = easy.li.says(verb)
    assert not answer.refused
    assert all(button.line.startswith((f"{verb} M1-T", "list")) for button in buttons(answer))
    assert len(answer.rows) >= 1


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("完成 T12", "T12 收齐六类会议照片：已完成。"),
        ("等待 T5 酒店发票", "原因：酒店发票"),
        ("不适用 T53 不用审计", "本次会议不适用"),
        ("结转 T57 @li 等理事会", "已结转给Li。"),
        ("备注 T5 周五来取", "已记到 T5：周五来取"),
        ("重开 T1", "本来就没完成，不用重开"),
        ("开始 T5", "进行中"),
    ],
)
def test_in_chinese(speak: Callable[..., Team], said: str, answer: str) -> None:
    assert answer in text(speak(locale="zh_CN", proofs=False).ann.says(said))
