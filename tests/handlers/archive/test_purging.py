"""Personal data goes when it is due: shown, confirmed, told in the history and in the next archive, and gone."""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import select

from messages import Message
from storage import archive, attendance
from storage.archive import Purge
from storage.attendance import Attendee, Roll, RollKind, RollRow
from storage.files import File
from storage.journal import Entry
from storage.materials import Material
from storage.meetings import Meeting
from tests.chat import text
from tests.handlers.archive.conftest import Team

SHEET = b"%PDF-1.4 names and telephones"
PASSPORT = b"%PDF-1.4 a passport"
PERSON = {"number": 1, "name": "张三", "phone": "13800000000", "email": "z@example.org", "question": ""} | {
    whether: whether == "attended" for whether in ("registered", "attended", "online")
}
ROW = {"number": 2, "name": "张三", "phone": "13800000000", "email": "z@example.org", "came": True}
"""Of a list; ``PERSON`` is who that is, whichever lists they are on."""


@pytest.fixture
def sheet(team: Team) -> int:
    """A scanned sheet with telephone numbers, F4."""
    return team.send("签到表.pdf", SHEET, Material.SIGN_IN, personal=True)


def people(team: Team) -> None:
    """One list, with one person who left a telephone number."""
    with team.chat.app.database.write() as db:
        meeting = db.get_one(Meeting, 1)
        file = db.scalars(select(File)).first()
        assert file is not None
        roll = Roll(
            meeting_id=meeting.id, number=1, kind=RollKind.CHECKIN, file_id=file.id, count=1, person_id=1, at=file.at
        )
        db.add(roll)
        db.flush()
        attendance.add_rows(db, roll.id, [ROW])
        (row,) = attendance.rows(db, meeting.id)
        attendance.keep(db, meeting.id, [PERSON], [{"key": row.id, "whose": 1, "why": ""}])


def purged(team: Team) -> Message:
    team.ann.says("archive purge M1")
    team.ann.presses("Remove it for good")
    team.chat.settle()
    return team.chat.room().heard()[-1]


def has(team: Team, data: bytes) -> bool:
    with team.chat.read() as db:
        digest = db.scalars(select(File.digest).where(File.size == len(data))).first()
    return digest is not None and team.chat.app.files.has(digest)


def test_nothing_goes_before_somebody_has_seen_what_and_confirmed_it(team: Team, sheet: int) -> None:
    people(team)
    said = team.ann.says("archive purge")
    assert "telephone numbers and e-mail addresses of 1 person" in text(said)
    assert f"F{sheet} 签到表.pdf" in text(said)
    assert has(team, SHEET)
    assert "The personal data of Annual Forum is gone" in text(purged(team))
    assert not has(team, SHEET)
    with team.chat.read() as db:
        assert [(one.name, one.phone, one.email) for one in db.scalars(select(Attendee))] == [("张三", "", "")]
        assert [(one.phone, one.email, one.came) for one in db.scalars(select(RollRow))] == [("", "", True)]
    assert "no file is marked as personal" in text(team.ann.says("archive purge"))


def test_what_has_changed_since_is_shown_again(team: Team, sheet: int) -> None:
    shown = team.ann.says("archive purge")
    team.send("护照.pdf", b"%PDF-1.4 passport", Material.GUEST, personal=True)
    said = team.ann.presses("Remove it for good", shown)
    assert "Something has changed since" in text(said)
    team.chat.settle()
    assert has(team, SHEET)


def test_another_row_is_shown_again_even_where_the_number_of_people_is_the_same(team: Team) -> None:
    people(team)
    with team.chat.app.database.write() as db:
        attendance.keep(db, 1, [PERSON, PERSON | {"number": 2, "name": "李四", "phone": "13900000000"}], [])
    shown = team.ann.says("archive purge")
    with team.chat.app.database.write() as db:
        attendance.add_rows(db, 1, [ROW | {"number": 3, "name": "李四"}])
    assert "Something has changed since" in text(team.ann.presses("Remove it for good", shown))


def test_confirmed_twice_it_is_done_once(team: Team, sheet: int) -> None:
    shown = team.ann.says("archive purge")
    for _ in range(2):
        assert team.ann.presses("Remove it for good", shown).name == "archive/purging"
    team.chat.settle()
    told = [message for message in team.chat.room().heard() if message.name == "archive/purged_now"]
    assert len({text(message) for message in told}) == 1
    with team.chat.read() as db:
        (row,) = db.scalars(select(Purge))
    assert (row.files, has(team, SHEET)) == (1, False)


@pytest.fixture
def cut_off(team: Team, sheet: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], Message]:
    """Confirm that two files go, and let something happen after the first; what was confirmed."""
    team.send("护照.pdf", PASSPORT, Material.GUEST, personal=True)
    remove, went = team.chat.app.files.remove, list[str]()

    def confirmed(what: BaseException) -> Message:
        def once(digest: str) -> None:
            if went:
                raise what
            went.append(digest)
            remove(digest)

        shown = team.ann.says("archive purge")
        team.ann.presses("Remove it for good", shown)
        with monkeypatch.context() as broken, suppress(KeyboardInterrupt):
            broken.setattr(team.chat.app.files, "remove", once)
            team.chat.settle()
        assert [has(team, SHEET), has(team, PASSPORT)].count(True) == 1
        return shown

    return confirmed


