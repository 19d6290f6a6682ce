"""Which rows of all lists are one person, and what they did; in whatever order the lists came."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from operator import itemgetter
from typing import Any

from handlers.attendance.cells import (
    cancelled,
    email_key,
    external_key,
    name_key,
    phone_key,
    unit_key,
    walks_in,
)
from handlers.cleaning.cells import two_names
from storage.attendance import RollKind

_HAN = re.compile("[㐀-鿿]")
_BEST = {RollKind.REGISTRATION: 0, RollKind.CHECKIN: 1, RollKind.ONLINE: 2}
APART = frozenset({"email", "phone"})
"""What two people of one name and organisation are told apart by: numbers are given twice to the same."""
VALUES = ("external", "name", "unit", "position", "email", "phone", "ticket")
MOST_CLASSES = 6


@dataclass(frozen=True)
class Line:
    """One row of a list: ``key`` is its own, ``roll`` its list's. ``by_name``: in that list a name alone will do.

    ``settled`` is the number of the person that it was before telephones and addresses went; that it stays.
    """

    key: int
    roll: int
    kind: RollKind
    came: bool
    name: str = ""
    unit: str = ""
    position: str = ""
    email: str = ""
    phone: str = ""
    external: str = ""
    ticket: str = ""
    status: str = ""
    minutes: int | None = None
    by_name: bool = False
    settled: int | None = None


@dataclass(frozen=True)
class Result:
    """``people`` as they are kept, by their numbers; each line's person, or why it is nobody's, by its key.

    Remarks: "nobody" (names nobody), "cancelled", "two_names", "name_only" (somebody else has that name), "shared"
    (a number or address that several have), "several" (it may be one of several).
    """

    people: list[dict[str, Any]]
    whose: dict[int, int]
    remarks: dict[int, str]


# --- who is the same


@dataclass
class _Known:
    """A line's keys, each worked out once."""

    line: Line
    name: str
    unit: str
    strong: dict[str, str]

    @property
    def sure(self) -> bool:
        """Whether more than a name and an organisation tells who it is."""
        return bool(self.strong) or self.line.settled is not None


