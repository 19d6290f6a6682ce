"""Roles of a meeting: giving, sharing and taking them back, in both languages."""

from __future__ import annotations

import pytest

from storage import checklist, meetings
from storage.base import Session
from storage.checklist import LOOK_NOW, Assignment, Task
from storage.people import Role
from tests.chat import text
from tests.handlers.people.conftest import Team


@pytest.mark.parametrize(
    "line",
    [
        "role set finance @li @王五",
        "role set finance Li Na and 王五",
        "set role finance @li、@王五",
        "角色 设置 财务 @li @王五",
        "角色设置财务 @Li Na 和 @王五",
        "设置角色 财务 @王五 li",
        "role set M1 finance @li @wang",
    ],
)
def test_a_role_is_given_to_exactly_those_named(team: Team, line: str) -> None:
    team.ann.says("role set finance me")
    answer = team.ann.says(line)
    assert answer.name == "people/role_changed"
    assert team.roles(team.li) == team.roles(team.wang) == {Role.FINANCE}
    assert team.roles(team.ann) == set()


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("项目负责人", Role.LEAD),
        ("秘书长", Role.SECRETARY),
        ("secretary general", Role.SECRETARY),
        ("财务", Role.FINANCE),
        ("议程", Role.PROGRAMME),
        ("宣传", Role.PUBLICITY),
        ("商务/赞助", Role.SPONSORSHIP),
        ("赞助", Role.SPONSORSHIP),
        ("会员", Role.MEMBERSHIP),
        ("会务", Role.LOGISTICS),
        ("志愿者", Role.VOLUNTEERS),
        ("档案", Role.RECORDS),
        *((role.value, role) for role in Role),
    ],
)
def test_each_role_goes_by_its_names(team: Team, word: str, role: Role) -> None:
    team.ann.says(f"role add {word} @li")
    assert team.roles(team.li) == {role}


def test_who_gets_which_open_tasks_is_said(team: Team) -> None:
    with team.chat.app.database.write() as db:
        first, *_ = [task for task in checklist.tasks(db, team.meeting_id) if task.owner_role == Role.FINANCE]
        first.state = checklist.State.DONE
        db.add(Assignment(task_id=next_of(db, first).id, person_id=team.ann.id))
    assert "7 open tasks are now with Li Na." in text(team.ann.says("role set finance @li"))
    assert "7 open tasks have nobody now" in text(team.ann.says("role clear finance"))
    assert "It was so already." in text(team.ann.says("role clear finance"))


def next_of(db: Session, done: Task) -> Task:
    tasks = checklist.tasks(db, done.meeting_id)
    return next(task for task in tasks if task.owner_role == Role.FINANCE and task.id != done.id)


def test_nudges_look_again(team: Team) -> None:
    with team.chat.app.database.write() as db:
        for task in checklist.tasks(db, team.meeting_id):
            task.next_nudge_at = None
    team.ann.says("role set finance @li")
    with team.chat.read() as db:
        assert {task.next_nudge_at for task in checklist.tasks(db, team.meeting_id)} == {LOOK_NOW}


def test_a_role_is_taken_from_one_of_two(team: Team) -> None:
    team.ann.says("role set finance @li @王五")
    team.ann.says("角色 移除 财务 @li")
    assert team.roles(team.li) == set()
    assert team.roles(team.wang) == {Role.FINANCE}


def test_undo_gives_the_role_back(team: Team) -> None:
    team.ann.says("role set finance @li")
    team.ann.says("role set finance @王五")
    team.ann.presses("Undo")
    assert team.roles(team.li) == {Role.FINANCE}
    assert team.roles(team.wang) == set()


def test_a_form_asks_for_what_was_not_said(team: Team) -> None:
    team.ann.says("role list")
    team.ann.presses("Change", row=2)
    team.ann.fills(people=f"@#{team.li.id}")
    assert team.roles(team.li) == {Role.FINANCE}
    team.ann.says("role add @li")
    team.ann.fills(role="records")
    assert team.roles(team.li) == {Role.FINANCE, Role.RECORDS}


def test_an_unknown_role_is_not_taken_for_a_name(team: Team) -> None:
    answer = team.ann.says("role set boss @li")
    assert answer.name == "people/refusals/no_role"
    assert "secretary general" in text(answer)


def test_whoever_may_be_meant_is_offered(team: Team) -> None:
    li_wei = team.chat.person("Li Wei")
    assert team.ann.says("role set finance @li").name == "people/refusals/which"
    team.ann.presses("Li Wei")
    assert team.roles(li_wei) == {Role.FINANCE}
    assert team.roles(team.li) == set()


def test_roles_of_a_closed_meeting_stay(team: Team) -> None:
    with team.chat.app.database.write() as db:
        meetings.get(db, team.meeting_id).state = meetings.MeetingState.CLOSED
    assert team.ann.says("role set finance @li").name == "meetings/refusals/closed"
    assert team.roles(team.li) == set()
