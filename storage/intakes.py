"""Lists of people in bulk: the address book read at once, written at once, and put back as it was.

A list of twenty thousand is no matter for the ORM, nor for everybody's journal: what an import did stands in its own
rows (``intake_row``), by which it is taken back or done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic_core import to_json
from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from storage.base import Base, columns
from storage.crew import Shift, Volunteer
from storage.journal import plain
from storage.members import Member
from storage.parties import Alias, Answer, Capacity, Heading, Intake, IntakeRow, Party, PartyKind, Reach, Taking, Twin
from storage.partners import Partner
from storage.prepared import Prepared
from storage.sponsors import Sponsor

VALUES = (
    *("name", "latin", "title", "position", "gender", "unit", "member_no", "credit_code", "address", "postcode"),
    *("remark", "locale"),
)
"""What lists say of a party, all of it text."""
PARTS: Mapping[Capacity, type[Base]] = {
    Capacity.SPONSOR: Sponsor,
    Capacity.VOLUNTEER: Volunteer,
    Capacity.STAFF: Volunteer,
    Capacity.PARTNER: Partner,
    Capacity.MEDIA: Partner,
}
"""Where it stands what somebody was to a meeting, beyond that they took part."""
PART_COLUMNS: Mapping[type[Base], tuple[str, ...]] = {
    Sponsor: ("tier", "contract_no", "cash", "in_kind", "addressee_id"),
    Volunteer: ("role", "contribution", "staff"),
    Partner: ("kind", "service", "addressee_id"),
}
MOST_VALUES = 999
"""Of one statement, as every SQLite takes them: many rows by one cost two thirds of what each by its own does."""
_party, _reach, _taking = columns(Party), columns(Reach), columns(Taking)
_NUMBERED = Prepared(
    select(_party.id)
    .where(_party.workspace_id == bindparam("workspace"), _party.number >= bindparam("first"))
    .order_by(_party.number)
)


@dataclass(frozen=True)
class Stock:
    """All of a workspace's parties as plain rows, and what they are to one meeting in one capacity."""

    parties: Sequence[Any]
    reaches: Sequence[Any]
    takings: Sequence[Any]
    aliases: Sequence[Any]
    parts: Sequence[Any]
    shifts: Sequence[Any]
    members: Sequence[Any] = ()


def table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def stock(db: Session, workspace_id: int, meeting_id: int, capacity: Capacity | None) -> Stock:
    """Read in a handful of questions, however many there are; the register of members only for a list of these."""
    ours = _party.workspace_id == workspace_id
    named = [getattr(_party, name) for name in VALUES]
    own = (_party.id, _party.number, _party.kind, _party.unit_id, _party.same_as)
    who = select(*own, _party.confirmed_by, _party.confirmed_at, *named)
    ways = select(_reach.party_id, _reach.kind, _reach.value, _reach.place).join(
        table(Party), _party.id == _reach.party_id
    )
    took = select(_taking.party_id, _taking.capacity).where(_taking.meeting_id == meeting_id)
    return Stock(
        db.execute(who.where(ours).order_by(_party.number)).all(),
        db.execute(ways.where(ours)).all(),
        db.execute(took.where(_taking.capacity.in_([capacity, Capacity.SPONSOR_CONTACT]))).all() if capacity else [],
        db.execute(select(Alias.name, Alias.party_id).where(Alias.workspace_id == workspace_id)).all(),
        _parts(db, meeting_id, PARTS.get(capacity) if capacity else None),
        _shifts(db, meeting_id) if capacity and PARTS.get(capacity) is Volunteer else [],
        [] if capacity else _members(db, workspace_id),
    )


def _parts(db: Session, meeting_id: int, model: type[Base] | None) -> Sequence[Any]:
    if model is None:
        return []
    where = table(model).c
    wanted = select(where.id, where.party_id, *(where[name] for name in PART_COLUMNS[model]))
    return db.execute(wanted.where(where.meeting_id == meeting_id)).all()


def _members(db: Session, workspace_id: int) -> Sequence[Any]:
    where = table(Member).c
    wanted = select(where.id, where.party_id, where.contact_id, where.cells, where.rest)
    return db.execute(wanted.where(where.workspace_id == workspace_id).order_by(where.number)).all()


