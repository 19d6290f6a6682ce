"""What each command does to the rows, told in plain Python: nothing here is the bot's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.faults.rehearsal.books import ZONE, Books, Change, Key, No, Row, moment, named
from tests.faults.rehearsal.items import ITEMS, due_of

UNDO_WITHIN = timedelta(minutes=15)
FILLED_IN = frozenset({"note", "number", "link"})
"""Evidence that words can be."""
PROGRESS = frozenset("state reason done_at done_by carried_to snoozed round due rule".split())
LAST_PHASE = 7
_SHOWN = {"link": re.compile(r"https?://\S+"), "number": re.compile(r"\d+"), "note": re.compile(r".{2,}")}


# --- meetings


def _found(here: Books, who: int, text: str, at: datetime) -> None:
    name, _, end = text.partition(" end: ")
    number = len(here.below("meeting")) + 1
    here.subject = number
    here.put(("meeting", number), name=name, end=moment(end), state="closing", closed_by=None)
    here.put(("role", number, "lead", who))
    for place, item in enumerate(ITEMS, 1):
        due = due_of(item.due, moment(end))
        here.put(("task", number, place), **_fresh(item.title, item.phase, due), rule=item.due, role=item.role)
        here.put(("task", number, place), kind=item.kind, every=item.every, until=item.until, priority=item.priority)


def _fresh(title: str, phase: int, due: datetime) -> Row:
    blank = dict.fromkeys(("carried_to", "snoozed", "done_at", "done_by"))
    return {"title": title, "phase": phase, "state": "open", "reason": "", "due": due, "round": 1, **blank}


def _close(here: Books, who: int, text: str, at: datetime) -> None:
    number = here.subject = int(text.removeprefix("M"))
    tasks = here.tasks(number).values()
    if not here.runs(who, number) or not here.running(number) or not all(map(here.finished, tasks)):
        raise No
    here.put(("meeting", number), state="closed", closed_by=who)


def _set_role(here: Books, who: int, text: str, at: datetime) -> None:
    meeting, role, *_ = text.split()
    number = here.subject = int(meeting.removeprefix("M"))
    if not here.runs(who, number) or not here.running(number):
        raise No
    for person in set(here.holders(number, role)) - set(named(text)):
        here.drop(("role", number, role, person))
    for person in named(text):
        here.put(("role", number, role, person))


# --- tasks


def _start(here: Books, who: int, text: str, at: datetime) -> None:
    key, row, _ = here.meant(text, who, "work")
    if row["state"] not in {"open", "waiting"}:
        raise No
    here.put(key, state="doing", reason="")


def _wait(here: Books, who: int, text: str, at: datetime) -> None:
    key, row, reason = here.meant(text, who, "work")
    if here.finished(row):
        raise No
    here.put(key, state="waiting", reason=reason)


def _skip(here: Books, who: int, text: str, at: datetime) -> None:
    key, row, reason = here.meant(text, who, "own")
    if here.finished(row):
        raise No
    here.put(key, state="not_applicable", reason=reason, done_by=who, done_at=at)


def _carry(here: Books, who: int, text: str, at: datetime) -> None:
    key, row, words = here.meant(text, who, "own")
    if here.finished(row):
        raise No
    reason = words.partition(" ")[2]
    here.put(key, state="carried", reason=reason, done_by=who, done_at=at, carried_to=named(words)[0])


def _reopen(here: Books, who: int, text: str, at: datetime) -> None:
    key, row, _ = here.meant(text, who, "work")
    if row["state"] in {"open", "doing"}:
        raise No
    here.put(key, state="open", reason="", done_by=None, done_at=None, carried_to=None, snoozed=None)
    proofs = here.below("proof", *key[1:])
    if any(here.rows[one]["kind"] == "approval" and here.rows[one]["round"] == row["round"] for one in proofs):
        for one in proofs:
            if here.rows[one]["kind"] in {"approval", "request"} and here.rows[one]["round"] == row["round"]:
                here.drop(one)


def _note(here: Books, who: int, text: str, at: datetime) -> None:
    key, _, words = here.meant(text, who)
    here.add("note", *key[1:], by=who, text=words)


def _assign(here: Books, who: int, text: str, at: datetime) -> None:
    key, _, words = here.meant(text, who, "work")
    _give(here, key, named(words))


def _give(here: Books, key: Key, people: Iterable[int]) -> None:
    wanted = set(people)
    for one in here.below("assignment", *key[1:]):
        if one[3] not in wanted:
            here.drop(one)
    for person in wanted:
        here.put(("assignment", *key[1:], person))


def _due(here: Books, who: int, text: str, at: datetime) -> None:
    key, _, words = here.meant(text, who, "own")
    here.put(key, due=moment(words), rule="", snoozed=None)


def _snooze(here: Books, who: int, text: str, at: datetime) -> None:
    key, row, words = here.meant(text, who, "work")
    if here.finished(row):
        raise No
    theirs = here.rows.get(("person", who), {}).get("zone", str(ZONE))
    here.put(key, snoozed=moment(words, ZoneInfo(theirs)))


def _add(here: Books, who: int, text: str, at: datetime) -> None:
    """``TITLE due: … owner: @#5``, said in private: it belongs to the one meeting in which they have a role."""
    title, _, words = text.partition(" due: ")
    meetings = {key[1] for key in here.below("role") if key[3] == who and here.running(key[1])}
    if len(meetings) != 1:
        raise No
    number = here.subject = meetings.pop()
    if not here.runs(who, number):
        raise No
    key = ("task", number, max(here.tasks(number)) + 1)
    here.put(key, **_fresh(title, LAST_PHASE, moment(words.partition(" owner: ")[0])), rule="", role=None)
    here.put(key, kind="none", every="", until="", priority="normal")
    _give(here, key, named(words))


