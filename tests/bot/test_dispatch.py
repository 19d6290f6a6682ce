"""One ask, one transaction, one answer; whatever goes wrong, nothing is half done and somebody is told."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import OperationalError

from bot import dispatch, logs
from bot.ask import Ask
from bot.dispatch import LONGEST_FIELD, LONGEST_LINE
from handlers.context import Context
from handlers.grammar import Text
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer
from storage import files, inbox, journal, meetings, outbox, people, workspace
from storage.base import Database, Stale
from storage.edits import Edits
from storage.files import File
from storage.meetings import Meeting
from storage.people import Person
from storage.verifying import verify
from tests.chat import Chat, Somebody, buttons
from tests.chat import text as words


@dataclass
class Stage:
    """Commands to test with: each writes first, so that what is left behind can be seen."""

    chat: Chat
    router: Router = field(default_factory=Router)
    does: Callable[[Context], None] = lambda _ctx: None
    runs: int = 0

    def __post_init__(self) -> None:
        self.router.command("name", zh="改名")(self.name)
        self.router.command("password", zh="密码", secret=True)(self.password)
        self.router.command("look", zh="看")(self.look)

    def name(self, ctx: Context, new: Text = "") -> Message:
        """Rename yourself: name Ann"""
        self.runs += 1
        ctx.person.name = new
        ctx.db.flush()
        self.does(ctx)
        return Message(name="x", locale="en", body=f"You are {new}, run {self.runs}")

    def password(self, ctx: Context, new: Text = "") -> Message:
        """Set a password: password hunter2"""
        ctx.person.zone = "Europe/Berlin"
        ctx.db.flush()
        self.does(ctx)
        return Message(name="x", locale="en", body="set")

    def look(self, ctx: Context, what: Text = "") -> Message:
        """Look at something: look it"""
        self.does(ctx)
        return Message(name="x", locale="en", body=what)

    def named(self, somebody: Somebody) -> str:
        with self.chat.read() as db:
            return db.get_one(Person, somebody.id).name

    def lines(self) -> list[str]:
        with self.chat.read() as db:
            return [entry.line for entry in db.scalars(select(journal.Entry).order_by(journal.Entry.seq))]

    def raises(self, *errors: Exception) -> None:
        """The next runs fail so, one after the other; those after them do not."""
        left = list(errors)

        def fail(_ctx: Context) -> None:
            if left:
                raise left.pop(0)

        self.does = fail


@pytest.fixture
def stage(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage(chat)
    monkeypatch.setattr(dispatch, "router", made.router)
    return made


@pytest.fixture
def ann(chat: Chat, stage: Stage) -> Somebody:
    return chat.person("Ann")


# --- once


def test_the_same_event_gets_the_same_answer_and_nothing_happens_twice(stage: Stage, ann: Somebody) -> None:
    first = ann.says("name Anna", event="7")
    again = ann.says("name Anna", event="7")
    assert first.model_dump_json() == again.model_dump_json()
    assert stage.runs == 1
    assert stage.lines() == ["name Anna"]


def test_the_answer_is_kept_byte_for_byte(stage: Stage, ann: Somebody) -> None:
    given = ann.says("name 安", event="7").kept()
    with stage.chat.read() as db:
        assert inbox.answered(db, "main:console:ann:7") == given


def test_an_event_is_one_person_s_on_one_platform_in_one_workspace(stage: Stage, ann: Somebody) -> None:
    bob = stage.chat.person("Bob")
    ann.says("name one", event="7")
    bob.says("name two", event="7")
    ann.says("name three", event="7", platform="web")
    ann.says("name four", event="7", workspace="other")
    assert stage.runs == 4


def test_an_event_of_any_length_is_known_again(stage: Stage, ann: Somebody) -> None:
    for _ in range(2):
        ann.says("name one", event="7" * 1000)
        ann.says("name two", event="7" * 1000 + "8")
    assert stage.runs == 2


def test_a_repeat_that_comes_while_the_first_still_runs_waits_for_its_answer(stage: Stage, ann: Somebody) -> None:
    running, go_on = threading.Event(), threading.Event()

    def hold(_ctx: Context) -> None:
        running.set()
        assert go_on.wait(10)

    stage.does = hold
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ann.says, "name Anna", event="7")
        assert running.wait(10)
        second = pool.submit(ann.says, "name Anna", event="7")
        assert not second.done()
        go_on.set()
        assert first.result(10) == second.result(10)
    assert stage.runs == 1


def test_delivery_is_woken_once_it_is_committed(stage: Stage, ann: Somebody) -> None:
    seen: list[str] = []
    stage.chat.app.dispatch.after = lambda: seen.append(stage.named(ann))
    ann.says("name Anna")
    assert seen == ["Anna"]


# --- refused


def test_a_refusal_takes_everything_back_but_remembers_who_came(stage: Stage) -> None:
    stage.raises(Refused("common/broken", reference="x"))
    ann = stage.chat.person("Ann")
    new = Somebody(stage.chat, "new", "New", 0)
    answer = new.says("name Other", room="new room", files={"a.txt": b"a"})
    assert answer.refused
    assert stage.lines() == []
    assert stage.named(ann) == "Ann"
    with stage.chat.read() as db:
        place = workspace.by_key(db, "main")
        account = people.account(db, place.id, "console", "new")
        assert account is not None
        assert people.get(db, account.person_id).name == "New"
        assert db.scalar(select(func.count()).select_from(File)) == 1  # what was sent is not lost


def test_a_refusal_is_an_answer_and_is_repeated(stage: Stage, ann: Somebody) -> None:
    stage.raises(Refused("common/broken", reference="x"))
    assert ann.says("name Anna", event="7") == ann.says("name Anna", event="7")
    assert stage.runs == 1


def test_what_the_refused_had_promised_is_not_promised(stage: Stage, ann: Somebody) -> None:
    def promise_and_refuse(ctx: Context) -> None:
        ctx.promise("hello", ctx.room, Message(name="x", locale="en", body="hello"))
        raise Refused("common/broken", reference="x")

    stage.does = promise_and_refuse
    ann.says("name Anna")
    with stage.chat.read() as db:
        assert outbox.waiting(db) == 0


# --- broken


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_a_bug_is_apologised_for_with_a_reference(stage: Stage, locale: str, log: io.StringIO) -> None:
    ann = stage.chat.person("Ann", locale=locale)
    stage.raises(ZeroDivisionError("the bug"))
    answer = ann.says("name Anna", event="7")
    assert (answer.name, answer.locale) == ("common/refusals/broken", locale)
    assert stage.named(ann) == "Ann"
    assert stage.lines() == []
    (line,) = map(json.loads, log.getvalue().splitlines())
    assert line["reference"] in answer.body
    assert "ZeroDivisionError: the bug" in line["exception"]
    assert "Anna" not in str(line)


def test_after_a_bug_a_repeat_of_the_event_is_tried_anew(stage: Stage, ann: Somebody) -> None:
    stage.raises(ZeroDivisionError())
    assert ann.says("name Anna", event="7").refused
    assert not ann.says("name Anna", event="7").refused
    assert stage.named(ann) == "Anna"


def test_a_refusal_without_words_is_a_bug_like_any_other(stage: Stage, ann: Somebody) -> None:
    stage.raises(Refused("common/there_is_no_such_block"))
    assert ann.says("name Anna").name == "common/refusals/broken"
    assert stage.named(ann) == "Ann"


@pytest.mark.parametrize("errors", [[Stale()], [Stale(), Stale()]])
def test_who_was_second_is_tried_once_more_and_then_told(stage: Stage, ann: Somebody, errors: list[Exception]) -> None:
    stage.raises(*errors)
    answer = ann.says("name Anna")
    if len(errors) == 1:
        assert answer.body == "You are Anna, run 2"
        assert stage.lines() == ["name Anna"]
        return
    assert answer.name == "common/refusals/busy"
    assert "say it again" in answer.body
    assert [button.line for button in buttons(answer)] == ["name Anna"]
    assert stage.named(ann) == "Ann"
    ann.presses("Say it again")
    assert stage.named(ann) == "Anna"


def test_a_refusal_that_names_what_somebody_is_just_removing_is_made_anew(
    stage: Stage, ann: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that a refusal names are looked at again after its rollback, and meanwhile others may write."""
    ann.says("look")
    with stage.chat.app.database.write() as db:
        day = datetime(2026, 6, 8, 9, tzinfo=UTC)
        db.add(
            Meeting(workspace_id=1, number=1, name_en="Forum", starts_at=day, ends_at=day, zone="UTC", template_id=1)
        )

    def fail(ctx: Context) -> None:
        row = meetings.by_number(ctx.db, 1, 1)
        offers = [Offer("meeting_use", "meeting use M1", facts={"meeting": row})] if row else []
        raise Refused("meetings/which", buttons=offers)

    stage.does = fail
    going_back = Edits.rollback

    def rollback(db: Edits) -> None:
        going_back(db)
        with stage.chat.app.database.writer.begin() as other:
            other.execute(delete(Meeting))

    monkeypatch.setattr(Edits, "rollback", rollback)
    answer = ann.says("look")
    assert (answer.name, buttons(answer)) == ("meetings/refusals/which", [])


