"""The chain holds or names what does not; what changed leads from the rows before to the rows after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from storage import chain, journal, people, undo, workspace
from storage.base import Base, Database, Session
from storage.checklist import Note, Task
from storage.journal import Change, Entry
from storage.meetings import Meeting
from storage.people import Account, Person
from storage.templates import Template
from storage.verifying import verify
from tests.chat import at
from tests.databases import address

NOW = at("2026-06-10 08:00")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Session]:
    database = Database(address(tmp_path), synchronous="OFF")
    Base.metadata.create_all(database.writer)
    with database.write() as session:
        yield session
    database.close()


def written(db: Session, lines: int) -> int:
    """A workspace whose journal has so many entries; its id."""
    place = workspace.by_key(db, "main")
    ann = people.met(db, place.id, "console", "ann", name="Ann")
    changes = journal.watch(db)
    for n in range(lines):
        ann.zone = f"Zone/{n}"
        db.flush()
        append(db, place.id, ann.id, changes, line=f"settings zone Zone/{n}", minutes=n)
        changes.clear()
    return place.id


def append(
    db: Session, place: int, person: int, changes: list[Change], *, line: str, minutes: int, undoes: int | None = None
) -> int:
    return journal.append(
        db,
        place,
        at=NOW + timedelta(minutes=minutes),
        person_id=person,
        meeting_id=None,
        platform="console",
        room="team",
        line=line,
        changes=changes,
        undoes=undoes,
    )


def test_a_chain_that_nobody_touched_verifies(db: Session) -> None:
    assert verify(db, written(db, 5)) == (5, [])


def _body(db: Session) -> None:
    db.execute(update(Entry).where(Entry.seq == 3).values(body=func.replace(Entry.body, "Zone/1", "Zone/7")))


def _blanked(db: Session) -> None:
    db.execute(update(Entry).where(Entry.seq == 3).values(body="", line=""))


def _erased_untold(db: Session) -> None:
    """Pieces are gone as if for somebody's sake, and nothing tells of it."""
    entry = db.scalars(select(Entry).where(Entry.seq == 3)).one()
    erase(entry, lambda piece: isinstance(piece, dict))
    db.flush()


def erase(entry: Entry, personal: Callable[[Any], bool]) -> None:
    body = chain.without(entry.body, personal)
    assert body is not None
    entry.body = body
    entry.line, entry.room = chain.shown(chain.opened(body))


def _order(db: Session) -> None:
    """Entries 3 and 4 change places."""
    for old, new in ((3, 99), (4, 3), (99, 4)):
        db.execute(update(Entry).where(Entry.seq == old).values(seq=new))


def _gone(db: Session) -> None:
    db.execute(delete(Entry).where(Entry.seq == 3))


def _who(db: Session) -> None:
    db.execute(update(Entry).where(Entry.seq == 3).values(person_id=None))


def _where(db: Session) -> None:
    db.execute(update(Entry).where(Entry.seq == 3).values(room="elsewhere"))


def _moment(db: Session) -> None:
    db.execute(update(Entry).where(Entry.seq == 3).values(at=NOW))


def _rehashed(db: Session) -> None:
    """Somebody writes another body and makes its own digest and link right."""
    entry = db.scalars(select(Entry).where(Entry.seq == 3)).one()
    entry.body, entry.line = entry.body.replace("Zone/2", "Zone/9"), entry.line.replace("Zone/2", "Zone/9")
    entry.digest = chain.digest(entry.body)
    entry.hash = chain.link(vars(entry))
    db.flush()


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (_body, [3]),
        (_blanked, [3]),
        (_erased_untold, [3]),
        (_order, [3, 4, 5]),
        (_gone, [4, 5]),
        (_moment, [3]),
        (_who, [3]),
        (_where, [3]),
        (_rehashed, [4]),
    ],
)
def test_what_was_tampered_with_is_named(db: Session, tamper: Callable[[Session], None], named: list[int]) -> None:
    place = written(db, 5)
    tamper(db)
    db.expire_all()
    assert verify(db, place)[1] == named


def test_an_entry_that_was_slipped_in_is_named(db: Session) -> None:
    place = written(db, 5)
    for seq in (5, 4):
        db.execute(update(Entry).where(Entry.seq == seq).values(seq=seq + 1))
    third = db.scalars(select(Entry).where(Entry.seq == 3)).one()
    forged = {name: value for name, value in vars(third).items() if not name.startswith("_") and name != "id"}
    forged |= {"seq": 4, "previous": third.hash}
    db.add(Entry(**{**forged, "hash": chain.link(forged)}))
    db.flush()
    db.expire_all()
    assert verify(db, place) == (6, [5, 6])


def test_the_line_that_is_shown_is_the_line_that_was_hashed(db: Session) -> None:
    place = written(db, 3)
    db.execute(update(Entry).where(Entry.seq == 2).values(line="something else"))
    db.expire_all()
    assert verify(db, place)[1] == [2]


