"""Where files go in an archive: names that every system takes, that stay, and that no two files share."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as some

from handlers.archive import tree
from handlers.archive.tree import Naming, placed
from handlers.expected import Programme
from storage.files import File
from storage.materials import Material, PhotoKind, Scope
from storage.meetings import Meeting
from storage.programme import Part, ProgrammeSession, Speaker, Speaking

MEETING = Meeting(
    number=3,
    name_zh="2026年年会",
    name_en="Annual Forum",
    zone="Asia/Shanghai",
    ends_at=datetime(2026, 6, 8, 9, tzinfo=UTC),
)
SESSION = ProgrammeSession(id=1, code="S3", title="开放数据：下一步?")
PROGRAMME = Programme(
    (SESSION,),
    (Speaker(id=7, name="张三"), Speaker(id=8, name="Li Na")),
    (Speaking(session_id=1, speaker_id=7, part=Part.SPEAKER), Speaking(session_id=1, speaker_id=8, part=Part.SPEAKER)),
)
CHINESE, ENGLISH = Naming(MEETING, True, PROGRAMME), Naming(MEETING, False, PROGRAMME)  # noqa: FBT003  Chinese or not
ROOT = "data/2026/M3_2026年年会_20260608"


def file(name: str, material: Material | None = None, *, number: int = 1, **more: object) -> File:
    values = {"at": datetime(2026, 6, 9, 1, tzinfo=UTC), "version": 1, "material": material, **more}
    return File(id=number, number=number, name=name, **values)


def test_every_material_has_a_folder_a_name_and_a_time_to_be_kept() -> None:
    found = tree.tree()
    assert set(found["materials"]) == set(Material)
    assert {one["folder"] for one in found["materials"].values()} <= set(found["folders"])
    assert set(found["kinds"]) == set(PhotoKind)
    assert set(found["scopes"]) == set(Scope)
    assert all({"zh", "en"} <= set(words) for part in found.values() for words in part.values())


@pytest.mark.parametrize(
    ("row", "path"),
    [
        (file("策划案（终稿）.DOCX", Material.PLAN), "01_策划与审批/20260609_策划案_（终稿）_v1.docx"),
        (file("20260601_预算表_会务.xlsx", Material.BUDGET, version=2), "02_预算与合同/20260609_预算表_会务_v2.xlsx"),
        (file("final v3.pptx", Material.SLIDES, session_id=1), "06_演讲资料/S3_张三、Li Na_开放数据：下一步-_v1.pptx"),
        (file("final.pptx", Material.SLIDES), "06_演讲资料/20260609_PPT_final_v1.pptx"),
        (
            file("IMG_1.JPG", Material.PHOTO, photo=PhotoKind.HALL, day=date(2026, 6, 8)),
            "07_照片/20260608/主会场/20260608_主会场_IMG_1_v1.jpg",
        ),
        (file("a.mp4", Material.VIDEO, session_id=1), "08_音视频/S3/20260609_视频_a_v1.mp4"),
        (file("what.bin"), "99_其他/20260609_其他_what_v1.bin"),
    ],
)
def test_a_file_goes_where_its_material_belongs(row: File, path: str) -> None:
    assert CHINESE.path(row) == f"{ROOT}/{path}"


def test_an_english_association_has_english_folders() -> None:
    found = ENGLISH.path(file("budget.xlsx", Material.BUDGET))
    assert found == "data/2026/M3_Annual Forum_20260608/02_budget-and-contracts/20260609_budget_v1.xlsx"


def test_a_meeting_without_a_name_in_the_language_has_its_other_name() -> None:
    only = Meeting(number=1, name_zh="", name_en="Forum", zone="Asia/Shanghai", ends_at=MEETING.ends_at)
    assert Naming(only, True, Programme()).root == "data/2026/M1_Forum_20260608"  # noqa: FBT003  as above


def test_two_files_of_one_name_are_told_apart_by_their_numbers_whatever_their_capitals() -> None:
    rows = [file("A.pdf", Material.PLAN, number=12), file("a.PDF", Material.PLAN, number=5)]
    assert placed(CHINESE, rows) == {
        5: f"{ROOT}/01_策划与审批/20260609_策划案_a_v1.pdf",
        12: f"{ROOT}/01_策划与审批/20260609_策划案_A_v1_F12.pdf",
    }


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('a/b\\c:d*e?f"g<h>i|j%k', "a-b-c-d-e-f-g-h-i-j-k"),
        (" x. ", "x"),
        ("CON", "CON_"),
        ("a\u202eb\n", "a b"),
        ("..", ""),
    ],
)
def test_a_name_is_one_that_every_system_takes(typed: str, said: str) -> None:
    assert tree.clean(typed) == said


NAMES = some.text(max_size=300) | some.sampled_from(
    ["../../etc/passwd", "会" * 300 + ".docx", "é" * 250, "a" * 300, ".pdf"]
)
ROWS = some.lists(
    some.tuples(NAMES, some.sampled_from([None, *Material]), some.sampled_from([None, 1]), some.integers(1, 9)),
    max_size=12,
)


@given(ROWS)
def test_names_are_valid_unique_and_the_same_every_time(
    given_rows: list[tuple[str, Material | None, int | None, int]],
) -> None:
    rows = [
        file(name, material, number=number, session_id=session, version=version)
        for number, (name, material, session, version) in enumerate(given_rows, 1)
    ]
    found = placed(CHINESE, rows)
    assert found == placed(CHINESE, rows[::-1])
    assert len({path.casefold() for path in found.values()}) == len(rows)
    for path in found.values():
        assert path.startswith(f"{ROOT}/")
        for name in PurePosixPath(path).parts:
            assert name not in {".", ".."}
            assert len(name.encode()) <= tree.LONGEST
            assert not set(name) & set('\\/:*?"<>|%')
            assert name == unicodedata.normalize("NFC", name)
            assert name == name.strip().rstrip(".")
            assert not any(unicodedata.category(mark)[0] == "C" for mark in name)


@given(some.text(max_size=200), some.integers(1, 100))
def test_cutting_breaks_no_character(text: str, most: int) -> None:
    found = tree.cut(text, most)
    assert len(found.encode()) <= most
    assert text.startswith(found)
