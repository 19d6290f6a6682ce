"""One-time pages on a phone, in both languages, with and without a script: a form, and a place to leave files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from messages import Message
from storage import meetings, workspace
from storage.checklist import Proof
from tests.bot.platforms.web.lobby import PHOTO, Lobby, lobby
from tests.browser.conftest import Served
from tests.chat import Somebody

SMALL: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
WAYS = [(language, script) for language in ("en", "zh_CN") for script in (True, False)]

REASONS = {
    "en": ("files of this kind are not accepted", "its content is not what its ending says"),
    "zh_CN": ("不接受这种文件", "文件内容和扩展名对不上"),
}
"""Why the page takes no program, and no PDF that is none."""

Visit = Callable[..., Page]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lobby]:
    made = lobby(tmp_path, web={"port": 0})
    running = Served(made.chat.app)
    made.address = running.address
    yield made
    running.stop()
    made.chat.close()


@pytest.fixture
def visit(chromium: Browser, here: Lobby) -> Iterator[Visit]:
    """Open a path on a small phone; nothing may go wrong in its console, nothing may be wider than the screen."""
    contexts, wrong, pages = [], [], []

    def open_page(path: str, *, script: bool = True) -> Page:
        context = chromium.new_context(**SMALL, java_script_enabled=script, locale="de-DE")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(here.address + path)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        assert page.locator("body").bounding_box()["width"] <= 360  # type: ignore[index]
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    for context in contexts:
        context.close()
    assert [text for text in wrong if "Failed to load resource" not in text] == []


def who(here: Lobby, language: str) -> Somebody:
    return here.ann if language == "en" else here.li


def fits_a_thumb(page: Page, selector: str) -> bool:
    boxes = [one.bounding_box() for one in page.locator(selector).all()]
    return bool(boxes) and all(box and box["height"] >= 44 for box in boxes)


def proofs(here: Lobby) -> list[str]:
    with here.chat.read() as db:
        return [proof.value for proof in db.query(Proof).order_by(Proof.id)]


def asked(here: Lobby, language: str, line: str) -> Message:
    return who(here, language).says(line, direct=True)


@pytest.mark.parametrize(("language", "script"), WAYS)
def test_a_form_is_filled_in_put_right_and_sent(here: Lobby, visit: Visit, language: str, script: bool) -> None:  # noqa: FBT001
    page = visit(here.form(asked(here, language, "meeting new"), who=who(here, language)), script=script)
    assert fits_a_thumb(page, "main :is(input:not([type=hidden]), select, textarea, button)")
    page.locator('[name="field.name_en"]').fill("Autumn School")
    page.locator('[name="field.end"]').fill("some day")
    page.locator("main button").tap()
    expect(page.locator(".words")).to_contain_text("some day")
    expect(page.locator('[name="field.name_en"]')).to_have_value("Autumn School")
    page.locator('[name="field.end"]').fill("2026-06-09 17:00")
    page.locator("main button").tap()
    expect(page.locator("h1")).to_have_text("Done" if language == "en" else "完成")
    page.reload() if script else page.goto(page.url)
    expect(page.locator("h1")).to_have_text("Sent already" if language == "en" else "已经提交过了")
    with here.chat.read() as db:
        names = [one.name_en for one in meetings.running(db, workspace.by_key(db, "main").id)]
    assert names == ["Forum", "Autumn School"]


def file(name: str, content: bytes = PHOTO) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_files_are_sent_as_they_are_chosen(here: Lobby, visit: Visit, language: str) -> None:
    page = visit(here.upload(asked(here, language, "attach M1-T12"), who=who(here, language)))
    assert fits_a_thumb(page, ".way, #finish button")
    expect(page.locator(".plainly")).to_be_hidden()
    page.locator("#files").set_input_files([file("照片.jpg"), file("virus.exe", b"MZ"), file("list.pdf", b"no pdf")])
    expect(page.locator("#list .yes")).to_have_count(1)
    expect(page.locator("#list .no")).to_have_count(2)
    for refused, why in zip(page.locator("#list .no").all(), REASONS[language], strict=True):
        expect(refused).to_contain_text(why)
    expect(page.locator("#told .yes")).to_be_visible()
    assert proofs(here) == ["照片.jpg"]
    page.locator("#camera").set_input_files([file("IMG_1.jpg", PHOTO + b"1")])
    expect(page.locator("#list .yes")).to_have_count(2)
    expect(page.locator("#told .yes")).to_be_visible()
    assert proofs(here) == ["照片.jpg", "IMG_1.jpg"]
    page.locator("#finish button").tap()
    expect(page.locator("h1")).to_have_text("This page is closed" if language == "en" else "这个页面已关闭")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_without_a_script_files_are_sent_by_the_form(here: Lobby, visit: Visit, language: str) -> None:
    page = visit(here.upload(asked(here, language, "attach M1-T12"), who=who(here, language)), script=False)
    page.locator("#files").set_input_files([file("照片.jpg"), file("virus.exe", b"MZ")])
    page.locator(".plainly").tap()
    expect(page.locator("#list .yes")).to_have_count(1)
    expect(page.locator("#list .no")).to_have_count(1)
    expect(page.locator("#told .yes")).to_be_visible()
    assert proofs(here) == ["照片.jpg"]
    page.locator("#finish button").tap()
    expect(page.locator("h1")).to_have_text("This page is closed" if language == "en" else "这个页面已关闭")


def test_a_file_that_broke_off_is_sent_again_with_a_press(here: Lobby, visit: Visit) -> None:
    page = visit(here.upload(asked(here, "en", "attach M1-T12")))
    page.route("**/file?*", lambda route: route.abort())
    page.locator("#files").set_input_files([file("a.jpg")])
    expect(page.locator("#list .no")).to_contain_text("the connection broke")
    expect(page.locator("#finish button")).to_be_enabled()
    page.unroute("**/file?*")
    page.locator("#list button").tap()
    expect(page.locator("#told .yes")).to_be_visible()
    assert proofs(here) == ["a.jpg"]


def test_a_last_word_that_was_lost_is_said_again_with_a_press(here: Lobby, visit: Visit) -> None:
    page = visit(here.upload(asked(here, "en", "attach M1-T12")))
    page.route("**/give", lambda route: route.abort())
    page.locator("#files").set_input_files([file("a.jpg")])
    expect(page.locator("#told .no")).to_be_visible()
    page.unroute("**/give")
    page.locator("#told button").tap()
    expect(page.locator("#told .yes")).to_be_visible()
    assert proofs(here) == ["a.jpg"]


def test_an_answer_that_was_lost_is_told_again_with_a_press(here: Lobby, visit: Visit) -> None:
    page = visit(here.upload(asked(here, "en", "attach M1-T12")))
    page.route("**/give", lose_the_answer)
    page.locator("#files").set_input_files([file("a.jpg")])
    expect(page.locator("#told .no")).to_be_visible()
    assert proofs(here) == ["a.jpg"]
    page.unroute("**/give")
    page.locator("#told button").tap()
    expect(page.locator("#told .yes")).to_contain_text("a.jpg")
    assert proofs(here) == ["a.jpg"]


def test_a_file_that_is_chosen_after_an_answer_was_lost_is_not_lost(here: Lobby, visit: Visit) -> None:
    page = visit(here.upload(asked(here, "en", "attach M1-T12")))
    page.route("**/give", lose_the_answer)
    page.locator("#files").set_input_files([file("a.jpg")])
    expect(page.locator("#told .no")).to_be_visible()
    page.unroute("**/give")
    page.locator("#files").set_input_files([file("b.jpg", PHOTO + b"b")])
    expect(page.locator("#told .yes")).to_contain_text("b.jpg")
    assert proofs(here) == ["a.jpg", "b.jpg"]


def lose_the_answer(route: Route) -> None:
    """It is done, but the page does not hear so."""
    route.fetch()
    route.abort()


def test_after_a_fault_of_ours_the_same_is_tried_again_with_a_press(
    here: Lobby, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit(here.upload(asked(here, "en", "attach M1-T12")))
    with monkeypatch.context() as broken:
        broken.setattr("handlers.checklist.arriving.prove", None)
        page.locator("#files").set_input_files([file("a.jpg")])
        expect(page.locator("#told .no")).to_contain_text("something went wrong")
    page.locator("#told button").tap()
    expect(page.locator("#told .yes")).to_be_visible()
    assert proofs(here) == ["a.jpg"]


def test_more_files_than_one_go_takes_come_in_several(here: Lobby, visit: Visit) -> None:
    page = visit(here.upload(asked(here, "en", "attach M1-T12")))
    page.locator("#files").set_input_files([file(f"{n}.jpg", PHOTO + bytes([n])) for n in range(23)])
    expect(page.locator("#list .yes")).to_have_count(23)
    expect(page.locator("#finish button")).to_be_enabled()
    assert len(proofs(here)) == 23
    attached = [message for message in here.heard() if message.name == "checklist/attached"]
    assert len(attached) == 2


def test_the_bar_grows_while_a_file_is_on_its_way(here: Lobby, visit: Visit) -> None:
    page = visit(here.upload(asked(here, "en", "attach M1-T12")))
    slowly = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slowly)
    page.locator("#files").set_input_files([file("a.jpg", PHOTO + bytes(300_000))])
    grown = page.wait_for_function("() => (document.querySelector('#list progress') || {}).position")
    assert 0 < grown.json_value() <= 1
    expect(page.locator("#list .yes")).to_have_count(1)


def test_names_without_a_gap_to_break_at_stay_on_the_screen(here: Lobby, visit: Visit) -> None:
    page = visit(here.upload(asked(here, "en", "attach M1-T12")))
    long = [f"{'a_name_without_a_gap_' * 8}.jpg", f"{'很长的名字' * 12}.jpg", f"{'refused_' * 20}.exe"]
    page.locator("#files").set_input_files([file(name, PHOTO + name.encode()) for name in long])
    expect(page.locator("#told .yes")).to_be_visible()
    expect(page.locator("#list .no")).to_have_count(1)
    for box in (one.bounding_box() for one in page.locator("#list *, #told *").all()):
        assert box is None or box["x"] + box["width"] <= 360


def test_how_far_a_file_has_come_can_be_seen(here: Lobby, visit: Visit) -> None:
    page, held = visit(here.upload(asked(here, "en", "attach M1-T12"))), list[Route]()
    page.route("**/file?*name=a.jpg", lambda route: held.append(route))  # noqa: PLW0108  Playwright marks it
    page.locator("#files").set_input_files([file("a.jpg"), file("b.jpg", PHOTO + b"b")])
    expect(page.locator("#list progress")).to_have_count(1)
    expect(page.locator("#list .wait").last).to_have_text("waiting")
    expect(page.locator("#finish button")).to_be_disabled()
    held[0].continue_()
    expect(page.locator("#list .yes")).to_have_count(2)


def test_a_page_that_was_closed_meanwhile_says_so(here: Lobby, visit: Visit) -> None:
    path = here.upload(asked(here, "en", "attach M1-T12"))
    page, other = visit(path), visit(path)
    other.locator("#finish button").tap()
    expect(other.locator("h1")).to_have_text("This page is closed")
    page.locator("#files").set_input_files([file("a.jpg")])
    expect(page.locator("h1")).to_have_text("This page is closed")
    assert proofs(here) == []
