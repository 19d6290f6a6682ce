"""What an association's commands do to its rows, told in plain Python: nothing here is the bot's.

Rows are dictionaries under keys: ``("task", meeting, number)``, ``("assignment", meeting, number, person)``,
``("note", meeting, number, n)``, ``("proof", meeting, number, n)``, ``("role", meeting, role, person)``,
``("meeting", number)``, ``("leave", n)``, ``("person", person)``. People are named by their numbers in the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.faults.rehearsal.items import ITEMS, due_of

Key = tuple[Any, ...]
Row = dict[str, Any]
Change = tuple[Row | None, Row | None]

ZONE = ZoneInfo("Asia/Shanghai")
UNFINISHED = frozenset({"open", "doing", "waiting"})
UNDO_WITHIN = timedelta(minutes=15)
FILLED_IN = frozenset({"note", "number", "link"})
"""Evidence that words can be."""
PROGRESS = frozenset("state reason done_at done_by carried_to snoozed round due rule".split())
LAST_PHASE = 7
_PERSON = re.compile(r"@#(\d+)")
_SHOWN = {"link": re.compile(r"https?://\S+"), "number": re.compile(r"\d+"), "note": re.compile(r".{2,}")}


class No(Exception):  # noqa: N818  an answer
    """The command is refused, and nothing of it is there."""


@dataclass
class Said:
    """A command that changed something."""

    who: int
    line: str
    at: datetime
    meeting: int | None
    changes: dict[Key, Change]
    undoes: int | None = None
    undone: bool = False


@dataclass
class Association:
    """``said`` is the journal: an entry's number is its place in it, from 1."""

    admins: frozenset[int] = frozenset()
    rows: dict[Key, Row] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    serial: int = 0
    _index: dict[Key, dict[Key, None]] = field(default_factory=dict)
    _before: dict[Key, Row | None] = field(default_factory=dict)
    _subject: int | None = None

    def carry_out(self, who: int, line: str, at: datetime) -> Said | None:
        """What it changed; None for nothing. Raises ``No``."""
        said = self._attempt(who, line, at)
        if said is not None:
            self.said.append(said)
            if said.undoes is not None:
                self.said[said.undoes - 1].undone = True
        return said

    def would(self, who: int, line: str, at: datetime) -> str:
        """``no``, ``nothing`` or ``something``."""
        try:
            said = self._attempt(who, line, at)
        except No:
            return "no"
        self._restore()
        return "nothing" if said is None else "something"

    def _attempt(self, who: int, line: str, at: datetime) -> Said | None:
        self._before, self._subject = {}, None
        verb = next(verb for verb in VERBS if line == verb or line.startswith(f"{verb} "))
        try:
            undoes = VERBS[verb](self, who, line.removeprefix(verb).strip(), at)
        except No:
            self._restore()
            raise
        pairs = ((key, _trimmed(before, self.rows.get(key))) for key, before in self._before.items())
        changes = {key: change for key, change in pairs if change is not None}
        return Said(who, line, at, self._subject, changes, undoes) if changes else None

    def _restore(self) -> None:
        for key, row in self._before.items():
            self._lay(key, row)

    # --- rows

    def _lay(self, key: Key, row: Row | None) -> None:
        beginnings = [key[:length] for length in range(1, len(key))]
        if row is None:
            self.rows.pop(key, None)
            for begin in beginnings:
                self._index[begin].pop(key, None)
        else:
            self.rows[key] = row
            for begin in beginnings:
                self._index.setdefault(begin, {})[key] = None

    def put(self, key: Key, **values: Any) -> None:
        """The row with these values, or a new one."""
        known = self.rows.get(key)
        self._before.setdefault(key, known)
        self._lay(key, {**(known or {}), **values})

    def drop(self, key: Key) -> None:
        self._before.setdefault(key, self.rows[key])
        self._lay(key, None)

    def add(self, table: str, *where: Any, **values: Any) -> None:
        """One more of which there may be several."""
        self.serial += 1
        self.put((table, *where, self.serial), **values)

    def below(self, kind: str, *where: Any) -> list[Key]:
        """Keys of the rows of that kind that belong there."""
        return list(self._index.get((kind, *where), ()))

    def tasks(self, meeting: int) -> dict[int, Row]:
        return {key[2]: self.rows[key] for key in self.below("task", meeting)}

    # --- who may

    def holders(self, meeting: int, role: str | None) -> list[int]:
        return [key[3] for key in self.below("role", meeting, role)]

    def owners(self, meeting: int, number: int) -> list[int]:
        named = [key[3] for key in self.below("assignment", meeting, number)]
        return named or self.holders(meeting, self.rows["task", meeting, number]["role"])

    def runs(self, who: int, meeting: int) -> bool:
        leading = {*self.holders(meeting, "lead"), *self.holders(meeting, "secretary")}
        return who in self.admins or who in leading

    def may(self, rule: str, who: int, meeting: int, number: int) -> bool:
        """``run``, ``own`` (it is theirs), ``work`` (or nobody's), ``give`` (the same)."""
        if self.runs(who, meeting):
            return True
        owners = self.owners(meeting, number) if ("task", meeting, number) in self.rows else []
        return (rule != "run" and who in owners) or (rule in {"work", "give"} and not owners)

    def running(self, meeting: int) -> bool:
        row = self.rows.get(("meeting", meeting))
        return row is not None and row["state"] == "closing"

    def meant(self, text: str, who: int, rule: str = "") -> tuple[Key, Row, str]:
        """The task that is named first, and the words behind it. Raises ``No``."""
        ref, _, words = text.partition(" ")
        meeting, _, number = ref.removeprefix("M").partition("-T")
        key = ("task", int(meeting), int(number))
        self._subject = int(meeting)
        if key not in self.rows or not self.running(int(meeting)):
            raise No
        if rule and not self.may(rule, who, int(meeting), int(number)):
            raise No
        return key, self.rows[key], words

    def finished(self, row: Row) -> bool:
        return row["state"] not in UNFINISHED


