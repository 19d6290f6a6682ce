"""An association puts letters into its own words: shown, changed and checked, tried, given up again."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest

from messages import Message
from messages.letters import PARTS, VERSION, built_in
from storage import letters
from storage.letters import Audience, LetterTemplate
from storage.parties import Capacity
from tests.chat import buttons, text
from tests.handlers.thanks.conftest import Desk
from tests.messages.letters.test_filling import document

LINK = "https://example.org/package"
BODY = "Dear all.\n\n{% if results %}{{ results|join }}{% endif %}\n\n{{ package_link }}"


def templates(desk: Desk) -> list[LetterTemplate]:
    with desk.chat.read() as db:
        return list(letters.templates(db, 1).values())


def edits(desk: Desk, which: str = "attendees en", **parts: str) -> Message:
    locale = "en" if which.endswith("en") else "zh_CN"
    given = {**built_in(which.split(maxsplit=1)[0], locale), "seen": "0", **parts}
    return desk.bo.says(f"letter template edit {which}", fields=given)


def stored(desk: Desk, answer: Message, ending: str) -> bytes:
    (file,) = (one for one in answer.files if one.name.endswith(ending))
    with desk.chat.app.files.open(file.digest) as stream:
        return stream.read()


def paragraphs(content: bytes) -> list[str]:
    return [one.text for one in docx.Document(io.BytesIO(content)).paragraphs]


@pytest.fixture
def ready(desk: Desk) -> Desk:
    desk.knows("package_link", LINK)
    desk.attends(desk.party("Li Na", Capacity.ATTENDEE))
    desk.attends(desk.party("王强", Capacity.ATTENDEE))
    return desk


def test_all_are_listed_with_whose_words_they_are(ready: Desk) -> None:
    rows = [row.text for row in ready.bo.says("letter template").rows]
    assert len(rows) == 14
    assert all("built-in words" in row for row in rows)
    edits(ready, subject="Thanks")
    (own,) = (row.text for row in ready.bo.says("letter template").rows if "your own words" in row.text)
    assert "English letters to those who came" in own
    assert "version 1" in own
    assert "Bo" in own


def test_the_words_are_shown_with_the_fields_they_may_have(ready: Desk) -> None:
    answer = ready.bo.says("letter template show speakers zh")
    assert "尊敬的{{ addressee.salutation }}：" in text(answer).replace("\\", "")
    assert answer.table
    assert ("meeting.name", "name of the meeting", "✓") in answer.table.rows


def test_without_an_audience_each_is_offered(ready: Desk) -> None:
    lines = [button.line for button in buttons(ready.bo.says("letter template show"))]
    assert "letter template show speakers en" in lines
    assert len(lines) == 7


def test_own_words_are_what_letters_are_drafted_with_from_then_on(ready: Desk) -> None:
    form = ready.bo.says("letter template edit attendees en").form
    assert form
    assert {field.name for field in form.fields} == {*PARTS, "seen"}
    answer = edits(ready, body=BODY, subject="Well done, {{ addressee.name }}")
    assert "version 1 is kept" in answer.title
    ready.drafts()
    assert ready.letter("Li Na").content["subject"] == "Well done, Li Na"
    assert ready.letter("Li Na").template == "own/1"
    assert ready.letter("王强").template == VERSION


def test_each_fault_is_named_with_its_line_and_nothing_typed_is_lost(ready: Desk) -> None:
    answer = edits(ready, body="Hi.\n\n{{ nobody }}\n{{ 'a'*10**9 }}", closing="", subject="{% if x")
    words = text(answer).replace("\\", "")
    assert "Text of the letter, line 4" in words or "line 3: there is no field" in words
    assert "Complimentary close, line 1" in words
    assert answer.refused
    assert answer.form
    assert next(field.value for field in answer.form.fields if field.name == "subject") == "{% if x"
    assert templates(ready) == []
    assert edits(ready, body="x" * 3001).refused


def test_a_version_is_never_changed_and_two_who_edit_do_not_overwrite_each_other(ready: Desk) -> None:
    edits(ready, subject="One")
    assert edits(ready, subject="Two").refused
    edits(ready, subject="Two", seen="1")
    with ready.chat.read() as db:
        rows = letters.template_versions(db, 1, Audience.ATTENDEES, "en")
        assert [(row.number, row.parts["subject"]) for row in rows] == [(1, "One"), (2, "Two")]
    assert "Nothing was changed" in edits(ready, subject="Two", seen="2").title


def test_it_can_be_undone_and_given_up(ready: Desk) -> None:
    edits(ready, subject="One")
    edits(ready, subject="Two", seen="1")
    ready.bo.says("undo")
    assert [row.parts["subject"] for row in templates(ready)] == ["One"]
    assert "built-in words again" in ready.bo.says("letter template retire attendees en").body
    assert templates(ready) == []
    assert ready.bo.says("letter template retire attendees en").refused
    ready.bo.says("undo")
    assert len(templates(ready)) == 1


@pytest.mark.parametrize("line", ["edit attendees en", "retire attendees en", "upload attendees en"])
def test_only_who_leads_may_change_them(ready: Desk, line: str) -> None:
    assert ready.pia.says(f"letter template {line}").refused
    assert ready.wang.says("letter template").refused


def test_a_preview_is_drawn_as_it_would_be_read_and_printed(ready: Desk) -> None:
    edits(ready, body=BODY + "\n\nGoodbye.", signature="{{ association }}")
    answer = ready.bo.says("letter template preview attendees en")
    assert "Dear Li Na," in text(answer)
    assert "Goodbye." in text(answer)
    assert stored(ready, answer, ".pdf").startswith(b"%PDF")
    assert "Goodbye." in "\n".join(
        one.text for one in docx.Document(io.BytesIO(stored(ready, answer, ".docx"))).paragraphs
    )
    assert ready.letters() == {}
    other = ready.bo.says("letter template preview attendees P2")
    assert "尊敬的王强：" in text(other)
    asked = text(ready.bo.says("letter template preview attendees en P2"))
    assert "Goodbye." in asked
    assert "尊敬的王强" not in asked


def test_a_preview_names_what_is_not_known(desk: Desk) -> None:
    assert "nobody yet" in text(desk.bo.says("letter template preview speakers en"))
    desk.party("陈静", Capacity.ATTENDEE)
    answer = desk.bo.says("letter template preview attendees zh")
    assert answer.refused
    assert "link to the results" in text(answer)
    assert desk.bo.says("letter template preview speakers L9").refused


def test_the_check_tells_what_nobody_filled_in_and_what_has_no_source(ready: Desk) -> None:
    ready.knows("next_date", "2027")
    assert "No letters are drafted yet" in ready.bo.says("letter template lint").body
    ready.drafts()
    answer = ready.bo.says("letter template lint attendees en")
    words = text(answer)
    assert "results of the meeting" in words
    assert "link to the results" not in words.replace("link to the results of", "")
    with ready.chat.app.database.write() as db:
        for row in letters.facts(db, ready.team.meeting):
            row.source = ""
    assert "Nobody says how this is known" in text(ready.bo.says("letter template lint"))


def test_a_word_document_goes_out_comes_back_and_is_filled(ready: Desk) -> None:
    answer = ready.bo.says("letter template download attendees en")
    content = stored(ready, answer, ".docx")
    assert answer.upload
    assert "Dear {{ addressee.salutation }}," in paragraphs(content)
    kept = ready.bo.says("letter template upload attendees en", files={"form.docx": content})
    assert "version 1 is kept" in kept.title
    shown = ready.bo.says("letter template preview attendees en")
    assert "Dear Li Na," in paragraphs(stored(ready, shown, ".docx"))
    again = ready.bo.says("letter template download attendees en")
    assert stored(ready, again, ".docx") == content


SCOPE = "(for the reader of this letter, please do not pass it on; open until we withdraw it)"
LETTER = (
    "Dear {{ addressee.salutation }},",
    "Our results: {{ package_link }} ({{ package_note }})",
    "Yours sincerely,",
    "{{ association }}",
)


def form(*body: str) -> bytes:
    """An association's document: its own head, the letter, and the small print of the built-in one."""
    inside = ("{%p for one in inside %}", "{{ one }}", "{%p endfor %}")
    links = ("{%p for one in links %}", "{{ one }}", "{%p endfor %}")
    head, *rest, close, unit = body or LETTER
    small = ("{% if enclosed %}{{ enclosed }}{% endif %}", "{% if footer %}{{ footer }}{% endif %}")
    return document("OUR HEAD", "{{ date|date }}", *inside, head, *rest, *links, close, unit, *small)


