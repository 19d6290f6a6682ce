"""Whatever shape comes behind a good signature: a polite answer or a 4xx, never a traceback, and nobody waits."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.platforms.slack import rooms
from tests.bot.platforms.slack.office import ADDRESS, CHANNEL, Office
from tests.fakes.slack_requests import Sent

JUNK: list[Any] = [None, 7, "x", ["x"], {"id": 7}]


def genuine(house: Office) -> dict[str, Sent]:
    ann = house.person()
    house.does(ann.mentions("show T59"))
    card = house.said()[-1]
    house.does(ann.command("/huihou", "due M1-T59"))
    view = house.window()
    said = ann.says("see <https://example.org>", files=[ann.uploads("a.csv", b"a,b")])
    return {
        "message": ann.mentions("status"),
        "thread": ann.says("status", thread=card["ts"]),
        "files": ann.says("", thread=card["ts"], files=[ann.uploads("b.csv", b"c,d")]),
        "reaction": ann.reacts(card, "eyes"),
        "home": ann.opens_home(),
        "joined": ann.joins(),
        "changed": ann.event("user_change", user=house.slack.users["U0002"].drawn()),
        "shared": house.alone().shares(ann.uploads("c.csv", b"e,f")),
        "step": ann.runs_step("start_checklist", title="X", end="27 May 2026", channel=CHANNEL, lead="U0001"),
        "revoked": ann.event("tokens_revoked", tokens={"oauth": ["U1"]}),
        "command": ann.command("/huihou", "status"),
        "press": ann.presses(card, "why M1-T59"),
        "submit": ann.submits(view, when="12 June 2026"),
        "close": ann.closes(view),
        "search": ann.searches(view, "when", "x"),
        "attach": ann.message_shortcut("attach_to_task", said.payload["event"]),
        "make": ann.message_shortcut("make_task", said.payload["event"]),
        "new": ann.shortcut("new_meeting"),
    }


SOME = 40
KINDS = (
    "message thread files reaction home joined changed shared step revoked command press submit close search attach "
    "make new"
).split()


def bent(payload: dict[str, Any], *, deep: int = 3) -> Iterator[dict[str, Any]]:
    """The payload with one thing in it replaced by each kind of junk, or missing."""
    for key, value in payload.items():
        yield {name: one for name, one in payload.items() if name != key}
        yield from ({**payload, key: junk} for junk in JUNK)
        if isinstance(value, dict) and deep:
            yield from ({**payload, key: inner} for inner in bent(value, deep=deep - 1))


def chosen(payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some of them, others each time; `make faults` takes all."""
    return payloads if "HUIHOU_FAULTS" in os.environ else random.sample(payloads, min(SOME, len(payloads)))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_wrong_shape_breaks_anything(begun: Office, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "later", lambda _, call: call())
    sent = genuine(begun)[kind]
    for number, payload in enumerate(chosen(list(bent(sent.payload)))):
        if kind == "command" and any(isinstance(value, list | dict) for value in payload.values()):
            continue  # a form has texts only
        fresh = {"event_id": f"Ev{number}"} if payload.get("event_id") == sent.payload.get("event_id", 0) else {}
        answer = begun.post(replace(sent, payload={**payload, **fresh}))
        assert answer.status_code < 500, payload
        assert "Traceback" not in answer.text
    assert begun.does(begun.person().command("/huihou", "status")) == {"response_type": "in_channel"}


@pytest.mark.parametrize("address", ["http://evil.example/x", "https://127.0.0.1/", "ftp://127.0.0.1", "http://[", "x"])
def test_nothing_is_answered_to_an_address_that_is_not_slacks(begun: Office, address: str) -> None:
    sent = begun.person().command("/huihou", "status", response_url=address)
    assert begun.post(sent).status_code == 400
    assert begun.said() == []


@pytest.mark.parametrize("header", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
@pytest.mark.parametrize("value", [b"soon", b"-5", b"9" * 5000, "é".encode()])
def test_what_can_be_no_signature_is_none(begun: Office, header: str, value: bytes) -> None:
    one = begun.person().command("/huihou", "status").signed()
    headers = {**{name.encode(): told.encode() for name, told in one.headers.items()}, header.encode(): value}
    answer = begun.http.post(ADDRESS, content=one.body, headers=list(headers.items()))
    assert answer.status_code == 401
