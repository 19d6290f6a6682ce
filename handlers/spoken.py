"""A command line as somebody would type it who reads another language: only what is shown; buttons say the English one.

The verb has a name in each language, and so have the fixed words behind it: their readers know them (``chinese``).
Names, ids, dates and free text stay as they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.grammar import Chinese, in_chinese

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.command import Command
    from handlers.router import Router

_BARE_TASK = re.compile(r"(?<![\w-])T\d", re.IGNORECASE | re.ASCII)
_SAME = re.compile(
    r"(?:M\d+(?:-T\d+)?|[TFLPB]\d+|@\S+|v?\d[\d:./-]*|[0-9a-f]{12}|[a-z0-9]+(?:-[a-z0-9]+)+)(?!\S)",
    re.IGNORECASE | re.ASCII,
)
_ME = {"me": "我"}


def spoken(router: Router, line: str, locale: str) -> str:
    """The line in Chinese for who reads Chinese; what is Chinese already, or no command, stays as it is.

    What it gives is understood as the line itself is.
    """
    match = router.find(line) if locale == "zh_CN" else None
    if match is None or not line[: match.end].isascii():
        return line
    return match.command.verb(locale) + _rest(router, match.command, line[match.end :])


def by_hand(line: str) -> bool:
    """Whether a person typed the line, as far as it shows: buttons write M1-T12 where people write T12."""
    return bool(_BARE_TASK.search(line))


def _rest(router: Router, command: Command, text: str) -> str:
    """The words behind the verb, up to the first that could be anybody's own."""
    readers = [one.reader for one in command.parameters]
    if any(one.kind == "verb" for one in command.parameters) and router.find(text):
        return " " + spoken(router, text.strip(), "zh_CN")
    said, at = "", 0
    while at < len(text):
        blank = len(text) - at - len(text[at:].lstrip())
        said, at = said + text[at : at + blank], at + blank
        found = _word(readers, text[at:])
        if found is None:
            return said + text[at:]
        said, at = said + found[0], at + found[1]
    return said


def _word(readers: Sequence[object], text: str) -> tuple[str, int] | None:
    """The first word in Chinese and its length in English; None where it is nobody's fixed word."""
    if any(getattr(reader, "kind", "") == "people" for reader in readers) and (myself := in_chinese(_ME, text)):
        return myself
    for reader in readers:
        if isinstance(reader, Chinese) and (found := reader.chinese(text)):
            return found
    same = _SAME.match(text)
    return (same[0], same.end()) if same else None
