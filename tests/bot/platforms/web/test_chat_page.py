"""Every page in every language, and what people typed appears as they typed it."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from starlette.testclient import TestClient

import messages
from bot.platforms.web import render
from handlers import router
from messages import Message
from messages.message import Attachment, Button, Choice, Field, Form, Row, Table, Upload
from storage import meetings
from storage.people import Person
from tests.bot.platforms.web.house import LIST, House
from tests.bot.platforms.web.test_events import meeting

NASTY = "<img src=x onerror=alert(1)> & \"quoted\" 'single' {{ 7*7 }}"

EVERYTHING = Message(
    name="x",
    locale="en",
    title="A **title**",
    body="Some *words* and `code`.\n\n- one\n- two",
    footer="small",
    rows=(Row(text=r"\<b\> text", buttons=(Button(label=NASTY, line=NASTY, primary=True),)),),
    table=Table(columns=("Item", NASTY), rows=(("a", "1"), (NASTY, "2")), numbers=(1,)),
    form=Form(
        line=NASTY,
        submit=NASTY,
        fields=(
            Field(name="a", label=NASTY, value=NASTY, hint=NASTY, required=True),
            Field(name="b", label="Long", kind="long", value=NASTY),
            Field(name="c", label="Number", kind="number", value="1"),
            Field(name="d", label="Choice", kind="choice", value="x", choices=(Choice(value="x", label=NASTY),)),
            Field(name="e", label="e", kind="hidden", value=NASTY),
        ),
    ),
    upload=Upload(line=NASTY, label=NASTY, here="Send it with `attach T1`.", about=NASTY),
    files=(Attachment(name=NASTY, digest="0" * 64, media_type="image/png", size=5_000_000),),
    tone="warn",
)


@pytest.fixture(params=messages.LOCALES)
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def speak(client: TestClient, locale: str, room: int) -> None:
    assert client.post("/language", data={"locale": locale, "room": str(room)}).status_code == 303


def test_the_chat_renders_in_every_language(demo: House, li: TestClient, locale: str) -> None:
    meeting(demo)
    speak(li, locale, demo.room())
    demo.bot_says(EVERYTHING)
    demo.hears(li, NASTY)
    html = li.get(f"/?room={demo.room()}").text
    assert f'<html lang="{"zh-CN" if locale == "zh_CN" else "en"}"' in html
    assert "<img src=x" not in html
    assert "onerror=alert(1)&gt;" in html
    assert "{{ 7*7 }}" in html
    assert "A <strong>title</strong>" in html
    assert "&lt;b&gt; text" in html
    assert "Send it with <code>attach T1</code>." in html


@pytest.mark.parametrize("reason", ["kind", "empty", "disguise", "large", "disk", "off", "not_there"])
@pytest.mark.parametrize("page", ["notice", "sorry"])
def test_every_reason_has_a_sentence(demo: House, locale: str, reason: str, page: str) -> None:
    assets = dict.fromkeys(ASSETS, "")
    html = messages.page(f"web/{page}", locale, reason=reason, name=NASTY, most=500, theme="", assets=assets)
    assert len(re.sub(r"<[^>]+>|\s", "", html)) > 15
    assert "<img src=x" not in html


ASSETS = ("favicon.svg", "pico.min.css", "style.css", "night.css", "chat.css", "icons.svg")


def test_the_login_page_renders_in_every_language(real: House, locale: str) -> None:
    browser = real.browser()
    browser.post("/language", data={"locale": locale})
    assert f'lang="{"zh-CN" if locale == "zh_CN" else "en"}"' in browser.get("/login").text


@pytest.mark.parametrize(
    ("accepts", "lang"), [("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("en-GB", "en"), ("fr", "zh-CN"), ("", "zh-CN")]
)
def test_a_stranger_is_spoken_to_in_the_browsers_language(real: House, accepts: str, lang: str) -> None:
    html = real.browser().get("/login", headers={"accept-language": accepts}).text
    assert f'<html lang="{lang}"' in html


def test_every_fragment_renders(demo: House, li: TestClient, locale: str) -> None:
    meeting(demo)
    room = demo.room()
    speak(li, locale, room)
    demo.bot_says(EVERYTHING)
    for path in (
        f"/checklist?room={room}",
        f"/rooms?room={room}",
        f"/clock?room={room}",
        f"/older?room={room}&before=99",
    ):
        answer = li.get(path)
        assert (answer.status_code, "<html" in answer.text) == (200, False)


def test_the_panel_shows_phases_tasks_and_what_is_late(demo: House, li: TestClient) -> None:
    meeting(demo)
    html = li.get(f"/checklist?room={demo.room()}").text
    assert "Annual" in html
    assert "0/2" in html
    assert "show M1-T1" in html
    assert html.count("state-open late") == 2
    assert "nobody yet" in html


def test_a_room_without_a_meeting_says_what_it_could_work_on(demo: House, li: TestClient, locale: str) -> None:
    """Also where there is only one: nobody said that it is this room's."""
    meeting(demo)
    speak(li, locale, demo.room("money"))
    html = li.get(f"/checklist?room={demo.room('money')}").text
    assert ("M1 Annual" in html, "“money”" in html, "0/2" in html) == (True, True, False)
    assert (
        said_by_buttons(html)
        == {
            "en": ["meeting use M1", "meeting new"],
            "zh_CN": ["关联会议 M1", "新建会议"],
        }[locale]
    )
    assert said_by_buttons(li.get(f"/checklist?room={demo.room('李娜')}").text)[-1] in {"show M1-T2", "查看 M1-T2"}


