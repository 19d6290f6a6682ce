"""A command that a sentence quotes can be said as it stands, and both languages quote the same ones."""

from __future__ import annotations

import re

from handlers import router
from messages import collect
from tests.chat import Chat

QUOTED = re.compile(r"`([^`]+)`")
FACT = re.compile(r"\{(\w+)\}")
TYPED = {
    "first": "F1",
    "audience": "speakers",
    "language": "en",
    "file": "F1",
    "line": "file show F7",
    "meant": "186/200",
    "ref": "T12",
    "number": "1",
    "id": "1",
    "room": "team",
    "name": "li",
    "code": "ABCD-2345",
    "key": "after-meeting",
    "day": "2026-07-10",
    "word": "Zhao",
    "numbers": "F1",
    "list": "R2",
    "benefit": "B3",
    "letter": "L12",
    "letters": "L12 L13",
    "again": "L12 L13",
    "person": "P12",
    "gone": "P12",
    "second": "2",
    "old": "Huaxing",
    "other": "volunteers",
    "column": "C",
    "party": "P12",
    "address": "li@example.org",
}
"""What people would see in place of a fact."""
TEAM = ("Li", "Wang", "李娜", "王五", "name", "姓名", "account", "账号", "Lina")
UNREAD = ("grammar/", "dates/", "people/refusals/unknown")


def _sentences() -> list[tuple[str, str]]:
    """Each original with its translation; of a plural the form for several."""
    return [(_last(one.id), _last(one.string)) for one in collect.catalog("zh_CN") if one.id]


def _last(forms: object) -> str:
    return str(forms[-1] if isinstance(forms, tuple) else forms)


def _commands(text: str) -> list[str]:
    """The quoted lines that begin with a verb. Others are dates, settings or names."""
    return [quoted for quoted in QUOTED.findall(text) if router.find(quoted)]


def _verb(line: str) -> str:
    match = router.find(line)
    assert match is not None
    return match.command.name


def test_both_languages_quote_the_same_commands() -> None:
    verbs = [tuple(sorted(map(_verb, _commands(text))) for text in pair) for pair in _sentences()]
    assert [pair for pair in verbs if pair[0] != pair[1]] == []


def test_a_chinese_sentence_quotes_what_its_readers_type() -> None:
    quoted = [line for _, chinese in _sentences() for line in _commands(chinese)]
    assert [line for line in quoted if line[0].isascii() and line[0].isalpha()] == []


def test_nearly_every_quote_is_a_command() -> None:
    quotes = [quoted for pair in _sentences() for text in pair for quoted in QUOTED.findall(text)]
    commands = [line for pair in _sentences() for text in pair for line in _commands(text)]
    assert len(commands) > 200
    assert len(commands) > 0.8 * len(quotes)


def test_every_quoted_command_is_understood(chat: Chat) -> None:
    ann = chat.person("Ann")
    for name in TEAM:
        chat.person(name)
    ann.says("meeting new Annual Conference 2026 end: 8 June 17:00")
    lines = dict.fromkeys(line for pair in _sentences() for text in pair for line in _commands(text))
    typed = [FACT.sub(lambda fact: TYPED[fact[1]], line) for line in lines]
    answers = {line: ann.says(line).name for line in typed}
    assert {line: name for line, name in answers.items() if name.startswith(UNREAD)} == {}
