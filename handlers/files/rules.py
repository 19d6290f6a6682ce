"""What was said about a file, and how far it may be shown. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from handlers.expected import Programme
from handlers.filing import KINDS, day_in, plain
from handlers.filing.programme import named_in
from handlers.filing.text import longest
from handlers.sharing import WIDTH, standing
from storage.consents import Consent
from storage.files import File
from storage.materials import Scope

_NOT = {
    "session_id": re.compile(r"(?:\b(?:no|without) session\b|不分场次|无场次|不属于场次)"),
    "speaker_id": re.compile(r"(?:\b(?:no|without) speaker\b|不分讲者|无讲者)"),
    "booth_id": re.compile(r"(?:\b(?:no|without) (?:stand|booth)\b|无展位|不属于展位)"),
    "day": re.compile(r"(?:\b(?:no|without) (?:day|date)\b|不分日期|无日期)"),
}


@dataclass(frozen=True)
class Said:
    """Columns of a file with what they are to be."""

    changes: dict[str, Any]


def said(text: str, *, programme: Programme, days: Sequence[date]) -> Said:
    """What of sessions, speakers, stands, kinds of photo and days is named; "no session" takes one away."""
    whole = plain(text)
    session, speaker, booth = named_in(whole, programme)
    photo, day = longest(KINDS, whole), day_in(whole, days)
    rows = {"session_id": session, "speaker_id": speaker, "booth_id": booth}
    found: dict[str, Any] = {name: None for name, shape in _NOT.items() if shape.search(whole)}
    found |= {name: row.id for name, row in rows.items() if row is not None and name not in found}
    found |= {name: value for name, value in (("photo", photo), ("day", day)) if value is not None}
    return Said(found)


def allowed(consents: Sequence[Consent], file: File, speakers: Sequence[int]) -> Scope | None:
    """How far those whose it is let it be shown: as far as the narrowest; None while one of them has not said."""
    said = [standing(consents, one, file.material) for one in speakers]
    scopes = [Scope(one.scope) for one in said if one is not None]
    return min(scopes, key=lambda scope: WIDTH[scope]) if scopes and len(scopes) == len(said) else None
