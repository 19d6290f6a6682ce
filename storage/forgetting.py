"""One human is erased from a workspace: what was about them goes or is blanked, what named them names nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Table, and_, delete, func, or_, select, update

from storage import archive, chain, inbox, owned, subjects
from storage.archive import ArchiveEntry
from storage.attendance import Roll, RollRow
from storage.base import Session
from storage.erasing import lanes_of, whose
from storage.files import File
from storage.journal import Entry, Erasure
from storage.letters import Letter, LetterState, Suppression, veiled
from storage.outbox import Promise, outbox
from storage.parties import Intake, IntakeRow
from storage.subjects import Finder, Subject
from storage.workspace import Workspace

AT_ONCE = 400
"""Rows in one statement."""
OPAQUE = frozenset({"digest", "hash", "previous", "sha256", "sha512", "dedupe_key", "password", "source", "content"})
_FREE = {"synchronize_session": False}


@dataclass
class Effect:
    """What an erasure would do, or did: rows by table, where texts named them, and the lists that hold them."""

    rows: Counter[str] = field(default_factory=Counter)
    mentions: Counter[str] = field(default_factory=Counter)
    files: list[int] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {**self.rows, **{f"in {name}": count for name, count in self.mentions.items()}}


def preview(db: Session, subject: Subject) -> Effect:
    """What an erasure would do to the rows; texts that only name them are counted too."""
    rows = owned.found(db, subject)
    effect = Effect(Counter({name: len(keys) for name, keys in rows.items() if keys}))
    effect.files = _lists(db, subject, rows)
    for table, column, condition in _texts(subject, skip={"journal", "line"}):
        question = select(column).where(condition)
        effect.mentions[table.name] += sum(map(subject.finder.mentions, db.scalars(question)))
    effect.mentions = +effect.mentions
    return effect


def erase(
    db: Session,
    subject: Subject,
    *,
    by: int | None,
    at: datetime,
    name: str,
    digest: str,
    files: Iterable[int] = (),
    documents: Sequence[str] = (),
) -> Effect:
    """For good; what was erased is told by an ``Erasure``. The digest is of the preview that was confirmed.

    ``files`` and ``documents`` (of archives, by their SHA-256) were found to name them; their bytes are the caller's to
    remove, once all this stands.
    """
    db.flush()
    rows = owned.found(db, subject)
    effect = Effect(Counter({table: len(keys) for table, keys in rows.items() if keys}))
    effect.files = sorted({*_lists(db, subject, rows), *files})
    _suppress(db, subject, at)
    _forget_promises(db, subject, rows)
    _forget_imports(db, rows)
    _forget_said(db, subject, rows)
    effect.entries = _erase_journal(db, subject, rows)
    _release(db, rows)
    _blank(db, rows, at)
    _purge(db, effect.files, documents, at)
    _sweep(db, subject, effect)
    db.expire_all()
    row = Erasure(
        workspace_id=subject.workspace_id,
        subject=name,
        digest=digest,
        entries=effect.entries,
        counts=effect.counts(),
        person_id=by,
        at=at,
    )
    db.add(row)
    db.flush()
    return effect


def erasure(db: Session, workspace_id: int, digest: str) -> Erasure | None:
    """That which was confirmed under this digest, if it is done."""
    question = select(Erasure).where(Erasure.workspace_id == workspace_id, Erasure.digest == digest)
    return db.scalar(question.limit(1))


def in_parts(keys: list[Any]) -> Iterator[list[Any]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


# --- what was sent, and may not be sent again


def _suppress(db: Session, subject: Subject, at: datetime) -> None:
    """Their addresses are known by hashes only, so that an old list does not bring them mail again."""
    place = Suppression.workspace_id == subject.workspace_id
    folded = sorted({email.casefold() for email in subject.emails})
    db.execute(delete(Suppression).where(place, Suppression.email.in_(folded)), execution_options=_FREE)
    hashed = {veiled(subject.workspace_id, email) for email in folded}
    known = set(db.scalars(select(Suppression.email).where(place, Suppression.email.in_(hashed))))
    table = subjects.table(Suppression.__tablename__)
    for email in sorted(hashed - known):
        db.execute(table.insert().values(workspace_id=subject.workspace_id, email=email, reason="", at=at))


def _forget_promises(db: Session, subject: Subject, rows: owned.Rows) -> None:
    """What was said to them alone, and letters to them; what is being sent at this moment is swept like other texts."""
    letters = [f"letter:{letter}:%" for letter in rows["letter"]]
    lanes = [f"{kind}:{room}" for room in rows["room"] for kind in ("room", "in")]
    idle = outbox.c.state != Promise.SENDING
    for some in in_parts([outbox.c.dedupe_key.like(one) for one in letters] + [outbox.c.lane == one for one in lanes]):
        db.execute(delete(outbox).where(or_(*some), idle))
    key = db.scalar(select(Workspace.key).where(Workspace.id == subject.workspace_id))
    account = subjects.table("account")
    theirs = db.execute(select(account.c.platform, account.c.external).where(account.c.id.in_(rows["account"])))
    for platform, external in theirs.all():
        begins = inbox.inbox.c.key.startswith(f"{key}:{platform}:{external}:", autoescape=True)
        db.execute(delete(inbox.inbox).where(begins))


def _forget_said(db: Session, subject: Subject, rows: owned.Rows) -> None:
    """What was said of them in chats, as a whole: beside a name stands more. What is still to be said is swept."""
    lines = subjects.table("line")
    rows["line"] |= _speaking(db, subject, lines, whose(subject.workspace_id)[lines], (lines.c.text, lines.c.payload))
    over = and_(outbox.c.lane.in_(lanes_of(subject.workspace_id)), outbox.c.state.in_((Promise.SENT, Promise.DROPPED)))
    for table, where, column in (
        (outbox, over, outbox.c.payload),
        (inbox.inbox, _answers(subject), inbox.inbox.c.answer),
    ):
        keys = _speaking(db, subject, table, where, (column,))
        for some in in_parts(sorted(keys)):
            db.execute(delete(table).where(owned.key_of(table).in_(some)))


def _speaking(db: Session, subject: Subject, table: Table, where: Any, columns: Sequence[Any]) -> set[Any]:
    finder = subject.finder
    if not finder.any and not subject.numbers:
        return set()
    likely = or_(*(finder.may_stand_in(column, spoken=True) for column in columns))
    found = db.execute(select(owned.key_of(table), *columns).where(where, likely))
    return {key for key, *texts in found if any(map(finder.speaks_of, texts))}


def _answers(subject: Subject) -> Any:
    """Which of the answers to events are the workspace's."""
    begins = select(Workspace.key + ":").where(Workspace.id == subject.workspace_id).scalar_subquery()
    return func.substr(inbox.inbox.c.key, 1, func.length(begins)) == begins


