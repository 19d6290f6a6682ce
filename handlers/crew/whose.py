"""Whose the rows of a list of shifts are: of the crew, of the address book, or new. Nobody is guessed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from handlers.cleaning.names import compatible, spellings, written
from handlers.crew.rows import Fault, Human, Told
from storage.parties import ReachKind

_IDENTITY = frozenset({ReachKind.EMAIL, ReachKind.MOBILE})

Key = tuple[ReachKind, str]


@dataclass(frozen=True)
class Known:
    """Somebody of the address book; ``keys`` are the addresses and mobile numbers by which they are known."""

    id: int
    number: int
    names: tuple[str, ...]
    keys: frozenset[Key] = frozenset()
    in_crew: bool = False

    @property
    def told(self) -> str:
        return f"P{self.number} {self.names[0]}"


@dataclass(eq=False)
class Newcomer:
    """Somebody whom nobody knows yet, by the rows that name them."""

    name: str
    unit: str = ""
    ways: dict[Key, str] = field(default_factory=dict)


Whose = Known | Newcomer


@dataclass(frozen=True)
class Found:
    """Who each row is about, by the row's number; rows of which that is not sure are in none, and among the faults."""

    by_row: Mapping[int, Whose]
    faults: Sequence[Fault]


def whose(told: Sequence[Told], people: Iterable[Known]) -> Found:
    """One row's mail or mobile number tells also who another row of that name is."""
    seeker = _Seeker(list(people))
    found = {row.number: one for row in told if (one := seeker.find(row)) is not None}
    return Found(found, seeker.faults)


class _Seeker:
    def __init__(self, people: Sequence[Known]) -> None:
        self.faults: list[Fault] = []
        self._numbered = {one.number: one for one in people}
        self._holders: dict[Key, list[Known]] = defaultdict(list)
        for one in people:
            for key in one.keys:
                self._holders[key].append(one)
        self._crew = _Index(one for one in people if one.in_crew)
        self._outside = [one for one in people if not one.in_crew]
        self._new: dict[str, Newcomer] = {}
        self._told: dict[str, Known] = {}
        """Who was sure in a row above, by the name."""

    def find(self, row: Told) -> Whose | None:
        who = row.who
        if who.number is not None:
            return self._by_number(row, who.number)
        if sure := self._by_keys(row):
            self._told[written(who.name)] = sure
            return sure
        return self._by_name(row)

    def _fault(self, row: Told, why: str, better: str = "") -> None:
        self.faults.append(Fault(row.number, why, row.who.name, better))

    def _by_number(self, row: Told, number: int) -> Known | None:
        found = self._numbered.get(number)
        if found is None:
            self._fault(row, "no_number", f"P{number}")
        elif row.who.name and not _may_be(found, row.who.name):
            self._fault(row, "other_name", found.told)
            found = None
        return found

    def _by_keys(self, row: Told) -> Known | None:
        holders = {one.id: one for key in _keys(row.who) for one in self._holders.get(key, ())}
        fits = [one for one in holders.values() if _may_be(one, row.who.name)]
        for one in holders.values() if not fits else ():
            self._fault(row, "held", one.told)
        ours = [one for one in fits if one.in_crew] or fits
        return ours[0] if len(ours) == 1 else None

    def _by_name(self, row: Told) -> Whose | None:
        """Of the crew where only one has the name, and nothing speaks against it; nobody else by a name alone."""
        name, keys = row.who.name, _keys(row.who)
        ours = self._crew.of_name(name)
        if len(ours) == 1 and not _contradict(keys, ours[0].keys):
            return ours[0]
        if (known := self._told.get(written(name))) and not keys:
            return known
        if alike := ours or self._others.of_name(name):
            why = "several" if len(alike) > 1 else "other_way" if ours else "perhaps"
            self._fault(row, why, ", ".join(one.told for one in alike))
            return None
        return self._newcomer(row, keys)

    @cached_property
    def _others(self) -> _Index:
        """An address book of thousands takes a moment: it is looked into where the crew has nobody of the name."""
        return _Index(self._outside)

    def _newcomer(self, row: Told, keys: frozenset[Key]) -> Newcomer | None:
        who = row.who
        new = self._new.setdefault(written(who.name), Newcomer(who.name))
        if _contradict(keys, frozenset(key for key in new.ways if key[0] in _IDENTITY)):
            self._fault(row, "two_of_name")
            return None
        new.unit = new.unit or who.unit
        new.ways = {**who.ways, **new.ways}
        return new


class _Index:
    """People by whatever their names may be written as."""

    def __init__(self, people: Iterable[Known]) -> None:
        self._by: dict[str, list[Known]] = defaultdict(list)
        for one in people:
            for form in {form for name in one.names for form in _forms(name)}:
                self._by[form].append(one)

    def of_name(self, name: str) -> list[Known]:
        near = {one.id: one for form in _forms(name) for one in self._by.get(form, ())}
        return sorted((one for one in near.values() if _may_be(one, name)), key=lambda one: one.number)


def _forms(name: str) -> set[str]:
    return {written(name), *spellings(name)}


def _keys(who: Human) -> frozenset[Key]:
    return frozenset(key for key in who.ways if key[0] in _IDENTITY)


def _may_be(one: Known, name: str) -> bool:
    return any(compatible(mine, name) for mine in one.names)


def _contradict(some: frozenset[Key], others: frozenset[Key]) -> bool:
    """Whether both tell an address or a number, and of a kind that both tell not one is the same."""
    shared = {kind for kind, _ in some} & {kind for kind, _ in others}
    return bool(shared) and not some & others