@dataclass
class _Groups:
    """Lines that are one person so far, by the index of one of them; ``settled`` are such indexes."""

    lines: Sequence[_Known]
    parent: list[int] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)
    questions: dict[int, str] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)
    """Indexes of lines of which nobody can tell whose they are, and why."""

    def root(self, at: int) -> int:
        while self.parent[at] != at:
            self.parent[at] = self.parent[self.parent[at]]
            at = self.parent[at]
        return at

    def join(self, members: Iterable[int]) -> None:
        """People who are settled stay two."""
        found = sorted({self.root(at) for at in members}, key=lambda at: (at not in self.settled, at))
        for at in found[1:]:
            if at not in self.settled:
                self.parent[at] = found[0]

    def members(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for at in range(len(self.lines)):
            found[self.root(at)].append(at)
        return found


def reconcile(lines: Iterable[Line], *, taken: int = 0) -> Result:
    """Every line ends in exactly one person, or has a remark that says why it is nobody's.

    New people are numbered from the one after ``taken``: the numbers up to it are of people who are settled.
    """
    remarks: dict[int, str] = {}
    usable: list[_Known] = []
    for line in lines:
        known = _known(line)
        why = _useless(known)
        if why:
            remarks[line.key] = why
        else:
            usable.append(known)
    groups = _Groups(usable, list(range(len(usable))))
    _by_number(groups)
    _by_strong(groups)
    _by_unit(groups)
    _by_name(groups)
    remarks |= {usable[at].line.key: why for at, why in groups.lost.items()}
    return _result(groups, remarks, taken)


def _known(line: Line) -> _Known:
    strong = {
        "external": external_key(line.external),
        "email": email_key(line.email),
        "phone": phone_key(line.phone),
    }
    return _Known(line, name_key(line.name), unit_key(line.unit), {kind: key for kind, key in strong.items() if key})


def _useless(known: _Known) -> str:
    if not known.name and not known.sure:
        return "nobody"
    if cancelled(known.line.status) and not known.line.came:
        return "cancelled"
    return "two_names" if two_names(known.line.name) else ""


def _by_number(groups: _Groups) -> None:
    """Whoever was one person before the keys went is one."""
    first: dict[int, int] = {}
    for at, one in enumerate(groups.lines):
        if one.line.settled is not None:
            groups.parent[at] = first.setdefault(one.line.settled, at)
    groups.settled.update(first.values())


def _by_strong(groups: _Groups) -> None:
    """The same number, address or telephone, unless people of different names have it."""
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, one in enumerate(groups.lines):
        for pair in one.strong.items():
            holders[pair].append(at)
    shared: set[tuple[str, str]] = set()
    for pair, members in holders.items():
        named: dict[str, list[int]] = defaultdict(list)
        for at in members:
            named[groups.lines[at].name].append(at)
        nameless = named.pop("", [])
        if len(named) < 2 or _alike(groups, named):  # noqa: PLR2004  one name, or several
            groups.join(members)
            continue
        shared.add(pair)
        groups.join(nameless)
        for same in named.values():
            groups.join(same)
        if _apart(groups, named):
            groups.questions |= dict.fromkeys((at for same in named.values() for at in same), "shared")
    for members in groups.members().values():
        everybody = [groups.lines[at] for at in members]
        if not any(one.name or one.line.settled is not None for one in everybody) and any(
            pair in shared for one in everybody for pair in one.strong.items()
        ):
            groups.lost |= dict.fromkeys(members, "shared")


def _rolls(groups: _Groups, members: Iterable[int]) -> set[int]:
    return {groups.lines[at].line.roll for at in members}


def _alike(groups: _Groups, named: Mapping[str, Sequence[int]]) -> bool:
    """Whether these names may well be one person's, and no list has two of them: 李娜, Li Na, 李娜-甲公司."""
    if len(named) > MOST_CLASSES:
        return False
    rolls = [roll for members in named.values() for roll in _rolls(groups, members)]
    names = list(named)
    return len(rolls) == len(set(rolls)) and all(_may_be(one, other) for one in names for other in names)


def _may_be(one: str, other: str) -> bool:
    written = bool(_HAN.search(one)), bool(_HAN.search(other))
    return written[0] != written[1] or one in other or other in one


def _apart(groups: _Groups, named: Mapping[str, Sequence[int]]) -> bool:
    """Whether two of the names stand in different lists only: perhaps one came in the other's place."""
    if len(named) > MOST_CLASSES:
        return False
    rolls = [_rolls(groups, members) for members in named.values()]
    return any(not one & other for at, one in enumerate(rolls) for other in rolls[at + 1 :])


def _by_unit(groups: _Groups) -> None:
    """The same name and organisation, unless one list has two such people who can be told apart."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for root, members in groups.members().items():
        for at in members:
            if groups.lines[at].name and groups.lines[at].unit:
                found[groups.lines[at].name, groups.lines[at].unit].add(root)
    everybody = groups.members()
    for roots in found.values():
        if len(roots) == 1:
            continue
        settled = len(roots & groups.settled) > 1
        if not settled and not _told_apart(groups, [everybody[root] for root in roots]):
            groups.join(roots)
            continue
        for root in roots:
            sure = any(groups.lines[at].sure for at in everybody[root])
            marks = groups.questions if sure else groups.lost
            marks |= dict.fromkeys(everybody[root], "same_unit" if sure else "several")


def _told_apart(groups: _Groups, components: Sequence[Sequence[int]]) -> bool:
    seen: set[tuple[int, str]] = set()
    for members in components:
        keys = {(groups.lines[at].line.roll, kind) for at in members for kind in groups.lines[at].strong.keys() & APART}
        if seen & keys:
            return True
        seen |= keys
    return False


def _by_name(groups: _Groups) -> None:
    """A name alone is a question, unless somebody has said that in this list it will do."""
    bare: dict[str, list[list[int]]] = defaultdict(list)
    full: dict[str, list[list[int]]] = defaultdict(list)
    for members in groups.members().values():
        known = [groups.lines[at] for at in members]
        if members[0] in groups.lost:
            continue
        if any(one.unit or one.sure for one in known):
            for name in {one.name for one in known if one.name}:
                full[name].append(members)
        else:
            bare[known[0].name].append(members)
    for name, ones in bare.items():
        _settle(groups, ones, full.get(name, []))
    for ones in full.values():
        if len(ones) > 1:
            _ask(groups, ones)


def _settle(groups: _Groups, bare: Sequence[Sequence[int]], full: Sequence[Sequence[int]]) -> None:
    allowed = [members for members in bare if all(groups.lines[at].line.by_name for at in members)]
    others = [members for members in bare if members not in allowed] if len(bare) + len(full) > 1 else []
    for members in others:
        groups.lost |= dict.fromkeys(members, "name_only")
    if len(full) > 1:
        for members in allowed:
            groups.lost |= dict.fromkeys(members, "several")
    else:
        groups.join(at for members in (*allowed, *(full if allowed else ())) for at in members)


def _ask(groups: _Groups, ones: Sequence[Sequence[int]]) -> None:
    """One of that name who did not come, and one who came without being registered, may be the same."""
    came = [any(groups.lines[at].line.came for at in members) for members in ones]
    wanted = [any(_expected(groups.lines[at].line) for at in members) for members in ones]
    missing = [members for members, was, asked in zip(ones, came, wanted, strict=True) if asked and not was]
    extra = [members for members, was, asked in zip(ones, came, wanted, strict=True) if was and not asked]
    if missing and extra:
        for members in (*missing, *extra):
            groups.questions |= {at: groups.questions.get(at, "same_name") for at in members}


def _expected(line: Line) -> bool:
    return line.kind == RollKind.REGISTRATION or not line.came


# --- what they did


def _result(groups: _Groups, remarks: dict[int, str], taken: int) -> Result:
    lines = [one.line for one in groups.lines]
    has_registrations = any(line.kind == RollKind.REGISTRATION for line in lines)
    whole = frozenset(line.roll for line in lines if not line.came)
    found = []
    for members in groups.members().values():
        theirs = [lines[at] for at in members if at not in groups.lost]
        if theirs:
            question = max((groups.questions.get(at, "") for at in members), default="")
            registered = any(_registered(line, whole, has_registrations=has_registrations) for line in theirs)
            found.append((_person(theirs, registered=registered, question=question), theirs))
    found.sort(key=lambda one: [one[0][name] for name in ("name", "unit", "phone", "email", "external")])
    free = count(taken + 1)
    numbered = [(_settled(theirs) or next(free), person, theirs) for person, theirs in found]
    people = sorted(({**person, "number": number} for number, person, _ in numbered), key=itemgetter("number"))
    whose = {line.key: number for number, _, theirs in numbered for line in theirs}
    return Result(people, whose, remarks)


def _settled(lines: Iterable[Line]) -> int | None:
    return next((line.settled for line in lines if line.settled is not None), None)


def _registered(line: Line, whole: frozenset[int], *, has_registrations: bool) -> bool:
    """A list that also has those who did not come is one of who was expected, where there is no better one."""
    if _expected(line):
        return True
    return not has_registrations and line.roll in whole and not walks_in(f"{line.ticket} {line.status}")


def _person(lines: Sequence[Line], *, registered: bool, question: str) -> dict[str, Any]:
    online = [line for line in lines if line.kind == RollKind.ONLINE]
    minutes = [line.minutes for line in online if line.minutes is not None]
    return {
        **{name: _best(lines, name) for name in VALUES},
        "registered": registered,
        "attended": any(line.came for line in lines if line.kind != RollKind.ONLINE),
        "online": any(line.came for line in online),
        "online_minutes": sum(minutes) if minutes else None,
        "question": question,
    }


def _best(lines: Sequence[Line], name: str) -> str:
    """What the best list says, the longest of it; whatever the order in which lists came."""
    said = [(_BEST[line.kind], -len(value), value) for line in lines if (value := getattr(line, name))]
    return min(said, default=(0, 0, ""))[2]
