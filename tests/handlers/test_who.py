"""People and roles in commands, with and without their marks: one is taken, several are asked, nobody is explained."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from storage import checklist, people
from storage.people import Role
from tests.chat import Chat, Somebody, buttons, text
from tests.handlers.checklist.conftest import Team, found, join


@dataclass
class Staffed:
    """A meeting's team in which 李娜 holds publicity, with 罗敏, two called 王强, and nobody for logistics."""

    team: Team
    lina: Somebody
    luo: Somebody

    def owners(self, number: int) -> set[str]:
        task = self.team.task(number)
        with self.team.chat.read() as db:
            ids = checklist.owners(db, [task], people.holding(db, {task.meeting_id}))[task.id]
            return {people.get(db, person_id).name for person_id in ids}


@pytest.fixture
def staffed(chat: Chat) -> Staffed:
    team = join(chat, found(chat))
    lina, luo, *_ = (chat.person(name) for name in ("李娜", "罗敏", "王强"))
    with chat.app.database.write() as db:
        people.met(db, 1, "console", "another", name="王强")
    team.hold(Role.PUBLICITY, lina)
    return Staffed(team, lina, luo)


@pytest.mark.parametrize(
    ("line", "owners"),
    [
        ("分配 T6 李娜", {"李娜"}),
        ("分配 T6 给李娜", {"李娜"}),
        ("T6 交给罗敏", {"罗敏"}),
        ("交给 T6 罗敏、李娜", {"李娜", "罗敏"}),
        ("分配 T6 罗敏和李娜", {"李娜", "罗敏"}),
        ("assign T6 Li Na", {"李娜"}),
        ("assign T6 to lina", {"李娜"}),
        ("assign T6 Luo Min and @bo", {"罗敏", "Bo"}),
        ("assign T6 me", {"Ann"}),
        ('assign T6 "Li Na"', {"李娜"}),
        ("give T6 to the finance team", {"Li"}),
        ("assign T6 publicity", {"李娜"}),
        ("分配 T6 宣传", {"李娜"}),
        ("分配 T6 给财务组", {"Li"}),
        ("assign T6 role finance", {"Li"}),
        ("assign T6 treasurer", {"Li"}),
    ],
)
def test_a_name_or_a_role_without_its_mark_gets_the_task(staffed: Staffed, line: str, owners: set[str]) -> None:
    answer = staffed.team.ann.says(line)
    assert answer.name == "checklist/assigned", text(answer)
    assert staffed.owners(6) == owners


def test_a_task_given_to_a_role_follows_it(staffed: Staffed) -> None:
    staffed.team.ann.says("assign T6 @wang")
    assert "Li has this role here." in text(staffed.team.ann.says("assign T6 finance"))
    staffed.team.ann.says("role set finance @罗敏")
    assert staffed.owners(6) == {"罗敏"}
    staffed.team.ann.says("undo")
    staffed.team.ann.presses("Undo", on=staffed.team.ann.says("assign T6 publicity"))
    assert staffed.owners(6) == {"Li"}


def test_a_role_that_nobody_holds_is_said_and_can_be_given(staffed: Staffed) -> None:
    answer = staffed.team.ann.says("assign T6 logistics")
    assert "Nobody has this role here yet" in text(answer)
    assert buttons(answer)[0].line == "role set M1 logistics"


def test_several_of_a_name_are_offered_one_by_one(staffed: Staffed) -> None:
    before = staffed.owners(6)
    answer = staffed.team.ann.says("分配 T6 王强")
    assert answer.name == "people/refusals/which"
    assert len(buttons(answer)) == 2
    assert staffed.owners(6) == before
    staffed.team.ann.says(buttons(answer)[1].line)
    assert staffed.owners(6) == {"王强"}


def test_a_name_that_is_a_role_too_is_asked(staffed: Staffed) -> None:
    staffed.team.ann.says("people add 财务")
    answer = staffed.team.ann.says("分配 T6 财务")
    assert answer.name == "people/refusals/role_or_person"
    staffed.team.ann.says(buttons(answer)[0].line)
    assert staffed.owners(6) == {"Li"}
    staffed.team.ann.says("分配 T6 财务")
    staffed.team.ann.presses("财务")
    assert staffed.owners(6) == {"财务"}


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("分配 T6 张三", "张三"),
        ("assign T6 Zhang San", "Zhang San"),
        ("assign T6 Li Zhang", "Zhang"),
        ("列表 张三", "张三"),
        ("list Zhang", "Zhang"),
    ],
)
def test_a_name_that_nobody_has_is_explained(staffed: Staffed, line: str, word: str) -> None:
    before = staffed.owners(6)
    answer = staffed.team.ann.says(line)
    assert f"I know nobody called “{word}”" in text(answer)
    assert f"people add {word}" in text(answer)
    assert staffed.owners(6) == before


@pytest.mark.parametrize("line", ["assign T6 finance Li", "assign T6 ?!", "list overdue nonsense", "list everything"])
def test_what_is_no_name_is_not_taken_for_one(staffed: Staffed, line: str) -> None:
    before = staffed.owners(6)
    assert staffed.team.ann.says(line).name == "grammar/refusals/too_much"
    assert staffed.owners(6) == before


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("列表 罗敏", "Tasks of 罗敏"),
        ("list Li Na", "Tasks of 李娜"),
        ("list tasks of Luo Min overdue", "Tasks of 罗敏 · Overdue"),
        ("列表 李娜的任务", "Tasks of 李娜"),
        ("list finance", "Role: finance"),
        ("列表 财务的任务", "Role: finance"),
    ],
)
def test_a_list_is_asked_for_by_a_name_or_a_role(staffed: Staffed, line: str, title: str) -> None:
    assert text(staffed.team.ann.says(line)).startswith(title)


def test_the_list_of_a_role_has_its_tasks_and_no_others(staffed: Staffed) -> None:
    staffed.team.ann.says("assign T48 @wang")
    about = staffed.team.ann.says("list finance").about
    roles = {staffed.team.task(int(ref.removeprefix("M1-T"))).owner_role for ref in about}
    assert roles == {"finance"}
    assert "M1-T48" in about


@pytest.mark.parametrize(
    ("line", "role"), [("add Print the album owner: finance", "finance"), ("edit T6 owner: 宣传", "publicity")]
)
def test_a_form_takes_a_role_too(staffed: Staffed, line: str, role: str) -> None:
    answer = staffed.team.ann.says(line)
    assert not answer.refused, text(answer)
    assert staffed.team.task(6 if "T6" in line else 59).owner_role == role


@pytest.mark.parametrize("line", ["add Print the album owner: Zhao", "edit T6 owner: li tomorrow"])
def test_a_form_refuses_what_is_nobody(staffed: Staffed, line: str) -> None:
    assert staffed.team.ann.says(line).refused
    assert staffed.owners(6) == {"Li"}
