"""What a list changes in the shifts of the crew: new, said anew, as before; and who is not in the crew yet. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

from handlers.crew.rows import Fault, Told, columns_of
from handlers.crew.rules import Worked, overlapping
from handlers.crew.whose import Known, Newcomer, Whose

Kind = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True)
class Noted:
    """A shift that is there."""

    id: int
    worked: Worked
    place: str = ""
    note: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        return columns_of(self.worked, self.place, self.note)

    @property
    def is_sum(self) -> bool:
        """Whether it is but a sum of hours, of which nobody said when or at what they were."""
        return self.worked.starts_at is None and not self.worked.text


@dataclass
class Step:
    """One row that is taken: ``values`` are the columns that become others, ``before`` what stood there."""

    told: Told
    whose: Whose
    noted: Noted | None = None
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        if self.noted is None:
            return "added"
        return "changed" if self.values else "unchanged"


@dataclass
class Plan:
    """``steps`` in the order of the list; ``outside`` are those who would have to join the crew, with their rows."""

    steps: list[Step] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    outside: dict[Whose, list[Step]] = field(default_factory=dict)

    def of(self, kind: Kind) -> list[Step]:
        return [one for one in self.steps if one.kind == kind]

    @property
    def changes(self) -> bool:
        return any(one.kind != "unchanged" for one in self.steps)

    @property
    def digest(self) -> str:
        said = [(_name(one.whose), one.told.number, one.noted and one.noted.id, one.before) for one in self.steps]
        return sha256(repr((said, [one.values for one in self.steps])).encode()).hexdigest()


def plan(
    told: Sequence[Told], by_row: Mapping[int, Whose], noted: Mapping[int, Sequence[Noted]], *, joining: bool
) -> Plan:
    """``noted`` gives the shifts that are there, by the party. ``joining``: who is not in the crew comes into it."""
    made = Plan()
    rows: dict[Whose, list[Told]] = defaultdict(list)
    for row in told:
        if (one := by_row.get(row.number)) is not None:
            rows[one].append(row)
    for one, theirs in rows.items():
        steps = _Person(one, noted.get(one.id, ()) if isinstance(one, Known) else ()).steps(theirs, made.faults)
        if is_outside(one):
            made.outside[one] = steps
        if joining or not is_outside(one):
            made.steps += steps
    made.steps.sort(key=lambda step: step.told.number)
    return made


def is_outside(one: Whose) -> bool:
    return isinstance(one, Newcomer) or not one.in_crew


def _name(one: Whose) -> str:
    return str(one.id) if isinstance(one, Known) else one.name


@dataclass
class _Person:
    """The rows of one of them against the shifts that are there."""

    whose: Whose
    noted: Sequence[Noted]
    taken: set[int] = field(default_factory=set)
    """Shifts (by id) that a row of the list is already."""
    new: list[Worked] = field(default_factory=list)

    def steps(self, rows: Iterable[Told], faults: list[Fault]) -> list[Step]:
        """First those that are there already, so that no other row is taken for them."""
        found: list[Step] = []
        others: list[Told] = []
        for row in rows:
            same = self._same(row)
            if same is not None:
                found.append(self._said_anew(row, same))
            else:
                others.append(row)
        for row in others:
            if fault := self._cannot_be(row):
                faults.append(fault)
            else:
                found.append(self._added(row))
        return found

    def _same(self, row: Told) -> Noted | None:
        """The shift of that day and those times; of which only the length is known, that of the same words too."""
        told = row.worked
        for one in self.noted:
            there = one.worked
            moments = (there.starts_at, there.ends_at) == (told.starts_at, told.ends_at)
            words = told.ends_at is not None or _plain(there.text) == _plain(told.text)
            if one.id not in self.taken and moments and words:
                self.taken.add(one.id)
                return one
        return None

    def _said_anew(self, row: Told, one: Noted) -> Step:
        """A blank says nothing."""
        stands = one.columns
        values = {name: value for name, value in row.columns.items() if value not in {"", None, stands[name]}}
        return Step(row, self.whose, one, values, {name: stands[name] for name in values})

    def _cannot_be(self, row: Told) -> Fault | None:
        told = row.worked
        if any(one.when == told.when and _plain(one.text) == _plain(told.text) for one in self._all):
            return Fault(row.number, "twice", _person(self.whose))
        if told.starts_at is None and not told.text and self._all:
            return Fault(row.number, "shifts", _person(self.whose))
        return Fault(row.number, "overlap", _person(self.whose)) if overlapping(told, self._all) else None

    @property
    def _all(self) -> list[Worked]:
        return [*(one.worked for one in self.noted), *self.new]

    def _added(self, row: Told) -> Step:
        """Where there is but a sum of hours, the first shift that says when it was takes its place."""
        self.new.append(row.worked)
        only = self.noted[0] if len(self.noted) == 1 and self.noted[0].is_sum else None
        if only is None or only.id in self.taken:
            return Step(row, self.whose)
        self.taken.add(only.id)
        return self._said_anew(row, only)


def _person(one: Whose) -> str:
    return one.told if isinstance(one, Known) else one.name


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
