"""One whole story at Slack, and two associations on one bot that never see each other's anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot import web
from bot.app import build
from storage import checklist, files, meetings, people, workspace
from storage.base import Base
from storage.checklist import State
from storage.meetings import MeetingState
from tests.bot.platforms.slack.office import ANN, BO, CHANNEL, Office, SlackClock, settings
from tests.bot.platforms.slack.several import OLD, PUBLIC, install
from tests.bot.test_kinds import PNG
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_requests import Sender, Sent
from tests.fakes.slack_state import CLIENT, CLIENT_SECRET, HOME


def state(house: Office, number: int) -> State:
    with house.app.database.read() as db:
        task = checklist.get(db, 1, number)
        assert task is not None
        return task.state


def until(house: Office, text: str) -> dict[str, Any]:
    """Time goes by until the bot says that in the channel of its own accord."""
    for _ in range(1000):
        found = [one for one in house.said() if text in one["text"]]
        if found:
            return found[-1]
        house.slack.clock += 600
        house.app.settle()
    raise AssertionError(f"nobody said {text!r}")


@pytest.mark.parametrize("times", [1, 3])
def test_a_conference_is_wrapped_up_at_slack(house: Office, times: int) -> None:
    ann, bo = house.person(), house.person(BO)

    def does(sent: Sent) -> None:
        house.does(sent, times=times)

    # The bot is invited, a meeting begins in a window, and Bo gets his role.
    does(ann.joins())
    does(ann.presses(house.said()[0], "meeting new"))
    does(ann.submits(house.window(), name_en="Annual Conference", end="27 May 2026 17:00"))
    assert "the checklist is ready" in house.texts()[-1]
    does(ann.command("/huihou", f"role set logistics <@{BO}|bo>"))

    # What comes due is said at the slot; in its thread, by a reaction, by a button and by a form it gets done.
    nudge = until(house, "Good morning")
    does(bo.presses(nudge, "start M1-T4"))
    assert state(house, 4) == State.DOING
    does(ann.command("/huihou", "add Water the plants phase: 5 due: 3 June 2026 12:00"))
    does(ann.mentions("show T59"))
    card = house.said()[-1]["ts"]
    does(ann.says("done", thread=card))
    assert state(house, 59) == State.DONE
    does(ann.mentions("skip T1 T3 T5 T6 T7 T9 T10 T20 T38"))
    does(ann.mentions("show T8"))
    does(ann.presses(house.said()[-1], "done M1-T8"))
    does(ann.submits(house.window(), note="Everybody was thanked on the spot."))
    assert state(house, 8) == State.DONE

    # A file is the proof of T4, sent in a thread.
    does(bo.mentions("show T4"))
    does(bo.says("done", thread=house.said()[-1]["ts"], files=[bo.uploads("handover.png", PNG)]))
    assert state(house, 4) == State.DONE
    with house.app.database.read() as db:
        assert len(db.query(files.File).all()) == 1

    # It ends.
    for number in range(1, 60):
        if state(house, number) not in {State.DONE, State.NOT_APPLICABLE}:
            does(ann.command("/huihou", f"skip T{number} not this year"))
    does(ann.command("/huihou", "meeting close"))
    does(ann.command("/huihou", "meeting close M1 confirm"))
    with house.app.database.read() as db:
        assert meetings.get(db, 1).state == MeetingState.CLOSED
    assert not [call for call in house.slack.calls if call.method.startswith("conversations.history")]


# --- several workspaces


@contextmanager
def two(folder: Path) -> Iterator[Office]:
    """One bot that two associations have installed: the same channel and user ids may be in both."""
    several = {"client_id": CLIENT, "client_secret": CLIENT_SECRET, "token_key": OLD, "public_url": PUBLIC}
    with FakeSlack() as slack:
        slack.add_team("T0002", "Other")
        for team, user, channel in ((HOME, ANN, CHANNEL), ("T0002", "U1001", "C1001")):
            slack.add_user(user, f"Ann of {team}", team=team, locale="en-GB")
            slack.add_channel(channel, "general", team=team, members=[slack.teams[team].bot_user, user])
        app = build(settings(slack, folder, slack={**several, "bot_token": ""}), clock=SlackClock(slack=slack))
        Base.metadata.create_all(app.database.writer)
        assert app.door is not None
        for team in (HOME, "T0002"):
            install(slack, app.door.slack.tokens, team)
        made = Office(slack, app, TestClient(web.site(app), base_url="http://127.0.0.1"))
        try:
            yield made
        finally:
            app.door.stop()
            app.database.close()


def test_two_associations_never_see_each_others_anything(tmp_path: Path) -> None:
    with two(tmp_path) as house:
        ours, theirs = Sender(house.slack, ANN, CHANNEL, HOME), Sender(house.slack, "U1001", "C1001", "T0002")
        house.does(ours.command("/huihou", "meeting new Secret Summit end: 27 May 2026 17:00"))
        house.does(theirs.command("/huihou", "meeting new Public Picnic end: 27 May 2026 17:00"))
        for line in ("list", "status", "meeting list", "people", "log", "search summit", "show M1-T1", "done M1-T1"):
            answer = house.does(theirs.command("/huihou", line))
            seen = json.dumps([answer, house.slack.ephemeral, house.slack.posted("C1001")])
            assert "Secret" not in seen
            assert f"Ann of {HOME}" not in seen
        house.does(ours.mentions("status"))
        house.does(theirs.mentions("status"))
        assert "Secret Summit" in house.texts(CHANNEL)[-1]
        assert "Public Picnic" in house.texts("C1001")[-1]
        tokens = {call.token for call in house.slack.calls if call.method == "chat.postMessage"}
        assert len(tokens) == 2
        with house.app.database.read() as db:
            keys = [workspace.find(db, f"slack:{team}") for team in (HOME, "T0002")]
            names = [{one.name for one in people.everyone(db, place.id)} for place in keys if place]
        assert names == [{f"Ann of {HOME}"}, {"Ann of T0002"}]


def test_a_mention_of_somebody_of_another_workspace_is_nobody(tmp_path: Path) -> None:
    with two(tmp_path) as house:
        ours = Sender(house.slack, ANN, CHANNEL, HOME)
        house.does(ours.command("/huihou", "meeting new Secret Summit end: 27 May 2026 17:00"))
        answer = house.does(ours.command("/huihou", "assign T1 <@U1001|ann>"))
        assert "T0002" not in json.dumps(answer)


def test_who_removed_the_app_is_not_spoken_to_and_the_others_are(tmp_path: Path) -> None:
    with two(tmp_path) as house:
        ours, theirs = Sender(house.slack, ANN, CHANNEL, HOME), Sender(house.slack, "U1001", "C1001", "T0002")
        for sender in (ours, theirs):
            house.does(sender.command("/huihou", "meeting new Summit end: 27 May 2026 17:00"))
        house.slack.clock += 60
        assert house.post(theirs.uninstalls()).status_code == 200
        house.slack.clock += 120
        assert "not installed" in json.dumps(
            [house.post(theirs.command("/huihou", "list")).text, house.slack.ephemeral]
        )
        house.does(ours.mentions("status"))
        assert "Summit" in house.texts(CHANNEL)[-1]
        with house.app.database.read() as db:
            place = workspace.find(db, "slack:T0002")
            assert place is not None
            assert len(meetings.all_of(db, place.id)) == 1
