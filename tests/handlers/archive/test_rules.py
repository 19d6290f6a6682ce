"""What an archive must hold by when, and what of that is there."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from handlers import required
from handlers.archive import rules
from handlers.archive.rules import Check
from handlers.expected import Holdings, Programme
from handlers.workdays import Calendar
from storage.archive import Elsewhere, Stage
from storage.checklist import State, Task
from storage.consents import Excuse
from storage.files import File
from storage.materials import Material, PhotoKind, Scope
from storage.people import Role
from storage.programme import Part, ProgrammeSession, Speaker, Speaking
from tests.chat import at

END = at("2026-06-08 17:00")
PROGRAMME = Programme(
    (ProgrammeSession(id=1, code="S1", title="Opening", contact_id=4),),
    (Speaker(id=7, name="Li"),),
    (Speaking(session_id=1, speaker_id=7, part=Part.SPEAKER),),
)


def file(material: Material | None, *, number: int = 1, **more: object) -> File:
    values = {"size": 1, "digest": f"{number}", "scope": Scope.INTERNAL, "personal": False, "locked": False, **more}
    return File(id=number, number=number, name="x", material=material, person_id=9, **values)


def whole(by: Stage = Stage.FIRST) -> list[File]:
    wanted = [material for material, since in required.CLASSES.items() if since <= by]
    return [file(material, number=number) for number, material in enumerate(wanted, 1)]


def keys(found: Check) -> set[str]:
    return {gap.key for gap in found.gaps}


def excuse(cell: str, *, approved: bool) -> dict[str, Excuse]:
    return {cell: Excuse(cell=cell, reason="x", approved_at=datetime(2026, 6, 9, tzinfo=UTC) if approved else None)}


# --- by when


@pytest.mark.parametrize(
    ("now", "closed", "reported", "stage"),
    [
        ("2026-06-09 08:00", False, False, Stage.FIRST),
        ("2026-06-09 08:00", False, True, Stage.REPORTED),
        ("2026-07-06 18:00", False, False, Stage.REPORTED),
        ("2026-08-07 18:00", False, False, Stage.SETTLED),
        ("2026-06-09 08:00", True, False, Stage.SETTLED),
    ],
)
def test_what_can_be_there_is_asked_for(now: str, *, closed: bool, reported: bool, stage: Stage) -> None:
    found = rules.stage(at(now), end=END, calendar=Calendar("CN", {}), closed=closed, reported=reported)
    assert found == stage


def test_the_fourteen_of_the_list_are_asked_for_and_two_more_by_then() -> None:
    assert len(required.CLASSES) == 14 + 2
    found = {by: keys(rules.check(Holdings(), by)) for by in Stage}
    assert "class/survey" not in found[Stage.FIRST]
    assert found[Stage.REPORTED] - found[Stage.FIRST] == {"class/survey", "class/report"}
    assert found[Stage.SETTLED] - found[Stage.REPORTED] == {"class/voucher", "class/accounts"}


# --- what is there


@pytest.mark.parametrize("by", list(Stage))
def test_an_archive_with_everything_is_complete(by: Stage) -> None:
    found = rules.check(Holdings(files=whole(by)), by)
    assert found.gaps == ()
    assert found.complete == found.wanted > 0


def test_a_system_s_list_stands_for_the_sheet() -> None:
    files = [file(Material.ATTENDANCE)]
    assert "class/sign_in" not in keys(rules.check(Holdings(files=files), Stage.FIRST))


def test_a_recording_that_stays_elsewhere_is_there() -> None:
    held = Holdings(programme=PROGRAMME, elsewhere=[Elsewhere(session_id=1)])
    assert keys(rules.check(held, Stage.FIRST)) & {"class/video", "class/audio", "recording/S1"} == set()
    assert "recording/S1" in keys(rules.check(Holdings(programme=PROGRAMME, links=1), Stage.FIRST))


def test_what_a_session_leaves_is_its_contact_s_to_bring() -> None:
    found = {gap.key: gap for gap in rules.check(Holdings(programme=PROGRAMME), Stage.FIRST).gaps}
    assert (found["slides/S1"].person_id, found["slides/S1"].role) == (4, Role.PROGRAMME)
    assert found["recording/S1"].role == Role.PUBLICITY
    assert {"consent/S1/7", "photo/speaker/7"} <= set(found)


def test_photos_are_counted_by_kind_and_day_once_somebody_tells_them_apart() -> None:
    days = [date(2026, 6, 8)]
    plain = Holdings(files=[file(Material.PHOTO)], days=days)
    assert not any(key.startswith("photo/") for key in keys(rules.check(plain, Stage.FIRST)))
    told = Holdings(files=[file(Material.PHOTO, photo=PhotoKind.HALL, day=days[0])], days=days)
    found = {key for key in keys(rules.check(told, Stage.FIRST)) if key.startswith("photo/")}
    assert found == {f"photo/2026-06-08/{kind}" for kind in PhotoKind if kind != PhotoKind.HALL}


@pytest.mark.parametrize(
    ("state", "gap"), [(State.OPEN, True), (State.DONE, False), (State.NOT_APPLICABLE, False), (State.CARRIED, False)]
)
def test_minutes_must_be_approved(state: State, *, gap: bool) -> None:
    found = rules.check(Holdings(minutes=Task(state=state)), Stage.FIRST)
    assert (required.APPROVED in keys(found)) == gap


# --- every file


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"size": 0}, "files/empty"),
        ({"locked": True}, "files/locked"),
        ({"scope": None}, "files/unlabelled"),
        ({"personal": True, "scope": Scope.PUBLIC}, "files/exposed"),
    ],
)
def test_what_is_wrong_with_a_file_is_a_gap_of_whoever_sent_it(more: dict[str, object], key: str) -> None:
    files = [*whole(), file(Material.OTHER, number=99, **more)]
    (gap,) = rules.check(Holdings(files=files), Stage.FIRST).gaps
    assert (gap.key, gap.person_id, [one.number for one in gap.cell.files]) == (key, 9, [99])


def test_a_file_without_a_material_and_one_that_came_twice_are_named() -> None:
    files = [*whole(), file(None, number=98), file(Material.OTHER, number=99, digest="1")]
    found = {
        gap.key: [one.number for one in gap.cell.files] for gap in rules.check(Holdings(files=files), Stage.FIRST).gaps
    }
    assert found == {"files/unsorted": [98], "files/twins": [99]}


def test_personal_data_that_is_internal_is_where_it_belongs() -> None:
    files = [*whole(), file(Material.ATTENDANCE, number=99, personal=True)]
    assert rules.check(Holdings(files=files), Stage.FIRST).gaps == ()


# --- exceptions


def test_an_excuse_counts_once_somebody_has_approved_it() -> None:
    files = [one for one in whole() if one.material != Material.AUDIO]
    asked = rules.check(Holdings(files=files, excuses=excuse("class/audio", approved=False)), Stage.FIRST)
    assert [(gap.key, gap.asked) for gap in asked.gaps] == [("class/audio", True)]
    approved = rules.check(Holdings(files=files, excuses=excuse("class/audio", approved=True)), Stage.FIRST)
    assert (approved.gaps, [gap.key for gap in approved.excused]) == ((), ["class/audio"])
    assert approved.complete == approved.wanted == asked.complete + 1
