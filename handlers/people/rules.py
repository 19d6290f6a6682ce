"""Names, leaves and one-time codes: what may be so. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.grammar import fold
from handlers.refused import Refused
from storage.people import Leave, LinkCode, Person

LONGEST_NAME = 100
TAKEN = frozenset({"me", "我", "all", "everybody", "所有人", "大家"})
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without I, L, O, 0 and 1, which pass for each other."""
CODE = 8
LASTS = timedelta(minutes=10)
MOST_TRIES = 5
_REPLACE = re.compile(r"\s*(?:\breplace|替换原来的|替换)\s*$", re.IGNORECASE)
_COVER = re.compile(
    r"(?:(?:\b(?:with\s+)?cover(?:ed\s+by|ing|s)?\b|由|代班人?|代理人?|顶班人?|交给|托给|请)\s*[:：]?\s*[@＠]?|[@＠])(?P<who>.+)$",
    re.IGNORECASE,
)
_STANDS_IN = re.compile(r"(?<=[\s,，;；、])(?P<who>[^\s,，;；、]+?(?:代班|代管|代理|顶班|顶替|代|顶)[。.]?)$")
_STANDS = re.compile(
    r"(?P<name>[^\s,，;；、]+?)(?:来)?(?:代班|代管|代理|顶班|顶替|接手|负责|代|顶|替)(?=[\s,，;；、。.]|$)"
)
_DOES = re.compile(r"^\s*(?:来)?(?:代班|代管|代理|顶班|顶替|接手|负责|代|顶|替|covers?\b|covering\b)")
SURE = re.compile(r"\s+(?:confirm|确认)\s*$", re.IGNORECASE)


def named(text: str, others: Sequence[Person]) -> str:
    """A name that nobody has yet. Raises ``Refused``."""
    name = " ".join(text.split()).strip(' @＠"“”')
    if not name or name.casefold() in TAKEN or name.startswith("#"):
        raise Refused("people/no_name", text=text)
    if len(name) > LONGEST_NAME:
        raise Refused("people/long_name", most=LONGEST_NAME)
    if any(fold(person.name).casefold() == fold(name).casefold() for person in others):
        raise Refused("people/name_taken", name=name)
    return name


def keep_an_admin(person: Person, admins: Sequence[Person]) -> None:
    """Raises ``Refused`` when nobody would be left to decide."""
    if [one.id for one in admins] == [person.id]:
        raise Refused("people/last_admin", name=person.name)


def covers(leave: Leave, first: date, last: date) -> bool:
    """Whether the leave takes up the whole span."""
    return leave.first <= first and last <= leave.last


@dataclass(frozen=True)
class Wish:
    """A leave as it was typed: the words of its days, and where in the text the name of the cover stands, if any."""

    before: str
    cover: str
    replace: bool


def wish(text: str) -> Wish:
    """``11-20..11-27 cover @wang``, ``11月20日到27日 由@王五代``, ``下周 王五代班``; without judging days or names."""
    replace = _REPLACE.search(text)
    if replace:
        text = text[: replace.start()]
    marked = _COVER.search(text) or _STANDS_IN.search(text)
    if marked is None:
        return Wish(text.strip(), "", bool(replace))
    return Wish(text[: marked.start()].strip(" ,，;；、"), text[marked.start("who") :].strip(), bool(replace))


def after_cover(text: str) -> str:
    """What remains behind the name of the cover, without the words for covering."""
    return _DOES.sub("", text, count=1).strip(" ,，;；、。.@")


def without_verb(text: str) -> tuple[str, str] | None:
    """``王代班 下周`` → ``王`` and the rest; None where no such word is part of the first one."""
    found = _STANDS.match(text)
    return (found["name"], text[found.end() :]) if found else None


def code_in(text: str) -> str:
    """The code as it was given out. Raises ``Refused`` for what cannot be one."""
    code = re.sub(r"[\s-]", "", fold(text)).upper()
    if len(code) != CODE or any(letter not in ALPHABET for letter in code):
        raise Refused("people/no_code", length=CODE)
    return code


def digest(workspace: str, code: str) -> str:
    """What is kept of a code; looked up by its digest, a guess that is nearly right takes no longer than another."""
    return hashlib.sha256(f"{workspace}:{code}".encode()).hexdigest()


def few_tries(wrong: int) -> None:
    """Raises ``Refused`` after too many wrong codes."""
    if wrong >= MOST_TRIES:
        raise Refused("people/too_many_tries", minutes=int(LASTS.total_seconds() // 60))


def holds(code: LinkCode | None, now: datetime) -> bool:
    return code is not None and code.expires_at > now