def test_a_process_that_dies_in_the_middle_is_followed_by_one_that_goes_on(
    team: Team, cut_off: Callable[[BaseException], Message]
) -> None:
    cut_off(KeyboardInterrupt())
    team.chat.wait("2026-06-10 12:00")
    assert (has(team, SHEET), has(team, PASSPORT)) == (False, False)
    assert "The personal data of Annual Forum is gone" in text(team.chat.room().heard()[-1])


def test_what_the_store_did_not_let_go_goes_when_it_is_confirmed_again(
    team: Team, cut_off: Callable[[BaseException], Message]
) -> None:
    shown = cut_off(OSError(errno.EIO, "no disk"))
    assert team.ann.presses("Remove it for good", shown).name == "archive/purging"
    team.chat.settle()
    assert (has(team, SHEET), has(team, PASSPORT)) == (False, False)
    assert team.ann.presses("Remove it for good", shown).name == "archive/purge_nothing"


def test_bytes_that_another_meeting_has_stay(team: Team, sheet: int) -> None:
    team.ann.says("meeting new Other Forum end: 9 June 17:00", room="other")
    team.ann.says("attach M2-T15", files={"x.pdf": SHEET}, room="other")
    with team.chat.app.database.write() as db:
        db.scalars(select(File).order_by(File.number.desc())).first().meeting_id = 2  # type: ignore[union-attr]
    purged(team)
    assert has(team, SHEET)


def test_the_next_version_says_what_was_removed_and_the_old_one_is_gone(team: Team, sheet: int) -> None:
    team.build()
    assert SHEET in team.inside(1).values()
    purged(team)
    assert team.ann.says("archive get v1").name == "archive/refusals/purged"
    assert "1 file was removed for the sake of the people in it" in text(team.build())
    inside = team.inside(2)
    assert SHEET not in inside.values()
    exceptions = next(data for path, data in inside.items() if path.endswith("exceptions.html")).decode()
    assert f"<td>F{sheet}</td>" in exceptions
    assert "签到表" not in exceptions


def test_it_stands_in_the_history_without_the_data_and_is_not_undone(team: Team, sheet: int) -> None:
    people(team)
    purged(team)
    assert team.ann.says("undo").name == "archive/refusals/gone"
    with team.chat.read() as db:
        entries = db.scalars(select(Entry).where(Entry.line.startswith("archive purge"))).all()
        assert entries
        assert not any("13800000000" in entry.body or "example.org" in entry.body for entry in entries)


def test_who_does_not_lead_removes_nothing(team: Team, sheet: int) -> None:
    li = team.chat.person("Li")
    team.ann.says("role set records @Li")
    assert li.says("archive purge").name == "people/refusals/not_allowed"


# --- when it is due


def test_it_is_offered_to_the_lead_in_private_once_it_is_due(team: Team, sheet: int) -> None:
    team.ann.says("today", direct=True)
    team.chat.wait("2026-09-05 12:00")
    assert not _offers(team)
    team.chat.wait("2026-09-07 12:00")
    (offer,) = _offers(team)
    assert "It was to be kept until" in text(offer)
    team.chat.settle()
    assert len(_offers(team)) == 1
    team.chat.wait("2026-09-22 12:00")
    assert len(_offers(team)) == 2
    team.ann.presses("Remove it for good", offer)
    team.chat.settle()
    team.chat.wait("2026-11-01 12:00")
    assert len(_offers(team)) == 2


def test_nothing_is_offered_where_nothing_is_left(team: Team) -> None:
    team.ann.says("today", direct=True)
    team.chat.wait("2026-09-07 12:00")
    assert not _offers(team)


def test_the_association_says_how_long_it_is_kept(team: Team, sheet: int) -> None:
    team.ann.says("today", direct=True)
    assert "90 days after" in text(team.ann.says("archive purge after"))
    team.chat.settle()
    assert "120 days after" in text(team.ann.says("archive purge after 120"))
    team.chat.wait("2026-09-07 12:00")
    assert not _offers(team)
    team.ann.says("undo")
    team.ann.says("archive purge after 91")
    team.chat.settle()
    team.chat.wait("2026-09-08 12:00")
    assert len(_offers(team)) == 1
    for days in ("3", "99999"):
        assert team.ann.says(f"archive purge after {days}").name == "archive/refusals/purge_days"


def _offers(team: Team) -> list[Message]:
    return [message for message in team.ann.heard() if message.name == "archive/purge"]


def test_a_file_that_is_only_a_proof_is_found_too(team: Team) -> None:
    number = team.send("名单.pdf", SHEET, Material.ATTENDANCE, personal=True, meeting_id=None)
    with team.chat.read() as db:
        assert [file.number for file in archive.personal(db, 1).files] == [number]
    purged(team)
    with team.chat.read() as db:
        assert [file.number for file in archive.purged(db, 1)] == [number]
