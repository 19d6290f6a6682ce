"""The fake AI bot speaks as WeCom's documents say, to a bare WebSocket and to WeCom's own client."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import importlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from websockets.exceptions import ConnectionClosed, ConnectionClosedError
from websockets.sync.client import ClientConnection, connect

from tests.apart import apart
from tests.fakes.wecom_bot import FakeWecomBot
from tests.fakes.wecom_bot_talk import Pushed
from tests.fakes.wecom_state import DAY

GROUP = "wrAbCdEf"
CARD: dict[str, Any] = {
    "card_type": "button_interaction",
    "main_title": {"title": "设备归还"},
    "button_list": [{"text": "完成", "key": "done T12"}],
    "task_id": "t-1",
}


@dataclass
class Line:
    """A client that only sends frames and reads what comes; ``pushed`` came while an answer was waited for."""

    socket: ClientConnection
    pushed: list[dict[str, Any]] = field(default_factory=list)
    count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def calls(self, cmd: str, req_id: str = "", **body: Any) -> dict[str, Any]:
        frame: dict[str, Any] = {"cmd": cmd, "headers": {"req_id": req_id or f"{cmd}_{next(self.count)}"}, "body": body}
        self.socket.send(json.dumps(frame))
        while True:
            answer: dict[str, Any] = json.loads(self.socket.recv(timeout=5))
            if "cmd" not in answer:
                assert answer["headers"] == frame["headers"]
                return answer
            self.pushed.append(answer)

    def code(self, cmd: str, req_id: str = "", **body: Any) -> int:
        return int(self.calls(cmd, req_id, **body)["errcode"])

    def hears(self) -> dict[str, Any]:
        return self.pushed.pop(0) if self.pushed else dict(json.loads(self.socket.recv(timeout=5)))

    def says(self, chat: str, kind: str = "markdown", **content: Any) -> int:
        body: dict[str, Any] = {kind: content or {"content": "**到期** T12"}}
        return self.code("aibot_send_msg", chatid=chat, msgtype=kind, **body)


@pytest.fixture
def bot() -> Iterator[FakeWecomBot]:
    with FakeWecomBot() as found:
        found.add_person("ZhangSan")
        found.add_group(GROUP, ["zhangsan", "lisi"])
        yield found


@pytest.fixture
def line(bot: FakeWecomBot) -> Iterator[Line]:
    with connect(bot.url) as socket:
        found = Line(socket)
        assert found.code("aibot_subscribe", bot_id=bot.bot_id, secret=bot.secret) == 0
        yield found


def reply(line: Line, came: Pushed, kind: str, **content: Any) -> int:
    return line.code("aibot_respond_msg", came.req_id, msgtype=kind, **{kind: content})


def words(bot: FakeWecomBot, chat: str) -> list[str]:
    return [shown.words for shown in bot.seen(chat)]


# --- the line


def test_nobody_is_heard_before_subscribing_with_the_secret(bot: FakeWecomBot) -> None:
    with connect(bot.url) as socket:
        line = Line(socket)
        assert line.code("ping") == 846609
        assert line.code("aibot_subscribe", bot_id=bot.bot_id, secret="no") == 853000
        assert bot.says("zhangsan", "x").lost
        assert line.code("aibot_subscribe", bot_id=bot.bot_id, secret=bot.secret) == 0
        assert line.code("ping") == 0
        assert line.code("aibot_shout") == 40058
    assert bot.wait(lambda: bot.client is None)


def test_a_second_line_ends_the_first(bot: FakeWecomBot, line: Line) -> None:
    with connect(bot.url) as socket:
        second = Line(socket)
        assert second.code("aibot_subscribe", bot_id=bot.bot_id, secret=bot.secret) == 0
        assert line.hears()["body"]["event"]["eventtype"] == "disconnected_event"
        with pytest.raises(ConnectionClosed) as closed:
            line.hears()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1000
        bot.says("zhangsan", "x")
        assert second.hears()["body"]["text"] == {"content": "x"}
    assert bot.subscriptions == 2


@pytest.mark.parametrize("code", [1000, 1001, 1011])
def test_the_line_is_closed_with_a_word(bot: FakeWecomBot, line: Line, code: int) -> None:
    bot.closes(code)
    with pytest.raises(ConnectionClosed) as closed:
        line.hears()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


def test_the_line_is_cut_or_goes_deaf(bot: FakeWecomBot, line: Line) -> None:
    bot.unsubscribes()
    assert line.code("ping") == 846609
    assert line.code("aibot_subscribe", bot_id=bot.bot_id, secret=bot.secret) == 0
    bot.aborts()
    with pytest.raises(ConnectionClosedError) as closed:
        line.hears()
    assert closed.value.rcvd is None


def test_someone_else_takes_over(bot: FakeWecomBot, line: Line) -> None:
    bot.kicks()
    assert line.hears()["body"]["event"]["eventtype"] == "disconnected_event"
    with pytest.raises(ConnectionClosed):
        line.hears()


def test_pongs_stay_away_and_acks_come_late_or_never(bot: FakeWecomBot, line: Line) -> None:
    bot.answers_pings = False
    line.socket.send(json.dumps({"cmd": "ping", "headers": {"req_id": "ping_x"}}))
    with pytest.raises(TimeoutError):
        line.socket.recv(timeout=0.05)
    came = bot.says("zhangsan", "x")
    bot.drops_acks = 1
    frame = {"msgtype": "markdown", "markdown": {"content": "好"}}
    line.socket.send(json.dumps({"cmd": "aibot_respond_msg", "headers": {"req_id": came.req_id}, "body": frame}))
    assert bot.wait(lambda: bot.seen("zhangsan"))
    bot.slow_acks = 0.1
    line.socket.send(json.dumps({"cmd": "aibot_respond_msg", "headers": {"req_id": came.req_id}, "body": frame}))
    line.hears()  # what zhangsan said
    with pytest.raises(TimeoutError):
        line.socket.recv(timeout=0.02)
    assert line.hears()["errcode"] == 0
    assert came.acks == [0, 0]


def test_frames_fail_as_told(bot: FakeWecomBot, line: Line) -> None:
    bot.says("zhangsan", "x")
    bot.will("aibot_send_msg", -1, times=2)
    assert [line.says("zhangsan") for _ in range(3)] == [-1, -1, 0]


# --- what people say


def test_a_group_is_heard_with_the_name_before(bot: FakeWecomBot, line: Line) -> None:
    came = bot.says("lisi", "完成 12", group=GROUP, quote=bot.quoted_text("T12 今天到期"))
    body = line.hears()["body"]
    assert (body["chattype"], body["chatid"], body["from"]) == ("group", GROUP, {"userid": "lisi"})
    assert body["text"] == {"content": "@会后 完成 12"}
    assert body["quote"] == {"msgtype": "text", "text": {"content": "T12 今天到期"}}
    assert body["msgid"] == came.msgid
    with pytest.raises(LookupError):
        bot.says("wangwu", "x", group=GROUP)


def test_a_file_comes_under_its_own_key_for_five_minutes(bot: FakeWecomBot, line: Line) -> None:
    data = b"name,seat\n" * 32
    bot.says("lisi", "附上 T12", group=GROUP, quote=bot.quoted_file("名单.csv", data))
    bot.sends_file("zhangsan", "名单.csv", b"")
    bot.sends_mixed("zhangsan", "看", b"picture")
    quoted = line.hears()["body"]["quote"]["file"]
    alone = line.hears()["body"]["file"]
    mixed = line.hears()["body"]["mixed"]["msg_item"][1]["image"]
    assert [_opened(one) for one in (quoted, alone, mixed)] == [data, b"", b"picture"]
    assert len({one["aeskey"] for one in (quoted, alone, mixed)}) == 3
    name = requests.get(quoted["url"], timeout=5).headers["Content-Disposition"]
    assert name == "attachment; filename*=UTF-8''%E5%90%8D%E5%8D%95.csv"
    bot.clock += 301
    assert requests.get(quoted["url"], timeout=5).status_code == 404


def _opened(found: dict[str, str]) -> bytes:
    """Opened by another library than the fake's."""
    key = base64.b64decode(found["aeskey"])
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    padded = opener.update(requests.get(found["url"], timeout=5).content) + opener.finalize()
    end = PKCS7(256).unpadder()
    return end.update(padded) + end.finalize()