def test_pieces_are_erased_and_the_chain_still_verifies(db: Session) -> None:
    place = written(db, 4)
    second = db.scalars(select(Entry).where(Entry.seq == 2)).one()
    erase(second, lambda piece: piece == second.line)
    assert (second.line, second.room, len(second.changes()), second.erased) == ("", "team", 1, True)
    told(db, place, [2])
    assert verify(db, place) == (5, [])
    erase(second, lambda piece: isinstance(piece, dict))
    assert (second.changes(), "Zone" in second.body, verify(db, place)) == ([], False, (5, []))
    second.room = "elsewhere"
    db.flush()
    assert verify(db, place)[1] == [2]


def told(db: Session, place: int, entries: list[int]) -> None:
    """An entry by which somebody answers for what was erased."""
    changes = [Change("erasure", 1, None, {"entries": entries})]
    append(db, place, 1, changes, line="person erase", minutes=60)


def test_what_was_erased_cannot_be_found_out_by_trying(db: Session) -> None:
    """The salt goes with the piece, though the salts of the others are kept."""
    written(db, 1)
    entry = db.scalars(select(Entry)).one()
    whole = json.loads(entry.body)
    erase(entry, lambda piece: piece == whole["line"])
    left = json.loads(entry.body)
    salts = [salt for salt in left["salt"] if salt]
    tried = {hashlib.sha256(f"{salt}{json.dumps(whole['line'])}".encode()).hexdigest() for salt in [*salts, "", "None"]}
    assert (whole["salt"] in entry.body, left["salt"][0], left["line"]["erased"] in tried) == (False, None, False)


BODIES = st.lists(st.dictionaries(st.text(max_size=5), st.none() | st.text() | st.integers(), max_size=3), max_size=5)


@given(line=st.text(), room=st.text(), changes=BODIES, going=st.lists(st.sets(st.integers(0, 6)), max_size=3))
@settings(deadline=None, max_examples=1000)
def test_whatever_is_erased_from_a_body_leaves_its_digest(
    line: str, room: str, changes: Any, going: list[set[int]]
) -> None:
    body, digest = chain.body(line, room, changes)
    assert chain.digest(body) == digest
    for numbers in going:
        count = iter(range(7))
        # Pieces that were erased before are not asked about; the count is of those that are left.
        body = chain.without(body, lambda _piece, count=count, numbers=numbers: next(count) in numbers) or body  # type: ignore[misc]
        assert chain.digest(body) == digest


def test_an_entry_of_which_something_was_erased_is_not_a_whole_one(db: Session) -> None:
    """Tampered with what is left of an erased body, it no longer fits."""
    place = written(db, 3)
    second = db.scalars(select(Entry).where(Entry.seq == 2)).one()
    erase(second, lambda piece: piece == second.line)
    told(db, place, [2])
    second.body = second.body.replace("Zone/1", "Zone/8")
    db.flush()
    assert verify(db, place)[1] == [2]


def test_chains_of_two_workspaces_do_not_mix(db: Session) -> None:
    first = written(db, 2)
    other = workspace.by_key(db, "other")
    append(db, other.id, 1, [], line="x", minutes=0)
    assert (verify(db, first), verify(db, other.id)) == ((2, []), (1, []))


def test_a_secret_is_not_journalled_but_that_it_changed_is(db: Session) -> None:
    written(db, 0)
    changes = journal.watch(db)
    account = db.scalars(select(Account)).one()
    account.password = "scrypt$salt$hash"
    db.flush()
    assert "scrypt" not in json.dumps([vars(change) for change in changes])
    assert [(change.table, change.after) for change in changes] == [("account", {"password": journal.HIDDEN})]
    with pytest.raises(undo.Irretrievable):
        undo.revert(db, undo.net(changes))


# --- net changes and putting back


def task(number: int, meeting: int) -> Task:
    return Task(meeting_id=meeting, number=number, phase=1, title_en=f"Task {number}", due_at=NOW)


def meeting(db: Session) -> Meeting:
    place = workspace.by_key(db, "main")
    template = Template(workspace_id=place.id, key="x", version=1, source="", content="", added_at=NOW)
    db.add(template)
    db.flush()
    found = Meeting(
        workspace_id=place.id, number=1, starts_at=NOW, ends_at=NOW, zone="Asia/Shanghai", template_id=template.id
    )
    db.add(found)
    db.flush()
    return found


def rows(db: Session) -> dict[tuple[str, int], dict[str, Any]]:
    """Every task and note, without what the program derives."""
    db.flush()
    db.expire_all()
    found: dict[tuple[str, int], dict[str, Any]] = {}
    tables: tuple[type[Task | Note], ...] = (Task, Note)
    for table in tables:
        names = [
            column.key for column in table.__mapper__.column_attrs if column.key not in ("version", "next_nudge_at")
        ]
        for row in db.scalars(select(table)):
            values = {name: journal.plain(getattr(row, name)) for name in names}
            found[table.__tablename__, values["id"]] = values
    return found


