"""The ways in for files: what is uploaded, spreadsheets, returned mails, templates in YAML and letters in Word."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.keeping import Intake
from bot.kinds import KINDS, Unwanted
from handlers.refused import Refused
from handlers.sheets import reading
from handlers.sheets.reading import Grid, Unreadable
from handlers.sheets.writing import written
from handlers.templates import reading as templates
from handlers.thanks import returned
from messages.letters import built_in, compose
from messages.letters.composing import Unfilled
from messages.letters.sandbox import Faulty
from messages.papers import filling
from messages.papers.worded import Shapeless
from storage.files import TooLarge
from storage.folder import Folder
from tests.handlers.thanks import returns
from tests.messages.letters.samples import full
from tests.messages.letters.test_filling import document
from tests.security.junk import Junk
from tests.security.watching import Throw

FORMS = (returns.POSTFIX, returns.EXCHANGE, returns.QQ, returns.NETEASE)
ROWS = [
    ["姓名", "Email", "手机", "单位"],
    ["李娜", "li@example.org", "13800000005", "协会"],
    ["Wang", "w@example.org", "", "=1+1"],
]
LETTER = (
    "{{ date }}",
    "Dear {{ addressee.salutation }},",
    "{% if valuable %}We liked {{ valuable }}.{% endif %} {{ meeting.name }}",
    "{% for one in results %}{{ one|clause }}{% if loop.last %}.{% endif %}{% endfor %}",
    "Yours sincerely,",
    "{{ signatory.name }}",
)
WORD = document(*LETTER)
LARGEST = 2_000_000


def _repacked(junk: Junk, content: bytes) -> bytes:
    """One part of a zip has junk in it; the zip itself is whole."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        names = old.namelist()
        bent = junk.random.choice(names)
        for name in names:
            part = old.read(name)
            new.writestr(name, junk.data(part) if name == bent else part)
    return made.getvalue()


def _document(junk: Junk, content: bytes) -> bytes:
    return junk.data(content) if junk.random.random() < 0.4 else _repacked(junk, content)


@contextmanager
def returned_mails(_folder: Path) -> Iterator[Throw]:
    """Mails that came back, in the forms of four services."""

    def throw(junk: Junk) -> tuple[int, str]:
        found = returned.read(junk.data(returns.mail(junk.random.choice(FORMS), 12, "0123456789ab")))
        return 200 if found else 422, ""

    yield throw


@contextmanager
def spreadsheets(_folder: Path) -> Iterator[Throw]:
    """Lists as workbooks, each read in a process of its own, and as text in several encodings."""
    book = written([Grid("People", ROWS)])
    text = "\n".join(",".join(row) for row in ROWS)

    def throw(junk: Junk) -> tuple[int, str]:
        if junk.random.random() < 0.25:
            name, content = junk.random.choice(("a.xlsx", "a.xls", "a.ods", "a.xlsb")), _document(junk, book)
        else:
            encoding = junk.random.choice(("utf-8", "gb18030", "big5", "utf-16"))
            name, content = "a.csv", junk.data(text.encode(encoding, "replace"))
        try:
            return 200, str(reading.read(name, io.BytesIO(content)))[:2000]
        except Unreadable:
            return 422, ""

    yield throw


@contextmanager
def uploads(folder: Path) -> Iterator[Throw]:
    """Files of every kind that is taken, under names of every sort."""
    store = Folder(folder / "files")
    intake = Intake(store, LARGEST)
    book = written([Grid("People", ROWS)])
    heads = (book, WORD, b"%PDF-1.7\n%%EOF", b"\x89PNG\r\n\x1a\n" + bytes(50), b"\xff\xd8\xff\xe1\x00\x20Exif\x00\x00II*\x00" + bytes(60), b"PK\x03\x04" + bytes(60), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"Rar!\x1a\x07\x01\x00" + bytes(60), b"7z\xbc\xaf\x27\x1c" + bytes(60), b"a,b\n1,2\n", b"\x00\x00\x00\x18ftypmp42")  # fmt: skip # noqa: E501
    endings = sorted(KINDS)

    def throw(junk: Junk) -> tuple[int, str]:
        content = junk.random.choice(heads)
        content = junk.data(content) if junk.random.random() < 0.6 else content
        ending = junk.random.choice(endings)
        name = f"notes{ending}" if junk.random.random() < 0.5 else f"{junk.text('notes')}{ending}"
        pieces = [content[at : at + 1000] for at in range(0, len(content), 1000)]
        try:
            kept = intake.keep(name, iter(pieces))
        except (Unwanted, TooLarge):
            return 415, ""
        store.remove(kept.digest)
        return 200, kept.name

    yield throw


@contextmanager
def checklist_templates(_folder: Path) -> Iterator[Throw]:
    """Lists of work in YAML."""
    whole = (files("handlers") / "checklist" / "after_meeting.yaml").read_text(encoding="utf-8")
    part = "".join(whole.splitlines(keepends=True)[:40])

    def throw(junk: Junk) -> tuple[int, str]:
        content = junk.data(part.encode()) if junk.random.random() < 0.3 else junk.text(part).encode("utf-8", "replace")
        try:
            return 200, templates.read(templates.decode(content)).key
        except Refused as refused:
            return 422, str(refused.facts)[:2000]

    yield throw


@contextmanager
def letter_documents(_folder: Path) -> Iterator[Throw]:
    """Letters in Word: checked and read when they come, and filled with everything that a letter may say."""
    facts: dict[str, Any] = dict(full("speakers", "en"))

    def throw(junk: Junk) -> tuple[int, str]:
        content = _bent(junk) if junk.random.random() < 0.3 else _document(junk, WORD)
        try:
            found = filling.faults(content, "speakers")
            parts = built_in("speakers", "en") | filling.parts(content, "en")
            filling.letter(content, facts, compose(parts, facts, locale="en"))
        except (filling.BadDocument, Unfilled, Faulty, Shapeless):
            return 422, ""
        return 422 if found else 200, str(found)[:2000]

    yield throw


def _bent(junk: Junk) -> bytes:
    """A whole document, in one line of whose letter there is junk."""
    lines = [*LETTER]
    at = junk.random.randrange(len(lines))
    lines[at] = "".join(mark if mark.isprintable() else " " for mark in junk.text(lines[at]))
    return document(*lines)
