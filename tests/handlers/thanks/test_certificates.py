"""Certificates: whose they are, what stands on them, and in which language."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from handlers.thanks import certificates
from messages import Message
from messages.papers import certificate, pdf
from messages.papers.certificate import Certificate
from storage import attendance, letters, workspace
from storage.crew import Volunteer
from storage.parties import Capacity
from tests.chat import buttons, text
from tests.handlers.thanks.conftest import Desk


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Certificate]:
    """Every certificate that was drawn, in order; they are drawn all the same."""
    found: list[Certificate] = []
    draw = certificate.draw

    def seen(some: Any) -> bytes:
        found.extend(one for one in some if one not in found)
        return draw(some)

    monkeypatch.setattr(certificate, "draw", seen)
    return found


def files(desk: Desk, said: Message) -> dict[str, bytes]:
    found = {}
    for one in said.files:
        with desk.chat.app.files.open(one.digest) as stream:
            found[one.name.rpartition(".")[2]] = stream.read()
    return found


def test_who_worked_gets_post_and_hours_in_their_language(desk: Desk, drawn: list[Certificate]) -> None:
    desk.helps(desk.party("陈小明", Capacity.VOLUNTEER))
    desk.helps(desk.party("Ann O'Brien", Capacity.VOLUNTEER), role="registration", minutes=60)
    said = desk.bo.says("thanks certificates volunteers")
    assert said.name == "sending/certified"
    chinese, english = drawn
    assert (chinese.title, chinese.name, chinese.signed) == ("感谢证书", "陈小明", ("广东省机械行业协会",))
    assert "承担签到处工作，累计服务 7.5 小时。" in chinese.lines[0]
    assert english.title == "Certificate of Appreciation"
    assert ": registration; hours served: 1." in english.lines[0]
    found = files(desk, said)
    assert set(found) == {"pdf", "zip"}
    with zipfile.ZipFile(io.BytesIO(found["zip"])) as archive:
        assert len(archive.namelist()) == 2


def test_a_commendation_stands_there_once_it_is_approved(desk: Desk, drawn: list[Certificate]) -> None:
    row = desk.helps(desk.party("陈小明", Capacity.VOLUNTEER), commendation="主动延时三小时")
    desk.bo.says("thanks certificates volunteers")
    assert not any("表彰" in line for line in drawn[0].lines)
    desk.change(row, approved_at=desk.chat.clock.now())
    desk.bo.says("thanks certificates volunteers")
    assert drawn[-1].title == "荣誉证书"
    assert "表彰事由：主动延时三小时。" in drawn[-1].lines
    assert isinstance(row, Volunteer)


def test_only_who_checked_in_has_attended(desk: Desk, drawn: list[Certificate]) -> None:
    desk.attends(desk.party("李娜", Capacity.ATTENDEE))
    desk.attends(desk.party("王强", Capacity.ATTENDEE), came=False)
    desk.bo.says("致谢 证书 参会者")
    assert [(one.title, one.name) for one in drawn] == [("参会证明", "李娜")]
    assert drawn[0].lines[-1] == "特此证明。"


@pytest.mark.parametrize(
    "line", ["thanks certificate li na", "certificate Li Na", "证书 Li Na", "致谢 证书 参会者 Li Na"]
)
def test_one_person_s_certificate_is_one_file(desk: Desk, drawn: list[Certificate], line: str) -> None:
    desk.attends(desk.party("Li Na", Capacity.ATTENDEE))
    desk.attends(desk.party("王强", Capacity.ATTENDEE))
    said = desk.bo.says(line)
    assert [one.name.partition("-")[0] for one in said.files] == ["Certificate of Attendance Li Na"]
    assert set(files(desk, said)) == {"pdf"}
    assert [one.name for one in drawn] == ["Li Na"]


def test_who_worked_and_came_gets_that_of_the_work_unless_the_other_is_asked_for(
    desk: Desk, drawn: list[Certificate]
) -> None:
    both = desk.party("李娜", Capacity.VOLUNTEER)
    desk.helps(both)
    desk.attends(both)
    desk.bo.says("证书 李娜")
    desk.bo.says("证书 参会者 李娜")
    assert [one.title for one in drawn] == ["感谢证书", "参会证明"]


@pytest.mark.parametrize("line", ["证书 王 伟", "证书 王伟 先生", "certificate A0001", "certificate m1-a0001"])
def test_a_name_is_found_as_lists_and_people_write_it(desk: Desk, drawn: list[Certificate], line: str) -> None:
    desk.attends(desk.party("王 伟", Capacity.ATTENDEE))
    desk.bo.says(line)
    assert [one.name for one in drawn] == ["王伟"]


def test_a_name_in_other_letters_is_asked_about(desk: Desk, drawn: list[Certificate]) -> None:
    desk.attends(desk.party("李娜", Capacity.ATTENDEE))
    desk.helps(desk.party("李纳", Capacity.VOLUNTEER))
    asked = desk.bo.says("certificate Li Na")
    assert asked.name == "sending/refusals/near_certificate"
    assert [button.label.partition(" ")[0] for button in asked.buttons] == ["李纳", "李娜"]
    assert not drawn
    desk.bo.presses(asked.buttons[1].label, asked)
    assert [one.name for one in drawn] == ["李娜"]
    assert desk.bo.says("certificate 李那").name == "sending/refusals/no_certificate"


def test_two_of_one_name_are_told_apart_by_the_number(desk: Desk, drawn: list[Certificate]) -> None:
    for mail in ("one@example.org", "two@example.org"):
        desk.attends(desk.party("李娜", Capacity.ATTENDEE, mail=mail), mail=mail)
    asked = desk.bo.says("证书 李娜")
    assert [button.line for button in asked.buttons] == [
        "thanks certificates M1 attendees M1-A0001",
        "thanks certificates M1 attendees M1-A0002",
    ]
    desk.bo.says(asked.buttons[1].line)
    assert [one.number for one in drawn] == ["M1-A0002"]


def test_who_did_not_check_in_gets_none(desk: Desk) -> None:
    desk.attends(desk.party("王强", Capacity.ATTENDEE), came=False)
    assert "on none of those who checked in" in desk.bo.says("certificate 王强").body
    assert "nobody of that name" in desk.bo.says("certificate 赵敏").body


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("thanks certificates", "whose"),
        ("thanks certificates volunteers", "no_volunteers"),
        ("thanks certificates attendees", "no_attendees"),
    ],
)
def test_without_anybody_it_says_what_to_do(desk: Desk, line: str, refusal: str) -> None:
    assert desk.bo.says(line).name == f"sending/refusals/{refusal}"


def test_who_may_not_gets_none(desk: Desk) -> None:
    assert desk.wang.says("thanks certificates volunteers").name == "people/refusals/not_allowed"


def test_many_are_made_in_the_background(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "MOST_AT_ONCE", 1)
    for name in ("甲", "乙", "丙"):
        desk.helps(desk.party(name, Capacity.VOLUNTEER))
    assert desk.bo.says("thanks certificates volunteers").name == "sending/certifying"
    desk.chat.settle()
    said = desk.chat.room().heard()[-1]
    assert (said.name, said.files) == ("sending/certified", ())
    assert sum(button.line.startswith("file get") for button in buttons(said)) == 2


@pytest.mark.parametrize("name", ['#panic("x")', "$x$", "<b>x</b>", "*bold* _x_", "{{ 7*7 }}", "\u202eevil"])
def test_a_name_is_only_a_name(desk: Desk, drawn: list[Certificate], name: str) -> None:
    desk.helps(desk.party(name, Capacity.VOLUNTEER), role=name)
    assert desk.bo.says("thanks certificates volunteers").name == "sending/certified"
    assert name.replace("\u202e", "") in drawn[0].lines[0].replace("\u202e", "")


def test_without_the_extra_one_sentence_says_how_to_get_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object) -> bytes:
        raise pdf.NotInstalled

    desk.helps(desk.party("甲", Capacity.VOLUNTEER))
    monkeypatch.setattr(certificate, "draw", absent)
    assert desk.bo.says("thanks certificates volunteers").name == "sending/refusals/no_pdf_at_all"


def test_nothing_is_given_in_the_name_of_an_association_that_has_none(desk: Desk) -> None:
    with desk.chat.app.database.write() as db:
        place = workspace.by_key(db, "main")
        place.name = place.key
        db.delete(letters.letterheads(db, place.id)["zh_CN"])
    desk.helps(desk.party("Ann Lee", Capacity.VOLUNTEER))
    desk.helps(desk.party("李娜", Capacity.VOLUNTEER))
    said = desk.bo.says("thanks certificates volunteers")
    assert (said.name, buttons(said)[0].line) == ("sending/refusals/no_association", "letterhead edit zh")
    desk.drafts()
    assert (desk.whys("李娜"), desk.whys("Ann Lee")) == (["field"], ["field"])


def test_a_letter_brings_the_certificate_that_was_read_with_it(desk: Desk, drawn: list[Certificate]) -> None:
    desk.helps(desk.party("陈小明", Capacity.VOLUNTEER))
    desk.drafts()
    letter = desk.letter("陈小明")
    assert letter.content["enclosures"] == ["感谢证书 陈小明.pdf"]
    shown = desk.bo.says(f"thanks show {letter.ref}")
    assert "附件：感谢证书 陈小明.pdf" in text(shown)
    assert "承担签到处工作，累计服务 7.5 小时。" in text(shown), "its words are read before they are approved"
    assert drawn == []


def test_a_certificate_that_says_something_else_asks_again(desk: Desk) -> None:
    party = desk.party("李娜", Capacity.ATTENDEE)
    desk.knows("package_link", "https://example.org/package")
    desk.attends(party)
    desk.drafts()
    letter = desk.letter("李娜")
    desk.bo.presses("Approve", desk.bo.says(f"thanks show {letter.ref}"))
    assert desk.letter("李娜").approved_digest
    with desk.chat.app.database.write() as db:
        (row,) = attendance.people(db, desk.team.meeting)
        db.get_one(attendance.Attendee, row.id).unit = "星河机器人"
    assert desk.letter("李娜").digest == letter.digest, "the letter itself says nothing of it"
    shown = desk.bo.says(f"thanks show {letter.ref}")
    assert "星河机器人" in text(shown)
    assert "What has changed" in text(shown)
    desk.bo.says(f"thanks approve {letter.ref} {letter.digest[:12]}")
    assert desk.letter("李娜").state == letters.LetterState.DRAFT
    assert "星河机器人" in json.dumps(desk.letter("李娜").facts["files"], ensure_ascii=False)


@pytest.mark.parametrize("came", [False, True])
def test_who_only_watched_gets_none(desk: Desk, *, came: bool) -> None:
    party = desk.party("李娜", Capacity.ATTENDEE)
    desk.knows("package_link", "https://example.org/package")
    desk.attends(party)
    with desk.chat.app.database.write() as db:
        (row,) = attendance.people(db, desk.team.meeting)
        seen = db.get_one(attendance.Attendee, row.id)
        seen.attended, seen.online = came, True
    desk.drafts()
    assert bool(desk.letter("李娜").content["enclosures"]) == came


def test_without_fonts_for_a_name_none_is_promised(desk: Desk) -> None:
    desk.helps(desk.party("陈\U00020bb7", Capacity.VOLUNTEER))
    desk.drafts()
    (letter,) = desk.letters().values()
    assert letter.content["enclosures"] == []


def test_printed_letters_have_their_certificates_beside_them(desk: Desk, drawn: list[Certificate]) -> None:
    desk.helps(desk.party("陈小明", Capacity.VOLUNTEER))
    desk.drafts()
    letter = desk.letter("陈小明")
    desk.bo.presses("Approve", desk.bo.says(f"thanks show {letter.ref}"))
    said = desk.bo.says(f"thanks print {letter.ref}")
    assert any(one.name.startswith("Certificates to enclose") for one in said.files)
    assert [one.name for one in drawn] == ["陈小明"]


def test_blanks_that_lists_set_into_names_stand_in_no_certificate(desk: Desk, drawn: list[Certificate]) -> None:
    party = desk.party("王 伟", Capacity.ATTENDEE)
    desk.knows("package_link", "https://example.org/package")
    desk.attends(party)
    desk.drafts()
    assert desk.letter("王 伟").content["enclosures"] == ["参会证明 王伟.pdf"]
    desk.bo.says("thanks certificates attendees")
    assert drawn[0].name == "王伟"
