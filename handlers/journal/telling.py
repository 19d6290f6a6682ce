"""What changed, as facts that a template can word: names instead of numbers, moments instead of JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.context import Context
from handlers.spoken import by_hand
from storage import checklist, meetings, parties, people, programme, rooms
from storage.base import Session
from storage.consents import Consent
from storage.files import File
from storage.journal import HIDDEN, Change, Entry
from storage.undo import row_of, typed

MANY = 4
"""More rows of one kind than this are counted, not listed."""
MOST = 10

PEOPLE = frozenset(
    {
        "person_id",
        "done_by",
        "carried_to",
        "closed_by",
        "cover_id",
        "added_by",
        "merged_into",
        "approved_by",
        "contact_id",
        "confirmed_by",
        "nominated_by",
        "told_by",
        "owner_id",
    }
)
TERMS = {
    "state": "state",
    "priority": "priority",
    "owner_role": "role",
    "role": "role",
    "mode": "mode",
    "majority": "majority",
    "material": "material",
    "scope": "scope",
    "part": "part",
    "photo": "photokind",
}
STATES = {"task": "state", "meeting": "meetingstate", "benefit": "benefitstate", "letter": "letterstate"}
"""What the states of each kind of row are called by."""
VEILED = frozenset({"evidence", "repeats", "goals", "template_id", "cash", "in_kind", "rating"})
"""Of which is told that it was changed, and not to what: too long, or not for everybody who reads the journal."""
CALLED = {
    "session_id": (programme.ProgrammeSession, "code"),
    "speaker_id": (programme.Speaker, "name"),
    "booth_id": (programme.Booth, "name"),
    **dict.fromkeys(("party_id", "other_id", "unit_id", "addressee_id", "same_as"), (parties.Party, "name")),
}
"""Columns that name a row which people call by one of its own columns."""
_ABOUT = {"programme_session": "session_id", "speaker": "speaker_id", "booth": "booth_id", "party": "party_id"}
_OF_PARTY = frozenset(
    {"reach", "taking", "sponsor", "volunteer", "partner", "membership_case", "letter", "twin", "alias", "member"}
)
UNSAID = frozenset(
    "id workspace_id meeting_id task_id number key phase_id done_at done_by closed_at closed_by due_rule round "
    "digest media_type size taken_on source content added_at kind at file_id room_id deaf decision_id "
    "url sha256 sha512 stage sealed complete wanted gaps left_out remark "
    "answer approved_digest assisted audience blocked capacity case_id edited facts field kept_id gone_id "
    "letter_id moved parts typed way why added changed same retired_at told_at template sponsor_id volunteer_id "
    "undone_at link benefit_id subject entries counts rated_by rated_at erased_at "
    "layout cells rest settled update_id".split()
)
"""What another field says already, or what only the program needs to know."""


@dataclass(frozen=True)
class Part:
    """One field: from what to what. ``kind`` says how the values are to be worded."""

    name: str
    kind: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Told:
    """One row, or ``count`` rows of a kind. ``task`` is what it is about, ``row`` its values, with people's names."""

    table: str
    how: str
    count: int = 1
    task: Mapping[str, Any] | None = None
    about: str = ""
    row: Mapping[str, Any] = field(default_factory=dict)
    parts: Sequence[Part] = ()


def tell(ctx: Context, changes: Sequence[Change]) -> list[Told]:
    """In the order in which they were made; many alike are one entry, and no more than ``MOST`` are told.

    What hangs on a task that came or went is not told beside it.
    """
    moved = {change.id for change in changes if change.table == "task" and _how(change) != "edited"}
    changes = [change for change in changes if change.table == "task" or change.task not in moved]
    kinds = Counter((change.table, _how(change)) for change in changes)
    told: list[Told] = []
    for change in changes:
        kind = (change.table, _how(change))
        if kinds[kind] > MANY and kind[1] != "edited":
            told += [Told(*kind, count=kinds.pop(kind))] if kind in kinds else []
        elif kind in kinds:
            told.append(_one(ctx, change))
    told = [one for one in told if one.how != "edited" or one.parts]
    left = len(told) - MOST
    return told if left <= 0 else [*told[:MOST], Told("", "more", count=left)]


