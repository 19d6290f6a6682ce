"""All that letters of a meeting are made from, loaded once in a fixed number of questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers import matching
from handlers.expected import TALKING
from handlers.matching import Known
from handlers.thanks.heads import association
from handlers.thanks.rules import Seat, whom
from storage import archive, attendance, consents, crew, letters, membership, parties, partners, programme, sponsors
from storage.consents import Consent
from storage.crew import Shift, Volunteer
from storage.files import File
from storage.letters import Fact, Letterhead, LetterTemplate
from storage.materials import Material
from storage.membership import Case, Stage
from storage.parties import Capacity, Party, PartyKind, Reach, ReachKind
from storage.partners import Partner
from storage.programme import ProgrammeSession, Speaking
from storage.sponsors import Benefit, Sponsor

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.base import Session
    from storage.meetings import Meeting


@dataclass
class Book:
    """What there is of a meeting, by the party that it is about, where it is about one (by its id)."""

    association: str
    locale: str
    meeting: Meeting
    heads: Mapping[str, Letterhead]
    templates: Mapping[tuple[str, str], LetterTemplate]
    facts: Mapping[tuple[str, str], Fact]
    """By name and language; a fact about one party is called ``valuable/P12``."""
    parties: dict[int, Party] = field(default_factory=dict)
    capacities: dict[int, set[Capacity]] = field(default_factory=lambda: defaultdict(set))
    reaches: Mapping[int, Sequence[Reach]] = field(default_factory=dict)
    suppressed: frozenset[str] = frozenset()
    came: Mapping[int, bool] = field(default_factory=dict)
    checked_in: Mapping[int, attendance.Attendee] = field(default_factory=dict)
    """Whom a check-in list knows, as it has them."""
    twins: frozenset[int] = frozenset()
    sponsors: Mapping[int, Sponsor] = field(default_factory=dict)
    benefits: Mapping[int, Sequence[Benefit]] = field(default_factory=dict)
    proofs: Mapping[int, Sequence[File]] = field(default_factory=dict)
    """What shows each benefit, by its id."""
    partners: Mapping[int, Partner] = field(default_factory=dict)
    addressees: Mapping[int, int] = field(default_factory=dict)
    """Whom letters to units reach."""
    volunteers: Mapping[int, Volunteer] = field(default_factory=dict)
    shifts: Mapping[int, Sequence[Shift]] = field(default_factory=dict)
    cases: Mapping[int, Case] = field(default_factory=dict)
    talks: Mapping[int, Sequence[tuple[ProgrammeSession, Speaking]]] = field(default_factory=dict)
    files: Mapping[int, File] = field(default_factory=dict)
    """All of the meeting's that count."""
    photos: Mapping[int, Sequence[File]] = field(default_factory=dict)
    consents: Mapping[int, Sequence[Consent]] = field(default_factory=dict)
    recordings: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Addresses of recordings that stay elsewhere, by the session's id."""
    tally: attendance.Tally = field(default_factory=attendance.Tally)
    uncounted: int = 0
    """People who came and are nobody of the address book."""

    def mail(self, party: Party) -> str:
        """The first address to which mail may go; empty for none."""
        rows = [one.value for one in self.reaches.get(party.id, ()) if one.kind == ReachKind.EMAIL]
        return next((value for value in rows if value.casefold() not in self.suppressed), "")

    def seats(self) -> list[Seat]:
        return [self._seat(party) for party in self.parties.values()]

    def _seat(self, party: Party) -> Seat:
        return Seat(
            party.id,
            party.kind == PartyKind.UNIT,
            frozenset(self.capacities.get(party.id, ())),
            self.came.get(party.id),
            party.id in self.cases,
            party.unit_id,
            self.addressees.get(party.id),
        )


def load(ctx: Context) -> Book:
    """Of the meeting asked about."""
    db, place, meeting = ctx.db, ctx.workspace, ctx.meeting
    heads = letters.letterheads(db, place.id)
    book = Book(
        association(ctx, place.locale),
        place.locale,
        meeting,
        heads,
        letters.templates(db, place.id),
        {(row.name, row.locale): row for row in letters.facts(db, meeting.id)},
    )
    _load_parties(db, book)
    people = _known(book)
    _load_attendance(db, book, people)
    _load_programme(db, book, people)
    return book


