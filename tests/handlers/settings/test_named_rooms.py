"""A room that is set from elsewhere: in some rooms the bot only speaks, and nobody can say anything to it there."""

from __future__ import annotations

import pytest

from storage import rooms
from storage.rooms import Room
from tests.chat import Chat, Place, Somebody

LINE = "meeting new Forum end: 2026-06-08 17:00"


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    ann = chat.person("Ann")
    ann.says(LINE, room="desk")
    return ann


def deaf(chat: Chat, *, name: str = "年会群", follows: bool = True) -> Room:
    """A group that hears nothing; it follows the meeting."""
    with chat.app.database.write() as db:
        room = rooms.made(db, 1, "console", f"hook:{name}", name=name, deaf=True)
        room.meeting_id = 1 if follows else None
    return room


def now(chat: Chat, room: Room) -> Room:
    with chat.read() as db:
        return rooms.get(db, room.id)


@pytest.mark.parametrize("called", ["年会群", "#{id}"])
def test_its_hours_are_set_from_a_private_chat(chat: Chat, ann: Somebody, called: str) -> None:
    room = deaf(chat)
    answer = ann.says(f"settings morning {called.format(id=room.id)} 9:40", direct=True)
    assert "年会群 · **Reminders in the morning:** 09:40" in answer.body
    assert f"{now(chat, room).morning:%H:%M}" == "09:40"
    assert "09:10" in ann.says("settings", direct=True).rows[3].text, "her own stay as they are"


def test_all_that_a_room_has_can_be_set(chat: Chat, ann: Somebody) -> None:
    room = deaf(chat)
    for line in (
        "quiet {} 21:00-07:00",
        "afternoon {} off",
        "nudges {} off",
        "room language {} 中文",
        "room zone {} London",
    ):
        assert ann.says(f"settings {line.format('年会群')}", direct=True).name == "settings/changed", line
    found = now(chat, room)
    assert (f"{found.quiet_from:%H:%M}", found.afternoon, found.nudges) == ("21:00", None, False)
    assert (found.locale, found.zone) == ("zh_CN", "Europe/London")


def test_the_form_goes_on_about_the_same_room(chat: Chat, ann: Somebody) -> None:
    room = deaf(chat)
    asked = ann.says("设置 上午提醒 年会群", direct=True)
    assert asked.form is not None
    assert asked.form.line == f"settings morning #{room.id}"


def test_a_language_is_offered_for_the_same_room(chat: Chat, ann: Somebody) -> None:
    room = deaf(chat)
    ann.says("settings room language 年会群 Klingon", direct=True)
    ann.presses("中文")
    assert now(chat, room).locale == "zh_CN"


def test_undo_puts_it_back(chat: Chat, ann: Somebody) -> None:
    room = deaf(chat)
    ann.says("settings morning 年会群 9:40", direct=True)
    ann.says("undo", direct=True)
    assert f"{now(chat, room).morning:%H:%M}" == "09:10"


def test_only_who_leads_its_meeting_may(chat: Chat, ann: Somebody) -> None:
    room, bo = deaf(chat), chat.person("Bo")
    assert bo.says("settings morning 年会群 9:40", direct=True).refused
    assert f"{now(chat, room).morning:%H:%M}" == "09:10"


def test_a_value_is_no_room(chat: Chat, ann: Somebody) -> None:
    deaf(chat)
    assert ann.says("settings morning 9:40", room="desk").name == "settings/changed"
    assert ann.says("settings nudges off", room="desk").name == "settings/changed"


def test_its_reminders_say_how_their_hours_are_changed(chat: Chat, ann: Somebody) -> None:
    room = deaf(chat)
    chat.wait("2026-06-10 12:00")
    heard = Place(chat, room.external).heard()
    assert f"settings quiet #{room.id} 20:00-08:30" in heard[-1].footer
