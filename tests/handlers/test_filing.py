"""What a file is to a meeting, by its name and the words it came with."""

from __future__ import annotations

import io
import string
import struct
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handlers import filing
from handlers.expected import Programme
from handlers.filing import HOMES, KINDS, NO_TASK, TASKS, WORDS, Filing, filed, taken_on
from messages import catalog
from storage.materials import Material, PhotoKind
from storage.programme import Booth, ProgrammeSession, Speaker, Speaking

CHECKLIST = Path(filing.__file__).parents[1] / "checklist" / "after_meeting.yaml"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JPEG, PDF, MP4, MP3 = "image/jpeg", "application/pdf", "video/mp4", "audio/mpeg"
DAYS = [date(2026, 6, 6), date(2026, 6, 7), date(2026, 6, 8)]


def sessions(*codes: str) -> list[ProgrammeSession]:
    return [ProgrammeSession(id=n, meeting_id=1, code=code, title=f"题目{n}") for n, code in enumerate(codes, 1)]


def speakers(*names: str) -> list[Speaker]:
    return [Speaker(id=n, meeting_id=1, name=name) for n, name in enumerate(names, 1)]


PROGRAMME = Programme(
    sessions=[
        *sessions("S1", "S2", "S3", "S13", "3-2"),
        ProgrammeSession(id=9, meeting_id=1, code="K1", title="预算管理的艺术"),
    ],
    speakers=speakers("张伟", "李明", "李明明", "欧阳娜娜", "Zoë Müller", "John Smith"),
    speakings=[Speaking(id=1, session_id=3, speaker_id=1), Speaking(id=2, session_id=1, speaker_id=6)],
    booths=[Booth(id=1, meeting_id=1, name="华为技术有限公司"), Booth(id=2, meeting_id=1, name="Acme Ltd")],
)


def told(name: str, media_type: str = PDF, *, caption: str = "", task: str = "") -> Filing:
    return filed(name, caption=caption, media_type=media_type, task=task, programme=PROGRAMME, days=DAYS)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("S3.pptx", "S3"),
        ("s03_final.pptx", "S3"),
        ("Ｓ３课件.pptx", "S3"),
        ("第3场.pptx", "S3"),
        ("第三场 张伟.pptx", "S3"),
        ("第 十三 场.pptx", "S13"),
        ("第十三场.pptx", "S13"),
        ("Session 2 slides.pptx", "S2"),
        ("场次2.pptx", "S2"),
        ("S13.pptx", "S13"),
        ("3-2 发言.pptx", "3-2"),
        ("03_02发言.pptx", "3-2"),
        ("PS3.pptx", None),
        ("S3x.pptx", None),
        ("S30.pptx", None),
        ("2026-03-2.pptx", None),
        ("S1 S2.pptx", None),
        ("预算管理的艺术.pptx", "K1"),
    ],
)
def test_sessions_are_known_by_their_codes(name: str, code: str | None) -> None:
    found = told(name, PPTX).session
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("张伟.pptx", "张伟"),
        ("课件_张伟_终稿.pptx", "张伟"),
        ("zhangwei.pptx", "张伟"),
        ("Wei Zhang slides.pptx", "张伟"),
        ("zhang_wei.pptx", "张伟"),
        ("李明明.pptx", "李明明"),
        ("李明.pptx", "李明"),
        ("ouyang nana.pptx", "欧阳娜娜"),
        ("Nana Ouyang.pptx", "欧阳娜娜"),
        ("zoe muller.pptx", "Zoë Müller"),
        ("Müller_Zoë.pptx", "Zoë Müller"),
        ("Smith John.pptx", "John Smith"),
        ("johnsmith.pptx", "John Smith"),
        ("Johnson Smithers.pptx", None),
        ("张伟和李明.pptx", None),
    ],
)
def test_speakers_are_known_by_their_names(name: str, who: str | None) -> None:
    found = told(name, PPTX).speaker
    assert (found.name if found else None) == who


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("S3_张伟.pdf", Material.SLIDES),
        ("张伟.pdf", Material.SLIDES),
        ("张伟 授权书.pdf", Material.CONSENT),
        ("S3 会议纪要.pdf", Material.MINUTES),
        ("scan.pdf", None),
    ],
)
def test_a_document_about_a_talk_is_what_was_shown_unless_it_says_otherwise(name: str, kind: Material | None) -> None:
    assert told(name, PDF).material == kind