def _trimmed(before: Row | None, after: Row | None) -> Change | None:
    """What differs of a row."""
    if before is None or after is None:
        return None if before == after else (before, after)
    differ = [name for name in after if before.get(name) != after[name]]
    return ({name: before.get(name) for name in differ}, {name: after[name] for name in differ}) if differ else None


def named(text: str) -> list[int]:
    return [int(found) for found in _PERSON.findall(text)]


def moment(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone)


# --- meetings


def _found(here: Association, who: int, text: str, at: datetime) -> None:
    name, _, end = text.partition(" end: ")
    number = len(here.below("meeting")) + 1
    here._subject = number  # noqa: SLF001  its own
    here.put(("meeting", number), name=name, end=moment(end), state="closing", closed_by=None)
    here.put(("role", number, "lead", who))
    for place, item in enumerate(ITEMS, 1):
        due = due_of(item.due, moment(end))
        here.put(("task", number, place), **_fresh(item.title, item.phase, due), rule=item.due, role=item.role)
        here.put(("task", number, place), kind=item.kind, every=item.every, until=item.until, priority=item.priority)


def _fresh(title: str, phase: int, due: datetime) -> Row:
    blank = dict.fromkeys(("carried_to", "snoozed", "done_at", "done_by"))
    return {"title": title, "phase": phase, "state": "open", "reason": "", "due": due, "round": 1, **blank}


def _close(here: Association, who: int, text: str, at: datetime) -> None:
    number = here._subject = int(text.removeprefix("M"))  # noqa: SLF001  its own
    tasks = here.tasks(number).values()
    if not here.runs(who, number) or not here.running(number) or not all(map(here.finished, tasks)):
        raise No
    here.put(("meeting", number), state="closed", closed_by=who)


def _set_role(here: Association, who: int, text: str, at: datetime) -> None:
    meeting, role, *_ = text.split()
    number = here._subject = int(meeting.removeprefix("M"))  # noqa: SLF001  its own
    if not here.runs(who, number) or not here.running(number):
        raise No
    for person in set(here.holders(number, role)) - set(named(text)):
        here.drop(("role", number, role, person))
    for person in named(text):
        here.put(("role", number, role, person))


# --- tasks


def _start(here: Association, who: int, text: str, at: datetime) -> None:
    key, row, _ = here.meant(text, who, "work")
    if row["state"] not in {"open", "waiting"}:
        raise No
    here.put(key, state="doing", reason="")


def _wait(here: Association, who: int, text: str, at: datetime) -> None:
    key, row, reason = here.meant(text, who, "work")
    if here.finished(row):
        raise No
    here.put(key, state="waiting", reason=reason)


def _skip(here: Association, who: int, text: str, at: datetime) -> None:
    key, row, reason = here.meant(text, who, "own")
    if here.finished(row):
        raise No
    here.put(key, state="not_applicable", reason=reason, done_by=who, done_at=at)


def _carry(here: Association, who: int, text: str, at: datetime) -> None:
    key, row, words = here.meant(text, who, "own")
    if here.finished(row):
        raise No
    reason = words.partition(" ")[2]
    here.put(key, state="carried", reason=reason, done_by=who, done_at=at, carried_to=named(words)[0])


