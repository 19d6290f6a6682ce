"""A built-in letter as a Word document to begin with: what is filled in stands in it as templates write it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from messages.letters.texts import words
from messages.papers import Grid, Head, Paper
from messages.papers.form import COLON
from messages.papers.worded import TABLE

_BLANK = re.compile(r"\n[^\S\n]*\n\s*")
_SEALED = frozenset({"sponsors", "partners", "members"})
"""Letters to units, as a rule: there is room for a seal."""
_LINKS = ("package_link", "survey_link", "photo_link", "recap_link")


def starter(parts: Mapping[str, str], audience: str, locale: str) -> bytes:
    """The document. Staff set its type and its head as they like, and leave the fields alone."""
    from messages.papers.docx import draw  # noqa: PLC0415  python-docx is large, and most days nobody asks for Word

    *body, last = (_part(text, locale) for text in _BLANK.split(parts["body"].strip()))
    below = "{% if footer %}{{ footer }}{% endif %}"
    end = "{% if enclosed %}{{ enclosed }}{% endif %}"
    chinese = locale == "zh_CN"
    return draw(
        Paper(
            locale=locale,
            subject=audience,
            head=Head() if chinese else Head(name="{{ association }}"),
            title=_joined(parts["title"], locale),
            salutation=_joined(parts["salutation"], locale),
            inside=() if chinese else _each("inside"),
            paragraphs=(*body, *_each("also"), last, *_each("links"), *((end,) if chinese else ())),
            closing=_lines(parts["closing"]),
            signed=_lines(parts["signature"]) if chinese else (*_lines(parts["signature"]), end),
            date="{{ date|date }}",
            seal=chinese and audience in _SEALED,
            footer=below,
        )
    )


def _part(text: str, locale: str) -> str | Grid:
    """A paragraph; where the letter has its table, the table; a link that stands alone with its name before it."""
    if text.strip() == TABLE:
        return _table(locale)
    name = text.strip("{ }")
    if name not in _LINKS:
        return _joined(text, locale)
    scope = "（{{ package_note }}）" if locale == "zh_CN" else " ({{ package_note }})"
    said = f"{{% if package_note %}}{scope}{{% endif %}}" if name == "package_link" else ""
    return f"{words(locale)['links'][name]}{said}{COLON[locale]}{text}"


def _each(name: str) -> tuple[str, str, str]:
    """A paragraph for each of what the finished letter has of this."""
    return f"{{%p for one in {name} %}}", "{{ one }}", "{%p endfor %}"


def _joined(text: str, locale: str) -> str:
    return ("" if locale == "zh_CN" else " ").join(_lines(text))


def _table(locale: str) -> Grid:
    """A row for each benefit, as the finished letter has it."""
    form = words(locale)["benefits"]
    rows = (
        ("{%tr for one in table %}", "", ""),
        ("{{ one.benefit }}", "{{ one.delivered }}", "{{ one.proof }}"),
        ("{%tr endfor %}", "", ""),
    )
    return Grid(caption=form["caption"], columns=tuple(form["columns"]), rows=rows)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())
