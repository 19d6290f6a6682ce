"""What an import of people did is taken back, or done again; what has changed since is left as it is, and named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Select, Table, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from storage.base import Base, columns
from storage.crew import Volunteer
from storage.journal import plain
from storage.parties import Intake, IntakeRow, Merge, Party, Reach, Taking, Twin
from storage.undo import typed

_DEPTH = ("party", "reach", "taking", "sponsor", "volunteer", "partner", "shift", "member")
"""Parents before their children."""
_PARTS = ("sponsor", "volunteer", "partner")
"""On their rows hangs what was promised, and when somebody worked."""
_HANG = ("reach", "taking")
"""What stands in the note of a new party itself."""
_CHUNK = 500


@dataclass(frozen=True)
class Done:
    """One row that the import added (``before`` is None) or changed, and whose it is, as a party's id."""

    table: str
    id: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    party: int


@dataclass
class Deed:
    """All that an import did, and how these rows stand now."""

    rows: Sequence[Done]
    now: Mapping[tuple[str, int], Mapping[str, Any]]
    hang: Mapping[int, Mapping[str, list[Any]]] = field(default_factory=dict)

    @property
    def new(self) -> set[int]:
        """Ids of the parties that it added."""
        return {row.id for row in self.rows if row.table == "party" and row.before is None}


def deed(db: Session, intake_id: int) -> Deed:
    where = columns(IntakeRow)
    asked = select(where.table, where.row_id, where.before, where.after).where(where.intake_id == intake_id)
    found = db.execute(asked.order_by(where.id)).all()
    now = {(name, row["id"]): row for name in {row.table for row in found} for row in _rows(db, intake_id, name)}
    rows = [Done(row.table, row.row_id, row.before, row.after, 0) for row in found]
    owned = _owners(db, rows, now)
    done = [Done(row.table, row.id, row.before, row.after, owner) for row, owner in zip(rows, owned, strict=True)]
    return Deed(done, now, _hanging(db, intake_id))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _touched(intake_id: int, name: str) -> Select[int]:
    """Ids of the rows of that table which the import added or changed."""
    where = columns(IntakeRow)
    return select(where.row_id).where(where.intake_id == intake_id, where.table == name)


def _rows(db: Session, intake_id: int, name: str) -> Iterator[dict[str, Any]]:
    where = _table(name)
    for row in db.execute(select(where).where(where.c.id.in_(_touched(intake_id, name)))):
        yield {key: plain(value) for key, value in row._mapping.items()}  # noqa: SLF001  SQLAlchemy's public name


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def _owners(db: Session, rows: Sequence[Done], now: Mapping[tuple[str, int], Mapping[str, Any]]) -> Iterator[int]:
    """Each row's party: a shift's is its volunteer's."""
    told = [{**now.get((row.table, row.id), {}), **row.after} for row in rows]
    shifts = sorted({values["volunteer_id"] for row, values in zip(rows, told, strict=True) if row.table == "shift"})
    new = [row for row in rows if row.table == Volunteer.__tablename__ and row.before is None]
    crew: dict[int, int] = {row.id: row.after["party_id"] for row in new}
    for some in _chunks(shifts):
        known = db.execute(select(Volunteer.id, Volunteer.party_id).where(Volunteer.id.in_(some)))
        crew |= {row.id: row.party_id for row in known}
    for row, values in zip(rows, told, strict=True):
        yield row.id if row.table == "party" else values.get("party_id") or crew[values["volunteer_id"]]


def _hanging(db: Session, intake_id: int) -> dict[int, dict[str, list[Any]]]:
    """How its parties are reached, and as what they take part, now."""
    found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: {"reach": [], "taking": []})
    way, took, ours = columns(Reach), columns(Taking), _touched(intake_id, Party.__tablename__)
    ways = select(way.party_id, way.kind, way.value, way.typed, way.place).where(way.party_id.in_(ours))
    for party_id, *told in db.execute(ways.order_by(way.id)):
        found[party_id]["reach"].append([*told])
    capacities = select(took.party_id, took.capacity).where(took.party_id.in_(ours)).order_by(took.id)
    for party_id, capacity in db.execute(capacities):
        found[party_id]["taking"].append(capacity)
    return found


# --- taking back


def merged_since(db: Session, intake_id: int) -> Sequence[Merge]:
    """Of the parties that it added or changed, the merges that came after it and hold; the newest first.

    Until they are parted nobody can say what of the one that is left was the import's.
    """
    ours = _touched(intake_id, Party.__tablename__)
    came = select(Intake.at).where(Intake.id == intake_id).scalar_subquery()
    wanted = (Merge.undone_at.is_(None), Merge.at >= came, or_(Merge.gone_id.in_(ours), Merge.kept_id.in_(ours)))
    return db.scalars(select(Merge).where(*wanted).order_by(Merge.id.desc())).all()


def take_back(db: Session, intake_id: int) -> list[int]:
    """Everything of it that nobody has changed since; the ids of the parties that are therefore left as they are."""
    done = deed(db, intake_id)
    left = _left(db, intake_id, done)
    going = [row for row in done.rows if row.party not in left and (row.table, row.id) in done.now]
    for row in going:
        if row.before is not None:
            _set(db, row.table, row.id, row.before)
    for name in reversed(_DEPTH):
        where = _table(name)
        for some in _chunks([row.id for row in going if row.table == name and row.before is None]):
            db.execute(delete(where).where(where.c.id.in_(some)))
    db.expire_all()
    return sorted(left)


