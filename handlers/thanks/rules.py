"""Who is thanked by which letter, how they are addressed, what keeps a letter back, and who may sign it. Pure."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any

from handlers.cleaning.names import titled
from storage.letters import GONE, Audience, LetterState
from storage.parties import Capacity
from storage.people import Role

PRECEDENCE = tuple(Audience)
"""The highest first: of several audiences the first that somebody belongs to writes the letter."""
OF_CAPACITY = {
    Capacity.SPEAKER: Audience.SPEAKERS,
    Capacity.VIP: Audience.SPEAKERS,
    Capacity.SPONSOR: Audience.SPONSORS,
    Capacity.SPONSOR_CONTACT: Audience.SPONSORS,
    Capacity.PARTNER: Audience.PARTNERS,
    Capacity.MEDIA: Audience.PARTNERS,
    Capacity.STAFF: Audience.VOLUNTEERS,
    Capacity.VOLUNTEER: Audience.VOLUNTEERS,
    Capacity.ATTENDEE: Audience.ATTENDEES,
}
_LEADING = frozenset({Role.LEAD, Role.SECRETARY})
SIGNERS: Mapping[Audience, frozenset[Role]] = {
    Audience.SPEAKERS: _LEADING,
    Audience.SPONSORS: _LEADING | {Role.SPONSORSHIP},
    Audience.PARTNERS: _LEADING | {Role.LOGISTICS},
    Audience.VOLUNTEERS: _LEADING | {Role.VOLUNTEERS},
    Audience.MEMBERS: _LEADING | {Role.MEMBERSHIP},
    Audience.ATTENDEES: _LEADING | {Role.PUBLICITY},
    Audience.NO_SHOWS: _LEADING | {Role.PUBLICITY},
}
IN_BULK = frozenset({Audience.ATTENDEES, Audience.VOLUNTEERS})
"""All others are read one by one: each says something of its own."""
INVITED = frozenset({Audience.ATTENDEES, Audience.NO_SHOWS})
"""They came by the same lists, and are the many."""
CONFIRMED = frozenset({Audience.SPEAKERS, Audience.SPONSORS, Audience.PARTNERS})
"""Whose names and titles somebody has to have checked."""
WAITING = frozenset({LetterState.DRAFT, LetterState.BLOCKED, LetterState.REJECTED})
"""They may be written anew."""
SETTLED = GONE | {LetterState.SKIPPED}
MOST_SHAPES = 3


class Why(StrEnum):
    """What keeps a letter from being approved.

    PRESENCE: nobody knows whether they came. ABSENT: the lists say that they did not. TWIN: they may be the same as
    another, who would be written to twice. UNIT: a sponsor's contact, and nobody knows of which sponsor.
    """

    FIELD = "field"
    TEMPLATE = "template"
    PRESENCE = "presence"
    ABSENT = "absent"
    OPTED_OUT = "opted_out"
    TWIN = "twin"
    UNIT = "unit"
    TITLE = "title"
    SESSION = "session"
    PHOTO = "photo"
    BENEFIT = "benefit"
    DISPUTE = "dispute"
    UNREACHABLE = "unreachable"


WAIVABLE = frozenset({Why.ABSENT, Why.PHOTO, Why.DISPUTE, Why.UNREACHABLE})
"""What somebody may know better, or decide: they spoke although no list has them, the letter is handed over."""


# --- who


@dataclass(frozen=True)
class Seat:
    """What a party was to the meeting. ``came`` is None where no list tells; ``applies``: to become a member.

    ``unit``: the unit (by id) that a person belongs to. ``addressee``: of a unit, whom letters to it reach.
    """

    party: int
    is_unit: bool = False
    capacities: frozenset[Capacity] = frozenset()
    came: bool | None = None
    applies: bool = False
    unit: int | None = None
    addressee: int | None = None


@dataclass(frozen=True)
class Due:
    """One letter that is to be written, to one party; ``also``: the audiences whose matters go into it as well.

    ``addressee`` is the person whom a unit's letter reaches.
    """

    party: int
    audience: Audience
    also: tuple[Audience, ...] = ()
    addressee: int | None = None


def due(seats: Iterable[Seat]) -> list[Due]:
    """One letter for every unit and every person, by party; whom their unit's letter reaches gets none besides.

    Somebody with a higher letter of their own (a speaker) gets both: the other is the unit's. A sponsor's other
    contacts are thanked by its letter, and for what else they were by one of their own.
    """
    known = sorted(seats, key=lambda seat: seat.party)
    units = {seat.party: seat for seat in known if seat.is_unit and audiences(seat)}
    own = {seat.party: _own(seat, units) for seat in known if not seat.is_unit}
    reached = _reached(units.values(), own)
    came = {seat.party for seat in known if seat.came}
    told = {party: tuple(one for one in mine if _is_sure(one, came=party in came)) for party, mine in own.items()}
    letters = [
        Due(unit.party, audiences(unit)[0], _also(unit, reached, told), unit.addressee) for unit in units.values()
    ]
    letters += [Due(party, mine[0], _telling(mine[1:])) for party, mine in own.items() if mine and party not in reached]
    return sorted(letters, key=lambda letter: letter.party)


def _own(seat: Seat, units: Mapping[int, Seat]) -> tuple[Audience, ...]:
    """A person's own audiences: a contact whose sponsor is known is thanked as such by the sponsor's letter."""
    unit = units.get(seat.unit) if seat.unit is not None else None
    if unit is not None and Audience.SPONSORS in audiences(unit):
        seat = replace(seat, capacities=seat.capacities - {Capacity.SPONSOR_CONTACT})
    return audiences(seat)


def whom(named: Mapping[int, int | None], contacts: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Whom letters to units reach, by the unit: who was named for it, else its only contact of the meeting.

    ``named`` has every unit that is written to; ``contacts`` are (unit, person).
    """
    found: dict[int, set[int]] = {unit: {person} for unit, person in named.items() if person is not None}
    for unit, person in contacts:
        if unit in named and named[unit] is None:
            found.setdefault(unit, set()).add(person)
    return {unit: min(people) for unit, people in found.items() if len(people) == 1}


