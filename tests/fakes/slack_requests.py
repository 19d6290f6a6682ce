"""What Slack sends to an app: bodies as its documents show them, signed for HTTP or wrapped for Socket Mode.

``Sender(slack).command("/huihou", "done T12")`` is a ``Sent``; ``.signed()`` gives headers and bytes,
``.over(slack.sockets)`` sends it through an open connection.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.fakes import slack_files
from tests.fakes.slack_state import APP, HOME, SECRET, File

if TYPE_CHECKING:
    from tests.fakes.slack import FakeSlack
    from tests.fakes.slack_socket import Sockets

Payload = dict[str, Any]
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class Request:
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Sent:
    """``kind`` is Socket Mode's name for it; ``retry`` is above 0 for another delivery of the same."""

    kind: str
    payload: Payload
    at: float
    retry: int = 0
    reason: str = "http_timeout"

    def again(self, retry: int = 1, reason: str = "http_timeout") -> Sent:
        return replace(self, retry=retry, reason=reason)

    def signed(self, secret: str = SECRET, *, at: float | None = None) -> Request:
        kind, body = self._body()
        stamp = str(int(self.at if at is None else at))
        digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
        }
        again = {"X-Slack-Retry-Num": str(self.retry), "X-Slack-Retry-Reason": self.reason} if self.retry else {}
        return Request({**headers, **again}, body)

    def _body(self) -> tuple[str, bytes]:
        if self.kind == "events_api":
            return JSON, json.dumps(self.payload).encode()
        fields = self.payload if self.kind == "slash_commands" else {"payload": json.dumps(self.payload)}
        return FORM, urlencode(fields).encode()

    def over(self, sockets: Sockets) -> str:
        """The envelope's id."""
        return sockets.send(self.kind, self.payload, retry=self.retry, reason=self.reason)