def replayed(
    before: dict[tuple[str, int], dict[str, Any]], changes: list[Change]
) -> dict[tuple[str, int], dict[str, Any]]:
    found = {key: dict(row) for key, row in before.items()}
    for change in changes:
        if change.after is None:
            del found[change.table, change.id]
        else:
            found.setdefault((change.table, change.id), {}).update(change.after)
    return found


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "edit", "state", "note", "remove", "flush"]), st.integers(0, 5)), max_size=25
)


def perform(db: Session, place: int, steps: list[tuple[str, int]]) -> None:
    for step, n in steps:
        tasks = list(db.scalars(select(Task).order_by(Task.id)))
        chosen = tasks[n % len(tasks)] if tasks else None
        if step == "add":
            db.add(task(max((one.number for one in tasks), default=0) + 1, place))
        elif step == "flush":
            db.flush()
        elif chosen is not None:
            _one(db, step, chosen, n)


def _one(db: Session, step: str, chosen: Task, n: int) -> None:
    if step == "edit":
        chosen.title_en, chosen.due_at = f"Title {n}", NOW + timedelta(days=n)
    elif step == "state":
        chosen.state = ("open", "doing", "done")[n % 3]  # type: ignore[assignment]
    elif step == "note":
        db.add(Note(task_id=chosen.id, person_id=1, at=NOW, text=f"Note {n}"))
    else:
        for note in db.scalars(select(Note).where(Note.task_id == chosen.id)):
            db.delete(note)
        db.flush()
        db.delete(chosen)


@given(steps=STEPS, first=st.integers(0, 4))
@settings(deadline=None, max_examples=60)
def test_changes_lead_from_before_to_after_and_back(
    tmp_path_factory: pytest.TempPathFactory, steps: Any, first: int
) -> None:
    database = Database(address(tmp_path_factory.mktemp("db")), synchronous="OFF")
    Base.metadata.create_all(database.writer)
    with database.write() as db:
        place = meeting(db).id
        people.met(db, 1, "console", "ann", name="Ann")
        db.add_all(task(n + 1, place) for n in range(first))
        before = rows(db)
        versions = {one.id: one.version for one in db.scalars(select(Task))}
        changes = journal.watch(db)
        perform(db, place, steps)
        after = rows(db)
        kept = [Change(**json.loads(json.dumps(vars(change)))) for change in changes]
        assert replayed(before, kept) == after
        assert replayed(before, undo.net(kept)) == after
        undo.revert(db, undo.net(kept))
        assert rows(db) == before
        for one in db.scalars(select(Task)):
            assert one.version >= versions[one.id] or any(change.after is None for change in kept)
    database.close()


def test_a_version_goes_on_when_a_row_is_put_back(db: Session) -> None:
    place = meeting(db).id
    one = task(1, place)
    db.add(one)
    db.flush()
    changes = journal.watch(db)
    one.title_en = "Another"
    db.flush()
    changed = one.version
    undo.revert(db, undo.net(changes))
    assert (one.title_en, one.version > changed) == ("Task 1", True)


def test_a_row_that_changed_since_is_left_alone(db: Session) -> None:
    one = task(1, meeting(db).id)
    db.add(one)
    db.flush()
    changes = list(journal.watch(db))
    one.title_en = "Another"
    db.flush()
    changes = list(db.info["changes"])
    one.title_en = "A third"
    db.flush()
    with pytest.raises(undo.ChangedSince):
        undo.revert(db, undo.net(changes))


def test_a_row_on_which_another_hangs_now_is_not_removed(db: Session) -> None:
    place = meeting(db).id
    people.met(db, 1, "console", "ann", name="Ann")
    journal.watch(db)
    one = task(1, place)
    db.add(one)
    db.flush()
    changes = list(db.info["changes"])
    db.add(Note(task_id=one.id, person_id=1, at=NOW, text="built on it"))
    db.flush()
    with pytest.raises(undo.ChangedSince) as met:
        undo.revert(db, undo.net(changes))
    assert (met.value.table, met.value.id) == ("task", one.id)


def test_undone_and_undoing_entries_are_not_offered_again(db: Session) -> None:
    place = written(db, 2)
    ann = db.scalars(select(Person)).one()
    newest, older = journal.entries(db, place)
    assert journal.last_of(db, place, ann.id, since=NOW) is newest
    step = append(db, place, ann.id, [], line="undo", minutes=5, undoes=newest.id)
    assert journal.last_of(db, place, ann.id, since=NOW) is older
    assert {key: entry.seq for key, entry in journal.undoing(db, [newest, older]).items()} == {newest.id: step}