def audiences(seat: Seat) -> tuple[Audience, ...]:
    """All that the party belongs to, the highest first. Who stayed away is no attendee."""
    found = {OF_CAPACITY[capacity] for capacity in seat.capacities}
    if seat.applies:
        found.add(Audience.MEMBERS)
    if Audience.ATTENDEES in found and seat.came is not True:
        others = found - {Audience.ATTENDEES}
        found = others or {Audience.ATTENDEES if seat.came is None else Audience.NO_SHOWS}
    return tuple(one for one in PRECEDENCE if one in found)


def _reached(units: Iterable[Seat], own: Mapping[int, tuple[Audience, ...]]) -> dict[int, int]:
    """Which unit's letter is also each person's, by their ids; of several units the highest, then the first."""
    found: dict[int, tuple[int, int]] = {}
    for unit in units:
        place = PRECEDENCE.index(audiences(unit)[0])
        mine = own.get(unit.addressee, ()) if unit.addressee is not None else ()
        higher = bool(mine) and PRECEDENCE.index(mine[0]) < place
        if unit.addressee is not None and not higher:
            found[unit.addressee] = min(found.get(unit.addressee, (place, unit.party)), (place, unit.party))
    return {person: unit for person, (_, unit) in found.items()}


def _also(unit: Seat, reached: Mapping[int, int], own: Mapping[int, tuple[Audience, ...]]) -> tuple[Audience, ...]:
    """The unit's other audiences, and those of the person whom its letter reaches."""
    first, *rest = audiences(unit)
    theirs = own.get(unit.addressee, ()) if unit.addressee and reached.get(unit.addressee) == unit.party else ()
    found = {*rest, *theirs} - {first}
    return _telling(tuple(one for one in PRECEDENCE if one in found))


def _is_sure(audience: Audience, *, came: bool) -> bool:
    """Whether it can be told beside another letter: of whom no list tells, nobody is thanked for coming."""
    return came or audience != Audience.ATTENDEES


def _telling(found: Sequence[Audience]) -> tuple[Audience, ...]:
    """Beside another letter nobody is told that they stayed away, and a sponsor's table is its own letter's."""
    return tuple(one for one in found if one not in {Audience.NO_SHOWS, Audience.SPONSORS})


# --- how they are addressed