def test_a_speaker_of_one_session_names_it() -> None:
    assert told("张伟.pptx", PPTX).session is PROGRAMME.sessions[2]
    assert told("李明.pptx", PPTX).session is None


@pytest.mark.parametrize(
    ("name", "booth"),
    [
        ("华为展位.jpg", 0),
        ("华为技术_展台.jpg", 0),
        ("深圳市华为技术有限公司.jpg", 0),
        ("ACME stand.jpg", 1),
        ("acmeist.jpg", None),
        ("华为与Acme.jpg", 1),
    ],
)
def test_stands_are_known_by_what_they_are_called_for_short(name: str, booth: int | None) -> None:
    named = [Booth(id=1, meeting_id=1, name="深圳市华为技术有限公司"), Booth(id=2, meeting_id=1, name="Acme Co., Ltd")]
    found = filed(name, media_type=JPEG, programme=Programme(booths=named))
    assert found.booth is (None if booth is None else named[booth])
    assert (found.photo == PhotoKind.BOOTH) is (booth is not None)


@pytest.mark.parametrize(
    ("name", "media_type", "material"),
    [
        ("场地发票0612.pdf", PDF, Material.VOUCHER),
        ("出租车票据.jpg", JPEG, Material.VOUCHER),
        ("收据.jpg", JPEG, Material.VOUCHER),
        ("Invoice 4711.pdf", PDF, Material.VOUCHER),
        ("hotel_receipts.pdf", PDF, Material.VOUCHER),
        ("签到表.xlsx", XLSX, Material.SIGN_IN),
        ("Sign-in Day 1.pdf", PDF, Material.SIGN_IN),
        ("签到数据导出.xlsx", XLSX, Material.ATTENDANCE),
        ("场地合同.pdf", PDF, Material.CONTRACT),
        ("预算表v3.xlsx", XLSX, Material.BUDGET),
        ("预算执行情况.xlsx", XLSX, Material.ACCOUNTS),
        ("年会议程.docx", PDF, Material.AGENDA),
        ("理事会会议纪要.docx", PDF, Material.MINUTES),
        ("满意度问卷.pdf", PDF, Material.SURVEY),
        ("策划案.pptx", PPTX, Material.PLAN),
        ("肖像授权书.pdf", PDF, Material.CONSENT),
        ("新闻通稿.docx", PDF, Material.PRESS),
        ("主视觉设计稿.pdf", PDF, Material.DESIGN),
        ("keynote.pptx", PPTX, Material.SLIDES),
        ("主会场.jpg", JPEG, Material.PHOTO),
        ("photo.png", "image/png", Material.PHOTO),
        ("合影名单.xlsx", XLSX, None),
        ("照片说明.docx", PDF, None),
        ("VID_001.mp4", MP4, Material.VIDEO),
        ("会议录音.mp3", MP3, Material.AUDIO),
        ("express.pdf", PDF, None),
        ("scan0001.pdf", PDF, None),
    ],
)
def test_materials_are_known_by_words(name: str, media_type: str, material: Material | None) -> None:
    assert told(name, media_type).material == material


