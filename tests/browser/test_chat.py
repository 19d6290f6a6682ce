"""The chat as people use it: keyboard, two people at once, threads, forms, files, a lost line, a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from messages import Message
from storage import checklist, conversation
from tests.bot.platforms.web.house import FORM, LIST, House
from tests.bot.platforms.web.test_events import meeting
from tests.bot.test_kinds import PNG
from tests.browser.conftest import PHONE, Opener, Served, say


def ids(page: Page) -> list[str]:
    return [str(one) for one in page.eval_on_selector_all("[data-line]", "all => all.map(line => line.dataset.line)")]


def test_two_people_see_each_other_and_the_bot(parrot: House, opened: Opener) -> None:
    li, wang = opened("li"), opened("wang")
    say(li, "hello <b>there</b>")
    for page in (li, wang):
        expect(page.locator(".card")).to_have_text("heard hello <b>there</b>")
    expect(li.locator(".mine .bubble")).to_have_text("hello <b>there</b>")
    expect(wang.locator(".mine")).to_have_count(0)
    say(wang, "secret")
    expect(wang.locator(".private .card")).to_have_text("heard secret")
    expect(li.locator(".bubble")).to_have_text(["hello <b>there</b>", "secret"])
    expect(li.locator(".private")).to_have_count(0)


def test_enter_sends_shift_enter_does_not_and_arrows_remember(parrot: House, opened: Opener) -> None:
    page = opened()
    box = page.locator("#line")
    box.type("one")
    box.press("Shift+Enter")
    box.type("two")
    box.press("Control+Enter")
    expect(page.locator(".bubble")).to_have_text("one\ntwo")
    expect(box).to_have_value("")
    say(page, "three")
    box.press("ArrowUp")
    expect(box).to_have_value("three")
    box.press("ArrowUp")
    expect(box).to_have_value("one\ntwo")
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(box).to_have_value("")
    box.press("Enter")
    expect(page.locator(".bubble")).to_have_count(2)


def test_the_enter_that_chooses_a_chinese_word_does_not_send(parrot: House, opened: Opener) -> None:
    page = opened()
    page.locator("#line").fill("wancheng")
    page.evaluate(
        """() => document.querySelector("#line").dispatchEvent(
        new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))"""
    )
    say(page, "完成")
    expect(page.locator(".bubble")).to_have_text("完成")
    expect(page.locator(".card")).to_have_text("heard 完成")
    assert parrot.parrot.heard == ["完成"]


def test_pressing_twice_at_once_is_heard_once(parrot: House, opened: Opener) -> None:
    parrot.bot_says(LIST)
    page = opened()
    page.locator("#line").fill("once")
    page.evaluate(
        "() => { const form = document.querySelector('#composer'); form.requestSubmit(); form.requestSubmit(); }"
    )
    expect(page.locator(".card").last).to_have_text("heard once")
    page.evaluate("() => { const one = document.querySelector('.rows button'); one.click(); one.click(); }")
    expect(page.locator(".pressed")).to_have_text("pressed “Done” T1 Photos")
    expect(page.locator(".card").last).to_have_text("heard done M1-T1")
    assert parrot.parrot.heard == ["once", "done M1-T1"]


def test_a_reply_stands_in_the_thread_and_speaks_of_its_tasks(parrot: House, opened: Opener) -> None:
    line = parrot.bot_says(LIST)
    page = opened()
    page.locator(f"#said-{line.id}").hover()
    page.locator(f"[data-reply='{line.id}']").click()
    expect(page.locator("#replying")).to_contain_text("Two things")
    say(page, "done")
    thread = page.locator(f"#line-{line.id} .thread")
    expect(thread.locator(".card")).to_have_text("heard done")
    expect(thread.locator("summary")).to_have_text("2 replies")
    expect(page.locator("#replying")).to_be_hidden()
    assert parrot.parrot.threads == [("M1-T1", "M1-T2")]


def test_an_edit_keeps_the_thread_and_half_typed_words(parrot: House, opened: Opener) -> None:
    line = parrot.bot_says(FORM)
    page = opened()
    page.locator(f"#said-{line.id}").hover()
    page.locator(f"[data-reply='{line.id}']").click()
    say(page, "a question")
    expect(page.locator(".thread .card")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("half a na")
    with parrot.app.database.write() as db:
        kept = conversation.get(db, line.id)
        assert kept
        conversation.edit(db, kept, FORM.model_copy(update={"title": "Another title"}).model_dump_json())
    expect(page.locator(f"#said-{line.id} .title")).to_have_text("Another title")
    expect(page.get_by_label("Name", exact=True)).to_have_value("half a na")
    expect(page.locator(".thread li")).to_have_count(2)
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.locator(".pressed")).to_contain_text("Create")
    assert FORM.form is not None
    expect(page.locator(".card").filter(has_text=f"heard {FORM.form.line}")).to_be_visible()
    assert parrot.parrot.fields[-1] == {"name": "half a na"}


def test_files_can_be_chosen_dropped_and_taken_back(parrot: House, opened: Opener) -> None:
    page = opened()
    page.locator("#files").set_input_files({"name": "照片.png", "mimeType": "image/png", "buffer": PNG})
    transfer = page.evaluate_handle(
        """() => { const data = new DataTransfer();
        for (const name of ["a.txt", "b.txt"]) data.items.add(new File([name], name, {type: "text/plain"}));
        return data; }"""
    )
    page.dispatch_event("#log", "dragenter", {"dataTransfer": transfer})
    expect(page.locator("#drop")).to_be_visible()
    page.dispatch_event("#log", "drop", {"dataTransfer": transfer})
    expect(page.locator("#drop")).to_be_hidden()
    expect(page.locator("#chosen li")).to_have_text(["照片.png", "a.txt", "b.txt"])
    page.locator("#chosen button").nth(1).click()
    say(page, "here")
    expect(page.locator(".mine .files .name")).to_have_text(["照片.png", "b.txt"])
    expect(page.locator(".card")).to_have_text("heard here")
    assert parrot.parrot.files == ["照片.png", "b.txt"]
    with page.expect_download() as download:
        page.get_by_text("b.txt").click()
    assert download.value.path().read_text() == "b.txt"


def test_a_refused_file_says_why_and_keeps_the_words(parrot: House, opened: Opener) -> None:
    for number in range(20):
        parrot.bot_says(Message(name="x", locale="en", body=f"line {number}"), key=f"k{number}")
    page = opened()
    page.locator("#files").set_input_files({"name": "virus.exe", "mimeType": "image/png", "buffer": b"MZ"})
    say(page, "have a look")
    expect(page.locator("#notice")).to_contain_text("virus.exe")
    expect(page.locator("#line")).to_have_value("have a look")
    assert parrot.parrot.heard == []
    expect(page.locator(".card").last).to_be_in_viewport(ratio=1)


def test_nothing_is_lost_when_the_server_restarts(parrot: House, served: Served, opened: Opener) -> None:
    page = opened()
    say(page, "before")
    expect(page.locator(".card")).to_have_count(1)
    served.stop()
    expect(page.locator("#offline")).to_be_visible()
    say(page, "in between")
    expect(page.locator("#notice")).to_contain_text("did not reach the server")
    expect(page.locator("#line")).to_have_value("in between")
    parrot.bot_says(Message(name="x", locale="en", body="meanwhile"), key="meanwhile")
    served.start()
    expect(page.locator(".card").last).to_have_text("meanwhile", timeout=30_000)
    expect(page.locator("#offline")).to_be_hidden()
    page.locator("#line").press("Enter")
    expect(page.locator(".card").last).to_have_text("heard in between")
    assert len(ids(page)) == len(set(ids(page))) == len(parrot.lines()) == 5
    assert parrot.parrot.heard == ["before", "in between"]


def test_what_another_process_says_comes_too(parrot: House, opened: Opener) -> None:
    """Nobody rings: the page's stream looks for itself."""
    page = opened()
    parrot.bot_says(Message(name="x", locale="en", body="from elsewhere"))
    expect(page.locator(".card")).to_have_text("from elsewhere")


