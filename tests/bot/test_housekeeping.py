"""What is forgotten after a while, and what never is."""

from __future__ import annotations

import os
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from sqlalchemy import String
from structlog.testing import capture_logs

import storage
from bot import housekeeping
from bot.retention import KeepSettings
from messages import Message
from storage import inbox, journal, outbox, rooms, tickets
from storage.base import Base
from storage.files import File
from storage.folder import Folder
from storage.outbox import Promise
from storage.verifying import verify
from tests.chat import Chat, text

NAMING = {"TicketFile.digest", "File.digest", "ArchiveEntry.sha256"}
"""What ``storage.archive.unnamed`` asks."""
OF_SOMETHING_ELSE = {
    "MemberSight.digest",
    "MemberUpdate.digest",
    *("Anchor.hash", "Erasure.digest"),
    *("Elsewhere.sha256", "Entry.digest", "Entry.hash", "Entry.previous", "Letter.approved_digest", "Letter.digest"),
    *("LinkCode.digest", "Template.digest", "Ticket.digest", "TicketFile.batch"),
}


def ms(chat: Chat) -> int:
    return int(chat.clock.now().timestamp() * 1000)


def promise(chat: Chat, key: str, state: Promise) -> None:
    with chat.app.database.write() as db:
        body = Message(name="x", locale="en").model_dump_json()
        outbox.promise(
            db, key, lane_key="room:1", platform="web", interval_ms=0, payload=body, now_ms=ms(chat), room_id=None
        )
        db.execute(outbox.outbox.update().where(outbox.outbox.c.dedupe_key == key).values(state=state))


def kept(chat: Chat, *keys: str) -> list[str]:
    with chat.app.database.read() as db:
        return [key for key in keys if outbox.promised(db, key) is not None]


def test_an_event_is_remembered_for_a_week(chat: Chat) -> None:
    chat.person("Ann").says("template list", event="same")
    for days, known in ((6, True), (2, False)):
        chat.clock.move_to(chat.clock.now() + timedelta(days=days))
        chat.settle()
        with chat.app.database.read() as db:
            assert (inbox.answered(db, "main:console:ann:same") is not None) == known


def test_promises_are_forgotten_when_they_were_kept_or_dropped_but_never_when_given_up(chat: Chat) -> None:
    for state in (Promise.SENT, Promise.DROPPED, Promise.DEAD, Promise.READY):
        promise(chat, state.name, state)
    housekeeping.tidy(chat.app.database, None, chat.clock.now() + timedelta(days=29))
    assert kept(chat, "SENT", "DROPPED", "DEAD", "READY") == ["SENT", "DROPPED", "DEAD", "READY"]
    housekeeping.tidy(chat.app.database, None, chat.clock.now() + timedelta(days=31))
    assert kept(chat, "SENT", "DROPPED", "DEAD", "READY") == ["DEAD", "READY"]


def test_how_long_that_is_can_be_set(chat: Chat) -> None:
    chat.person("Ann").says("template list", event="same")
    promise(chat, "SENT", Promise.SENT)
    later = chat.clock.now() + timedelta(days=31)
    housekeeping.tidy(chat.app.database, None, later, KeepSettings(sent_days=40, asks_days=40))
    assert kept(chat, "SENT") == ["SENT"]
    with chat.app.database.read() as db:
        assert inbox.answered(db, "main:console:ann:same") is not None
    housekeeping.tidy(chat.app.database, None, later, KeepSettings(sent_days=30, asks_days=30))
    assert kept(chat, "SENT") == []


def test_the_journal_goes_when_its_time_is_over_and_says_so(chat: Chat) -> None:
    ann = chat.person("Ann")
    for zone in ("Asia/Tokyo", "Europe/Berlin"):
        ann.says(f"settings zone {zone}")
    later = chat.clock.now() + timedelta(days=200)
    for days, gone in ((0, False), (201, False), (20, True)):
        housekeeping.tidy(chat.app.database, None, later, KeepSettings(journal_days=days))
        with chat.app.database.read() as db:
            broken = verify(db, 1)[1]
            assert (journal.numbered(db, 1, 1) is None, broken) == (gone, [])
    assert "as their time was over" in text(ann.says("log all"))


