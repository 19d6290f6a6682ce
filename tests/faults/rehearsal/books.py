"""The rows of an association as the model has them, and who may do what to them.

Rows are dictionaries under keys: ``("task", meeting, number)``, ``("assignment", meeting, number, person)``,
``("note", meeting, number, n)``, ``("proof", meeting, number, n)``, ``("role", meeting, role, person)``,
``("meeting", number)``, ``("leave", n)``, ``("person", person)``. People are named by their numbers in the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Key = tuple[Any, ...]
Row = dict[str, Any]
Change = tuple[Row | None, Row | None]

ZONE = ZoneInfo("Asia/Shanghai")
UNFINISHED = frozenset({"open", "doing", "waiting"})
_PERSON = re.compile(r"@#(\d+)")


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
class Books:
    """``said`` is the journal: an entry's number is its place in it, from 1.

    ``subject`` is the meeting that the present command speaks of, ``before`` what it found of the rows that it touched.
    """

    admins: frozenset[int] = frozenset()
    rows: dict[Key, Row] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    serial: int = 0
    subject: int | None = None
    before: dict[Key, Row | None] = field(default_factory=dict)
    _index: dict[Key, dict[Key, None]] = field(default_factory=dict)

    # --- rows

    def lay(self, key: Key, row: Row | None) -> None:
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
        self.before.setdefault(key, known)
        self.lay(key, {**(known or {}), **values})

    def drop(self, key: Key) -> None:
        self.before.setdefault(key, self.rows[key])
        self.lay(key, None)

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
        """``run``: who leads; ``own``: also whose it is; ``work``: also anybody while it is nobody's."""
        if self.runs(who, meeting):
            return True
        owners = self.owners(meeting, number) if ("task", meeting, number) in self.rows else []
        return (rule != "run" and who in owners) or (rule == "work" and not owners)

    def running(self, meeting: int) -> bool:
        row = self.rows.get(("meeting", meeting))
        return row is not None and row["state"] == "closing"

    def meant(self, text: str, who: int, rule: str = "") -> tuple[Key, Row, str]:
        """The task that is named first, and the words behind it. Raises ``No``."""
        ref, _, words = text.partition(" ")
        meeting, _, number = ref.removeprefix("M").partition("-T")
        key = ("task", int(meeting), int(number))
        self.subject = int(meeting)
        if key not in self.rows or not self.running(int(meeting)):
            raise No
        if rule and not self.may(rule, who, int(meeting), int(number)):
            raise No
        return key, self.rows[key], words

    def finished(self, row: Row) -> bool:
        return row["state"] not in UNFINISHED


def named(text: str) -> list[int]:
    return [int(found) for found in _PERSON.findall(text)]


def moment(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone)