def test_every_button_of_the_page_says_a_command(demo: House, li: TestClient, locale: str) -> None:
    number = meeting(demo)
    speak(li, locale, demo.room())
    lines = [line for room in ("team", "money") for line in said_by_buttons(li.get(f"/?room={demo.room(room)}").text)]
    with demo.app.database.write() as db:
        meetings.get(db, number).state = meetings.MeetingState.CLOSED
    lines += said_by_buttons(li.get(f"/?room={demo.room('money')}").text)
    found = [router.find(line) for line in lines]
    assert {match and match.command.name for match in found} == {"show", "list", "help", "meeting new", "meeting use"}


def said_by_buttons(html: str) -> list[str]:
    said = [json.loads(unescape(values)) for values in re.findall(r"hx-vals='([^']+)'", html)]
    return [values["line"] for values in said if "line" in values]


def test_without_a_meeting_the_panel_says_how_to_begin(demo: House, li: TestClient) -> None:
    assert "meeting new" in li.get(f"/checklist?room={demo.room()}").text


def test_an_empty_conversation_says_hello(demo: House, li: TestClient) -> None:
    assert "Hello, I am Huihou." in li.get("/").text


def test_older_lines_come_page_by_page_with_their_threads(
    demo: House, li: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "PAGE", 4)
    first = demo.bot_says(LIST, key="first")
    demo.hears(li, "a reply", reply_to=str(first.id))
    for number in range(9):
        demo.bot_says(Message(name="x", locale="en", body=f"line {number}"), key=f"k{number}")
    room = demo.room()
    html = li.get(f"/?room={room}").text
    assert ("line 8" in html, "line 4" in html, "earlier" in html) == (True, False, True)
    older = re.search(r"before=(\d+)", html)
    assert older
    html = li.get(f"/older?room={room}&before={older[1]}").text
    assert ("line 4" in html, "line 1" in html, "line 0" in html, "a reply" in html) == (True, True, False, False)
    older = re.search(r"before=(\d+)", html)
    assert older
    html = li.get(f"/older?room={room}&before={older[1]}").text
    assert ("line 0" in html, "a reply" in html, "earlier" in html) == (True, True, False)


def test_rooms_and_dots_know_how_far_each_has_come(demo: House, li: TestClient) -> None:
    demo.bot_says(LIST, room=demo.room("money"))
    html = li.get(f"/rooms?room={demo.room()}").text
    assert f'data-room="{demo.room("money")}" data-seen="1"' in html
    assert "Wang" not in html


def test_a_room_can_be_made(demo: House, li: TestClient, wang: TestClient) -> None:
    answer = li.post("/rooms", data={"name": "  New   <room> "})
    room = demo.room("New <room>")
    assert answer.headers["location"] == f"/?room={room}"
    assert "New &lt;room&gt;" in wang.get(f"/?room={room}").text
    assert li.post("/rooms", data={"name": " "}).headers["location"] == "/"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("李娜", "娜"), ("Ann Lee", "AL"), ("ann", "A"), ("Ann van Lee", "AL"), ("", "?"), ("J李", "李")],
)
def test_faces(name: str, letters: str) -> None:
    assert render.face(Person(id=9, workspace_id=1, name=name)).letters == letters


def test_the_colours_are_the_cookies_choice(demo: House, li: TestClient) -> None:
    assert "data-theme" not in re.search(r"<html[^>]*>", li.get("/").text)[0]  # type: ignore[index]
    li.cookies.set("theme", "dark")
    assert 'data-theme="dark"' in li.get("/").text
    li.cookies.set("theme", '"><script>')
    assert "data-theme=" not in li.get("/").text


def test_assets_are_all_there(demo: House, li: TestClient) -> None:
    for asset in set(re.findall(r'(?:href|src)="(/static/[^"#]+)', li.get("/").text)):
        assert li.get(asset).status_code == 200
    assert li.get("/static/vendor/htmx.LICENSE.txt").status_code == 200
    assert li.get("/static/../site.py").status_code == 404


def test_a_page_that_is_not_there_says_so(demo: House, li: TestClient) -> None:
    del li.headers["hx-request"]
    answer = li.get("/nowhere")
    assert (answer.status_code, "回到聊天" in answer.text) == (404, True)
