"""Workspaces never mix: no id, name, file or thread of one association leads anybody of another to it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from handlers import furnish
from handlers.context import Context
from handlers.plan import task_of
from storage import files, journal, people, rooms, templates, workspace
from storage.checklist import Task
from storage.meetings import Meeting
from storage.people import Person
from tests.chat import Chat, Somebody, at, text

SECRET = "Zebra"


@dataclass
class House:
    """Ann's association has a meeting ``M1`` whose every word is secret; Eve is the admin of another one."""

    chat: Chat
    ann: Somebody
    eve: Somebody

    def eve_says(self, line: str, *, room: str = "team", **how: tuple[str, ...] | dict[str, str]) -> str:
        """What she gets to read; it is an answer, not an apology."""
        answer = self.eve.says(line, room=room, workspace="other", **how)  # type: ignore[arg-type]
        assert answer.name != "common/refusals/broken", line
        return text(answer) + answer.model_dump_json()

    def rows(self) -> str:
        """Everything of Ann's association that somebody could have changed."""
        with self.chat.read() as db:
            place = workspace.find(db, "main")
            assert place is not None
            tasks = db.scalars(select(Task).join(Meeting).where(Meeting.workspace_id == place.id).order_by(Task.id))
            states = [(task.number, task.state, task.due_at, task.version) for task in tasks]
            persons = [(person.name, person.admin) for person in people.everyone(db, place.id)]
            entries = len(journal.entries(db, place.id, limit=1000))
            meetings = [(room.external, room.meeting_id) for room in rooms.of_platform(db, place.id, "console")]
        return str((states, persons, entries, meetings))


@pytest.fixture
def house(chat: Chat) -> House:
    ann = chat.person(f"Ann {SECRET}")
    eve = Somebody(chat, "eve", "Eve", 0)
    ann.says("template list", files={f"{SECRET}.txt": b"x"})
    eve.says("help", workspace="other")
    with chat.app.database.write() as db:
        place = workspace.by_key(db, "main")
        furnish(db, place.id, chat.clock.now())
        template = templates.newest(db, place.id, "after-meeting")
        assert template is not None
        ends = at("2026-06-08 17:00")
        meeting = Meeting(
            workspace_id=place.id,
            number=1,
            name_zh=SECRET,
            name_en=SECRET,
            starts_at=ends,
            ends_at=ends,
            zone="Asia/Shanghai",
            template_id=template.id,
        )
        db.add(meeting)
        room = rooms.met(db, place.id, "console", "team")
        db.flush()
        ctx = Context(db, place, people.get(db, ann.id), room, chat.clock.now(), subject=meeting)
        room.meeting_id = meeting.id
        for number, (phase, item) in enumerate(template.read().items(), 1):
            task = task_of(item, phase, number, meeting.id, ends_at=ends, calendar=ctx.calendar)
            task.title_en = task.title_zh = f"{SECRET} {number}"
            db.add(task)
    return House(chat, ann, eve)


LINES = """
list · list M1 · status · status M1 · today · search Zebra · show T1 · show M1-T1 · done M1-T1 · done T1 · reopen M1-T1
start M1-T1 · wait M1-T1 the hotel · skip M1-T1 no need · carry M1-T1 @#1 · assign M1-T1 me · assign M1-T1 @#1
due M1-T1 tomorrow · snooze M1-T1 tomorrow · note M1-T1 hello · log M1-T1 · log · why M1-T1 · undo · add M1 something
edit M1-T1 title: x · meeting list · meeting show M1 · meeting use M1 · meeting close M1 · meeting reopen M1
role set lead @#1 · away 2026-06-20..2026-06-27 cover @#1 · evidence M1-T1 F1 · done M1-T1 F1 · list @#1
template list · done · Zebra 1 is done
"""
COMMANDS = [line.strip() for line in LINES.replace("\n", "·").split("·") if line.strip()]


@pytest.mark.parametrize("line", COMMANDS)
def test_no_command_reaches_another_association(house: House, line: str) -> None:
    before = house.rows()
    said = house.eve_says(line)
    assert SECRET not in said.replace(line, "")
    assert house.rows() == before


@pytest.mark.parametrize("line", ["done", "show", "start", "why", "note it is there"])
def test_neither_does_a_reply_or_a_form(house: House, line: str) -> None:
    before = house.rows()
    for how in ({"thread": ("M1-T1", "M1-T2")}, {"fields": {"tasks": "M1-T1", "who": "@#1", "note": "F1"}}):
        assert SECRET not in house.eve_says(line, **how)
    assert house.rows() == before


def test_the_same_account_and_room_are_others_elsewhere(house: House) -> None:
    house.ann.says("help", workspace="other")
    with house.chat.read() as db:
        here, there = (workspace.by_key(db, key) for key in ("main", "other"))
        accounts = [people.account(db, place.id, "console", house.ann.account) for place in (here, there)]
        team = [
            next(room for room in rooms.of_platform(db, place.id, "console") if room.external == "team")
            for place in (here, there)
        ]
        assert accounts[0] is not None
        assert accounts[1] is not None
        assert accounts[0].person_id != accounts[1].person_id
        assert team[0].id != team[1].id
        assert team[1].meeting_id is None
        assert not db.get_one(Person, accounts[1].person_id).admin


def test_files_are_found_by_their_own_association_only(house: House) -> None:
    with house.chat.read() as db:
        here, there = (workspace.by_key(db, key) for key in ("main", "other"))
        assert files.by_number(db, here.id, 1) is not None
        assert files.by_number(db, there.id, 1) is None


def test_her_own_meeting_of_the_same_number_is_the_one_that_she_gets(house: House) -> None:
    with house.chat.app.database.write() as db:
        place = workspace.by_key(db, "other")
        template = templates.newest(db, place.id, "after-meeting")
        assert template is not None
        moment = at("2026-06-08 17:00")
        own = Meeting(
            workspace_id=place.id,
            number=1,
            name_en="Own",
            starts_at=moment,
            ends_at=moment,
            zone="Asia/Shanghai",
            template_id=template.id,
        )
        db.add(own)
        db.flush()
        db.add(Task(meeting_id=own.id, number=1, phase=1, title_en="Giraffe", title_zh="Giraffe", due_at=moment))
    before = house.rows()
    assert "Giraffe" in house.eve_says("done M1-T1")
    assert house.rows() == before
