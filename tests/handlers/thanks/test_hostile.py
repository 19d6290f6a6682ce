"""A name is a name: whatever it looks like, letters and chats print it, and nothing of it is run."""

from __future__ import annotations

import pytest

from messages.papers import Paper, docx, mail
from messages.papers import text as plain_text
from storage.letters import LetterState
from storage.parties import Capacity
from tests.chat import text
from tests.handlers.thanks.conftest import Desk

NAMES = {
    "jinja": "{{ 7*7 }}{% for x in y %}",
    "markdown": "**李娜** [x](https://evil.example)",
    "html": "<script>alert(1)</script>",
    "formula": "=HYPERLINK(A1)",
    "header": "李娜\r\nBcc: all@example.org",
    "channel": "<!channel>",
    "override": "李娜\u202egro.elpmaxe",
}


@pytest.fixture(params=sorted(NAMES))
def named(request: pytest.FixtureRequest, desk: Desk) -> tuple[Desk, str, str]:
    desk.knows("package_link", "https://example.org/package")
    name = NAMES[request.param]
    desk.attends(desk.party(name, Capacity.ATTENDEE, locale="zh_CN"))
    desk.drafts()
    return desk, request.param, name


def test_the_letter_prints_the_name_on_one_line(named: tuple[Desk, str, str]) -> None:
    desk, _, name = named
    letter = desk.letter(name)
    assert letter.state == LetterState.DRAFT
    paper = Paper.model_validate(letter.content)
    printed = " ".join(name.replace("\u202e", "").split())
    assert printed in plain_text.draw(paper)
    assert "\n" not in paper.subject
    assert "\r" not in paper.subject
    assert "<script>" not in mail.draw(paper)
    assert docx.draw(paper)


def test_the_chat_shows_it_as_it_is(named: tuple[Desk, str, str]) -> None:
    desk, kind, _ = named
    for line in ("thanks next", "thanks approve all attendees", "thanks show L1", "thanks search L", "thanks blocked"):
        said = desk.bo.says(line)
        assert not said.name.startswith("common/")
        words = text(said)
        assert "\u202e" not in words
        assert "\nBcc:" not in words
        assert kind != "jinja" or "49" not in words
    desk.bo.says("thanks next")
    assert desk.bo.presses("Approve").name == "thanks/nothing"
