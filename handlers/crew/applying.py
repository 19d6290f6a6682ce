"""A list of shifts is written at once, and what that did is noted row by row, so that it can be taken back whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.crew.planning import Plan, Step
from handlers.crew.whose import Known, Newcomer, Whose
from storage import crew, intakes, parties
from storage.base import Base, Session
from storage.crew import Shift, Volunteer
from storage.parties import Capacity, Intake, Party, PartyKind, Reach, Taking

_WAY = ("kind", "value", "typed", "place")


def apply(db: Session, intake: Intake, plan: Plan) -> None:
    """Everything that the plan says, for the meeting of the import."""
    writer = _Writer(db, intake)
    whose = dict.fromkeys(step.whose for step in plan.steps)
    first = {step.whose: step.told.number for step in reversed(plan.steps)}
    writer.newcomers([one for one in whose if isinstance(one, Newcomer)], first)
    for one in whose:
        writer.joins(one, first[one])
    writer.shifts(plan.of("added"))
    writer.said_anew(plan.of("changed"))
    intakes.note(db, intake.id, writer.notes)


@dataclass
class _Writer:
    db: Session
    intake: Intake
    ids: dict[Whose, int] = field(default_factory=dict)
    """Parties' ids of newcomers."""
    volunteers: dict[Whose, int] = field(default_factory=dict)
    """Ids of rows of the crew."""
    notes: list[intakes.Note] = field(default_factory=list)

    @property
    def meeting_id(self) -> int:
        assert self.intake.meeting_id is not None  # noqa: S101  shifts are of a meeting
        return self.intake.meeting_id

    def note(self, number: int, model: type[Base], row_id: int, before: Any, after: Mapping[str, Any]) -> None:
        then = None if before is None else intakes.kept(before)
        self.notes.append(intakes.Note(number, model.__tablename__, row_id, then, intakes.kept(after)))

    def newcomers(self, new: Sequence[Newcomer], first: Mapping[Whose, int]) -> None:
        """They come into the address book as a list of people would bring them."""
        workspace_id = self.intake.workspace_id
        start = parties.next_number(self.db, workspace_id)
        told = [{"name": one.name, "unit": one.unit} for one in new]
        added = intakes.add_parties(self.db, workspace_id, PartyKind.PERSON, start, told)
        own = {"workspace_id": workspace_id, "kind": PartyKind.PERSON.value}
        for number, (one, values, row_id) in enumerate(zip(new, told, added, strict=True), start):
            self.ids[one] = row_id
            ways, capacity = list(_ways(one)), Capacity.VOLUNTEER.value
            intakes.add_plain(self.db, Reach, ("party_id", *_WAY), [(row_id, *way) for way in ways])
            took = (row_id, self.meeting_id, capacity)
            intakes.add_plain(self.db, Taking, ("party_id", "meeting_id", "capacity"), [took])
            after = {name: value for name, value in values.items() if value}
            hang = {"reach": ways, "taking": [capacity]}
            self.note(first[one], Party, row_id, None, {**after, **own, "number": number, **hang})

    def joins(self, one: Whose, number: int) -> None:
        """In the crew from now on, and with a row of their own there."""
        party_id = one.id if isinstance(one, Known) else self.ids[one]
        if isinstance(one, Known) and not one.in_crew:
            took = {"party_id": party_id, "meeting_id": self.meeting_id, "capacity": Capacity.VOLUNTEER.value}
            self.note(number, Taking, intakes.add_one(self.db, Taking, took), None, took)
        row = crew.of_party(self.db, self.meeting_id, party_id)
        if row is not None:
            self.volunteers[one] = row.id
            return
        told = {"meeting_id": self.meeting_id, "party_id": party_id}
        self.volunteers[one] = intakes.add_one(self.db, Volunteer, told)
        self.note(number, Volunteer, self.volunteers[one], None, told)

    def shifts(self, new: Sequence[Step]) -> None:
        rows = [{"volunteer_id": self.volunteers[step.whose], **step.told.columns} for step in new]
        for step, row, row_id in zip(new, rows, intakes.add_found(self.db, Shift, rows), strict=True):
            self.note(step.told.number, Shift, row_id, None, row)

    def said_anew(self, changed: Iterable[Step]) -> None:
        told: list[tuple[int, Mapping[str, Any]]] = []
        for step in changed:
            assert step.noted is not None  # noqa: S101  as the plan says
            told.append((step.noted.id, step.values))
            self.note(step.told.number, Shift, step.noted.id, step.before, step.values)
        intakes.change(self.db, Shift, told)


def _ways(one: Newcomer) -> Iterable[tuple[str, str, str, int]]:
    """As ``_WAY``; the first of a kind is the one that is used."""
    last: dict[str, int] = {}
    for (kind, value), typed in one.ways.items():
        last[kind] = last.get(kind, 0) + 1
        yield kind.value, value, typed, last[kind]