def test_a_room_with_something_new_has_a_dot_until_it_is_read(parrot: House, opened: Opener) -> None:
    page = opened()
    dots = page.locator(".doors .unread")
    expect(dots).to_have_count(0)
    parrot.bot_says(LIST, room=parrot.room("money"))
    expect(dots).to_contain_text("money")
    dots.click()
    expect(page.locator("h1")).to_have_text("money")
    page.locator(".doors").get_by_text("team").click()
    expect(page.locator("h1")).to_have_text("team")
    expect(dots).to_have_count(0)


def test_older_lines_are_one_button_away(parrot: House, opened: Opener) -> None:
    for number in range(90):
        parrot.bot_says(Message(name="x", locale="en", body=f"line {number}"), key=f"k{number}")
    page = opened()
    for shown in (80, 90):
        page.get_by_role("button", name="Earlier messages").click()
        expect(page.locator("#lines > [data-line]")).to_have_count(shown)
    assert ids(page) == sorted(ids(page), key=int)
    expect(page.get_by_role("button", name="Earlier messages")).to_have_count(0)


def test_the_clock_and_the_panel_follow(parrot: House, opened: Opener) -> None:
    page = opened()
    before = page.locator("#clock .day").inner_text()
    page.get_by_role("button", name="One day on").click()
    expect(page.locator("#clock .day")).not_to_have_text(before)
    page.get_by_role("button", name="To the next nudge").click()
    expect(page.locator("#told")).to_contain_text("No nudge is planned")
    meeting(parrot)
    expect(page.locator("#checklist h2")).to_have_text("Annual")
    page.locator("#checklist .task").first.click()
    expect(page.locator(".card")).to_have_text("heard show M1-T1")


