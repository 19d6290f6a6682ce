"""Forms in the conversation: they open at their top, and say at the field what is wrong with it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from handlers.refused import Refused
from messages import Message
from messages.message import Field, Form
from tests.bot.platforms.web.house import House
from tests.browser.conftest import PHONE, Opener, say

LONG = Message(
    name="x/form",
    locale="en",
    title="A long form",
    form=Form(
        line="make",
        submit="Create",
        fields=(
            Field(name="seen", label="seen", kind="hidden", value="3"),
            *(Field(name=f"f{number}", label=f"Field {number}", hint=f"Hint {number}") for number in range(16)),
        ),
    ),
)


def opened_form(parrot: House, page: Page) -> None:
    parrot.parrot.known["new"] = LONG
    for number in range(4):
        parrot.bot_says(Message(name="x", locale="en", body=f"before {number}"), key=f"before-{number}")
    say(page, "new")
    expect(page.get_by_label("Field 0")).to_be_focused()


@pytest.mark.parametrize("look", [{}, PHONE], ids=["desk", "phone"])
def test_a_long_form_opens_at_its_top(parrot: House, opened: Opener, look: dict[str, object]) -> None:
    page = opened(**look)
    opened_form(parrot, page)
    expect(page.get_by_text("A long form")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Create")).not_to_be_in_viewport()
    page.reload()
    expect(page.get_by_text("A long form")).to_be_in_viewport(ratio=1)


def test_somebody_elses_form_takes_nobodys_place(parrot: House, opened: Opener) -> None:
    li, wang = opened("li"), opened("wang")
    opened_form(parrot, wang)
    expect(li.get_by_label("Field 0")).to_be_visible()
    expect(li.locator("#line")).to_be_focused()


@pytest.mark.parametrize("look", [{}, PHONE], ids=["desk", "phone"])
def test_what_is_wrong_stands_at_its_field(parrot: House, opened: Opener, look: dict[str, object]) -> None:
    page = opened(**look)
    opened_form(parrot, page)
    lines = len(parrot.lines())
    field = page.get_by_label("Field 3")
    field.fill("perhaps")
    page.get_by_label("Field 5").fill("per")
    parrot.parrot.refusals.append(Refused("settings/on_or_off", text="perhaps"))
    page.get_by_role("button", name="Create").click()
    expect(page.locator("form.asked [role=alert]")).to_be_in_viewport(ratio=1)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("“perhaps” is neither on nor off.* Hint 3"))
    assert len(parrot.lines()) == lines
    field.fill("on")
    page.get_by_role("button", name="Create").click()
    expect(page.locator(".card").last).to_have_text("heard make")
    expect(page.locator(".card").last).to_be_in_viewport(ratio=1)
    expect(page.locator("form.asked [role=alert]")).to_have_count(0)
    expect(field).to_have_accessible_description("Hint 3")
    assert parrot.parrot.fields[-1] == {"seen": "3", **{f"f{n}": {3: "on", 5: "per"}.get(n, "") for n in range(16)}}


def test_what_is_wrong_with_no_single_field_stands_at_the_button(parrot: House, opened: Opener) -> None:
    page = opened()
    opened_form(parrot, page)
    parrot.parrot.refusals += [Refused("meetings/order"), Refused("meetings/nameless")]
    for words in ("cannot end before it begins", "needs a name"):
        page.get_by_role("button", name="Create").click()
        expect(page.locator("form.asked [role=alert]")).to_contain_text(words)
        expect(page.locator("form.asked [role=alert]")).to_be_in_viewport(ratio=1)
    expect(page.locator("[aria-invalid]")).to_have_count(0)


def test_a_form_whose_answer_was_lost_is_heard_once_unless_it_was_changed(parrot: House, opened: Opener) -> None:
    page = opened()
    opened_form(parrot, page)
    create = page.get_by_role("button", name="Create")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    for wanted in (["new", "make"], ["new", "make", "make", "make"]):
        page.route("**/say", lose)
        create.click()
        expect(page.locator("#notice")).to_contain_text("Please press once more")
        page.unroute("**/say")
        if len(wanted) > 2:
            page.get_by_label("Field 0").fill("another")
        with page.expect_response("**/say"):
            create.click()
        expect(page.locator("#notice")).to_be_empty()
        assert parrot.parrot.heard == wanted
