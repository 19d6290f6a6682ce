"""The words of a letter's Word document: as parts of a template, and held against what its letter says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from messages.letters.texts import words
from messages.letters.values import Record
from messages.papers import Grid, Paper
from messages.papers.form import COLON, enclosed, plain, tidy

TABLE = "{{ benefits_table }}"
_TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_QUOTES = str.maketrans("“”‘’\u00a0", "\"\"'' ")
_WIDE = re.compile(r"\{([{%])(?:p|tr|tc|r)\s")
"""What docxtpl knows beyond Jinja: a tag for the whole paragraph, row or cell that it stands in."""
_LISTED = re.compile(r"\{%\s*for \w+ in (?:inside|also|links)\s*%\}")
_ENDED = re.compile(r"\{%\s*endfor\s*%\}")
_ALONE = re.compile(r"\{[{%][^{}]*\b(?:enclosed|footer)\b")
_DATED = re.compile(r"\{\{\s*date\b")
_ADDRESSED = re.compile(r"\{\{\s*addressee\.salutation\b")
_CLOSED = {
    "zh_CN": re.compile(r"(?:此致|顺颂|即颂|敬颂|谨颂|专此|顺祝|敬祝|谨祝|恭祝|祝)"),
    "en": re.compile(r"(?:yours|sincerely|respectfully|faithfully|cordially|kind|best|with|warm)\b", re.IGNORECASE),
}
_LONGEST_CLOSE, _HALF = 40, 4
"""Characters of a complimentary close, and of the first half of one that has two lines: 此致, 顺颂."""


class Lack(StrEnum):
    """What a document has to say somewhere, so that its parts can be told apart."""

    SALUTATION = "salutation"
    DATE = "date"
    CLOSING = "closing"


class Shapeless(Exception):  # noqa: N818  somebody's document, not a bug
    """A document of which it cannot be told what is the letter's salutation, date or close."""

    def __init__(self, lack: Lack) -> None:
        super().__init__(lack)
        self.lack = lack


def parted(blocks: Sequence[str], locale: str) -> dict[str, str]:
    """The parts of a template that say what the document says, block by block. Raises ``Shapeless``.

    What stands above a Chinese letter's title or an English letter's date and salutation is the document's own head.
    """
    known = list(_own(blocks, locale))
    dated = _index(known, _DATED, Lack.DATE)
    after_date = known[dated + 1 :] if locale == "zh_CN" else []
    known = known[:dated] + ([] if locale == "zh_CN" else known[dated + 1 :])
    begun = _index(known, _ADDRESSED, Lack.SALUTATION)
    closed = _closed(known, begun, locale)
    end = closed + 1 + _halved(known, closed, locale)
    said = {
        "title": known[begun - 1] if locale == "zh_CN" and begun else "",
        "salutation": known[begun],
        "body": "\n\n".join(known[begun + 1 : closed]),
        "closing": "\n".join(known[closed:end]),
        "signature": "\n".join(known[end:]),
    }
    return said | ({"footer": "\n".join(after_date)} if after_date else {})


def _own(blocks: Sequence[str], locale: str) -> Iterator[str]:
    """The blocks that are the template's: not what is filled in from the finished letter, nor the table's caption."""
    listing, caption = False, words(locale)["benefits"]["caption"]
    for at, raw in enumerate(blocks):
        block = _TAG.sub(lambda found: _WIDE.sub(r"{\1 ", found[0].translate(_QUOTES)), raw).strip()
        above_table = block == caption and blocks[at + 1 : at + 2] == [TABLE]
        if listing or _LISTED.search(block):
            listing = not _ENDED.search(block)
        elif block and not above_table and not _ALONE.search(block):
            yield block


def _index(blocks: Sequence[str], pattern: re.Pattern[str], lack: Lack) -> int:
    found = next((at for at, block in enumerate(blocks) if pattern.search(block)), None)
    if found is None:
        raise Shapeless(lack)
    return found


def _closed(blocks: Sequence[str], begun: int, locale: str) -> int:
    """Where the close begins: the last line that reads like one."""
    after = range(len(blocks) - 1, begun, -1)
    short = (at for at in after if len(blocks[at]) <= _LONGEST_CLOSE and _CLOSED[locale].match(blocks[at]))
    found = next(short, None)
    if found is None:
        raise Shapeless(Lack.CLOSING)
    return found


def _halved(blocks: Sequence[str], closed: int, locale: str) -> bool:
    """Whether the close goes on in the next line: 此致 / 敬礼！"""
    return locale == "zh_CN" and len(blocks[closed]) <= _HALF and closed + 1 < len(blocks)


# --- what a finished letter has for its document


def given(paper: Paper, *, also: Sequence[str] = ()) -> dict[str, Any]:
    """What the document takes from the letter itself, by name (``letters.fields.OF_DOCUMENT``)."""
    paper = tidy(paper)
    grid = next((part for part in paper.paragraphs if isinstance(part, Grid)), None)
    rows = grid.rows if grid else ()
    return {
        "inside": list(paper.inside),
        "also": [plain(one) for one in also],
        "links": list(_links(paper)),
        "enclosed": enclosed(paper),
        "footer": paper.footer,
        "table": [Record("table", dict(zip(("benefit", "delivered", "proof"), row, strict=True))) for row in rows],
    }


def _links(paper: Paper) -> Iterator[str]:
    for name, address in paper.links:
        yield f"{name}{COLON[paper.locale]}{address}"


def more(paper: Paper, document: Sequence[str]) -> list[str]:
    """Paragraphs of the letter that the document does not have, as they came from another audience's letter."""
    said = {_bare(one) for one in document}
    return [one for one in tidy(paper).paragraphs if isinstance(one, str) and _bare(one) not in said]


# --- held against each other


def split(paper: Paper, document: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """What stands above the letter in the document; and what the letter says and the document says instead.

    The second is empty exactly where both say the same, whatever blanks and empty lines they have.
    """
    wanted = [one for one in _lines(tidy(paper)) if one.strip()]
    found = [one for one in document if one.strip()]
    first = next((at for at, one in enumerate(found) if _bare(one) == _bare(wanted[0])), 0)
    return found[:first], list(_differences(wanted, found[first:]))


def _differences(wanted: Sequence[str], found: Sequence[str]) -> Iterator[tuple[str, str]]:
    old, new = [_bare(one) for one in wanted], [_bare(one) for one in found]
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from ((_at(wanted, a + n, b), _at(found, c + n, d)) for n in range(max(b - a, d - c)))


def _at(texts: Sequence[str], at: int, end: int) -> str:
    return texts[at] if at < end else ""


def _bare(text: str) -> str:
    return "".join(text.split())


def _lines(paper: Paper) -> Iterator[str]:
    """All that the letter says, as a document has it, block by block and cell by cell."""
    chinese = paper.locale == "zh_CN"
    yield from (paper.title,) if chinese else (paper.date, *paper.inside)
    yield paper.salutation
    yield from () if chinese else (paper.title,)
    for part in paper.paragraphs:
        yield from _cells(part) if isinstance(part, Grid) else (part,)
    yield from _links(paper)
    yield from (enclosed(paper),) if chinese else ()
    yield from (*paper.closing, *paper.signed)
    yield paper.date if chinese else enclosed(paper)
    yield paper.footer


def _cells(grid: Grid) -> Iterator[str]:
    yield grid.caption
    for row in (grid.columns, *grid.rows):
        yield from row
