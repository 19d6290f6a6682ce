"""A meeting's programme as it stands, loaded in a fixed number of questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from handlers.refused import Refused
from messages import Offer
from storage import programme
from storage.programme import Booth, Part, ProgrammeSession, Speaker, Speaking

if TYPE_CHECKING:
    from handlers.context import Context


@dataclass(frozen=True)
class Lineup:
    """``speaking`` are the parts people have, by session, in their order."""

    sessions: Sequence[ProgrammeSession]
    speakers: Mapping[int, Speaker]
    speaking: Mapping[int, Sequence[Speaking]]
    booths: Sequence[Booth] = ()

    def heard(self, session: ProgrammeSession) -> list[Speaker]:
        """Who speaks in it: speakers and panellists, whose materials and consent are asked for."""
        return [self.speakers[one.speaker_id] for one in self.parts(session) if one.part != Part.CHAIR]

    def presenting(self, session: ProgrammeSession) -> list[Speaker]:
        """Who gives a talk in it, and has slides perhaps."""
        return [self.speakers[one.speaker_id] for one in self.parts(session) if one.part == Part.SPEAKER]

    def parts(self, session: ProgrammeSession) -> Sequence[Speaking]:
        return self.speaking.get(session.id, ())

    def coded(self, code: str) -> ProgrammeSession | None:
        return next((one for one in self.sessions if one.code.casefold() == code.casefold()), None)


def load(ctx: Context) -> Lineup:
    """That of the meeting asked about."""
    meeting_id = ctx.meeting.id
    speaking: dict[int, list[Speaking]] = {}
    for one in programme.speakings(ctx.db, meeting_id):
        speaking.setdefault(one.session_id, []).append(one)
    return Lineup(
        programme.sessions(ctx.db, meeting_id),
        {one.id: one for one in programme.speakers(ctx.db, meeting_id)},
        speaking,
        programme.booths(ctx.db, meeting_id),
    )


def days(ctx: Context) -> list[date]:
    """Every day of the meeting, on the clocks where it took place."""
    first = ctx.meeting.starts_at.astimezone(ctx.meeting_zone).date()
    last = ctx.meeting_end.date()
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def session_named(ctx: Context, lineup: Lineup, code: str) -> ProgrammeSession:
    """Raises ``Refused`` for a code that no session has."""
    found = lineup.coded(code)
    if found is None:
        known = [one.code for one in lineup.sessions[:8]]
        offer = Offer("programme", f"programme M{ctx.meeting.number}")
        raise Refused("materials/no_session", code=code, known=known, meeting=ctx.meeting, buttons=[offer])
    return found
