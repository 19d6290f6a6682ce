"""Which drafts are one party, and which of the address book each is; the order of the rows is nothing to it. Pure.

Only the same address or the same mobile number, or the number of their entry, with names that may be one person's, make
two of them one; of units the same credit code, or the same name in full. Whatever else looks alike is for a person
to decide.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations
from operator import itemgetter
from typing import NamedTuple

from handlers.cleaning import units
from handlers.cleaning.names import compatible, written
from handlers.parties.drafts import Draft
from storage.parties import PartyKind, ReachKind

MOST_TOGETHER = 12
"""Who share an address or a number and may all be one; of more each is only who is written the same."""
IDENTITY = frozenset({ReachKind.EMAIL, ReachKind.MOBILE})


@dataclass(frozen=True, slots=True)
class Known:
    """One of the address book as it is recognised: by its names and its keys, in the order of ``number``.

    ``unreached``: nothing tells them from another of that name; they are then only who came by the same kind of list.
    """

    id: int
    number: int
    names: tuple[str, ...]
    keys: frozenset[str]
    unit: str = ""
    unreached: bool = False


class Match(NamedTuple):
    """Drafts that are one party: by index, the first row first; ``party`` is its id where it is known."""

    drafts: tuple[int, ...]
    party: int | None


class _Node(NamedTuple):
    """A draft (``id`` None) or somebody who is known."""

    at: int
    names: tuple[str, ...]
    keys: frozenset[str]
    id: int | None = None
    number: int = 0


def keys_of(kind: PartyKind, values: Mapping[str, str], reached: Iterable[tuple[ReachKind, str]]) -> frozenset[str]:
    """By what a party is known again."""
    if kind == PartyKind.UNIT:
        code = values.get("credit_code", "")
        name = units.plain(values["name"])
        return frozenset(filter(None, (code and f"c:{code}", name and f"u:{name}")))
    found = [f"{how[0]}:{value}" for how, value in reached if how in IDENTITY]
    if number := values.get("member_no"):
        found.append(f"n:{number.casefold()}")
    return frozenset(found)


def entry_key(number: int | None) -> frozenset[str]:
    """By the number that a party has in the address book."""
    return frozenset() if number is None else frozenset({f"p:{number}"})


def match(kind: PartyKind, drafts: Sequence[Draft], book: Sequence[Known]) -> list[Match]:
    """Every draft is in exactly one match, every party of the book in one at most; in the order of their first rows."""
    keys = [keys_of(kind, draft.values, draft.ways) | entry_key(draft.entry) for draft in drafts]
    shared = _shared(keys, book)
    alone = [at for at, ours in enumerate(keys) if ours and ours.isdisjoint(shared)]  # almost all of a list that is new
    weak = [at for at, ours in enumerate(keys) if not ours]
    several = [
        _Node(at, _names(drafts[at].values), ours) for at, ours in enumerate(keys) if not ours.isdisjoint(shared)
    ]
    judge = _people if kind == PartyKind.PERSON else _units
    groups = _together([*several, *_concerned(shared, book, len(drafts))], judge)
    found = [one for group in groups for one in _settled(group)]
    settled = sorted(at for one in found for at in one.drafts)
    assert settled == [node.at for node in several]  # noqa: S101  nobody is lost, nobody is two
    lone = (Match((at,), None) for at in alone)
    return sorted([*lone, *found, *_weak(drafts, weak, book)], key=itemgetter(0))


def _names(values: Mapping[str, str]) -> tuple[str, ...]:
    latin = values.get("latin")
    return (values["name"], latin) if latin else (values["name"],)


def _shared(keys: Sequence[frozenset[str]], book: Sequence[Known]) -> set[str]:
    """Keys of the list that two of its rows have, or one of them and somebody of the book."""
    times = Counter(chain.from_iterable(keys))
    known = {key for one in book for key in one.keys}
    return {key for key, count in times.items() if count > 1 or key in known}


def _concerned(shared: Collection[str], book: Sequence[Known], after: int) -> list[_Node]:
    """Those of the book who have a key in common with the list, counted on from ``after``."""
    found = [one for one in book if not one.keys.isdisjoint(shared)]
    return [_Node(after + at, one.names, one.keys, one.id, one.number) for at, one in enumerate(found)]


Judge = Callable[[_Node, _Node], bool]


def _people(one: _Node, other: _Node) -> bool:
    return any(compatible(name, another) for name in one.names for another in other.names)


def _units(one: _Node, other: _Node) -> bool:
    """Not where each has a credit code of its own."""
    codes = [{key for key in node.keys if key.startswith("c:")} for node in (one, other)]
    return not all(codes) or codes[0] == codes[1]


@dataclass
class _Joined:
    """Disjoint sets of nodes, by their places."""

    parent: list[int] = field(default_factory=list)

    def root(self, at: int) -> int:
        while self.parent[at] != at:
            self.parent[at] = self.parent[self.parent[at]]
            at = self.parent[at]
        return at

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self.parent[second] = first


def _together(nodes: Sequence[_Node], judge: Judge) -> Iterator[list[_Node]]:
    """Who share a key and may be one; where not all of them may be, only who are written the same."""
    for group in _components(nodes, judge):
        if len(group) <= MOST_TOGETHER and all(judge(*pair) for pair in combinations(group, 2)):
            yield group
        else:
            yield from _components(group, _written_alike)


def _components(nodes: Sequence[_Node], judge: Judge) -> Iterable[list[_Node]]:
    """Those that have a key, put together where they share one and the judge says so."""
    holders: dict[str, list[int]] = defaultdict(list)
    for place, node in enumerate(nodes):
        for key in node.keys:
            holders[key].append(place)
    joined = _Joined(list(range(len(nodes))))
    for block in holders.values():
        if len(block) > 1:
            for one, other in _pairs(nodes, block, judge):
                joined.join(one, other)
    found: dict[int, list[_Node]] = defaultdict(list)
    for place, node in enumerate(nodes):
        if node.keys:
            found[joined.root(place)].append(node)
    return found.values()


def _pairs(nodes: Sequence[_Node], block: Sequence[int], judge: Judge) -> Iterator[tuple[int, int]]:
    """Of very many who share a key each is compared with who is written the same only."""
    if len(block) <= MOST_TOGETHER:
        yield from (pair for pair in combinations(block, 2) if judge(nodes[pair[0]], nodes[pair[1]]))
        return
    first: dict[str, int] = {}
    for place in block:
        yield first.setdefault(written(nodes[place].names[0]), place), place


def _written_alike(one: _Node, other: _Node) -> bool:
    return written(one.names[0]) == written(other.names[0])


def _settled(group: Sequence[_Node]) -> Iterator[Match]:
    """Where several of the book may be meant, each draft is the one with whom it shares most."""
    known = sorted((node for node in group if node.id is not None), key=lambda node: node.number)
    drafts = [node for node in group if node.id is None]
    if len(known) < 2:  # noqa: PLR2004  nobody, or one
        yield from _numbered_apart(drafts, known[0] if known else None)
        return
    chosen = {node.at: _nearest(node, known) for node in drafts if any(node.keys & one.keys for one in known)}
    while len(chosen) < len(drafts):
        chosen |= _followers(drafts, chosen)
    for place, one in enumerate(known):
        ats = tuple(node.at for node in drafts if chosen[node.at] == place)
        if ats:
            yield Match(ats, one.id)


def _numbered_apart(drafts: Sequence[_Node], known: _Node | None) -> Iterator[Match]:
    """One party, but for rows that nothing but a member number ties to it which it will not have: it has one only.

    It is the number that stands, else the first row's.
    """
    numbers = [key for node in (*([known] if known else []), *drafts) for key in node.keys if key.startswith("n:")]
    stays = {key for node in drafts for key in node.keys if key not in numbers[1:] or key == numbers[0]}
    stays |= known.keys if known else set()
    ours = tuple(node.at for node in drafts if node.keys & stays)
    if ours:
        yield Match(ours, known.id if known else None)
    others: dict[frozenset[str], list[int]] = defaultdict(list)
    for node in drafts:
        if not node.keys & stays:
            others[node.keys].append(node.at)
    yield from (Match(tuple(ats), None) for ats in others.values())


def _nearest(node: _Node, known: Sequence[_Node]) -> int:
    """The place of the one with whom it shares most, then of the one who is written the same, then of the older."""
    rank = [(-len(one.keys & node.keys), not _written_alike(one, node), one.number) for one in known]
    return rank.index(min(rank))


def _followers(drafts: Sequence[_Node], chosen: Mapping[int, int]) -> dict[int, int]:
    """Who shares nothing with anybody known is who another row is with which they share something."""
    settled = [node for node in drafts if node.at in chosen]
    found: dict[int, int] = {}
    for node in drafts:
        near = [chosen[one.at] for one in settled if one.keys & node.keys]
        if node.at not in chosen and near:
            found[node.at] = min(near)
    return found


def _weak(drafts: Sequence[Draft], weak: Sequence[int], book: Sequence[Known]) -> Iterator[Match]:
    """Whom nothing tells from others of their name: the first such row is the first of them in the book, and so on."""
    waiting: dict[tuple[str, str], list[int]] = defaultdict(list)
    if weak:
        for one in sorted(book, key=lambda known: known.number):
            if one.unreached:
                waiting[one.names[0], one.unit].append(one.id)
    for at in weak:
        unit = drafts[at].unit or drafts[at].values.get("unit", "")
        same = waiting[drafts[at].values["name"], units.plain(unit)]
        yield Match((at,), same.pop(0) if same else None)