def _reopen(here: Association, who: int, text: str, at: datetime) -> None:
    key, row, _ = here.meant(text, who, "work")
    if row["state"] in {"open", "doing"}:
        raise No
    here.put(key, state="open", reason="", done_by=None, done_at=None, carried_to=None, snoozed=None)
    proofs = here.below("proof", *key[1:])
    if any(here.rows[one]["kind"] == "approval" and here.rows[one]["round"] == row["round"] for one in proofs):
        for one in proofs:
            if here.rows[one]["kind"] in {"approval", "request"} and here.rows[one]["round"] == row["round"]:
                here.drop(one)


def _note(here: Association, who: int, text: str, at: datetime) -> None:
    key, _, words = here.meant(text, who)
    here.add("note", *key[1:], by=who, text=words)


def _assign(here: Association, who: int, text: str, at: datetime) -> None:
    key, _, words = here.meant(text, who, "give")
    _give(here, key, named(words))


def _give(here: Association, key: Key, people: Iterable[int]) -> None:
    wanted = set(people)
    for one in here.below("assignment", *key[1:]):
        if one[3] not in wanted:
            here.drop(one)
    for person in wanted:
        here.put(("assignment", *key[1:], person))


def _due(here: Association, who: int, text: str, at: datetime) -> None:
    key, _, words = here.meant(text, who, "own")
    here.put(key, due=moment(words), rule="", snoozed=None)


def _snooze(here: Association, who: int, text: str, at: datetime) -> None:
    key, row, words = here.meant(text, who, "work")
    if here.finished(row):
        raise No
    theirs = here.rows.get(("person", who), {}).get("zone", str(ZONE))
    here.put(key, snoozed=moment(words, ZoneInfo(theirs)))


def _add(here: Association, who: int, text: str, at: datetime) -> None:
    """``TITLE due: … owner: @#5``, said in private: it belongs to the one meeting in which they have a role."""
    title, _, words = text.partition(" due: ")
    meetings = {key[1] for key in here.below("role") if key[3] == who and here.running(key[1])}
    if len(meetings) != 1:
        raise No
    number = here._subject = meetings.pop()  # noqa: SLF001  its own
    if not here.runs(who, number):
        raise No
    key = ("task", number, max(here.tasks(number)) + 1)
    here.put(key, **_fresh(title, LAST_PHASE, moment(words.partition(" owner: ")[0])), rule="", role=None)
    here.put(key, kind="none", every="", until="", priority="normal")
    _give(here, key, named(words))


def _done(here: Association, who: int, text: str, at: datetime) -> None:
    key, row, words = here.meant(text, who, "work")
    if row["state"] == "done":
        raise No
    anyway = words.startswith("anyway: ")
    if row["kind"] == "approval" and not anyway and not here.runs(who, key[1]) and _lacks(here, key, row):
        _ask_approval(here, key, row, who, words)
        return
    found = _SHOWN[row["kind"]].search(words) if row["kind"] in FILLED_IN and not anyway else None
    if found:
        here.add("proof", *key[1:], round=row["round"], kind=row["kind"], value=found[0], by=who)
    if not _lacks(here, key, row):
        if words:
            here.add("note", *key[1:], by=who, text=words.removeprefix("anyway: "))
    elif anyway and here.runs(who, key[1]):
        value = words.removeprefix("anyway: ")
        here.add("proof", *key[1:], round=row["round"], kind="override", value=value, by=who)
    else:
        raise No
    _finish(here, key, row, who, at)


def _lacks(here: Association, key: Key, row: Row) -> bool:
    """Whether the present round has no evidence; files are never sent here."""
    proofs = [here.rows[one] for one in here.below("proof", *key[1:])]
    return row["kind"] != "none" and not any(
        proof["kind"] == row["kind"] and proof["round"] == row["round"] for proof in proofs
    )


def _ask_approval(here: Association, key: Key, row: Row, who: int, words: str) -> None:
    asked = [here.rows[one] for one in here.below("proof", *key[1:]) if here.rows[one]["kind"] == "request"]
    if here.finished(row):
        raise No
    if not any(proof["round"] == row["round"] for proof in asked):
        here.add("proof", *key[1:], round=row["round"], kind="request", value=words, by=who)


def _approve(here: Association, who: int, text: str, at: datetime) -> None:
    key, row, words = here.meant(text, who, "run")
    if row["kind"] != "approval":
        raise No
    here.add("proof", *key[1:], round=row["round"], kind="approval", value=words, by=who)
    _finish(here, key, row, who, at)