@pytest.mark.parametrize("how", [{"line": "password hunter2"}, {"line": "name", "fields": {"new": "y"}}])
def test_a_button_repeats_neither_secrets_nor_half_a_form(stage: Stage, ann: Somebody, how: dict[str, Any]) -> None:
    stage.raises(Stale(), Stale())
    answer = ann.says(**how)
    assert answer.name == "common/refusals/busy"
    assert buttons(answer) == []


def test_two_who_change_the_same_row_at_once_lose_nothing(stage: Stage, ann: Somebody) -> None:
    """The row is read in each one's own transaction; SQLite lets them take turns."""
    chain: list[str] = []
    stage.does = lambda ctx: chain.append(ctx.person.name)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: ann.says(f"name Ann{number}"), range(20)))
    assert stage.runs == 20
    assert len(stage.lines()) == 20
    with stage.chat.read() as db:
        assert verify(db, 1) == (20, [])


def locked() -> OperationalError:
    cause = Exception("database is locked")
    cause.sqlite_errorcode = 5  # type: ignore[attr-defined]
    return OperationalError("BEGIN IMMEDIATE", {}, cause)


def test_a_database_that_stays_locked_is_said_to_be_so(stage: Stage, ann: Somebody) -> None:
    stage.raises(locked())
    answer = ann.says("name Anna", event="7")
    assert answer.name == "common/refusals/locked"
    assert "in a minute" in answer.body
    assert stage.named(ann) == "Ann"
    assert ann.says("name Anna", event="7").body == "You are Anna, run 2"


