"""The fake Slack answers Slack's own client as Slack's documents say."""

from __future__ import annotations

import http.client
import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError, URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.platforms.slack import render
from bot.platforms.slack.home import Home, home
from bot.platforms.slack.modal import given, loading, modal
from tests.bot.platforms.slack.shapes import SHAPES
from tests.fakes import slack_files
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_requests import Sender, Sent, challenge
from tests.fakes.slack_state import APP_TOKEN, CLIENT, CLIENT_SECRET, HOME, SECRET

DIVIDER = [{"type": "divider", "block_id": "d"}]


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as found:
        found.add_user("U0001", "Ann")
        found.add_channel("C0001", "general", members=["UBOTT0001", "U0001"])
        yield found


@pytest.fixture
def client(slack: FakeSlack) -> WebClient:
    return WebClient(token="xoxb-T0001", base_url=slack.url, retry_handlers=[])


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(SlackApiError) as caught:
        call()
    return str(caught.value.response["error"])


def post(url: str, body: dict[str, Any]) -> int:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


# --- messages


def test_a_message_is_posted_changed_and_deleted(slack: FakeSlack, client: WebClient) -> None:
    sent = client.chat_postMessage(
        channel="C0001", text="Hello", metadata={"event_type": "n", "event_payload": {"k": 1}}
    )
    client.chat_postMessage(channel="C0001", text="In the thread", thread_ts=sent["ts"])
    client.chat_update(channel="C0001", ts=sent["ts"], text="Hello again", blocks=DIVIDER)
    first, second = slack.posted("C0001")
    assert (first["text"], first["blocks"], first["metadata"]["event_payload"]) == ("Hello again", DIVIDER, {"k": 1})
    assert second["thread_ts"] == sent["ts"]
    client.chat_delete(channel="C0001", ts=sent["ts"])
    assert [message["text"] for message in slack.posted("C0001")] == ["In the thread"]


def test_only_one_person_sees_an_ephemeral_message(slack: FakeSlack, client: WebClient) -> None:
    client.chat_postEphemeral(channel="C0001", user="U0001", text="Psst")
    assert slack.posted("C0001") == []
    assert slack.ephemeral[0]["user"] == "U0001"


def test_what_slack_would_refuse_is_refused(slack: FakeSlack, client: WebClient) -> None:
    slack.add_channel("C2", is_archived=True)
    slack.add_channel("C3", members=[])
    slack.add_channel("C4", members=[], is_private=True)
    slack.add_team("T2")
    slack.add_channel("C5", team="T2")
    say = client.chat_postMessage
    assert refused(lambda: say(channel="C2", text="x")) == "is_archived"
    assert refused(lambda: say(channel="C3", text="x")) == "not_in_channel"
    assert refused(lambda: say(channel="C4", text="x")) == "channel_not_found"
    assert refused(lambda: say(channel="C5", text="x")) == "channel_not_found"
    assert refused(lambda: say(channel="C0001", text="x", blocks=DIVIDER * 2)) == "invalid_blocks"
    assert refused(lambda: client.api_call("chat.postMessage", json={"channel": "C0001"})) == "no_text"
    assert refused(lambda: client.chat_update(channel="C0001", ts="1.1", text="x")) == "message_not_found"
    assert refused(lambda: client.api_call("chat.shout")) == "unknown_method"


def test_tokens_are_looked_at(slack: FakeSlack, client: WebClient) -> None:
    assert client.auth_test()["team_id"] == HOME
    assert "chat:write" in client.auth_test().headers["x-oauth-scopes"]
    assert refused(WebClient(token="xoxb-x", base_url=slack.url).auth_test) == "invalid_auth"
    slack.teams[HOME].scopes.discard("chat:write")
    assert refused(lambda: client.chat_postMessage(channel="C0001", text="x")) == "missing_scope"


def test_history_keeps_metadata_to_itself_unless_asked(slack: FakeSlack, client: WebClient) -> None:
    sent = client.chat_postMessage(channel="C0001", text="x", metadata={"event_type": "n", "event_payload": {}})
    asked = client.conversations_history(channel="C0001", include_all_metadata=True)
    assert "metadata" in asked["messages"][0]
    assert "metadata" not in client.conversations_replies(channel="C0001", ts=sent["ts"])["messages"][0]


def test_lists_come_in_pages(slack: FakeSlack, client: WebClient) -> None:
    slack.channels["C0001"].members += [f"U9{at}" for at in range(5)]
    first = client.conversations_members(channel="C0001", limit=4)
    second = client.conversations_members(channel="C0001", limit=4, cursor=first["response_metadata"]["next_cursor"])
    assert (len(first["members"]), len(second["members"])) == (4, 3)


def test_people_are_known(slack: FakeSlack, client: WebClient) -> None:
    slack.add_user("U2", "Guest", is_restricted=True)
    assert client.users_info(user="U2")["user"]["is_restricted"] is True
    assert "locale" not in client.users_info(user="U2")["user"]
    assert client.users_info(user="U2", include_locale=True)["user"]["locale"] == "zh-CN"
    room = client.conversations_open(users="U2")["channel"]["id"]
    assert client.conversations_open(users="U2")["channel"]["id"] == room
    assert refused(lambda: client.users_info(user="U3")) == "user_not_found"