def _shifts(db: Session, meeting_id: int) -> Sequence[Any]:
    question = select(Shift.volunteer_id, Shift.id, Shift.minutes, Shift.starts_at)
    question = question.join(Volunteer, Shift.volunteer_id == Volunteer.id).where(Volunteer.meeting_id == meeting_id)
    return db.execute(question.order_by(Shift.id)).all()


# --- the imports


def next_number(db: Session, workspace_id: int) -> int:
    return (db.scalar(select(func.max(Intake.number)).where(Intake.workspace_id == workspace_id)) or 0) + 1


def all_of(db: Session, workspace_id: int) -> Sequence[Intake]:
    """The newest first, those that were taken back among them."""
    return db.scalars(select(Intake).where(Intake.workspace_id == workspace_id).order_by(Intake.number.desc())).all()


def that_hold(db: Session, meeting_id: int, capacity: Capacity) -> Sequence[Intake]:
    """Lists of what those people were to the meeting which nobody has taken back, the oldest first."""
    wanted = (Intake.meeting_id == meeting_id, Intake.capacity == capacity, Intake.undone_at.is_(None))
    return db.scalars(select(Intake).where(*wanted).order_by(Intake.number)).all()


def deeds(db: Session, intake_id: int, *models: type[Base]) -> Sequence[Any]:
    """What a list did to rows of these kinds, in the order of its rows: number, table, row_id, before, after."""
    where = columns(IntakeRow)
    named = select(where.number, where.table, where.row_id, where.before, where.after)
    ours = where.table.in_([one.__tablename__ for one in models])
    return db.execute(named.where(where.intake_id == intake_id, ours).order_by(where.number, where.id)).all()


def by_number(db: Session, workspace_id: int, number: int) -> Intake | None:
    return db.scalar(select(Intake).where(Intake.workspace_id == workspace_id, Intake.number == number))


def get(db: Session, intake_id: int) -> Intake:
    return db.get_one(Intake, intake_id)


def begin(db: Session, values: Mapping[str, Any]) -> Intake:
    """A new import that counts as taken back until it is done, so that the journal has what an undo puts back."""
    key = db.execute(insert(table(Intake)), {**values, "undone_at": values["at"]}).inserted_primary_key  # type: ignore[attr-defined]
    found = db.get_one(Intake, key[0])
    found.undone_at = None
    return found


def headings(db: Session, workspace_id: int, about: str = "") -> dict[str, Heading]:
    """What the workspace's own columns mean, by their names, in lists of people or ``about`` something else."""
    found = db.scalars(select(Heading).where(Heading.workspace_id == workspace_id, Heading.about == about))
    return {row.name: row for row in found}


def remember(
    db: Session,
    workspace_id: int,
    here: Iterable[str],
    said: Mapping[str, str],
    *,
    how: Mapping[str, str] = MappingProxyType({}),
    about: str = "",
) -> None:
    """What somebody said of a heading holds for the next list; what we know by ourselves needs no row.

    ``said`` gives its field, ``how`` the way in which its cells are read, both by the heading as it is compared;
    ``here`` are all headings of the list.
    """
    known = headings(db, workspace_id, about)
    for name in {*here} & known.keys() - said.keys():
        db.delete(known[name])
    for name, field in said.items():
        row = known.get(name)
        if row is None:
            db.add(row := Heading(workspace_id=workspace_id, about=about, name=name[:200]))
        row.field, row.how = field, how.get(name, "")


def open_questions(db: Session, workspace_id: int) -> int:
    """How often it is asked whether two are one."""
    where = columns(Twin)
    asked = select(func.count()).where(where.workspace_id == workspace_id, where.answer == Answer.OPEN)
    return db.scalar(asked) or 0


def questions(db: Session, workspace_id: int) -> set[tuple[int, int]]:
    """Every two of whom it was ever asked whether they are one."""
    where = columns(Twin)
    return {
        (row.party_id, row.other_id)
        for row in db.execute(select(where.party_id, where.other_id).where(where.workspace_id == workspace_id))
    }


def new_parties(db: Session, intake_id: int) -> set[int]:
    """Ids of those whom an import added."""
    where = columns(IntakeRow)
    asked = select(where.row_id, where.before).where(where.intake_id == intake_id, where.table == Party.__tablename__)
    return {row.row_id for row in db.execute(asked) if row.before is None}


def some(db: Session, party_ids: Iterable[int]) -> dict[int, Party]:
    return {one.id: one for one in db.scalars(select(Party).where(Party.id.in_(set(party_ids))))}