def fill_the_disk(chat: Chat, *, full: bool) -> None:
    """SQLite's own way of being refused another page; it holds for the one connection that writes."""
    with chat.app.database.writer.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={1 if full else 1_000_000}")


@pytest.mark.usefixtures("sqlite", "log")
def test_a_full_disk_is_said_to_be_so_and_leaves_nothing_half_done(stage: Stage, ann: Somebody) -> None:
    ann.says("name Anna")
    fill_the_disk(stage.chat, full=True)
    answer = ann.says(f"name {'x' * 3900}", event="7")
    for _ in range(20):  # some room may be left in pages that are there already
        if answer.refused:
            break
        answer = ann.says(f"name {'y' * 3900}")
    assert answer.name == "common/refusals/full"
    assert "disk is full" in answer.body
    entries = len(stage.lines())
    assert ann.says(f"name {'z' * 3900}", event="8").name == "common/refusals/full"
    assert len(stage.lines()) == entries
    with stage.chat.read() as db:
        assert verify(db, 1) == (entries, [])
        assert db.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    fill_the_disk(stage.chat, full=False)
    assert not ann.says("name Zoe", event="8").refused
    assert stage.named(ann) == "Zoe"


def test_no_database_at_all_still_gets_an_answer(stage: Stage, ann: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "write", gone)
    monkeypatch.setattr(Database, "read", gone)
    answer = ann.says("name Anna")
    assert answer.name == "common/refusals/broken"
    assert answer.locale == "en"


def gone(_database: object) -> Any:
    raise ConnectionRefusedError


# --- what is typed


def test_a_line_has_room_enough_and_no_more(stage: Stage, ann: Somebody) -> None:
    assert not ann.says("look " + "x" * (LONGEST_LINE - 5)).refused
    answer = ann.says("look " + "x" * (LONGEST_LINE - 4))
    assert answer.name == "grammar/refusals/too_long"
    assert f"{LONGEST_LINE} characters" in words(answer).replace(",", "")


def test_so_has_a_field(stage: Stage, ann: Somebody) -> None:
    assert not ann.says("look", fields={"what": "x" * LONGEST_FIELD}).refused
    assert ann.says("look", fields={"what": "x" * (LONGEST_FIELD + 1)}).name == "grammar/refusals/too_long"


def test_what_no_database_keeps_is_left_out(stage: Stage) -> None:
    odd = Somebody(stage.chat, "odd", "O\ud800d\0d", 0)
    assert odd.says("name A\0n\udfffn").body == "You are An?n, run 1"
    assert stage.lines() == ["name An?n"]


