"""A real Chromium, and a real server on a free port for it to look at."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot import web
from bot.app import App
from tests.bot.platforms.web.house import House, house

CHROMIUM = os.environ.get("HUIHOU_CHROMIUM", "/usr/bin/chromium")
# Without these, Chromium looks for its maker at every start; a closed network refuses that, noisily.
QUIET = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --no-sandbox"
).split()
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

Opener = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; HUIHOU_CHROMIUM names another")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Served:
    """An app that can be looked at; after ``stop``, ``start`` is at the same address again."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.address = ""
        self.start()

    def start(self) -> None:
        listening = threading.Event()

        def heard(address: str) -> None:
            self.address = address
            listening.set()

        self.server = web.server(self.app, listening=heard)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        assert listening.wait(10)
        here = self.app.settings.web.model_copy(update={"port": int(self.address.rsplit(":", 1)[1])})
        self.app.settings = self.app.settings.model_copy(update={"web": here})

    def stop(self) -> None:
        self.server.stop()
        self.thread.join(15)
        assert not self.thread.is_alive()


@pytest.fixture
def parrot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A demo whose bot says again what it hears."""
    made = house(tmp_path, monkeypatch, demo=True, web={"port": 0})
    yield made
    made.app.database.close()


@pytest.fixture
def served(parrot: House) -> Iterator[Served]:
    running = Served(parrot.app)
    yield running
    running.stop()


@pytest.fixture
def opened(chromium: Browser, served: Served) -> Iterator[Opener]:
    """Open the chat as somebody, in a browser of their own; nothing may go wrong in its console."""
    contexts, wrong = [], []

    def note(kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text and "Failed to fetch" not in text:
            wrong.append(text)

    def start(account: str = "li", path: str = "/", **look: Any) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1360, "height": 860}, "locale": "en-GB", **look})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: note(message.type, message.text))
        page.on("pageerror", lambda error: note("error", str(error)))
        page.goto(served.address)
        if account != "li":
            page.evaluate(
                """who => { const form = document.querySelector(".menu form");
                form.querySelector(`[value="${who}"]`).click(); }""",
                account,
            )
            page.wait_for_function("who => document.body.dataset.me === who", arg=account)
        page.goto(served.address + path)
        expect(page.locator("#line")).to_be_visible()
        return page

    yield start
    for context in contexts:
        context.close()
    assert wrong == []


def say(page: Page, words: str) -> None:
    """Type and press Enter."""
    page.locator("#line").fill(words)
    page.keyboard.press("Enter")
