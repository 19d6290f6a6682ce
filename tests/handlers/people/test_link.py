"""The same person on two platforms becomes one, and only the same person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.people import rules
from messages import Message
from storage import checklist, joining, journal, people, rooms
from storage.base import Base
from storage.checklist import Assignment, Note, Watcher
from storage.people import Leave, LinkCode, Person, Role, RoleHolder
from tests.chat import Somebody, at, text
from tests.handlers.people.conftest import Team


def code_in(message: Message) -> str:
    found = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", message.title)
    assert found
    return found.group()


def on_web(person: Somebody, line: str) -> Message:
    return person.says(line, platform="web", direct=True)


def at_web(team: Team, person: Somebody) -> int:
    """Who the platform's account is taken for."""
    with team.chat.read() as db:
        found = people.account(db, 1, "web", person.account)
        assert found
        return found.person_id


def link(team: Team, person: Somebody) -> Message:
    code = code_in(on_web(person, "link"))
    person.says(f"link {code}")
    return person.presses("Yes, both are me")


def test_the_story(team: Team) -> None:
    asked = on_web(team.li, "link")
    assert asked.private
    newer = at_web(team, team.li)
    assert newer != team.li.id
    preview = team.li.says(f"link {code_in(asked)}")
    assert preview.private
    assert "Li Na" in text(preview)
    assert at_web(team, team.li) == newer
    done = team.li.presses("Yes, both are me")
    assert done.name == "people/linked"
    assert at_web(team, team.li) == team.li.id
    team.chat.settle()
    on_web(team.li, "settings language 中文")
    assert team.li.says("settings").locale == "zh_CN"


@pytest.mark.parametrize("form", ["{0}", "{0} ", "{1}", "{2}", "{3}"])
def test_a_code_is_read_however_it_is_typed(team: Team, form: str) -> None:
    code = code_in(on_web(team.li, "关联"))
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    typed = form.format(code, code.replace("-", ""), code.casefold().replace("-", " "), wide)
    assert team.li.says(f"绑定 {typed}").name == "people/link_preview"


def test_everything_goes_with_the_person(team: Team) -> None:
    on_web(team.li, "people")
    newer, now = at_web(team, team.li), team.chat.clock.now()
    with team.chat.app.database.write() as db:
        first, second = checklist.tasks(db, team.meeting_id)[:2]
        day = now.date()
        db.add_all(
            [
                Assignment(task_id=first.id, person_id=newer),
                Assignment(task_id=first.id, person_id=team.li.id),
                Assignment(task_id=second.id, person_id=newer),
                Watcher(task_id=second.id, person_id=newer),
                RoleHolder(meeting_id=team.meeting_id, role=Role.FINANCE, person_id=newer),
                RoleHolder(meeting_id=team.meeting_id, role=Role.FINANCE, person_id=team.li.id),
                RoleHolder(meeting_id=team.meeting_id, role=Role.LEAD, person_id=newer),
                Leave(person_id=newer, first=day, last=day, cover_id=team.li.id),
                Leave(person_id=team.wang.id, first=day, last=day, cover_id=newer),
                Note(task_id=first.id, person_id=newer, at=now, text="seen"),
            ]
        )
        second.done_by = second.carried_to = newer
    before = pointing(team)
    link(team, team.li)
    with team.chat.read() as db:
        given = checklist.assignees(db, [first.id, second.id])
        assert given == {first.id: [team.li.id], second.id: [team.li.id]}
        assert {room.platform for room in rooms.direct(db, [team.li.id])} == {"web"}
        assert people.get(db, newer).id == team.li.id
        assert people.some(db, [newer])[newer].id == team.li.id
        assert [leave.cover_id for leave in people.leaves_from(db, team.li.id, day)] == [None]
        assert [leave.cover_id for leave in people.leaves_from(db, team.wang.id, day)] == [team.li.id]
    assert team.roles(team.li) == {Role.FINANCE, Role.LEAD}
    assert newer not in {person_id for *_, person_id in pointing(team)}
    assert team.li.says("undo").name == "journal/undone"
    assert pointing(team) == before


def pointing(team: Team) -> set[tuple[str, str, int, int]]:
    """Every column of a journalled row that names a person."""
    found = set()
    with team.chat.read() as db:
        for mapper, name in joining._pointers():  # noqa: SLF001  what merging goes by is what is looked at
            for row in db.scalars(select(mapper.class_)):
                value = getattr(row, name)
                if value is not None:
                    found.add((mapper.class_.__tablename__, name, row.id, value))  # type: ignore[attr-defined]
    return found


