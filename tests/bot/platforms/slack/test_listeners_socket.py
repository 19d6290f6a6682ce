"""Socket Mode: the same listeners behind a connection that the bot opens."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.platforms.slack import door as doors
from bot.platforms.slack.door import Door
from tests.bot.platforms.slack.office import ADDRESS, Office, office

SECONDS = 10


@pytest.fixture
def connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(doors, "PING", 0.2)
    with office(tmp_path, slack={"transport": "socket", "signing_secret": ""}) as house:
        door(house).start()
        assert house.slack.sockets.wait_for(1, SECONDS)
        yield house


def door(house: Office) -> Door:
    assert house.app.door is not None
    return house.app.door


def test_a_command_is_taken_in_its_envelope_and_answered_in_the_room(connected: Office) -> None:
    sent = connected.person().command("/huihou", "meeting new Annual Conference end: 27 May 2026 17:00")
    answer = connected.slack.sockets.acked(sent.over(connected.slack.sockets), SECONDS)
    assert answer == {"response_type": "in_channel"}
    connected.settle()
    assert "the checklist is ready" in connected.texts()[-1]
    again = connected.slack.sockets.acked(sent.over(connected.slack.sockets), SECONDS)
    assert again == answer


@pytest.mark.parametrize("times", [1, 4])
def test_an_event_is_taken_and_its_answer_said_once(connected: Office, times: int) -> None:
    sent = connected.alone().says("help")
    for number in range(times):
        one = dataclasses.replace(sent, retry=number)
        assert connected.slack.sockets.acked(one.over(connected.slack.sockets), SECONDS) == {}
    connected.settle()
    assert len(connected.said(connected.own())) == 1


def test_a_press_opens_its_window(connected: Office) -> None:
    sent = connected.person().shortcut("new_meeting")
    assert connected.slack.sockets.acked(sent.over(connected.slack.sockets), SECONDS) == {}
    assert connected.window()["callback_id"] == "form"


def test_a_connection_that_breaks_is_made_again(connected: Office) -> None:
    sockets = connected.slack.sockets
    (before,) = sockets.links
    before.drop()
    with sockets.changed:
        assert sockets.changed.wait_for(lambda: bool(sockets.links) and before not in sockets.links, 30)
    sent = connected.person().command("/huihou", "help")
    assert sockets.acked(sent.over(sockets), SECONDS) is not None


def test_nothing_that_is_posted_passes(connected: Office) -> None:
    request = connected.person().command("/huihou", "help").signed("")
    assert connected.http.post(ADDRESS, content=request.body, headers=request.headers).status_code == 404


def test_while_slack_cannot_be_reached_the_bot_runs_and_keeps_trying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office(tmp_path, slack={"transport": "socket"}) as house:
        here, waited = door(house), threading.Event()

        class Impatient(threading.Event):
            def wait(self, timeout: float | None = None) -> bool:
                waited.set()
                return super().wait(0.01)

        monkeypatch.setattr(here, "stopping", Impatient())
        house.slack.will("apps.connections.open", error="internal_error", times=2)
        here.start()
        assert waited.wait(SECONDS)
        assert house.slack.sockets.wait_for(1, SECONDS)


def test_stopping_while_it_connects_ends(tmp_path: Path) -> None:
    with office(tmp_path, slack={"transport": "socket"}) as house:
        house.slack.will("apps.connections.open", error="invalid_auth", times=1000)
        door(house).start()
        door(house).stop()
        assert not door(house).connecting.is_alive()


@pytest.mark.parametrize(("transport", "addresses"), [("socket", set()), ("http", {ADDRESS})])
def test_one_switch_chooses_the_transport(tmp_path: Path, transport: str, addresses: set[str]) -> None:
    with office(tmp_path, slack={"transport": transport}) as house:
        assert {getattr(route, "path", "") for route in door(house).routes()} == addresses