# --- writing


def add(db: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        db.execute(insert(table(model)), rows)


def add_one(db: Session, model: type[Base], row: Mapping[str, Any]) -> int:
    """Its id."""
    key = db.execute(insert(table(model)), row).inserted_primary_key  # type: ignore[attr-defined]
    return int(key[0])


def add_plain(
    db: Session, model: type[Base], names: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: Sequence[str] = ()
) -> None:
    """The same of very many, as the values of these columns: text, whole numbers and None.

    No driver has to be told of these. ``empty`` are columns of text in which none of them has anything. Columns that
    are left out must have nothing that the program puts there.
    """
    if not rows:
        return
    dialect = db.get_bind().dialect
    told = ", ".join(map(dialect.identifier_preparer.quote, (*names, *empty)))
    marks = ", ".join([*["?" if dialect.paramstyle == "qmark" else "%s"] * len(names), *["''"] * len(empty)])
    begin = f"INSERT INTO {table(model).name} ({told}) VALUES"
    many = MOST_VALUES // len(names)
    full = len(rows) - len(rows) % many
    for count, some in ((many, rows[:full]), (len(rows) - full, rows[full:])):
        if some:
            each = [tuple(chain.from_iterable(some[at : at + count])) for at in range(0, len(some), count)]
            db.connection().exec_driver_sql(f"{begin} {', '.join([f'({marks})'] * count)}", each)


def add_parties(
    db: Session, workspace_id: int, kind: PartyKind, first: int, told: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Their ids. ``told`` is what is said of each; they are numbered from ``first`` on, beyond all that are there."""
    if not told:
        return []
    said = frozenset(chain.from_iterable(told))
    used = [name for name in VALUES if name in said]
    empty = [name for name in VALUES if name not in said]
    own = (workspace_id, kind.value, 1)
    rows = [
        (*map(values.get, used, repeat("")), values.get("unit_id"), *own, number)
        for number, values in enumerate(told, first)
    ]
    names = (*used, "unit_id", "workspace_id", "kind", "version", "number")
    add_plain(db, Party, names, rows, empty=empty)
    return [row_id for (row_id,) in _NUMBERED.all(db, {"workspace": workspace_id, "first": first})]


def add_found(db: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Their ids, in the order of the rows, which must not be there yet."""
    if not rows:
        return []
    names = sorted(rows[0])
    where = table(model).c
    last = db.scalar(select(func.max(where.id))) or 0
    add(db, model, rows)
    fresh = db.execute(select(where.id, *(where[name] for name in names)).where(where.id > last))
    ids = {tuple(values): row_id for row_id, *values in fresh}
    return [ids[tuple(row[name] for name in names)] for row in rows]


def change(db: Session, model: type[Base], rows: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Set these columns of the rows of these ids. A ``version`` goes on, so that nobody saves what they read before."""
    where, by_shape = table(model), dict[tuple[str, ...], list[dict[str, Any]]]()
    for row_id, values in rows:
        by_shape.setdefault(tuple(sorted(values)), []).append(
            {"b_id": row_id, **{f"b_{k}": v for k, v in values.items()}}
        )
    for names, found in by_shape.items():
        told: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names}
        if "version" in where.c:
            told["version"] = where.c.version + 1
        db.execute(update(where).where(where.c.id == bindparam("b_id")).values(told), found)


class Note(NamedTuple):
    """What row ``number`` of a list did to one row here; ``before`` is None for one that is new.

    Both are in JSON already: what they were made of need not be held until all is done.
    """

    number: int
    table: str
    row_id: int
    before: str | None
    after: str


def note(db: Session, intake_id: int, notes: Sequence[Note]) -> None:
    """What the import did, new rows first."""
    notes = sorted(notes, key=lambda one: one.before is not None)
    rows = [(intake_id, *one) for one in notes]
    add_plain(db, IntakeRow, ("intake_id", "number", "table", "row_id", "before", "after"), rows)


def kept(values: Mapping[str, Any]) -> str:
    """A row's values as an import's own journal keeps them."""
    return in_json({name: plain(value) for name, value in values.items()})


def in_json(values: Mapping[str, Any]) -> str:
    """The same of text, whole numbers, None, and lists of these. Python's own encoder takes twice as long."""
    return to_json(values).decode()
