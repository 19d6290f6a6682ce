"""What somebody says a speaker allows: ``S3 张三 slides 公开 CC-BY embargo 2026-07-01 F7``. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from handlers.grammar import OneOf, fold, lower, stands
from handlers.materials.lineup import Lineup
from storage.materials import Material, Scope
from storage.programme import ProgrammeSession, Speaker

SCOPES = OneOf(
    {
        Scope.PUBLIC: ("公开", "对外公开", "everybody", "everyone"),
        Scope.MEMBERS: ("会员", "仅会员", "member"),
        Scope.ATTENDEES: ("参会者", "参会", "仅参会者", "participants"),
        Scope.INTERNAL: ("内部", "不公开", "仅内部", "nobody", "none"),
    }
)
_MATERIALS = OneOf(
    {
        "slides": ("课件", "幻灯片", "ppt", "slide"),
        "recording": ("音像", "录像", "录音", "视频", "录音录像", "recordings", "video", "audio"),
        "photo": ("照片", "肖像", "photos", "picture"),
        "all": ("全部", "所有", "everything", "all materials"),
    }
)
MATERIALS: dict[str, tuple[Material | None, ...]] = {
    "slides": (Material.SLIDES,),
    "recording": (Material.VIDEO, Material.AUDIO),
    "photo": (Material.PHOTO,),
    "all": (None,),
}
_LICENCE = re.compile(
    r"(?:cc0|cc[- ]?by(?:[- ](?:nc|nd|sa))*(?:[- ]\d\.\d)?|all rights reserved|版权所有|保留版权)(?![a-z0-9])"
)
_EMBARGO = re.compile(r"(?:until|embargo|not before|from|解禁|禁发至|保密至|不早于)\s*[:/]?\s*(?:embargo\s*)?")
_DATE = re.compile(r"(?:20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}月\d{1,2}日)(?:起|后|以后)?")
_ENGLISH_DATE = re.compile(r"\d{1,2} [a-z]{3,9}(?: 20\d\d)?|[a-z]{3,9} \d{1,2}(?: 20\d\d)?|e\+\d+[dwm]?")
_FILE = re.compile(r"f(\d{1,7})(?!\w)")
Row = TypeVar("Row", ProgrammeSession, Speaker)
_BETWEEN = " ,、:;/·的，。"


@dataclass
class Said:
    """What was understood; ``unread`` is the first word that was not. ``embargo`` is a date as it was typed."""

    session: ProgrammeSession | None = None
    speakers: list[Speaker] = field(default_factory=list)
    kind: str = ""
    scope: Scope | None = None
    licence: str = ""
    embargo: str = ""
    files: list[int] = field(default_factory=list)
    unread: str = ""

    @property
    def materials(self) -> tuple[Material | None, ...]:
        return MATERIALS[self.kind or "all"]


def read(text: str, lineup: Lineup) -> Said:
    """Word by word, in any order; the first that is not understood ends it."""
    plain, said, at = lower(fold(text)), Said(), 0
    while at < len(plain):
        at += len(plain[at:]) - len(plain[at:].lstrip(_BETWEEN))
        end = next(_steps(plain, at, said, lineup, text), at)
        if end == at:
            said.unread = text[at:].strip()
            break
        at = end
    return said


def _steps(plain: str, at: int, said: Said, lineup: Lineup, text: str) -> Iterator[int]:
    """Where the word that stands there ends, once it is understood."""
    if match := _FILE.match(plain, at):
        said.files.append(int(match[1]))
        yield match.end()
    if found := _named(plain, at, lineup.sessions, _code) if said.session is None else None:
        said.session, end = found
        yield end
    if someone := _named(plain, at, _known(said, lineup), _name):
        said.speakers.append(someone[0])
        yield someone[1]
    if match := _EMBARGO.match(plain, at):
        day = _DATE.match(plain, match.end()) or _ENGLISH_DATE.match(plain, match.end())
        if day:
            said.embargo = text[day.start() : day.end()].rstrip("起后以")
            yield day.end()
    if day := _DATE.match(plain, at):
        said.embargo = text[at : day.end()].rstrip("起后以")
        yield day.end()
    if match := _LICENCE.match(plain, at):
        said.licence = text[at : match.end()].upper() if plain.startswith("cc", at) else text[at : match.end()]
        yield match.end()
    if scope := SCOPES.at(plain, at):
        said.scope = Scope(scope[0])
        yield scope[1]
    if not said.kind and (kind := _MATERIALS.at(plain, at)):  # a second one is not understood, and said so
        said.kind, end = kind
        yield end


def _known(said: Said, lineup: Lineup) -> Sequence[Speaker]:
    """Those of the session first: of two who are called alike, the one who speaks there is meant."""
    here = lineup.heard(said.session) if said.session else []
    return [*here, *(one for one in lineup.speakers.values() if one not in here)]


def _code(session: ProgrammeSession) -> tuple[str, ...]:
    return (session.code,)


def _name(speaker: Speaker) -> tuple[str, ...]:
    return (f"#{speaker.id}", speaker.name)


def _named(plain: str, at: int, rows: Iterable[Row], names: Callable[[Row], Sequence[str]]) -> tuple[Row, int] | None:
    """The first row with the longest name that stands there, and where the name ends."""
    found = [(row, at + len(name)) for row in rows for name in names(row) if stands(lower(fold(name)), plain, at)]
    return max(found, key=lambda pair: pair[1], default=None)