def _finish(here: Association, key: Key, row: Row, who: int, at: datetime) -> None:
    if row["state"] in {"done", "not_applicable"}:
        raise No
    end = here.rows["meeting", key[1]]["end"]
    following = _next_round(row, end) if row["every"] else None
    if following is None:
        here.put(key, state="done", reason="", done_by=who, done_at=at, carried_to=None, snoozed=None)
        return
    rule = f"E+{(following.date() - end.date()).days} {following:%H:%M}" if row["rule"] else ""
    here.put(key, round=row["round"] + 1, due=following, rule=rule, state="open", reason="")
    here.put(key, done_by=None, done_at=None, carried_to=None, snoozed=None)


def _next_round(row: Row, end: datetime) -> datetime | None:
    due = row["due"].astimezone(ZONE)
    number = int(row["every"][:-1])
    if row["every"].endswith("d"):
        following = due + timedelta(days=number)
    else:
        month = due.month - 1 + number
        following = due.replace(year=due.year + month // 12, month=month % 12 + 1, day=min(due.day, 28))
    over = row["until"] and following > due_of(row["until"], end) + timedelta(days=1)
    return None if over else following


# --- people


def _away(here: Association, who: int, text: str, at: datetime) -> None:
    days = text.partition(" cover ")[0]
    first, last = (date.fromisoformat(day) for day in days.split(".."))
    cover = next(iter(named(text)), None)
    theirs = (here.rows[key] for key in here.below("leave") if here.rows[key]["who"] == who)
    if cover == who or any(row["first"] <= last and first <= row["last"] for row in theirs):
        raise No
    here.add("leave", who=who, first=first, last=last, cover=cover)


def _zone(here: Association, who: int, text: str, at: datetime) -> None:
    here.put(("person", who), zone=text)


def _undo(here: Association, who: int, text: str, at: datetime) -> int:
    fresh = [
        number
        for number, one in enumerate(here.said, 1)
        if one.who == who and one.at >= at - UNDO_WITHIN and one.undoes is None and not one.undone
    ]
    if not fresh:
        raise No
    entry = here.said[fresh[-1] - 1]
    here._subject = entry.meeting  # noqa: SLF001  its own
    kinds = {key[0] for key in entry.changes}
    if entry.meeting and "meeting" not in kinds and not here.running(entry.meeting):
        raise No
    _revert(here, entry.changes)
    if not all(here.may(rule, who, meeting, number) for rule, meeting, number in _needed(here, entry.changes)):
        raise No
    return fresh[-1]


def _revert(here: Association, changes: dict[Key, Change]) -> None:
    for key, (_, after) in changes.items():
        now = here.rows.get(key)
        if (now is None) != (after is None) or any(
            (now or {}).get(name) != value for name, value in (after or {}).items()
        ):
            raise No
    gone = {key for key, (before, _) in changes.items() if before is None}
    for kind, meeting, number, *_ in [key for key in gone if key[0] == "task"]:
        hanging = (one for child in ("note", "proof", "assignment") for one in here.below(child, meeting, number))
        if kind and set(hanging) - gone:
            raise No
    for key, (before, after) in changes.items():
        if before is None:
            here.drop(key)
        elif after is None:
            here.put(key, **before)
        else:
            here.put(key, **before)


def _needed(here: Association, changes: dict[Key, Change]) -> Iterator[tuple[str, int, int]]:
    """What one must be allowed to do so as to take this back."""
    for key, (before, after) in changes.items():
        if key[0] == "task":
            whole = before is None or after is None
            fields = set() if whole else set(after or {})
            dated = fields <= {"due", "rule"} or not fields <= PROGRESS
            yield ("run" if whole else "own" if dated else "work"), key[1], key[2]
        elif key[0] == "assignment" and ("task", key[1], key[2]) in here.rows:
            yield "give", key[1], key[2]
        elif key[0] in {"role", "meeting"} and before is not None:
            yield "run", key[1], 0


VERBS: dict[str, Callable[[Association, int, str, datetime], int | None]] = {
    "meeting new": _found,
    "meeting close": _close,
    "role set": _set_role,
    "settings zone": _zone,
    "start": _start,
    "wait": _wait,
    "skip": _skip,
    "carry": _carry,
    "reopen": _reopen,
    "note": _note,
    "assign": _assign,
    "due": _due,
    "snooze": _snooze,
    "add": _add,
    "done": _done,
    "approve": _approve,
    "away": _away,
    "undo": _undo,
    "show": lambda *_: None,
}
"""By their names; what only shows something changes nothing."""