def test_names_are_kept_as_far_as_there_is_room_for_them(stage: Stage) -> None:
    long = Somebody(stage.chat, "long", "x" * 500, 0)
    assert not long.says("look", direct=True).refused
    with stage.chat.read() as db:
        assert db.scalars(select(Person.name)).all() == ["x" * 100]


def test_files_are_stored_with_what_was_asked(stage: Stage, ann: Somebody) -> None:
    seen: list[str] = []
    stage.does = lambda ctx: seen.extend(f"{file.ref} {file.name} {file.size}" for file in ctx.files)
    ann.says("look", files={"a.txt": b"a", "b.txt": b"bb"})
    ann.says("look", files={"c.txt": b"ccc"})
    assert seen == ["F1 a.txt 1", "F2 b.txt 2", "F3 c.txt 3"]


# --- journal and secrets


def test_only_what_changed_something_is_journalled(stage: Stage, ann: Somebody) -> None:
    ann.says("look here")
    ann.says("name Anna")
    with stage.chat.read() as db:
        (entry,) = db.scalars(select(journal.Entry))
    assert (entry.line, entry.person_id, entry.platform, entry.room) == ("name Anna", ann.id, "console", "team")
    assert [(change.before, change.after) for change in entry.changes()] == [({"name": "Ann"}, {"name": "Anna"})]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as the bot writes it."""
    written, before = io.StringIO(), structlog.get_config()
    with contextlib.redirect_stderr(written):
        logs.configure(json=True)
        yield written
    structlog.configure(**before)
    logging.getLogger().handlers.clear()


ERRORS = [None, Stale(), ZeroDivisionError(), locked(), Refused("common/broken", reference="x")]


@pytest.mark.parametrize("error", ERRORS)
def test_a_secret_is_written_down_nowhere(
    stage: Stage, ann: Somebody, error: Exception | None, log: io.StringIO
) -> None:
    stage.raises(*([error, error] if error else []))
    ann.says("password hunter2")
    with stage.chat.read() as db:
        rows = [str(db.execute(table.select()).all()) for table in (inbox.inbox, outbox.outbox)]
        rows += [entry.line + entry.body for entry in db.scalars(select(journal.Entry))]
    assert "hunter2" not in "".join(rows) + log.getvalue()
    assert stage.lines() == ([] if error else ["password …"])


# --- the bot asks itself


def promised(ask: dict[str, Any]) -> Ask:
    return Ask(platform="console", account="", room="team", event_id="self:report", **ask)


def answers(chat: Chat) -> list[str]:
    with chat.read() as db:
        rows = db.execute(select(outbox.outbox.c.payload).order_by(outbox.outbox.c.id))
        return [json.loads(row.payload)["body"] for row in rows]


def test_what_the_bot_promised_to_itself_runs_once_as_the_person_and_answers_in_the_room(
    stage: Stage, ann: Somebody
) -> None:
    ask = promised({"line": "name Anna", "promised_by": ann.id})
    for _ in range(2):
        stage.chat.app.dispatch.carry_out(ask)
    assert stage.runs == 1
    assert stage.named(ann) == "Anna"
    assert answers(stage.chat) == ["You are Anna, run 1"]


@pytest.mark.parametrize("error", [Stale(), locked()])
def test_what_keeps_it_from_running_is_raised_so_that_it_comes_again(
    stage: Stage, ann: Somebody, error: Exception
) -> None:
    stage.raises(error, error)
    ask = promised({"line": "name Anna", "promised_by": ann.id})
    with pytest.raises(type(error)):
        stage.chat.app.dispatch.carry_out(ask)
    assert answers(stage.chat) == []
    stage.raises()
    stage.chat.app.dispatch.carry_out(ask)
    assert stage.named(ann) == "Anna"


def test_later_is_after_the_answer_in_the_same_room(stage: Stage, ann: Somebody) -> None:
    stage.does = lambda ctx: None if ctx.line.startswith("name") else later(ctx)
    assert ann.says("look").body == ""
    assert stage.named(ann) == "Ann"
    stage.chat.settle()
    assert stage.named(ann) == "Anna"
    assert [message.body for message in stage.chat.room().heard()] == ["You are Anna, run 1"]
    assert stage.lines() == ["name Anna"]


def later(ctx: Context) -> None:
    assert ctx.later("name Anna", key="later:1")
    assert not ctx.later("name Anna", key="later:1")


def test_what_is_refused_later_is_said_in_the_room_too(stage: Stage, ann: Somebody) -> None:
    ann.says("look")
    stage.does = later
    ann.says("look")
    stage.raises(Refused("common/broken", reference="abc123"))
    stage.chat.settle()
    (message,) = stage.chat.room().heard()
    assert "abc123" in message.body


def test_an_event_of_the_bot_s_own_may_be_long(stage: Stage, ann: Somebody) -> None:
    ask = Ask("console", "", "team", "name Anna", event_id="self:" + "k" * 120, promised_by=ann.id)
    stage.chat.app.dispatch.carry_out(ask)
    with stage.chat.read() as db:
        assert max(map(len, db.scalars(select(outbox.outbox.c.dedupe_key)))) <= 120


def test_files_of_one_workspace_have_numbers_of_their_own(stage: Stage, ann: Somebody) -> None:
    ann.says("look", files={"a.txt": b"a"})
    ann.says("look", files={"b.txt": b"b"}, workspace="other")
    with stage.chat.read() as db:
        here, there = (workspace.by_key(db, key).id for key in ("main", "other"))
        assert [files.by_number(db, place, 1).name for place in (here, there)] == ["a.txt", "b.txt"]  # type: ignore[union-attr]


def test_a_deferred_answer_is_promised_where_it_belongs_and_only_once(chat: Chat) -> None:
    ann = chat.person("Ann")
    for _ in range(2):
        chat.answer(Ask("console", ann.account, "team", "help", "once", deferred=True, answer_in="1718.1"))
    with chat.app.database.read() as db:
        rows = db.execute(select(outbox.outbox.c.thread, outbox.outbox.c.reader)).all()
    assert rows == [("1718.1", "")]


def test_after_a_bug_the_answer_to_a_repeat_of_a_deferred_event_is_promised_too(stage: Stage, ann: Somebody) -> None:
    stage.raises(ZeroDivisionError(), ZeroDivisionError())
    for _ in range(4):
        stage.chat.answer(Ask("console", ann.account, "team", "name Anna", "once", deferred=True))
    with stage.chat.read() as db:
        said = [Message.known(payload) for payload in db.scalars(select(outbox.outbox.c.payload))]
    assert [message.refused for message in said] == [True, False]
    assert "Anna" in said[1].body


def test_a_repeat_of_a_deferred_secret_does_nothing_and_says_nothing(chat: Chat) -> None:
    """Every run of ``link`` makes the code of the one before void."""
    ann = chat.person("Ann")
    answers = {chat.answer(Ask("console", ann.account, "team", "link", "once", deferred=True)).body for _ in range(3)}
    with chat.app.database.read() as db:
        [said] = [Message.known(payload) for payload in db.scalars(select(outbox.outbox.c.payload))]
    assert answers == {said.body}


def test_a_deferred_answer_for_one_person_names_its_reader(chat: Chat) -> None:
    ann = chat.person("Ann")
    chat.answer(Ask("console", ann.account, "team", "done", "once", deferred=True))
    with chat.app.database.read() as db:
        assert db.execute(select(outbox.outbox.c.reader)).scalars().all() == [ann.account]


@pytest.mark.parametrize(
    ("line", "window", "promised"),
    [
        ("due T1", set(), True),
        ("due T1", {"form"}, False),
        ("done T999", {"form"}, True),
        ("done T999", {"form", "refusal"}, False),
        ("list", {"form", "refusal"}, True),
    ],
)
def test_what_the_platform_shows_in_a_window_is_not_promised(
    chat: Chat, line: str, window: set[str], *, promised: bool
) -> None:
    ann = chat.person("Ann")
    ann.says("meeting new Annual Conference end: 8 June 2026 17:00")
    answer = chat.answer(Ask("console", ann.account, "team", line, "once", deferred=True, window=frozenset(window)))
    with chat.app.database.read() as db:
        assert bool(db.execute(select(outbox.outbox.c.reader)).all()) == promised
    assert answer == chat.answer(Ask("console", ann.account, "team", line, "once", deferred=True))


def test_the_answer_to_a_secret_is_not_kept(chat: Chat) -> None:
    ann = chat.person("Ann")
    code = ann.says("link", event="once")
    with chat.app.database.read() as db:
        kept = db.execute(select(inbox.inbox.c.answer)).scalars().all()
    assert not kept
    assert ann.says("link", event="once") != code
