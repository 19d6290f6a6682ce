"""Who speaks at a meeting: their sessions, what has come of each, what they allow, and how their letter stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers import expected, holdings, matching
from handlers.expected import TALKING, Cell, Holdings, Programme
from handlers.matching import Known
from handlers.sharing import standing
from storage import letters, parties, programme
from storage.consents import Consent
from storage.letters import Audience, Letter
from storage.parties import Capacity, Party, PartyKind
from storage.programme import ProgrammeSession, Speaker

if TYPE_CHECKING:
    from storage.base import Session
    from storage.meetings import Meeting
    from storage.workspace import Workspace


@dataclass(frozen=True)
class Presenter:
    """Somebody who speaks. ``party`` is None for a name of the programme that is nobody of the address book.

    ``names`` are the rows of the programme that are theirs, ``cells`` what is expected of them, each once, ``consents``
    those that count.
    """

    party: Party | None
    names: Sequence[Speaker]
    sessions: Sequence[ProgrammeSession]
    cells: Sequence[Cell]
    consents: Sequence[Consent]
    letter: Letter | None

    @property
    def name(self) -> str:
        return self.party.name if self.party else self.names[0].name

    @property
    def missing(self) -> list[Cell]:
        return [one for one in self.cells if not one.settled]


def of_meeting(db: Session, place: Workspace, meeting: Meeting) -> list[Presenter]:
    """Everybody who speaks by the programme, in its order, then those who only stand in the address book as speakers.

    Guests of honour are among them where the programme has them.
    """
    found = Programme(
        programme.sessions(db, meeting.id), programme.speakers(db, meeting.id), programme.speakings(db, meeting.id)
    )
    held = holdings.of_meeting(db, place, meeting, found)
    known = {party.id: (party, capacity) for party, capacity in _known(db, meeting)}
    whose = matching.on_programme([_listed(one) for one in found.speakers], _people(db, known))
    written = {row.party_id: row for row in letters.of_meeting(db, meeting.id, Audience.SPEAKERS)}
    owner = {row_id: party_id for party_id, ids in whose.items() for row_id in ids}
    groups: dict[tuple[int, int], list[Speaker]] = {}
    for _, speaker in expected.talks(found):
        party_id = owner.get(speaker.id, 0)
        rows = groups.setdefault((party_id, 0 if party_id else speaker.id), [])
        rows += [] if speaker in rows else [speaker]
    for party_id, (_, capacity) in known.items():
        if capacity == Capacity.SPEAKER:
            groups.setdefault((party_id, 0), [one for one in found.speakers if owner.get(one.id) == party_id])
    parties_of = {party_id: party for party_id, (party, _) in known.items()}
    return [
        _presenter(held, names, parties_of.get(party_id), written.get(party_id))
        for (party_id, _), names in groups.items()
    ]


def _known(db: Session, meeting: Meeting) -> list[tuple[Party, Capacity]]:
    """The speakers last, so that of a speaker who is a guest of honour as well it is the speaker that stands."""
    rows = parties.of_meeting(db, meeting.id, Capacity.SPEAKER, Capacity.VIP)
    return sorted((row for row in rows if row[0].kind == PartyKind.PERSON), key=lambda row: row[1] == Capacity.SPEAKER)


def _listed(one: Speaker) -> Known:
    return Known(one.id, matching.names(one.name), matching.unit_key(one.unit))


def _people(db: Session, known: dict[int, tuple[Party, Capacity]]) -> list[Known]:
    units = parties.some(db, {party.unit_id for party, _ in known.values() if party.unit_id})
    return [
        Known(
            party.id,
            matching.names(party.name, party.latin),
            matching.unit_key(units[party.unit_id].name if party.unit_id in units else party.unit),
        )
        for party, _ in known.values()
    ]


def _presenter(held: Holdings, names: Sequence[Speaker], party: Party | None, letter: Letter | None) -> Presenter:
    ids = {one.id for one in names}
    parts = {row.session_id for row in held.programme.speakings if row.speaker_id in ids}
    talks = {row.session_id for row in held.programme.speakings if row.speaker_id in ids and row.part in TALKING}
    return Presenter(
        party,
        names,
        [one for one in held.programme.sessions if one.id in parts],
        _cells(held, ids, talks),
        _standing(held, ids),
        letter,
    )


def _standing(held: Holdings, ids: Collection[int]) -> list[Consent]:
    """What they allow, without what something newer replaces."""
    said = [row for row in held.consents if row.speaker_id in ids]
    return [row for row in said if standing(said, row.speaker_id, row.material) is row]


def _cells(held: Holdings, ids: Collection[int], talks: Collection[int]) -> list[Cell]:
    """Slides and recording of each session, the photo, and what they allow: that once, it counts for all sessions."""
    found: list[Cell] = []
    for one in expected.of_programme(held):
        theirs = one.speaker is not None and one.speaker.id in ids
        if theirs or (one.speaker is None and one.session is not None and one.session.id in talks):
            told = one.kind == "consent" and any(other.kind == "consent" for other in found)
            found += [] if told else [one]
    return found