# --- answers


def test_a_stream_is_one_message_until_it_is_finished(bot: FakeWecomBot, line: Line) -> None:
    came = bot.says("zhangsan", "我的任务")
    assert reply(line, came, "stream", id="s", content="正在看") == 0
    assert reply(line, came, "stream", id="s", content="没有任务。", finish=True) == 0
    assert words(bot, "zhangsan") == ["没有任务。"]
    assert reply(line, came, "stream", id="s", content="还有") == 846608
    assert reply(line, came, "stream", id="t", content="会" * 6827) == 40058
    assert reply(line, came, "stream", id="u", content="…") == 0
    bot.clock += 601
    assert reply(line, came, "stream", id="u", content="太迟") == 846608


def test_a_message_is_answered_within_a_day_and_an_event_in_its_own_way(bot: FakeWecomBot, line: Line) -> None:
    came, entered = bot.says("zhangsan", "x"), bot.enters("zhangsan")
    assert reply(line, came, "text", content="好") == 40008
    assert reply(line, came, "markdown", content="好") == 0
    assert reply(line, came, "template_card", **CARD) == 0
    assert reply(line, came, "template_card", **CARD) == 42014
    assert reply(line, entered, "markdown", content="好") == 846605
    assert line.code("aibot_respond_welcome_msg", entered.req_id, msgtype="text", text={"content": "你好"}) == 0
    assert line.code("aibot_respond_welcome_msg", entered.req_id, msgtype="text", text={"content": "你好"}) == 846605
    assert line.code("aibot_respond_welcome_msg", came.req_id, msgtype="text", text={"content": "你好"}) == 846605
    late = bot.enters("zhangsan").req_id
    assert line.code("aibot_respond_welcome_msg", late, msgtype="markdown", markdown={"content": "x"}) == 40008
    assert line.code("aibot_respond_msg", "made-up", msgtype="markdown", markdown={"content": "x"}) == 846605
    bot.clock += DAY + 1
    assert reply(line, came, "markdown", content="好") == 846605
    assert words(bot, "zhangsan") == ["好", "设备归还\n完成", "你好"]


