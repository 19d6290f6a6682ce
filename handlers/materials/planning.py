"""What a list changes in the programme: added, changed, unchanged, and what it no longer has. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from handlers.materials.agenda import Item
from handlers.materials.lineup import Lineup
from handlers.materials.talkers import Talker
from storage.programme import Part, ProgrammeSession, Speaker, Speaking

Kind = Literal["added", "changed", "unchanged"]
FIELDS = ("title", "track", "hall", "starts_at", "ends_at")


@dataclass(eq=False)
class Draft:
    """A speaker as they will be: ``row`` is None for somebody new."""

    name: str
    unit: str
    position: str
    row: Speaker | None = None

    @property
    def touched(self) -> bool:
        return self.row is None or (self.unit, self.position) != (self.row.unit, self.row.position)


@dataclass(frozen=True)
class Place:
    """Who is to have which part, as the list orders them."""

    draft: Draft
    part: Part
    place: int


@dataclass
class Step:
    """One session: ``values`` are the columns that change, ``places`` who comes or moves, ``gone`` who goes."""

    item: Item
    code: str
    session: ProgrammeSession | None = None
    values: dict[str, Any] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    gone: list[Speaking] = field(default_factory=list)
    renewed: list[Draft] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        if self.session is None:
            return "added"
        return "changed" if self.values or self.places or self.gone or self.renewed else "unchanged"


@dataclass
class Plan:
    """``absent`` are sessions that the list does not have; they stay. ``strangers``: contacts whom nobody knows."""

    steps: list[Step]
    cast: list[Draft]
    absent: list[ProgrammeSession]
    strangers: list[Item]

    def of(self, kind: Kind) -> list[Step]:
        return [step for step in self.steps if step.kind == kind]

    @property
    def digest(self) -> str:
        """The same for the same changes: a confirmation of one plan is none of another."""
        said = [(step.code, step.kind, sorted(map(repr, step.values.items())), _said(step)) for step in self.steps]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def _said(step: Step) -> list[tuple[object, ...]]:
    places = [(one.draft.name, one.draft.unit, one.draft.position, one.part, one.place) for one in step.places]
    renewed = [(one.name, one.unit, one.position) for one in step.renewed]
    return [*places, ("gone", *(one.id for one in step.gone)), *renewed]


def plan(items: Sequence[Item], lineup: Lineup, contacts: Mapping[str, int]) -> Plan:
    """What is blank in the list changes nothing. ``contacts`` are ids of people by what the list calls them."""
    found = [(item, _match(item, items, lineup)) for item in items]
    codes = _codes(found, lineup)
    casting = _Casting(lineup, items)
    steps = [_step(item, session, next(codes), casting, contacts) for item, session in found]
    here = {session.id for _, session in found if session}
    return Plan(
        steps,
        casting.drafts,
        [one for one in lineup.sessions if one.id not in here],
        [item for item in items if item.contact and item.contact not in contacts],
    )


def _match(item: Item, items: Sequence[Item], lineup: Lineup) -> ProgrammeSession | None:
    """By its code; a row without one by its title, and by its beginning where several are called so.

    A title that is new may be another one for what takes place at that time in that hall.
    """
    if item.code:
        return lineup.coded(item.code)
    taken = {one.code.casefold() for one in items if one.code}
    free = [one for one in lineup.sessions if one.code.casefold() not in taken]
    rows = [one for one in items if not one.code]
    alike = [one for one in free if one.title == item.title]
    if len(alike) > 1 or sum(one.title == item.title for one in rows) > 1:
        return next((one for one in alike if one.starts_at == item.starts_at), None)
    return alike[0] if alike else _retitled(item, rows, free)


def _retitled(item: Item, rows: Sequence[Item], free: Sequence[ProgrammeSession]) -> ProgrammeSession | None:
    """The only session there and then, if the list has only this row for it, and none with its title."""
    if item.starts_at is None:
        return None
    there = [one for one in free if (one.starts_at, one.hall) == (item.starts_at, item.hall)]
    here = [one for one in rows if (one.starts_at, one.hall) == (item.starts_at, item.hall)]
    kept = {one.title for one in rows}
    return there[0] if len(there) == len(here) == 1 and there[0].title not in kept else None


def _codes(found: Sequence[tuple[Item, ProgrammeSession | None]], lineup: Lineup) -> Iterator[str]:
    """The code of each, in order: its own, else its running number if that is free, else the next S that is."""
    taken = {one.code.casefold() for one in lineup.sessions} | {item.code.casefold() for item, _ in found}
    for item, session in found:
        wishes = (item.running, *(f"S{n}" for n in range(1, len(taken) + 2)))
        free = (one for one in wishes if one and one.casefold() not in taken)
        code = session.code if session else item.code or next(free)
        taken.add(code.casefold())
        yield code


def _step(
    item: Item, session: ProgrammeSession | None, code: str, casting: _Casting, contacts: Mapping[str, int]
) -> Step:
    step = Step(item, code, session)
    wanted = {name: getattr(item, name) for name in FIELDS} | {"contact_id": contacts.get(item.contact)}
    step.values = {name: value for name, value in wanted.items() if value and value != getattr(session, name, None)}
    now = {one.speaker_id: one for one in casting.lineup.parts(session)} if session else {}
    drafts = [(casting.draft(one, now), one.part) for one in item.talkers]
    for place, (draft, part) in enumerate(drafts, 1):
        known = now.get(draft.row.id) if draft.row else None
        if known is None or (known.part, known.place) != (part, place):
            step.places.append(Place(draft, part, place))
        elif draft.touched:
            step.renewed.append(draft)
    kept = {draft.row.id for draft, _ in drafts if draft.row}
    step.gone = [one for one in now.values() if one.part in item.told and one.speaker_id not in kept]
    return step


class _Casting:
    """Speakers as the list makes them; somebody who is in it twice is one."""

    def __init__(self, lineup: Lineup, items: Sequence[Item]) -> None:
        self.lineup = lineup
        self.drafts: list[Draft] = []
        self.known = [Draft(one.name, one.unit, one.position, one) for one in lineup.speakers.values()]
        self.named = {(one.name, one.unit) for item in items for one in item.talkers if one.unit}

    def draft(self, talker: Talker, here: Mapping[int, Speaking]) -> Draft:
        """The speaker who is meant: of that name and unit, of that name in this session, or alone of that name.

        Whom the list names by another unit is somebody else; without a unit it is first whoever is in this session.
        """
        same = [one for one in self.known if one.name == talker.name]
        exact = [one for one in same if one.unit == talker.unit]
        session = [one for one in same if one.row and one.row.id in here]
        if talker.unit:
            session = [one for one in session if (one.name, one.unit) not in self.named]
        alone = same if len(same) == 1 and not (talker.unit and same[0].unit) else []
        found = next(iter([*exact, *session, *alone] if talker.unit else [*session, *exact, *alone]), None)
        if found is None:
            found = Draft(talker.name, talker.unit, talker.position)
            self.known.append(found)
        found.unit = talker.unit or found.unit
        found.position = talker.position or found.position
        if found not in self.drafts:
            self.drafts.append(found)
        return found
