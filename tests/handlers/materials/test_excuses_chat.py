"""Why something will not come: whose word it is, who agreed, and what it is about, which it does not outlive."""

from __future__ import annotations

from storage import consents, meetings
from storage.consents import Excuse
from tests.chat import Chat, Somebody, at, buttons, text


def excused(chat: Chat) -> dict[str, Excuse]:
    with chat.app.database.read() as db:
        return consents.excuses(db, 1)


def test_nobody_overwrites_what_was_approved(ann: Somebody, li: Somebody, chat: Chat) -> None:
    li.says("materials skip slides/S1 the speaker declined")
    ann.says("materials approve slides/S1")
    for somebody in (li, chat.person("Wang")):
        assert somebody.says("materials skip slides/S1 whatever").name == "people/refusals/not_allowed"
    assert excused(chat)["slides/S1"].reason == "the speaker declined"
    assert not ann.says("materials skip slides/S1 the hall was empty").refused


def test_nobody_takes_over_what_another_has_asked_for(li: Somebody, chat: Chat, ann: Somebody) -> None:
    li.says("materials skip slides/S1 the speaker declined")
    assert chat.person("Wang").says("materials skip slides/S1 mine now").refused
    assert not li.says("materials skip slides/S1 better said").refused


def test_all_of_a_session_leaves_alone_what_is_settled(ann: Somebody, li: Somebody, chat: Chat) -> None:
    ann.says("materials skip recording/S1 no camera")
    assert not li.says("materials skip S1 all the session fell out").refused
    assert excused(chat)["recording/S1"].reason == "no camera"
    assert excused(chat)["slides/S1"].reason == "the session fell out"


def test_an_excuse_goes_with_its_session_and_comes_back_with_it(ann: Somebody, chat: Chat) -> None:
    ann.says("materials skip slides/S4 the speaker declined")
    ann.says("session drop S4")
    assert excused(chat) == {}
    ann.says("session add Something else code: X9")
    ann.says("undo")
    assert not ann.says("undo").refused
    assert excused(chat)["slides/S4"].reason == "the speaker declined"


def test_a_number_that_was_taken_back_is_given_to_nobody_else(ann: Somebody) -> None:
    dropped = ann.says("session drop S4")
    ann.says("session add Something else code: X9")
    number = next(button.line for button in buttons(dropped) if button.label == "Undo")
    assert not ann.says(number).refused


def test_an_excuse_of_a_stand_is_no_other_stands(ann: Somebody) -> None:
    ann.says("booth add Huawei")
    ann.says("materials skip photo/booth/1 nobody had a camera")
    ann.says("booth drop Huawei")
    ann.says("booth add ZTE")
    assert "○ ZTE" in text(ann.says("materials"))


def test_an_undone_drop_is_looked_after_again(ann: Somebody, chat: Chat) -> None:
    for code in ("S1", "S2", "S3", "S4"):
        ann.says(f"session drop {code}")
    chat.settle()
    ann.says("undo")
    with chat.app.database.read() as db:
        assert meetings.get(db, 1).next_materials_at is not None


def test_without_words_it_offers_what_waits(ann: Somebody, li: Somebody) -> None:
    li.says("materials skip slides/S1 the speaker declined")
    refused = ann.says("materials approve")
    assert [button.line for button in buttons(refused)][:1] == ["materials approve M1 slides/S1"]


def test_several_are_asked_for_while_one_still_waits(ann: Somebody, li: Somebody, chat: Chat) -> None:
    ann.says("today", direct=True)
    chat.clock.move_to(at("2026-06-10 23:30"))
    li.says("materials skip S1 all it fell out")
    ann.says("materials approve slides/S1")
    chat.wait("2026-06-11 09:30")
    assert any("fell out" in text(message) for message in ann.heard())


def test_a_speaker_of_a_closed_meeting_is_left_alone(ann: Somebody, chat: Chat) -> None:
    with chat.app.database.write() as db:
        meetings.get(db, 1).state = meetings.MeetingState.CLOSED
    assert ann.says("speaker edit 张三 unit: Foxconn").name == "meetings/refusals/closed"
