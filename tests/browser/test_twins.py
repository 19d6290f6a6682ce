"""Look-alikes on a page in a real browser: on a small phone, by touch and by keys, with and without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from storage.parties import Twin
from storage.people import Person
from tests.bot.platforms.web.lobby import Lobby
from tests.browser.test_one_time import WAYS, Visit, fits_a_thumb, here, visit, who

__all__ = ("here", "visit")
WIDE = "很长的单位名称" * 6
SAID = {
    "en": ("differs", "stay two", "Question", "This page is closed"),
    "zh_CN": ("不一致", "是两个", "组", "这个页面已关闭"),
}


@pytest.fixture
def pairs(here: Lobby) -> None:
    with here.chat.app.database.write() as db:
        db.get_one(Person, here.li.id).admin = True
    for number in range(22):
        name = f"{chr(ord('A') + number) * 4} {chr(ord('a') + number) * 7}"
        here.ann.says(f"contact add {name} unit: {WIDE} email: a_long_address_{number}@example.org", direct=True)
        here.ann.says(f"contact add {name} unit: {WIDE} email: b{number}@example.org", direct=True)


def page_of(here: Lobby, visit: Visit, language: str, *, script: bool = True) -> Page:
    said = who(here, language).says("contact twins open", direct=True).body
    found = re.search(r"/twins/[0-9a-f]{64}", said)
    assert found is not None
    return visit(found[0], script=script)


def answers(here: Lobby) -> list[str]:
    with here.chat.read() as db:
        return [str(twin.answer) for twin in db.query(Twin).order_by(Twin.id)]


@pytest.mark.usefixtures("pairs")
@pytest.mark.parametrize(("language", "script"), [WAYS[0], WAYS[3]])
def test_a_page_is_settled_by_touch_and_one_answer_taken_back(
    here: Lobby,
    visit: Visit,
    language: str,
    script: bool,  # noqa: FBT001
) -> None:
    page, (differs, two, _, closed) = page_of(here, visit, language, script=script), SAID[language]
    expect(page.locator("fieldset")).to_have_count(20)
    first = page.locator("fieldset").first
    expect(first.locator(".mark")).to_have_text([differs])
    assert fits_a_thumb(page, ".choice label, .choice select, button")
    for box in (one.bounding_box() for one in first.locator("*").all()):
        assert box is None or box["x"] + box["width"] <= 360
    first.locator("[value=same]").tap()
    first.locator("select").select_option("P2")
    page.locator("fieldset").nth(1).locator("[value=apart]").tap()
    page.locator(".send button").tap()
    expect(page.locator(".came > li")).to_have_count(2)
    expect(page.locator(".came > li").last).to_contain_text(two)
    assert answers(here)[:3] == ["same", "apart", "open"]
    expect(page.locator("fieldset")).to_have_count(2)
    page.locator(".came button").last.tap()
    expect(page.locator(".came > li")).to_have_count(1)
    assert answers(here)[:3] == ["same", "open", "open"]
    page.locator(".turn a").first.tap()
    expect(page.locator("fieldset legend").first).to_contain_text("1.")
    page.locator("#finish button").tap()
    expect(page.locator("h1")).to_have_text(closed)


@pytest.mark.usefixtures("pairs")
def test_a_question_is_settled_by_keys_alone(here: Lobby, visit: Visit) -> None:
    page = page_of(here, visit, "en")
    for _ in range(2):  # which one stays, then the answer that is chosen
        page.keyboard.press("Tab")
    expect(page.get_by_label("Later").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Two different people").first).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("stay two")
    assert answers(here)[:2] == ["apart", "open"]
