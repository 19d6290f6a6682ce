"""Two releases beside each other: what only the other one knows is left to it, and one that must go says so."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot import presence
from bot.ask import Ask
from bot.clock import Clock
from bot.platforms import Unknown
from bot.presence import Presence
from storage import inbox, journal, migrations, processes, workspace
from storage.base import Database
from storage.journal import Change
from storage.meetings import Meeting
from tests.bot.terminal import Shell
from tests.chat import Chat, Somebody
from tests.chat import text as words
from tests.storage.steps import release_to_come

CLOCK = Clock()
NEW_ROW = Change("chime", 1, None, {"id": 1}, None)
NEW_COLUMN = Change("person", 1, {"glow": False}, {"glow": True}, None)


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    return chat.person("Ann")


def beside(chat: Chat) -> None:
    """A process of another release is at work from now on."""
    with chat.app.database.write() as db:
        now_ms = int(chat.clock.now().timestamp() * 1000)
        processes.enter(db, "other", step="9999", release="2", now_ms=now_ms)


def promised(ann: Somebody, line: str) -> Ask:
    return Ask("console", "", "team", line, event_id=f"self:{line}", promised_by=ann.id)


@pytest.mark.parametrize("line", ["chime 7", "undo no. 1 and more"])
def test_a_command_of_another_release_is_left_to_it(chat: Chat, ann: Somebody, line: str) -> None:
    """Whether its verb is new, or only what is said behind it."""
    beside(chat)
    with pytest.raises(Unknown):
        chat.app.dispatch.carry_out(promised(ann, line))
    with chat.read() as db:
        assert inbox.answered(db, f"main:console::self:{line}") is None


def test_where_no_other_release_is_at_work_what_cannot_be_read_is_said_so(chat: Chat, ann: Somebody) -> None:
    assert chat.app.dispatch.carry_out(promised(ann, "undo no. 1 and more")).name == "grammar/refusals/too_much"


def test_who_meets_the_older_one_of_two_is_told_so(chat: Chat, ann: Somebody) -> None:
    assert "being upgraded" not in words(ann.says("chime 7"))
    beside(chat)
    assert "being upgraded at this moment" in words(ann.says("chime 7"))
    assert "being upgraded" not in words(ann.says("undo"))


@pytest.mark.parametrize("change", [NEW_ROW, NEW_COLUMN], ids=["a table", "a column"])
def test_what_a_newer_release_has_changed_is_not_half_undone(chat: Chat, ann: Somebody, change: Change) -> None:
    ann.says("meeting new Forum end: 8 June 17:00")
    with chat.app.database.write() as db:
        journal.append(
            db,
            workspace.by_key(db, "main").id,
            at=chat.clock.now(),
            person_id=ann.id,
            meeting_id=db.scalar(select(Meeting.id)),
            platform="console",
            room="team",
            line="chime 7",
            changes=[change],
        )
    assert ann.says("undo").name == "journal/refusals/newer"
    assert "chime 7" in words(ann.says("log"))


def test_nobody_is_erased_by_halves(chat: Chat, ann: Somebody) -> None:
    """What a newer release keeps of people stands in tables that this one does not know."""
    chat.person("Bo")
    ann.says("person erase @Bo")
    with chat.app.database.write() as db:
        db.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32), runs_from VARCHAR(32))"))
        db.execute(text("INSERT INTO alembic_version VALUES ('9999', '0001')"))
    assert ann.presses("Erase for good").name == "people/refusals/newer"


def test_an_answer_that_another_release_has_given_is_given_again(chat: Chat, ann: Somebody) -> None:
    with chat.app.database.write() as db:
        kept = '{"name": "x", "locale": "en", "body": "done", "glow": true}'
        inbox.keep(db, "main:console:ann:event-x", kept, at_ms=1)
    assert ann.says("chime 7", event="event-x").body == "done"


def test_an_older_process_learns_that_it_must_go(huihou: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    huihou("db", "upgrade")
    database, gone, told = Database(f"sqlite:///{huihou.folder / 'huihou.db'}"), threading.Event(), []
    monkeypatch.setattr(presence, "EVERY_S", 0.01)

    def go(step: str) -> None:
        told.append(step)
        gone.set()

    here = Presence(database, CLOCK.now, "one", go)
    here.start()
    with database.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999', runs_from = '9999'"))
    assert gone.wait(30)
    here.stop()
    with database.read() as db:
        assert db.scalar(text("SELECT count(*) FROM process")) == 0
    assert told == ["9999"]


def test_an_operator_is_told_who_is_in_the_way_and_who_is_behind(
    huihou: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huihou("db", "upgrade")
    newest = migrations.steps()[-1]
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "HOME", release_to_come(tmp_path, runs_from=newest)[0])
        huihou("db", "upgrade")
    found = {one["check"]: one["level"] for one in huihou.json("doctor", code=None)}
    assert found["database_ahead"] == "warn"
    assert "nothing to do" in huihou("db", "upgrade").stdout
    assert "Checklist templates" in huihou("say", "template list", "--as", "Ann").stdout
    with Database(f"sqlite:///{huihou.folder / 'huihou.db'}").write() as db:
        db.execute(text("UPDATE alembic_version SET runs_from = '9999'"))
    assert "may no longer run on it" in huihou("say", "template list", code=1).stderr
    assert "may no longer run on it" in huihou("db", "upgrade", code=1).stderr


def test_an_upgrade_waits_for_those_who_could_not_live_with_it(
    huihou: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huihou("db", "upgrade")
    database = Database(f"sqlite:///{huihou.folder / 'huihou.db'}")
    here = Presence(database, CLOCK.now, "one")
    here.enter()
    monkeypatch.setattr(migrations, "HOME", release_to_come(tmp_path)[0])
    assert "A process of an older release is at work" in huihou("db", "upgrade", code=1).stderr
    assert migrations.standing(database).missing == ["9999"]
    with database.write() as db:
        processes.leave(db, "one")
    huihou("db", "upgrade")
