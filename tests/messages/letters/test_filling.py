"""Letters kept as Word documents: the one to begin with, what is refused, what is filled in and how."""

from __future__ import annotations

import gc
import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.package import Package

from messages.letters import FIELDS, Faulty, Unfilled, Why, built_in, compose, sampled
from messages.papers import Paper, filling, spent
from messages.papers.filling import BadDocument, WhyNot, faults
from messages.papers.starting import starter
from messages.papers.worded import Lack, Shapeless
from tests.messages.letters.samples import full, least
from tests.messages.letters.test_letters import INJECTED

PAPER = Paper(locale="en", subject="", salutation="", paragraphs=(), closing=("",), signed=(), date="today")
EACH = [(audience, locale) for audience in FIELDS for locale in ("zh_CN", "en")]


def document(*paragraphs: str) -> bytes:
    made, written = docx.Document(), io.BytesIO()
    for text in paragraphs:
        made.add_paragraph(text)
    made.save(written)
    return written.getvalue()


def texts(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def fill(form: bytes, facts: dict[str, Any], *, locale: str) -> bytes:
    """A document of which nobody asks whether it says what a letter says."""
    return filling.letter(form, facts, PAPER.model_copy(update={"locale": locale})).content


def repacked(content: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
        for name, extra in more.items():
            new.writestr(name.replace("__", "/"), extra)
    return written.getvalue()


@pytest.mark.parametrize(("audience", "locale"), EACH)
def test_the_document_to_begin_with_is_without_fault_and_says_what_the_letter_says(audience: str, locale: str) -> None:
    form = starter(built_in(audience, locale), audience, locale)
    assert faults(form, audience) == []
    parts = built_in(audience, locale) | filling.parts(form, locale)
    for facts in (full(audience, locale), least(audience, locale), sampled(audience, unit=True, full=True)):
        letter = compose(built_in(audience, locale), facts, locale=locale)
        same = filling.letter(form, facts, compose(parts, facts, locale=locale))
        assert same.differs == ()
        assert same.head == ((facts["association"],) if locale == "en" else ())
        assert all(link in "".join(texts(same.content)) for _, link in letter.links)
        assert "{" not in "".join(texts(same.content))


@pytest.mark.parametrize(("audience", "locale"), EACH)
def test_what_the_document_says_is_what_the_letter_says(audience: str, locale: str) -> None:
    """Only links that stand in a line of their own by name move into the text."""
    form, facts = starter(built_in(audience, locale), audience, locale), full(audience, locale)
    parts = built_in(audience, locale) | filling.parts(form, locale)
    one, other = compose(built_in(audience, locale), facts, locale=locale), compose(parts, facts, locale=locale)
    if audience not in {"attendees", "no_shows"}:
        assert one == other
    assert (one.salutation, one.closing, one.signed, one.title) == (
        other.salutation,
        other.closing,
        other.signed,
        other.title,
    )


def test_what_a_letter_has_beyond_its_words_is_on_the_document_too() -> None:
    form, facts = starter(built_in("speakers", "en"), "speakers", "en"), full("speakers", "en")
    paper = compose(
        built_in("speakers", "en"), {**facts, "files": [{"name": "photo.jpg"}]}, locale="en", also=["Also, thanks."]
    ).model_copy(update={"assisted": True, "footer": "Small."})
    filled = filling.letter(form, facts, paper)
    assert filled.differs == ()
    said = texts(filled.content)
    assert "Also, thanks." in said
    assert "Encl. photo.jpg" in said
    assert said[-1].startswith("Small. Parts of this letter were worded with the help of AI")
    assert paper.inside[0] in said


@pytest.mark.parametrize(
    ("change", "wanted", "found"),
    [
        (lambda text: text.replace("We hope", "We promise"), "", "We promise"),
        (lambda text: text.replace("Yours sincerely,", "Yours,"), "Yours sincerely,", "Yours,"),
        (lambda text: text.replace("{{ date|date }}", "1 May 2020"), "15 June 2026", "1 May 2020"),
        (lambda text: text + "We pay all." * text.startswith("Yours"), "", "We pay all."),
        (lambda text: text * (not text.startswith("Yours")), "Yours sincerely,", ""),
    ],
)
def test_a_document_that_says_another_thing_is_found_out(change: Callable[[str], str], wanted: str, found: str) -> None:
    form = starter(built_in("attendees", "en"), "attendees", "en")
    facts, made, written = full("attendees", "en"), docx.Document(io.BytesIO(form)), io.BytesIO()
    letter = compose(built_in("attendees", "en") | filling.parts(form, "en"), facts, locale="en")
    assert filling.letter(form, facts, letter).differs == ()
    for paragraph in made.paragraphs:
        paragraph.text = change(paragraph.text)
    made.save(written)
    differs = filling.letter(written.getvalue(), facts, letter).differs
    assert differs
    assert wanted in "".join(one for one, _ in differs)
    assert found in "".join(other for _, other in differs)


def test_words_in_a_box_a_note_or_the_head_of_a_page_do_not_go_unseen() -> None:
    made = docx.Document(io.BytesIO(starter(built_in("attendees", "en"), "attendees", "en")))
    made.sections[0].first_page_footer.paragraphs[0].text = "We pay every cost."
    boxed = made.paragraphs[5].runs[0]
    boxed._r.append(  # noqa: SLF001  python-docx knows no boxes
        parse_xml(
            f"<w:pict {nsdecls('w')}><w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent></w:pict>"
        )
    )
    written, facts = io.BytesIO(), full("attendees", "en")
    made.save(written)
    paper = compose(built_in("attendees", "en"), facts, locale="en")
    filled = filling.letter(written.getvalue(), facts, paper)
    assert "We pay every cost." in filled.head
    assert any("In a box." in found for _, found in filled.differs)


@pytest.mark.parametrize(
    ("lines", "lack"),
    [
        (("Dear all,", "{{ date|date }}", "Yours,"), Lack.SALUTATION),
        (("Dear {{ addressee.salutation }},", "Yours,"), Lack.DATE),
        (("{{ date|date }}", "Dear {{ addressee.salutation }},", "Bye."), Lack.CLOSING),
    ],
)
def test_a_document_whose_parts_cannot_be_told_apart_says_which(lines: tuple[str, ...], lack: Lack) -> None:
    with pytest.raises(Shapeless) as raised:
        filling.parts(document(*lines), "en")
    assert raised.value.lack == lack


def test_the_table_has_a_row_for_each_benefit() -> None:
    facts = full("sponsors", "zh_CN")
    form = starter(built_in("sponsors", "zh_CN"), "sponsors", "zh_CN")
    filled = filling.letter(form, facts, compose(built_in("sponsors", "zh_CN"), facts, locale="zh_CN"))
    rows = [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(filled.content)).tables[0].rows]
    assert rows[0] == ["承诺权益", "兑现情况", "证明"]
    assert rows[1] == ["主背景板标识（1 处）", "1 处，主会场，6月6日至8日", "背景板照片.jpg"]
    assert rows[3][1] == "部分兑现；2 次；闭幕式压缩议程；在7月会刊刊登致谢半版"
    assert rows[3][2] == "—"
    assert len(rows) == 4


def test_a_paragraph_of_which_only_a_part_is_said_begins_without_a_blank() -> None:
    form = document("{% if tier %}{{ tier }}{% endif %} So it is.", " Kept")
    assert texts(fill(form, {}, locale="en")) == ["So it is.", " Kept"]
    assert texts(fill(form, {"tier": "Gold."}, locale="en")) == ["Gold. So it is.", " Kept"]


@pytest.mark.parametrize("value", [*INJECTED, "A&B <c> \"d\" 'e' ]]>"])
def test_a_value_is_text_whatever_it_looks_like(value: str) -> None:
    filled = fill(document("To {{ tier }}!"), {"tier": value}, locale="en")
    shown = " ".join(value.replace("\u202e", "").replace("\u202c", "").replace("\ufdd0", " ").split())
    assert texts(filled) == [f"To {shown}!"]


def test_what_has_no_value_is_named_and_fields_nobody_knows_too() -> None:
    with pytest.raises(Unfilled) as raised:
        fill(document("{{ meeting.name }} {{ date }}", "{% if tier %}{{ tier }}{% endif %}"), {}, locale="zh_CN")
    assert raised.value.names == ("meeting.name", "date")
    (found,) = faults(document("{{ nobody }}"), "speakers")
    assert (found.why, found.word, found.part) == (Why.FIELD, "nobody", "document")


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ 'a'*10**9 }}",
        "{{ date.__class__ }}",
        "{{ cycler() }}",
        "{% for a in range(9) %}x{% endfor %}",
        "{% set a = 1 %}",
    ],
)
def test_nothing_hostile_in_a_document_is_run(hostile: str) -> None:
    assert faults(document("x", hostile), "speakers")
    with pytest.raises(Faulty):
        fill(document("x", hostile), {"date": "x"}, locale="en")


