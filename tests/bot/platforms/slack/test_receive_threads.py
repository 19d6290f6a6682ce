"""In the thread of a message, and with a reaction to it, its tasks are meant."""

from __future__ import annotations

from typing import Any

import pytest

from storage import checklist
from storage.checklist import State
from tests.bot.platforms.slack.office import BO, CHANNEL, Office


def state(house: Office, number: int) -> State:
    with house.app.database.read() as db:
        task = checklist.get(db, 1, number)
        assert task is not None
        return task.state


def nudged(house: Office, *only: int) -> dict[str, Any]:
    """The nudge of the next slot; every other task was settled before."""
    with house.app.database.write() as db:
        for task in checklist.tasks(db, 1):
            if task.number not in only:
                task.state = State.NOT_APPLICABLE
    house.app.move_clock(house.app.clock.now().replace(hour=8, minute=0))
    before = len(house.said())
    for _ in range(300):
        house.slack.clock += 600
        house.app.settle()
        if len(house.said()) > before:
            return house.said()[-1]
    raise AssertionError("nobody was nudged")


# --- threads


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_done_under_a_message_means_its_task(begun: Office, times: int) -> None:
    begun.does(begun.person().mentions("show T59"))
    root = begun.said()[-1]["ts"]
    begun.does(begun.person().says("done", thread=root), times=times)
    assert state(begun, 59) == State.DONE
    assert [one["thread_ts"] for one in begun.said()[1:]] == [root]


def test_words_in_a_thread_are_understood_as_anywhere(begun: Office) -> None:
    begun.does(begun.person().mentions("show T59"))
    begun.does(begun.person().says("搞定了", thread=begun.said()[-1]["ts"]))
    assert state(begun, 59) == State.DONE


def test_the_thread_of_somebody_else_is_not_listened_to(begun: Office) -> None:
    root = begun.person().says("T59 is my favourite").payload["event"]["ts"]
    begun.does(begun.person().says("done T59", thread=root))
    assert begun.said() == []
    begun.does(begun.person().mentions("done T59", thread_ts=root))
    assert [one["thread_ts"] for one in begun.said()] == [root]


# --- reactions


@pytest.mark.parametrize("times", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("name", "then"),
    [("white_check_mark", State.DONE), ("heavy_check_mark", State.DONE), ("eyes", State.DOING), ("zzz", State.OPEN)],
)
def test_a_reaction_to_a_nudge_says_it(begun: Office, name: str, then: State, times: int) -> None:
    nudge = nudged(begun, 59)
    begun.does(begun.person().reacts(nudge, name), times=times)
    assert state(begun, 59) == then
    answers = [one for one in begun.said() if one.get("thread_ts") == nudge["ts"]]
    assert len(answers) == 1
    assert ("the next reminder comes on Mon 1 Jun" in answers[0]["text"]) == (name == "zzz")


@pytest.mark.parametrize("said", ["done: 👌 :huihou-done:", "done: :+1: :huihou-done: tomorrow: white_check_mark"])
def test_a_workspace_says_what_reactions_mean(begun: Office, said: str) -> None:
    begun.does(begun.person().command("/huihou", f"settings reactions {said}"))
    nudge = nudged(begun, 59)
    begun.does(begun.person().reacts(nudge, "heavy_check_mark"))
    assert state(begun, 59) == State.OPEN
    begun.does(begun.person().reacts(nudge, "huihou-done" if "👌" in said else "+1::skin-tone-2"))
    assert state(begun, 59) == State.DONE


def test_a_reaction_to_a_nudge_of_several_asks_which(begun: Office) -> None:
    nudge = nudged(begun, 59, 60)
    begun.does(begun.person().reacts(nudge, "white_check_mark"))
    (asked,) = begun.slack.ephemeral
    assert "done M1-T59" in str(asked["blocks"])
    assert (state(begun, 59), state(begun, 60)) == (State.OPEN, State.OPEN)


def test_other_reactions_and_other_messages_say_nothing(begun: Office) -> None:
    nudge = nudged(begun, 59)
    before = len(begun.said())
    begun.does(begun.person().reacts(nudge, "tada"))
    begun.does(begun.person().mentions("show T59"))
    begun.does(begun.person().reacts(begun.said()[-1], "white_check_mark"))
    theirs = begun.person(BO).says("T59").payload["event"]
    begun.does(begun.person().reacts(theirs, "white_check_mark"))
    assert len(begun.said()) == before + 1
    assert state(begun, 59) == State.OPEN


def test_a_press_on_a_nudge_is_answered_in_its_thread(begun: Office) -> None:
    nudge = nudged(begun, 59)
    begun.does(begun.person().presses(nudge, "done M1-T59"))
    answer = next(one for one in begun.said() if "T59" in one["text"] and one["ts"] > nudge["ts"])
    assert answer["thread_ts"] == nudge["ts"]
    begun.app.settle()
    begun.settle()
    (first, *_) = [one for one in begun.slack.posted(CHANNEL) if one["ts"] == nudge["ts"]]
    assert first["text"] != nudge["text"] or first.get("edited")
