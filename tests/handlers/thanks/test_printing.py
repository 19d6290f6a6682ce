"""Letters on paper: what the files hold, which letters are left out, and what is known of those that were printed."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import docx
import pytest
from python_calamine import CalamineWorkbook

from handlers.thanks import printing
from handlers.thanks.going import printed_as
from messages import Message
from messages.papers import Paper, glyphs, pdf
from storage.letters import LetterState, Suppression, Way
from storage.parties import PartyKind
from tests.chat import text
from tests.handlers.thanks.office import Office
from tests.letters import paper

ZH = {
    "locale": "zh_CN",
    "title": "感谢函",
    "salutation": "尊敬的示例科技有限公司：",
    "closing": ("顺颂商祺",),
    "signed": ("示例学会",),
    "date": "2026年6月10日",
}


def formal(words: str = "谨致谢忱。") -> Paper:
    return paper(words, **ZH, seal=True)


def files(office: Office, said: Message) -> dict[str, bytes]:
    """What came with the answer, by the ending of its name."""
    found = {}
    for one in said.files:
        with office.chat.app.files.open(one.digest) as stream:
            found[one.name.rpartition(".")[2]] = stream.read()
    return found


def pages(document: bytes) -> int:
    return max(int(count) for count in re.findall(rb"/Count (\d+)", document))


def envelopes(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_a_print_run_has_all_letters_and_a_file_each(office: Office) -> None:
    first = office.write("甲公司", kind=PartyKind.UNIT, address="北京市一路 1 号", content=formal("感谢甲公司。"))
    office.write("乙公司", kind=PartyKind.UNIT, content=formal("感谢乙公司。"))
    office.write("Mailed", "li@example.org")
    said = office.ann.says("thanks print")
    found = files(office, said)
    assert said.private
    assert set(found) == {"pdf", "zip", "xlsx"}
    assert pages(found["pdf"]) == 2
    with zipfile.ZipFile(io.BytesIO(found["zip"])) as archive:
        assert archive.namelist() == ["L1 甲公司.pdf", "L2 乙公司.pdf"]
        single = archive.read("L2 乙公司.pdf")
    assert single == pdf.draw([formal("感谢乙公司。")], ["built-in/1"])
    assert envelopes(found["xlsx"])[1:] == [
        ["L1", "", "北京市一路 1 号", "甲公司", "", "", ""],
        ["L2", "", "", "乙公司", "", "", ""],
    ]
    letter = office.letter(first)
    assert (letter.state, letter.way) == (LetterState.PRINTED, Way.PRINT)
    assert "No postal address is known for 1 of them: L2. `contact edit P2`" in said.body
    assert "I never put a seal or a signature on anything" in said.body


def test_the_document_tells_its_template_and_its_text(office: Office) -> None:
    content = formal()
    office.write("甲公司", kind=PartyKind.UNIT, content=content)
    assert f"built-in/1, {content.digest}".encode() in files(office, office.ann.says("thanks print L1"))["pdf"]
    document = docx.Document(io.BytesIO(files(office, office.ann.says("thanks print L1 docx"))["docx"]))
    assert document.core_properties.keywords == f"built-in/1 {content.digest}"


def test_an_undo_leaves_them_approved(office: Office) -> None:
    letter = office.write("甲公司", content=formal())
    office.ann.says("thanks print")
    office.ann.presses("Undo")
    assert office.letter(letter).state == LetterState.APPROVED


@pytest.mark.parametrize("line", ["thanks print", "thanks print L1"])
def test_what_is_not_approved_is_not_printed(office: Office, line: str) -> None:
    office.write("甲公司", content=formal(), approved=False)
    assert office.ann.says(line).refused


def test_a_letter_by_mail_is_printed_only_by_its_number(office: Office) -> None:
    office.write("Li", "li@example.org")
    assert office.ann.says("thanks print").name == "sending/refusals/none_on_paper"
    assert set(files(office, office.ann.says("thanks print L1"))) == {"pdf", "xlsx"}


def test_a_name_that_no_font_has_is_named_and_the_others_are_printed(office: Office) -> None:
    lost = office.write("\U000323af", content=formal("尊敬的\U000323af先生。"))
    office.write("甲公司", content=formal())
    said = office.ann.says("thanks print")
    assert "L1 was not printed" in text(said)
    assert "U+323AF" in text(said)
    assert office.letter(lost).state == LetterState.APPROVED
    assert office.ann.says("thanks print L1").name == "sending/refusals/no_glyphs"


def test_every_character_of_a_text_is_looked_for() -> None:
    assert glyphs.missing(paper("王\u200d建国 Ağaoğlu № 𬴂 ①", salutation="가")) == ["가"]


def test_without_the_extra_one_sentence_says_how_to_get_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object) -> bytes:
        raise pdf.NotInstalled

    office.write("甲公司", content=formal())
    monkeypatch.setattr(pdf, "draw", absent)
    said = office.ann.says("thanks print")
    assert said.name == "sending/refusals/no_pdf"
    assert "pip install" in said.body


def test_many_are_printed_in_the_background_and_fetched_by_who_may(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names and addresses are not for everybody who reads along."""
    monkeypatch.setattr(printing, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(printing, "MOST_IN_A_RUN", 2)
    for number in range(3):
        office.write(f"公司{number}", content=formal())
    assert office.ann.says("thanks print").name == "sending/printing"
    office.chat.settle()
    said = office.chat.room().heard()[-1]
    assert (said.name, said.files) == ("sending/printed", ())
    wanted = [button for button in said.buttons if button.line.startswith("file get")]
    assert len(wanted) == 4
    assert set(files(office, office.ann.says(wanted[0].line))) == {"pdf"}
    assert office.chat.person("Xu").says(wanted[0].line).refused


def test_a_letter_that_is_changed_meanwhile_is_not_kept(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = office.write("甲公司", content=formal())
    drawn = pdf.draw

    def changed(*given: object) -> bytes:
        office.change(letter, digest="0" * 64)
        return drawn(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(printing, "MOST_AT_ONCE", 0)
    office.ann.says("thanks print L1")
    monkeypatch.setattr(pdf, "draw", changed)
    office.chat.settle()
    assert office.chat.room().heard()[-1].name == "sending/refusals/changed_meanwhile"
    assert office.letter(letter).state == LetterState.APPROVED


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1+1", "@SUM(A1)", "-2", "\u202egnp.exe", "../../etc/passwd"])
def test_names_are_only_names_in_lists_and_files(office: Office, name: str) -> None:
    office.write(name, address="=1+1", content=formal())
    office.write("甲公司", content=formal())
    found = files(office, office.ann.says("thanks print"))
    row = envelopes(found["xlsx"])[1]
    assert row[2] == "=1+1"
    with zipfile.ZipFile(io.BytesIO(found["zip"])) as archive:
        assert all("/" not in one and "\u202e" not in one and one.startswith("L") for one in archive.namelist())
    sheet = zipfile.ZipFile(io.BytesIO(found["xlsx"])).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("王建国", "L12 王建国"),
        ("../a\\b:c*?", "L12 a b c"),
        ("Dr. Ann O'Brien", "L12 Dr. Ann O'Brien"),
        ("名" * 90, "L12 " + "名" * 60),
        ("\u202e", "L12"),
    ],
)
def test_a_file_is_called_by_number_and_reader(name: str, called: str) -> None:
    assert printed_as("L12", name) == called


def test_who_bounced_is_printed_next(office: Office) -> None:
    office.write("Li", "gone@example.org")
    with office.chat.app.database.write() as db:
        db.add(Suppression(workspace_id=1, email="gone@example.org", reason="550", at=office.chat.clock.now()))
    assert set(files(office, office.ann.says("thanks print"))) == {"pdf", "xlsx"}


def test_too_many_word_documents_are_not_made(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST_WORD", 1)
    for number in range(2):
        office.write(f"公司{number}", content=formal())
    assert office.ann.says("thanks print docx").name == "sending/refusals/many_documents"


def test_an_envelope_has_no_blanks_that_lists_set_into_names(office: Office) -> None:
    office.write("王 伟", content=formal())
    found = files(office, office.ann.says("thanks print"))
    assert envelopes(found["xlsx"])[1][4] == "王伟"
