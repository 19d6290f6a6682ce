"""Letters kept as Word documents: the one to begin with, what is refused, what is filled in and how."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest

from messages.letters import FIELDS, Faulty, Unfilled, Why, built_in
from messages.papers.filling import BadDocument, WhyNot, faults, fill
from messages.papers.starting import starter
from tests.messages.letters.samples import full, least
from tests.messages.letters.test_letters import INJECTED

EACH = [(audience, locale) for audience in FIELDS for locale in ("zh_CN", "en")]


def document(*paragraphs: str) -> bytes:
    made, written = docx.Document(), io.BytesIO()
    for text in paragraphs:
        made.add_paragraph(text)
    made.save(written)
    return written.getvalue()


def texts(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


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
    said = "\n".join(texts(fill(form, full(audience, locale), locale=locale)))
    assert full(audience, locale)["addressee"]["salutation"] in said
    assert "{" not in said
    assert "  " not in said
    short = texts(fill(form, least(audience, locale), locale=locale))
    assert len(short) < len(said.split("\n"))
    assert not [line for line in short if line.endswith(("：", ":")) and "尊敬" not in line and "Proof" not in line][1:]


def test_the_table_has_a_row_for_each_benefit() -> None:
    filled = fill(
        starter(built_in("sponsors", "zh_CN"), "sponsors", "zh_CN"), full("sponsors", "zh_CN"), locale="zh_CN"
    )
    rows = [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(filled)).tables[0].rows]
    assert rows[0] == ["承诺权益", "兑现情况", "证明"]
    assert rows[1] == ["主背景板标识（1 处）", "1 处，主会场，6月6日至8日", "背景板照片.jpg"]
    assert rows[3][1] == "部分兑现；2 次；闭幕式压缩议程；在7月会刊刊登致谢半版"
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