def _set(db: Session, name: str, row_id: int, values: Mapping[str, Any]) -> None:
    where = _table(name)
    told = typed(name, values)
    if "version" in where.c:
        told["version"] = where.c.version + 1
    db.execute(update(where).where(where.c.id == row_id).values(told))


def _left(db: Session, intake_id: int, done: Deed) -> set[int]:
    """Parties of whom something is no longer as the import left it, or on whom something else has been built."""
    left = {row.party for row in done.rows if not _as_left(row, done)}
    mine = {(row.table, row.id): row for row in done.rows}
    left |= set(_hung_on(db, intake_id, mine))
    pointing = _built_on(db, intake_id, done.new)
    built = [(party, _goes_with(mine.get((name, child)), column)) for party, name, child, column in pointing]
    while True:
        held = {party for party, owner in built if party not in left and (owner is None or owner in left)}
        if not held:
            return left
        left |= held


def _goes_with(row: Done | None, column: str) -> int | None:
    """Whose a row is that points to a new party, if the import made it do so; None for what others have built."""
    mine = row is not None and (row.before is None or column in row.after)
    return row.party if row is not None and mine else None


def _as_left(row: Done, done: Deed) -> bool:
    """Gone altogether is as good: there is nothing to take back."""
    stands = done.now.get((row.table, row.id))
    if stands is None:
        return True
    told = {name: value for name, value in row.after.items() if name not in _HANG}
    if any(stands[name] != value for name, value in told.items()):
        return False
    if row.before is not None:
        return True
    hang = [name for name in _HANG if row.table == "party"]
    same = all(sorted(done.hang[row.id][name]) == sorted(row.after[name]) for name in hang)
    blank = all(not stands[name] for name in stands.keys() - told.keys() - {"id", "version"})
    return same and blank


def _built_on(db: Session, intake_id: int, new: set[int]) -> Iterator[tuple[int, str, int, str]]:
    """Rows that point to new parties, but for how they are reached, what they took part in, questions, and merges.

    Merges that hold are looked for before; those that were parted say nothing of anybody any more.
    """
    passed = {one.__tablename__ for one in (Reach, Taking, Twin, Merge)}
    ours = _touched(intake_id, Party.__tablename__)
    for where, column in _pointers():
        if where.name not in passed:
            for party_id, row_id in db.execute(select(column, where.c.id).where(column.in_(ours))):
                if party_id in new:
                    yield party_id, where.name, row_id, column.name


def _hung_on(db: Session, intake_id: int, mine: Mapping[tuple[str, int], Done]) -> Iterator[int]:
    """Whose part in the meeting is new, and has got something since: a shift, a benefit."""
    for name in _PARTS:
        for where, column in _pointers(name):
            for row_id, child in db.execute(select(column, where.c.id).where(column.in_(_touched(intake_id, name)))):
                if mine[name, row_id].before is None and (where.name, child) not in mine:
                    yield mine[name, row_id].party


def _pointers(name: str = Party.__tablename__) -> Iterator[tuple[Table, Column[Any]]]:
    """Columns that point to rows of that table."""
    key = _table(name).c.id
    for where in Base.metadata.sorted_tables:
        for column in where.c:
            if any(one.column is key for one in column.foreign_keys):
                yield where, column


# --- doing again


def do_again(db: Session, intake_id: int, meeting_id: int | None) -> bool:
    """What was taken back stands again; False where something of it was changed meanwhile, and nothing is done."""
    done = deed(db, intake_id)
    gone = [row for row in done.rows if not _stands(row, done)]
    if any(not _as_before(row, done) for row in gone) or _numbers_taken(db, gone):
        return False
    for name in _DEPTH:
        for row in (row for row in gone if row.table == name):
            _put(db, row, meeting_id)
    db.expire_all()
    return True


def _stands(row: Done, done: Deed) -> bool:
    stands = done.now.get((row.table, row.id))
    return stands is not None and all(stands[name] == row.after[name] for name in row.after if name not in _HANG)


def _as_before(row: Done, done: Deed) -> bool:
    stands = done.now.get((row.table, row.id))
    if row.before is None:
        return stands is None
    return stands is not None and all(stands[name] == value for name, value in row.before.items())


def _numbers_taken(db: Session, gone: Iterable[Done]) -> bool:
    """Whether somebody else has the number of one of the new parties."""
    new = [row for row in gone if row.table == "party" and row.before is None]
    where = columns(Party)
    numbers = [row.after["number"] for row in new]
    taken = (
        select(where.id).where(where.workspace_id == new[0].after["workspace_id"], where.number.in_(some))
        for some in _chunks(numbers)
    )
    return any(db.scalar(one.limit(1)) is not None for one in taken)


def _put(db: Session, row: Done, meeting_id: int | None) -> None:
    if row.before is not None:
        _set(db, row.table, row.id, row.after)
        return
    told = {name: value for name, value in row.after.items() if name not in _HANG}
    db.execute(insert(_table(row.table)).values(id=row.id, **typed(row.table, told)))
    if row.table == "party":
        ways = [dict(zip(("kind", "value", "typed", "place"), way, strict=True)) for way in row.after["reach"]]
        took = [{"meeting_id": meeting_id, "capacity": capacity} for capacity in row.after["taking"]]
        for name, rows in (("reach", ways), ("taking", took)):
            if rows:
                db.execute(insert(_table(name)), [{"party_id": row.id, **one} for one in rows])