_HAN_WORDS = re.compile(r"[㐀-鿿][㐀-鿿\w·（）]*")
_SET_APART = re.compile(r"(?<=[㐀-鿿])\s+(?=[㐀-鿿])")
_TITLES = {"教授": "Professor", "博士": "Dr"}
_ADDRESSED_BY = re.compile(
    "(?!学生|家长)[㐀-鿿]{0,6}(?:教授|研究员|院士|工程师|长|主任|经理|总裁|总监|主席|书记|律师|医师|会计师|讲师|主编)"
)
"""Posts that people are addressed by in Chinese; a clerk is not called one."""
_CHINESE_TITLES = {"professor": "教授", "prof": "教授", "prof.": "教授", "dr": "博士", "dr.": "博士"}


def in_chinese(said: Iterable[str], *names: str) -> list[str]:
    """The words in Chinese characters that stand there besides the names, each once."""
    bare = " ".join(said)
    for name in filter(None, names):
        bare = bare.replace(name, " ")
    return list(dict.fromkeys(_HAN_WORDS.findall(bare)))


def has_han(text: str) -> bool:
    return any("\u3400" <= letter <= "\u9fff" or letter >= "\U00020000" for letter in text)


def language(wished: str, name: str, usual: str) -> str:
    """The language of somebody's letter: the one they wish, else that of their name, else the association's."""
    if wished:
        return "en" if wished.lower().startswith("en") else "zh_CN"
    if has_han(name):
        return "zh_CN"
    return "en" if any(letter.isalpha() for letter in name) else usual


def called(name: str, latin: str, locale: str) -> str:
    """The name as a letter in that language writes it: lists set blanks into Chinese names, letters do not."""
    return latin if locale == "en" and latin and has_han(name) else _SET_APART.sub("", name)


def salutation(name: str, title: str, position: str = "", *, locale: str, honoured: bool = False) -> str:
    """Full name and title as recorded, else the post that one is addressed by, else 老师 where that is customary.

    Else the full name: never 先生 or Ms. A name that was kept with the title in it says that itself.
    """
    if titled(name)[1]:
        return name
    if locale == "en":
        known = _TITLES.get(title, title)
        return name if not known or has_han(known) or name.startswith(known) else f"{known} {name}"
    known = _CHINESE_TITLES.get(title.casefold(), title) or (position if _ADDRESSED_BY.fullmatch(position) else "")
    if known and has_han(known):
        return name if name.endswith(known) else f"{name}{known}"
    return f"{name}老师" if honoured and not known else f"{known} {name}".strip()


# --- what keeps a letter back


@dataclass(frozen=True)
class Standing:
    """What bears on whether a letter may be approved. ``fields``: names of those that have no value.

    ``faulty``: the association's own words cannot be used.
    """

    audience: Audience
    is_unit: bool = False
    came: bool | None = None
    registered: bool = False
    opted_out: bool = False
    twin: bool = False
    astray: bool = False
    confirmed: bool = True
    has_sessions: bool = True
    speaks: bool = False
    pictured: bool = True
    open_benefits: tuple[str, ...] = ()
    dispute: str = ""
    reachable: bool = True
    fields: tuple[str, ...] = ()
    faulty: bool = False


def blocked(standing: Standing) -> list[dict[str, Any]]:
    """Each reason with what it is about: ``{"why": "benefit", "about": "B3"}``."""
    speaks = standing.audience == Audience.SPEAKERS and standing.speaks
    held = (
        (Why.TEMPLATE, standing.faulty),
        (Why.PRESENCE, standing.audience == Audience.ATTENDEES and standing.came is not True),
        (Why.ABSENT, standing.audience in {Audience.SPEAKERS, Audience.VOLUNTEERS} and standing.came is False),
        (Why.OPTED_OUT, standing.opted_out),
        (Why.TWIN, standing.twin),
        (Why.UNIT, standing.astray),
        (Why.TITLE, standing.audience in CONFIRMED and not standing.confirmed),
        (Why.SESSION, speaks and not standing.has_sessions),
        (Why.PHOTO, speaks and not standing.pictured),
        (Why.UNREACHABLE, not standing.reachable),
    )
    found = [_reason(Why.FIELD, name) for name in standing.fields]
    found += [_reason(why) for why, holds in held if holds]
    found += [_reason(Why.BENEFIT, ref) for ref in standing.open_benefits]
    return found + ([_reason(Why.DISPUTE, standing.dispute)] if standing.dispute else [])


