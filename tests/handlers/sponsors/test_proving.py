"""The proof of a benefit: files and a link that come, are offered, and are taken out again."""

from __future__ import annotations

import pytest

from storage.files import File
from storage.materials import Material, PhotoKind
from storage.programme import Booth
from tests.chat import buttons, text
from tests.handlers.sponsors.conftest import STAR, Desk

PHOTO = b"\xff\xd8\xff\xe0 a photo"


def test_proofs(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo", "benefit B1 delivered")
    wanted = desk.mei.says("benefit B1 proof")
    assert wanted.upload
    assert wanted.upload.line == "benefit M1 B1 proof"
    several = desk.mei.says(wanted.upload.line, files={"a.jpg": PHOTO, "b.jpg": PHOTO + b"2"})
    assert "Proof: F1 a.jpg · F2 b.jpg" in text(several)
    assert desk.mei.says("benefit B1 proof soon").name == "sponsors/refusals/no_proof"
    with desk.chat.read() as db:
        kept = db.get_one(File, desk.benefits()["B1"].file_id)
    assert (kept.meeting_id, kept.material, kept.scope) == (desk.team.meeting, "benefit", "internal")
    desk.says("sponsor benefit P1 Ad")
    desk.mei.says("benefit B2 proof", files={"again.jpg": PHOTO})
    assert desk.benefits()["B2"].file_id == kept.id
    desk.says("benefit B2 proof F1 https://example.org/post")
    assert desk.benefits()["B2"].link == "https://example.org/post"


def test_one_proof_of_several_is_taken_out(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo", "benefit B1 delivered")
    desk.mei.says("benefit B1 proof https://example.org", files={"a.jpg": PHOTO, "b.jpg": PHOTO + b"2"})
    assert "Proof: F2 b.jpg · https://example.org" in desk.says("benefit B1 proof drop F1")
    assert desk.mei.says("benefit B1 proof drop F1").name == "sponsors/refusals/no_such_proof"
    desk.says("undo")
    assert "F1 a.jpg · F2 b.jpg" in desk.says("benefit B1")
    desk.says("benefit B1 proof drop F1 F2")
    assert "Proof: https://example.org" in desk.says("benefit B1")
    assert "There is no proof yet" in desk.says("权益 B1 证明 去掉 链接")


@pytest.mark.parametrize("words", ["F2 link", "F2 and the link", "F2 链接", "F2 Ｌｉｎｋ", "F2 https://example.org"])
def test_the_link_goes_with_the_files_where_it_is_named(desk: Desk, words: str) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo", "benefit B1 delivered")
    desk.mei.says("benefit B1 proof https://example.org", files={"a.jpg": PHOTO, "b.jpg": PHOTO + b"2"})
    assert "Proof: F1 a.jpg\n" in f"{desk.says(f'benefit B1 proof drop {words}')}\n"
    assert desk.benefits()["B1"].link == ""


def test_a_link_that_is_not_there_is_not_taken_out(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo", "benefit B1 delivered")
    desk.mei.says("benefit B1 proof", files={"a.jpg": PHOTO})
    assert desk.mei.says("benefit B1 proof drop F1 link").name == "sponsors/refusals/no_such_proof"
    assert "F1 a.jpg" in desk.says("benefit B1")
    desk.says("benefit B1 proof https://example.org")
    for words in ("https://example.org/other", "photo"):
        assert f"“{words}” is none of the proofs" in desk.says(f"benefit B1 proof drop {words}")
    assert desk.benefits()["B1"].link == "https://example.org"


def test_a_proof_that_is_dropped_is_none(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo", "benefit B1 delivered")
    desk.mei.says("benefit B1 proof", files={"a.jpg": PHOTO})
    assert "without proof" not in desk.says("sponsors")
    desk.says("file drop F1 because it shows another hall")
    assert "1 without proof" in desk.says("sponsors")
    desk.mei.says("benefit B1 proof", files={"b.jpg": PHOTO + b"2"})
    assert "Proof: F2 b.jpg" in desk.says("benefit B1")


def test_people_s_data_is_no_proof(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Leads")
    desk.mei.says("attendance import", files={"签到表.csv": "姓名,手机\r\n李娜,13800000001".encode()})
    desk.tao.says("attendance import", files={"签到表.csv": "姓名,手机\r\n李娜,13800000001".encode()})
    confirm = next(
        button.line for button in buttons(desk.tao.last or pytest.fail("nothing was said")) if button.primary
    )
    desk.tao.says(confirm)
    assert desk.mei.says("benefit B1 proof F2").name in {
        "sponsors/refusals/personal_proof",
        "people/refusals/not_allowed",
    }
    assert desk.benefits()["B1"].file_id is None


def test_photos_of_the_sponsor_s_stand_are_offered(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Stand", "benefit B1 delivered")
    desk.team.gives(desk.mei, "attach T12", "stand.jpg", "other.jpg")
    with desk.chat.app.database.write() as db:
        stand = Booth(meeting_id=desk.team.meeting, name="星辰能源")
        db.add(stand)
        db.flush()
        file = db.query(File).filter_by(name="stand.jpg").one()
        file.meeting_id, file.material, file.photo, file.booth_id = 1, Material.PHOTO, PhotoKind.BOOTH, stand.id
        ref = file.ref
    wanted = desk.mei.says("benefit B1 proof")
    assert [button.label for button in buttons(wanted)] == [f"{ref} stand.jpg"]
    desk.mei.presses(f"{ref} stand.jpg", wanted)
    assert desk.benefits()["B1"].file_id == file.id