def test_every_column_that_names_a_person_is_moved_or_history() -> None:
    keys = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column is Person.__table__.c.id for key in column.foreign_keys)
    }
    moved = {(mapper.class_.__tablename__, name) for mapper, name in joining._pointers()}  # noqa: SLF001  as above
    history = {("line", "person_id"), ("line", "only_for"), ("journal", "person_id"), ("person", "merged_into")}
    dies = {("link_code", "person_id"), ("link_try", "person_id"), ("ticket", "person_id")}
    dies |= {("expectation", "person_id"), ("arrival", "person_id")}  # over within minutes
    assert keys == moved | history | dies


def test_who_was_merged_is_nobody_any_more(team: Team) -> None:
    team.li.name = "Na Li"
    on_web(team.li, "people")
    team.li.name = "Li Na"
    link(team, team.li)
    assert team.ann.says("role set finance @na").name == "people/refusals/unknown"
    assert len(team.ann.says("people").rows) == 3
    team.ann.says("role set finance")
    assert team.ann.last
    assert team.ann.last.form
    assert len(team.ann.last.form.fields[-1].choices) == 3


def test_the_older_of_two_remains_whoever_gives_the_code(team: Team) -> None:
    on_web(team.li, "people")
    code = code_in(team.li.says("link"))
    on_web(team.li, f"link {code}")
    done = on_web(team.li, f"link {code} confirm")
    assert done.name == "people/linked"
    assert at_web(team, team.li) == team.li.id
    assert on_web(team.li, "undo").name == "journal/undone"
    assert at_web(team, team.li) != team.li.id


def test_rights_come_along(team: Team) -> None:
    link(team, team.ann)
    assert not on_web(team.ann, "settings limit 4").refused


def test_a_code_works_once(team: Team) -> None:
    code = code_in(on_web(team.li, "link"))
    team.li.says(f"link {code} confirm")
    assert team.wang.says(f"link {code} confirm").name == "people/refusals/wrong_code"


def test_a_new_code_voids_the_earlier_one(team: Team) -> None:
    old, new = (code_in(on_web(team.li, "link")) for _ in range(2))
    assert team.li.says(f"link {old}").name == "people/refusals/wrong_code"
    assert team.li.says(f"link {new}").name == "people/link_preview"


def test_a_code_dies_after_ten_minutes(team: Team) -> None:
    code = code_in(on_web(team.li, "link"))
    team.chat.clock.move_to(at("2026-06-10 08:10"))
    assert team.li.says(f"link {code}").name == "people/refusals/wrong_code"


def test_ones_own_code_is_refused_and_stays_good(team: Team) -> None:
    code = code_in(on_web(team.li, "link"))
    assert on_web(team.li, f"link {code}").name == "people/refusals/own_code"
    assert team.li.says(f"link {code}").name == "people/link_preview"


def test_what_is_no_code_costs_no_try(team: Team) -> None:
    for line in ("link hello", "link https://example.org", "link ABCD-EFG0", "link ABCD"):
        assert team.li.says(line).name == "people/refusals/no_code"
    with team.chat.read() as db:
        assert people.wrong_tries(db, team.li.id, since=team.chat.clock.now() - timedelta(days=1)) == 0


def test_guessing_is_stopped_for_ten_minutes(team: Team) -> None:
    for _ in range(rules.MOST_TRIES):
        assert team.wang.says("link ABCD-2345").name == "people/refusals/wrong_code"
    assert team.wang.last
    assert "wait ten minutes" in text(team.wang.last)
    code = code_in(on_web(team.li, "link"))
    assert team.wang.says(f"link {code}").name == "people/refusals/too_many_tries"
    assert team.li.says(f"link {code}").name == "people/link_preview"
    team.chat.clock.move_to(at("2026-06-10 08:11"))
    fresh = code_in(on_web(team.li, "link"))
    assert team.wang.says(f"link {fresh}").name == "people/link_preview"


def test_a_code_is_worth_nothing_in_another_workspace(team: Team) -> None:
    code = code_in(on_web(team.li, "link"))
    assert team.li.says(f"link {code}", workspace="other").name == "people/refusals/wrong_code"


def test_neither_the_code_nor_its_digest_is_in_the_journal(team: Team) -> None:
    code = code_in(on_web(team.li, "link"))
    team.li.says(f"link {code} confirm")
    digest = rules.digest("main", code.replace("-", ""))
    with team.chat.read() as db:
        entries = journal.entries(db, 1)
        assert [entry.line for entry in entries] == ["link …"]
        for entry in entries:
            assert code not in entry.body
            assert digest not in entry.body
        assert db.scalars(select(LinkCode)).all() == []


def test_the_other_side_is_told(team: Team) -> None:
    code = code_in(team.li.says("link", direct=True))
    on_web(team.li, f"link {code} confirm")
    team.chat.settle()
    assert [message.name for message in team.li.heard()] == ["people/linked"]
