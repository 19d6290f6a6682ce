"""Who may do what: the rules over every kind of person, and the same said in the chat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.permissions import LEADING, Who, admin, decide_own, leads, run_meeting, work_on
from storage import people
from storage.people import Role, RoleHolder
from tests.chat import Chat, text
from tests.handlers.people.conftest import begin

anybody = st.builds(
    Who,
    admin=st.booleans(),
    roles=st.frozensets(st.sampled_from(Role)),
    has_task=st.booleans(),
    nobody_has_it=st.booleans(),
)


@given(anybody)
def test_each_rule_holds_for_exactly_those_it_names(who: Who) -> None:
    runs = who.admin or Role.LEAD in who.roles or Role.SECRETARY in who.roles
    assert admin.holds(who) == who.admin
    assert leads.holds(who) == bool(who.roles & LEADING)
    assert run_meeting.holds(who) == runs
    assert decide_own.holds(who) == (runs or who.has_task)
    assert work_on.holds(who) == (runs or who.has_task or who.nobody_has_it)


RUNS = [
    "role set finance @ann",
    "role add finance @ann",
    "role clear finance",
    "people add Zoe",
    "away @ann tomorrow",
    "away cancel @ann",
    "settings quiet 21:00-07:00",
    "settings morning 10:10",
    "settings afternoon off",
    "settings nudges off",
    "settings room language English",
    "settings room zone London",
]
DECIDES = [
    "people rename @ann Zoe",
    "people merge @ann @bob",
    "people left @ann",
    "admin add @bob",
    "admin remove @ann",
    "settings name Bridges",
    "settings limit 5",
    "settings country SG",
    "settings default language English",
    "settings default zone London",
    "settings workday 2026-10-10",
    "settings dayoff 2026-12-31",
    "settings day 2026-12-31 default",
]
OTHER_ROLES = [None, *(role for role in Role if role not in LEADING)]


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """Ann is the admin, Bob nobody in particular; nothing that is refused can spoil it for the next test."""
    folder: Path = tmp_path_factory.mktemp("permissions")
    made = Chat(folder)
    made.person("Ann"), made.person("Bob")
    begin(made)
    yield made
    made.close()


def gets(chat: Chat, role: Role | None) -> None:
    with chat.app.database.write() as db:
        bob = people.met(db, 1, "console", "bob")
        for holder in people.holders(db, 1):
            db.delete(holder)
        db.flush()
        if role is not None:
            db.add(RoleHolder(meeting_id=1, role=role, person_id=bob.id))


@given(role=st.sampled_from(OTHER_ROLES), line=st.sampled_from(RUNS + DECIDES))
def test_who_does_not_lead_decides_nothing_for_others(chat: Chat, role: Role | None, line: str) -> None:
    gets(chat, role)
    answer = chat.person("Bob").says(line)
    assert answer.name == "people/refusals/not_allowed"
    assert "Ann" in text(answer)


@given(role=st.sampled_from(sorted(LEADING)), line=st.sampled_from(DECIDES))
def test_who_leads_a_meeting_decides_nothing_for_the_workspace(chat: Chat, role: Role, line: str) -> None:
    gets(chat, role)
    assert chat.person("Bob").says(line).name == "people/refusals/not_allowed"


@pytest.mark.parametrize("line", RUNS)
@pytest.mark.parametrize("role", sorted(LEADING))
def test_who_leads_runs_the_meeting(tmp_path: Path, role: Role, line: str) -> None:
    chat = Chat(tmp_path)
    chat.person("Ann"), chat.person("Bob")
    begin(chat)
    gets(chat, role)
    assert chat.person("Bob").says(line).name != "people/refusals/not_allowed"
    chat.close()


def test_a_lead_is_named_before_the_admins(chat: Chat) -> None:
    cem = chat.person("Cem")
    with chat.app.database.write() as db:
        for holder in people.holders(db, 1):
            db.delete(holder)
        db.flush()
        db.add(RoleHolder(meeting_id=1, role=Role.LEAD, person_id=cem.id))
    assert "Ask Cem and Ann." in text(chat.person("Bob").says("role clear finance"))
    assert "Ask Ann." in text(chat.person("Bob").says("settings limit 4"))