def test_a_response_address_serves_five_times_in_half_an_hour(slack: FakeSlack) -> None:
    url = slack.response_url("C0001", "U0001")
    assert [post(url, {"text": "x"}) for _ in range(6)] == [200, 200, 200, 200, 200, 404]
    late = slack.response_url("C0001", "U0001")
    slack.clock += 1801
    assert post(late, {"text": "x"}) == 404


# --- windows


def test_a_trigger_serves_once_within_three_seconds(slack: FakeSlack, client: WebClient) -> None:
    trigger, late = slack.trigger(), slack.trigger()
    client.views_open(trigger_id=trigger, view=loading("en"))
    assert refused(lambda: client.views_open(trigger_id=trigger, view=loading("en"))) == "exchanged_trigger_id"
    slack.clock += 3.1
    assert refused(lambda: client.views_open(trigger_id=late, view=loading("en"))) == "expired_trigger_id"
    assert refused(lambda: client.views_open(trigger_id="x", view=loading("en"))) == "invalid_trigger_id"


def test_a_hash_tells_that_somebody_was_faster(slack: FakeSlack, client: WebClient) -> None:
    view = client.views_open(trigger_id=slack.trigger(), view=loading("en"))["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=loading("zh_CN"))
    stale = {"view_id": view["id"], "hash": view["hash"], "view": loading("en")}
    assert refused(lambda: client.views_update(**stale)) == "hash_conflict"
    home = {"type": "home", "blocks": DIVIDER}
    client.views_publish(user_id="U0001", view=home)
    assert refused(lambda: client.views_publish(user_id="U0001", view=home, hash="x")) == "hash_conflict"
    assert refused(lambda: client.views_publish(user_id="U0001", view={**home, "blocks": []})) == "invalid_arguments"


# --- files


def test_a_file_goes_up_and_comes_down_for_who_has_the_token(slack: FakeSlack, client: WebClient) -> None:
    client.files_upload_v2(channel="C0001", filename="名单.csv", content="a,b", initial_comment="Here")
    (file,) = slack.files.values()
    assert (file.data, slack.posted("C0001")[0]["files"][0]["id"]) == (b"a,b", file.id)
    url = client.files_info(file=file.id)["file"]["url_private"]
    plain = slack_files.download(slack, f"/files-pri/{HOME}-{file.id}/x", "")
    assert (plain[0], slack_files.download(slack, f"/files-pri/{HOME}-{file.id}/x", "xoxb-T0001")[2]) == (302, b"a,b")
    assert url.startswith(f"http://{slack.address}/files-pri/")


# --- what goes wrong


def test_a_method_goes_wrong_as_often_as_it_was_told_to(slack: FakeSlack, client: WebClient) -> None:
    slack.will("chat.postMessage", retry_after=30)
    slack.will("chat.postMessage", status=503)
    slack.will("chat.postMessage", error="token_revoked")
    with pytest.raises(SlackApiError) as limited:
        client.chat_postMessage(channel="C0001", text="x")
    assert (limited.value.response.status_code, limited.value.response.headers["Retry-After"]) == (429, "30")
    assert refused(lambda: client.chat_postMessage(channel="C0001", text="x")) == "internal_error"
    assert refused(lambda: client.chat_postMessage(channel="C0001", text="x")) == "token_revoked"
    client.chat_postMessage(channel="C0001", text="at last")
    assert [message["text"] for message in slack.posted("C0001")] == ["at last"]
    assert len(slack.called("chat.postMessage")) == 4


def test_a_connection_that_drops_may_have_done_the_work(slack: FakeSlack, client: WebClient) -> None:
    slack.will("chat.postMessage", drop=True)
    slack.will("chat.postMessage", drop_after=True)
    for _ in range(2):
        with pytest.raises((http.client.RemoteDisconnected, URLError, ConnectionError)):
            client.chat_postMessage(channel="C0001", text="x")
    assert len(slack.posted("C0001")) == 1


def test_a_channel_takes_one_message_a_second(slack: FakeSlack, client: WebClient) -> None:
    slack.strict = True
    client.chat_postMessage(channel="C0001", text="one")
    assert refused(lambda: client.chat_postMessage(channel="C0001", text="two")) == "ratelimited"
    slack.clock += 1
    client.chat_postMessage(channel="C0001", text="two")


# --- installing


def test_a_code_is_exchanged_once_and_a_token_is_renewed_once(slack: FakeSlack) -> None:
    slack.rotating = True
    client = WebClient(base_url=slack.url)
    app = {"client_id": CLIENT, "client_secret": CLIENT_SECRET}
    code = slack.code(HOME)
    first = client.oauth_v2_access(**app, code=code)
    assert refused(lambda: client.oauth_v2_access(**app, code=code)) == "invalid_code"
    assert refused(lambda: client.oauth_v2_access(client_id=CLIENT, client_secret="x", code="x")) == "bad_client_secret"
    renewal = {**app, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = client.oauth_v2_access(**renewal)
    assert refused(lambda: client.oauth_v2_access(**renewal)) == "invalid_refresh_token"
    slack.clock += 43_200
    assert refused(WebClient(token=second["access_token"], base_url=slack.url).auth_test) == "token_expired"


# --- what Slack sends


class Still(Clock):
    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at


def everything(slack: FakeSlack) -> list[Sent]:
    ann = Sender(slack)
    message: dict[str, Any] = {"ts": "1.1", "user": "U1", "blocks": []}
    view = {"id": "V1", "type": "modal", "blocks": []}
    file = ann.uploads("a.csv", b"1")
    said = [ann.says("done T1"), ann.says("", files=[file]), ann.mentions("list"), ann.shares(file)]
    return [
        *said,
        ann.command("/huihou", "list"),
        ann.submits(view),
        ann.closes(view),
        ann.shortcut("new"),
        ann.message_shortcut("attach", message),
        ann.reacts(message, "eyes"),
        ann.opens_home(),
        ann.joins(),
        ann.runs_step("start", meeting="x"),
        ann.revokes(),
        ann.uninstalls(),
        challenge(slack.clock),
    ]


def test_what_is_drawn_can_be_pressed_ticked_and_filled_in(slack: FakeSlack, client: WebClient) -> None:
    ann = Sender(slack)
    for shape, line, kind in (("fifteen rows", "show M1-T3", "button"), ("forty rows", "done M1-T3", "checkboxes")):
        (payload, *_) = render.message(SHAPES[shape])
        posted = client.chat_postMessage(channel="C0001", **payload)["message"]
        (action,) = ann.presses(posted, line).payload["actions"]
        assert action["type"] == kind
        assert line in {action.get("value"), *(one["value"] for one in action.get("selected_options", ()))}
    trigger = ann.shortcut("new").payload["trigger_id"]
    window = modal(SHAPES["a form"], {"room": "C0001"})
    view = client.views_open(trigger_id=trigger, view=window)["view"]
    assert given(ann.submits(view, title="New").payload["view"]).fields == {"title": "New", "who": "@#3"}
    assert ann.searches(view, "who", "li").payload["value"] == "li"
    client.views_publish(user_id="U0001", view=home(Home(SHAPES["fifteen rows"])))
    tab = slack.homes["U0001"].drawn("B")
    assert ann.presses_in(tab, "done M1-T3").payload["actions"][0]["value"] == "done M1-T3"


def test_bodies_are_signed_as_slack_signs(slack: FakeSlack) -> None:
    verifier = SignatureVerifier(SECRET, Still(slack.clock))
    for sent in everything(slack):
        request = sent.signed()
        assert verifier.is_valid_request(request.body, request.headers)
        assert not verifier.is_valid_request(request.body, sent.signed("forged").headers)
        assert not verifier.is_valid_request(request.body, sent.signed(at=slack.clock - 301).headers)
        assert not verifier.is_valid_request(request.body + b" ", request.headers)


def test_another_delivery_says_that_it_is_one(slack: FakeSlack) -> None:
    sent = Sender(slack).says("done T1")
    headers = sent.again(2).signed().headers
    assert (headers["X-Slack-Retry-Num"], headers["X-Slack-Retry-Reason"]) == ("2", "http_timeout")
    assert sent.again().signed().body == sent.signed().body
    assert "X-Slack-Retry-Num" not in sent.signed().headers


# --- Socket Mode


@pytest.fixture
def app(slack: FakeSlack) -> Iterator[SocketModeClient]:
    client = SocketModeClient(APP_TOKEN, web_client=WebClient(base_url=slack.url), ping_interval=1)
    client.socket_mode_request_listeners.append(
        lambda app, request: app.send_socket_mode_response(
            SocketModeResponse(request.envelope_id, {"text": f"{request.type} {request.retry_attempt or 0}"})
        )
    )
    client.connect()
    assert slack.sockets.wait_for(1)
    yield client
    client.close()


def test_an_envelope_is_answered(slack: FakeSlack, app: SocketModeClient) -> None:
    sent = Sender(slack).command("/huihou", "list")
    assert slack.sockets.acked(sent.over(slack.sockets)) == {"text": "slash_commands 0"}
    event = Sender(slack).says("长" * 30_000)
    assert slack.sockets.acked(event.over(slack.sockets)) == {"text": "events_api 0"}
    assert slack.sockets.acked(event.again(1, "timeout").over(slack.sockets)) == {"text": "events_api 1"}


def test_a_connection_is_renewed_when_slack_asks(slack: FakeSlack, app: SocketModeClient) -> None:
    (before,) = slack.sockets.links
    slack.sockets.refresh()
    with slack.sockets.changed:
        assert slack.sockets.changed.wait_for(
            lambda: bool(slack.sockets.links) and before not in slack.sockets.links, 10
        )
    assert slack.sockets.acked(Sender(slack).says("x").over(slack.sockets)) == {"text": "events_api 0"}


def test_a_stranger_gets_no_connection(slack: FakeSlack) -> None:
    assert refused(lambda: WebClient(base_url=slack.url).apps_connections_open(app_token="xapp-x")) == "invalid_auth"
