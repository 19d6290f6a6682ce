"""What stands around words at Slack is taken off, and nothing that was typed is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack.render_text import escaped
from bot.platforms.slack.words import mentioned, plain

PEOPLE = {"U1": "@#7"}


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<@UBOT> done T12", "done T12"),
        ("assign T12 <@U1|li>", "assign T12 @#7"),
        ("assign T12 <@U1><@U9|wang wu>", "assign T12 @#7 @wang wu"),
        ("done T12 <https://a.example/b?c=1&amp;d=2>", "done T12 https://a.example/b?c=1&d=2"),
        ("done T12 <https://a.example/b|a.example>", "done T12 https://a.example/b"),
        ("mail <mailto:a@example.org|a@example.org>", "mail a@example.org"),
        ("see <#C1|general> and <#C2>", "see #general and #C2"),
        ("<!here> <!subteam^S1|@team> look", "@here @team look"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("note T1 &lt;@U1&gt;", "note T1 <@U1>"),
    ],
)
def test_marks_become_what_the_grammar_reads(sent: str, read: str) -> None:
    assert plain(sent, PEOPLE, bot="UBOT") == read


def test_everybody_who_is_mentioned_is_named_once() -> None:
    assert mentioned("<@U1> <@U2|bo> <@U1|li> &lt;@U3&gt;") == ["U1", "U2"]


@given(st.text())
def test_what_was_typed_comes_back_whole(text: str) -> None:
    assert plain(escaped(text), {}) == text.strip()