def test_a_press_is_answered_in_five_seconds_or_never(bot: FakeWecomBot, line: Line) -> None:
    bot.says("lisi", "x", group=GROUP)
    assert line.says(GROUP, "template_card", **CARD) == 0
    (card,) = bot.seen(GROUP)
    press = bot.presses("lisi", card, "完成")
    line.hears()
    event = line.hears()["body"]
    assert (event["chatid"], event["from"]["userid"]) == (GROUP, "lisi")
    assert event["event"]["template_card_event"] == {
        "card_type": "button_interaction",
        "event_key": "done T12",
        "task_id": "t-1",
        "selected_items": {"selected_item": []},
    }
    done = {**CARD, "main_title": {"title": "设备归还：已完成"}}
    change = {"response_type": "update_template_card", "template_card": done}
    other = {**change, "template_card": {**done, "task_id": "t-2"}}
    assert line.code("aibot_respond_update_msg", press.req_id, template_card=done) == 40058
    assert line.code("aibot_respond_update_msg", press.req_id, **other) == 42014
    assert line.code("aibot_respond_update_msg", press.req_id, **change) == 0
    assert line.code("aibot_respond_update_msg", press.req_id, **change) == 846605
    assert (card.card, press.acks) == (done, [40058, 42014, 0, 846605])
    late = bot.presses("lisi", card, "完成")
    bot.clock += 6
    assert line.code("aibot_respond_update_msg", late.req_id, **change) == 846605


def test_a_card_changes_for_those_who_are_named(bot: FakeWecomBot, line: Line) -> None:
    options = [{"id": f"T{at}", "text": "x"} for at in range(3)]
    box = {"question_key": "q", "option_list": options, "mode": 1}
    vote = {"card_type": "vote_interaction", "main_title": {"title": "x"}, "checkbox": box, "task_id": "v"}
    vote["submit_button"] = {"text": "提交", "key": "done"}
    bot.says("lisi", "x", group=GROUP)
    assert line.says(GROUP, "template_card", **vote) == 0
    (card,) = bot.seen(GROUP)
    press = bot.votes("lisi", card, ["T0", "T2"])
    line.hears()
    chosen = line.hears()["body"]["event"]["template_card_event"]["selected_items"]["selected_item"]
    assert chosen == [{"question_key": "q", "option_ids": {"option_id": ["T0", "T2"]}}]
    grey = {**vote, "checkbox": {**box, "disable": True}}
    change = {"response_type": "update_template_card", "template_card": grey, "userids": ["LiSi"]}
    assert line.code("aibot_respond_update_msg", press.req_id, **change) == 0
    assert (bot.view(card, "lisi"), bot.view(card, "zhangsan")) == (grey, vote)


# --- speaking first


def test_it_speaks_only_where_somebody_spoke(bot: FakeWecomBot, line: Line) -> None:
    assert line.says(GROUP) == 93008
    assert line.says("zhangsan") == 93008
    assert line.says("wrabcdef") == 93006  # a group's id has its case
    assert line.says("nobody") == 93006
    bot.says("zhangsan", "x")
    assert line.says("ZHANGSAN") == 0
    assert line.says(GROUP) == 93008
    bot.says("lisi", "x", group=GROUP)
    assert line.says(GROUP) == 0
    body: dict[str, Any] = {"msgtype": "markdown", "markdown": {"content": "x"}}
    assert line.code("aibot_send_msg", chatid=GROUP, chat_type=1, **body) == 93006
    assert line.says("zhangsan", "text", content="x") == 40008
    assert line.says("zhangsan", "markdown", content="会" * 6827) == 40058
    bot.left.add(GROUP)
    assert line.says(GROUP) == 93001


