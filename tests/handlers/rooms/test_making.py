"""Groups that the bot makes: who is in them, what is said there, what an undo leaves behind."""

from __future__ import annotations

import pytest

from handlers.reach import Reach
from storage import meetings
from tests.chat import Place, text
from tests.handlers.rooms.conftest import Club


@pytest.mark.parametrize(
    "line",
    [
        "room new Forum team @王五",
        "room new M1 Forum team @wang",
        "群 新建 Forum team @王五",
        "新建群“Forum team”@王五",
    ],
)
def test_a_group_has_the_lead_who_asks_and_those_who_are_named(club: Club, line: str) -> None:
    answer = club.ann.says(line)
    assert (answer.name, answer.refused) == ("rooms/made", False)
    club.chat.settle()
    assert club.members("Forum team") == [club.ann.id, club.wang.id]
    [hello] = Place(club.chat, club.room("Forum team").external).heard()
    assert "This room follows Forum" in text(hello)
    assert "write to me in private" in text(hello)


def test_where_nobody_is_named_all_who_have_to_do_with_the_meeting_are_in_it(club: Club) -> None:
    club.ann.says("room new Forum team")
    assert club.members("Forum team") == [club.ann.id, club.li.id]
    club.ann.says("assign T5 @wang")
    club.ann.says("room new Second team")
    assert club.members("Second team") == [club.ann.id, club.li.id, club.wang.id]


def test_the_form_asks_for_the_name_alone(club: Club) -> None:
    club.ann.says("room new M1")
    assert club.ann.fills(name="Forum team", room="gala").name == "rooms/made"
    assert club.members("Forum team") == [club.ann.id, club.li.id]
    with club.chat.read() as db:
        meeting = meetings.by_number(db, 1, 1)
        assert meeting is not None
        assert club.room("Forum team").meeting_id == meeting.id


def test_who_has_no_account_there_is_asked_for_or_left_out(club: Club) -> None:
    club.ann.says("people add Zhao")
    refused = club.ann.says("room new Forum team @zhao")
    assert "Zhao has not written to me in terminal yet" in text(refused)
    club.ann.says("role add M1 records @zhao")
    assert "Not in it: Zhao" in text(club.ann.says("room new Forum team"))
    assert "Zhao has not written" in text(club.ann.says("room add @zhao"))
    assert club.members("Forum team") == [club.ann.id, club.li.id]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("room new " + "x" * 51, "rooms/refusals/long"),
        ("room new TEAM @wang", "rooms/refusals/taken"),
        ("room new M2 Gala team", "rooms/refusals/alone"),
        ("room add @wang", "rooms/refusals/none"),
        ("room add team @wang", "rooms/refusals/not_ours"),
        ("room add #999 @wang", "rooms/refusals/unknown"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(club: Club, line: str, why: str) -> None:
    before = club.ann.says("room list").rows
    assert club.ann.says(line).name == why
    assert club.ann.says("room list").rows == before


def test_only_whoever_runs_the_meeting_makes_and_changes_groups(club: Club) -> None:
    assert club.li.says("room new Forum team @wang").name == "people/refusals/not_allowed"
    club.ann.says("room new Forum team @wang")
    for line in ("room add Forum team @li", "room remove Forum team @wang", "room use Forum team M1"):
        assert club.li.says(line).name == "people/refusals/not_allowed", line
    assert club.members("Forum team") == [club.ann.id, club.wang.id]


def test_where_the_platform_makes_none_one_is_told_to_make_it_by_hand(club: Club) -> None:
    club.chat.app.dispatch.reach = {"slack": Reach()}
    assert "invite me to it, and say meeting use M1 there" in text(club.ann.says("room new Forum team @wang"))


# --- who is in it


def test_people_join_and_leave_and_the_group_is_told(club: Club) -> None:
    club.ann.says("room new Forum team @wang")
    assert "Li Na: now in Forum team" in text(club.ann.says("room add @li"))
    assert club.members("Forum team") == [club.ann.id, club.wang.id, club.li.id]
    assert "王五: no longer in Forum team" in text(club.ann.says("群 移人 Forum team 王五"))
    assert club.members("Forum team") == [club.ann.id, club.li.id]
    club.chat.settle()
    assert club.heard("Forum team") == ["rooms/greeting", "rooms/members", "rooms/members"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("room add @wang", "in_already"),
        ("room remove @li", "not_in"),
        ("room remove @wang", "too_few"),
    ],
)
def test_who_is_in_it_stays_sensible(club: Club, line: str, why: str) -> None:
    club.ann.says("room new Forum team @wang")
    assert club.ann.says(line).name == f"rooms/refusals/{why}"
    assert club.members("Forum team") == [club.ann.id, club.wang.id]


def test_a_form_offers_everybody_to_add_and_the_members_to_remove(club: Club) -> None:
    club.ann.says("room new Forum team @wang")
    club.ann.says("room add")
    club.ann.fills(who=f"@#{club.li.id}")
    assert club.members("Forum team") == [club.ann.id, club.wang.id, club.li.id]
    asked = club.ann.says("room remove #3")
    assert asked.form is not None
    assert [choice.label for choice in asked.form.fields[0].choices] == ["Ann", "王五", "Li Na"]


def test_of_several_groups_one_is_pressed(club: Club) -> None:
    club.ann.says("room new Forum team @wang")
    club.ann.says("room new Night shift @wang")
    assert club.ann.says("room add @li").name == "rooms/refusals/which"
    club.ann.presses("Night shift")
    assert club.members("Night shift") == [club.ann.id, club.wang.id, club.li.id]
    assert club.members("Forum team") == [club.ann.id, club.wang.id]


# --- undo


def test_a_group_that_was_taken_back_at_once_is_never_greeted(club: Club) -> None:
    club.ann.says("room new Forum team @wang")
    back = text(club.ann.says("undo"))
    assert "王五 is no longer in Forum team" in back
    club.chat.settle()
    assert (club.members("Forum team"), club.heard("Forum team")) == ([], [])
    assert club.room("Forum team").meeting_id is None


def test_a_group_that_was_greeted_already_is_told_that_it_was_taken_back(club: Club) -> None:
    club.ann.says("room new Forum team @wang")
    club.chat.settle()
    club.ann.says("undo")
    club.chat.settle()
    assert club.heard("Forum team") == ["rooms/greeting", "rooms/over"]


def test_who_was_removed_by_mistake_is_back_and_the_group_hears_who_is_in_it(club: Club) -> None:
    club.ann.says("room new Forum team @wang @li")
    club.ann.says("room remove @wang")
    club.ann.says("undo")
    assert sorted(club.members("Forum team")) == sorted([club.ann.id, club.li.id, club.wang.id])
    club.chat.settle()
    assert club.heard("Forum team") == ["rooms/greeting", "rooms/members", "rooms/members"]


def test_two_people_who_turn_out_to_be_one_are_in_it_once(club: Club) -> None:
    club.ann.says("people add Wang Wu")
    club.ann.says("room new Forum team @王五 @li")
    club.ann.says('people merge @"Wang Wu" @王五')
    assert sorted(club.members("Forum team")) == sorted([club.ann.id, club.li.id, club.wang.id])


def test_where_groups_are_made_a_meeting_says_how(club: Club) -> None:
    answer = club.ann.says("meeting new Gala end: 2026-06-08 17:00", direct=True)
    assert "`room new M" in answer.body
    club.chat.app.dispatch.reach = {}
    assert "`meeting use M" in club.ann.says("meeting new Picnic end: 2026-06-08 17:00", direct=True).body
