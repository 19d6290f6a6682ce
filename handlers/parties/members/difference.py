"""What the conference has taught of members, against what their register says: field by field. Pure.

Nothing is guessed. A number or an address that was learnt takes the first place, and the one before moves to the
second column where the list has one that is free; where others too have said what stands there, it stays, and what
was learnt goes to that second column. What may only be written otherwise is a question, and so is whom one
deals with in a unit, where that person has gone to another. Of two rows of one member neither is touched: which of
them stays is for the association's own system to say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

from handlers.cleaning import units
from handlers.cleaning.cells import blank
from handlers.cleaning.mails import likelier, mails
from handlers.cleaning.names import compatible
from handlers.cleaning.phones import dialled, phones
from storage.parties import PartyKind, ReachKind

OF_UNIT = ("credit_code", "address", "postcode")
OF_PERSON = ("latin", "title", "position")
OF_MEMBER = ("address", "postcode")
"""Of a member who is a person; of whom one deals with in a unit, the address is the unit's."""
SECOND = {"phone": "office", "email": "email2"}
"""Where the number or the address goes that was used before."""


@dataclass(frozen=True)
class Source:
    """Who says so. ``kind``: "list" (``number`` of the I, ``capacity``), "case" (of the C), "hand", "members"."""

    kind: str
    number: int = 0
    capacity: str = ""
    here: bool = True
    """Of this meeting."""


@dataclass(frozen=True)
class Side:
    """A party as the address book has it now; ``unit`` is the name of its unit, ``ways`` in the order of their places.

    ``sources`` gives who said a value: by field, or by the value itself for a way to reach somebody.
    """

    id: int
    number: int
    kind: PartyKind
    values: Mapping[str, str]
    unit: str = ""
    ways: Sequence[tuple[ReachKind, str]] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    concerned: bool = False
    """Took part in the meeting, or has a case of it."""

    @property
    def ref(self) -> str:
        return f"P{self.number}"

    def source(self, name: str) -> Source:
        return self.sources.get(name, Source("hand"))


@dataclass(frozen=True)
class Part:
    """One field of a member: from what to what, and who says so."""

    field: str
    old: str
    new: str
    source: Source


@dataclass(frozen=True)
class Row:
    """A row of the register: its id, its place there from 1, what stands in it, and who it is."""

    id: int
    number: int
    cells: Mapping[str, str]
    settled: Mapping[str, str]
    member: Side
    contact: Side | None = None

    @property
    def concerned(self) -> bool:
        return self.member.concerned or (self.contact is not None and self.contact.concerned)


@dataclass(frozen=True)
class News:
    """A member that differs (``row`` None: one that is new), with all that does."""

    row: Row | None
    member: Side
    parts: Sequence[Part]
    contact: Side | None = None

    @property
    def added(self) -> bool:
        return self.row is None


@dataclass(frozen=True)
class Doubt:
    """What somebody must say first. ``why``: "twin" (``value`` names what looks alike), "moved", "unit", "twice".

    "twice": two rows of the register are one member; ``rows`` are these, the first and another. "slip" holds nothing
    up: ``value`` is what was probably meant.
    """

    why: str
    one: Side
    other: Side | None = None
    value: str = ""
    old: str = ""
    rows: tuple[Row, ...] = ()


@dataclass
class Difference:
    """``unchanged`` counts members who took part; ``absent`` those of whom the conference has taught nothing."""

    added: list[News]
    changed: list[News]
    doubts: list[Doubt]
    unchanged: list[Row]
    absent: int
    guests: int = 0
    """Who took part, are no members, and have not applied."""
    waiting: int = 0
    """Applications that are not in the register yet."""

    @property
    def news(self) -> list[News]:
        return [*self.added, *self.changed]

    @property
    def slips(self) -> list[Doubt]:
        """Addresses that are taken as they are and probably have a slip in them."""
        parts = [(one, part) for one in self.news for part in one.parts if part.field in {"email", SECOND["email"]}]
        return [
            Doubt("slip", one.contact or one.member, value=better, old=part.new)
            for one, part in parts
            if (better := likelier(part.new))
        ]

    @property
    def marks(self) -> dict[str, str]:
        """Of each part, by whom and what it is of."""
        return {
            f"{one.member.ref} {part.field}": _digest(part.old, part.new) for one in self.news for part in one.parts
        }

    @property
    def digest(self) -> str:
        told = [(one.member.id, [(part.field, part.old, part.new) for part in one.parts]) for one in self.news]
        return _digest(repr(told))