def _load_parties(db: Session, book: Book) -> None:
    """Everybody who is to be written to, with what they were and how they are reached."""
    meeting, found = book.meeting.id, book.parties
    for party, capacity in parties.of_meeting(db, meeting):
        found[party.id] = party
        book.capacities[party.id].add(capacity)
    given, made, helped = (
        sponsors.of_meeting(db, meeting),
        partners.of_meeting(db, meeting),
        crew.of_meeting(db, meeting),
    )
    open_cases = [case for case in membership.of_meeting(db, meeting) if case.stage != Stage.CLOSED]
    same = _named(db, found, (*given, *made, *helped, *open_cases), (*given, *made))
    book.sponsors = {same[one.party_id].id: one for one in given}
    book.partners = {same[one.party_id].id: one for one in made}
    book.volunteers = {same[one.party_id].id: one for one in helped}
    book.cases = {same[one.party_id].id: one for one in open_cases}
    was = book.capacities
    for party_id in book.sponsors:
        was[party_id].add(Capacity.SPONSOR)
    for party_id in book.partners:
        was[party_id].add(Capacity.PARTNER)
    for party_id, volunteer in book.volunteers.items():
        was[party_id].add(Capacity.STAFF if volunteer.staff else Capacity.VOLUNTEER)
    named = {party_id: one.addressee_id for party_id, one in book.partners.items()}
    named |= {party_id: one.addressee_id for party_id, one in book.sponsors.items()}
    contacts = (one for one in found.values() if Capacity.SPONSOR_CONTACT in was[one.id])
    book.addressees = whom(named, [(one.unit_id, one.id) for one in contacts if one.unit_id])
    book.benefits = _grouped(sponsors.benefits(db, meeting), "sponsor_id")
    book.shifts = _grouped(crew.shifts(db, meeting), "volunteer_id")
    book.reaches = parties.reaches(db, list(found))
    book.suppressed = letters.suppressed(db, book.meeting.workspace_id)
    book.twins = parties.asked_about(db, book.meeting.workspace_id)


def _named(
    db: Session, found: dict[int, Party], rows: Iterable[Any], units: Iterable[Sponsor | Partner]
) -> dict[int, Party]:
    """Whom the rows are about, and whom letters to units reach, by the ids that stand there; all become known."""
    wanted = {row.party_id for row in rows} | {row.addressee_id for row in units if row.addressee_id}
    same = parties.some(db, wanted)
    found |= {party.id: party for party in same.values()}
    homes = parties.some(db, {party.unit_id for party in found.values() if party.unit_id is not None})
    found |= {party.id: party for party in homes.values()}
    return same


def _grouped(rows: Iterable[Any], column: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def _load_attendance(db: Session, book: Book, people: Sequence[Known]) -> None:
    book.tally = attendance.tally(db, book.meeting.id)
    if not book.tally.came:
        return  # lists that say of nobody that they came do not say of anybody that they stayed away
    rows = attendance.people(db, book.meeting.id)
    lists = [
        Known(row.id, matching.names(row.name), matching.unit_key(row.unit), matching.keys(row.email, row.phone))
        for row in rows
    ]
    whose = matching.matched(lists, people)
    came: dict[int, bool] = {}
    for row in rows:
        if row.id in whose:
            came[whose[row.id]] = came.get(whose[row.id], False) or row.attended or row.online
    book.came = came
    book.checked_in = {whose[row.id]: row for row in rows if row.id in whose and row.attended}
    book.uncounted = sum((row.attended or row.online) and row.id not in whose for row in rows)


def _known(book: Book) -> list[Known]:
    """The people, as they are looked for in lists."""
    return [
        Known(
            party.id,
            matching.names(party.name, party.latin),
            matching.unit_key(_unit(book, party)),
            matching.keys(*(one.value for one in book.reaches[party.id] if one.kind != ReachKind.PHONE)),
        )
        for party in book.parties.values()
        if party.kind == PartyKind.PERSON
    ]


def _unit(book: Book, party: Party) -> str:
    unit = book.parties.get(party.unit_id) if party.unit_id is not None else None
    return unit.name if unit else party.unit


def _load_programme(db: Session, book: Book, people: Sequence[Known]) -> None:
    meeting = book.meeting.id
    speaking = {Capacity.SPEAKER, Capacity.VIP}
    asked = [one for one in people if book.capacities.get(one.id, set()) & speaking]
    listed = [
        Known(row.id, matching.names(row.name), matching.unit_key(row.unit)) for row in programme.speakers(db, meeting)
    ]
    whose = matching.on_programme(listed, asked)
    sessions = {row.id: row for row in programme.sessions(db, meeting)}
    parts = _grouped(programme.speakings(db, meeting), "speaker_id")
    book.files = {row.id: row for row in archive.files(db, meeting)}
    book.proofs = sponsors.proofs(db, [row for rows in book.benefits.values() for row in rows])
    shot = [row for row in book.files.values() if row.material == Material.PHOTO]
    photos, said = _grouped(shot, "speaker_id"), _grouped(consents.of_meeting(db, meeting), "speaker_id")
    book.talks = {
        party: sorted(
            ((sessions[part.session_id], part) for one in ids for part in parts[one]),
            key=lambda pair: (pair[0].starts_at is None, pair[0].starts_at or pair[0].id, pair[0].id),
        )
        for party, ids in whose.items()
    }
    book.photos = {party: [row for one in ids for row in photos[one]] for party, ids in whose.items()}
    book.consents = {party: [row for one in ids for row in said[one]] for party, ids in whose.items()}
    away = [row for row in archive.elsewhere(db, meeting) if row.session_id is not None]
    book.recordings = {key: [row.url for row in rows] for key, rows in _grouped(away, "session_id").items()}


def speaks(book: Book, party: Party) -> bool:
    """Whether they are to be thanked for a session: as its speaker, or because the programme has them in one."""
    if Capacity.SPEAKER in book.capacities.get(party.id, ()):
        return True
    return any(part.part in TALKING for _, part in book.talks.get(party.id, ()))