def _reason(why: Why, about: str = "") -> dict[str, Any]:
    return {"why": str(why), "about": about}


def kept_back(reasons: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those that nobody has waived."""
    return [reason for reason in reasons if not reason.get("waived")]


def carried_on(fresh: Iterable[dict[str, Any]], before: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The reasons as they are now, with what somebody waived before, if it is the same that they waived."""
    waived = {(one["why"], one["about"]): one["waived"] for one in before if one.get("waived")}
    return [
        {**one, "waived": waived[one["why"], one["about"]]} if (one["why"], one["about"]) in waived else one
        for one in fresh
    ]


# --- what was approved, and what differs


def whole(letters: Mapping[str, str]) -> str:
    """SHA-256 over many letters, by their numbers and digests: any other text, another digest."""
    return sha256(json.dumps(sorted(letters.items())).encode()).hexdigest()


def unfilled(names: Iterable[str], facts: Sequence[Mapping[str, Any]]) -> set[str]:
    """Fields of which none of the letters has a value. ``sessions.hall`` is a part of each of the sessions."""
    return {name for name in names if not any(_has(one, *name.split(".")) for one in facts)}


def _has(facts: Mapping[str, Any], name: str, part: str = "") -> bool:
    value = facts.get("benefits" if name == "benefits_table" else name)
    records = value if isinstance(value, list) else [value]
    return any(one.get(part) if part and isinstance(one, Mapping) else one for one in records)


def lines(content: Mapping[str, Any]) -> list[str]:
    """All that a letter (``Paper`` as JSON) says, one paragraph or row of its table a line."""
    if not content:
        return []
    said = [content["subject"], content["title"], *content["inside"], content["salutation"]]
    for part in content["paragraphs"]:
        said += [part] if isinstance(part, str) else [part["caption"], *(" | ".join(row) for row in _rows(part))]
    said += [f"{words} {address}" for words, address in content["links"]]
    said += [*content["closing"], *content["signed"], *content["enclosures"], content["footer"]]
    return [one for one in said if one]


def _rows(grid: Mapping[str, Any]) -> list[Sequence[str]]:
    return [grid["columns"], *grid["rows"]]


def difference(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """What was said and what is said instead, paragraph by paragraph; empty for what is not there."""
    found: list[tuple[str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            gone, come = old[a:b], new[c:d]
            width = max(len(gone), len(come))
            found += zip(_filled(gone, width), _filled(come, width), strict=True)
    return found


def _filled(some: Sequence[str], width: int) -> list[str]:
    return [*some, *[""] * (width - len(some))]


@dataclass(frozen=True)
class Bulk:
    """Letters that may be approved together: those of each shape that is shown by one of them; the others apart."""

    shown: tuple[tuple[int, ...], ...]
    apart: tuple[int, ...]

    @property
    def together(self) -> tuple[int, ...]:
        return tuple(number for shape in self.shown for number in shape)


def in_bulk(letters: Iterable[tuple[int, str, tuple[int, ...], bool]]) -> Bulk:
    """By number, language, how many paragraphs and enclosures, and whether somebody changed it by hand.

    The commonest shapes go together; what somebody changed, and what looks like few others, is read by itself.
    """
    shapes: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    apart: list[int] = []
    for number, locale, counts, edited in letters:
        (apart if edited else shapes.setdefault((locale, counts), [])).append(number)
    common = sorted(shapes.values(), key=lambda numbers: (-len(numbers), numbers))
    shown = tuple(tuple(numbers) for numbers in common[:MOST_SHAPES])
    apart += [number for numbers in common[MOST_SHAPES:] for number in numbers]
    return Bulk(shown, tuple(sorted(apart)))


def varying(facts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names of the facts in which letters differ."""
    names = {name for one in facts for name in one}
    return sorted(name for name in names if len({json.dumps(one.get(name), sort_keys=True) for one in facts}) > 1)


def signs(audience: Audience, roles: Collection[Role], *, admin: bool) -> bool:
    return admin or bool(SIGNERS[audience] & set(roles))