def test_letters_have_the_words_of_the_associations_document(ready: Desk) -> None:
    ready.bo.says("letter template upload attendees en", files={"form.docx": form()})
    ready.drafts()
    letter = ready.letter("Li Na")
    assert letter.content["paragraphs"] == [f"Our results: {LINK} {SCOPE}"]
    shown = ready.bo.says(f"thanks show {letter.ref}")
    assert f"Our results: {LINK}" in text(shown).replace("\\", "")
    assert "OUR HEAD" in text(shown), "what stands around it is read too before it is approved"
    ready.bo.presses("Approve", shown)
    said = paragraphs(stored(ready, ready.bo.says(f"thanks print {letter.ref} docx"), ".docx"))
    assert said[0] == "OUR HEAD"
    assert said[2:7] == [
        "Li Na",
        "Dear Li Na,",
        f"Our results: {LINK} {SCOPE}",
        "Yours sincerely,",
        "广东省机械行业协会",
    ]


def test_a_document_that_says_another_thing_than_was_approved_is_not_printed(ready: Desk) -> None:
    ready.bo.says("letter template upload attendees en", files={"form.docx": form()})
    ready.drafts()
    letter = ready.letter("Li Na")
    ready.bo.presses("Approve", ready.bo.says(f"thanks show {letter.ref}"))
    content = letter.content | {"paragraphs": ["We keep our word."]}
    ready.change(letter, content=content, edited=True)
    answer = ready.bo.says(f"thanks print {letter.ref} docx")
    assert f"{letter.ref} is on a plain sheet" in text(answer)
    assert "We keep our word." in text(answer)
    assert "Our results" in text(answer)
    printed = paragraphs(stored(ready, answer, ".docx"))
    assert "We keep our word." in printed
    assert "OUR HEAD" not in printed