def test_a_document_that_grows_is_stopped() -> None:
    form = document("{% for one in results %}{{ one }}{% endfor %}")
    with pytest.raises(Faulty):
        fill(form, {"results": ["x" * 20_000] * 400}, locale="en")
    with pytest.raises(Faulty):
        fill(form, {"results": ["x"] * 501}, locale="en")


def _same(_: str, content: bytes) -> bytes:
    return content


def _declared(name: str, content: bytes) -> bytes:
    return b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + content if name == "word/document.xml" else content


def _macros(name: str, content: bytes) -> bytes:
    before, after = (
        b"openxmlformats-officedocument.wordprocessingml.document.main",
        b"ms-word.document.macroEnabled.main",
    )
    return content.replace(b"vnd." + before, b"vnd." + after) if name == "[Content_Types].xml" else content


def _tracked(name: str, content: bytes) -> bytes:
    return content.replace(b"<w:p>", b'<w:p><w:ins w:id="1"/>', 1) if name == "word/document.xml" else content


def _fetching(name: str, content: bytes) -> bytes:
    away = b'<Relationship Id="r9" Type="x/attachedTemplate" Target="https://example.org/x" TargetMode="External"/>'
    return (
        content.replace(b"</Relationships>", away + b"</Relationships>")
        if name.endswith("document.xml.rels")
        else content
    )


