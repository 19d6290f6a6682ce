"""What a page posts becomes one ask, and both sides of it stand in the conversation."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.platforms.web import receive
from handlers.refused import Refused
from messages import Message, Offer
from messages.message import Form
from storage import conversation
from tests.bot.platforms.web.house import FORM, LIST, House


def payload(house: House, index: int = -1) -> Message:
    return Message.model_validate_json(house.lines()[index].payload)


def test_say_keeps_the_line_and_the_answer(demo: House, li: TestClient) -> None:
    assert demo.hears(li, " hello ") == 204
    typed, answered = demo.lines(demo.room())
    assert (typed.text, typed.payload, typed.person_id is not None) == ("hello", "", True)
    assert (answered.text, answered.person_id) == ("", None)
    assert payload(demo).body == "heard hello"
    assert demo.parrot.heard == ["hello"]


def test_double_submit_is_one_ask(demo: House, li: TestClient) -> None:
    for _ in range(3):
        assert demo.hears(li, "hello") == 204
    assert demo.parrot.heard == ["hello"]
    assert len(demo.lines()) == 2


def test_the_same_event_of_another_person_is_another(demo: House, li: TestClient, wang: TestClient) -> None:
    demo.hears(li, "hello")
    demo.hears(wang, "hello")
    assert demo.parrot.heard == ["hello", "hello"]
    assert len(demo.lines()) == 4


@pytest.mark.parametrize("event", ["", "short", "a" * 65, "with blank!", "日历日历日历日历"])
def test_an_event_without_a_proper_id_is_refused(demo: House, li: TestClient, event: str) -> None:
    assert demo.hears(li, "hello", event=event) == 400
    assert demo.lines() == []


def test_nothing_said_is_nothing_heard(demo: House, li: TestClient) -> None:
    assert demo.hears(li, "   ") == 204
    assert (demo.parrot.heard, demo.lines()) == ([], [])


def test_a_private_answer_is_for_its_asker_only(demo: House, li: TestClient, wang: TestClient) -> None:
    demo.hears(li, "secret")
    typed, answered = demo.lines()
    assert answered.only_for == typed.person_id
    assert "heard secret" in li.get(f"/?room={demo.room()}").text
    assert "heard secret" not in wang.get(f"/?room={demo.room()}").text


def test_a_reply_speaks_of_what_the_message_spoke_of(demo: House, li: TestClient) -> None:
    parent = demo.bot_says(LIST)
    demo.hears(li, "done", reply_to=str(parent.id))
    assert demo.parrot.threads == [("M1-T1", "M1-T2")]
    assert [line.reply_to for line in demo.lines()] == [None, parent.id, parent.id]


def test_a_reply_to_a_reply_stays_in_the_thread(demo: House, li: TestClient) -> None:
    parent = demo.bot_says(LIST)
    demo.hears(li, "done", reply_to=str(parent.id))
    answer = demo.lines()[-1]
    demo.hears(li, "again", event="event-0002", reply_to=str(answer.id))
    assert {line.reply_to for line in demo.lines()[1:]} == {parent.id}
    assert demo.parrot.threads[-1] == ()


def test_a_reply_into_another_room_is_an_ordinary_line(demo: House, li: TestClient) -> None:
    parent = demo.bot_says(LIST, room=demo.room("money"))
    demo.hears(li, "done", reply_to=str(parent.id))
    assert demo.parrot.threads == [()]
    assert demo.lines()[-1].reply_to is None


def test_a_press_shows_the_label_that_the_bot_wrote(demo: House, li: TestClient) -> None:
    parent = demo.bot_says(LIST)
    demo.hears(li, "done M1-T1", pressed=str(parent.id), label="Give me everything")
    assert demo.parrot.heard == ["done M1-T1"]
    shown = payload(demo, -2)
    assert (shown.body, shown.footer, demo.lines()[-2].text) == ("Done", "T1 Photos", "")


def test_a_press_of_no_button_is_shown_as_typed(demo: House, li: TestClient) -> None:
    parent = demo.bot_says(LIST)
    demo.hears(li, "close M1", pressed=str(parent.id))
    assert (demo.lines()[-2].text, demo.lines()[-2].payload) == ("close M1", "")


def test_a_press_cannot_look_into_somebody_elses_answer(demo: House, li: TestClient, wang: TestClient) -> None:
    with demo.app.database.write() as db:
        hidden = conversation.say(
            db,
            demo.room(),
            key="hidden",
            at=demo.app.clock.now(),
            payload=LIST.model_dump_json(),
            only_for=1,
        )
    demo.hears(wang, "done M1-T1", pressed=str(hidden.id))
    assert demo.lines()[-2].text == "done M1-T1"


def test_a_form_sends_its_fields_beside_the_line(demo: House, li: TestClient) -> None:
    parent = demo.bot_says(FORM)
    demo.hears(li, "make", pressed=str(parent.id), fields={"field.name": "年会 <b>", "other": "x"})
    assert demo.parrot.fields == [{"name": "年会 <b>"}]
    assert (payload(demo, -2).body, payload(demo, -2).footer) == ("Create", "New meeting")


def fills(house: House, client: TestClient, form: Message, event: str = "event-0001", **fields: str) -> Any:
    assert form.form
    line = house.bot_says(form, key="the form")
    data = {"room": str(house.room()), "line": form.form.line, "event_id": event, "pressed": str(line.id)}
    return client.post("/say", data=data | {f"field.{name}": value for name, value in fields.items()})


def test_a_form_that_is_refused_is_answered_beside_it_and_nowhere_else(demo: House, li: TestClient) -> None:
    again = Offer("on", "settings nudges on")
    demo.parrot.refusals.append(Refused("settings/on_or_off", text="may<b>be", buttons=[again]))
    answer = fills(demo, li, FORM, name="may<b>be", other="b")
    line = demo.lines()[0]
    assert (answer.status_code, answer.headers["hx-retarget"]) == (422, f"#back-{line.id}")
    assert 'role="alert"' in answer.text
    assert 'data-field="name"' in answer.text
    assert "“may&lt;b&gt;be” is neither on nor off" in answer.text
    assert "settings nudges on" in answer.text
    assert [one.id for one in demo.lines()] == [line.id]
    assert fills(demo, li, FORM, event="event-0002", name="on").status_code == 204
    assert [payload(demo, index).body for index in (1, 2)] == ["Create", "heard make"]


def test_a_refusal_that_quotes_no_field_belongs_to_the_button(demo: House, li: TestClient) -> None:
    demo.parrot.refusals.append(Refused("meetings/order"))
    answer = fills(demo, li, FORM, name="x")
    assert (answer.status_code, 'data-field=""' in answer.text) == (422, True)


def test_a_form_that_is_asked_once_more_stays_the_same_one(demo: House, li: TestClient) -> None:
    same = FORM.model_copy(update={"body": "What is it called?"})
    demo.parrot.known["make"] = same
    assert "What is it called?" in fills(demo, li, FORM, name="x").text
    assert len(demo.lines()) == 1


def test_another_form_stands_in_the_conversation(demo: House, li: TestClient) -> None:
    demo.parrot.known["make"] = FORM.model_copy(update={"form": Form(line="next", submit="Next", fields=())})
    assert fills(demo, li, FORM, name="x").status_code == 204
    assert [payload(demo, index).body for index in (1, 2)] == ["Create", ""]


def test_a_refused_press_stands_in_the_conversation(demo: House, li: TestClient) -> None:
    demo.parrot.refusals.append(Refused("meetings/order"))
    parent = demo.bot_says(LIST)
    assert demo.hears(li, "done M1-T1", pressed=str(parent.id)) == 204
    assert payload(demo).refused


def test_a_line_that_is_too_long_is_not_kept_whole(demo: House, li: TestClient) -> None:
    demo.hears(li, "x" * 9000)
    assert len(demo.lines()[0].text) == receive.LONGEST_LINE


@pytest.mark.parametrize("room", ["0", "999", "x", "", "1; drop"])
def test_a_room_that_is_not_there_answers_404(demo: House, li: TestClient, room: str) -> None:
    data = {"room": room, "line": "hello", "event_id": "event-0001"}
    answer = li.post("/say", data=data)
    assert (answer.status_code, demo.parrot.heard) == (404, [])


def test_somebody_elses_own_room_answers_404(demo: House, li: TestClient, wang: TestClient) -> None:
    own = demo.room("李娜")
    assert demo.hears(li, "hello", room=own) == 204
    assert demo.hears(wang, "hello", room=own) == 404
    for path in (f"/?room={own}", f"/checklist?room={own}", f"/rooms?room={own}", f"/older?room={own}&before=9"):
        assert wang.get(path).status_code == 404
    assert wang.get(f"/events?room={own}&seen=0").status_code == 404


def test_an_ask_from_elsewhere_rings_for_open_pages(demo: House) -> None:
    rung: list[bool] = []
    demo.app.platforms["web"].bell.ring = lambda: rung.append(True)  # type: ignore[attr-defined]
    demo.app.dispatch.answer(demo.ask("hello"))
    assert rung
