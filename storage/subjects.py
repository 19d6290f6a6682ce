"""Whom personal data is about: everything by which one human is known in a workspace, and where texts name them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, Text, cast, func, or_, select

from storage.attendance import Attendee, Roll, RollRow
from storage.base import Base, Session
from storage.meetings import Meeting
from storage.parties import Party, PartyKind, Reach, ReachKind
from storage.people import Account, Person
from storage.programme import Speaker

GONE = "███"
"""What stands in a text in the place of somebody who was erased."""
_SHORTEST = 2
_LAST_DIGITS = 4
_FEWEST_DIGITS = 7
_GAP = r"[\s().-]*"
_ESCAPED = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Subject:
    """One human: as a member of the team, in the address book, on lists; ``shared`` are names that others have too.

    ``numbers`` are those of their entries: 12 of P12.

    ``longer`` are names of others in which one of theirs is contained.
    """

    workspace_id: int
    people: tuple[int, ...]
    parties: tuple[int, ...]
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    shared: tuple[str, ...] = ()
    longer: tuple[str, ...] = ()

    @property
    def finder(self) -> Finder:
        return Finder(self)


def of(db: Session, workspace_id: int, *, people: Iterable[int] = (), parties: Iterable[int] = ()) -> Subject:
    """Whoever these are, with all that was found to be the same human."""
    persons, entries = _joined(db, workspace_id, set(people), set(parties))
    reaches = db.scalars(select(Reach).where(Reach.party_id.in_(entries)).order_by(Reach.id)).all()
    accounts = db.scalars(select(Account.external).where(Account.person_id.in_(persons))).all()
    names = set(db.scalars(select(Person.name).where(Person.id.in_(persons))))
    for row in db.execute(select(Party.name, Party.latin).where(Party.id.in_(entries))):
        names |= set(row)
    mails = {text for row in reaches if row.kind == ReachKind.EMAIL for text in (row.value, row.typed)}
    phones = {text for row in reaches if row.kind != ReachKind.EMAIL for text in (row.value, row.typed)}
    return _subject(db, workspace_id, persons, entries, _Known(names, mails, phones, set(accounts)))


def on_lists(db: Session, workspace_id: int, name: str) -> Subject:
    """Somebody of whom there is no entry: only lists, programmes and texts may name them."""
    return _subject(db, workspace_id, set(), set(), _Known({name}))


@dataclass(frozen=True)
class _Known:
    """What is known of them, as it stands in the rows."""

    names: set[str]
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)


def _subject(db: Session, workspace_id: int, persons: set[int], entries: set[int], known: _Known) -> Subject:
    wanted = {name.strip() for name in known.names if len(name.strip()) >= _SHORTEST}
    others = _names_of_others(db, workspace_id, persons, entries)
    folded = {name.casefold() for name in others}
    shared = {name for name in wanted if name.casefold() in folded}
    known = _with_lists(db, workspace_id, wanted - shared, known)
    shared |= _namesakes(db, workspace_id, wanted - shared, known)
    longer = {other for other in others if any(name in other and name != other for name in wanted - shared)}
    return Subject(
        workspace_id,
        tuple(sorted(persons)),
        tuple(sorted(entries)),
        tuple(sorted(wanted - shared)),
        tuple(sorted({email.strip() for email in known.emails if "@" in email})),
        tuple(sorted({digits for phone in known.phones if len(digits := _national(phone)) >= _FEWEST_DIGITS})),
        tuple(sorted(known.accounts)),
        tuple(db.scalars(select(Party.number).where(Party.id.in_(entries)).order_by(Party.number))),
        tuple(sorted(shared)),
        tuple(sorted(longer)),
    )


def _joined(db: Session, workspace_id: int, persons: set[int], entries: set[int]) -> tuple[set[int], set[int]]:
    """All that points at each other as the same: accounts that were linked, entries that were merged."""
    people_rows = db.execute(select(Person.id, Person.merged_into).where(Person.workspace_id == workspace_id)).all()
    kind = Party.kind == PartyKind.PERSON
    rows = db.execute(
        select(Party.id, Party.same_as, Party.person_id).where(Party.workspace_id == workspace_id, kind)
    ).all()
    before = -1
    while before != len(persons) + len(entries):
        before = len(persons) + len(entries)
        for person_id, into in people_rows:
            if into is not None and {person_id, into} & persons:
                persons |= {person_id, into}
        for party_id, same_as, member in rows:
            if party_id in entries or same_as in entries or member in persons:
                entries |= {party_id} | ({same_as} if same_as else set())
                persons |= {member} if member else set()
    return persons, entries


def _names_of_others(db: Session, workspace_id: int, persons: set[int], entries: set[int]) -> set[str]:
    team = select(Person.name).where(Person.workspace_id == workspace_id, Person.id.not_in(persons))
    book = select(Party.name, Party.latin).where(Party.workspace_id == workspace_id, Party.id.not_in(entries))
    return {name for row in (*db.execute(team), *db.execute(book)) for name in row if name}


def _with_lists(db: Session, workspace_id: int, names: set[str], known: _Known) -> _Known:
    """With the addresses and numbers that lists have of them beside one that is theirs."""
    asked = _asked(workspace_id, set(), known)
    rows = [row for kind in (Attendee, RollRow) for row in _on_lists(db, asked, kind) if _standing(asked, row)]
    mails, phones = known.emails | {row.email for row in rows}, known.phones | {row.phone for row in rows}
    return _Known(names, mails, phones, known.accounts)


def _namesakes(db: Session, workspace_id: int, names: set[str], known: _Known) -> set[str]:
    """Names of theirs under which lists know somebody with other addresses."""
    asked = _asked(workspace_id, names, known)
    rows = [row for kind in (Attendee, RollRow) for row in _on_lists(db, asked, kind)]
    return {name for name in names for row in rows if _standing(asked, row) is False and row.name.strip() == name}


def _asked(workspace_id: int, names: set[str], known: _Known) -> Subject:
    phones = tuple(filter(None, map(_national, known.phones)))
    return Subject(workspace_id, (), (), tuple(names), tuple(filter(None, known.emails)), phones)


def _on_lists(db: Session, asked: Subject, kind: type[Listed]) -> Iterable[Any]:
    here = select(Meeting.id).where(Meeting.workspace_id == asked.workspace_id)
    columns = table(kind.__tablename__).c
    mine = (
        columns.meeting_id.in_(here)
        if "meeting_id" in columns
        else columns.roll_id.in_(select(Roll.id).where(Roll.meeting_id.in_(here)))
    )
    return db.scalars(select(kind).where(mine, _likely(asked, kind)))


def _national(phone: str) -> str:
    """The digits, without China's prefix."""
    digits = re.sub(r"\D", "", phone)
    return re.sub("^(?:00)?86(?=1\\d{10}$)", "", digits)


