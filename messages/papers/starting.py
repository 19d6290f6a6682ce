"""A built-in letter as a Word document to begin with: what is filled in stands in it as templates write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from messages.letters.fields import FIELDS
from messages.letters.texts import words
from messages.papers import Grid, Head, Paper

_BLANK = re.compile(r"\n[^\S\n]*\n\s*")
_TABLE = "{{ benefits_table }}"
_SEALED = frozenset({"sponsors", "partners", "members"})
"""Letters to units, as a rule: there is room for a seal."""
_LINKS = ("package_link", "survey_link", "photo_link", "recap_link")


def starter(parts: Mapping[str, str], audience: str, locale: str) -> bytes:
    """The document. Staff set its type and its head as they like, and leave the fields alone."""
    from messages.papers.docx import draw  # noqa: PLC0415  python-docx is large, and most days nobody asks for Word

    body = [_part(text, locale) for text in _BLANK.split(parts["body"].strip())]
    return draw(
        Paper(
            locale=locale,
            subject=audience,
            head=Head(name="{{ association }}") if locale == "en" else Head(),
            title=_joined(parts["title"], locale),
            salutation=_joined(parts["salutation"], locale),
            paragraphs=tuple(part for part in body if part) + tuple(_links(audience, locale)),
            closing=_lines(parts["closing"]),
            signed=_lines(parts["signature"]),
            date="{{ date|date }}",
            seal=locale == "zh_CN" and audience in _SEALED,
        )
    )


def _part(text: str, locale: str) -> str | Grid:
    """A paragraph; where the letter has its table, the table; nothing for a link, which has its line below."""
    if text.strip() == _TABLE:
        return _table(locale)
    return "" if text.strip() in {f"{{{{ {name} }}}}" for name in _LINKS} else _joined(text, locale)


def _joined(text: str, locale: str) -> str:
    return ("" if locale == "zh_CN" else " ").join(_lines(text))


def _table(locale: str) -> Grid:
    """A row for each benefit, as the drawn table has it."""
    form = words(locale)["benefits"]
    promised = "（{{ one.promised }}）" if locale == "zh_CN" else " ({{ one.promised }})"
    between = "；" if locale == "zh_CN" else "; "
    first = "{{ one.text }}{% if one.promised %}" + promised + "{% endif %}"
    state = f'{{% if one.state == "partly" %}}{form["partly"]}{between}{{% elif one.state == "not_delivered" %}}'
    state += f"{form['not_delivered']}{between}{{% endif %}}"
    delivered = (
        state
        + "{% if one.delivered %}{{ one.delivered }}{% endif %}"
        + "".join(
            f"{{% if one.{name} %}}{between}{{{{ one.{name}|clause }}}}{{% endif %}}"
            for name in ("explanation", "make_good")
        )
    )
    proof = "{% if one.proof %}{{ one.proof }}{% endif %}"
    rows = (
        ("{%tr for one in benefits %}", "", ""),
        (first, delivered, proof),
        ("{%tr endfor %}", "", ""),
    )
    return Grid(caption=form["caption"], columns=tuple(form["columns"]), rows=rows)


def _links(audience: str, locale: str) -> Iterable[str]:
    colon = "：" if locale == "zh_CN" else ": "
    for name in _LINKS:
        if name in FIELDS[audience]:
            yield f"{{% if {name} %}}{words(locale)['links'][name]}{colon}{{{{ {name} }}}}{{% endif %}}"


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())