@dataclass(frozen=True)
class Sender:
    """Somebody in a workspace, doing things in a channel."""

    slack: FakeSlack
    user: str = "U0001"
    channel: str = "C0001"
    team: str = HOME

    # --- commands and presses

    def command(self, command: str, text: str = "", **more: Any) -> Sent:
        fields = {
            "token": "verification",
            "team_id": self.team,
            "team_domain": self.team.casefold(),
            "channel_id": self.channel,
            "channel_name": self.slack.channels[self.channel].name or "directmessage",
            "user_id": self.user,
            "user_name": self.slack.users[self.user].name,
            "command": command,
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": self.slack.response_url(self.channel, self.user),
            "trigger_id": self.slack.trigger(self.team),
            **more,
        }
        return Sent("slash_commands", fields, self.slack.clock)

    def presses(self, message: Mapping[str, Any], value: str, **state: Any) -> Sent:
        """A button, a box or a menu of a message, found by the value that it carries."""
        block, action = _found(message["blocks"], value)
        place = {"type": "message", "message_ts": message["ts"], "channel_id": self.channel, "is_ephemeral": False}
        more: Payload = {
            "container": place,
            "channel": self._room(),
            "message": dict(message),
            "state": {"values": state},
        }
        url = self.slack.response_url(self.channel, self.user, message["ts"])
        return self._interactive("block_actions", **more, response_url=url, actions=[_action(block, action, value)])

    def presses_in(self, view: Mapping[str, Any], value: str) -> Sent:
        """The same in a window or on the Home tab."""
        block, action = _found(view["blocks"], value)
        place = {"type": "view", "view_id": view["id"]}
        more: Payload = {"container": place, "view": dict(view), "actions": [_action(block, action, value)]}
        return self._interactive("block_actions", **more)

    def submits(self, view: Mapping[str, Any], **typed: str) -> Sent:
        """A form, with what stands in it unless other values are given by the fields' names."""
        values = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                element, given = block["element"], typed.get(block["block_id"].split("/")[0])
                values[block["block_id"]] = {element["action_id"]: _state(element, given)}
        return self._interactive("view_submission", view={**view, "state": {"values": values}}, response_urls=[])

    def closes(self, view: Mapping[str, Any]) -> Sent:
        return self._interactive("view_closed", view=dict(view), is_cleared=False, trigger=False)

    def shortcut(self, callback: str) -> Sent:
        return self._interactive("shortcut", callback_id=callback, action_ts="1780000000.000001")

    def message_shortcut(self, callback: str, message: Mapping[str, Any]) -> Sent:
        url = self.slack.response_url(self.channel, self.user, message["ts"])
        more = {"message": dict(message), "message_ts": message["ts"], "channel": self._room(), "response_url": url}
        return self._interactive("message_action", callback_id=callback, action_ts="1780000000.000001", **more)

    def searches(self, view: Mapping[str, Any], field: str, typed: str) -> Sent:
        """What is typed into a menu whose options the app gives."""
        block = next(one for one in view["blocks"] if one["block_id"].startswith(f"{field}/"))
        place = {"type": "view", "view_id": view["id"]}
        more = {"action_id": block["element"]["action_id"], "block_id": block["block_id"], "value": typed}
        return self._interactive("block_suggestion", trigger=False, container=place, view=dict(view), **more)

    def _interactive(self, kind: str, *, trigger: bool = True, **more: Any) -> Sent:
        payload = {
            "type": kind,
            "token": "verification",
            "team": {"id": self.team, "domain": self.team.casefold()},
            "user": {"id": self.user, "username": self.slack.users[self.user].name, "team_id": self.team},
            "api_app_id": APP,
            "enterprise": None,
            "is_enterprise_install": False,
            **({"trigger_id": self.slack.trigger(self.team)} if trigger else {}),
            **more,
        }
        return Sent("interactive", payload, self.slack.clock)

    def _room(self) -> Payload:
        return {"id": self.channel, "name": self.slack.channels[self.channel].name or "directmessage"}

    # --- events

    def event(self, kind: str, **more: Any) -> Sent:
        bot = self.slack.teams[self.team].bot_user
        payload = {
            "token": "verification",
            "team_id": self.team,
            "context_team_id": self.team,
            "api_app_id": APP,
            "event": {"type": kind, "event_ts": self._ts(), **more},
            "type": "event_callback",
            "event_id": self.slack.id("Ev"),
            "event_time": int(self.slack.clock),
            "authorizations": [{"team_id": self.team, "user_id": bot, "is_bot": True, "enterprise_id": None}],
            "is_ext_shared_channel": False,
        }
        return Sent("events_api", payload, self.slack.clock)

    def _ts(self) -> str:
        return f"{int(self.slack.clock)}.{next(self.slack.count):06d}"

    def says(self, text: str, *, thread: str = "", files: Sequence[File] = (), **more: Any) -> Sent:
        """A message in the channel, which then stands there; with files it has the subtype ``file_share``."""
        room = self.slack.channels[self.channel]
        shown = [slack_files.drawn(self.slack, one) for one in files]
        message = {
            "user": self.user,
            "text": text,
            "ts": self._ts(),
            "team": self.team,
            **({"thread_ts": thread} if thread else {}),
            **({"subtype": "file_share", "files": shown} if shown else {}),
            **more,
        }
        room.messages.append({"type": "message", **message})
        for file in files:
            file.shares[self.channel] = message["ts"]
        kind = "im" if room.is_im else "group" if room.is_private else "channel"
        return self.event("message", channel=self.channel, channel_type=kind, **message)

    def mentions(self, text: str, **more: Any) -> Sent:
        bot = self.slack.teams[self.team].bot_user
        said = {"user": self.user, "text": f"<@{bot}> {text}", "ts": self._ts(), "channel": self.channel}
        return self.event("app_mention", **said, **more)

    def reacts(self, message: Mapping[str, Any], name: str) -> Sent:
        item = {"type": "message", "channel": self.channel, "ts": message["ts"]}
        author = message.get("user", "")
        return self.event("reaction_added", user=self.user, reaction=name, item=item, item_user=author)

    def uploads(self, name: str, data: bytes, *, mimetype: str = "") -> File:
        """Not yet told to the app: see ``shares`` and ``says``."""
        return slack_files.add(self.slack, name, data, team=self.team, user=self.user, mimetype=mimetype)

    def shares(self, file: File) -> Sent:
        file.shares.setdefault(self.channel, self._ts())
        more = {"file_id": file.id, "file": {"id": file.id}, "user_id": self.user, "channel_id": self.channel}
        return self.event("file_shared", **more)

    def opens_home(self, tab: str = "home") -> Sent:
        return self.event("app_home_opened", user=self.user, channel=self.channel, tab=tab)

    def joins(self, user: str = "") -> Sent:
        joined = user or self.slack.teams[self.team].bot_user
        more = {"user": joined, "channel": self.channel, "channel_type": "C", "team": self.team, "inviter": self.user}
        self.slack.channels[self.channel].members.append(joined)
        return self.event("member_joined_channel", **more)

    def revokes(self) -> Sent:
        team = self.slack.teams[self.team]
        team.tokens.clear()
        return self.event("tokens_revoked", tokens={"oauth": [], "bot": [team.bot_user]})

    def uninstalls(self) -> Sent:
        self.slack.teams[self.team].tokens.clear()
        return self.event("app_uninstalled")

    def runs_step(self, callback: str, **inputs: Any) -> Sent:
        """A step in Workflow Builder."""
        function = {"id": "Fn0001", "callback_id": callback, "title": callback, "type": "app", "app_id": APP}
        return self.event(
            "function_executed",
            function=function,
            inputs=inputs,
            function_execution_id=self.slack.id("Fx"),
            workflow_execution_id=self.slack.id("Wx"),
            bot_access_token=next(iter(self.slack.teams[self.team].tokens), ""),
        )


def challenge(at: float, text: str = "3eZbrw1aB10FEMAGAZd4FyFQ") -> Sent:
    """What Slack asks once when an address is set."""
    return Sent("events_api", {"token": "verification", "challenge": text, "type": "url_verification"}, at)


def _found(blocks: Sequence[Mapping[str, Any]], value: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The block and the element that carry a value."""
    for block in blocks:
        for element in [*block.get("elements", ()), block.get("accessory")]:
            values = [one["value"] for one in (element or {}).get("options", ())]
            if element and value in {element.get("value"), *values}:
                return block, element
    raise AssertionError(f"nothing here says {value!r}")


def _action(block: Mapping[str, Any], element: Mapping[str, Any], value: str) -> Payload:
    known = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
    option = next((one for one in element.get("options", ()) if one["value"] == value), None)
    if element["type"] == "checkboxes":
        return {**known, "selected_options": [option], "action_ts": "1780000000.000001"}
    if option is not None:
        return {**known, "selected_option": option, "action_ts": "1780000000.000001"}
    return {**known, "value": value, "text": element["text"], "action_ts": "1780000000.000001"}


def _state(element: Mapping[str, Any], given: str | None) -> Payload:
    """A field of a form as it stands in ``state.values``."""
    if element["type"].endswith("select"):
        chosen = (
            {"text": {"type": "plain_text", "text": given}, "value": given} if given else element.get("initial_option")
        )
        return {"type": element["type"], "selected_option": chosen}
    return {"type": element["type"], "value": given if given is not None else element.get("initial_value")}
