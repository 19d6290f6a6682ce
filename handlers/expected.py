"""What is expected of a meeting's materials, cell by cell, and how each stands: files, excuses and consents. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from storage.archive import Elsewhere
from storage.checklist import Task
from storage.consents import Consent, Excuse
from storage.files import File
from storage.materials import Material, PhotoKind
from storage.meetings import Meeting
from storage.programme import Booth, Part, ProgrammeSession, Speaker, Speaking


class Standing(StrEnum):
    """HERE: enough has come. MISSING: not yet. ASKED: somebody says why it will not come, nobody has approved that.

    EXCUSED: it will not come, and that is approved.
    """

    HERE = "here"
    MISSING = "missing"
    ASKED = "asked"
    EXCUSED = "excused"


@dataclass(frozen=True)
class Programme:
    """What a meeting consists of. ``speakings`` are in the order in which people speak."""

    sessions: Sequence[ProgrammeSession] = ()
    speakers: Sequence[Speaker] = ()
    speakings: Sequence[Speaking] = ()
    booths: Sequence[Booth] = ()


@dataclass(frozen=True)
class Cell:
    """One thing that is expected. ``key`` names it as ``Excuse.cell`` does: ``slides/S3``, ``photo/2026-06-08/hall``.

    ``count`` of ``wanted`` have come. What it is about stands beside it, None where it is about no such thing.
    ``files`` are those with a fault, where none is to have it.
    """

    key: str
    standing: Standing
    count: int = 0
    wanted: int = 1
    session: ProgrammeSession | None = None
    speaker: Speaker | None = None
    booth: Booth | None = None
    day: date | None = None
    photo: PhotoKind | None = None
    material: Material | None = None
    files: tuple[File, ...] = ()
    excuse: Excuse | None = None

    @property
    def settled(self) -> bool:
        return self.standing in {Standing.HERE, Standing.EXCUSED}

    @property
    def kind(self) -> str:
        """``slides``, ``recording``, ``consent``, ``photo``; of the whole: ``class``, ``minutes``, ``files``."""
        return self.key.partition("/")[0]


TALKING = frozenset({Part.SPEAKER, Part.PANELLIST})

Excuses = Mapping[str, Excuse]


@dataclass(frozen=True)
class Holdings:
    """What there is of a meeting, as the database has it."""

    programme: Programme = field(default_factory=Programme)
    files: Sequence[File] = ()
    consents: Sequence[Consent] = ()
    excuses: Excuses = field(default_factory=dict)
    elsewhere: Sequence[Elsewhere] = ()
    links: int = 0
    """Links that prove the recordings, of which nobody has sums."""
    minutes: Task | None = None
    """The task that is done once the minutes are approved."""
    days: Sequence[date] = ()
    quota: int = 1
    """Photos of each kind on each day."""


def days(meeting: Meeting) -> list[date]:
    """The days on which it took place, in its own zone."""
    first, last = (moment.astimezone(ZoneInfo(meeting.zone)).date() for moment in (meeting.starts_at, meeting.ends_at))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def cell(key: str, count: int, excuses: Excuses, *, wanted: int = 1, **about: Any) -> Cell:
    """How it stands when ``count`` of ``wanted`` have come; ``about`` what. What is there needs no excuse."""
    excuse = excuses.get(key) if count < wanted else None
    if excuse is None:
        standing = Standing.HERE if count >= wanted else Standing.MISSING
    else:
        standing = Standing.ASKED if excuse.approved_at is None else Standing.EXCUSED
    return Cell(key, standing, count, wanted, excuse=excuse, **about)


def talks(programme: Programme) -> list[tuple[ProgrammeSession, Speaker]]:
    """Who speaks in which session, in the order of the programme; who only leads through it does not."""
    known = {speaker.id: speaker for speaker in programme.speakers}
    return [
        (session, known[row.speaker_id])
        for session in programme.sessions
        for row in programme.speakings
        if row.session_id == session.id and row.part in TALKING and row.speaker_id in known
    ]


def speaking(programme: Programme) -> list[ProgrammeSession]:
    """The sessions in which somebody speaks: breaks and meals leave nothing behind."""
    return list({session.id: session for session, _ in talks(programme)}.values())


def of_programme(held: Holdings) -> list[Cell]:
    """Everything that is expected of the sessions, the days and the stands, each once."""
    about = held.programme, held.files, held.excuses
    return [
        *slides(*about),
        *recordings(*about, held.elsewhere),
        *consents(held.programme, held.consents, held.excuses),
        *photos(*about, days=held.days, quota=held.quota),
    ]


def slides(programme: Programme, files: Iterable[File], excuses: Excuses) -> list[Cell]:
    """One file for each session in which somebody speaks."""
    return _by_session("slides", programme, _of(files, Material.SLIDES), excuses)


def recordings(
    programme: Programme, files: Iterable[File], excuses: Excuses, elsewhere: Iterable[Elsewhere] = ()
) -> list[Cell]:
    """Sound or picture of each session in which somebody speaks; what is too large to be kept here counts as well."""
    found: list[File | Elsewhere] = [*_of(files, Material.VIDEO, Material.AUDIO), *elsewhere]
    return _by_session("recording", programme, found, excuses)


def _of(files: Iterable[File], *materials: Material) -> list[File]:
    return [file for file in files if file.dropped_at is None and file.material in materials]


def _by_session(kind: str, programme: Programme, found: Iterable[File | Elsewhere], excuses: Excuses) -> list[Cell]:
    count = Counter(one.session_id for one in found)
    return [
        cell(f"{kind}/{session.code}", count[session.id], excuses, session=session) for session in speaking(programme)
    ]


def consents(programme: Programme, given: Iterable[Consent], excuses: Excuses) -> list[Cell]:
    """Whether each speaker has said what they allow. What they say counts for all their sessions."""
    said = {row.speaker_id for row in given if row.withdrawn_at is None}
    return [
        cell(f"consent/{session.code}/{speaker.id}", speaker.id in said, excuses, session=session, speaker=speaker)
        for session, speaker in talks(programme)
    ]


def photos(
    programme: Programme, files: Iterable[File], excuses: Excuses, *, days: Iterable[date], quota: int
) -> list[Cell]:
    """``quota`` of each kind on each day, then one of every speaker and one of every stand."""
    found = _of(files, Material.PHOTO)
    shot = Counter((file.day, file.photo) for file in found)
    shown, stands = Counter(file.speaker_id for file in found), Counter(file.booth_id for file in found)
    speakers = {speaker.id: speaker for _, speaker in talks(programme)}.values()
    return [
        *(
            cell(f"photo/{day}/{kind}", shot[day, kind], excuses, wanted=quota, day=day, photo=kind)
            for day in days
            for kind in PhotoKind
        ),
        *(cell(f"photo/speaker/{one.id}", shown[one.id], excuses, speaker=one) for one in speakers),
        *(cell(f"photo/booth/{one.id}", stands[one.id], excuses, booth=one) for one in programme.booths),
    ]
