"""What the address book is asked: who is in it, what each was to which meeting, and which may be one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage.files import File
from storage.letters import Letter
from storage.meetings import Meeting
from storage.parties import Alias, Answer, Capacity, Intake, IntakeRow, Merge, Party, PartyKind, Reach, Taking, Twin


def found(
    db: Session,
    workspace_id: int,
    words: Sequence[str] = (),
    *,
    meeting_id: int | None = None,
    capacity: Capacity | None = None,
    limit: int,
    offset: int = 0,
) -> tuple[Sequence[Party], int]:
    """Those in whom each of the words is found, by number, and how many there are.

    A word is looked for in names, units, titles, posts and member numbers, in aliases, and at the beginning of
    addresses and numbers. With ``capacity`` those who took part as such; with ``meeting_id`` in that meeting.
    """
    wanted: list[ColumnElement[bool]] = [Party.workspace_id == workspace_id, Party.same_as.is_(None)]
    wanted += [_has(word) for word in words]
    if capacity is not None:
        took = [Taking.party_id == Party.id, Taking.capacity == capacity]
        took += [Taking.meeting_id == meeting_id] if meeting_id is not None else []
        wanted.append(exists().where(*took))
    count = db.scalar(select(func.count()).select_from(Party).where(*wanted)) or 0
    page = select(Party).where(*wanted).order_by(Party.number).limit(limit).offset(offset)
    return db.scalars(page).all(), count


def _has(word: str) -> ColumnElement[bool]:
    unit = aliased(Party)
    columns = (Party.name, Party.latin, Party.unit, Party.title, Party.position, Party.member_no)
    reach = exists().where(
        Reach.party_id == Party.id, func.lower(Reach.value).startswith(word.lower(), autoescape=True)
    )
    return or_(
        *(_contains(column, word) for column in columns),
        exists().where(unit.id == Party.unit_id, _contains(unit.name, word)),
        exists().where(Alias.party_id == Party.id, _contains(Alias.name, word)),
        reach,
    )


def _contains(column: ColumnElement[str] | object, word: str) -> ColumnElement[bool]:
    return func.lower(column).contains(word.lower(), autoescape=True)


def everyone(db: Session, workspace_id: int, kind: PartyKind) -> Sequence[Party]:
    """By number, without those who were found to be another."""
    wanted = (Party.workspace_id == workspace_id, Party.kind == kind, Party.same_as.is_(None))
    return db.scalars(select(Party).where(*wanted).order_by(Party.number)).all()


def named(db: Session, workspace_id: int) -> Sequence[Any]:
    """Of every person, by number, what it takes to know them by name: id, number, name, latin."""
    wanted = (Party.workspace_id == workspace_id, Party.kind == PartyKind.PERSON, Party.same_as.is_(None))
    return db.execute(
        select(Party.id, Party.number, Party.name, Party.latin).where(*wanted).order_by(Party.number)
    ).all()


def ways(db: Session, workspace_id: int) -> Sequence[Any]:
    """How each party is reached: party_id, kind, value."""
    question = select(Reach.party_id, Reach.kind, Reach.value).join(Party, Reach.party_id == Party.id)
    return db.execute(question.where(Party.workspace_id == workspace_id)).all()


def every_reach(db: Session, workspace_id: int) -> dict[int, list[Reach]]:
    """Of everybody in the workspace, by the party's id."""
    rows = db.scalars(select(Reach).join(Party, Reach.party_id == Party.id).where(Party.workspace_id == workspace_id))
    by_party: dict[int, list[Reach]] = {}
    for row in rows:
        by_party.setdefault(row.party_id, []).append(row)
    return by_party


def merges(db: Session, workspace_id: int) -> Sequence[Merge]:
    """Those that hold, the oldest first."""
    wanted = (Merge.workspace_id == workspace_id, Merge.undone_at.is_(None))
    return db.scalars(select(Merge).where(*wanted).order_by(Merge.id)).all()


def told_apart(db: Session, workspace_id: int) -> Sequence[Twin]:
    """Who look alike and are two, as somebody has said."""
    wanted = (Twin.workspace_id == workspace_id, Twin.answer == Answer.APART)
    return db.scalars(select(Twin).where(*wanted).order_by(Twin.id)).all()


