"""How a message looks in a terminal."""

from __future__ import annotations

from bot.platforms.console.render import buttons, drawn
from messages import Attachment, Message
from messages.message import Button, Choice, Field, Form, Row, Table, Upload


def message(**parts: object) -> Message:
    return Message.model_validate({"name": "x", "locale": "en", **parts})


def test_parts_are_set_apart_and_markdown_becomes_words() -> None:
    shown = drawn(message(title="**Title**", body="One \\*star\\*\n\n- a\n- b", footer="_why_"))
    assert shown == "Title\n\nOne *star*\n\n- a\n- b\n\nwhy"


def test_an_address_stands_behind_the_words_that_lead_there() -> None:
    body = "[Open the page](https://example.org/x), then [https://example.org/y](https://example.org/y)\n\n[Here](/z)"
    shown = "Open the page https://example.org/x , then https://example.org/y\n\nHere /z"
    assert drawn(message(body=body)) == shown


def test_a_button_is_printed_with_the_command_that_it_says() -> None:
    rows = (Row(text="T1 *Strike*", buttons=(Button(label="Done", line="done M1-T1"),)),)
    made = message(rows=rows, buttons=(Button(label="Undo", line="undo"),))
    assert drawn(made) == "• T1 Strike\n  [Done] done M1-T1\n\n[Undo] undo"


def test_numbers_are_the_places_of_the_buttons() -> None:
    rows = tuple(Row(text=ref, buttons=(Button(label="Done", line=f"done {ref}"),)) for ref in ("T1", "T2"))
    made = message(rows=rows, buttons=(Button(label="Undo", line="undo"),))
    shown = drawn(made, numbered=True)
    for number, button in enumerate(buttons(made), 1):
        assert f"{number}. [{button.label}] {button.line}" in shown


def test_chinese_columns_stand_under_each_other() -> None:
    table = Table(columns=("任务", "n"), rows=(("撤场", "7"), ("Strike", "12")), numbers=(1,))
    assert drawn(message(table=table)) == "任务     n\n撤场     7\nStrike  12"


def test_a_form_tells_what_to_type_instead() -> None:
    fields = (
        Field(name="reason", label="Why", required=True),
        Field(name="who", label="Who", kind="choice", value="2", choices=(Choice(value="2", label="Bo"),)),
        Field(name="seen", label="seen", kind="hidden", value="3"),
    )
    shown = drawn(message(form=Form(line="wait T5", submit="Send", fields=fields)))
    assert shown == "- Why * [reason]\n- Who [who] = 2: 2 (Bo)\n→ wait T5 …"


def test_a_file_is_named_with_its_size() -> None:
    file = Attachment(name="会议纪要.pdf", digest="a" * 64, media_type="application/pdf", size=12)
    assert drawn(message(files=(file,))) == "会议纪要.pdf (12 B, SHA-256 aaaaaaaaaaaa…)"


def test_where_files_can_be_sent_it_says_how() -> None:
    wanted = Upload(line="attach M1-T5", label="Send files", here="Send it with the words `attach T5`.", about="T5")
    assert drawn(message(upload=wanted)) == "Send it with the words attach T5."
