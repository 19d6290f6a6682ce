"""Being away: days and cover in both languages, and what it means for the work."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.people import rules
from storage import checklist, people
from storage.checklist import LOOK_NOW
from storage.people import Leave
from tests.chat import Somebody, text
from tests.handlers.people.conftest import Team

FIRST, LAST = date(2026, 11, 20), date(2026, 11, 27)


def leaves(team: Team, person: Somebody) -> list[Leave]:
    with team.chat.read() as db:
        return list(people.leaves_from(db, person.id, date(2026, 1, 1)))


@pytest.mark.parametrize(
    "line",
    [
        "away 11-20..11-27 cover @王五",
        "away 11-20..11-27, covered by @wang",
        "away 20-27 Nov cover wang",
        "away cover @王五 11-20..11-27",
        "away 2026-11-20..2026-11-27 @王五",
        "away from 20 Nov to 27 Nov with cover 王五",
        "请假 11月20日到27日 由@王五代",
        "请假 11月20日到27日 由 王五 代班",
        "请假 11月20日至11月27日，王五代班",
        "请假 11月20日到27日 请王五代班。",
        "请假 11月20日-27日 代班人：@王五",
        "请假 由王代班 11月20日到27日",
        "休假 11/20-11/27 由 @wang 顶班",
    ],
)
def test_days_and_cover_are_read(team: Team, line: str) -> None:
    answer = team.li.says(line)
    assert answer.name == "people/away", text(answer)
    (leave,) = leaves(team, team.li)
    assert (leave.first, leave.last, leave.cover_id) == (FIRST, LAST, team.wang.id)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("away 11-20..11-27 cover me", "people/refusals/own_cover"),
        ("away 11-20..11-27 cover @li", "people/refusals/own_cover"),
        ("请假 11月20日到27日 由我代", "people/refusals/own_cover"),
        ("away 11-20..11-27 cover @zoe", "people/refusals/unknown"),
        ("away soon cover @wang", "dates/refusals/unclear"),
        ("away cover @wang", "dates/refusals/unclear"),
        ("away 2026-05-01..2026-05-04", "dates/refusals/past"),
        ("away @wang 11-20..11-27", "people/refusals/not_allowed"),
        ("away cancel", "people/refusals/no_leave"),
        ("销假 @王五", "people/refusals/not_allowed"),
    ],
)
def test_what_cannot_be_is_refused(team: Team, line: str, refusal: str) -> None:
    assert team.li.says(line).name == refusal
    assert leaves(team, team.li) == leaves(team, team.wang) == []


@pytest.mark.parametrize("line", ["away 11-27..11-20 cover @王五", "请假 11月27日到11月20日 由王五代"])
def test_a_span_that_runs_backwards_is_offered_the_right_way_round(team: Team, line: str) -> None:
    asked = team.li.says(line)
    assert "Did you mean Fri 20 Nov to Fri 27 Nov?" in text(asked)
    assert leaves(team, team.li) == []
    team.li.presses("Yes, from Fri 20 Nov to Fri 27 Nov")
    (leave,) = leaves(team, team.li)
    assert (leave.first, leave.last, leave.cover_id) == (FIRST, LAST, team.wang.id)


def test_the_work_that_comes_due_is_counted_and_the_cover_told(team: Team) -> None:
    team.ann.says("role set finance @li")
    team.wang.says("people", direct=True)
    with team.chat.app.database.write() as db:
        done, *tasks = [task for task in checklist.tasks(db, team.meeting_id) if task.owner_role == "finance"]
        done.state = checklist.State.DONE
        days = sorted(task.due_at.date() for task in [done, *tasks])
    span = f"{days[0]}..{days[-1]}"
    answer = team.li.says(f"away {span} cover @王五")
    assert f"{len(tasks)} tasks come due meanwhile." in text(answer)
    assert "王五 covers and gets the reminders meanwhile." in text(answer)
    team.chat.settle()
    told = [text(message) for message in team.wang.heard()]
    assert len(told) == 1
    assert "Li Na is away" in told[0]
    assert f"{len(tasks)} tasks come due meanwhile" in told[0]
    team.li.says("away cancel")
    team.chat.settle()
    assert "you need not cover any more" in text(team.wang.heard()[-1])


def test_the_cover_hears_of_an_undo(team: Team) -> None:
    team.wang.says("today", direct=True)
    team.li.says("away 11-20..11-27 cover @王五")
    team.li.presses("Undo")
    team.chat.settle()
    assert "you need not cover any more" in text(team.wang.heard()[-1])
    assert [one.withdrawn for one in team.wang.heard()] == [True, False]
    team.li.says("away 11-20..11-27 cover @王五")
    team.li.says("away cancel")
    team.li.presses("Undo")
    team.chat.settle()
    assert "Li Na is away Fri 20 Nov to Fri 27 Nov, and you cover." in text(team.wang.heard()[-1])
    assert len(team.wang.heard()) == 5


def test_a_leave_that_is_replaced_frees_its_cover(team: Team) -> None:
    team.wang.says("today", direct=True)
    team.li.says("away 11-20..11-27 cover @王五")
    team.li.says("away 11-21..11-27")
    team.li.presses("Yes, replace it")
    team.chat.settle()
    assert "you need not cover any more" in text(team.wang.heard()[-1])


def test_a_cover_who_never_spoke_to_the_bot_is_named(team: Team) -> None:
    assert "has no conversation with me" in text(team.li.says("away 11-20..11-27 cover @王五"))


def test_a_cover_who_is_away_too_is_named(team: Team) -> None:
    team.wang.says("away 22-23 Nov", direct=True)
    assert "王五 is away too Sun 22 Nov to Mon 23 Nov" in text(team.li.says("away 11-20..11-27 cover @王五"))
    team.li.says("away cancel")
    assert "is away all that time too" in text(team.li.says("away 22-23 Nov cover @王五"))


def test_who_was_to_cover_hears_that_somebody_else_must(team: Team) -> None:
    team.li.says("away 11-20..11-27 cover @王五")
    assert "Somebody else must cover for Li Na" in text(team.wang.says("away 26 Nov"))


def test_an_overlap_is_refused_and_replaced_by_a_press(team: Team) -> None:
    team.li.says("away 11-20..11-27")
    assert team.li.says("away 24 Nov to 3 Dec cover @王五").name == "people/refusals/overlap"
    assert [(leave.first, leave.last) for leave in leaves(team, team.li)] == [(FIRST, LAST)]
    team.li.presses("Yes, replace it")
    (leave,) = leaves(team, team.li)
    assert (leave.first, leave.last, leave.cover_id) == (date(2026, 11, 24), date(2026, 12, 3), team.wang.id)
    team.li.presses("Undo")
    assert [(leave.first, leave.last) for leave in leaves(team, team.li)] == [(FIRST, LAST)]


def test_of_several_leaves_one_is_taken_back(team: Team) -> None:
    team.li.says("away 11-20..11-27")
    team.li.says("away 15-16 Dec")
    asked = team.li.says("销假")
    assert len(asked.rows) == 2
    team.li.presses("Take back")
    assert [leave.first.month for leave in leaves(team, team.li)] == [12]


def test_a_lead_speaks_for_somebody_else(team: Team) -> None:
    assert team.ann.says("请假 @王五 11月20日到27日 由 @li 代").name == "people/away"
    (leave,) = leaves(team, team.wang)
    assert leave.cover_id == team.li.id
    assert "王五" in text(team.li.says("away list"))
    assert team.ann.says("away cancel @王五").name == "people/away_over"
    assert leaves(team, team.wang) == []


def test_the_form_does_the_same(team: Team) -> None:
    team.li.says("away")
    team.li.fills(text="next week", cover=f"@#{team.wang.id}")
    (leave,) = leaves(team, team.li)
    assert (leave.first, leave.last, leave.cover_id) == (date(2026, 6, 15), date(2026, 6, 21), team.wang.id)
    team.li.says("away cancel")
    team.li.says("away")
    team.li.fills(text="tomorrow")
    assert [leave.cover_id for leave in leaves(team, team.li)] == [None]


def test_nudges_look_again(team: Team) -> None:
    with team.chat.app.database.write() as db:
        for task in checklist.tasks(db, team.meeting_id):
            task.next_nudge_at = None
    team.li.says("away tomorrow")
    with team.chat.read() as db:
        assert {task.next_nudge_at for task in checklist.tasks(db, team.meeting_id)} == {LOOK_NOW}


@given(st.text(max_size=60))
def test_any_text_can_be_read_as_a_wish(words: str) -> None:
    wish = rules.wish(words)
    assert len(wish.before) + len(wish.cover) <= len(words)


@pytest.mark.parametrize(
    "line",
    [
        "谁在请假",
        "谁在请假？",
        "有谁请假",
        "谁请假了",
        "今天谁请假",
        "who is away",
        "Who's away?",
        "who is on leave today?",
    ],
)
def test_who_is_away_is_asked_in_many_ways(team: Team, line: str) -> None:
    team.li.says("away 9 June to 12 June")
    answer = team.wang.says(line)
    assert answer.name == "people/aways"
    assert "Li Na" in text(answer)
    assert team.wang.says(f"{line} and why").refused
