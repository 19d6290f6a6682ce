"""What the fake WeCom posts to a callback opens elsewhere, and is delivered as WeCom delivers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.enterprise import parse_message
from wechatpy.enterprise.crypto import WeChatCrypto
from wx_crypt import WXBizMsgCrypt

from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_state import AES_KEY, AGENT, CORP, TOKEN, App
from tests.fakes.wecom_talk import Heard

PNG = b"\x89PNG\r\n\x1a\n"


class _Listener(BaseHTTPRequestHandler):
    """An app that opens what comes with wechatpy; ``answers`` are the next statuses, None for a dropped line."""

    server: Listening

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        pass

    def do_GET(self) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query))
        crypto = WeChatCrypto(TOKEN, AES_KEY, CORP)
        echo = crypto.check_signature(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"])
        self._answer(200, echo.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        query = dict(parse_qsl(urlsplit(self.path).query))
        self.server.seen.append((query, body))
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status is not None:
            self._answer(status, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Listening(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Listener)
        self.seen: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int | None] = []

    def messages(self) -> list[Any]:
        """What came, opened and parsed by wechatpy."""
        crypto = WeChatCrypto(TOKEN, AES_KEY, CORP)
        return [
            parse_message(crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"]))
            for query, body in self.seen
        ]


@pytest.fixture
def listening() -> Iterator[Listening]:
    with Listening() as found:
        thread = threading.Thread(target=found.serve_forever, args=(0.01,))
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture
def app(wecom: FakeWecom, listening: Listening) -> App:
    found = wecom.app()
    found.callback_url = f"http://127.0.0.1:{listening.server_address[1]}/wecom"
    return found


# --- sealed and opened


def test_the_official_sample_opens() -> None:
    """The example of WeCom's own page on encryption."""
    signature, stamp, nonce = "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780"
    echo = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    sample = (TOKEN, AES_KEY, "wx5823bf96d3bd56c7")
    assert WXBizMsgCrypt(*sample).VerifyURL(signature, stamp, nonce, echo) == (0, b"1616140317555161061")
    assert WeChatCrypto(*sample).check_signature(signature, stamp, nonce, echo) == "1616140317555161061"


SOME = App(AGENT, "secret", CORP, cast("FakeWecom", SimpleNamespace(now=lambda: 1_780_000_000.0)))


@given(st.text(min_size=1).map(lambda text: f"<xml>会后 ]]> 🎉 {text}</xml>"))
def test_wechatpy_opens_what_the_fake_seals(plain: str) -> None:
    envelope = SOME.sealed(plain)
    crypto = WeChatCrypto(TOKEN, AES_KEY, CORP)
    query = envelope.query
    opened = crypto.decrypt_message(envelope.body, query["msg_signature"], query["timestamp"], query["nonce"])
    assert opened == plain


@given(st.text(min_size=1, max_size=200))
def test_the_fake_opens_what_wechatpy_seals(text: str) -> None:
    reply = WeChatCrypto(TOKEN, AES_KEY, CORP).encrypt_message(f"<xml>{text}</xml>", "nonce", "1409659589")
    query = {"timestamp": "1409659589", "nonce": "nonce"}
    assert SOME.opened(reply.encode(), query) == f"<xml>{text}</xml>"
    with pytest.raises(ValueError, match="no envelope"):
        SOME.opened(b"success", query)
    with pytest.raises(ValueError, match="cannot open"):
        SOME.opened(reply.encode(), {**query, "nonce": "other"})


# --- what people do


def test_the_address_is_verified(app: App) -> None:
    heard = app.verifies()
    assert (heard.status, heard.body) == (200, b"1616140317555161061")


def test_everything_people_do_arrives(wecom: FakeWecom, app: App, listening: Listening) -> None:
    app.types("zhangsan", "完成 ]]> 12")
    app.sends_image("zhangsan", PNG)
    app.sends_voice("zhangsan")
    app.sends_video("zhangsan")
    app.sends_location("zhangsan")
    app.sends_link("zhangsan", "会议纪要", "https://example.org")
    app.sends_file("zhangsan", "名单.xlsx", b"123456")
    app.enters("zhangsan")
    app.clicks("zhangsan", "my tasks")
    app.views("zhangsan", "https://example.org")
    app.unsubscribes("zhangsan")
    app.subscribes("zhangsan")
    text, image, voice, video, location, link, file, *events = listening.messages()
    assert (text.content, text.source, text.agent) == ("完成 ]]> 12", "ZhangSan", AGENT)
    assert requests.get(image.image, timeout=5).content == PNG
    assert wecom.media[image.media_id].data == PNG
    assert (voice.format, video.type, location.label) == ("amr", "video", "国家会议中心")
    assert link.title == "会议纪要"
    names = "enter_agent click view unsubscribe subscribe".split()
    told = [one._data for one in (file, *events)]  # noqa: SLF001  wechatpy knows neither files nor all events
    assert told[0]["FileName"] == "名单.xlsx"
    assert [one["Event"] for one in told[1:]] == names
    assert len({one.id for one in (text, image, voice, video)}) == 4
    assert {one.time for one in (text, image)} == {1_780_000_000}


