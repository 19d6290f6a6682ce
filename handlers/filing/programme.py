"""Whom and what of the programme a text names: sessions, speakers, stands, days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from handlers.expected import Programme
from handlers.filing.text import plain, stands
from handlers.names import letters
from storage.programme import Booth, ProgrammeSession, Speaker


def named_in(text: str, programme: Programme) -> tuple[ProgrammeSession | None, Speaker | None, Booth | None]:
    """What of the programme is named; a speaker of one session alone names it too."""
    speaker = the_speaker(text, programme.speakers)
    session = the_session(text, programme.sessions)
    if session is None and speaker is not None:
        theirs = {row.session_id for row in programme.speakings if row.speaker_id == speaker.id}
        own = [one for one in programme.sessions if one.id in theirs]
        session = own[0] if len(own) == 1 else None
    return session, speaker, the_booth(text, programme.booths)


_NUMERALS = "零一二三四五六七八九"
_NTH = re.compile(
    rf"第\s?(\d{{1,3}}|[{_NUMERALS}十]{{1,3}})\s?(?:场|节|个?场次)|场次\s?(\d{{1,3}})|\bsession\s?(\d{{1,3}})(?!\d)"
)


def the_session(text: str, sessions: Sequence[ProgrammeSession]) -> ProgrammeSession | None:
    """The only one whose code or title stands in a plain text: S3, s03, 3-2, 第3场, session 3."""
    found = [one for one in sessions if _has_code(text, one.code)]
    if not found:
        numbers = {number for match in _NTH.finditer(text) if (number := _counted(next(filter(None, match.groups()))))}
        found = [one for one in sessions if numbers and _number(one.code) in numbers]
    if not found:
        titled = [one for one in sessions if len(plain(one.title)) > _SHORT and plain(one.title) in text]
        most = max((len(one.title) for one in titled), default=0)
        found = [one for one in titled if len(one.title) == most]
    return found[0] if len(found) == 1 else None


_SHORT = 3


def _has_code(text: str, code: str) -> bool:
    """Whether it stands there by itself, noughts before its numbers or not: not in a date, nor within a word."""
    parts = re.findall(r"\d+|[^\W\d_]+", plain(code))
    if not any(part.isdecimal() for part in parts) or (len(parts) == 1 and parts[0].isdecimal()):
        return False
    shape = "[ .-]?".join(f"0*{int(part)}" if part.isdecimal() else re.escape(part) for part in parts)
    return re.search(rf"(?<![a-z0-9])(?<!\d[.-]){shape}(?![0-9])(?![.-]\d)(?![a-z])", text) is not None


def _number(code: str) -> int | None:
    """3 of S3, and of 3; None of 3-2 and of A1B2."""
    match = re.fullmatch(r"[^\W\d]{0,2}0*(\d{1,3})", code)
    return int(match[1]) if match else None


def _counted(text: str) -> int:
    """第三场, 第十二场, 第3场."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    high = (_NUMERALS.find(tens) if tens else 1) * 10 if ten else 0
    low = _NUMERALS.find(ones if ten else tens)
    return max(0, high) + (max(0, low) if (ones or not ten) else 0)


def the_speaker(text: str, speakers: Sequence[Speaker]) -> Speaker | None:
    """The only one who is named in a plain text: as the programme has it, or in pinyin in either order."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"[㐀-鿿]+", " ", text))
    runs = {"".join(words[i : i + n]) for n in (1, 2, 3, 4) for i in range(len(words) - n + 1)}
    runs = {letters(run) for run in runs}
    found = {one.id: one for one in speakers if _is_named(one.name, text, runs)}
    names = [plain(one.name) for one in found.values()]
    kept = [one for one in found.values() if not any(plain(one.name) in other != plain(one.name) for other in names)]
    return kept[0] if len(kept) == 1 else None


def _is_named(name: str, text: str, runs: set[str]) -> bool:
    """By Chinese characters where it is written in them; by its letters where it is of more than one short word."""
    if not name.isascii() and plain(name) in text and len(name) > 1:
        return True
    return any(len(spelled) > _SHORT and spelled in runs for spelled in spellings(name))


_TWO = frozenset("欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 长孙 宇文 司徒 令狐 夏侯".split())


@lru_cache(maxsize=1024)
def spellings(name: str) -> tuple[str, ...]:
    """A name in letters, the family's before the own and after it."""
    words = name.split() if " " in name.strip() else [name[:2], name[2:]] if name[:2] in _TWO else [name[:1], name[1:]]
    first, *others = (letters(word) for word in words if word)
    return (letters(name), "".join([*others, first])) if " " in name.strip() or not name.isascii() else (letters(name),)


_FORM = re.compile(
    r"(?:股份|责任|控股)?(?:有限)?(?:责任)?公司$|[, ]+(?:inc|ltd|llc|gmbh|co|corp|limited|company)\.?$", re.IGNORECASE
)
_PLACE = re.compile(r"^(?:[㐀-鿿]{2,3}省)?(?:[㐀-鿿]{2,3}市)?(?=[㐀-鿿]{2})")
_TRADE = re.compile(r"(?:集团|控股|技术|科技|网络|信息|软件|电子|传媒|文化|实业|服务|咨询|发展)$")


def the_booth(text: str, booths: Sequence[Booth]) -> Booth | None:
    """The only one whose name stands in a plain text, be it without its "Ltd", its town or its trade."""
    found = [
        (max(sizes), one) for one in booths if (sizes := [len(core) for core in cores(one.name) if stands(core, text)])
    ]
    most = max((size for size, _ in found), default=0)
    kept = [one for size, one in found if size == most]
    return kept[0] if len(kept) == 1 else None


@lru_cache(maxsize=1024)
def cores(name: str) -> tuple[str, ...]:
    """What a firm is called for short: 深圳市华为技术有限公司, 华为技术, 华为."""
    found = [plain(name)]
    for shape in (_FORM, _FORM, _PLACE, _TRADE, _TRADE):
        found.append(shape.sub("", found[-1]).strip(" ,."))
    return tuple(dict.fromkeys(core for core in found if len(core) > 1))


# --- days

_DATE = re.compile(r"(?<!\d)(20\d\d)[ .年-]?(\d{1,2})[ .月-]?(\d{1,2})(?:日)?(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})(?:日|号)?(?!\d)")
_NTH_DAY = re.compile(rf"第\s?(\d|[{_NUMERALS}])\s?[天日]|\bday\s?-?(\d)(?!\d)|(?<![a-z0-9])d(\d)(?![a-z0-9])")


def day_in(text: str, days: Sequence[date]) -> date | None:
    """The day of the meeting that a plain text names: 20260608, 2026-6-8, 6月8日, 第一天, day 1."""
    for match in _DATE.finditer(text):
        for day in days:
            if (day.year, day.month, day.day) == tuple(map(int, match.groups())):
                return day
    for match in _DAY.finditer(text):
        for day in days:
            if (day.month, day.day) == tuple(map(int, match.groups())):
                return day
    nth = _NTH_DAY.search(text)
    place = _counted(next(filter(None, nth.groups()))) if nth else 0
    return days[place - 1] if 1 <= place <= len(days) else None