@pytest.mark.parametrize("number", [999, 1000, 2500])
def test_much_is_forgotten_in_small_steps(chat: Chat, number: int) -> None:
    with chat.app.database.write() as db:
        for n in range(number):
            inbox.keep(db, f"old-{n}", "", at_ms=ms(chat))
    housekeeping.tidy(chat.app.database, None, chat.clock.now() + timedelta(days=8))
    with chat.app.database.read() as db:
        assert inbox.answered(db, "old-0") is None
        assert inbox.answered(db, f"old-{number - 1}") is None


def test_it_is_done_once_a_day(chat: Chat) -> None:
    chat.settle()
    first = chat.app.ticks.tidied
    chat.clock.move_to(chat.clock.now() + timedelta(hours=23))
    chat.settle()
    assert chat.app.ticks.tidied == first
    chat.clock.move_to(chat.clock.now() + timedelta(hours=1))
    chat.settle()
    assert chat.app.ticks.tidied == chat.clock.now()


def test_a_page_that_has_ended_says_so_for_a_week(chat: Chat) -> None:
    ann, now = chat.person("Ann"), chat.clock.now()
    ann.says("template list", direct=True)
    with chat.app.database.write() as db:
        room = rooms.direct(db, [ann.id])[0]
        token = tickets.issue(
            db,
            room.workspace_id,
            kind=tickets.Kind.FORM,
            person_id=ann.id,
            room_id=room.id,
            platform="console",
            account="ann",
            payload="{}",
            now=now,
        )
    for days, known in ((8, True), (9, False)):
        housekeeping.tidy(chat.app.database, None, now + timedelta(days=days))
        with chat.app.database.read() as db:
            assert (tickets.find(db, token, now) is not None) == known, days


@pytest.mark.parametrize(("hours", "stays"), [(1, True), (25, False), (24 * 29, False), (24 * 31, True)])
def test_bytes_that_no_row_came_to_know_go_after_a_day(chat: Chat, hours: int, *, stays: bool) -> None:
    store, ann = chat.app.files, chat.person("Ann")
    assert isinstance(store, Folder)
    ann.says("help", files={"a.pdf": b"%PDF-1.4"})
    orphan = store.put([b"orphan"], limit=10).digest
    for path in store.root.glob("??/??/*"):
        moment = (chat.clock.now() - timedelta(hours=hours)).timestamp()
        os.utime(path, (moment, moment))
    with chat.app.database.read() as db:
        [file] = db.query(File)
    housekeeping.tidy(chat.app.database, store, chat.clock.now())
    assert store.has(file.digest)
    assert store.has(orphan) == stays


class Away(Folder):
    """A store that cannot be reached; how often somebody tried."""

    tried = 0

    def tidy(self, *, before: float) -> int:
        self.tried += 1
        raise ConnectionError("https://s3.example.org said nothing")


def test_a_store_that_is_away_keeps_nothing_else_from_being_forgotten_and_is_tried_again_a_day_later(
    chat: Chat, tmp_path: Path
) -> None:
    chat.person("Ann").says("template list", event="same")
    promise(chat, "SENT", Promise.SENT)
    chat.app.ticks.store = store = Away(tmp_path)
    chat.clock.move_to(chat.clock.now() + timedelta(days=31))
    with capture_logs() as logs:
        chat.app.ticks.tick()
    assert [(one["event"], one.get("error")) for one in logs] == [("store not tidied", "ConnectionError")]
    assert (kept(chat, "SENT"), chat.app.ticks.tidied) == ([], chat.clock.now())
    for hours, tried in ((0, 1), (23, 1), (1, 2)):
        chat.clock.move_to(chat.clock.now() + timedelta(hours=hours))
        chat.app.ticks.tick()
        assert store.tried == tried


def test_every_column_that_may_name_bytes_is_asked_or_names_something_else() -> None:
    for module in iter_modules(storage.__path__):
        import_module(f"storage.{module.name}")
    sums = {
        f"{mapper.class_.__name__}.{column.key}"
        for mapper in Base.registry.mappers
        for column in mapper.columns
        if isinstance(column.type, String) and column.type.length == len(sha256().hexdigest())
    }
    assert sums == NAMING | OF_SOMETHING_ELSE
