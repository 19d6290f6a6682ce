"""The rows of a list → what each says of whom, cleaned; and what in it a person should look at. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

from handlers.cleaning.cells import filled, full_name, only_counts, two_names
from handlers.cleaning.mails import mails
from handlers.cleaning.names import titled
from handlers.cleaning.phones import mobile_of_china, phones
from handlers.cleaning.units import credit_code
from handlers.parties.columns import UNITS, carried, deals_with
from handlers.parties.naming import LANGUAGES
from handlers.sheets import Row
from handlers.sheets.layouts import Layout
from storage.parties import Capacity, PartyKind, ReachKind
from storage.partners import PartnerKind

LENGTHS: Mapping[str, int] = {
    "name": 200,
    "latin": 200,
    "title": 50,
    "position": 100,
    "unit": 200,
    "member_no": 50,
    "address": 300,
    "postcode": 12,
    "remark": 1000,
    "role": 100,
    "contribution": 300,
    "tier": 50,
    "contract_no": 100,
    "service": 200,
}
_NOTHING: Mapping[str, str] = MappingProxyType({})
_SHORTEST = min(LENGTHS.values())
"""Nothing is cut that is no longer."""
_OF_UNIT = ("credit_code", "address", "postcode", "member_no", "remark", "locale")
_OF_PERSON = ("latin", "title", "position", "gender", "unit", "member_no", "address", "postcode", "remark", "locale")
_OF_CONTACT = ("latin", "title", "position", "gender")
_OF_ROW = ("role", "hours", "contribution", "tier", "contract_no", "cash", "in_kind", "kind", "service")
_GENDERS = {"男": "male", "male": "male", "m": "male", "女": "female", "female": "female", "f": "female"}
_KINDS = (
    (PartnerKind.MEDIA, r"媒体|新闻|报社|电视|media|press"),
    (PartnerKind.VENUE, r"场地|会场|酒店|会议中心|venue|hotel"),
    (PartnerKind.SUPPORTER, r"支持|协办|指导|承办|联合|support|co-?organi"),
    (PartnerKind.SUPPLIER, r"供应|服务商|搭建|设备|餐饮|印刷|运输|物料|supplier|vendor|contractor"),
)
_ENTRY = re.compile(r"P?(\d{1,9})", re.IGNORECASE)
_MONEY = re.compile(r"[^\d.,十百千万亿-]")
_SUM = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?([百千]|[十百千]?万|亿)?")
_HOURS = re.compile(r"(\d+(?:\.\d+)?)\s*(?:小时|个小时|h|hours?|hrs?)?", re.IGNORECASE)
_WORTH = {
    "": 1,
    "百": 100,
    "千": 1_000,
    "万": 10_000,
    "十万": 100_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 100_000_000,
}
MOST_HOURS = 24 * 60
_MEMBERSHIPS = (
    (PartyKind.UNIT, r"单位|團體|团体|企业|公司|机构|corporate|company|organi[sz]ation|institution"),
    (PartyKind.PERSON, r"个人|個人|individual|person"),
)
"""What a member is, by the kind of its membership."""


@dataclass(frozen=True)
class Fault:
    """What should be looked at in a row. ``left_out``: the row is not taken. ``better``: what was probably meant.

    ``why``: "nobody", "two_names", "no_unit", "kind" (left out); "phone", "phone_lost", "email", "meant", "long",
    "amount", "hours", "gender", "locale", "code", "differs" (two rows of one party), "held" (another's),
    "entry" (that of the number has another name),
    "number" (they have one), "shifts" (they say the hours already), "two_contacts".
    """

    number: int
    why: str
    value: str = ""
    better: str = ""
    field: str = ""

    @property
    def left_out(self) -> bool:
        return self.why in {"nobody", "two_names", "no_unit", "kind"}


Way = tuple[ReachKind, str]
"""One way to reach somebody, as it is compared."""


@dataclass(slots=True)
class Draft:
    """A person or a unit as a row of the list says. ``values`` are fields that are not blank, ``name`` among them.

    ``ways`` gives what was typed by each way to reach them, the first of a kind being the one that is used.
    ``unit`` is set for somebody with whom one deals there, once it is known whose row it is.
    """

    kind: PartyKind
    number: int
    values: dict[str, str]
    ways: dict[Way, str] = field(default_factory=dict)
    unit: str = ""
    entry: int | None = None
    """The number that they have in the address book, where the list says it."""


@dataclass(slots=True)
class Line:
    """One row: who it is about, with whom one deals there if that is a unit, and what it says of their part."""

    draft: Draft
    contact: Draft | None = None
    part: Mapping[str, Any] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)
    rest: Mapping[str, str] = field(default_factory=dict)
    """Of a member: its row as it was typed, by field, and what else stands there, by heading."""


@dataclass(frozen=True)
class Drafts:
    """``titles`` were typed in the cell of a name: each with how often."""

    lines: Sequence[Line]
    faults: Sequence[Fault]
    titles: Mapping[str, int] = field(default_factory=dict)


def read(columns: Layout, capacity: Capacity | None, region: str, *, as_typed: bool = False) -> Drafts:
    """Every row below the headings; rows that only count are passed over. ``region`` is telephone numbers' country.

    ``as_typed``: a title that stands in the cell of a name stays there.
    """
    headings = columns.sheet.headings
    contacts = deals_with(headings.get("name", "")) and "unit" in headings
    of_row = () if capacity is None else tuple(name for name in _OF_ROW if name in headings)
    reader = _Reader(capacity, region, headings, of_row, contacts=contacts, as_typed=as_typed)
    grid = columns.sheet.grid.rows
    lines = [
        line
        for row in columns.sheet.found.rows(grid)
        if not only_counts(grid[row.number - 1]) and (line := reader.line(row))
    ]
    if capacity is None:
        told = {row.number: row.values for row in columns.sheet.found.rows(grid)}
        for line in lines:
            line.cells = told[line.draft.number]
            line.rest = carried(columns, line.draft.number)
    return Drafts(lines, reader.faults, reader.titles)


@dataclass
class _Reader:
    capacity: Capacity | None
    region: str
    headings: Mapping[str, str]
    """Of the columns, by field. That of units may say what kind of partners they are."""
    of_row: Sequence[str]
    """The columns that say something of their part in the meeting."""
    contacts: bool = False
    """Of members: whether the names are of those with whom one deals in units."""
    as_typed: bool = False
    titles: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Of twenty thousand rows none is asked for what the list has no column of."""
        ours = [[name for name in some if name in self.headings] for some in (_OF_UNIT, _OF_PERSON, _OF_CONTACT)]
        self.of_unit, self.of_person, self.of_contact = ours
        self.tells_of_part = bool(self.of_row) or self.capacity in {Capacity.PARTNER, Capacity.MEDIA, Capacity.STAFF}
        self.reaches = [
            (name, read)
            for names, read in ((("email", "email2"), self._mails), (("phone", "office"), self._phones))
            for name in names
            if name in self.headings
        ]

    def line(self, row: Row) -> Line | None:
        """None for a row that is left out."""
        values = filled(row.values)
        if not values:
            return None
        return self._unit(row.number, values) if self._of_unit(values) else self._person(row.number, values)

    def _of_unit(self, values: Mapping[str, str]) -> bool:
        """Whether the row is about a unit. A member is what the kind of its membership says, else what the row has."""
        if self.capacity is not None:
            return self.capacity in UNITS
        if "unit" not in values:
            return False
        told = unicodedata.normalize("NFKC", values.get("membership", ""))
        kind = next((kind for kind, words in _MEMBERSHIPS if re.search(words, told, re.IGNORECASE)), None)
        if kind is not None:
            return kind == PartyKind.UNIT
        return self.contacts or "credit_code" in values or not {"name", "first", "last"} & values.keys()

    def _person(self, number: int, values: dict[str, str]) -> Line | None:
        draft = self._human(number, values, self.of_person)
        if draft is not None:
            draft.entry = _entry(values)
        return Line(draft, part=self._part(number, values)) if draft else None

    def _unit(self, number: int, values: dict[str, str]) -> Line | None:
        if "unit" not in values:
            self.faults.append(Fault(number, "no_unit", values.get("name", "")))
            return None
        part = self._part(number, values)
        if self.capacity == Capacity.PARTNER and "kind" not in part:
            self.faults.append(Fault(number, "kind", values.get("kind", "")))
            return None
        told = self._values(number, values, self.of_unit)
        name = self._cut(number, "unit", values["unit"])
        draft = Draft(PartyKind.UNIT, number, {"name": name, **told}, entry=_entry(values))
        named = "name" in values or "first" in values or "last" in values
        contact = self._human(number, values, self.of_contact) if named else None
        if contact is None:
            self._reached(number, values, draft)
        return Line(draft, contact, part)

    def _human(self, number: int, values: dict[str, str], fields: Sequence[str]) -> Draft | None:
        name = values.get("name") or full_name(values.get("first", ""), values.get("last", ""))
        if not name:
            self.faults.append(Fault(number, "nobody", values.get("email", "") or values.get("phone", "")))
            return None
        if two_names(name):
            self.faults.append(Fault(number, "two_contacts" if self._of_unit(values) else "two_names", name))
            return None
        bare, title = titled(name)
        if title:
            self.titles[title] += 1
        own = name if self.as_typed else bare
        told = {"name": own if len(own) <= _SHORTEST else self._cut(number, "name", own)}
        if title and not self.as_typed:
            told["title"] = title
        told |= self._values(number, values, fields)
        draft = Draft(PartyKind.PERSON, number, told)
        self._reached(number, values, draft)
        return draft

    def _values(self, number: int, values: Mapping[str, str], fields: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in fields:
            if cell := values.get(name):
                found[name] = cell if len(cell) <= _SHORTEST else self._cut(number, name, cell)
        if "gender" in found:
            self._known(number, found, "gender", lambda text: _GENDERS.get(text.casefold(), ""))
        if "locale" in found:
            self._known(number, found, "locale", lambda text: LANGUAGES.get(text.casefold(), ""))
        if "credit_code" in found:
            self._known(number, found, "credit_code", credit_code)
        return found

    def _known(self, number: int, found: dict[str, str], name: str, read: Callable[[str], str]) -> None:
        """What cannot be understood is not taken."""
        typed = found.pop(name)
        if value := read(typed):
            found[name] = value
        else:
            self.faults.append(Fault(number, {"credit_code": "code"}.get(name, name), typed))

    def _cut(self, number: int, name: str, value: str) -> str:
        most = LENGTHS.get(name)
        if most is not None and len(value) > most:
            self.faults.append(Fault(number, "long", value[:40], field=name))
            return value[:most]
        return value

    def _reached(self, number: int, values: Mapping[str, str], draft: Draft) -> None:
        for name, read in self.reaches:
            if cell := values.get(name):
                read(number, cell, draft)

    def _mails(self, number: int, cell: str, draft: Draft) -> None:
        found = mails(cell)
        for value in found.found:
            draft.ways.setdefault((ReachKind.EMAIL, value), cell[:200])
        if found.unread or found.meant:
            better = dict(found.meant)
            self.faults += [Fault(number, "email", one, better.pop(one, "")) for one in found.unread]
            self.faults += [Fault(number, "meant", one, other) for one, other in better.items()]

    def _phones(self, number: int, cell: str, draft: Draft) -> None:
        if mobile := mobile_of_china(cell, self.region):
            draft.ways.setdefault((ReachKind.MOBILE, mobile), cell[:200])
            return
        found = phones(cell, self.region)
        for one in found.found:
            kind = ReachKind.MOBILE if one.mobile else ReachKind.PHONE
            draft.ways.setdefault((kind, one.value), cell[:200])
        if found.lost:
            self.faults.append(Fault(number, "phone_lost", cell))
        if found.unread:
            self.faults += [Fault(number, "phone", one) for one in found.unread]

    # --- what the row says of their part in the meeting

    def _part(self, number: int, values: Mapping[str, str]) -> Mapping[str, Any]:
        if not self.tells_of_part:
            return _NOTHING
        found: dict[str, Any] = {}
        for name in self.of_row:
            if name not in values:
                continue
            value = self._of_part(number, name, values[name])
            if value is not None:
                found[name] = value
        if (
            self.capacity == Capacity.PARTNER
            and "kind" not in values
            and (kind := kind_of(self.headings.get("unit", "")))
        ):
            found["kind"] = kind
        if self.capacity == Capacity.MEDIA:
            found["kind"] = PartnerKind.MEDIA
        if self.capacity == Capacity.STAFF:
            found["staff"] = True
        return found

    def _of_part(self, number: int, name: str, cell: str) -> Any:
        if name in {"cash", "in_kind"}:
            return self._or_fault(number, "amount", cell, amount(cell))
        if name == "hours":
            return self._or_fault(number, "hours", cell, minutes(cell))
        return kind_of(cell) if name == "kind" else self._cut(number, name, cell)

    def _or_fault(self, number: int, why: str, cell: str, value: Any) -> Any:
        if value is None:
            self.faults.append(Fault(number, why, cell))
        return value


def _entry(values: Mapping[str, str]) -> int | None:
    """``P12``, or ``12``."""
    match = _ENTRY.fullmatch(values.get("entry", ""))
    return int(match[1]) if match else None


def kind_of(text: str) -> PartnerKind | None:
    """What kind of partner these words mean; None where they say nothing of it."""
    folded = unicodedata.normalize("NFKC", text)
    return next((kind for kind, words in _KINDS if re.search(words, folded, re.IGNORECASE)), None)


def amount(text: str) -> Decimal | None:
    """``50,000元``, ``￥5万``, ``2千万``, ``RMB 50000.00``; None for what is no sum of money, or too large a one."""
    match = _SUM.fullmatch(_MONEY.sub("", unicodedata.normalize("NFKC", text)))
    if match is None:
        return None
    found = Decimal(match[1].replace(",", "") + (match[2] or "")) * _WORTH[match[3] or ""]
    whole = found.quantize(Decimal("0.01"), ROUND_HALF_UP) if found < Decimal(10) ** 12 else None
    return whole.normalize() + 0 if whole is not None and whole == whole.to_integral() else whole


def minutes(text: str) -> int | None:
    """Of hours: ``6``, ``6.5小时``, ``8h``; None for what is none, or for more than sixty days."""
    match = _HOURS.fullmatch(unicodedata.normalize("NFKC", text).strip())
    found = round(float(match[1]) * 60) if match else None
    return found if found is not None and 0 < found <= MOST_HOURS * 60 else None


def reasons(faults: Sequence[Fault]) -> Iterator[Fault]:
    """By row, those for which a row is left out first."""
    yield from sorted(faults, key=lambda one: (one.number, not one.left_out))
