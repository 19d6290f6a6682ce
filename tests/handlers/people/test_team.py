"""Who is in the team: seeing, adding, renaming, and the admins."""

from __future__ import annotations

import pytest

from storage import people
from storage.checklist import Assignment
from storage.people import Person
from tests.chat import Somebody, text
from tests.handlers.people.conftest import Team


def row(team: Team, person: Somebody) -> Person:
    with team.chat.read() as db:
        return people.get(db, person.id)


def names(team: Team) -> set[str]:
    with team.chat.read() as db:
        return {person.name for person in people.everyone(db, 1)}


def test_everybody_is_shown_with_what_matters(team: Team) -> None:
    team.ann.says("role set finance @li")
    team.li.says("away 11-12 June cover @王五")
    team.ann.says("people add Zoë")
    shown = text(team.li.says("people"))
    assert "Ann · admin · terminal" in shown
    assert "Li Na (you) · finance · terminal · away Thu 11 Jun to Fri 12 Jun, 王五 covers" in shown
    assert "Zoë · does not write here yet" in shown
    assert text(team.li.says("人员")) == shown


def test_only_who_may_give_roles_is_offered_to(team: Team) -> None:
    assert any(row.buttons for row in team.ann.says("people").rows)
    assert not any(row.buttons for row in team.li.says("people").rows)


def test_many_people_come_in_pages(team: Team) -> None:
    team.ann.says("people add " + "、".join(f"Person {n:02}" for n in range(1, 15)))
    first = team.ann.says("people")
    assert (len(first.rows), first.footer.startswith("Page 1 of 2")) == (15, True)
    assert len(team.ann.presses("More").rows) == 2


def test_who_was_added_can_be_given_work_and_is_no_admin(team: Team) -> None:
    assert team.ann.says("people add 赵六, Siobhán O’Brien").tone == "good"
    assert {"赵六", "Siobhán O’Brien"} <= names(team)
    assert not team.ann.says("role set finance @赵六 @siobhán o'brien").refused
    with team.chat.read() as db:
        assert [person.name for person in people.admins(db, 1)] == ["Ann"]


@pytest.mark.parametrize("name", ["Li  Na", "@me", "ＬＩ ＮＡ", "#3", "、、", "x" * 101])
def test_a_name_that_would_confuse_is_refused(team: Team, name: str) -> None:
    before = names(team)
    assert team.ann.says(f"people add {name}").refused
    assert names(team) == before


def test_a_list_of_names_with_a_bad_one_adds_nobody(team: Team) -> None:
    assert team.ann.says("people add Zoë, Li Na").name == "people/refusals/name_taken"
    assert "Zoë" not in names(team)


def test_renaming(team: Team) -> None:
    assert team.li.says("people rename Lina Berg").name == "people/renamed"
    assert row(team, team.li).name == "Lina Berg"
    team.ann.says("人员 改名 @Lina Berg 李娜")
    assert row(team, team.li).name == "李娜"
    team.ann.presses("Undo")
    assert row(team, team.li).name == "Lina Berg"
    assert team.li.says("people rename Ann").name == "people/refusals/name_taken"
    assert team.li.says("people rename").name == "people/refusals/rename_how"
    assert team.li.says(f"people rename {'x' * 101}").name == "people/refusals/long_name"


def test_the_last_admin_stays(team: Team) -> None:
    assert team.ann.says("admin remove @ann").name == "people/refusals/last_admin"
    assert row(team, team.ann).admin
    team.ann.says("管理员 添加 @li")
    assert row(team, team.li).admin
    assert "Ann" in text(team.li.says("admin remove @ann"))
    assert not row(team, team.ann).admin
    assert team.li.says("admin remove me").name == "people/refusals/last_admin"


def test_two_admins_cannot_both_be_removed_at_once(team: Team) -> None:
    team.ann.says("admin add @li")
    assert team.ann.says("admin remove @ann @li").name == "people/refusals/last_admin"
    assert row(team, team.ann).admin
    assert row(team, team.li).admin


def test_who_was_added_by_name_is_merged_with_their_account(team: Team) -> None:
    team.ann.says("people add 赵六")
    team.ann.says("role set finance @赵六")
    zhao = team.chat.person("zhaoliu")
    assert team.ann.says('people merge "赵六" "zhaoliu"').name == "people/merged"
    assert "赵六" not in names(team)
    assert {role.value for role in team.roles(zhao)} == {"finance"}
    team.ann.says("undo")
    assert "赵六" in names(team)
    assert team.roles(zhao) == set()


def test_two_who_write_here_are_not_merged_by_others(team: Team) -> None:
    assert team.ann.says("people merge @li @王五").name == "people/refusals/both_write"
    assert team.ann.says("people merge @li").name == "people/refusals/merge_two"


def test_an_added_person_who_has_work_is_not_undone_away(team: Team) -> None:
    team.ann.says("people add 赵六")
    with team.chat.app.database.write() as db:
        zhao = next(person for person in people.everyone(db, 1) if person.name == "赵六")
        db.add(Assignment(task_id=1, person_id=zhao.id))
    assert team.ann.says("undo").refused
    assert "赵六" in names(team)