def said(ctx: Context, entry: Entry) -> str:
    """What was asked: a person's own words as they are, a button's in the reader's language; empty for files alone."""
    by = ctx.db.get(people.Person, entry.person_id) if entry.person_id else None
    typed_so = by_hand(entry.line) or (by is not None and by.locale == "en")
    return entry.line if typed_so else ctx.spoken(entry.line)


def _how(change: Change) -> str:
    return "added" if change.before is None else "removed" if change.after is None else "edited"


def _one(ctx: Context, change: Change) -> Told:
    before, after = (typed(change.table, side or {}) for side in (change.before, change.after))
    row = {**before, **after}
    return Told(
        change.table,
        _how(change),
        task=_task(ctx.db, change, row),
        about=_about(ctx.db, change),
        row=_named(ctx.db, row),
        parts=_parts(ctx.db, change.table, before, after) if _how(change) == "edited" else (),
    )


def _task(db: Session, change: Change, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The task's id and titles: as they stand, or as they were if it is gone."""
    if change.table == "task" and "number" in row:
        return {"ref": f"T{row['number']}", "zh": row.get("title_zh", ""), "en": row.get("title_en", "")}
    found = db.get(checklist.Task, change.task) if change.task else None
    return None if found is None else {"ref": found.ref, "zh": found.title_zh, "en": found.title_en}


def _about(db: Session, change: Change) -> str:
    """Which file, room or person, which part of the programme, whose consent or which party a change is about."""
    if change.table == "file":
        file = db.get(File, change.id)
        return f"{file.ref} {file.name}" if file else ""
    if change.table in {"room", "room_member"}:
        row = change.after or change.before or {}
        found = db.get(rooms.Room, change.id if change.table == "room" else row["room_id"])
        return "" if found is None or found.person_id else found.name
    if change.table == "person":
        return _name(db, change.id)
    if change.table == "consent":
        said = db.get(Consent, change.id)
        return _called(db, "speaker_id", said.speaker_id) if said else ""
    if change.table in _OF_PARTY:
        return _called(db, "party_id", _party(db, change))
    return _called(db, _ABOUT[change.table], change.id) if change.table in _ABOUT else ""


def _party(db: Session, change: Change) -> int | None:
    """Whose row it is: as the change says, else as it stands there now."""
    said = change.after or change.before or {}
    return said.get("party_id") or getattr(row_of(db, change), "party_id", None)


def _name(db: Session, person_id: int | None) -> str:
    found = db.get(people.Person, person_id) if person_id else None
    return found.name if found else ""


def _named(db: Session, row: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: _name(db, value) if name in PEOPLE else value for name, value in row.items()}
    return {**named, **{name: _called(db, name, row[name]) for name in CALLED if name in row}}


def _called(db: Session, column: str, row_id: int | None) -> str:
    """What a session, a speaker, a stand or a party is called; empty for one that is gone."""
    table, name = CALLED[column]
    found = db.get(table, row_id) if row_id else None
    return str(getattr(found, name)) if found else ""


def _parts(db: Session, table: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Part]:
    said = [name for name in after if name not in UNSAID or (table, name) == ("room", "meeting_id")]
    if table == "role_holder" or not said:  # what is moved on only in ways that are not said by themselves
        said = [name for name in after if name in {"round", *PEOPLE}]
    return [_part(db, table, name, before.get(name), after[name]) for name in said]


def _part(db: Session, table: str, name: str, before: Any, after: Any) -> Part:
    sides = (before, after)
    if name in PEOPLE:
        return Part(name, "text", *(_name(db, side) for side in sides))
    if name in CALLED:
        return Part(name, "text", *(_called(db, name, side) for side in sides))
    if name == "meeting_id":
        return Part(name, "row", *(db.get(meetings.Meeting, side) if side else None for side in sides))
    return Part(name, _kind(table, name, sides), before, after)


def _kind(table: str, name: str, sides: Iterable[Any]) -> str:
    if name in TERMS:
        return STATES.get(table, "str") if name == "state" else TERMS[name]
    if name in VEILED or (table, name) == ("letter", "address") or HIDDEN in sides:
        return "unsaid"
    return next((type(side).__name__ for side in sides if side is not None), "str")
