"""The register and what the conference has taught of its members, loaded and put beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from handlers import expected
from handlers.context import Context
from handlers.dates.column import Order
from handlers.dates.printed import day_in, like
from handlers.parties.applying import load
from handlers.parties.book import Book, Record
from handlers.parties.members.difference import Difference, Doubt, News, Part, Row, Rules, Side, Source, twice
from handlers.parties.reading import DATED, order_of_past
from handlers.sheets import normal
from storage import intakes, members, membership
from storage.intakes import VALUES
from storage.members import Member
from storage.membership import Case, CaseKind, CaseStep, Stage
from storage.parties import Party, PartyKind, Reach, ReachKind

DEFAULT = (
    *("member_no", "unit", "name", "position", "phone", "office", "email", "email2", "credit_code", "address"),
    *("postcode", "joined", "paid"),
)
"""Columns of a register that was never brought in."""


def difference(ctx: Context) -> Difference:
    """Of the register of the workspace, by what the meeting that is spoken of has taught."""
    return _Desk(ctx).difference()


def layout(ctx: Context) -> list[list[str]]:
    """Every column of the register, its heading and its field; without headings where no list ever came in."""
    intake = members.layout(ctx.db, ctx.workspace.id)
    return [list(column) for column in intake.layout] if intake else [["", name] for name in DEFAULT]


class _Desk:
    def __init__(self, ctx: Context) -> None:
        db, place, meeting = ctx.db, ctx.workspace.id, ctx.meeting.id
        self.book: Book = load(db, place, meeting, None)
        self.cases = membership.of_meeting(db, meeting)
        self.steps = {case.id: membership.steps(db, case.id) for case in self.cases}
        self.moved = dict(members.moved(db, place))
        self.taking = {self._now(one) for one in members.attending(db, meeting)}
        self.concerned = self.taking | {self._now(case.party_id) for case in self.cases}
        self.told = _told(members.told_by(db, place), meeting, self._now)
        self.ways: dict[int, list[tuple[ReachKind, str]]] = {}
        for party_id, kind, value in members.ways(db, place):
            self.ways.setdefault(party_id, []).append((ReachKind(kind), value))
        self.fields = {name for _, name in layout(ctx) if name}
        self.rules = Rules(self.fields, self.book.aliases, ctx.workspace.country[:2])
        self.register = members.everyone(db, place)
        self.doubtful = members.doubts(db, place)
        days = expected.days(ctx.meeting)
        self.days, self.zone = (days[0], days[-1]), ctx.meeting_zone
        self.samples: dict[str, str] = {}
        self.order = self._order(ctx)

    def _order(self, ctx: Context) -> Order:
        """How the dates of the register are read; of each column a cell shows how it writes them."""
        dated = [(name, cell) for row in self.register for name in DATED if (cell := row.cells.get(name, ""))]
        for name, cell in dated:
            self.samples.setdefault(name, cell)
        known = intakes.headings(ctx.db, ctx.workspace.id)
        own = {normal(heading) for heading, name in layout(ctx) if name in DATED}
        kept = next((known[name].how for name in sorted(own & known.keys()) if known[name].how), "")
        return order_of_past(ctx, [cell for _, cell in dated], kept=kept)

    def _now(self, party_id: int) -> int:
        while party_id in self.moved:
            party_id = self.moved[party_id]
        return party_id

    def difference(self) -> Difference:
        rows = [self._row(one) for one in self.register]
        listed = {who.id for row in rows for who in (row.member, row.contact) if who is not None}
        doubled = twice(rows)
        twofold = {one.one.id for one in doubled}
        known, rows = {row.member.id for row in rows}, [row for row in rows if row.member.id not in twofold]
        doubts = [*doubled, *self._twins(listed), *(one for row in rows for one in self.rules.doubts(row))]
        asked = {who.id for one in doubts if one.why == "twin" for who in (one.one, one.other) if who is not None}
        changed = [News(row, row.member, parts, row.contact) for row in rows if (parts := self._parts(row))]
        differing = {one.row.id for one in changed if one.row}
        came = [row for row in rows if row.concerned and row.id not in differing]
        applied = {self._now(case.party_id) for case in self.cases}
        return Difference(
            added=list(self._added(known | asked)),
            changed=changed,
            doubts=doubts,
            unchanged=came,
            absent=sum(not row.concerned for row in rows if row.id not in differing),
            guests=len(self._people(self.taking) - listed - applied - asked),
            waiting=sum(case.stage not in {Stage.REGISTERED, Stage.CLOSED} for case in self.cases),
        )

    def _people(self, ids: set[int]) -> set[int]:
        return {one for one in ids if one in self.book.records and self.book.records[one].kind == PartyKind.PERSON}

    def _row(self, member: Member) -> Row:
        contact = self._side(self._now(member.contact_id)) if member.contact_id else None
        return Row(
            member.id, member.number, member.cells, member.settled, self._side(self._now(member.party_id)), contact
        )

    def _side(self, party_id: int) -> Side:
        record = self.book.records[party_id]
        return Side(
            party_id,
            record.number,
            record.kind,
            {name: record.values[name] for name in VALUES},
            self._unit(record),
            self.ways.get(party_id, []),
            dict(self._sources(record)),
            party_id in self.concerned,
        )

    def _unit(self, record: Record) -> str:
        unit = self.book.records.get(record.unit_id) if record.unit_id else None
        return unit.values["name"] if unit else record.values["unit"]

    def _sources(self, record: Record) -> Iterator[tuple[str, Source]]:
        """Who said what stands there; what no list said, somebody has put in by hand."""
        stands: Mapping[str, Any] = {**record.values, "unit_id": record.unit_id}
        for name, (value, source) in self.told.get(record.id, {}).items():
            if name in stands and stands[name] != value:
                continue
            yield "unit" if name == "unit_id" else name, source

    # --- what is new of members, and who is a new one

    def _parts(self, row: Row) -> list[Part]:
        told = {part.field: part for part in self.rules.parts(row)}
        for case in self.cases:
            if self._now(case.party_id) == row.member.id:
                told |= {part.field: part for part in self._of_case(case, row)}
        return list(told.values())

    def _of_case(self, case: Case, row: Row | None) -> Iterator[Part]:
        """The days of a case that is through: of who is new when they joined, of everybody when they paid."""
        if case.stage != Stage.REGISTERED:
            return
        source = Source("case", case.number)
        steps: dict[Stage, CaseStep] = {Stage(one.stage): one for one in self.steps[case.id]}
        wanted = [("paid", Stage.PAID)] + ([("joined", Stage.REGISTERED)] if case.kind == CaseKind.NEW else [])
        for name, stage in wanted:
            old = row.cells.get(name, "") if row else ""
            if name not in self.fields or stage not in steps or (name == "joined" and old):
                continue
            day, before = steps[stage].at.astimezone(self.zone).date(), self._day(old)
            new = like(day, old or self.samples.get(name, ""), day_first=self.order.day_first)
            if (before is None or before < day) and not (row and row.settled.get(name) == new):
                yield Part(name, old, new, source)

    def _day(self, cell: str) -> date | None:
        return day_in(cell, *self.days, alone=True, day_first=self.order.day_first)

    def _added(self, known: set[int]) -> Iterator[News]:
        """Only who applied and was taken in: that somebody came makes them no member."""
        for case in self.cases:
            party_id = self._now(case.party_id)
            if case.stage == Stage.REGISTERED and party_id not in known:
                known = known | {party_id}
                member = self._side(party_id)
                parts = {part.field: part for part in self.rules.fresh(member)}
                parts |= {part.field: part for part in self._of_case(case, None)}
                source = Source("case", case.number)
                if number := parts.get("member_no"):
                    parts["member_no"] = Part("member_no", "", number.new, source)
                yield News(None, member, list(parts.values()))

    def _twins(self, listed: set[int]) -> Iterator[Doubt]:
        """A member who may be somebody that took part, and is not known to be."""
        for twin in self.doubtful:
            one, other = self._now(twin.party_id), self._now(twin.other_id)
            if other in listed and one not in listed:
                one, other = other, one
            if one in listed and other not in listed and other in self.concerned and one in self.book.records:
                yield Doubt("twin", self._side(one), self._side(other), twin.why)


Told = dict[int, dict[str, tuple[Any, Source]]]


def _told(rows: Sequence[Any], meeting_id: int, now: Callable[[int], int]) -> Told:
    """What lists said last, by party and field; of ways to reach somebody by the value itself."""
    found: Told = {}
    for row in rows:
        source = Source(
            "list" if row.capacity else "members", row.number, row.capacity or "", row.meeting_id == meeting_id
        )
        whom = now(row.row_id if row.table == Party.__tablename__ else row.after["party_id"])
        kept = found.setdefault(whom, {})
        if row.table == Reach.__tablename__:
            kept[row.after["value"]] = (row.after["value"], source)
            continue
        kept |= {name: (value, source) for name, value in row.after.items() if name not in {"reach", "taking"}}
        kept |= {way[1]: (way[1], source) for way in row.after.get("reach", ())}
    return found