def test_thirty_a_minute_and_a_thousand_an_hour(bot: FakeWecomBot, line: Line) -> None:
    came = bot.says("zhangsan", "x")
    assert reply(line, came, "markdown", content="1") == 0
    assert [line.says("zhangsan") for _ in range(30)] == [0] * 29 + [45009]
    for _ in range(33):
        bot.clock += 60
        assert {line.says("zhangsan") for _ in range(29)} == {0}
    bot.clock += 60
    assert [line.says("zhangsan") for _ in range(14)] == [0] * 13 + [45009]


def test_a_file_goes_up_in_pieces(bot: FakeWecomBot, line: Line) -> None:
    data = bytes(range(256)) * 3000
    pieces = [data[at : at + (512 << 10)] for at in range(0, len(data), 512 << 10)]
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    sizes = {"total_size": len(data), "total_chunks": len(pieces)}
    begin: dict[str, Any] = {"type": "file", "filename": "总结.docx", "md5": md5, **sizes}
    upload = line.calls("aibot_upload_media_init", **begin)["body"]["upload_id"]
    for index in (1, 0):  # in any order
        piece = base64.b64encode(pieces[index]).decode()
        assert line.code("aibot_upload_media_chunk", upload_id=upload, chunk_index=index, base64_data=piece) == 0
    media = line.calls("aibot_upload_media_finish", upload_id=upload)["body"]["media_id"]
    bot.says("zhangsan", "x")
    assert line.says("zhangsan", "file", media_id=media) == 0
    assert line.says("zhangsan", "image", media_id=media) == 40007
    (shown,) = bot.seen("zhangsan")
    assert shown.media is not None
    assert (shown.words, shown.media.data) == ("总结.docx", data)


def test_uploads_have_their_limits(bot: FakeWecomBot, line: Line) -> None:
    begin: dict[str, Any] = {"type": "file", "filename": "a", "total_size": 10, "total_chunks": 1, "md5": "0"}

    def begun(**change: Any) -> int:
        return line.code("aibot_upload_media_init", **{**begin, **change})

    assert begun(total_chunks=101) == 40006
    assert begun(total_size=5) == 40006
    assert begun(total_size=(20 << 20) + 1) == 45001
    assert begun(type="zip") == 40005
    upload = line.calls("aibot_upload_media_init", **begin)["body"]["upload_id"]

    def chunk(data: bytes, index: int = 0) -> int:
        text = base64.b64encode(data).decode()
        return line.code("aibot_upload_media_chunk", upload_id=upload, chunk_index=index, base64_data=text)

    assert chunk(b"x" * (512 << 10) + b"x") == 40058
    assert chunk(b"0123456789", 1) == 40058
    assert line.calls("aibot_upload_media_finish", upload_id=upload)["errmsg"] == "chunks are missing"
    bad = line.calls("aibot_upload_media_chunk", upload_id=upload, chunk_index=0, base64_data="会")
    assert bad["errmsg"] == "base64_data is none"
    assert chunk(b"0123456789") == 0
    assert line.code("aibot_upload_media_finish", upload_id=upload) == 40058  # not what md5 says
    assert line.code("aibot_upload_media_finish", upload_id="made-up") == 40058
    assert [begun() for _ in range(30)] == [0] * 29 + [45009]


# --- a stranger


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_wecoms_own_client_gets_on_with_it(bot: FakeWecomBot, monkeypatch: pytest.MonkeyPatch) -> None:
    aibot, wire = importlib.import_module("aibot"), importlib.import_module("aibot.ws")
    monkeypatch.setattr(wire, "_SSL_CONTEXT", None)

    async def play() -> tuple[bytes, str]:
        options = aibot.WSClientOptions(bot_id=bot.bot_id, secret=bot.secret, ws_url=bot.url, heartbeat_interval=20)
        texts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        files: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        client, ready = aibot.WSClient(options), asyncio.Event()
        client.on("authenticated", ready.set)
        client.on("message.text", texts.put_nowait)
        client.on("message.file", files.put_nowait)
        await client.connect()
        await asyncio.wait_for(ready.wait(), 5)
        bot.says("zhangsan", "完成 12")
        frame = await asyncio.wait_for(texts.get(), 5)
        await client.reply_stream(frame, "s", "好的", finish=True)
        await client.send_message("zhangsan", {"msgtype": "markdown", "markdown": {"content": "提醒"}})
        bot.sends_file("zhangsan", "名单.xlsx", b"123456")
        file = (await asyncio.wait_for(files.get(), 5))["body"]["file"]
        found = await client.download_file(file["url"], file["aeskey"])
        await asyncio.to_thread(bot.wait, lambda: bot.calls("ping"))
        client.disconnect()
        await asyncio.to_thread(bot.wait, lambda: bot.client is None)
        return found  # type: ignore[no-any-return]

    assert apart(play()) == (b"123456", "名单.xlsx")
    assert words(bot, "zhangsan") == ["好的", "提醒"]
    assert bot.calls("ping")