def test_words_are_told_from_guesses() -> None:
    assert told("主会场.jpg", JPEG).named
    for name in ("IMG_0001.jpg", "photo.png", "照片 (2).jpg", "微信图片_20260608101500.jpg", "image.png"):
        assert (told(name, JPEG).named, told(name, JPEG).material) == (False, Material.PHOTO)
    assert told("微信图片_20260608.jpg", JPEG).day == DAYS[2]
    assert told("现场照片.jpg", JPEG).named
    assert not told("keynote.pptx", PPTX).named
    assert told("S3.pptx", PPTX).named
    assert told("S3.mp4", MP4).named
    assert not told("张伟.jpg", JPEG).named
    assert told("scan.pdf", caption="这是发票").named


def test_the_title_of_a_talk_is_no_word_for_a_kind() -> None:
    assert told("预算管理的艺术.pdf").material == Material.SLIDES
    assert told("预算管理的艺术.pptx", PPTX).material == Material.SLIDES
    assert told("预算管理的艺术 课件.pdf").material == Material.SLIDES


@pytest.mark.parametrize(
    ("name", "media_type", "task", "material"),
    [
        ("合同.pdf", PDF, "payables-clear", Material.CONTRACT),
        ("scan.pdf", PDF, "payables-clear", Material.ACCOUNTS),
        ("发票收据的照片.jpg", JPEG, "photos-collect", Material.PHOTO),
        ("预算.pptx", PPTX, "slides-collect", Material.SLIDES),
        ("S3.mp3", MP3, "recordings-collect", Material.AUDIO),
        ("S3.mp4", MP4, "recordings-collect", Material.VIDEO),
        ("IMG.jpg", JPEG, "teardown", Material.HANDOVER),
    ],
)
def test_the_task_says_what_it_is_unless_the_name_does(
    name: str, media_type: str, task: str, material: Material
) -> None:
    found = told(name, media_type, task=task)
    assert (found.material, found.named) == (material, True)


def test_a_list_for_the_task_of_the_photos_is_no_photo() -> None:
    found = told("list.xlsx", XLSX, task="photos-collect")
    assert (found.material, found.named) == (None, False)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("主会场全景.jpg", PhotoKind.HALL),
        ("分会场A.jpg", PhotoKind.BREAKOUT),
        ("互动提问.jpg", PhotoKind.INTERACTION),
        ("晚宴.jpg", PhotoKind.SOCIAL),
        ("展位.jpg", PhotoKind.BOOTH),
        ("全体大合影.jpg", PhotoKind.GROUP),
        ("Group photo.jpg", PhotoKind.GROUP),
        ("main-hall.jpg", PhotoKind.HALL),
        ("photo of something.jpg", None),
    ],
)
def test_photos_are_of_six_kinds(name: str, kind: PhotoKind | None) -> None:
    found = told(name, JPEG)
    assert (found.material, found.photo) == (Material.PHOTO, kind)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("20260607_主会场.jpg", DAYS[1]),
        ("IMG_20260608_101530.jpg", DAYS[2]),
        ("2026-6-6 合影.jpg", DAYS[0]),
        ("6月7日晚宴.jpg", DAYS[1]),
        ("第一天 合影.jpg", DAYS[0]),
        ("day 3 group photo.jpg", DAYS[2]),
        ("第9天.jpg", None),
        ("20250607.jpg", None),
        ("12026060700.jpg", None),
    ],
)
def test_photos_are_of_a_day_of_the_meeting(name: str, day: date | None) -> None:
    assert told(name, JPEG).day == day


def test_a_meeting_of_one_day_has_all_its_photos_then() -> None:
    assert filed("a.jpg", media_type=JPEG, days=DAYS[:1]).day == DAYS[0]
    assert filed("发票.pdf", media_type=PDF, days=DAYS[:1]).day is None


# --- the tables


def items() -> dict[str, dict[str, object]]:
    content = yaml.safe_load(CHECKLIST.read_text(encoding="utf-8"))
    return {item["key"]: item for phase in content["phases"] for item in phase["items"]}


def test_every_item_of_the_checklist_says_what_its_files_are() -> None:
    assert set(TASKS) == set(items())
    assert set(HOMES.values()) <= set(TASKS)


