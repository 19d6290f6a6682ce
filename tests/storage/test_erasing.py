"""A workspace is taken out whole, and nothing of another one goes with it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import storage
from storage import erasing, outbox, workspace
from storage.base import Base
from storage.verifying import verify
from tests.chat import Chat

OTHER = "slack:T2"
OF_NOBODY = {"inbox", "lane", "lease", "outbox", "process", "slack_installation", "wecom_token"}
"""Tables without a link to a workspace."""
PHOTO = b"\xff\xd8\xff" + b"x" * 100


def counts(db: Session) -> dict[str, int]:
    found = {table.name: db.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables}
    return {name: count for name, count in found.items() if count and name != "inbox"}


def lives_in(chat: Chat, key: str, photo: bytes) -> None:
    """Something in as many tables as some sentences reach."""
    ann, li = chat.person("Ann"), chat.person("Li")
    for who, line in (
        (ann, "meeting new Forum end: yesterday 17:00"),
        (li, "today"),
        (ann, "assign T5 @Li"),
        (ann, "watch T9"),
        (ann, "note T5 soon"),
        (ann, "role set logistics @Li"),
        (ann, "settings dayoff 2026-12-31"),
        (ann, "link"),
        (li, "away 2026-06-20..2026-06-22"),
    ):
        answer = who.says(line, workspace=key)
        assert not answer.refused, (line, answer.body)
    ann.says("attach T1", workspace=key, files={"hall.jpg": photo})
    chat.settle()


def place_of(chat: Chat, key: str) -> int:
    with chat.read() as db:
        found = workspace.find(db, key)
        assert found is not None
        return found.id


def erased(chat: Chat, key: str) -> list[str]:
    with chat.app.database.write() as db:
        return erasing.erase(db, place_of(chat, key))


REACHED = set("journal journal_task outbox lane nudge file proof task leave room person note watcher".split())


def test_nothing_is_left_of_it_and_everything_of_the_other(chat: Chat) -> None:
    lives_in(chat, "main", PHOTO)
    with chat.read() as db:
        before = counts(db)
    lives_in(chat, OTHER, PHOTO + b"other")
    with chat.read() as db:
        assert counts(db) != before
    [digest] = erased(chat, OTHER)
    chat.app.files.remove(digest)
    with chat.read() as db:
        assert counts(db) == before
        assert workspace.find(db, OTHER) is None
        assert verify(db, place_of(chat, "main"))[1] == []
    assert len([path for path in (chat.app.settings.data / "files").rglob("*") if path.is_file()]) == 1


def test_not_a_row_is_left_when_the_last_one_goes(chat: Chat) -> None:
    lives_in(chat, "main", PHOTO)
    chat.wait("2026-06-10 09:30")
    with chat.read() as db:
        assert set(counts(db)) >= REACHED
    erased(chat, "main")
    with chat.read() as db:
        assert counts(db) == {}


def test_a_file_that_another_one_has_too_is_not_named(chat: Chat) -> None:
    for key in ("main", OTHER):
        lives_in(chat, key, PHOTO)
    assert erased(chat, OTHER) == []
    assert len(erased(chat, "main")) == 1


def test_what_would_go_is_told_before(chat: Chat) -> None:
    lives_in(chat, "main", PHOTO)
    with chat.read() as db:
        told = erasing.size(db, place_of(chat, "main"))
        assert told == {name: count for name, count in counts(db).items() if name not in OF_NOBODY}
        assert (told["meeting"], told["file"], told["person"]) == (1, 1, 2)


def test_every_table_is_known_to_it() -> None:
    for module in iter_modules(storage.__path__):
        import_module(f"storage.{module.name}")
    doomed = {table.name for table, _ in erasing._doomed(1)}  # noqa: SLF001  what it goes through
    assert doomed | OF_NOBODY == set(Base.metadata.tables)
    assert not doomed & OF_NOBODY


def heard(db: Session, key: str, room_id: int) -> None:
    lane = f"in:{room_id}"
    assert outbox.promise(db, key, lane_key=lane, platform="wecom-in", interval_ms=0, payload="{}", now_ms=0)


def test_what_was_heard_in_its_rooms_goes_too(chat: Chat) -> None:
    lives_in(chat, "main", PHOTO)
    with chat.app.database.write() as db:
        heard(db, "one", 1)
        heard(db, "another's", 999)
    erased(chat, "main")
    assert promised(chat) == [("in:999", 1)]


def promised(chat: Chat) -> list[tuple[str, int]]:
    with chat.read() as db:
        return [tuple(row) for row in db.execute(select(outbox.outbox.c.lane, func.count()).group_by("lane"))]


def test_the_promises_of_another_workspace_are_kept(chat: Chat) -> None:
    lives_in(chat, "main", PHOTO)
    chat.wait("2026-06-10 09:30")
    before = promised(chat)
    lives_in(chat, OTHER, PHOTO)
    chat.wait("2026-06-10 15:50")
    assert {lane for lane, _ in before} < {lane for lane, _ in promised(chat)}
    erased(chat, OTHER)
    assert {lane for lane, _ in before} == {lane for lane, _ in promised(chat)}
