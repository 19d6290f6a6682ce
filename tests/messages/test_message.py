"""A message survives its way through the outbox, and is never said with a hole in it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from pydantic import ValidationError

import messages
from messages import LOCALES, Attachment, Columns, Entry, Message, Offer, Question, Questions
from messages.message import Button, Choice, Field, FieldKind, Form, Row, Table, Tone

TASK = SimpleNamespace(ref="T12", title_zh="照片", title_en="Photos")
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
BUTTONS = st.lists(st.builds(Button, label=WORDS, line=WORDS, primary=st.booleans()), max_size=2).map(tuple)
FIELDS = st.builds(
    Field,
    name=WORDS,
    label=WORDS,
    kind=st.sampled_from(get_args(FieldKind)),
    choices=st.lists(st.builds(Choice, value=WORDS, label=WORDS), max_size=2).map(tuple),
)
MESSAGES = st.builds(
    Message,
    name=WORDS,
    locale=st.sampled_from(LOCALES),
    title=WORDS,
    body=WORDS,
    rows=st.lists(st.builds(Row, text=WORDS, buttons=BUTTONS), max_size=2).map(tuple),
    table=st.none()
    | st.builds(Table, columns=st.tuples(WORDS, WORDS), rows=st.just((("1", "x"),)), numbers=st.just((0,))),
    form=st.none() | st.builds(Form, line=WORDS, submit=WORDS, fields=st.lists(FIELDS, max_size=2).map(tuple)),
    buttons=BUTTONS,
    files=st.lists(
        st.builds(Attachment, name=WORDS, digest=WORDS, media_type=WORDS, size=st.integers(0, 2**40)), max_size=1
    ).map(tuple),
    tone=st.sampled_from(get_args(Tone)),
    private=st.booleans(),
    about=st.lists(WORDS, max_size=2).map(tuple),
)


@given(MESSAGES)
def test_what_was_stored_is_what_is_sent(message: Message) -> None:
    assert Message.model_validate_json(message.model_dump_json()) == message


def test_a_message_cannot_be_changed_and_has_no_other_parts() -> None:
    message = Message(name="a/b", locale="en")
    with pytest.raises(ValidationError):
        message.body = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Message.model_validate({"name": "a/b", "locale": "en", "colour": "red"})


@pytest.mark.parametrize(
    ("name", "refused"),
    [("checklist/refusals/which", True), ("checklist/done", False), ("web/refusals", False), ("help/refusals/", True)],
)
def test_a_refusal_is_told_by_its_name(name: str, refused: bool) -> None:  # noqa: FBT001  it is the expectation
    assert Message(name=name, locale="en").refused is refused


# --- write


def noted(locale: str, **facts: Any) -> Message:
    return messages.write("checklist/noted", locale, **{"tasks": [TASK], "text": "ok", **facts})


def test_a_message_carries_its_name_language_and_what_it_is_about() -> None:
    said = noted("zh_CN", about=["M1-T12"], tone="good", private=True)
    assert (said.name, said.locale, said.about, said.tone, said.private) == (
        "checklist/noted",
        "zh_CN",
        ("M1-T12",),
        "good",
        True,
    )
    assert (said.body, noted("en").body) == ("已记到 T12：ok", "Noted with T12: ok")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("missing", ["tasks", "text"])
def test_a_missing_fact_is_an_error_not_a_hole(locale: str, missing: str) -> None:
    facts: dict[str, Any] = {"tasks": [TASK], "text": "ok"}
    del facts[missing]
    with pytest.raises(UndefinedError, match=missing):
        messages.write("checklist/noted", locale, **facts)


def test_a_fact_without_the_part_that_is_shown_is_an_error_too() -> None:
    with pytest.raises((UndefinedError, AttributeError)):
        noted("en", tasks=[SimpleNamespace(title="Photos")])


def test_a_block_that_a_message_does_not_have_stays_empty() -> None:
    assert noted("en").footer == ""
    assert (noted("en").table, noted("en").form) == (None, None)


def test_a_table_without_rows_is_left_out() -> None:
    assert noted("en", table=Columns(("phase",), [])).table is None


# --- labels


def test_labels_come_from_the_common_ones_unless_the_message_has_its_own() -> None:
    undo = noted("en", buttons=[Offer("undo", "undo", primary=True)]).buttons
    assert undo == (Button(label="Undo", line="undo", primary=True),)
    assert noted("zh_CN", buttons=[Offer("undo", "undo")]).buttons[0].label == "撤销"
    own = messages.write(
        "slack/view", "en", buttons=[Offer("close", ""), Offer("cancel", ""), Offer("undo", "undo")]
    ).buttons
    assert [button.label for button in own] == ["Close", "Cancel", "Undo"]


def test_labels_are_plain_and_know_facts_of_their_own() -> None:
    meeting = SimpleNamespace(number=2, name_zh="", name_en="*Bridges*")
    said = noted("en", buttons=[Offer("meeting_use", "meeting use M2", facts={"meeting": meeting})])
    assert said.buttons[0].label == "M2 *Bridges*"


@pytest.mark.parametrize(
    "given",
    [
        {"buttons": [Offer("nothing_like_it", "x")]},
        {"form": Questions("x", [Question("nothing_like_it")])},
        {"table": Columns(("nothing_like_it",), [(1,)])},
        {"rows": [Entry({}, block="nothing_like_it")]},
    ],
)
def test_a_label_that_is_nowhere_is_an_error(given: dict[str, object]) -> None:
    with pytest.raises(KeyError, match="nothing_like_it"):
        noted("en", **given)


def test_a_form_is_worded_and_keeps_what_stands_in_it() -> None:
    asks = [
        Question("who", "choice", required=True, value="2", choices=[("1", "Li"), ("2", "*Wu*")]),
        Question("seen", "hidden", "7"),
    ]
    form = messages.write("checklist/assign_form", "en", tasks=[TASK], form=Questions("assign T12", asks)).form
    assert form is not None
    assert (form.line, form.submit) == ("assign T12", "Send")
    who, seen = form.fields
    assert (who.label, who.value, who.required) == ("Owner", "2", True)
    assert [(choice.value, choice.label) for choice in who.choices] == [("1", "Li"), ("2", "*Wu*")]
    assert (seen.label, seen.kind, seen.value, seen.hint) == ("seen", "hidden", "7", "")


# --- refuse


@pytest.mark.parametrize("locale", LOCALES)
def test_a_refusal_names_its_block_and_is_for_one_reader(locale: str) -> None:
    said = messages.refuse("checklist/which", locale, buttons=[Offer("list", "list")])
    assert (said.name, said.tone, said.private, said.refused) == ("checklist/refusals/which", "warn", True, True)
    assert (said.title, said.rows) == ("", ())
    assert said.body.isascii() is (locale == "en")
    assert [button.line for button in said.buttons] == ["list"]


def test_a_refusal_without_its_facts_or_without_words_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        messages.refuse("checklist/unknown", "en")
    with pytest.raises(KeyError, match="nothing_like_it"):
        messages.refuse("checklist/nothing_like_it", "en")
