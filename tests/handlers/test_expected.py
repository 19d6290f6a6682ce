"""What is expected of a meeting's materials, and when it has come."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as some

from handlers import expected
from handlers.expected import Programme, Standing
from storage.consents import Consent, Excuse
from storage.files import File
from storage.materials import Material, PhotoKind
from storage.meetings import Meeting
from storage.programme import Booth, Part, ProgrammeSession, Speaker, Speaking

NOW = datetime(2026, 6, 10, tzinfo=UTC)
DAY = date(2026, 6, 8)
S1, LUNCH = ProgrammeSession(id=1, code="S1"), ProgrammeSession(id=2, code="S2")
LI, CHAIR = Speaker(id=7, name="李娜"), Speaker(id=8, name="张伟")
PROGRAMME = Programme(
    (S1, LUNCH),
    (LI, CHAIR),
    (
        Speaking(session_id=1, speaker_id=8, part=Part.CHAIR),
        Speaking(session_id=1, speaker_id=7, part=Part.SPEAKER),
    ),
    (Booth(id=5, name="华为"),),
)


def excuse(cell: str, *, approved: bool) -> Excuse:
    return Excuse(cell=cell, reason="不公开", approved_at=NOW if approved else None)


def test_a_break_leaves_nothing_behind_and_a_chair_gives_no_talk() -> None:
    assert [cell.key for cell in expected.slides(PROGRAMME, [], {})] == ["slides/S1"]
    assert [cell.key for cell in expected.consents(PROGRAMME, [], {})] == ["consent/S1/7"]


def test_a_recording_is_sound_or_picture() -> None:
    files = [File(session_id=1, material=Material.AUDIO)]
    assert [cell.standing for cell in expected.recordings(PROGRAMME, files, {})] == [Standing.HERE]
    assert [cell.standing for cell in expected.slides(PROGRAMME, files, {})] == [Standing.MISSING]


def test_what_was_dropped_is_missing_again() -> None:
    files = [File(session_id=1, material=Material.SLIDES, dropped_at=NOW)]
    assert [cell.standing for cell in expected.slides(PROGRAMME, files, {})] == [Standing.MISSING]


def test_an_excuse_counts_once_it_is_approved() -> None:
    for approved, standing in ((False, Standing.ASKED), (True, Standing.EXCUSED)):
        found = expected.slides(PROGRAMME, [], {"slides/S1": excuse("slides/S1", approved=approved)})
        assert [(cell.standing, cell.settled) for cell in found] == [(standing, approved)]


def test_what_a_speaker_withdrew_is_no_consent() -> None:
    for withdrawn, standing in ((None, Standing.HERE), (NOW, Standing.MISSING)):
        given = [Consent(speaker_id=7, withdrawn_at=withdrawn)]
        assert [cell.standing for cell in expected.consents(PROGRAMME, given, {})] == [standing]


def test_photos_are_expected_of_each_day_speaker_and_stand() -> None:
    files = [
        File(material=Material.PHOTO, day=DAY, photo=PhotoKind.HALL),
        File(material=Material.PHOTO, booth_id=5),
    ]
    cells = {cell.key: cell for cell in expected.photos(PROGRAMME, files, {}, days=[DAY], quota=2)}
    assert len(cells) == len(PhotoKind) + 2
    assert (cells["photo/2026-06-08/hall"].count, cells["photo/2026-06-08/hall"].standing) == (1, Standing.MISSING)
    assert cells["photo/booth/5"].standing == Standing.HERE
    assert cells["photo/speaker/7"].standing == Standing.MISSING


def test_the_days_are_those_of_the_meeting_s_own_zone() -> None:
    meeting = Meeting(
        starts_at=datetime(2026, 6, 7, 17, tzinfo=UTC),
        ends_at=datetime(2026, 6, 9, 10, tzinfo=UTC),
        zone="Asia/Shanghai",
    )
    assert expected.days(meeting) == [date(2026, 6, 8), date(2026, 6, 9)]


@given(count=some.integers(0, 5), wanted=some.integers(1, 5), approved=some.sampled_from([None, False, True]))
def test_a_cell_is_settled_by_enough_or_by_an_approved_excuse(
    *, count: int, wanted: int, approved: bool | None
) -> None:
    excuses = {} if approved is None else {"x/1": excuse("x/1", approved=approved)}
    found = expected.cell("x/1", count, excuses, wanted=wanted)
    assert found.settled == (count >= wanted or approved is True)
    assert (found.excuse is None) == (count >= wanted or approved is None)
