"""Who came with a list and looks like somebody who is there already: a question to people, and never a merge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.cleaning.likeness import Body, Human, Pair, people_alike, units_alike
from handlers.parties import applying
from handlers.parties.book import Book, Record
from storage import intakes
from storage.base import Session
from storage.parties import Answer, Capacity, Intake, PartyKind, ReachKind, Twin

AT_ONCE = 1000
"""New parties of a list that are compared while somebody waits; of more the questions follow."""


def ask(db: Session, intake: Intake) -> list[Pair]:
    """The questions that come with the new ones of an import; one that was asked before is not asked again."""
    book = applying.load(db, intake.workspace_id, intake.meeting_id or 0, intake.capacity or Capacity.ATTENDEE)
    fresh = intakes.new_parties(db, intake.id) & book.records.keys()
    known = intakes.questions(db, intake.workspace_id)
    found = [pair for pair in _alike(book, fresh) if not pair.same and (pair.one, pair.other) not in known]
    asked = [(intake.workspace_id, pair.one, pair.other, pair.why.value, Answer.OPEN.value) for pair in found]
    intakes.add_plain(db, Twin, ("workspace_id", "party_id", "other_id", "why", "answer"), asked)
    return found


def told(db: Session, pairs: Sequence[Pair], most: int) -> list[Mapping[str, object]]:
    """Both sides of the first of them."""
    shown = pairs[:most]
    known = intakes.some(db, [one for pair in shown for one in (pair.one, pair.other)])
    return [{"one": known[pair.one], "other": known[pair.other], "why": pair.why} for pair in shown]


def _alike(book: Book, fresh: set[int]) -> list[Pair]:
    records = book.records.values()
    people = [_human(one, book) for one in records if one.kind == PartyKind.PERSON]
    named: dict[int, list[str]] = {one.id: [one.values["name"]] for one in records if one.kind == PartyKind.UNIT}
    for alias, unit_id in book.aliases.items():
        named.get(unit_id, []).append(alias)
    bodies = [Body(unit, tuple(names), book.records[unit].values["credit_code"]) for unit, names in named.items()]
    return [*people_alike(people, fresh), *units_alike(bodies, fresh)]


def _human(one: Record, book: Book) -> Human:
    unit = book.records.get(one.unit_id) if one.unit_id else None
    return Human(
        one.id,
        tuple(filter(None, (one.values["name"], one.values["latin"]))),
        unit.values["name"] if unit else one.values["unit"],
        frozenset(value for kind, value in one.reached if kind == ReachKind.EMAIL),
        frozenset(value for kind, value in one.reached if kind == ReachKind.MOBILE),
    )