def test_every_kind_has_words_and_none_is_at_home_and_not() -> None:
    assert set(WORDS) == set(Material) - {Material.OTHER}
    assert set(KINDS) == set(PhotoKind)
    assert not NO_TASK & set(HOMES)


@pytest.mark.parametrize(
    "kind", [kind for kind in WORDS if kind not in {Material.PHOTO, Material.VIDEO, Material.AUDIO}]
)
def test_every_word_is_a_word_for_its_kind(kind: Material) -> None:
    for word in WORDS[kind]:
        assert filed(f"2026 {word} 3.pdf", media_type=PDF).material == kind, word


@given(st.text(max_size=80), st.text(max_size=40), st.sampled_from(["", PDF, JPEG, PPTX, "video/mp4"]))
def test_any_name_can_be_read(name: str, caption: str, media_type: str) -> None:
    found = told(name, media_type, caption=caption)
    assert found.photo is None or found.material == Material.PHOTO
    assert found.day is None or found.day in DAYS


@given(
    st.sampled_from([one for one in PROGRAMME.speakers if not one.name.isascii()]),
    st.sampled_from(["_", " ", "-", "（", ""]),
    st.text(alphabet=string.digits + "终稿版", max_size=8),
)
def test_a_chinese_name_is_found_whatever_stands_beside_it(who: Speaker, joint: str, rest: str) -> None:
    assert told(f"{rest}{joint}{who.name}{joint}{rest}.pptx", PPTX).speaker is who


@given(st.integers(1, 3), st.integers(0, 2), st.sampled_from(["S", "s", "Ｓ"]), st.sampled_from(["_", " ", "", "课件"]))
def test_noughts_and_capitals_do_not_matter_in_a_code(number: int, noughts: int, mark: str, behind: str) -> None:
    found = told(f"{mark}{'0' * noughts}{number}{behind}.pptx", PPTX).session
    assert found is PROGRAMME.sessions[number - 1]


# --- the camera's clock


def jpeg(moment: str) -> bytes:
    """A picture of no size that says when it was taken (tag 0x9003, in the directory that 0x8769 points to)."""
    head = b"II*\x00" + struct.pack("<IHHHIII", 8, 1, 0x8769, 4, 1, 26, 0)
    text = moment.encode() + b"\x00"
    tiff = head + struct.pack("<HHHIII", 1, 0x9003, 2, len(text), 44, 0) + text
    block = b"Exif\x00\x00" + tiff
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(block) + 2) + block + b"\xff\xd9"


def test_a_photo_says_when_it_was_taken() -> None:
    assert taken_on(io.BytesIO(jpeg("2026:06:07 23:59:59"))) == DAYS[1]


@pytest.mark.parametrize("moment", ["0000:00:00 00:00:00", "yesterday", ""])
def test_what_is_no_day_is_none(moment: str) -> None:
    assert taken_on(io.BytesIO(jpeg(moment))) is None


@given(st.binary(max_size=300))
def test_a_broken_picture_has_no_day(rest: bytes) -> None:
    for picture in (jpeg("2026:06:07 23:59:59")[:12] + rest, b"\xff\xd8" + rest, rest):
        found = taken_on(io.BytesIO(picture))
        assert found is None or isinstance(found, date)


OF_TYPE = {Material.PHOTO: JPEG, Material.VIDEO: MP4, Material.AUDIO: MP3}
SUMS_UP = {Material.GUEST, Material.ACCOUNTS, Material.OTHER}
"""Called by what they have in common, not by what people call one of them."""


@pytest.mark.parametrize("material", sorted(set(Material) - SUMS_UP))
@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_what_the_bot_calls_a_kind_is_understood_as_that_kind(material: Material, locale: str) -> None:
    source = catalog.environment().from_string("{{ term(value, 'material') }}")
    word = source.render(value=material, locale=locale, zone="UTC").strip()
    assert filed(word, media_type=OF_TYPE.get(material, "")).material == material
