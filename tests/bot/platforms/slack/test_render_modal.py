"""Forms become windows and come back as what was filled in; the Home tab holds what it can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack.home import Home, home
from bot.platforms.slack.modal import errors, loading, modal, options
from bot.platforms.slack.modal import given as sent
from messages import LOCALES
from messages.message import Button, Choice, Field, Message
from tests.bot.platforms.slack.oracle import faults
from tests.bot.platforms.slack.shapes import FIELDS, SHAPES, choices, elements, form, message, row, said, table

View = dict[str, Any]
HIDDEN = Field(name="seen", label="seen", kind="hidden", value="7")


def window(*fields: Field, **parts: Any) -> View:
    return modal(message(title="Assign T12", form=form(*fields), **parts), {"room": "C1"})


def inputs(view: View) -> list[View]:
    return [block for block in view["blocks"] if block["type"] == "input"]


def answered(view: View, **typed: str) -> View:
    """The view as Slack sends it when nothing but ``typed`` was changed."""
    values: dict[str, Any] = {}
    for block in inputs(view):
        name, part, _ = block["block_id"].rsplit("/", 2)
        element, more = block["element"], typed.get(name) if part == "0" else None
        state: dict[str, Any] = {"type": element["type"]}
        if element["type"].endswith("select"):
            state["selected_option"] = {"value": more} if more else element.get("initial_option")
        else:
            state["value"] = more or element.get("initial_value")
        values[block["block_id"]] = {element["action_id"]: state}
    return {**view, "state": {"values": values}}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_taken_and_comes_back(name: str, locale: str) -> None:
    field = FIELDS[name]
    view = window(field, HIDDEN, locale=locale)
    assert faults(view) == []
    found = sent(answered(view))
    assert found.line == "assign M1-T12"
    assert found.about == {"room": "C1"}
    assert found.fields == {field.name: field.value, "seen": "7"}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_fits_a_window(shape: str, locale: str) -> None:
    assert faults(modal(SHAPES[shape].model_copy(update={"locale": locale, "form": form(FIELDS["text"])}))) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_window_that_comes_first_is_light(locale: str) -> None:
    view = loading(locale)
    assert faults(view) == []
    assert len(view["blocks"]) == 1
    assert "submit" not in view


@given(st.text("字a\n ", max_size=20_000))
def test_a_long_text_comes_back_as_it_was(text: str) -> None:
    text = text.strip()
    view = window(Field(name="letter", label="Letter", kind="long", value=text))
    assert faults(view) == []
    assert sent(answered(view)).fields["letter"] == text


def test_what_is_changed_comes_back_changed() -> None:
    view = window(FIELDS["text"], FIELDS["choice"], FIELDS["number"])
    found = sent(answered(view, title="New", who="@#5", amount="3"))
    assert found.fields == {"title": "New", "who": "@#5", "amount": "3"}


def test_a_part_that_was_emptied_leaves_no_gap() -> None:
    view = answered(window(FIELDS["long"]))
    first, second, *_ = sorted(view["state"]["values"])
    view["state"]["values"][second]["given"]["value"] = None
    assert "\n\n\n\n" not in sent(view).fields["letter"]
    view["state"]["values"][first]["given"]["value"] = None
    assert sent(view).fields["letter"].startswith("尊敬")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("text", "plain_text_input"),
        ("number", "number_input"),
        ("no number", "plain_text_input"),
        ("choice", "static_select"),
        ("many choices", "external_select"),
        ("no choice", "plain_text_input"),
        ("long values", "plain_text_input"),
    ],
)
def test_a_field_is_asked_in_its_own_way(name: str, kind: str) -> None:
    (block,) = inputs(window(FIELDS[name]))
    assert block["element"]["type"] == kind


def test_what_must_be_given_is_marked_and_explained() -> None:
    needed, free = inputs(window(FIELDS["text"], FIELDS["empty"]))
    assert (needed["optional"], needed["hint"]["text"], needed["element"]["initial_value"]) == (
        False,
        "一句话",
        "签到表",
    )
    assert free["optional"] is True
    assert not {"hint", "initial_value"} & {*free, *free["element"]}


def test_no_choice_at_all_is_not_an_option_but_a_named_one_is() -> None:
    (unnamed,) = inputs(window(FIELDS["choice or none"]))
    (named,) = inputs(window(FIELDS["named none"]))
    assert len(unnamed["element"]["options"]) == 3
    assert named["element"]["initial_option"]["text"]["text"] == "-"
    assert sent(answered(window(FIELDS["named none"]))).fields == {"who": ""}


def test_a_title_that_is_cut_stands_whole_in_the_window() -> None:
    long = modal(message(title="Which of the two meetings does this file belong to?"))
    assert long["title"]["text"] == "Which of the two…"
    assert long["blocks"][0]["text"]["text"] == "Which of the two meetings does this file belong to?"
    assert "header" not in [block["type"] for block in window(FIELDS["text"])["blocks"]]


def test_a_long_label_stands_whole_above_the_menu() -> None:
    assert "名" * 200 + " 1" in list(said(window(FIELDS["long choices"])["blocks"]))


def test_a_label_of_signs_that_count_twice_is_cut_where_it_must_be() -> None:
    many = (Choice(value="@#1", label="🧨" * 60), Choice(value="@#2", label="🧨" * 200))
    view = window(Field(name="who", label="Who", kind="choice", choices=many))
    assert faults(view) == []
    assert inputs(view)[0]["element"]["options"][0]["text"]["text"] == "🧨" * 37


def test_a_window_without_a_form_is_only_closed() -> None:
    view = modal(message(title="Saved", body="T12 is done.", buttons=(Button(label="Undo", line="undo"),)))
    assert faults(view) == []
    assert "submit" not in view
    assert view["close"]["text"] == "Close"


def test_what_cannot_be_carried_is_not_opened() -> None:
    with pytest.raises(ValueError, match="3000"):
        window(Field(name="h", label="h", kind="hidden", value="x" * 3000))


@pytest.mark.parametrize("metadata", ["", "[]", "{}", "3", '{"line": "x"}', '{"line": "x", "hidden": 3, "about": {}}'])
def test_a_window_that_is_not_ours_is_not_read(metadata: str) -> None:
    with pytest.raises(ValueError, match="not a window"):
        sent({"private_metadata": metadata, "state": {"values": {}}})


@pytest.mark.parametrize(("field", "below"), [("who", "who/0/0"), ("", "title/0/0"), ("elsewhere", "title/0/0")])
def test_what_was_not_accepted_is_said_below_the_field(field: str, below: str) -> None:
    view = window(FIELDS["text"], FIELDS["choice"])
    refused = message(body="**李娜** is away until 12 June.")
    assert errors(view, refused, field=field) == {
        "response_action": "errors",
        "errors": {below: "李娜 is away until 12 June."},
    }


def test_a_window_without_fields_is_replaced_by_the_refusal() -> None:
    answer = errors(modal(message(body="x")), message(body="That meeting is gone."))
    assert answer["response_action"] == "update"
    assert faults(answer["view"]) == []


def test_a_menu_is_searched_by_every_word() -> None:
    def found(typed: str) -> list[str]:
        return [one["text"]["text"] for one in options(choices(150, "Li Na"), typed)["options"]]

    assert found("na 149") == ["Li Na 149"]
    assert found("NA li 14") == ["Li Na 14", "Li Na 114", *(f"Li Na {at}" for at in range(140, 150))]
    assert len(found("")) == 100
    assert found("bo") == []


# --- the Home tab


def both(mine: Message, progress: Message | None = None) -> View:
    view = home(Home(mine, progress))
    assert faults(view) == []
    return view


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_fits_the_home_tab(shape: str) -> None:
    shown = both(SHAPES[shape].model_copy(update={"title": "Yours"}), SHAPES["a large table"])
    assert (shown["type"], shown["blocks"][0]["text"]["text"]) == ("home", "Yours")


def test_home_shows_ones_own_tasks_first() -> None:
    shown = both(message(title="Yours", rows=(row(1),)), message(title="Progress", table=table()))
    assert [block["type"] for block in shown["blocks"]] == [
        "header", "rich_text", "actions", "divider", "header", "table",
    ]  # fmt: skip


def test_home_has_one_table() -> None:
    shown = both(message(table=table()), message(table=table()))
    kinds = [one["type"] for one in elements(shown["blocks"])]
    assert kinds.count("table") == 1
    assert "签到表" in str(shown["blocks"][-1])


def test_a_home_that_would_be_too_long_says_that_there_is_more() -> None:
    shown = both(message(rows=tuple(row(at, long="长" * 200) for at in range(60))))
    last: Mapping[str, Any] = shown["blocks"][-1]
    assert len(shown["blocks"]) == 100
    assert last["elements"][0]["text"].startswith("There is more than fits here. list mine")
