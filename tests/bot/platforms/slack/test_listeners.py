"""Commands, presses and messages over HTTP, from Slack's signed bytes to what stands in the channel."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.journal import Entry
from tests.bot.platforms.slack.office import ADDRESS, BO, CHANNEL, Office
from tests.fakes.slack_requests import Sent, challenge


def journalled(house: Office) -> int:
    with house.app.database.read() as db:
        return db.scalar(select(func.count()).select_from(Entry)) or 0


# --- commands


def test_a_command_is_shown_and_answered_in_the_room(begun: Office) -> None:
    answer = begun.does(begun.person().command("/huihou", "done T59"))
    assert answer == {"response_type": "in_channel"}
    (said,) = begun.said()
    assert "T59" in said["text"]
    assert said["blocks"]


def test_under_the_answer_to_a_command_its_task_is_meant(begun: Office) -> None:
    begun.does(begun.person().command("/huihou", "show T59"))
    begun.does(begun.person().says("done", thread=begun.said()[-1]["ts"]))
    assert "T59" in begun.texts()[-1]
    assert begun.said()[-1]["thread_ts"] == begun.said()[0]["ts"]
    assert journalled(begun) == 4


def test_in_their_own_conversation_too(begun: Office) -> None:
    begun.does(begun.alone().command("/huihou", "show T59"))
    begun.does(begun.alone().says("done", thread=begun.said(begun.own())[-1]["ts"]))
    assert begun.said(begun.own())[-1]["thread_ts"] == begun.said(begun.own())[0]["ts"]
    assert journalled(begun) == 4


def test_where_the_bot_is_no_member_the_answer_comes_through_the_command(begun: Office) -> None:
    begun.slack.will("chat.postMessage", error="not_in_channel", times=100)
    begun.does(begun.person().command("/huihou", "done T59"))
    (said,) = begun.said()
    assert "T59" in said["text"]
    assert (begun.slack.ephemeral, begun.texts(begun.own())) == ([], [])
    assert begun.slack.called("chat.postMessage")[-1]["channel"] == CHANNEL


def test_where_the_bot_knows_that_it_may_not_write_the_answer_stands_in_the_response(begun: Office) -> None:
    begun.slack.will("chat.postMessage", error="is_archived")
    begun.does(begun.person().mentions("status"))
    answer = begun.does(begun.person().command("/huihou", "done T59"))
    assert answer["response_type"] == "in_channel"
    assert "T59" in answer["text"]
    assert begun.said() == []


def test_what_concerns_one_person_is_shown_to_them_alone(begun: Office) -> None:
    answer = begun.does(begun.person().command("/hh", "done T999"))
    assert answer["response_type"] == "ephemeral"


def test_a_command_without_words_is_a_question_for_help(house: Office) -> None:
    assert "list" in house.told(house.person().command("/huihou"))["text"]


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_command_that_comes_again_acts_once_and_is_answered_alike(begun: Office, times: int) -> None:
    before = journalled(begun)
    sent = begun.person().command("/huihou", "done T59")
    assert begun.does(sent) == begun.does(sent, times=times)
    assert (journalled(begun), len(begun.said())) == (before + 1, 1)
    refused = begun.person().command("/huihou", "done T999")
    assert begun.does(refused) == begun.does(refused, times=times)


def test_a_mention_in_a_command_is_somebody_who_can_be_given_things(begun: Office) -> None:
    answer = begun.told(begun.person().command("/huihou", f"assign T59 <@{BO}|bo>"))
    assert "Bo" in answer["text"]
    assert begun.slack.called("users.info")[-1]["user"] == BO


# --- presses


def list_of(house: Office) -> dict[str, Any]:
    """A list that the bot said in the channel."""
    house.does(house.person().mentions("list phase 5"))
    return house.said()[-1]


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_press_says_its_line_once(begun: Office, times: int) -> None:
    message = list_of(begun)
    before = len(begun.said())
    begun.does(begun.person().presses(message, "done M1-T59"), times=times)
    assert len(begun.said()) == before + 1
    assert "T59" in begun.texts()[-1]


def test_a_stale_button_is_answered_with_how_it_stands(begun: Office) -> None:
    message = list_of(begun)
    begun.does(begun.person().presses(message, "done M1-T59"))
    before = len(begun.said())
    begun.does(begun.person(BO).presses(message, "done M1-T59"))
    (told,) = begun.slack.ephemeral
    assert (told["user"], len(begun.said())) == (BO, before)
    assert "T59" in told["text"]


# --- messages


def test_their_own_conversation_needs_no_mention(begun: Office) -> None:
    begun.does(begun.alone().says("status"))
    assert "Annual Conference" in begun.texts(begun.own())[-1]


def test_a_channel_is_listened_to_only_where_the_bot_is_mentioned(begun: Office) -> None:
    begun.does(begun.person().says("done T59"))
    assert begun.said() == []
    begun.does(begun.person().mentions("done T59"))
    assert "T59" in begun.texts()[-1]


def test_a_message_that_is_told_of_twice_is_one(begun: Office) -> None:
    """A mention in a channel arrives as a mention and as a message."""
    mention = begun.person().mentions("done T59")
    event = {**mention.payload["event"], "type": "message", "channel_type": "channel"}
    begun.does(mention)
    begun.does(dataclasses.replace(mention, payload={**mention.payload, "event": event, "event_id": "Ev2"}))
    assert len(begun.said()) == 1
    assert begun.slack.ephemeral == []


@pytest.mark.parametrize("more", [{"subtype": "message_changed"}, {"subtype": "channel_join"}, {"bot_id": "B1"}])
def test_what_is_not_said_by_somebody_is_not_heard(begun: Office, more: dict[str, Any]) -> None:
    before = journalled(begun)
    begun.does(begun.alone().says("done T59", **more))
    assert journalled(begun) == before


def test_the_bots_own_messages_are_not_heard(begun: Office) -> None:
    bot = begun.slack.teams["T0001"].bot_user
    begun.does(begun.person(bot, begun.own()).says("done T59"))
    assert begun.said(begun.own()) == [{**begun.slack.posted(begun.own())[-1]}]


# --- what is not Slack's


def test_slacks_question_about_the_address_is_answered(house: Office) -> None:
    assert house.post(challenge(house.slack.clock, "abc")).json() == {"challenge": "abc"}


def forged(house: Office) -> list[tuple[dict[str, str], bytes]]:
    sent = house.person().command("/huihou", "meeting new X end: 27 May 2026")
    good = sent.signed()
    late = sent.signed(at=house.slack.clock - 301)
    other = sent.signed("another secret")
    bare = {name: value for name, value in good.headers.items() if not name.startswith("X-Slack")}
    return [
        (other.headers, good.body),
        (late.headers, good.body),
        (good.headers, good.body + b"&text=x"),
        (bare, good.body),
        ({**good.headers, "X-Slack-Request-Timestamp": "soon"}, good.body),
    ]


def test_what_slack_did_not_sign_is_refused(house: Office) -> None:
    for headers, body in forged(house):
        assert 400 <= house.http.post(ADDRESS, content=body, headers=headers).status_code < 500
    assert house.slack.calls == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b"payload={", b"[]", b"payload=[]", b"payload=1", b"", b"null"])
def test_what_cannot_be_read_is_refused(house: Office, body: bytes) -> None:
    good = house.person().command("/huihou").signed()
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        answer = house.http.post(ADDRESS, content=body, headers={**good.headers, "Content-Type": kind})
        assert 400 <= answer.status_code < 500


def test_more_than_a_megabyte_is_not_read(house: Office) -> None:
    sent = house.person().command("/huihou", "x" * 1_000_001).signed()
    assert house.http.post(ADDRESS, content=sent.body, headers=sent.headers).status_code == 413
    chunks = iter([b"x" * 100_000] * 11)
    headers = {name: value for name, value in sent.headers.items() if name != "Content-Length"}
    assert house.http.post(ADDRESS, content=chunks, headers=headers).status_code == 413


WRONG: list[dict[str, Any]] = [
    {"actions": []},
    {"actions": "x"},
    {"actions": [{"type": "button", "action_id": 1}]},
    {"user": None},
    {"user": {"id": 7}},
    {"container": []},
    {"trigger_id": None},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_press_of_the_wrong_shape_breaks_nothing(begun: Office, wrong: dict[str, Any]) -> None:
    press = begun.person().presses(list_of(begun), "done M1-T59")
    before = journalled(begun)
    answer = begun.post(Sent(press.kind, {**press.payload, **wrong}, press.at))
    assert answer.status_code == 200 or 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text
    assert journalled(begun) <= before + 1


def test_a_workspace_that_has_not_the_app_is_told_so(house: Office) -> None:
    house.slack.add_team("T0009")
    sent = house.person(team="T0001").command("/huihou", "list", team_id="T0009")
    house.does(sent)
    (told,) = house.slack.ephemeral
    assert "not installed" in told["text"]
    assert house.slack.called("users.info") == []