def twice(rows: Sequence[Row]) -> list[Doubt]:
    """A question for every row of a member who has one before it."""
    first: dict[int, Row] = {}
    for row in rows:
        first.setdefault(row.member.id, row)
    pairs = [(first[row.member.id], row) for row in rows]
    return [Doubt("twice", row.member, rows=(before, row)) for before, row in pairs if before is not row]


def _digest(*told: str) -> str:
    return sha256("\0".join(told).encode()).hexdigest()[:12]


Takes = Callable[[Part], bool]
"""Whether a part goes into the register; what follows from one that does not is no part either."""


@dataclass(frozen=True)
class Rules:
    """``fields`` are the columns of the list, ``aliases`` units' ids by what they are called, as names are compared."""

    fields: Collection[str]
    aliases: Mapping[str, int]
    region: str = "CN"

    def parts(self, row: Row) -> list[Part]:
        """All that differs, but for what somebody wants left as it stands."""
        takes = partial(self._takes, row)
        told = self._unit(row, takes) if row.member.kind == PartyKind.UNIT else self._person(row, takes)
        return [part for part in told if takes(part)]

    def _takes(self, row: Row, part: Part) -> bool:
        return (
            part.field in self.fields
            and row.settled.get(part.field) != part.new
            and part.source.kind != "members"
            and (row.concerned or part.source.kind == "hand" or part.source.here)
        )

    def doubts(self, row: Row) -> Iterator[Doubt]:
        """What of a row is not to be taken without a word of somebody."""
        who = row.contact if row.member.kind == PartyKind.UNIT else row.member
        cell = row.cells.get("unit", "")
        if who is None or not who.unit or not cell or not who.concerned or self._one_unit(cell, who.unit):
            return
        if row.settled.get("unit") == who.unit:
            return
        if units.alike(cell, who.unit):
            yield Doubt("unit", who, value=who.unit, old=cell)
        elif row.member.kind == PartyKind.UNIT:
            yield Doubt("moved", who, row.member, who.unit, cell)

    def fresh(self, member: Side) -> list[Part]:
        """Everything that the register will say of somebody new."""
        told = {**member.values, "unit": member.unit}
        if member.kind == PartyKind.UNIT:
            told = {name: member.values[name] for name in (*OF_UNIT, "member_no")} | {"unit": member.values["name"]}
        names = ("member_no", "name", "unit", *OF_PERSON, *OF_UNIT)
        parts = [Part(name, "", told[name], member.source(name)) for name in names if told.get(name)]
        ways = self._reach({}, member, lambda part: part.field in self.fields)
        return [part for part in [*parts, *ways] if part.field in self.fields]

    def _unit(self, row: Row, takes: Takes) -> Iterator[Part]:
        cell, name = row.cells.get("unit", ""), row.member.values["name"]
        if cell and not self._same_unit(cell, name):
            yield Part("unit", cell, name, row.member.source("name"))
        yield from self._values(row.cells, row.member, (*OF_UNIT, "member_no"))
        if row.contact is None:
            yield from self._reach(row.cells, row.member, takes)
            return
        yield from self._name(row.cells, row.contact)
        yield from self._values(row.cells, row.contact, OF_PERSON)
        yield from self._reach(row.cells, row.contact, takes)

    def _person(self, row: Row, takes: Takes) -> Iterator[Part]:
        yield from self._name(row.cells, row.member)
        cell, unit = row.cells.get("unit", ""), row.member.unit
        if unit and not self._one_unit(cell, unit) and not (cell and units.alike(cell, unit)):
            yield Part("unit", cell, unit, row.member.source("unit"))
        yield from self._values(row.cells, row.member, (*OF_PERSON, *OF_MEMBER, "member_no"))
        yield from self._reach(row.cells, row.member, takes)

    def _name(self, cells: Mapping[str, str], who: Side) -> Iterator[Part]:
        cell = cells.get("name", "")
        if cell and not compatible(cell, who.values["name"]):
            yield Part("name", cell, who.values["name"], who.source("name"))

    def _values(self, cells: Mapping[str, str], who: Side, names: Sequence[str]) -> Iterator[Part]:
        for name in names:
            cell, value = cells.get(name, ""), who.values.get(name, "")
            if not value or _folded(cell) == _folded(value) or (name == "member_no" and cell):
                continue
            yield Part(name, cell, value, who.source(name))

    def _same_unit(self, cell: str, name: str) -> bool:
        one, other = units.plain(cell), units.plain(name)
        return one == other or (one in self.aliases and self.aliases[one] == self.aliases.get(other))

    def _one_unit(self, cell: str, name: str) -> bool:
        """As people write it, when it is their own."""
        return self._same_unit(cell, name) or (bool(cell) and units.same_name(cell, name))

    def _reach(self, cells: Mapping[str, str], who: Side, takes: Takes) -> Iterator[Part]:
        yield from self._ways(cells, who, "email", takes)
        mobiles = list(self._ways(cells, who, "phone", takes))
        yield from mobiles
        yield from self._lines({**cells, **{part.field: part.new for part in mobiles}}, who)

    def _ways(self, cells: Mapping[str, str], who: Side, name: str, takes: Takes) -> Iterator[Part]:
        """Of the addresses, or of the mobile numbers: what is new in the first column, and in the second."""
        kind = ReachKind.EMAIL if name == "email" else ReachKind.MOBILE
        known = [value for how, value in who.ways if how == kind]
        cell, second = cells.get(name, ""), cells.get(SECOND[name], "")
        listed = self._values_of(cell, kind), self._values_of(second, kind)
        news = [value for value in known if value not in {*listed[0], *listed[1]} and not _from_register(who, value)]
        free = SECOND[name] in self.fields and blank(second)
        office = name == "phone" and not blank(cell) and not listed[0]  # an office's telephone stands there
        if not news or (office and not free):
            return
        stands = [value for value in listed[0] if value in known]
        if any(not _from_register(who, value) for value in stands):  # others say so too: it stays the first
            if free:
                yield Part(SECOND[name], second, dialled(news[0]), who.source(news[0]))
            return
        new = news[-1] if stands else news[0]
        part = Part(name, cell, dialled(new), who.source(new))
        if not takes(part):
            return
        yield part
        if free and (stands or office):
            yield Part(SECOND[name], second, cell, who.source(new))
        elif free and len(news) > 1:
            yield Part(SECOND[name], second, dialled(news[1]), who.source(news[1]))

    def _lines(self, cells: Mapping[str, str], who: Side) -> Iterator[Part]:
        """A telephone of the office, which stands in no column yet."""
        lines = [value for kind, value in who.ways if kind == ReachKind.PHONE]
        listed = {value for name in ("phone", "office") for value in self._values_of(cells.get(name, ""), None)}
        if not lines or listed.intersection(lines):
            return
        mobile = any(kind == ReachKind.MOBILE for kind, _ in who.ways)  # the first column is for that
        name = "phone" if "phone" in self.fields and blank(cells.get("phone", "")) and not mobile else "office"
        if blank(cells.get(name, "")):
            yield Part(name, cells.get(name, ""), dialled(lines[0]), who.source(lines[0]))

    def _values_of(self, cell: str, kind: ReachKind | None) -> list[str]:
        """Numbers or addresses that a cell has, as they are kept; of telephones only mobiles, or all (None)."""
        if not cell or blank(cell):
            return []
        if kind == ReachKind.EMAIL:
            return list(mails(cell).found)
        return [one.value for one in phones(cell, self.region).found if one.mobile or kind is None]


def _from_register(who: Side, value: str) -> bool:
    """Whether nobody but the register has ever said so."""
    return who.source(value).kind == "members"


def _folded(text: str) -> str:
    return units.plain(text).casefold()
