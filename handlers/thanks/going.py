"""Which way a letter goes, and what keeps it here. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from storage.letters import Way

_UNFIT = re.compile(r"[^\w()（）·.'’-]+|^[.-]+")
SEEN = 12
"""Digits of a digest in a command."""


class Stays(StrEnum):
    """Why an approved letter does not go.

    CHANGED: another text was approved, or the facts are others now. HELD: something keeps it back that nobody has
    waived. OPTED_OUT: its reader wants none. SUPPRESSED: mail
    to every address of theirs came back. NO_MAIL, NO_CHAT: they cannot be reached by the way that was wished.
    NOWHERE: they cannot at all.
    """

    CHANGED = "changed"
    HELD = "held"
    OPTED_OUT = "opted_out"
    SUPPRESSED = "suppressed"
    NO_MAIL = "no_mail"
    NO_CHAT = "no_chat"
    NOWHERE = "nowhere"


@dataclass(frozen=True)
class Reached:
    """How a letter's reader may be reached. ``emails``: without those that are suppressed, the first choice first."""

    emails: tuple[str, ...] = ()
    suppressed: bool = False
    chat: bool = False
    postal: bool = False
    opted_out: bool = False


def way(reached: Reached, *, sealed: bool, bulk: bool, mail: bool, wished: Way | None = None) -> Way | Stays:
    """Mail before chat before paper, unless somebody wishes otherwise; what is to be sealed goes on paper.

    ``mail``: letters can be mailed from here. Letters to many are printed only for who has a postal address.
    """
    if reached.opted_out:
        return Stays.OPTED_OUT
    if wished == Way.PRINT or (sealed and wished is None):
        return Way.PRINT
    if wished != Way.CHAT and mail and reached.emails:
        return Way.MAIL
    if wished != Way.MAIL and reached.chat:
        return Way.CHAT
    return _stays(reached, wished) or (Stays.NOWHERE if bulk and not reached.postal else Way.PRINT)


def _stays(reached: Reached, wished: Way | None) -> Stays | None:
    if wished == Way.MAIL:
        return Stays.SUPPRESSED if reached.suppressed and not reached.emails else Stays.NO_MAIL
    return Stays.NO_CHAT if wished == Way.CHAT else None


@dataclass(frozen=True)
class Going:
    """One letter of a plan. ``to`` is a mail address, or names a direct conversation; empty for paper."""

    number: int
    digest: str
    way: Way
    to: str


def printed_as(ref: str, name: str) -> str:
    """What a letter's file is called: its number and its reader, of characters that every disk takes."""
    return f"{ref} {' '.join(re.sub(_UNFIT, ' ', name).split())[:60]}".strip()


def seen(plan: Iterable[Going]) -> str:
    """The first digits of a digest of all that a plan says: another letter, text, way or address, another digest."""
    facts = sorted((one.number, one.digest, one.way, one.to) for one in plan)
    return sha256(json.dumps(facts).encode()).hexdigest()[:SEEN]
