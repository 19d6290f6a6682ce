"""A list of people by the name of its file: who wanted to come, who was let in, who watched. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from storage.attendance import RollKind

SHEETS = frozenset({".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".et", ".ods"})
_NAMES = (
    (RollKind.ONLINE, r"线上|直播|在线|云会议|腾讯会议|观看|(?<![a-z])(?:online|webinar|zoom|livestream)"),
    (RollKind.CHECKIN, r"签到|簽到|报到|到会|入场|(?<![a-z])(?:check[- _]?in|sign[- _]?in)"),
    (RollKind.REGISTRATION, r"报名|報名|注册|参会(?:人员)?名单|(?<![a-z])(?:registra|registrants|orders|attendees)"),
)


def kind_said(text: str) -> RollKind | None:
    """What the words say that a list is; None where they say nothing of it."""
    return next((kind for kind, words in _NAMES if re.search(words, text, re.IGNORECASE)), None)


def kind_of_file(name: str) -> RollKind | None:
    """None also for what is no spreadsheet."""
    path = PurePosixPath(name)
    return kind_said(path.stem) if path.suffix.lower() in SHEETS else None
