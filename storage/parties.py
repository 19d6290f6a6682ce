"""Whom an association deals with beyond its team: people and units, how to reach them, what they were to a meeting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, ColumnElement, ForeignKey, String, Text, UniqueConstraint, and_, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.files import File

SHIFTS = "shifts"
"""What a list may be about beside people."""
MOST_FOUND = 50
"""By one name: who finds more must say more of it."""


class PartyKind(StrEnum):
    PERSON = "person"
    UNIT = "unit"


class Capacity(StrEnum):
    """What a party was to a meeting. Units are SPONSOR, PARTNER or MEDIA; a sponsor's people are SPONSOR_CONTACT."""

    ATTENDEE = "attendee"
    SPEAKER = "speaker"
    VIP = "vip"
    SPONSOR = "sponsor"
    SPONSOR_CONTACT = "sponsor_contact"
    VOLUNTEER = "volunteer"
    STAFF = "staff"
    PARTNER = "partner"
    MEDIA = "media"


class ReachKind(StrEnum):
    """MOBILE numbers and addresses (EMAIL) tell who somebody is; a PHONE may be a whole office's."""

    EMAIL = "email"
    MOBILE = "mobile"
    PHONE = "phone"


class Party(Base):
    """A person or a unit: ``number`` is the P of ``P12``, the same in every meeting of the workspace.

    ``name`` stands as it was typed, ``latin`` is the name in Latin letters. ``title`` is how they are addressed (教授,
    Dr), ``position`` their post (职务); ``gender`` only where they gave it. A person's unit is ``unit_id`` where it is
    known as a party, else ``unit`` as it was typed. ``confirmed_at``: somebody has checked name, title and position,
    and nothing of these has changed since. ``same_as``: it was found to be the same as another.
    """

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("workspace_id", "number"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    number: Mapped[int]
    kind: Mapped[PartyKind] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    latin: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(String(50), default="")
    position: Mapped[str] = mapped_column(String(100), default="")
    gender: Mapped[str] = mapped_column(String(10), default="")
    unit: Mapped[str] = mapped_column(String(200), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    locale: Mapped[str] = mapped_column(String(10), default="")
    member_no: Mapped[str] = mapped_column(String(50), default="")
    credit_code: Mapped[str] = mapped_column(String(18), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    postcode: Mapped[str] = mapped_column(String(12), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    opted_out_at: Mapped[datetime | None]
    same_as: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form

    @property
    def ref(self) -> str:
        return f"P{self.number}"


class Reach(Base):
    """One way to reach a party: ``value`` is made comparable (E.164, a folded address), ``typed`` is the cell.

    ``place`` counts from 1: the first of a kind is the one that is used.
    """

    __tablename__ = "reach"
    __table_args__ = (UniqueConstraint("party_id", "kind", "value"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    kind: Mapped[ReachKind] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(200), index=True)
    typed: Mapped[str] = mapped_column(String(200))
    place: Mapped[int] = mapped_column(default=1)


class Taking(Base):
    """That a party took part in a meeting in some capacity: one row each, as people often have several."""

    __tablename__ = "taking"
    __table_args__ = (UniqueConstraint("meeting_id", "party_id", "capacity"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), index=True)
    capacity: Mapped[Capacity] = mapped_column(String(20))


class Alias(Base):
    """Another name of a unit, as it is compared: what lists call it, and what it is called in full."""

    __tablename__ = "alias"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    name: Mapped[str] = mapped_column(String(200))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), index=True)


class Answer(StrEnum):
    OPEN = "open"
    SAME = "same"
    APART = "apart"


class Twin(Base):
    """Two parties that may be one: a question, and once somebody knows, its answer. ``party_id`` is the older.

    ``why`` names what makes them look alike. Who are APART are never asked about again.
    """

    __tablename__ = "twin"
    __table_args__ = (UniqueConstraint("party_id", "other_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), index=True)
    why: Mapped[str] = mapped_column(String(20))
    answer: Mapped[Answer] = mapped_column(String(10), default=Answer.OPEN)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime | None]


class Intake(Base):
    """One import of people that was confirmed: ``number`` is the I of ``I3``. ``columns`` is the heading of each field.

    ``about`` is SHIFTS for a list of when volunteers worked, else empty. ``capacity`` is what its people were to the
    meeting, None for a list of members: of that ``layout`` is every column, with its heading and its field ("" for one
    that is only carried along). ``undone_at``: taken back whole.
    """

    __tablename__ = "intake"
    __table_args__ = (UniqueConstraint("workspace_id", "number"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    number: Mapped[int]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    about: Mapped[str] = mapped_column(String(20), default="")
    capacity: Mapped[Capacity | None] = mapped_column(String(20))
    file_id: Mapped[int] = mapped_column(ForeignKey(File.id))
    columns: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    layout: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    added: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    @property
    def ref(self) -> str:
        return f"I{self.number}"


class IntakeRow(Base):
    """What one row of an import did to one row here: ``before`` is None for a row that it added.

    Both hold only the columns that it set. It is the import's own journal, by which it is taken back: a list of
    twenty thousand would be too long for everybody's.
    """

    __tablename__ = "intake_row"
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    table: Mapped[str] = mapped_column(String(20))
    row_id: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)


class Heading(Base):
    """What a column of the workspace's lists means, as somebody once said: ``field`` is empty for one to be ignored.

    ``about`` is empty for lists of people, else what the lists are of. ``how`` its cells are read, where somebody said
    so: names as they are "typed", or what stands first in dates, "day" or "month".
    """

    __tablename__ = "heading"
    __table_args__ = (UniqueConstraint("workspace_id", "about", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    about: Mapped[str] = mapped_column(String(20), default="")
    name: Mapped[str] = mapped_column(String(200))
    field: Mapped[str] = mapped_column(String(30))
    how: Mapped[str] = mapped_column(String(10), default="")


class Merge(Base):
    """That one party was found to be another: ``moved`` is all that it takes to part them again."""

    __tablename__ = "merge"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"), index=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"), index=True)
    why: Mapped[str] = mapped_column(String(20))
    moved: Mapped[list[Any]] = mapped_column(JSON)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


def next_number(db: Session, workspace_id: int) -> int:
    return (db.scalar(select(func.max(Party.number)).where(Party.workspace_id == workspace_id)) or 0) + 1


def by_number(db: Session, workspace_id: int, number: int) -> Party | None:
    """The party of that number, or the one that it was found to be."""
    found = db.scalar(select(Party).where(Party.workspace_id == workspace_id, Party.number == number))
    return None if found is None else _the_same(db, found)


def kept_as(db: Session, party_id: int) -> Party:
    """The party of that id, or the one that it was found to be."""
    return _the_same(db, db.get_one(Party, party_id))


def opt_out(db: Session, party_id: int, *, now: datetime) -> None:
    """They want no more letters, whoever else changes their row meanwhile. Who said so before said so then."""
    since = func.coalesce(Party.opted_out_at, now)
    kept = Party.id == kept_as(db, party_id).id
    db.execute(update(Party).where(kept).values(opted_out_at=since, version=Party.version + 1))


def named_at(db: Session, workspace_id: int, text: str) -> Sequence[Party]:
    """Those whose whole name, or its spelling in Latin letters, stands at the beginning of ``text``."""
    begins = [
        and_(name != "", func.lower(name) == func.substr(func.lower(text), 1, func.length(name)))
        for name in (Party.name, Party.latin)
    ]
    return _of_their_own(db, workspace_id, or_(*begins))


def beginning(db: Session, workspace_id: int, text: str) -> Sequence[Party]:
    """Those whose name, in either spelling, begins with ``text``."""
    if not text:
        return []
    begins = [func.lower(func.substr(name, 1, len(text))) == func.lower(text) for name in (Party.name, Party.latin)]
    return _of_their_own(db, workspace_id, or_(*begins))


def reached_by(db: Session, workspace_id: int, value: str) -> Sequence[Party]:
    """Those who are reached by an address or a number, as it is kept."""
    return _of_their_own(db, workspace_id, Party.id.in_(select(Reach.party_id).where(Reach.value == value)))


def _of_their_own(db: Session, workspace_id: int, wanted: ColumnElement[bool]) -> Sequence[Party]:
    """By number, without those who were found to be another."""
    question = select(Party).where(Party.workspace_id == workspace_id, Party.same_as.is_(None), wanted)
    return db.scalars(question.order_by(Party.number).limit(MOST_FOUND)).all()


def of_person(db: Session, workspace_id: int, person_id: int) -> Sequence[Party]:
    """Who somebody who writes here is, as whoever keeps the address book has said."""
    return _of_their_own(db, workspace_id, Party.person_id == person_id)


def by_alias(db: Session, workspace_id: int, name: str) -> Party | None:
    """The unit of which that is another name, as names are compared."""
    question = select(Party).join(Alias, Alias.party_id == Party.id)
    found = db.scalar(question.where(Alias.workspace_id == workspace_id, Alias.name == name))
    return None if found is None else _the_same(db, found)


def add(db: Session, workspace_id: int, kind: PartyKind, name: str, **fields: Any) -> Party:
    party = Party(workspace_id=workspace_id, number=next_number(db, workspace_id), kind=kind, name=name, **fields)
    db.add(party)
    db.flush()
    return party


def takes(db: Session, meeting_id: int, party_id: int, capacity: Capacity) -> Taking:
    """Noted once, however often it is said."""
    wanted = (Taking.meeting_id == meeting_id, Taking.party_id == party_id, Taking.capacity == capacity)
    known = db.scalar(select(Taking).where(*wanted))
    if known is None:
        known = Taking(meeting_id=meeting_id, party_id=party_id, capacity=capacity)
        db.add(known)
        db.flush()
    return known


def takes_no_part(db: Session, meeting_id: int, party_id: int, capacity: Capacity) -> None:
    """Not in that capacity, or no longer."""
    wanted = (Taking.meeting_id == meeting_id, Taking.party_id == party_id, Taking.capacity == capacity)
    for row in db.scalars(select(Taking).where(*wanted)).all():
        db.delete(row)
    db.flush()


def takings(db: Session, meeting_id: int, party_id: int) -> set[Capacity]:
    """As what the party took part in the meeting."""
    question = select(Taking.capacity).where(Taking.meeting_id == meeting_id, Taking.party_id == party_id)
    return {Capacity(one) for one in db.scalars(question)}


def units(db: Session, workspace_id: int) -> Sequence[Party]:
    """Every unit that is one of its own."""
    wanted = (Party.workspace_id == workspace_id, Party.kind == PartyKind.UNIT, Party.same_as.is_(None))
    return db.scalars(select(Party).where(*wanted).order_by(Party.number)).all()


def of_meeting(db: Session, meeting_id: int, *capacities: Capacity) -> Sequence[tuple[Party, Capacity]]:
    """Who took part and as what, by number; with ``capacities`` only as one of these."""
    question = select(Party, Taking.capacity).join(Taking, Taking.party_id == Party.id)
    question = question.where(Taking.meeting_id == meeting_id, Party.same_as.is_(None))
    if capacities:
        question = question.where(Taking.capacity.in_(capacities))
    return [(party, Capacity(capacity)) for party, capacity in db.execute(question.order_by(Party.number))]


def some(db: Session, party_ids: Iterable[int]) -> dict[int, Party]:
    """Each by the id that was asked for: the party, or the one that it was found to be."""
    rows = db.scalars(select(Party).where(Party.id.in_(set(party_ids))))
    return {row.id: _the_same(db, row) for row in rows}


def _the_same(db: Session, party: Party) -> Party:
    while party.same_as is not None:
        party = db.get_one(Party, party.same_as)
    return party


def asked_about(db: Session, workspace_id: int) -> frozenset[int]:
    """Those of whom nobody has said yet whether they are the same as another."""
    question = select(Twin.party_id, Twin.other_id)
    question = question.where(Twin.workspace_id == workspace_id, Twin.answer == Answer.OPEN)
    return frozenset(party_id for pair in db.execute(question) for party_id in pair)


def reaches(db: Session, party_ids: Sequence[int]) -> dict[int, list[Reach]]:
    """How to reach each of them, the first choice first."""
    found: dict[int, list[Reach]] = {party_id: [] for party_id in party_ids}
    question = select(Reach).where(Reach.party_id.in_(party_ids)).order_by(Reach.party_id, Reach.place, Reach.id)
    for row in db.scalars(question):
        found[row.party_id].append(row)
    return found
