"""The list of rooms, and letting one follow a meeting from wherever one is."""

from __future__ import annotations

import pytest

from storage import meetings, rooms
from tests.chat import buttons, text
from tests.handlers.rooms.conftest import Club


def followed(club: Club, name: str) -> int | None:
    """The number of the meeting that the room follows."""
    with club.chat.read() as db:
        found = club.room(name).meeting_id
        return meetings.get(db, found).number if found else None


@pytest.fixture
def lobby(club: Club) -> Club:
    """A room that follows nothing yet."""
    club.li.says("help", room="lobby")
    return club


def test_the_list_tells_what_each_room_follows_and_where_one_can_answer(lobby: Club) -> None:
    lobby.ann.says("room new Forum team @wang")
    shown = [row.text for row in lobby.ann.says("room list").rows]
    assert ["follows M1 Forum" in row for row in shown] == [True, False, False, True]
    assert ["only to read" in row for row in shown] == [False, False, False, True]
    assert "you are here" in shown[0]
    assert "follows M2 Gala" in shown[1]
    assert "follows no meeting" in shown[2]
    assert "with Ann and 王五" in shown[3]
    assert text(lobby.ann.says("群 列表")) == text(lobby.ann.says("rooms"))


def test_direct_conversations_are_not_in_the_list(club: Club) -> None:
    club.li.says("help", direct=True)
    assert len(club.ann.says("room list").rows) == 2


@pytest.mark.parametrize(
    "line", ["room use lobby M1", "room use lob M1", "room use #3 M1", "群 使用 lobby M1", "room use lobby"]
)
def test_a_room_that_follows_nothing_follows_at_once_and_is_told(lobby: Club, line: str) -> None:
    assert lobby.ann.says(line).name == "rooms/used"
    assert followed(lobby, "lobby") == 1
    lobby.chat.wait("2026-06-10 09:00")
    assert lobby.heard("lobby")[-1] == "rooms/greeting"


def test_what_is_said_in_the_room_waits_for_the_end_of_its_quiet_hours(lobby: Club) -> None:
    lobby.ann.says("room use lobby M1")
    lobby.chat.settle()
    assert lobby.heard("lobby") == []
    lobby.chat.wait("2026-06-10 08:31")
    assert lobby.heard("lobby") == ["rooms/greeting"]


def test_a_room_leaves_a_running_meeting_only_when_somebody_has_seen_what_that_means(club: Club) -> None:
    asked = club.ann.says("room use gala M1")
    assert asked.tone == "ask"
    assert "No other room follows Gala" in text(asked)
    assert followed(club, "gala") == 2
    club.ann.presses("Confirm")
    assert followed(club, "gala") == 1
    club.ann.says("undo")
    assert followed(club, "gala") == 2
    club.chat.wait("2026-06-10 08:40")
    assert club.heard("gala") == []


def test_a_meetings_room_is_not_taken_by_who_runs_another_one_only(club: Club) -> None:
    club.ann.says("role set M2 lead @li")
    assert club.li.says("room use team M2").name == "people/refusals/not_allowed"
    assert club.li.says("room use gala M1").name == "people/refusals/not_allowed"


def test_a_room_follows_nothing_any_more_and_that_is_undone(club: Club) -> None:
    ended = text(club.ann.says("room use gala none"))
    assert "No room follows it now" in ended
    assert followed(club, "gala") is None
    club.ann.presses("Undo")
    assert followed(club, "gala") == 2
    assert club.ann.says("群 使用 team 无").name == "rooms/unused"
    assert "did not before" in text(club.ann.says("room use team none"))


def test_a_room_that_there_is_not_is_named_in_the_refusal(club: Club) -> None:
    assert "“cellar”" in text(club.ann.says("room use cellar M1"))
    assert club.ann.says("room use").name == "rooms/list"


def test_rooms_of_one_name_are_told_apart_by_their_number(lobby: Club) -> None:
    lobby.ann.says("room new Lobbyists @wang")
    assert "#3 lobby and #4 Lobbyists" in text(lobby.ann.says("room use lobb M1"))


def test_buttons_of_the_list_let_a_room_follow_and_stop(lobby: Club) -> None:
    listed = lobby.ann.says("room list")
    lobby.ann.presses("Follow M1", listed, row=1)
    assert followed(lobby, "lobby") == 1
    lobby.ann.presses("End that", listed, row=1)
    assert followed(lobby, "gala") is None
    assert "Make a group" in [button.label for button in buttons(listed)]


@pytest.mark.parametrize("line", ["room use team M2", "room use TEAM M2 confirm", '群 使用 "team" M2'])
def test_of_rooms_with_one_name_one_is_pressed(club: Club, line: str) -> None:
    with club.chat.app.database.write() as db:
        deaf = rooms.made(db, 1, "console", "group:team", name="team", deaf=True).id
    asked = club.ann.says(line)
    assert asked.name == "rooms/refusals/several"
    assert [button.label for button in buttons(asked)] == ["#1 team · terminal", f"#{deaf} team · terminal"]
    club.ann.presses(f"#{deaf} team · terminal")
    with club.chat.read() as db:
        follows = {room.id: room.meeting_id for room in rooms.of_teams(db, 1) if room.name == "team"}
        gala = meetings.by_number(db, 1, 2)
    assert gala is not None
    assert follows[deaf] == gala.id
    assert follows[1] != gala.id