def some(db: Session, ids: Iterable[int | None]) -> dict[int, Party]:
    """By id."""
    wanted = {one for one in ids if one is not None}
    return {party.id: party for party in db.scalars(select(Party).where(Party.id.in_(wanted)))} if wanted else {}


def takings(db: Session, party_ids: Collection[int]) -> dict[int, list[tuple[Meeting, Capacity]]]:
    """What each of them was to which meeting, the newest meeting first."""
    by_party: dict[int, list[tuple[Meeting, Capacity]]] = {party_id: [] for party_id in party_ids}
    question = select(Taking.party_id, Meeting, Taking.capacity).join(Meeting, Taking.meeting_id == Meeting.id)
    question = question.where(Taking.party_id.in_(party_ids)).order_by(Meeting.ends_at.desc(), Taking.id)
    for party_id, meeting, capacity in db.execute(question):
        by_party[party_id].append((meeting, Capacity(capacity)))
    return by_party


def letters_to(db: Session, party_id: int) -> Sequence[tuple[Letter, Meeting]]:
    """The newest first."""
    question = select(Letter, Meeting).join(Meeting, Letter.meeting_id == Meeting.id)
    return [
        (letter, meeting)
        for letter, meeting in db.execute(question.where(Letter.party_id == party_id).order_by(Letter.id.desc()))
    ]


def lists_of(db: Session, party_ids: Collection[int]) -> dict[int, list[tuple[Intake, str, int]]]:
    """The lists that brought each of them in or changed them, the oldest first: with the file's name and the first row.

    Those that were taken back are left out.
    """
    by_party: dict[int, list[tuple[Intake, str, int]]] = {party_id: [] for party_id in party_ids}
    question = select(IntakeRow.row_id, Intake, File.name, func.min(IntakeRow.number))
    question = question.join(Intake, Intake.id == IntakeRow.intake_id).join(File, File.id == Intake.file_id)
    question = question.where(IntakeRow.table == Party.__tablename__, IntakeRow.row_id.in_(party_ids))
    question = question.where(Intake.undone_at.is_(None)).group_by(IntakeRow.row_id, Intake.id, File.id)
    for party_id, intake, name, number in db.execute(question.order_by(Intake.number)):
        by_party[party_id].append((intake, name, number))
    return by_party


def aliases(db: Session, workspace_id: int) -> Sequence[Alias]:
    return db.scalars(select(Alias).where(Alias.workspace_id == workspace_id).order_by(Alias.id)).all()


def open_twins(db: Session, workspace_id: int, *, limit: int, offset: int = 0, after: int = 0) -> Sequence[Twin]:
    """The questions that wait for an answer, the oldest first; with ``after`` those that follow the one of that id."""
    question = _open(workspace_id).where(Twin.id > after).order_by(Twin.id).limit(limit).offset(offset)
    return db.scalars(question).all()


def count_open_twins(db: Session, workspace_id: int, *, after: int = 0) -> int:
    question = _open(workspace_id).where(Twin.id > after)
    return db.scalar(select(func.count()).select_from(question.subquery())) or 0


def twins_known(db: Session, workspace_id: int) -> dict[tuple[int, int], Twin]:
    """Every question that was ever asked, by the two that it is about."""
    rows = db.scalars(select(Twin).where(Twin.workspace_id == workspace_id))
    return {(row.party_id, row.other_id): row for row in rows}


def _open(workspace_id: int) -> Select[Twin]:
    one, other = aliased(Party), aliased(Party)
    question = select(Twin).join(one, Twin.party_id == one.id).join(other, Twin.other_id == other.id)
    standing = and_(one.same_as.is_(None), other.same_as.is_(None))
    return question.where(Twin.workspace_id == workspace_id, Twin.answer == Answer.OPEN, standing)


def numbered(db: Session, workspace_id: int, number: int) -> Party | None:
    """The party of that number itself, also where it was found to be another."""
    return db.scalar(select(Party).where(Party.workspace_id == workspace_id, Party.number == number))