def _done(here: Books, who: int, text: str, at: datetime) -> None:
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


def _lacks(here: Books, key: Key, row: Row) -> bool:
    """Whether the present round has no evidence; files are never sent here."""
    proofs = [here.rows[one] for one in here.below("proof", *key[1:])]
    return row["kind"] != "none" and not any(
        proof["kind"] == row["kind"] and proof["round"] == row["round"] for proof in proofs
    )


def _ask_approval(here: Books, key: Key, row: Row, who: int, words: str) -> None:
    asked = [here.rows[one] for one in here.below("proof", *key[1:]) if here.rows[one]["kind"] == "request"]
    if here.finished(row):
        raise No
    if not any(proof["round"] == row["round"] for proof in asked):
        here.add("proof", *key[1:], round=row["round"], kind="request", value=words, by=who)


def _approve(here: Books, who: int, text: str, at: datetime) -> None:
    key, row, words = here.meant(text, who, "run")
    if row["kind"] != "approval":
        raise No
    here.add("proof", *key[1:], round=row["round"], kind="approval", value=words, by=who)
    _finish(here, key, row, who, at)


def _finish(here: Books, key: Key, row: Row, who: int, at: datetime) -> None:
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


def _away(here: Books, who: int, text: str, at: datetime) -> None:
    days = text.partition(" cover ")[0]
    first, last = (date.fromisoformat(day) for day in days.split(".."))
    cover = next(iter(named(text)), None)
    theirs = (here.rows[key] for key in here.below("leave") if here.rows[key]["who"] == who)
    if cover == who or any(row["first"] <= last and first <= row["last"] for row in theirs):
        raise No
    here.add("leave", who=who, first=first, last=last, cover=cover)


def _zone(here: Books, who: int, text: str, at: datetime) -> None:
    here.put(("person", who), zone=text)


def _undo(here: Books, who: int, text: str, at: datetime) -> int:
    fresh = [
        number
        for number, one in enumerate(here.said, 1)
        if one.who == who and one.at >= at - UNDO_WITHIN and one.undoes is None and not one.undone
    ]
    if not fresh:
        raise No
    entry = here.said[fresh[-1] - 1]
    here.subject = entry.meeting
    kinds = {key[0] for key in entry.changes}
    if entry.meeting and "meeting" not in kinds and not here.running(entry.meeting):
        raise No
    _revert(here, entry.changes)
    if not all(here.may(rule, who, meeting, number) for rule, meeting, number in _needed(here, entry.changes)):
        raise No
    return fresh[-1]


def _revert(here: Books, changes: dict[Key, Change]) -> None:
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


def _needed(here: Books, changes: dict[Key, Change]) -> Iterator[tuple[str, int, int]]:
    """What one must be allowed to do so as to take this back."""
    for key, (before, after) in changes.items():
        if key[0] == "task":
            whole = before is None or after is None
            fields = set() if whole else set(after or {})
            dated = fields <= {"due", "rule"} or not fields <= PROGRESS
            yield ("run" if whole else "own" if dated else "work"), key[1], key[2]
        elif key[0] == "assignment" and ("task", key[1], key[2]) in here.rows:
            yield "work", key[1], key[2]
        elif key[0] in {"role", "meeting"} and before is not None:
            yield "run", key[1], 0


VERBS: dict[str, Callable[[Books, int, str, datetime], int | None]] = {
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