def _forget_imports(db: Session, rows: owned.Rows) -> None:
    """An import that is taken back leaves these rows alone."""
    for name, keys in rows.items():
        for some in in_parts(sorted(key for key in keys if isinstance(key, int))):
            theirs = and_(IntakeRow.table == name, IntakeRow.row_id.in_(some))
            db.execute(delete(IntakeRow).where(theirs), execution_options=_FREE)


# --- the journal


def _erase_journal(db: Session, subject: Subject, rows: owned.Rows) -> list[int]:
    """Their words, what was about their rows, and every piece that names them; the numbers of these entries."""
    finder, table = subject.finder, subjects.table(Entry.__tablename__)
    question = select(Entry.id, Entry.seq, Entry.person_id, Entry.body).where(
        Entry.workspace_id == subject.workspace_id
    )
    touched: list[tuple[int, int, str]] = []
    for entry in db.execute(question.order_by(Entry.seq).execution_options(yield_per=500)):
        mine = entry.person_id is not None and entry.person_id in rows["person"]
        body = chain.without(entry.body, partial(_is_theirs, rows=rows, finder=finder, mine=mine))
        if body is not None:
            touched.append((entry.id, entry.seq, body))
    for number, _, body in touched:
        line, room = chain.shown(chain.opened(body))
        db.execute(update(table).where(table.c.id == number).values(body=body, line=line, room=room))
    return [seq for _, seq, _ in touched]


def _is_theirs(piece: Any, *, rows: owned.Rows, finder: Finder, mine: bool) -> bool:
    if isinstance(piece, str):
        return bool(piece) and (mine or finder.speaks_of(piece))
    return owned.is_theirs(piece, rows, finder)


# --- their rows


def _release(db: Session, rows: owned.Rows) -> None:
    """Nobody has what they were to do."""
    for name in sorted(owned.RELEASED):
        table_name, column = name.split(".")
        table = subjects.table(table_name)
        of = next(iter(table.c[column].foreign_keys)).column.table.name
        if rows[of]:
            db.execute(update(table).where(table.c[column].in_(rows[of])).values({column: None}))
    lines = subjects.table("line")
    for some in in_parts(sorted(rows["line"], key=str)):
        db.execute(update(lines).where(lines.c.reply_to.in_(some)).values(reply_to=None))
    unsent = Letter.id.in_(rows["letter"]) & (Letter.state != LetterState.SENT)
    echoes = subjects.table("echo")
    db.execute(delete(echoes).where(echoes.c.letter_id.in_(select(Letter.id).where(unsent))))
    db.execute(delete(Letter).where(unsent), execution_options=_FREE)


def _blank(db: Session, rows: owned.Rows, at: datetime) -> None:
    for own in reversed(owned.OWNED):
        table = subjects.table(own.table)
        key = owned.key_of(table)
        for some in in_parts(sorted(rows[own.table], key=str)):
            if own.blank:
                _blanked(db, table, own, key.in_(some))
            else:
                db.execute(delete(table).where(key.in_(some)))
    person, party = subjects.table("person"), subjects.table("party")
    db.execute(update(person).where(person.c.id.in_(rows["person"])).values(admin=False, erased_at=at))
    db.execute(update(party).where(party.c.id.in_(rows["party"])).values(opted_out_at=at, confirmed_at=None))


