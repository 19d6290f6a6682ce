"""Two parties become one, and come apart again as they were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Table, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapper

from storage import journal, undo
from storage.base import Base, Session
from storage.crew import Volunteer
from storage.journal import Change
from storage.parties import Answer, Merge, Party, Reach, Twin
from storage.partners import Partner
from storage.sponsors import Sponsor

FILLED = (
    ("latin",),
    ("title",),
    ("position",),
    ("gender",),
    ("unit", "unit_id"),
    ("locale",),
    ("member_no",),
    ("credit_code",),
    ("address", "postcode"),
    ("remark",),
    ("person_id",),
)
"""What is taken over from who is gone where the other has nothing, those of one group together."""
CHECKED = frozenset({"title", "position"})
"""Once one of these is filled, somebody must look at the party again."""

_FOLDED = (Sponsor, Volunteer, Partner)
"""Where both have one in a meeting, what hangs on the one goes to the other, and what is blank there is filled."""
_TOGETHER = (
    ("commendation", "nominated_by", "nominated_at", "approved_by", "approved_at"),
    ("dispute", "settled_at"),
    ("rating", "remark", "rated_by", "rated_at"),
)
_NOTHING = (None, "")
_OWN_WAY = (Merge, Reach, Twin)


def merge(db: Session, gone: Party, *, into: Party, why: str, person_id: int | None, at: datetime) -> Merge:
    """Whatever pointed at ``gone`` points at ``into``; ``gone`` stays as a row that points on.

    What ``into`` has already (its address, its role in a meeting) stays with ``gone`` as well, where nobody looks.
    """
    row = Merge(
        workspace_id=into.workspace_id,
        kept_id=into.id,
        gone_id=gone.id,
        why=why,
        moved=_unite(db, gone, into),
        person_id=person_id,
        at=at,
    )
    db.add(row)
    db.flush()
    return row


def part(db: Session, row: Merge, *, at: datetime) -> None:
    """As it would stand had these two never been merged; what people have changed since stays.

    Later merges of the same are taken back before it, and made again after it.
    """
    later = _later(db, row)
    for one in reversed(later):
        _take_back(db, one)
    _take_back(db, row)
    row.undone_at = at
    for one in later:
        one.moved = _unite(db, db.get_one(Party, one.gone_id), db.get_one(Party, one.kept_id))
    db.flush()


def merges_into(db: Session, party_id: int) -> Sequence[Merge]:
    """Those that hold, of others into this one and on their way into it; the newest first."""
    found: list[Merge] = []
    looked = [party_id]
    while looked:
        rows = db.scalars(select(Merge).where(Merge.kept_id.in_(looked), Merge.undone_at.is_(None))).all()
        found += rows
        looked = [row.gone_id for row in rows]
    return sorted(found, key=lambda row: -row.id)


def merge_of(db: Session, gone_id: int) -> Merge | None:
    """By which this one went; None while it stands for itself."""
    return db.scalar(select(Merge).where(Merge.gone_id == gone_id, Merge.undone_at.is_(None)))


def _later(db: Session, row: Merge) -> list[Merge]:
    """The merges that hold and came after this one, of whatever this one has become a part of; in their order."""
    root = row.kept_id
    while (further := db.get_one(Party, root).same_as) is not None:
        root = further
    return [one for one in reversed(merges_into(db, root)) if one.id > row.id]


# --- together


def _unite(db: Session, gone: Party, into: Party) -> list[Any]:
    """Gives all that it has changed, as JSON, by which it can be taken back."""
    with _watched(db) as changes:
        _move_reaches(db, gone, into)
        _move_questions(db, gone, into)
        _move(db, gone, into)
        _fill_party(into, gone)
        gone.same_as = into.id
        db.flush()
    return [_written(change) for change in undo.net(changes)]


@contextmanager
def _watched(db: Session) -> Iterator[list[Change]]:
    """What is changed meanwhile, also where nobody keeps a journal of it."""
    db.flush()
    outer = db.info.get("changes")
    changes = journal.watch(db)
    try:
        yield changes
    finally:
        if outer is None:
            del db.info["changes"]
        else:
            outer += changes
            db.info["changes"] = outer


def _written(change: Change) -> list[Any]:
    return [change.table, change.id, _lasting(change.before), _lasting(change.after)]


def _lasting(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Without the version, which goes on."""
    return None if values is None else {name: value for name, value in values.items() if name != "version"}


def _move_reaches(db: Session, gone: Party, into: Party) -> None:
    """Behind those that the other has, so that its first choice stays the first."""
    had = db.scalars(select(Reach).where(Reach.party_id == into.id)).all()
    known = {(row.kind, row.value) for row in had}
    for row in db.scalars(select(Reach).where(Reach.party_id == gone.id).order_by(Reach.id)).all():
        if (row.kind, row.value) not in known:
            row.party_id = into.id
            row.place += max((one.place for one in had if one.kind == row.kind), default=0)


