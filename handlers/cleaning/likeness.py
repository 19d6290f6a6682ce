"""Who in a list looks like whom: what may be merged by itself, and what somebody must be asked about. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import combinations
from typing import TypeVar

from handlers.cleaning import names, units

MOST_ALIKE = 8
"""A name or an address that more than these have says nothing of any two of them: it is a common name, an office's."""

HEAD = 3
"""Letters at the beginning of a unit's name that are the same even where the rest was mistyped."""

MOST_OF_ONE_HEAD = 300
"""Units that begin alike, from which on only those of the same name are found: it would take too long."""


class Why(StrEnum):
    """What makes two look like one. Of SAME only the first two ever are."""

    SAME_MAIL = "same_mail"
    SAME_MOBILE = "same_mobile"
    MAIL_OTHER_NAME = "mail_other_name"
    MOBILE_OTHER_NAME = "mobile_other_name"
    NAME_AND_UNIT = "name_and_unit"
    SOUND_AND_UNIT = "sound_and_unit"
    NAME_ONLY = "name_only"
    CREDIT_CODE = "credit_code"
    UNIT_NAME = "unit_name"
    UNIT_ALIKE = "unit_alike"


SAME = frozenset({Why.SAME_MAIL, Why.SAME_MOBILE})
"""Merged by themselves; everything else is a question."""


@dataclass(frozen=True)
class Human:
    """A person as they are compared. ``names``: as typed, and in Latin letters; mails folded, mobiles in E.164.

    ``unit`` is their unit's full name where an alias stands for it, else as it was typed.
    """

    id: int
    names: tuple[str, ...]
    unit: str = ""
    mails: frozenset[str] = frozenset()
    mobiles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Body:
    """A unit as it is compared: its full name and its aliases."""

    id: int
    names: tuple[str, ...]
    credit_code: str = ""


_Row = TypeVar("_Row", Human, Body)


@dataclass(frozen=True)
class Pair:
    """Two that look alike, by id, the smaller one first."""

    one: int
    other: int
    why: Why

    @property
    def same(self) -> bool:
        return self.why in SAME


def people_alike(people: Sequence[Human], fresh: Collection[int] | None = None) -> list[Pair]:
    """Every two of them that look alike, in the order of their ids; with ``fresh`` only where one of them is in it.

    Only those who have something in common are compared, so that it takes time as their number, not as its square.
    """
    return _pairs(people, _keys_of_human, judge_people, fresh)


def units_alike(bodies: Sequence[Body], fresh: Collection[int] | None = None) -> list[Pair]:
    """As ``people_alike``, of units; none is ever the same without a question."""
    return _pairs(bodies, _keys_of_body, judge_units, fresh)


def judge_people(one: Human, other: Human) -> Why | None:
    """What makes the two look like one person, the strongest reason first; None for nothing. Symmetric."""
    compatible = _any(names.compatible, one.names, other.names)
    if not one.mails.isdisjoint(other.mails):
        return Why.SAME_MAIL if compatible else Why.MAIL_OTHER_NAME
    if not one.mobiles.isdisjoint(other.mobiles):
        return Why.SAME_MOBILE if compatible else Why.MOBILE_OTHER_NAME
    if one.unit and other.unit:
        return _in_one_unit(one, other, compatible=compatible) if units.same_name(one.unit, other.unit) else None
    return Why.NAME_ONLY if compatible and not _apart(one, other) else None


def judge_units(one: Body, other: Body) -> Why | None:
    """What makes the two look like one unit; None for nothing, and where both have a credit code of their own."""
    if one.credit_code and other.credit_code:
        return Why.CREDIT_CODE if one.credit_code == other.credit_code else None
    if _any(units.same_name, one.names, other.names):
        return Why.UNIT_NAME
    return Why.UNIT_ALIKE if _any(units.alike, one.names, other.names) else None


def _in_one_unit(one: Human, other: Human, *, compatible: bool) -> Why | None:
    if compatible:
        return Why.NAME_AND_UNIT
    return Why.SOUND_AND_UNIT if _any(names.sound_alike, one.names, other.names) else None


def _apart(one: Human, other: Human) -> bool:
    """Whether each has an address, or each a mobile: as these are not shared, it speaks for two people."""
    return bool(one.mails and other.mails) or bool(one.mobiles and other.mobiles)


def _any(alike: Callable[[str, str], bool], some: Iterable[str], others: Sequence[str]) -> bool:
    return any(alike(name, other) for name in some for other in others if name and other)


@dataclass(frozen=True)
class _Key:
    """What those who may look alike have in common; it says nothing where more than ``most`` have it.

    ``firm``: it says something of however many; more than ``most`` are each compared with the first of them only.
    """

    words: tuple[str, ...]
    most: int = MOST_ALIKE
    firm: bool = False


def _keys_of_human(human: Human) -> Iterator[_Key]:
    sounds = _sounds(human.names)
    for reach in human.mails | human.mobiles:
        yield _Key((reach,))
        yield from (_Key((reach, sound), firm=True) for sound in sounds)
    for sound in sounds:
        yield _Key(("", sound))
        if human.unit:
            yield _Key(("", sound, units.core(human.unit)), firm=True)


def _keys_of_body(body: Body) -> Iterator[_Key]:
    if body.credit_code:
        yield _Key(("", body.credit_code), firm=True)
    for core in {units.core(name) for name in body.names if name}:
        yield _Key((core,), firm=True)
        yield _Key(("", "", core[:HEAD]), most=MOST_OF_ONE_HEAD)


@lru_cache(maxsize=32768)
def _sounds(typed: tuple[str, ...]) -> frozenset[str]:
    return frozenset[str]().union(*map(names.spellings, typed))


def _pairs(
    rows: Sequence[_Row],
    keys: Callable[[_Row], Iterable[_Key]],
    judge: Callable[[_Row, _Row], Why | None],
    fresh: Collection[int] | None,
) -> list[Pair]:
    blocks: dict[_Key, list[_Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.id):
        for key in keys(row):
            blocks[key].append(row)
    found: dict[tuple[int, int], Why | None] = {}
    for key, block in blocks.items():
        for one, other in _candidates(key, block):
            if fresh is None or one.id in fresh or other.id in fresh:
                found.setdefault((one.id, other.id), judge(one, other))
    return sorted((Pair(*ids, why) for ids, why in found.items() if why), key=lambda pair: (pair.one, pair.other))


def _candidates(key: _Key, block: Sequence[_Row]) -> Iterable[tuple[_Row, _Row]]:
    if len(block) <= key.most:
        return combinations(block, 2)
    return ((block[0], other) for other in block[1:]) if key.firm else ()