def _blanked(db: Session, table: Table, own: owned.Own, theirs: Any) -> None:
    """A name becomes the row's number, as names may have to differ; other texts become nothing."""
    columns = [column for column in owned.texts(table) if column.name not in own.keep]
    for row in db.execute(select(table).where(theirs)).mappings().all():
        values: dict[str, Any] = {}
        for column in columns:
            values[column.name] = _nothing(row[column.name])
            if column.name in {"name", "external"} and row[column.name]:
                values[column.name] = f"#{row['id']}"
        values = {name: value for name, value in values.items() if value != row[name]}
        if values:
            db.execute(update(table).where(table.c.id == row["id"]).values(values))


def _nothing(value: Any) -> Any:
    """What is as long as it was, with nothing in it: who reads it finds what they expect."""
    if isinstance(value, str):
        return ""
    if isinstance(value, dict):
        return {key: _nothing(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [] if all(isinstance(inner, list) for inner in value) else [_nothing(inner) for inner in value]
    return value


# --- lists as they came


def _lists(db: Session, subject: Subject, rows: owned.Rows) -> list[int]:
    """The files from which their rows were read, and lists that hold rows of theirs."""
    rolls = select(Roll.file_id).join(RollRow, RollRow.roll_id == Roll.id).where(RollRow.id.in_(rows["roll_row"]))
    found = set(db.scalars(rolls))
    for name, keys in rows.items():
        for some in in_parts(sorted(key for key in keys if isinstance(key, int))):
            question = select(Intake.file_id).join(IntakeRow, IntakeRow.intake_id == Intake.id)
            question = question.where(Intake.workspace_id == subject.workspace_id)
            found |= set(db.scalars(question.where(IntakeRow.table == name, IntakeRow.row_id.in_(some))))
    return sorted(db.scalars(select(File.id).where(File.id.in_(found), File.purged_at.is_(None))))


def _purge(db: Session, file_ids: list[int], documents: Sequence[str], at: datetime) -> None:
    db.execute(update(File).where(File.id.in_(file_ids)).values(purged_at=at), execution_options=_FREE)
    written = and_(ArchiveEntry.file_id.is_(None), ArchiveEntry.sha256.in_(documents))
    db.execute(update(ArchiveEntry).where(written).values(erased=True), execution_options=_FREE)


def files(db: Session, workspace_id: int) -> Sequence[File]:
    """Those whose bytes are there."""
    question = select(File).where(File.workspace_id == workspace_id, File.purged_at.is_(None))
    return db.scalars(question.order_by(File.number)).all()


def doomed(db: Session, row: Erasure) -> list[str]:
    """The bytes that an erasure dooms, and that nobody else has; also those that are gone already."""
    lists = select(File.digest).where(File.workspace_id == row.workspace_id, File.purged_at == row.at)
    table = subjects.table(ArchiveEntry.__tablename__)
    written = select(ArchiveEntry.sha256).where(whose(row.workspace_id)[table], ArchiveEntry.erased)
    return archive.unused(db, {*db.scalars(lists), *db.scalars(written)})


def documents(db: Session, workspace_id: int) -> Sequence[str]:
    """What was written for archives and may name people, by its SHA-256."""
    table = subjects.table(ArchiveEntry.__tablename__)
    question = select(ArchiveEntry.sha256).where(whose(workspace_id)[table])
    written = question.where(ArchiveEntry.file_id.is_(None), ArchiveEntry.url == "", ArchiveEntry.erased.is_(False))
    return db.scalars(written.distinct()).all()


# --- every other text


def _texts(subject: Subject, skip: set[str]) -> Iterator[tuple[Table, Any, Any]]:
    """Every column of the workspace in which they may be named, and the rows that are worth looking at."""
    finder = subject.finder
    if not finder.any:
        return
    places = {**whose(subject.workspace_id), outbox: outbox.c.lane.in_(lanes_of(subject.workspace_id))}
    places[inbox.inbox] = _answers(subject)
    for table, condition in places.items():
        for column in owned.texts(table) if table.name not in skip else ():
            if column.name not in OPAQUE and not column.primary_key and not column.foreign_keys:
                yield table, column, and_(condition, finder.may_stand_in(column))


def _sweep(db: Session, subject: Subject, effect: Effect) -> None:
    finder = subject.finder
    for table, column, condition in _texts(subject, skip={"journal"}):
        keys = list(table.primary_key.columns)
        for row in db.execute(select(*keys, column.label("swept")).where(condition)).all():
            *key, value = row
            clean = finder.clean(value)
            if clean != value:
                effect.mentions[table.name] += 1
                at = and_(*(one == part for one, part in zip(keys, key, strict=True)))
                db.execute(update(table).where(at).values({column.name: clean}))
