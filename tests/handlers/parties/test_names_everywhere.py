"""A name of the address book is a name on every platform: whatever it looks like, nothing of it is run or pressed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.platforms.console import render as console
from bot.platforms.slack import render as slack
from bot.platforms.wecom import render as wecom
from bot.platforms.wecom.render import Surface
from handlers.sheets import read
from messages import Message, markdown
from tests.chat import Chat
from tests.handlers.attendance.conftest import text as sheet
from tests.handlers.checklist.conftest import found, join

NAMES = {
    "jinja": "{{ 7*7 }}{% for x in y %}",
    "markdown": "**李娜** [x](https://evil.example)",
    "html": "<script>alert(1)</script>",
    "formula": "=HYPERLINK(A1)",
    "header": "李娜\r\nBcc: all@example.org",
    "channel": "<!channel> @all <@U0001>",
    "override": "李娜\u202egro.elpmaxe",
}
LINES = ("contacts", "contact show P1", "contact twins", "contact merge P1 P2", "contact part P2", "log")


@pytest.fixture(params=sorted(NAMES))
def said(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, list[Message]]:
    """What is said of two of that name, who may be one."""
    team = join(chat := Chat(tmp_path, locale="en"), found(chat))
    for unit in ("Star", "Moon"):
        team.bo.says("contact add")
        team.bo.fills(name=NAMES[request.param], unit=f"{unit} {NAMES[request.param]}", remark=NAMES[request.param])
    answers = [team.bo.says(line) for line in LINES]
    assert not any(one.refused or one.name.startswith("common/") for one in answers)
    return request.param, answers


def test_on_every_platform(said: tuple[str, list[Message]]) -> None:
    kind, answers = said
    for one in answers:
        for drawn in (_console(one), _web(one), _slack(one), _wecom(one)):
            assert kind != "jinja" or " 49" not in drawn
            assert not re.search("[\u202a-\u202e]", drawn)
            assert "\nBcc:" not in drawn


def _console(one: Message) -> str:
    return console.drawn(one)


def _web(one: Message) -> str:
    drawn = "".join(markdown.html(part) for part in (one.title, one.body, *(row.text for row in one.rows)))
    assert "<script" not in drawn
    assert 'evil.example"' not in drawn
    assert "<strong>李娜" not in drawn
    return drawn


def _slack(one: Message) -> str:
    """What Slack reads for marks: what else there is it prints as it comes."""
    payloads = slack.message(one)
    drawn = "\n".join(str(text) for payload in payloads for text in (payload["text"], *_marked(payload["blocks"])))
    assert "<!channel>" not in drawn
    assert "<@U0001>" not in drawn
    assert "<https://evil.example" not in drawn
    return drawn


def _marked(part: object) -> Iterator[object]:
    if isinstance(part, dict):
        yield from [part["text"]] if part.get("type") == "mrkdwn" else ()
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _marked(one)


def _wecom(one: Message) -> str:
    """The same of WeCom: what stands on cards is printed as it is."""
    payloads = [part for surface in Surface for part in wecom.message(one, surface, key="k")]
    marked = [part[kind]["content"] for part in payloads for kind in ("markdown", "markdown_v2") if kind in part]
    drawn = "\n".join(marked)
    assert drawn
    assert "[x](" not in drawn
    assert "<" not in drawn
    return drawn


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"header", "override"}))
def test_in_a_spreadsheet_it_is_text(tmp_path: Path, name: str) -> None:
    team = join(chat := Chat(tmp_path, locale="en"), found(chat))
    rows = [["Name", "Organisation", "E-mail"], [NAMES[name], "Star", "no address"]]
    team.bo.says("people import as speakers", files={"list.csv": sheet(rows)})
    answer = team.bo.says("people import problems F1 as speakers")
    with chat.app.files.open(answer.files[0].digest) as stream:
        (grid,) = read(answer.files[0].name, stream)
    assert NAMES[name] in grid.rows[1][1]
