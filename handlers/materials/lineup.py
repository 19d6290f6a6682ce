"""A meeting's programme as it stands, loaded in a fixed number of questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.expected import TALKING, Programme
from handlers.refused import Refused
from messages import Offer
from storage import programme
from storage.programme import Booth, ProgrammeSession, Speaker, Speaking

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.base import Session


@dataclass(frozen=True)
class Lineup:
    """``speaking`` are the parts people have, by session, in their order."""

    sessions: Sequence[ProgrammeSession]
    speakers: Mapping[int, Speaker]
    speaking: Mapping[int, Sequence[Speaking]]
    booths: Sequence[Booth] = ()

    def heard(self, session: ProgrammeSession) -> list[Speaker]:
        """Who speaks in it: speakers and panellists, whose materials and consent are asked for."""
        return [self.speakers[one.speaker_id] for one in self.parts(session) if one.part in TALKING]

    @property
    def programme(self) -> Programme:
        """The same, as what is expected of it is asked for."""
        speakings = [one for parts in self.speaking.values() for one in parts]
        return Programme(self.sessions, list(self.speakers.values()), speakings, self.booths)

    def parts(self, session: ProgrammeSession) -> Sequence[Speaking]:
        return self.speaking.get(session.id, ())

    def coded(self, code: str) -> ProgrammeSession | None:
        return next((one for one in self.sessions if one.code.casefold() == code.casefold()), None)


def load(ctx: Context) -> Lineup:
    """That of the meeting asked about."""
    return of_meeting(ctx.db, ctx.meeting.id)


def of_meeting(db: Session, meeting_id: int) -> Lineup:
    speaking: dict[int, list[Speaking]] = {}
    for one in programme.speakings(db, meeting_id):
        speaking.setdefault(one.session_id, []).append(one)
    return Lineup(
        programme.sessions(db, meeting_id),
        {one.id: one for one in programme.speakers(db, meeting_id)},
        speaking,
        programme.booths(db, meeting_id),
    )


def session_named(ctx: Context, lineup: Lineup, code: str) -> ProgrammeSession:
    """Raises ``Refused`` for a code that no session has."""
    found = lineup.coded(code)
    if found is None:
        known = [one.code for one in lineup.sessions[:8]]
        offer = Offer("programme", f"programme M{ctx.meeting.number}")
        raise Refused("materials/no_session", code=code, known=known, meeting=ctx.meeting, buttons=[offer])
    return found
