"""What may become of a task: states, evidence, rounds. Pure: rows and ``at`` in, changed rows or ``Refused`` out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers import dates
from handlers.dates.words import A_MONTH
from handlers.refused import Refused
from handlers.workdays import Calendar
from storage.checklist import UNFINISHED, Listed, Proof, State, Task
from storage.files import File
from storage.templates import Evidence

MOVES: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.DOING, State.WAITING, State.DONE, State.NOT_APPLICABLE, State.CARRIED}),
    State.DOING: frozenset({State.OPEN, State.WAITING, State.DONE, State.NOT_APPLICABLE, State.CARRIED}),
    State.WAITING: frozenset({State.OPEN, State.DOING, State.DONE, State.NOT_APPLICABLE, State.CARRIED}),
    State.DONE: frozenset({State.OPEN}),
    State.NOT_APPLICABLE: frozenset({State.OPEN}),
    State.CARRIED: frozenset({State.OPEN, State.DONE}),
}
"""From each state, where a task may go; coming back from an end is always an explicit reopening."""

_LINK = re.compile(r"https?://[^\s<>\"'，。；、）]+", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d:)(?<![A-Za-z0-9_第.−-])\d[\d,]*(?:\.\d+)?(?:\s*/\s*\d[\d,]*)?")
_OF_A_DATE = re.compile(rf"\s*(?:[年月日号天周点时]|:\d|(?:st|nd|rd|th)\b|{A_MONTH}|days?\b)", re.IGNORECASE)
_SHORTEST_NOTE = 2
_MOST_TIMES = 3
_SURE = re.compile(r"(?:\bsure\b|没错|确定|确认无误)\W*$", re.IGNORECASE)
_UNSURE = re.compile(r"(?:不|没|未|\bnot\b|n't)[^,，。;；]{0,8}(?:sure|确定|确认无误)", re.IGNORECASE)

_TYPES: dict[str, tuple[str, ...]] = {
    "photo": ("image/",),
    "audio": ("audio/",),
    "video": ("video/",),
    "sheet": ("text/csv", "application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml"),
    "archive": ("application/zip", "application/x-7z", "application/x-rar", "application/vnd.rar", "application/gzip"),
    "document": (
        "application/pdf",
        "application/msword",
        "application/vnd.openxmlformats-officedocument.wordprocessingml",
        "application/vnd.openxmlformats-officedocument.presentationml",
        "application/vnd.ms-powerpoint",
        "application/vnd.oasis.opendocument",
        "text/plain",
        "text/markdown",
    ),
}


@dataclass(frozen=True)
class Given:
    """What came with the words: ``note`` as typed, ``files`` that were sent along."""

    note: str = ""
    files: tuple[File, ...] = ()


def move(task: Task, to: State, *, reason: str = "") -> None:
    """Raises ``Refused`` when the task stands there already or the way leads over reopening."""
    if task.state == to and to != State.WAITING:
        raise Refused("checklist/already", task=task)
    if to not in MOVES[State(task.state)] and task.state != to:
        raise Refused("checklist/ended", task=task)
    task.state, task.reason = to, reason


def start(task: Task) -> None:
    move(task, State.DOING)


def wait(task: Task, *, reason: str) -> None:
    move(task, State.WAITING, reason=reason)


def skip(task: Task, *, reason: str, by: int, at: datetime) -> None:
    """Not applicable; an end of the task, so who and when are kept."""
    move(task, State.NOT_APPLICABLE, reason=reason)
    task.done_by, task.done_at = by, at


def carry(task: Task, *, to: int, reason: str, by: int, at: datetime) -> None:
    move(task, State.CARRIED, reason=reason)
    task.carried_to, task.done_by, task.done_at = to, by, at


def reopen(task: Task) -> None:
    """Back among what is to be done; raises ``Refused`` for a task that is there already."""
    if task.state in {State.OPEN, State.DOING}:
        raise Refused("checklist/already_open", task=task)
    move(task, State.OPEN)
    task.done_by = task.done_at = task.carried_to = task.snoozed_until = None


def complete(task: Task, *, by: int, at: datetime) -> None:
    move(task, State.DONE)
    task.done_by, task.done_at, task.carried_to, task.snoozed_until = by, at, None, None


def next_round(task: Task, *, end: datetime, calendar: Calendar) -> datetime | None:
    """When a recurring task is due again, or None when its last round is over (or it does not recur)."""
    repeats = task.repetition()
    if repeats is None:
        return None
    due = step(task.due_at.astimezone(end.tzinfo), repeats.every)
    if repeats.until and due > dates.resolve(repeats.until, end=end, calendar=calendar) + timedelta(days=1):
        return None
    return due


def step(moment: datetime, every: str) -> datetime:
    """``7d``, ``2w`` or ``3m`` later, at the same local time; a month's last days stay inside the month."""
    number, unit = int(every[:-1]), every[-1]
    if unit in "dw":
        return moment + timedelta(days=number * (7 if unit == "w" else 1))
    month = moment.month - 1 + number
    year, month = moment.year + month // 12, month % 12 + 1
    following = moment.replace(day=1, year=year, month=month)
    last = (following.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return following.replace(day=min(moment.day, last.day))


def again(task: Task, due: datetime, rule: str) -> None:
    """The next round begins: open again, with the new date. Raises ``Refused`` as ``complete`` does."""
    move(task, State.DONE)
    task.round += 1
    task.due_at, task.due_rule, task.state = due, rule, State.OPEN
    task.done_by = task.done_at = task.carried_to = task.snoozed_until = None


def proofs_in(rule: Evidence, given: Given) -> list[tuple[str, str, File | None]]:
    """The evidence that words and files hold, as (kind, value, file); files always count, words where they fit."""
    found: list[tuple[str, str, File | None]] = [("file", file.name, file) for file in given.files]
    if rule.kind == "link" and (link := link_in(given.note)):
        found.append(("link", link, None))
    elif rule.kind == "number" and len(numbers := numbers_in(given.note)) == 1:
        found.append(("number", numbers[0], None))
    elif rule.kind == "note" and len(given.note.strip()) >= _SHORTEST_NOTE:
        found.append(("note", given.note.strip(), None))
    return found


def numbers_in(note: str) -> list[str]:
    """What may be the figure that is wanted: every number that is no part of a date."""
    found = _NUMBER.finditer(note)
    return list(dict.fromkeys(one[0].replace(" ", "") for one in found if not _OF_A_DATE.match(note, one.end())))


def swapped(value: str) -> str:
    """What was meant by ``200/186``, of which more came back than went out: ``186/200``; empty where it can be so."""
    part, _, whole = value.replace(",", "").partition("/")
    return f"{whole.strip()}/{part.strip()}" if whole and float(part) > float(whole) else ""


def too_many(rule: Evidence, value: str, expected: int | None) -> bool:
    """Whether that many people can hardly have come: more than three times those who were expected."""
    counts_people = rule.unit is not None and rule.unit.zh.strip().startswith("人")
    number = float(value.replace(",", "").partition("/")[0])
    return counts_people and expected is not None and number > _MOST_TIMES * expected


def is_sure(note: str) -> bool:
    """Whether the words insist on the number in them."""
    return _SURE.search(note) is not None and not _UNSURE.search(note)


def link_in(text: str, *, first: bool = False) -> str:
    """The first link of a text, without what only follows it; ``first``: only one with which the text begins."""
    match = _LINK.match(text) if first else _LINK.search(text)
    return match[0].rstrip(".,;:!?)") if match else ""


def proofs_said(rule: Evidence, words: str) -> list[str]:
    """The evidence in a sentence, where it is beyond doubt: of two numbers nobody knows which is meant."""
    if rule.kind not in {"link", "number"}:
        return []
    return [value for _, value, _ in proofs_in(rule, Given(words))]


def fits(rule: Evidence, file: File) -> bool:
    """A file counts when the rule names no types, or one that its content is of."""
    return not rule.types or any(file.media_type.startswith(_TYPES[kind]) for kind in rule.types)


def wants(rule: Evidence, files: Sequence[File], links: Sequence[str]) -> bool:
    """Whether any of these could be the proof."""
    return bool(links) if rule.kind == "link" else rule.kind == "file" and any(fits(rule, file) for file in files)


def missing(rule: Evidence, proofs: Sequence[Proof], files: dict[int, File]) -> int:
    """How many pieces of evidence the rule still lacks; a file sent twice is one, and one that was dropped is none."""
    if rule.kind == "none":
        return 0
    if rule.kind != "file":
        return int(not any(proof.kind == rule.kind for proof in proofs))
    sent = [files[proof.file_id] for proof in proofs if proof.kind == "file" and proof.file_id is not None]
    return max(0, rule.least - len({file.digest for file in sent if file.dropped_at is None and fits(rule, file)}))


def open_before(after: Sequence[str], tasks: Sequence[Listed]) -> list[Listed]:
    """The tasks that should come first (template keys in ``after``) and are not finished."""
    return [other for other in tasks if other.key and other.key in after and other.state in UNFINISHED]


def overdue(task: Task, now: datetime) -> bool:
    return task.state in UNFINISHED and task.due_at < now