def _move_questions(db: Session, gone: Party, into: Party) -> None:
    """Whether they may be a third, or are not: unless the other was asked the same."""
    for row in db.scalars(select(Twin).where(or_(Twin.party_id == gone.id, Twin.other_id == gone.id))).all():
        third = row.other_id if row.party_id == gone.id else row.party_id
        if third != into.id and twin(db, into.id, third) is None:
            row.party_id, row.other_id = sorted((into.id, third))
        elif row.answer == Answer.OPEN:
            row.answer = Answer.SAME
        db.flush()


def twin(db: Session, one: int, other: int) -> Twin | None:
    """The question about the two, in whichever order they are given."""
    first, second = sorted((one, other))
    return db.scalar(select(Twin).where(Twin.party_id == first, Twin.other_id == second))


def _move(db: Session, gone: Base, into: Base) -> None:
    for mapper, name in _pointers(type(gone)):
        column = getattr(mapper.class_, name)
        for row in db.scalars(select(mapper.class_).where(column == gone.id)).all():  # type: ignore[attr-defined]
            other = _standing(db, mapper, row, name, into)
            if other is None:
                setattr(row, name, into.id)  # type: ignore[attr-defined]
            elif isinstance(row, _FOLDED):
                _fold(db, row, other)
            db.flush()


def _pointers(table: type[Base]) -> Iterator[tuple[Mapper[Any], str]]:
    """Every attribute of a journalled table that names a row of this one, those of tables to come included."""
    for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__tablename__):
        if mapper.class_ in _OWN_WAY or not getattr(mapper.class_, "journalled", True):
            continue
        for attribute in mapper.column_attrs:
            keys = attribute.columns[0].foreign_keys
            if attribute.key != "same_as" and any(key.column.table is table.__table__ for key in keys):
                yield mapper, attribute.key


def _standing(db: Session, mapper: Mapper[Any], row: Base, name: str, into: Base) -> Base | None:
    """What the other has of the same already: both were speakers of the meeting, or both sponsored it."""
    table = mapper.local_table
    assert isinstance(table, Table)  # noqa: S101  every class here is one table
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and name in constraint.columns:
            values = {column.name: getattr(row, column.name) for column in constraint.columns}
            found: Base | None = db.scalar(select(mapper.class_).filter_by(**values | {name: into.id}))  # type: ignore[attr-defined]
            if found is not None:
                return found
    return None


def _fold(db: Session, row: Base, other: Base) -> None:
    """What hung on the one hangs on the other, and what is blank there is filled; nobody looks at the one any more."""
    _move(db, row, other)
    names = [attribute.key for attribute in type(row).__mapper__.column_attrs]
    joined = [group for group in _TOGETHER if set(group) <= set(names)]
    alone = set(names).difference(*joined)
    groups = [*joined, *((name,) for name in sorted(alone))]
    _fill(other, {name: getattr(row, name) for name in names}, groups)


def _fill_party(into: Party, gone: Party) -> None:
    given = {name: getattr(gone, name) for group in FILLED for name in group}
    if not into.name.isascii() and gone.name.isascii():
        given["latin"] = given["latin"] or gone.name
    if _fill(into, given, FILLED) & CHECKED:
        into.confirmed_at = into.confirmed_by = None
    out = [moment for moment in (into.opted_out_at, gone.opted_out_at) if moment is not None]
    into.opted_out_at = min(out, default=None)


def _fill(row: Base, given: Mapping[str, Any], groups: Iterable[Sequence[str]]) -> set[str]:
    """Names of what was filled: each group as a whole, where nothing of it stands."""
    filled: set[str] = set()
    for group in groups:
        if all(getattr(row, name) in _NOTHING for name in group):
            news = {name for name in group if given[name] not in _NOTHING}
            filled |= news
            for name in news:
                setattr(row, name, given[name])
    return filled


# --- and apart


def _take_back(db: Session, row: Merge) -> None:
    """The last change first, so that no two rows ever say the same on the way."""
    for table, row_id, before, after in reversed(row.moved):
        found = undo.row_of(db, Change(table, row_id, before, after))
        left, was = undo.typed(table, after), undo.typed(table, before)
        if found is None:
            continue
        back = {name: was[name] for name in left if getattr(found, name) == left[name]}
        if isinstance(found, Twin) and _asked(db, found, back):
            db.delete(found)
        else:
            for name, value in back.items():
                setattr(found, name, value)
        db.flush()


def _asked(db: Session, row: Twin, back: Mapping[str, Any]) -> bool:
    """Whether another merge has brought the same question about the two meanwhile."""
    other = twin(db, back.get("party_id", row.party_id), back.get("other_id", row.other_id))
    return other is not None and other is not row
