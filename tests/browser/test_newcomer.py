"""A newcomer's first minutes with the real bot: a meeting, a task by button, one in words, the clock, a nudge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from bot.app import App, build
from bot.sections import WebSettings
from bot.settings import Settings
from storage.base import Base
from tests.browser.conftest import PHONE, Served, say
from tests.chat import StillClock, at


@dataclass(frozen=True)
class Words:
    """What is pressed and typed, and what must then be read, in one language."""

    locale: str
    begin: str
    name: str
    named: str
    by_button: str
    done: str
    how: str
    proof: str
    first: str
    spoken: str
    clock: str
    greeting: str
    settled: str


ENGLISH = Words(
    locale="en-GB",
    begin="Start with a meeting",
    name="name_en",
    named="Spring conference",
    by_button="show T8",
    done="Done",
    how="How",
    proof="How it went",
    first="1 of 58 done",
    spoken="T39 is done, the hashtag is in the handbook",
    clock="To the next nudge",
    greeting="to see to",
    settled="2 of 58 done",
)
CHINESE = Words(
    locale="zh-CN",
    begin="先建一个会议",
    name="name_zh",
    named="春季年会",
    by_button="查看 T8",
    done="完成",
    how="怎么做",
    proof="办得怎么样",
    first="已完成 1 / 58",
    spoken="T39 搞定了，话题标签印在会刊上了",
    clock="跳到下一次提醒",
    greeting="件事要跟进",
    settled="已完成 2 / 58",
)

Opener = Callable[..., Page]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A demo in which nothing has happened yet; time stands at ten on a Wednesday until the page moves it."""
    settings = Settings(_env_file=None, data=tmp_path, synchronous="NORMAL", demo=True, web=WebSettings(port=0))
    made = build(settings, clock=StillClock(moment=at("2026-06-10 10:00")))
    Base.metadata.create_all(made.database.writer)
    yield made
    made.database.close()


@pytest.fixture
def opened(chromium: Browser, app: App) -> Iterator[Opener]:
    """The page as a newcomer finds it; nothing may go wrong in its console."""
    served, contexts, wrong = Served(app), [], []

    def start(locale: str, **look: Any) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1360, "height": 860}, "locale": locale, **look})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(served.address)
        if locale.startswith("en"):
            page.get_by_role("button", name="English").click()
            expect(page.locator("html")).to_have_attribute("lang", "en")
        return page

    yield start
    for context in contexts:
        context.close()
    served.stop()
    assert wrong == []


def first_minutes(page: Page, words: Words, *, narrow: bool) -> None:
    page.get_by_role("button", name=words.begin).last.click()
    form = page.locator(".card form").last
    form.locator(f'[name="field.{words.name}"]').fill(words.named)
    form.locator('[name="field.end"]').fill("2026-06-08 17:00")
    form.get_by_role("button").last.click()
    expect(page.locator(".card").last).to_contain_text(words.named)

    say(page, words.by_button)
    newest(page, words.how).get_by_role("button", name=words.done, exact=True).click()
    proof = newest(page, words.proof)
    proof.locator("textarea").fill("Li, Wang, the interpreters")
    proof.get_by_role("button", name=words.done, exact=True).click()
    expect(page.locator("#panel")).to_contain_text(words.first)
    say(page, words.spoken)
    expect(page.locator("#panel")).to_contain_text(words.settled)

    if narrow:
        page.locator("button[data-drawer=side]").first.click()
    page.get_by_role("button", name=words.clock).click()
    expect(page.locator(".card").filter(has_text=words.greeting).first).to_be_visible()


def newest(page: Page, told: str) -> Locator:
    """The bot's last message, once it says this."""
    card = page.locator(".card").last
    expect(card).to_contain_text(told)
    return card


def shown(page: Page, folder: Path, name: str) -> None:
    """A picture for people to look at; pytest keeps the folder of the last rounds."""
    page.screenshot(path=folder / f"{name}.png")


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_a_newcomers_first_minutes(words: Words, opened: Opener, app: App, tmp_path: Path) -> None:
    page = opened(words.locale)
    first_minutes(page, words, narrow=False)
    assert app.clock.now() > datetime.fromisoformat("2026-06-10T10:00:00+08:00")
    shown(page, tmp_path, words.locale)


def test_a_newcomers_first_minutes_on_a_phone(opened: Opener, tmp_path: Path) -> None:
    page = opened(CHINESE.locale, **PHONE)
    first_minutes(page, CHINESE, narrow=True)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    shown(page, tmp_path, "phone")


def in_a_new_room(page: Page) -> None:
    page.get_by_text("新建群聊").click()
    page.get_by_label("群聊名称").fill("秘书处")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("秘书处")


@pytest.mark.parametrize("said", ["settings language English", "settings room language English"])
def test_a_page_changes_its_language_as_soon_as_the_bot_does(said: str, opened: Opener) -> None:
    page = opened(CHINESE.locale)
    in_a_new_room(page)
    say(page, said)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#panel")).to_contain_text("No meeting yet")
    expect(page.locator("h1")).to_have_text("秘书处")
    expect(page.locator(".mine .bubble")).to_have_text(said)
    expect(page.locator(".card")).to_have_count(1)


def test_another_language_leaves_what_is_half_typed(opened: Opener) -> None:
    page = opened(CHINESE.locale)
    page.locator("#line").fill("half a sen")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="English").click()
    expect(other.locator("html")).to_have_attribute("lang", "en")
    page.bring_to_front()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#line")).to_have_value("half a sen")


def test_a_page_whose_scripts_come_slowly_is_live_all_the_same(opened: Opener) -> None:
    other = opened(CHINESE.locale)
    page = other.context.new_page()

    def slowly(route: Route) -> None:
        page.wait_for_timeout(1_000)
        route.continue_()

    page.route("**/hx-sse*", slowly)
    page.goto(other.url)
    say(other, "帮助")
    expect(page.locator("#lines")).to_contain_text("帮助")
