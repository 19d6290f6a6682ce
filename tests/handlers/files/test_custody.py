"""A number is no key: whoever names a file gets no further with it than they may, by whatever command."""

from __future__ import annotations

import pytest

from tests.handlers.files.conftest import Cabinet

ROLL = "姓名,手机\n李娜,13800000001\n".encode()


@pytest.fixture
def other(cabinet: Cabinet) -> Cabinet:
    """Wang leads a meeting of his own, in his room; F1 is a list of people of the first one."""
    cabinet.li.says("attach T15", files={"签到表.csv": ROLL})
    cabinet.ann.says("meeting new Other end: 8 June 17:00", room="other")
    cabinet.ann.says("role set lead @Wang", room="other")
    return cabinet


@pytest.mark.parametrize(
    "line",
    [
        "attach M2-T1 F1",
        "file move F1 M2-T1",
        "programme import F1",
        "booths import F1",
        "attendance import F1",
        "materials add slides/S1 F1",
        "consent S1 张三 slides public F1",
    ],
)
def test_no_command_takes_a_file_out_of_its_meeting(other: Cabinet, line: str) -> None:
    other.wang.says("session add Talk speaker: 张三", room="other")
    assert other.wang.says(line, room="other").refused
    assert other.file(1).meeting_id == 1
    assert other.wang.says("file get F1", room="other").files == ()


def test_what_came_to_somebody_alone_is_found_by_them_only(other: Cabinet) -> None:
    assert other.li.says("done T1", files={"名单.csv": ROLL}, direct=True).refused
    for line in ("file get F2", "file show F2", "attach M2-T1 F2", "file drop F2 mine"):
        assert other.wang.says(line, room="other").name == "files/refusals/unknown", line
    assert other.li.says("file get F2", direct=True).files


def test_who_does_not_work_on_the_meeting_files_only_what_they_brought(cabinet: Cabinet) -> None:
    cabinet.li.says("attach T1", files={"a.csv": ROLL})
    assert cabinet.wang.says("attach T3 F1").name == "files/refusals/not_yours"
    cabinet.wang.says("attach T3", files={"b.csv": b"a,b\n"})
    assert not cabinet.wang.says("attach T1 F2").refused


@pytest.mark.parametrize("line", ["booths import F1", "programme import F1"])
def test_a_list_of_people_is_not_read_by_the_way(other: Cabinet, line: str) -> None:
    other.ann.says("role add programme @Wang")
    answer = other.wang.says(line)
    assert answer.refused
    assert "李娜" not in answer.body


def test_a_number_longer_than_any_is_no_file(cabinet: Cabinet) -> None:
    assert cabinet.bo.says("materials add slides/S1 F99999999999999999999").name != "common/refusals/broken"
