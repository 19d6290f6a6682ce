"""Somebody has left: what they had goes over, once, and can be taken back."""

from __future__ import annotations

from storage import checklist, people, rooms
from storage.people import Role
from tests.chat import text
from tests.handlers.people.conftest import Team


def owners(team: Team, number: int) -> set[str]:
    with team.chat.read() as db:
        task = checklist.get(db, 1, number)
        assert task is not None
        ids = checklist.assignees(db, [task.id])[task.id]
        return {person.name for person in people.some(db, ids).values()}


def test_open_tasks_go_to_the_lead_with_a_note(team: Team) -> None:
    team.ann.says("assign T12 T13 @li")
    told = text(team.ann.says("people left @li"))
    assert "Li Na has left and gets no more reminders." in told
    assert "M1-T12 and M1-T13 are now with Ann." in told
    assert owners(team, 12) == owners(team, 13) == {"Ann"}
    assert "Li Na has left; handed over to Ann." in text(team.ann.says("show T12"))


def test_who_else_has_a_task_keeps_it(team: Team) -> None:
    team.ann.says("assign T12 @li @王五")
    assert "T12" not in text(team.ann.says("people left @li"))
    assert owners(team, 12) == {"王五"}


def test_a_role_that_nobody_else_holds_goes_along(team: Team) -> None:
    team.ann.says("role set finance @li")
    team.ann.says("role set records @li @王五")
    assert "The role went to Ann too: finance." in text(team.ann.says("people left @li"))
    with team.chat.read() as db:
        held = {(people.get(db, one.person_id).name, one.role) for one in people.holders(db, 1)}
    assert {("Ann", Role.FINANCE), ("王五", Role.RECORDS)} <= held
    assert not any(name == "Li Na" for name, _ in held)


def test_the_lead_is_told_where_they_talk_with_the_bot(team: Team) -> None:
    team.li.says("list", direct=True)
    team.ann.says("role set lead @li")
    team.ann.says("assign T12 @王五")
    team.ann.says("people left @王五")
    team.chat.settle()
    assert "王五 has left the team" in text(team.li.heard()[-1])
    assert team.li.heard()[-1].about == ("M1-T12",)


def test_who_left_hears_no_more_and_has_no_say(team: Team) -> None:
    team.li.says("list", direct=True)
    team.ann.says("admin add @li")
    team.ann.says("people left @li")
    with team.chat.read() as db:
        assert not people.get(db, team.li.id).admin
        assert not rooms.direct(db, [team.li.id])[0].nudges


def test_it_can_be_taken_back(team: Team) -> None:
    team.ann.says("role set finance @li")
    team.ann.says("assign T12 @li")
    team.ann.says("people left @li")
    team.ann.says("undo")
    assert owners(team, 12) == {"Li Na"}
    with team.chat.read() as db:
        assert Role.FINANCE in people.roles_of(db, 1, team.li.id)


def test_one_other_person_is_named(team: Team) -> None:
    for line in ("people left", "people left @li @王五", "people left me", "people left @ann"):
        assert team.ann.says(line).name == "people/refusals/left_who"
    assert "No open task was theirs alone." in text(team.ann.says("people left @li"))
