"""The ways in from chat programs: Slack over HTTP and its connection, WeCom's callbacks and its AI bot's frames."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk.socket_mode.request import SocketModeRequest
from starlette.testclient import TestClient

from bot import web
from bot.limits import Limit
from bot.platforms.slack import rooms
from tests.bot.platforms.slack.office import ADDRESS, Office, office
from tests.bot.platforms.slack.test_wrong_shapes import genuine
from tests.bot.platforms.wecom.bot_office import GROUP, bot_house
from tests.bot.platforms.wecom.office import office as wecom_office
from tests.fakes.slack_requests import FORM, JSON, Sent
from tests.fakes.slack_state import SECRET
from tests.fakes.wecom_talk import Envelope, xml
from tests.security.junk import Junk
from tests.security.watching import Throw

UNSENT = {0: None, 10: None, 13: None}
"""What no header has."""
EVERY = 50
"""Pieces of junk after which what was promised is delivered."""
LINES = (
    "status",
    "list M1",
    "done M1-T59",
    "due M1-T59 12 June 2026",
    "add Water phase: 5",
    "assign M1-T60 @Bo",
    "help",
    "undo",
)


SAID, HAPPENED = "aibot_msg_callback", "aibot_event_callback"
PRESS = {"card_type": "button_interaction", "event_key": "done T1", "task_id": "t"}
IN_GROUP = {"chatid": GROUP, "chattype": "group"}
QUOTED = {"quote": {"msgtype": "text", "text": {"content": "M1-T1"}}}
FRAMES: tuple[tuple[str, dict[str, Any]], ...] = (
    (SAID, {"msgtype": "text", "text": {"content": "帮助"}}),
    (SAID, {"msgtype": "text", "text": {"content": "@bot 进展"}, **IN_GROUP}),
    (SAID, {"msgtype": "voice", "voice": {"content": "完成 T1"}}),
    (SAID, {"msgtype": "text", "text": {"content": "x"}, **QUOTED}),
    (HAPPENED, {"msgtype": "event", "event": {"eventtype": "enter_chat"}}),
    (HAPPENED, {"msgtype": "event", "event": {"eventtype": "template_card_event", "template_card_event": PRESS}}),
)


class _Delivery:
    """What was heard is answered, and what was promised is delivered."""

    def __init__(self, house: Any, every: int = EVERY) -> None:
        self.house, self.every, self.count = house, every, 0

    def __call__(self) -> None:
        self.count += 1
        if self.count % self.every == 0:
            self.house.app.delivery.drain()


@contextmanager
def _slack(folder: Path, **more: Any) -> Iterator[tuple[Office, list[Sent], _Delivery]]:
    at_once = patch.object(rooms, "later", lambda _, call: call())
    with office(folder, **more) as house, at_once:
        house.does(house.person().command("/huihou", "meeting new Annual Conference end: 27 May 2026 17:00"))
        for title in ("Water the plants", "Call the mayor"):
            house.does(house.person().command("/huihou", f"add {title} phase: 5 due: 29 May 2026 12:00"))
        sent = list(genuine(house).values())
        sent += [house.person().command("/huihou", line) for line in LINES]
        house.app.dispatch.limit = Limit(0, lambda: 0.0)
        house.http = TestClient(web.site(house.app), base_url="http://127.0.0.1", raise_server_exceptions=False)
        yield house, sent, _Delivery(house)


def _fresh(payload: Any, number: int) -> Any:
    """Another event, not one that was answered before."""
    if not isinstance(payload, dict):
        return payload
    again = {name: f"{name}-{number}" for name in ("event_id", "trigger_id") if isinstance(payload.get(name), str)}
    return {**payload, **again}


@contextmanager
def slack_signed(folder: Path) -> Iterator[Throw]:
    """Events, commands and presses behind a good signature."""
    with _slack(folder) as (house, sent, deliver):

        def throw(junk: Junk) -> tuple[int, str]:
            one = junk.random.choice(sent)
            kind, body = _body(junk, one, _fresh(one.payload, deliver.count))
            answer = house.http.post(ADDRESS, content=body, headers=_signed(body, kind, house.slack.clock))
            deliver()
            return answer.status_code, answer.text

        yield throw


def _body(junk: Junk, one: Sent, payload: Any) -> tuple[str, bytes]:
    if one.kind == "events_api":
        return JSON, junk.json(payload)
    if one.kind == "slash_commands":
        fields = {name: junk.text(value) if junk.random.random() < 0.3 else value for name, value in payload.items()}
        body = urlencode(fields, errors="replace").encode()
    else:
        body = urlencode({"payload": junk.json(payload)}).encode()
    return FORM, junk.data(body) if junk.random.random() < 0.1 else body


def _signed(body: bytes, kind: str, at: float) -> dict[str, str]:
    stamp = str(int(at))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"content-type": kind, "x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}


@contextmanager
def slack_unsigned(folder: Path) -> Iterator[Throw]:
    """The same without a signature, or with one of something else; one in which nothing happens to be bent passes."""
    with _slack(folder) as (house, sent, _):

        def throw(junk: Junk) -> tuple[int, str]:
            one = junk.random.choice(sent).signed()
            bent = {name: junk.text(told) if junk.random.random() < 0.4 else told for name, told in one.headers.items()}
            headers = [
                (name.encode(), told.translate(UNSENT).encode("utf-8", "replace")) for name, told in bent.items()
            ]
            body = junk.data(one.body)
            answer = house.http.post(ADDRESS, content=body, headers=headers)
            assert answer.status_code != 200 or "ssl_check" in str(one.body) or body == one.body, answer.text
            return answer.status_code, answer.text

        yield throw


@contextmanager
def slack_socket(folder: Path) -> Iterator[Throw]:
    """Envelopes as the connection hands them over."""
    with _slack(folder) as (house, sent, deliver):
        assert house.app.door is not None
        handler: SocketModeHandler = house.app.door.handler()
        acks: list[Any] = []
        client: Any = SimpleNamespace(send_socket_mode_response=acks.append, logger=handler.client.logger)

        def throw(junk: Junk) -> tuple[int, str]:
            one = junk.random.choice(sent)
            payload = junk.shape(_fresh(one.payload, deliver.count))
            asked = SocketModeRequest(one.kind, f"e{deliver.count}", payload if isinstance(payload, dict | str) else {})
            acks.clear()
            handler.handle(client, asked)
            deliver()
            return 200 if acks else 400, str([ack.to_dict() for ack in acks])

        yield throw


@contextmanager
def wecom_callback(folder: Path) -> Iterator[Throw]:
    """Callbacks: some sealed and signed as WeCom does, with junk inside; others with junk around it."""
    with wecom_office(folder) as house:
        house.says("lina", "新建会议 2026年会 结束：2026-05-27 17:00")
        house.app.dispatch.limit = Limit(0, lambda: 0.0)
        agent, deliver = house.agent, _Delivery(house)
        head = {
            "ToUserName": agent.corp,
            "FromUserName": "LiNa",
            "CreateTime": "1779934500",
            "AgentID": str(agent.agent),
        }
        told: list[dict[str, str]] = [
            *(
                {**head, "MsgType": "text", "Content": line, "MsgId": "1"}
                for line in ("进展", "完成 T1", "帮助", "撤销")
            ),
            {**head, "MsgType": "event", "Event": "click", "EventKey": "list"},
            {
                **head,
                "MsgType": "event",
                "Event": "template_card_event",
                "EventKey": "done M1-T1",
                "TaskId": "t1",
                "CardType": "x",
            },
            {**head, "MsgType": "file", "MediaId": "m1", "FileName": "a.csv", "MsgId": "2"},
        ]
        http = TestClient(web.site(house.app), base_url="http://127.0.0.1", raise_server_exceptions=False)

        def throw(junk: Junk) -> tuple[int, str]:
            fields = {**junk.random.choice(told), "MsgId": str(deliver.count)}
            fields = {name: junk.text(value) if junk.random.random() < 0.2 else value for name, value in fields.items()}
            plain = xml({name: value.replace("]]>", "") for name, value in fields.items()})
            inside = junk.text(plain) if junk.random.random() < 0.3 else plain
            envelope: Envelope = agent.sealed(inside.encode("utf-8", "replace").decode())
            if junk.random.random() < 0.3:
                query = {name: junk.text(value) for name, value in envelope.query.items()}
                envelope = replace(envelope, query=query, body=junk.data(envelope.body))
            query = {name: value.encode("utf-8", "replace").decode() for name, value in envelope.query.items()}
            answer = http.request(
                junk.random.choice(("POST", "POST", "GET")), "/wecom/main", params=query, content=envelope.body
            )
            deliver()
            return answer.status_code, answer.text

        yield throw


@contextmanager
def wecom_frames(folder: Path) -> Iterator[Throw]:
    """Frames of the AI bot's connection, as its client hands them over."""
    with bot_house(folder) as house:
        house.app.dispatch.limit = Limit(0, lambda: 0.0)
        assert house.app.wecom is not None
        ear, deliver = house.app.wecom.bot_ear, _Delivery(house)
        ear.stopping.set()
        entry = house.app.wecom.ear.desk.entries["main"]
        body = {"msgid": "m", "aibotid": "b", "chattype": "single", "from": {"userid": "LiNa"}}
        frames = [{"cmd": cmd, "headers": {"req_id": "r"}, "body": {**body, **more}} for cmd, more in FRAMES]

        def throw(junk: Junk) -> tuple[int, str]:
            frame = json.loads(json.dumps(junk.random.choice(frames)))
            frame["body"]["msgid"] = f"m{deliver.count}"
            bent = junk.shape(frame)
            ear(entry, bent if isinstance(bent, dict) else {})
            deliver()
            return 200, ""

        yield throw
