"""What a phone of 360 pixels shows: tables that can be read, an invitation in one line, nothing too wide."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from messages import Message
from messages.message import Button, Row, Table
from tests.bot.platforms.web.house import House
from tests.browser.conftest import PHONE, Opener

SMALL = {**PHONE, "viewport": {"width": 360, "height": 740}}
PROGRESS = Message(
    name="x/status",
    locale="en",
    title="Progress",
    table=Table(
        columns=("Phase", "Progress", "Settled", "All"),
        rows=(
            ("1 On-site wrap-up and settlement", "█████░░░░░", "5", "10"),
            ("2 Collecting and archiving the materials", "░░░░░░░░░░", "0", "8"),
        ),
        numbers=(2, 3),
    ),
)
MOVE = Message(
    name="x/move",
    locale="en",
    table=Table(
        columns=("Task", "Before", "After"),
        rows=(("T1 Strike the set", "Mon 8 June 18:00", "Tue 9 June 18:00"), ("T2", "", "Wed 10 June")),
    ),
)


def fits(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))


def test_a_tables_rows_stand_as_lines_on_a_phone(parrot: House, opened: Opener) -> None:
    parrot.bot_says(PROGRESS, key="progress")
    parrot.bot_says(MOVE, key="move")
    page = opened(**SMALL)
    for box in page.locator(".scroll").all():
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    first = page.get_by_role("cell", name="1 On-site wrap-up and settlement")
    width = first.evaluate("cell => cell.clientWidth")
    assert width > 250
    said = "cell => getComputedStyle(cell, '::before').content.replaceAll('\"', '') + ' ' + cell.innerText"
    labelled = page.locator("td[data-column]:not(:first-child):visible").evaluate_all(f"all => all.map({said})")
    assert labelled == [
        *("Settled 5", "All 10", "Settled 0", "All 8"),
        *("Before Mon 8 June 18:00", "After Tue 9 June 18:00", "After Wed 10 June"),
    ]
    assert fits(page)


@pytest.mark.parametrize("look", [{}, SMALL], ids=["desk", "phone"])
def test_a_table_is_one_to_a_screen_reader(parrot: House, opened: Opener, look: dict[str, object]) -> None:
    parrot.bot_says(PROGRESS)
    page = opened(**look)
    expect(page.get_by_role("columnheader")).to_have_text(["Phase", "Progress", "Settled", "All"])
    expect(page.get_by_role("row")).to_have_count(3)
    bars = page.get_by_role("table").get_by_role("progressbar", name="Progress")
    assert bars.evaluate_all("all => all.map(bar => bar.position)") == [0.5, 0]


@pytest.mark.parametrize("lang", ["English", "中文"])
def test_the_invitation_to_write_is_one_line(opened: Opener, lang: str) -> None:
    wide = opened()
    if lang == "中文":
        wide.get_by_role("button", name=lang).click()
        expect(wide.locator("html")).to_have_attribute("lang", "zh-CN")
    page = opened(**SMALL)
    one_line = wide.locator("#line").evaluate("box => box.clientHeight")
    assert page.locator("#line").evaluate("box => box.clientHeight") <= one_line + 4
    assert page.locator("#line").evaluate(
        """box => { const brush = document.createElement("canvas").getContext("2d");
        brush.font = getComputedStyle(box).font;
        return brush.measureText(box.placeholder).width < box.clientWidth; }"""
    )
    page.set_viewport_size({"width": 1000, "height": 700})
    expect(page.locator("#line")).to_have_attribute(
        "placeholder", wide.locator("#line").get_attribute("placeholder") or ""
    )


def test_beside_a_row_of_several_paragraphs_stands_no_button(parrot: House, opened: Opener) -> None:
    words = "\n\n".join(["A letter to somebody, in full."] * 4)
    show = (Button(label="Details", line="show"),)
    rows = (Row(text=words, buttons=show),)
    parrot.bot_says(Message(name="x/sample", locale="en", title="Approve?", rows=rows), key="sample")
    page = opened(**PHONE)
    text, button = (page.locator(f".rows {part}").bounding_box() for part in (".text", "button"))
    assert text
    assert button
    assert button["y"] >= text["y"] + text["height"]
