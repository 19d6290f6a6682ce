"""Whoever is given a task hears of it, once, at a decent hour."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from storage import outbox
from storage.outbox import Promise
from storage.people import Role
from tests.chat import at, buttons, text
from tests.handlers.checklist.conftest import Team


@pytest.fixture
def known(easy: Team) -> Team:
    """At ten in the morning, and everybody has spoken to the bot in private."""
    easy.chat.clock.move_to(at("2026-06-10 10:00"))
    for one in (easy.ann, easy.bo, easy.li, easy.wang):
        one.says("today", direct=True)
    return easy


def test_one_task_is_told_with_what_to_press(known: Team) -> None:
    known.bo.says("assign T33 @wang")
    known.chat.settle()
    (told,) = known.wang.heard()
    assert "Bo gave you T33 " in text(told)
    assert "You get this because it is yours now." in text(told)
    assert [(button.label, button.line) for button in buttons(told)] == [
        ("Start", "start M1-T33"),
        ("Details", "show M1-T33"),
    ]
    assert told.about == ("M1-T33",)


def test_many_tasks_are_one_message_for_each(known: Team) -> None:
    known.bo.says("assign phase 5 @li @wang @bo")
    known.chat.settle()
    for one in (known.li, known.wang):
        (told,) = known.__dict__[one.account].heard()
        assert "Bo gave you 6 tasks (Annual conference):" in text(told)
        assert len(told.rows) == 6
    assert known.bo.heard() == []


def test_nobody_is_told_of_what_they_had_or_took(known: Team) -> None:
    known.wang.says("assign T33 me")
    known.bo.says("assign T33 @wang")
    known.chat.settle()
    assert known.wang.heard() == []


def test_a_role_a_new_task_and_a_form_give_too(known: Team) -> None:
    known.hold(Role.PUBLICITY, known.wang)
    known.bo.says("assign T1 publicity")
    known.bo.says("add Send the album due: Friday owner: @wang")
    known.bo.says("edit T2 owner: @wang")
    known.chat.settle()
    assert [told.about for told in known.wang.heard()] == [("M1-T1",), ("M1-T59",), ("M1-T2",)]


def test_at_night_it_waits_and_says_only_what_is_still_true(known: Team) -> None:
    known.chat.clock.move_to(at("2026-06-10 21:00"))
    known.bo.says("assign T33 T34 @wang")
    known.bo.says("assign T35 @li")
    known.chat.settle()
    assert known.wang.heard() == []
    known.bo.says("assign T34 me")
    known.bo.says("undo T35")
    known.chat.wait("2026-06-11 08:31")
    (told,) = known.wang.heard()
    assert "Bo gave you T33 " in text(told)
    assert known.li.heard() == []


def test_at_night_a_task_that_is_no_more_by_morning_is_left_out(known: Team) -> None:
    known.chat.clock.move_to(at("2026-06-10 21:00"))
    known.bo.says("add Send the album due: Friday owner: @wang")
    known.bo.says("undo")
    known.chat.wait("2026-06-11 08:31")
    assert known.wang.heard() == []
    with known.chat.read() as db:
        assert db.scalars(select(outbox.outbox.c.state).where(outbox.outbox.c.recheck == "given")).all() == [
            Promise.DROPPED
        ]


def test_an_undo_is_told_where_the_news_was(known: Team) -> None:
    known.bo.says("assign T33 @wang")
    known.chat.settle()
    known.bo.presses("Undo")
    known.chat.settle()
    assert "Bo took it back: T33 " in text(known.wang.heard()[-1])
    assert "~~Bo gave you T33 " in known.wang.heard()[-2].body.replace("**", "")
    assert known.wang.heard()[-2].withdrawn
    assert buttons(known.wang.heard()[-2]) == []
    known.bo.says("assign T33 @wang")
    known.chat.settle()
    assert "Bo gave you T33 " in text(known.wang.heard()[-1])


def test_who_wants_no_reminders_gets_none_of_it(known: Team) -> None:
    known.wang.says("settings nudges off", direct=True)
    known.bo.says("assign T33 @wang")
    known.chat.settle()
    assert known.wang.heard() == []


def test_in_chinese(speak: Callable[..., Team]) -> None:
    team = speak(locale="zh_CN", proofs=False, now="2026-06-10 10:00")
    team.wang.says("今天", direct=True)
    team.bo.says("分配 第五阶段 @wang")
    team.chat.settle()
    assert "Bo把 6 项任务交给您了（年会）：" in text(team.wang.heard()[0])