def test_a_letter_keeps_to_the_document_that_it_was_approved_with(ready: Desk) -> None:
    ready.bo.says("letter template upload attendees en", files={"form.docx": form()})
    ready.drafts()
    letter = ready.letter("Li Na")
    ready.bo.presses("Approve", ready.bo.says(f"thanks show {letter.ref}"))
    made, written = docx.Document(io.BytesIO(form())), io.BytesIO()
    made.paragraphs[0].text = "ANOTHER HEAD"
    made.save(written)
    assert not ready.bo.says("letter template upload attendees en", files={"other.docx": written.getvalue()}).refused
    answer = ready.bo.says(f"thanks print {letter.ref} docx")
    assert paragraphs(stored(ready, answer, ".docx"))[0] == "OUR HEAD"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            ("Dear {{ addressee.salutation }},", "{{ package_link }}", "Thanks.", "{{ association }}"),
            "no close such as",
        ),
        (("Dear all,", "{{ package_link }}", "Yours sincerely,"), "where the letter begins"),
        (("Hello.", *LETTER), "In the document only: Hello."),
    ],
)
def test_a_document_that_would_not_say_what_the_letter_says_is_refused(
    ready: Desk, body: tuple[str, ...], words: str
) -> None:
    answer = ready.bo.says("letter template upload attendees en", files={"form.docx": form(*body)})
    assert answer.refused
    assert words in text(answer).replace("\\", "")
    assert templates(ready) == []


def test_other_words_put_the_document_by_and_it_is_said(ready: Desk) -> None:
    ready.bo.says("letter template upload attendees en", files={"form.docx": form()})
    (own,) = templates(ready)
    kept = edits(ready, **{**own.parts, "subject": "Another subject"}, seen="1")
    assert "no longer used" not in text(kept)
    other = edits(ready, **{**own.parts, "body": "Other. {{ package_link }}"}, seen="2")
    assert "no longer used" in text(other)
    assert templates(ready)[0].file_id is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"nothing", "no Word document"),
        (document("{{ nobody }}"), "there is no field “nobody”"),
        (document("{{ 'a'*10**9 }}"), "is not possible in letters"),
    ],
)
def test_a_document_with_a_fault_is_refused_in_one_sentence(ready: Desk, content: bytes, words: str) -> None:
    answer = ready.bo.says("letter template upload attendees en", files={"form.docx": content})
    assert words in text(answer).replace("\\", "")
    assert answer.refused
    assert templates(ready) == []


def test_without_a_file_it_is_asked_for(ready: Desk) -> None:
    assert ready.bo.says("letter template upload attendees en").upload


def test_in_chinese(chinese: Desk) -> None:
    assert "致讲者" in "".join(row.text for row in chinese.bo.says("信函模板").rows)
    answer: Any = chinese.bo.says("信函模板 查看 讲者 中文")
    assert "空" not in answer.title
    assert answer.table.columns[0] == "字段"
    assert edits(chinese, "speakers zh", body="{{ nobody }}").refused