class Finder:
    """Finds the subject in texts: addresses and numbers however they are set, names as whole words."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        keep = "|".join(map(re.escape, sorted(subject.longer, key=len, reverse=True)))
        found = [
            *(_word(name) for name in sorted(subject.names, key=len, reverse=True)),
            *(rf"(?i:(?<![\w.+-]){re.escape(email)}(?![\w-]))" for email in subject.emails),
            *(rf"(?<!\d)(?:\+?(?:00)?86[\s-]*)?{_GAP.join(phone)}(?!\d)" for phone in subject.phones),
            *(rf"(?<=<@){re.escape(one)}(?=[|>])|(?<=@){re.escape(one)}(?![\w.-])" for one in subject.accounts),
        ]
        self.pattern = re.compile(f"({keep or '(?!)'})|(?:{'|'.join(found) or '(?!)'})")
        numbers = "|".join(map(str, subject.numbers)) or "(?!)"
        self.spoken = re.compile(rf"(?<![A-Za-z0-9])[Pp](?:{numbers})(?!\d)")
        self.accounts = frozenset(subject.accounts)

    def mentions(self, value: Any) -> bool:
        return bool(self.clean(value) != value)

    def speaks_of(self, text: str) -> bool:
        """Whether what was said in a chat names them, also by their entry's number."""
        return self.spoken.search(text) is not None or self.mentions(text)

    def clean(self, value: Any) -> Any:
        """The same with ``GONE`` in place of the subject, in whatever JSON holds it."""
        if isinstance(value, str):
            if value in self.accounts:
                return GONE
            return self.pattern.sub(lambda match: match[1] or GONE, value)
        if isinstance(value, dict):
            return {self.clean(key): self.clean(inner) for key, inner in value.items()}
        return [self.clean(inner) for inner in value] if isinstance(value, list) else value

    def may_stand_in(self, column: Column[Any], *, spoken: bool = False) -> ColumnElement[bool]:
        """Which rows are worth looking at; ``spoken``: also for the numbers of their entries."""
        text = cast(column, Text)
        if spoken and self.subject.numbers:
            numbered = [text.icontains(f"P{number}") for number in self.subject.numbers]
            return or_(self.may_stand_in(column), *numbered)
        return or_(*(text.icontains(form, autoescape=True) for form in sorted(set(self._forms()))))

    @property
    def any(self) -> bool:
        return any(self._forms())

    def _forms(self) -> Iterator[str]:
        for text in (*self.subject.names, *self.subject.emails, *self.subject.accounts):
            yield text
            if _ESCAPED.search(text):
                yield json.dumps(text)[1:-1]  # as a JSON column keeps it
        for phone in self.subject.phones:
            yield phone[-_LAST_DIGITS:]


def _word(name: str) -> str:
    """A name in Latin letters stands alone, and is no part of an address; one in Chinese stands wherever it does."""
    if not name.isascii():
        return re.escape(name)
    return rf"(?a:(?<![\w.+-]){re.escape(name)}(?![\w]|[@.-]\w))"


Listed = Attendee | RollRow | Speaker


def listed(db: Session, subject: Subject, kind: type[Listed], ids: Select[int]) -> list[int]:
    """Which of these rows are the subject's: by an address, by a number, or by a name that nobody else has."""
    rows: Iterable[Listed] = db.scalars(select(kind).where(kind.id.in_(ids), _likely(subject, kind)))
    return [row.id for row in rows if _standing(subject, row) is True]


def _likely(subject: Subject, kind: type[Listed]) -> ColumnElement[bool]:
    """Which rows are worth looking at."""
    asked: list[ColumnElement[bool]] = [func.lower(kind.name).in_([name.lower() for name in subject.names])]
    if kind is not Speaker:
        columns = table(kind.__tablename__).c
        asked.append(func.lower(columns.email).in_([email.lower() for email in subject.emails]))
        asked += [columns.phone.endswith(phone[-_LAST_DIGITS:]) for phone in subject.phones]
    return or_(*asked)


def _standing(subject: Subject, row: Listed) -> bool | None:
    """True: it is the subject's. False: somebody's of the same name. None: somebody else's."""
    email, phone = (str(getattr(row, name, "") or "") for name in ("email", "phone"))
    if email.casefold() in {one.casefold() for one in subject.emails} or _national(phone) in subject.phones:
        return True
    if row.name.strip().casefold() not in {name.casefold() for name in subject.names}:
        return None
    return not ((email and subject.emails) or (phone and subject.phones))


def table(name: str) -> Table:
    return Base.metadata.tables[name]
