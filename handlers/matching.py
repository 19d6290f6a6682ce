"""Which rows of attendance lists, and which names of the programme, are parties of the address book. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

_HAN = re.compile("[㐀-鿿]")
_ASIDE = re.compile(r"\([^)]*\)")
_MARKS = re.compile(r"[\W_]+")
_CHINA = re.compile(r"^(?:00)?86(?=1[3-9]\d{9}$)")
SHORTEST_PHONE = 8
REMEMBERED = 8_192
"""So many keys are worked out once: every letter that is approved is held against the lists anew."""


@dataclass(frozen=True)
class Known:
    """A party, or a row of a list, by what tells who it is; ``keys`` are addresses and numbers, comparable."""

    id: int
    names: frozenset[str]
    unit: str = ""
    keys: frozenset[str] = frozenset()


@lru_cache(maxsize=REMEMBERED)
def name_key(name: str) -> str:
    """Without case, width, marks and what stands in brackets; Latin names whatever comes first: Li Na is Na Li."""
    folded = _ASIDE.sub(" ", unicodedata.normalize("NFKC", name)).casefold()
    words = _MARKS.sub(" ", folded).split()
    return "".join(words) if _HAN.search(folded) else " ".join(sorted(words))


@lru_cache(maxsize=REMEMBERED)
def unit_key(unit: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", unit).casefold())


def mail_key(email: str) -> str:
    folded = unicodedata.normalize("NFKC", email).strip().casefold()
    return folded if "@" in folded else ""


@lru_cache(maxsize=REMEMBERED)
def phone_key(phone: str) -> str:
    """Digits alone, a mobile phone of China without its country."""
    digits = _CHINA.sub("", re.sub(r"\D", "", re.sub(r"\.0$", "", unicodedata.normalize("NFKC", phone))))
    return digits if len(digits) >= SHORTEST_PHONE else ""


def keys(*values: str) -> frozenset[str]:
    """Of addresses and numbers, whichever they are."""
    found = (mail_key(one) if "@" in one else phone_key(one) for one in values)
    return frozenset(filter(None, found))


def names(*values: str) -> frozenset[str]:
    return frozenset(filter(None, map(name_key, values)))


def matched(rows: Iterable[Known], parties: Iterable[Known]) -> dict[int, int]:
    """The party of each row that is surely one, by id.

    An address or a number counts if the names may be one person's and nobody else has it; a name and its unit, if
    no two of them are alike.
    """
    rows, parties = list(rows), list(parties)
    holders: dict[str, list[Known]] = defaultdict(list)
    for party in parties:
        for key in party.keys:
            holders[key].append(party)
    named = _unique(parties, _with_unit)
    lone = Counter(pair for row in rows for pair in _with_unit(row))
    found: dict[int, int] = {}
    for row in rows:
        sure = {one.id for key in row.keys for one in holders[key] if _may_be(row, one)}
        told = {named[pair] for pair in _with_unit(row) if pair in named and lone[pair] == 1}
        if len(sure or told) == 1:
            found[row.id] = (sure or told).pop()
    return found


def on_programme(speakers: Sequence[Known], parties: Sequence[Known]) -> dict[int, list[int]]:
    """The names of the programme that are each party, by id: name and unit, or a name that nobody else has."""
    exact = _unique(parties, _with_unit)
    alone = _unique(parties, lambda one: one.names)
    heads = Counter(name for one in speakers for name in one.names)
    found: dict[int, list[int]] = defaultdict(list)
    for one in speakers:
        fits = {exact[pair] for pair in _with_unit(one) if pair in exact}
        fits = fits or {alone[name] for name in one.names if name in alone and heads[name] == 1}
        if len(fits) == 1:
            found[fits.pop()].append(one.id)
    return dict(found)


def _with_unit(one: Known) -> set[str]:
    return {f"{name}\n{one.unit}" for name in one.names} if one.unit else set()


def _unique(parties: Iterable[Known], told: Callable[[Known], Iterable[str]]) -> Mapping[str, int]:
    """What only one of them is told by."""
    holders: dict[str, set[int]] = defaultdict(set)
    for one in parties:
        for key in told(one):
            holders[key].add(one.id)
    return {key: next(iter(ids)) for key, ids in holders.items() if len(ids) == 1}


def _may_be(row: Known, party: Known) -> bool:
    """The same name, none at all, or one in Chinese and one in Latin letters."""
    if not row.names or not party.names or row.names & party.names:
        return True
    scripts = [{bool(_HAN.search(name)) for name in one.names} for one in (row, party)]
    return not scripts[0] & scripts[1]
