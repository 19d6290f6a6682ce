"""The demo's sample: its story is accepted line by line on any day, its folder is made whole and is nobody else's."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.app import build
from bot.clock import Clock
from bot.sample import folder
from bot.sample.files import HEIGHT, WIDTH, document, photo
from bot.sample.telling import ENDED, Teller, begins, story
from bot.settings import Settings
from storage import checklist, meetings, people, rooms, workspace
from storage.base import Session
from storage.checklist import State
from storage.meetings import Meeting
from storage.verifying import verify
from tests.chat import lines_in

DAYS = ["2026-03-02 10:00", "2026-06-10 23:59", "2026-10-07 00:01", "2027-02-20 12:00", "2026-11-25 08:00"]
"""A plain Monday, midnight on either side, in the middle of two long holidays, and a working day."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def wanted(data: Path, locale: str = "zh_CN") -> Settings:
    return Settings(_env_file=None, data=data, demo=True, locale=locale, synchronous="NORMAL")


@pytest.fixture(scope="module", params=["zh_CN", "en"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    data = tmp_path_factory.mktemp("demo") / "data"
    folder.make(wanted(data, request.param), at("2026-06-10 10:00"))
    app = build(wanted(data, request.param))
    with app.database.read() as db:
        yield db
    app.database.close()


def meeting(db: Session) -> Meeting:
    place = workspace.find(db, "main")
    assert place is not None
    [found] = meetings.all_of(db, place.id)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("now", "locale"), [*((day, "zh_CN") for day in DAYS), (DAYS[0], "en")])
def test_every_line_is_accepted_on_any_day(tmp_path: Path, now: str, locale: str) -> None:
    from storage import migrations  # noqa: PLC0415

    app = build(wanted(tmp_path, locale), clock=Clock(begins(at(now)) - Clock().now()))
    migrations.upgrade(app.database)
    answers = Teller(app, at(now)).tell()
    assert len(answers) == len(story().lines)
    refused = [
        (line.say.said(locale), answer.body)
        for line, answer in zip(story().lines, answers, strict=True)
        if answer.refused
    ]
    assert refused == []
    app.database.close()


def test_the_conference_ended_a_few_days_ago(told: Session) -> None:
    assert meeting(told).ends_at == at("2026-06-05 17:00")
    assert timedelta(days=ENDED) == timedelta(days=5)


def test_there_is_something_of_everything_to_see(told: Session) -> None:
    tasks = checklist.tasks(told, meeting(told).id)
    states = Counter(State(task.state) for task in tasks)
    now = at("2026-06-10 10:00")
    assert states[State.DONE] >= 6
    assert states[State.DOING] >= 1
    assert [task.reason for task in tasks if task.state == State.WAITING] != [""]
    assert any(task.snoozed_until and task.snoozed_until > now for task in tasks)
    assert any(not task.finished and task.due_at < now for task in tasks)
    assert len(tasks) == 58


def test_eight_people_have_roles_and_rooms_of_their_own(told: Session) -> None:
    place = workspace.find(told, "main")
    assert place is not None
    everyone = people.everyone(told, place.id)
    assert len(everyone) == 8
    assert {holder.person_id for holder in people.holders(told, meeting(told).id)} == {one.id for one in everyone}
    assert len(rooms.direct(told, [one.id for one in everyone])) == 8
    assert [room.name for room in rooms.watching(told, meeting(told).id)] in (["年会筹备组"], ["Conference team"])
    assert sum(len(people.leaves_from(told, one.id, at("2026-06-10 10:00").date())) for one in everyone) == 1


def test_the_room_shows_what_was_said_and_answered(told: Session) -> None:
    [room] = rooms.watching(told, meeting(told).id)
    lines = lines_in(told, room.id)
    assert sum(line.person_id is not None for line in lines) == len(
        [line for line in story().lines if line.room == "team"]
    )
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert lines[0].at < at("2026-06-06 00:00")


def test_the_journal_of_the_sample_fits(told: Session) -> None:
    place = workspace.find(told, "main")
    assert place is not None
    count, broken = verify(told, place.id)
    assert (count > 20, broken) == (True, [])


def test_a_folder_is_made_whole_and_kept(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    assert folder.missing(data, fresh=False)
    folder.make(wanted(data), at("2026-06-10 10:00"))
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
    assert not folder.missing(data, fresh=False)
    assert folder.missing(data, fresh=True)
    assert not data.exists()


@pytest.mark.parametrize("fresh", [False, True])
def test_somebody_elses_folder_is_left_alone(tmp_path: Path, fresh: bool) -> None:  # noqa: FBT001
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(folder.Strange):
        folder.missing(tmp_path, fresh=fresh)
    with pytest.raises(folder.Strange):
        folder.missing(tmp_path / "letter.txt", fresh=fresh)
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "dear"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    assert folder.missing(tmp_path, fresh=False)


def test_a_clock_that_was_ahead_goes_on_from_there(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    ahead = Clock().now() + timedelta(days=30)
    folder.make(wanted(data), ahead)
    app = build(wanted(data))
    folder.wind(app)
    assert app.clock.now() > ahead - timedelta(days=3)
    app.database.close()


def test_the_files_are_what_they_say() -> None:
    picture = photo(7)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    body = picture[picture.index(b"IDAT") + 4 : picture.index(b"IEND") - 8]
    assert len(zlib.decompress(body)) == HEIGHT * (WIDTH * 3 + 1)
    assert photo(7) != photo(8)
    page = document("Handover")
    assert page.startswith(b"%PDF-1.4")
    assert page[int(page.rsplit(b"startxref\n", 1)[1].split(b"\n")[0]) :].startswith(b"xref")