def test_who_leaves_the_visible_range_is_not_seen_any_more(wecom: FakeWecom, app: App, listening: Listening) -> None:
    member = wecom.member("zhangsan")
    app.unsubscribes("zhangsan")
    assert not wecom.corps[CORP].sees(app, member)
    with pytest.raises(LookupError):
        app.types("zhangsan", "x")
    app.subscribes("zhangsan")
    assert app.types("zhangsan", "x").status == 200


# --- how it is delivered


def _inside(heard: Heard) -> str:
    return heard.envelope.plain


def test_what_is_not_heard_comes_again_three_times(app: App, listening: Listening) -> None:
    listening.answers = [500, None, 503, 200]
    heard = app.types("zhangsan", "x")
    assert [one.status for one in heard.attempts] == [500, 0, 503, 200]
    assert len({message.id for message in listening.messages()}) == 1
    listening.answers = [500] * 5
    assert len(app.types("zhangsan", "y").attempts) == 4


def test_no_answer_in_time_is_no_answer(wecom: FakeWecom) -> None:
    app = wecom.app()
    wecom.will("user/get", hang=30, times=2)
    app.callback_url, app.patience, app.retries = f"{wecom.url}user/get", 0.05, 1
    heard = app.types("zhangsan", "x")
    assert [one.status for one in heard.attempts] == [0, 0]


def test_one_thing_comes_three_times(app: App, listening: Listening) -> None:
    app.times = 3
    app.types("zhangsan", "x")
    assert len({query["msg_signature"] for query, _ in listening.seen}) == 3
    assert len({message.id for message in listening.messages()}) == 1
    app.reseal = False
    app.types("zhangsan", "y")
    assert len({query["msg_signature"] for query, _ in listening.seen[3:]}) == 1


def test_the_very_same_envelope_comes_again(app: App, listening: Listening) -> None:
    app.again(app.types("zhangsan", "x"))
    assert listening.seen[0] == listening.seen[1]


def test_the_last_comes_first(app: App, listening: Listening) -> None:
    with app.reordered():
        first, second = app.types("zhangsan", "一"), app.types("zhangsan", "二")
        assert listening.seen == []
    assert [one.content for one in listening.messages()] == ["二", "一"]
    assert _inside(first) != _inside(second)


def test_clocks_differ_and_strangers_knock(app: App, listening: Listening) -> None:
    app.skew = -400
    heard = app.types("zhangsan", "x")
    assert heard.envelope.query["timestamp"] == "1779999600"
    assert "<CreateTime>1779999600</CreateTime>" in _inside(heard)
    app.delivers(app.sealed("<xml/>", token="other"))
    query, body = listening.seen[-1]
    given = (query["msg_signature"], query["timestamp"], query["nonce"])
    assert WXBizMsgCrypt("other", AES_KEY, CORP).DecryptMsg(body, *given) == (0, b"<xml/>")
    assert WXBizMsgCrypt(TOKEN, AES_KEY, CORP).DecryptMsg(body, *given)[0] == -40001


def test_an_app_is_called_without_a_socket(wecom: FakeWecom) -> None:
    called: list[tuple[str, str]] = []

    def post(method: str, address: str, body: bytes) -> tuple[int, bytes]:
        called.append((method, urlsplit(address).path))
        return 200, b""

    wecom.app().post, wecom.app().callback_url = post, "https://bot.example.org/wecom/1"
    assert wecom.app().types("lisi", "x").status == 200
    assert called == [("POST", "/wecom/1")]
    wecom.app().post, wecom.app().callback_url = None, ""
    with pytest.raises(LookupError, match="callback_url"):
        wecom.app().types("lisi", "x")