def test_an_open_phase_stays_open_when_the_panel_changes(parrot: House, opened: Opener) -> None:
    meeting(parrot)
    page = opened()
    phase = page.locator("details.phase")
    expect(phase).to_have_attribute("open", "")
    phase.locator("summary").click()
    expect(phase).not_to_have_attribute("open", "")
    with parrot.app.database.write() as db:
        checklist.tasks(db, 1)[0].title_en = "Renamed"
    expect(page.locator(".task .name").first).to_have_text("Renamed")
    expect(phase).not_to_have_attribute("open", "")


def test_by_keyboard_alone(parrot: House, opened: Opener) -> None:
    parrot.bot_says(LIST)
    page = opened()
    page.evaluate("() => { document.body.tabIndex = -1; document.body.focus(); }")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#line")).to_be_focused()
    page.evaluate("() => document.body.focus()")
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("() => document.activeElement.innerText || document.activeElement.id"))
        if "Done" in seen:
            break
    assert "Done" in seen
    page.keyboard.press("Enter")
    expect(page.locator(".pressed")).to_contain_text("Done")
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], input:not([type=hidden]), select, textarea, summary")]
        .filter(it => !(it.ariaLabel || it.innerText || it.labels?.length || it.ariaHidden || it.textContent.trim()))
        .map(it => it.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("drawer", ["side", "panel"])
def test_on_a_phone_the_sides_are_drawers(parrot: House, opened: Opener, drawer: str) -> None:
    meeting(parrot)
    page = opened(**PHONE)
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390
    side = page.locator(f"#{drawer}")
    expect(side).to_be_hidden()
    opener = page.locator(f"[aria-controls='{drawer}']")
    opener.click()
    expect(side).to_be_in_viewport()
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    page.locator("#veil").click(position={"x": 5 if drawer == "panel" else 385, "y": 400})
    expect(side).to_be_hidden()
    say(page, "from the phone")
    expect(page.locator(".card")).to_have_text("heard from the phone")


@pytest.mark.parametrize("system", ["light", "dark"])
def test_light_and_dark(parrot: House, opened: Opener, system: str) -> None:
    """At first as the system has it; the button chooses the other, and the choice stays."""
    page = opened(color_scheme=system)
    papers = {"light": "rgb(245, 244, 239)", "dark": "rgb(17, 23, 26)"}
    body, button = page.locator("body"), page.get_by_role("button", name="Light or dark")
    expect(body).to_have_css("background-color", papers[system])
    for chosen in sorted(papers, key=lambda one: one == system):
        button.click()
        expect(body).to_have_css("background-color", papers[chosen])
        page.reload()
        expect(body).to_have_css("background-color", papers[chosen])


def test_the_language_is_the_persons(parrot: House, opened: Opener) -> None:
    page = opened()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