def _damaged(name: str, content: bytes) -> bytes:
    return content[:-20] if name == "word/document.xml" else content


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", WhyNot.NO_DOCUMENT),
        (b"PK\x03\x04 and no more", WhyNot.NO_DOCUMENT),
        (repacked(document("x"), _declared), WhyNot.NO_DOCUMENT),
        (repacked(document("x"), _damaged), WhyNot.NO_DOCUMENT),
        (repacked(document("x"), _tracked), WhyNot.UNSETTLED),
        (repacked(document("x"), _macros), WhyNot.MACROS),
        (repacked(document("x"), _same, word__vbaProject_bin=b"x"), WhyNot.MACROS),
        (repacked(document("x"), _same, word__embeddings__a=b"x"), WhyNot.MACROS),
        (repacked(document("x"), _fetching), WhyNot.AWAY),
        (repacked(document("x"), _same, word__media__a=bytes(41 * 1024 * 1024)), WhyNot.LARGE),
        (repacked(document("x"), _same, **{f"a{at}": b"" for at in range(500)}), WhyNot.LARGE),
        (b"PK" + bytes(5 * 1024 * 1024), WhyNot.LARGE),
    ],
)
def test_a_file_that_is_no_plain_document_is_not_taken(content: bytes, why: WhyNot) -> None:
    with pytest.raises(BadDocument) as raised:
        faults(content, "speakers")
    assert raised.value.why == why


def test_documents_that_are_done_with_are_freed_before_they_are_many() -> None:
    """Even where Python's own collector does not come by."""
    content = document("Dear {{ addressee.name }},")
    gc.collect()
    held_elsewhere = packages()
    gc.disable()
    try:
        for _ in range(3 * spent.MOST):
            faults(content, "speakers")
        left = packages() - held_elsewhere
    finally:
        gc.enable()
    assert left <= PACKAGES * spent.MOST, f"of {PACKAGES * 3 * spent.MOST} that were opened"


PACKAGES = 2
"""A document is opened twice: to be looked at, and to be filled in."""


def packages() -> int:
    return sum(isinstance(one, Package) for one in gc.get_objects())
