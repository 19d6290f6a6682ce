"""Forms open within the three seconds of a trigger, stay open until they are accepted, and act once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot import web
from bot.app import build
from bot.ask import Ask
from messages import Message
from storage import checklist, meetings
from tests.bot.platforms.slack.office import ANN, BO, CHANNEL, Office, SlackClock, settings
from tests.fakes.slack_requests import Sent


def asks(house: Office, line: str = "due M1-T59") -> dict[str, Any]:
    """The window that a command opens."""
    house.does(house.person().command("/huihou", line))
    return house.window()


def inputs(view: dict[str, Any]) -> list[str]:
    return [block["block_id"].split("/")[0] for block in view["blocks"] if block["type"] == "input"]


def due_of(house: Office, number: int = 59) -> str:
    with house.app.database.read() as db:
        task = checklist.get(db, 1, number)
        assert task is not None
        return f"{task.due_at:%Y-%m-%d}"


# --- opening


def test_a_command_whose_answer_is_a_form_opens_it(begun: Office) -> None:
    answer = begun.does(begun.person().command("/huihou", "meeting new"))
    assert answer == {}
    assert begun.window()["callback_id"] == "form"
    assert "end" in inputs(begun.window())


def test_a_press_whose_answer_is_a_form_opens_it_and_says_nothing(begun: Office) -> None:
    begun.does(begun.person().mentions("done T59"))
    begun.does(begun.person().mentions("show T60"))
    before = len(begun.said())
    begun.does(begun.person().presses(begun.said()[-1], "due M1-T60"))
    assert inputs(begun.window()) == ["when"]
    assert len(begun.said()) == before
    assert begun.slack.ephemeral == []


def test_a_proof_that_is_lacking_is_asked_for_in_a_window(begun: Office) -> None:
    begun.does(begun.person().mentions("show T8"))
    begun.does(begun.person().presses(begun.said()[-1], "done M1-T8"))
    view = begun.window()
    assert inputs(view) == ["note"]
    assert begun.does(begun.person().submits(view, note="All were thanked on the spot.")) == {}
    assert "T8" in begun.texts()[-1]


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_press_that_comes_again_opens_one_window(begun: Office, times: int) -> None:
    begun.does(begun.person().mentions("show T60"))
    begun.does(begun.person().presses(begun.said()[-1], "due M1-T60"), times=times)
    assert len(begun.slack.views) == 1
    assert begun.slack.ephemeral == []


def test_when_the_trigger_is_spent_the_form_is_said(begun: Office) -> None:
    begun.does(begun.person().mentions("show T60"))
    begun.slack.will("views.open", error="expired_trigger_id")
    begun.does(begun.person().presses(begun.said()[-1], "due M1-T60"))
    (told,) = begun.slack.ephemeral
    assert told["user"] == ANN
    fill = next(one for block in told["blocks"] for one in block.get("elements", ()) if one.get("action_id") == "fill")
    message = {**told, "ts": "1.1"}
    begun.does(begun.person().presses(message, fill["value"]))
    assert inputs(begun.window()) == ["when"]


# --- what takes long


class Slow:
    """An answer that waits until it is let go."""

    def __init__(self, house: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go, self.seen = threading.Event(), threading.Event()
        self.answer = house.app.dispatch.answer
        monkeypatch.setattr(house.app.dispatch, "answer", self.later)

    def later(self, ask: Ask) -> Message:
        self.seen.set()
        assert self.go.wait(10)
        return self.answer(ask)


def finish(house: Office, slow: Slow) -> None:
    slow.go.set()
    assert house.app.door is not None
    house.app.door.desk.pool.shutdown(wait=True)
    house.settle()


def impatient(house: Office) -> None:
    assert house.app.door is not None
    house.app.door.desk.quick = house.app.door.desk.patient = 0.0


def test_what_takes_long_is_waited_for_in_a_window(begun: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    begun.does(begun.person().mentions("show T60"))
    impatient(begun)
    slow = Slow(begun, monkeypatch)
    begun.post(begun.person().presses(begun.said()[-1], "due M1-T60"))
    assert begun.window()["callback_id"] == "loading"
    finish(begun, slow)
    assert inputs(begun.window()) == ["when"]


def test_an_answer_that_comes_late_is_read_in_the_window_and_said(
    begun: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun.does(begun.person().mentions("show T60"))
    impatient(begun)
    slow = Slow(begun, monkeypatch)
    begun.post(begun.person().presses(begun.said()[-1], "done M1-T60"))
    finish(begun, slow)
    assert "T60" in str(begun.window()["blocks"])
    assert "T60" in begun.texts()[-1]


def test_a_slow_command_is_answered_later(begun: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(begun)
    slow = Slow(begun, monkeypatch)
    assert begun.post(begun.person().command("/huihou", "done T60")).text == ""
    finish(begun, slow)
    assert "T60" in begun.texts()[-1]


def test_a_slow_refusal_is_shown_to_who_asked(begun: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(begun)
    slow = Slow(begun, monkeypatch)
    assert begun.post(begun.person().command("/huihou", "done T999")).text == ""
    finish(begun, slow)
    (told,) = begun.slack.ephemeral
    assert ("T999" in told["text"], told["user"], begun.said()) == (True, ANN, [])


def test_a_slow_form_is_answered_in_its_window(begun: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    view = asks(begun)
    impatient(begun)
    slow, soon = Slow(begun, monkeypatch), list[Callable[[], None]]()
    assert begun.app.door is not None
    monkeypatch.setattr(begun.app.door.desk, "soon", soon.append)
    answer = begun.post(begun.person().submits(view, when="12 June 2026")).json()
    assert (answer["response_action"], answer["view"]["callback_id"]) == ("update", "loading")
    finish(begun, slow)
    assert begun.slack.called("views.update") == []
    (then,) = soon
    then()
    assert "12 Jun" in str(begun.window()["blocks"])


# --- sending


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_form_acts_once_and_its_answer_is_said_where_it_was_asked(begun: Office, times: int) -> None:
    view = asks(begun)
    assert begun.does(begun.person().submits(view, when="12 June 2026"), times=times) == {}
    assert due_of(begun) == "2026-06-12"
    assert len(begun.said()) == 1
    assert "12 Jun" in begun.texts()[0]


def test_what_is_not_accepted_stands_below_its_field(begun: Office) -> None:
    view = asks(begun, "edit M1-T59")
    answer = begun.does(begun.person().submits(view, title="x" * 300))
    assert answer["response_action"] == "errors"
    assert [block.split("/")[0] for block in answer["errors"]] == ["title"]
    assert begun.said() == []
    assert begun.does(begun.person().submits(view, title="Water all the plants")) == {}
    assert "Water all the plants" in begun.texts()[-1]


def test_a_refusal_that_quotes_a_field_stands_below_that_field(begun: Office) -> None:
    view = asks(begun, "add")
    typed = {"title": "Buy new plants", "due": "the day after never"}
    answer = begun.does(begun.person().submits(view, **typed))
    assert [block.split("/")[0] for block in answer["errors"]] == ["due"]


def test_a_form_that_asks_once_more_keeps_what_was_typed(begun: Office) -> None:
    view = asks(begun, "meeting new")
    answer = begun.does(begun.person().submits(view, name_en="Winter School", end="whenever"))
    assert answer["response_action"] == "update"
    shown = str(answer["view"]["blocks"])
    assert "Winter School" in shown
    assert "whenever" in shown


def test_a_window_of_a_meeting_that_is_gone_says_so(begun: Office) -> None:
    view = asks(begun)
    with begun.app.database.write() as db:
        db.delete(meetings.get(db, 1))
    answer = begun.does(begun.person().submits(view, when="12 June 2026"))
    assert answer["response_action"] == "errors"


@pytest.mark.parametrize("metadata", ["", "{}", "[]", '{"line": "done T59"}', "x" * 3000])
def test_a_window_that_is_not_ours_is_answered_politely(begun: Office, metadata: str) -> None:
    view = {**asks(begun), "private_metadata": metadata}
    answer = begun.does(begun.person().submits(view, when="12 June 2026"))
    assert answer["response_action"] == "update"
    assert "earlier time" in str(answer["view"]["blocks"])
    assert begun.said() == []


def test_closing_a_window_does_nothing(begun: Office) -> None:
    view = asks(begun)
    assert begun.does(begun.person().closes(view)) == {}
    assert begun.said() == []


def test_a_form_from_the_home_tab_is_answered_in_their_own_conversation(begun: Office) -> None:
    begun.does(begun.alone().opens_home())
    begun.does(begun.person().shortcut("new_meeting"))
    form = begun.window()
    begun.does(begun.person().submits(form, name_en="Winter School", end="12 June 2026 17:00"))
    assert "Winter School" in begun.texts(begun.own())[-1]
    assert begun.said() == []


# --- menus


def test_people_are_offered_while_somebody_types(begun: Office) -> None:
    for number in range(120):
        begun.slack.add_user(f"U1{number:03}", f"Person {number}")
        begun.app.door.desk.faces.meet("main", f"U1{number:03}")  # type: ignore[union-attr]
    view = asks(begun, "assign M1-T59")
    answer = begun.does(begun.person().searches(view, "who", "person 11"))
    names = [one["text"]["text"] for one in answer["options"]]
    assert names == ["Person 11", *(f"Person 11{digit}" for digit in range(10))]
    choice = answer["options"][0]["value"]
    begun.does(begun.person().submits(view, who=choice))
    assert "Person 11" in begun.texts()[-1]


# --- shortcuts


def test_a_message_becomes_a_task(begun: Office) -> None:
    said = begun.person(BO).says(f"Please send <@{BO}|bo> the &lt;final&gt; list\nThanks")
    begun.does(begun.person().message_shortcut("make_task", said.payload["event"]))
    view = begun.window()
    title = next(block["element"] for block in view["blocks"] if block["block_id"].startswith("title/"))
    assert "the <final> list" in title["initial_value"]
    begun.does(begun.person().submits(view, title="Send the final list"))
    assert "Send the final list" in begun.texts()[-1]


def test_a_message_with_a_file_is_attached(begun: Office) -> None:
    ann = begun.person()
    said = ann.says("here it is", files=[ann.uploads("a.csv", b"a,b")])
    begun.does(ann.message_shortcut("attach_to_task", said.payload["event"]))
    assert "a.csv" in begun.texts()[-1]
    assert begun.said()[-1]["thread_ts"] == said.payload["event"]["ts"]


def test_the_links_of_a_message_are_attached_too(begun: Office) -> None:
    ann = begun.person()
    links = "<https://disk.example.org/a?x=1&amp;y=2|our disk> and <https://example.org/b>"
    said = ann.says(f"all at {links}, <mailto:a@b.org|a@b.org>", files=[ann.uploads("a.csv", b"a,b")])
    begun.does(ann.message_shortcut("attach_to_task", said.payload["event"]), times=2)
    (asked,) = begun.said()
    assert "a.csv" in asked["text"]
    value = "attach M1-T3 F1 https://disk.example.org/a?x=1&y=2 https://example.org/b"
    begun.does(ann.presses(asked, value))
    assert "https://disk.example.org/a?x=1&amp;y=2" in begun.told(ann.command("/huihou", "show T3"))["text"]


def test_in_the_thread_of_a_task_nobody_is_asked_which(begun: Office) -> None:
    ann = begun.person()
    begun.does(ann.mentions("show T13"))
    said = ann.says("<https://example.org/b>", thread=begun.said()[-1]["ts"])
    begun.does(ann.message_shortcut("attach_to_task", said.payload["event"]))
    assert "That is all the evidence it needs" in begun.texts()[-1]


def test_of_a_message_with_neither_it_is_said(begun: Office) -> None:
    said = begun.person().says("just words")
    begun.does(begun.person().message_shortcut("attach_to_task", said.payload["event"]), times=2)
    (told,) = begun.slack.ephemeral
    assert "neither a file nor a link" in told["text"]
    assert begun.said() == []


# --- menus and boxes in messages


def act(house: Office, **action: Any) -> Sent:
    house.does(house.person().mentions("show T60"))
    press = house.person().presses(house.said()[-1], "due M1-T60")
    return replace(press, payload={**press.payload, "actions": [{"action_id": "x", "block_id": "b", **action}]})


ACTIONS: list[tuple[dict[str, Any], str]] = [
    ({"type": "static_select", "selected_option": {"value": "done M1-T60"}}, "T60"),
    ({"type": "overflow", "selected_option": {"value": "done M1-T60"}}, "T60"),
    ({"type": "external_select", "selected_option": {"value": "done M1-T60"}}, "T60"),
    ({"type": "users_select", "action_id": "assign M1-T60 {}", "selected_user": BO}, "Bo"),
    ({"type": "datepicker", "action_id": "due M1-T60 {}", "selected_date": "2026-06-12"}, "12 Jun"),
]


@pytest.mark.parametrize(("action", "told"), ACTIONS, ids=lambda one: str(one)[:30])
def test_whatever_is_chosen_says_its_line(begun: Office, action: dict[str, Any], told: str) -> None:
    begun.does(act(begun, **action))
    assert told in begun.texts()[-1]


@pytest.mark.parametrize(
    "action",
    [
        {"type": "channels_select", "selected_channel": CHANNEL},
        {"type": "static_select", "selected_option": None},
        {"type": "button", "value": ""},
        {"type": "button", "value": "\N{SNOWMAN} nothing that was ever a command"},
    ],
    ids=str,
)
def test_what_says_nothing_is_answered_politely_or_not_at_all(begun: Office, action: dict[str, Any]) -> None:
    sent = act(begun, **action)
    before = len(begun.said())
    begun.does(sent)
    assert len(begun.said()) == before


def boxes(house: Office, *lines: str) -> Sent:
    group = [{"value": line, "text": {"type": "plain_text", "text": line}} for line in lines]
    return act(house, type="checkboxes", action_id="tick.1", selected_options=group)


def test_each_box_acts_when_it_is_ticked_and_not_again(begun: Office) -> None:
    first = boxes(begun, "done M1-T59")
    begun.does(first, times=2)
    both = boxes(begun, "done M1-T59", "done M1-T60").payload["actions"]
    begun.does(replace(first, payload={**first.payload, "actions": both, "trigger_id": "2.t"}))
    before = len(begun.said())
    begun.does(replace(first, payload={**first.payload, "trigger_id": "3.t"}))
    assert len(begun.said()) == before
    assert begun.slack.ephemeral == []
    assert sum("T59" in text and "T60" not in text for text in begun.texts()) == 1


def ticks(house: Office, first: Sent, press: str, *lines: str) -> Sent:
    """The same group by another press, with these boxes ticked."""
    action = {**first.payload["actions"][0], "selected_options": [{"value": line} for line in lines]}
    return replace(first, payload={**first.payload, "actions": [action], "trigger_id": press}, at=house.slack.clock)


def test_a_box_that_is_ticked_anew_acts_anew(begun: Office) -> None:
    first = boxes(begun, "done M1-T59")
    begun.does(first)
    begun.does(ticks(begun, first, "2.t"))
    begun.does(ticks(begun, first, "3.t", "done M1-T59"))
    (told,) = begun.slack.ephemeral
    assert "done already" in told["text"]


def test_what_was_ticked_is_known_to_every_process(begun: Office, tmp_path: Path) -> None:
    first = boxes(begun, "done M1-T59")
    begun.does(first)
    app = build(settings(begun.slack, tmp_path), clock=SlackClock(slack=begun.slack))
    other = Office(begun.slack, app, TestClient(web.site(app), base_url="http://127.0.0.1"))
    other.does(ticks(begun, first, "2.t", "done M1-T59", "done M1-T60"))
    other.does(first)
    assert begun.slack.ephemeral == []
    assert [sum(f"T{at}" in text for text in begun.texts()[1:]) for at in (59, 60)] == [1, 1]
    assert app.door is not None
    app.door.stop()
    app.database.close()
