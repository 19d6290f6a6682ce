"""Pages show exactly what people typed, and words come in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from jinja2 import DictLoader, UndefinedError
from markupsafe import Markup

from messages import pages
from storage.people import Role

NASTY = '<b>*O\'Brien* & "Co"_[x](y)</b>'
ESCAPED = "&lt;b&gt;*O&#39;Brien* &amp; &#34;Co&#34;_[x](y)&lt;/b&gt;"


def render(source: str, **facts: object) -> str:
    env = pages.environment().overlay(loader=DictLoader({"page": source}))
    return env.get_template("page").render({"locale": "en", "zone": "Asia/Shanghai", **facts})


@pytest.mark.parametrize(
    "source",
    ["{{ x }}", '{{ _("{x}", x=x) }}', '{{ ngettext("{x}", "{x}", 1, x=x) }}', "{{ [x] | listed }}"],
)
def test_facts_are_escaped_once_and_only_for_html_and_turn_nothing_around(source: str) -> None:
    assert render(source, x=f"{NASTY}\u202e") == ESCAPED


def test_a_fact_with_braces_is_not_a_format() -> None:
    assert render('{{ _("Hello {x}", x=x) }}', x="{0.__class__}") == "Hello {0.__class__}"


def test_markdown_of_messages_becomes_html_without_any_of_the_writers_own() -> None:
    html = render("{{ x | markdown }}", x="**a** <script>1</script> [b](https://c.d) [e](javascript:f)")
    assert "<strong>a</strong> &lt;script&gt;" in html
    assert '<a target="_blank" rel="noopener noreferrer" href="https://c.d">b</a>' in html
    assert 'href="javascript' not in html


def test_a_link_in_the_text_cannot_break_out_of_its_tag() -> None:
    html = render("{{ x | markdown }}", x='`<a href=` [b](<https://c.d/"onclick=1>)')
    assert 'href="https://c.d/%22onclick=1"' in html
    assert "<code>&lt;a href=</code>" in html


def test_terms_are_words_without_markdown() -> None:
    assert render("{{ term(x) }}", x=Role.LEAD) == "project lead"


def test_moments_are_the_readers() -> None:
    moment = datetime(2026, 6, 17, 10, 0, tzinfo=UTC)
    assert render("{{ x | moment }}", x=moment) == "Wed 17 Jun, 18:00"


def test_a_missing_fact_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("{{ y }}")


def test_nothing_is_printed_for_none() -> None:
    assert render("{{ x }}", x=None) == ""


def test_html_that_is_ours_stays() -> None:
    assert render("{{ x }}", x=Markup("<i>")) == "<i>"
