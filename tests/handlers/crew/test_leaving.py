"""Taken off the crew: what was noted goes, letters that have not gone do not go, and undo brings it all back."""

from __future__ import annotations

from sqlalchemy import select

from storage import parties
from storage.letters import Letter, LetterState
from storage.meetings import Meeting
from storage.parties import Capacity, Party
from tests.chat import text
from tests.handlers.crew.conftest import Crew
from tests.letters import add_letter


def written(desk: Crew, name: str, state: LetterState) -> None:
    """A letter to that person, as it was approved."""
    with desk.chat.app.database.write() as db:
        party = db.scalars(select(Party).where(Party.name == name)).one()
        add_letter(db, db.get_one(Meeting, desk.team.meeting), party, state=state)


def states(desk: Crew) -> list[tuple[str, str]]:
    with desk.chat.read() as db:
        return [(str(row.state), row.approved_digest) for row in db.scalars(select(Letter).order_by(Letter.id))]


def test_what_was_noted_goes_with_them_and_undo_brings_it_back(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei post: desk contribution: kept the queue short")
    desk.mei.says("shift add P1 6/6 9:00-12:30 desk")
    desk.mei.says("volunteer commend P1 found the passport")
    asked = desk.mei.presses("Take off the crew")
    assert "That is 3 h 30 min of work." in text(asked)
    assert desk.rows().keys() == {"Han Mei"}
    answer = text(desk.mei.fills(asked, reason="cancelled on the day"))
    for said in ("Why: cancelled on the day", "1 shift went with them, 3 h 30 min", "gone too: found the passport"):
        assert said in answer
    assert (desk.rows(), desk.shifts(), desk.parties()) == ({}, [], ["Han Mei"])
    assert desk.mei.says("volunteer drop P1 again").name == "crew/refusals/not_in_it"
    desk.mei.says("undo")
    row = desk.rows()["Han Mei"]
    assert (row.role, row.commendation, [shift.minutes for shift in desk.shifts()]) == (
        "desk",
        "found the passport",
        [210],
    )
    with desk.chat.read() as db:
        assert parties.takings(db, desk.team.meeting, 1) == {Capacity.VOLUNTEER}


def test_who_has_come_back_meanwhile_does_not_come_back_twice(desk: Crew) -> None:
    for name in ("Han Mei", "Li Lei"):
        desk.mei.says(f"volunteer add {name}")
    dropped = desk.mei.says("volunteer drop Han Mei cancelled")
    desk.mei.says("volunteer add Han Mei")
    assert desk.mei.presses("Undo", dropped).name == "journal/refusals/changed_since"
    assert desk.rows().keys() == {"Han Mei", "Li Lei"}


def test_a_letter_that_has_not_gone_does_not_go(desk: Crew) -> None:
    """One to who was something else as well waits to be written anew; one that was sent stays as it is."""
    for name in ("Han Mei", "Li Lei", "Lin Tao"):
        desk.mei.says(f"volunteer add {name}")
    with desk.chat.app.database.write() as db:
        parties.takes(db, desk.team.meeting, 2, Capacity.SPEAKER)
    written(desk, "Han Mei", LetterState.APPROVED)
    written(desk, "Li Lei", LetterState.APPROVED)
    written(desk, "Lin Tao", LetterState.SENT)
    before = states(desk)
    assert "Letter L1 is not sent" in text(desk.mei.says("volunteer drop Han Mei put in by mistake"))
    held = desk.mei.says("volunteer drop Li Lei gave a talk instead")
    assert "Letter L2 is held back" in text(held)
    assert "thanks renew M1 L2" in {button.line for button in held.buttons}
    assert "Letter L3 is on its way already" in text(desk.mei.says("volunteer drop Lin Tao no record of any work"))
    assert states(desk) == [("skipped", ""), ("rejected", ""), before[2]]
    assert "taken off the crew: put in by mistake" in text(desk.mei.says("thanks show L1"))


def test_the_same_in_chinese(chinese: Crew) -> None:
    chinese.mei.says("志愿者 添加 韩梅梅")
    assert "**" not in text(answer := chinese.mei.says("志愿者 移出 韩梅梅 临时不能来"))
    assert answer.title == "韩梅梅已移出志愿者名单"
    assert chinese.wang.says("志愿者 移出 P1 随便").name == "people/refusals/not_allowed"
