"""What needs an approval: who may give it is asked once, and told when it is not needed any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.checklist import State
from tests.chat import Place, Somebody, at, buttons, text
from tests.handlers.checklist.conftest import Team


@pytest.fixture
def open_door(team: Team) -> Team:
    """At ten in the morning; the lead and the finance officer talk with the bot in private."""
    team.chat.clock.move_to(at("2026-06-10 10:00"))
    for one in (team.bo, team.li):
        one.says("today", direct=True)
    return team


def asked(team: Team, line: str = "done T52 the figures are attached") -> str:
    said = text(team.li.says(line))
    team.chat.settle()
    return said


def heard(who: Somebody) -> list[str]:
    return [text(message) for message in who.heard()]


def test_the_lead_is_asked_in_private_with_a_button(open_door: Team) -> None:
    said = asked(open_door)
    assert "is done once it is approved; it waits for Bo." in said
    assert "I have asked Bo in private." in said
    assert "Approve" not in said
    (told,) = open_door.bo.heard()
    assert "Li asks you to approve T52 " in text(told)
    assert "“the figures are attached”" in text(told)
    assert "You get this because you lead the meeting." in text(told)
    assert [button.line for button in buttons(told)] == ["approve M1-T52", "show M1-T52"]
    assert open_door.task(52).state == State.OPEN


def test_it_is_asked_once(open_door: Team) -> None:
    asked(open_door)
    assert "Li asked for it on Wed 10 Jun, 10:00, so I did not ask again." in asked(open_door)
    assert len(open_door.bo.heard()) == 1


def test_once_approved_the_request_is_struck_through_and_who_asked_hears_of_it(open_door: Team) -> None:
    asked(open_door)
    open_door.bo.presses("Approve", open_door.bo.heard()[0])
    open_door.chat.settle()
    (told,) = open_door.bo.heard()
    assert "approved by Bo, Wed 10 Jun, 10:00" in text(told)
    assert buttons(told) == []
    assert "Bo approved T52 " in heard(open_door.li)[0]
    assert open_door.task(52).state == State.DONE


def test_an_undone_approval_opens_the_request_again(open_door: Team) -> None:
    asked(open_door)
    open_door.bo.says("approve T52")
    open_door.bo.presses("Undo")
    open_door.chat.settle()
    (told,) = open_door.bo.heard()
    assert "Li asks you to approve T52 " in text(told)
    assert [button.label for button in buttons(told)] == ["Approve", "Details"]


def test_who_asked_hears_that_an_approval_was_undone(open_door: Team) -> None:
    asked(open_door)
    open_door.bo.presses("Approve", open_door.bo.heard()[0])
    open_door.bo.presses("Undo")
    open_door.chat.settle()
    before, after = open_door.li.heard()
    assert before.withdrawn
    assert "Bo took the approval of T52 " in text(after)
    open_door.bo.says("approve T52")
    open_door.chat.settle()
    assert "Bo approved T52 " in heard(open_door.li)[-1]


def test_a_request_can_be_taken_back_and_made_again(open_door: Team) -> None:
    asked(open_door)
    open_door.li.presses("Undo")
    open_door.chat.settle()
    assert "no longer asked for" in heard(open_door.bo)[0]
    asked(open_door)
    assert "Li asks you to approve" in heard(open_door.bo)[1]


@pytest.mark.parametrize("line", ["skip T52 there is no audit", "carry T52 @wang", "done T52 anyway: by word of mouth"])
def test_what_is_settled_otherwise_needs_no_approval(open_door: Team, line: str) -> None:
    asked(open_door)
    open_door.bo.says(line)
    open_door.chat.settle()
    assert "settled without an approval" in heard(open_door.bo)[0]
    open_door.bo.says("reopen T52")
    open_door.chat.settle()
    assert "Li asks you to approve" in heard(open_door.bo)[0]


def test_what_was_approved_and_is_reopened_needs_a_new_approval(open_door: Team) -> None:
    asked(open_door)
    open_door.bo.says("approve T52")
    assert "Its approval no longer counts" in text(open_door.bo.says("reopen T52"))
    asked(open_door)
    assert open_door.task(52).state == State.OPEN
    open_door.bo.says("undo")
    assert "no longer counts" not in text(open_door.bo.says("reopen T10"))


def test_an_undone_reopening_leaves_it_approved(open_door: Team) -> None:
    asked(open_door)
    open_door.bo.says("approve T52")
    open_door.bo.says("reopen T52")
    open_door.bo.presses("Undo")
    assert open_door.task(52).state == State.DONE
    assert "approved" in text(open_door.ann.says("show T52")).lower()


def test_at_night_it_waits_and_may_be_needless_by_then(open_door: Team) -> None:
    open_door.chat.clock.move_to(at("2026-06-10 21:00"))
    asked(open_door)
    assert open_door.bo.heard() == []
    open_door.li.says("undo")
    open_door.chat.wait("2026-06-11 09:00")
    assert open_door.bo.heard() == []


def test_who_cannot_be_told_in_private_is_named_in_the_room(team: Team) -> None:
    said = text(team.li.says("done T52"))
    assert "@Bo, please look at it and press Approve, or say approve T52." in said
    assert "[Approve] approve M1-T52" in said


def test_asked_in_private_it_is_said_in_the_team_room(team: Team) -> None:
    team.chat.clock.move_to(at("2026-06-10 10:00"))
    assert "so I asked in team." in text(team.li.says("done M1-T52", direct=True))
    team.chat.settle()
    (told,) = Place(team.chat, "team").heard()
    assert "@Bo, Li asks you to approve T52 " in text(told)
    team.bo.presses("Approve", told)
    team.chat.settle()
    assert "approved by Bo" in text(Place(team.chat, "team").heard()[0])


def test_nobody_sees_a_button_that_is_no_use_to_them(open_door: Team) -> None:
    labels = [button.label for button in buttons(open_door.li.says("show T52"))]
    assert "Approve" not in labels
    assert "waits for Bo" in text(open_door.li.last)  # type: ignore[arg-type]
    assert buttons(open_door.bo.says("show T52"))[0].label == "Approve"
    mixed = open_door.li.says("done T52 T51")
    assert "Approve" not in [button.label for button in buttons(mixed)]
    refused = open_door.wang.says("approve T52")
    assert buttons(refused) == []
    assert "Approvals are given by Bo." in text(open_door.wang.says("approve"))


def test_what_waits_is_offered_with_the_asked_for_first(open_door: Team) -> None:
    asked(open_door)
    offered = [button.line for button in buttons(open_door.bo.says("approve"))]
    assert offered[0] == "approve M1-T52"
    assert all(open_door.task(int(line.split("-T")[1])).rule().kind == "approval" for line in offered[:-1])


def test_the_journal_and_the_card_tell_of_it(open_door: Team) -> None:
    asked(open_door)
    assert "approval asked for: the figures are attached · Li" in text(open_door.li.says("show T52"))
    assert ": approval asked for" in text(open_door.bo.says("log T52"))


def test_in_chinese(speak: Callable[..., Team]) -> None:
    team = speak(locale="zh_CN", now="2026-06-10 10:00")
    team.bo.says("今天", direct=True)
    assert "等 Bo 批准。已私下请 Bo 批准。" in text(team.li.says("完成 T52")).replace("\n", "")
    team.chat.settle()
    assert "[批准] 批准 M1-T52" in text(team.bo.heard()[0])
