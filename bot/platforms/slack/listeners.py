"""What the app listens to at Slack, over HTTP and over Socket Mode alike."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.middleware.request_verification import RequestVerification
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier

import messages
from bot.platforms.slack import boxes, commands, names, receive, rooms, step, troubles, windows
from bot.platforms.slack.desk import FORM, Busy, Desk, Stage
from bot.platforms.slack.receive import Heard, Payload
from bot.platforms.slack.tab import Tab
from bot.platforms.slack.windows import Pressed
from messages.markdown import plain

log = structlog.get_logger()

ANY = re.compile(".*", re.DOTALL)


@dataclass(frozen=True)
class Call:
    """Something that Slack sent."""

    body: Payload
    stage: Stage
    client: WebClient
    context: BoltContext


Listener = Callable[[Call], Mapping[str, Any] | None]
"""Gives what Slack is answered, where it wants to hear something."""


class _Now(SlackClock):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def now(self) -> float:
        return self.desk.slack.now().timestamp()


class Signed(RequestVerification):
    """Slack's signature over what came, not older than five minutes. Without a secret nothing that is posted passes."""

    def __init__(self, secret: str, desk: Desk, logger: logging.Logger) -> None:
        super().__init__(secret, logger)
        self._verifier = SignatureVerifier(secret or secrets.token_hex(), _Now(desk))

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002  Bolt's name
        stamp = req.headers.get("x-slack-request-timestamp", ["0"])[0]
        if not (stamp.isascii() and stamp.isdecimal()):
            return BoltResponse(status=401, body="")
        return super().process(req=req, resp=resp, next=next)


class _Known(Authorize):
    """Whether a request comes from a workspace that has the app."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def __call__(self, *, enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        try:
            return self.desk.slack.tokens.authorize(enterprise_id, team_id)
        except SlackApiError as error:  # asked who we are, Slack did not say: it is to come again
            raise ConnectionError(troubles.name_of(error)) from error


@dataclass
class Listeners:
    desk: Desk
    tab: Tab

    # --- said

    def command(self, call: Call) -> Mapping[str, Any] | None:
        answer, message = commands.run(self.desk, call.stage, call.client, call.body)
        self.tab.after(call.stage, call.body["user_id"], message)
        return answer

    def said(self, call: Call) -> None:
        heard = receive.message(call.body, call.stage.bot)
        if heard is not None:
            self.tab.after(call.stage, heard.user, self.desk.hear(call.stage, heard))

    def reacted(self, call: Call) -> None:
        heard = receive.reaction(call.body, call.stage.bot, lambda: self.desk.reactions(call.stage.key))
        if heard is not None:
            self.tab.after(call.stage, heard.user, self.desk.hear(call.stage, heard))

    def file(self, call: Call) -> None:
        rooms.file_shared(self.desk, call.stage, call.client, call.body, after=rooms.later)

    # --- pressed

    def pressed(self, call: Call) -> None:
        for heard in self._fresh(call):
            self.press(call, heard, prefill={})

    def _fresh(self, call: Call) -> list[Heard]:
        """Every line that the action says; of boxes only those that were not ticked before."""
        found = list(receive.pressed(call.body))
        group = boxes.group(call.body, [heard.line for heard in found])
        if group is None:
            return found
        database, now = self.desk.slack.database, self.desk.dispatch.now()
        fresh = boxes.fresh(database, call.stage.key, group, now=now)
        return [heard for heard in found if heard.line in fresh]

    def press(self, call: Call, heard: Heard, prefill: Mapping[str, str]) -> None:
        ask = self.desk.ask(call.stage, heard, window=FORM)
        if ask is not None:
            pressed = Pressed(call.stage, call.client, str(call.body.get("trigger_id", "")), ask, prefill)
            message = windows.press(self.desk, pressed)
            self.tab.after(call.stage, heard.user, message)
            if message is not None and message.name in commands.UNPROMISED and call.context.respond:
                commands.respond(call.context.respond, [message])

    def submitted(self, call: Call) -> Mapping[str, Any]:
        answer, message = windows.submit(self.desk, call.stage, call.client, call.body)
        self.tab.after(call.stage, call.body["user"]["id"], message)
        return answer

    def suggest(self, call: Call) -> Mapping[str, Any]:
        return windows.suggest(self.desk, call.stage, call.body)

    # --- shortcuts

    def attach(self, call: Call) -> None:
        """The files and links of the message; it is asked which task they prove, unless its thread says so."""
        said, links = call.body.get("message") or {}, receive.links_of(call.body)
        heard = receive.shortcut(call.body, " ".join(["attach", *links]), files=said.get("files") or ())
        if heard.files or links:
            self.desk.hear(call.stage, replace(heard, on=said.get("thread_ts") or "", raw=True))
        else:
            self.desk.decline(call.stage, heard, "nothing_to_attach")

    def make_task(self, call: Call) -> None:
        title = self.desk.typed(call.stage, replace(receive.shortcut(call.body, receive.title_of(call.body)), raw=True))
        self.press(call, receive.shortcut(call.body, "add"), prefill={"title": title})

    def new_meeting(self, call: Call) -> None:
        self.press(call, receive.shortcut(call.body, "meeting new"), prefill={})

    # --- coming and going

    def home(self, call: Call) -> None:
        if call.body["event"].get("tab") == "home":
            self.tab.opened(call.stage, call.body["event"]["user"], call.body["event_id"])

    def joined(self, call: Call) -> None:
        if call.body["event"]["user"] == call.stage.bot:
            rooms.greet(self.desk, call.stage, call.body["event"]["channel"])

    def changed(self, call: Call) -> None:
        user = call.body["event"]["user"]
        if user.get("deleted"):
            rooms.left(self.desk, call.stage, user["id"], call.body["event_id"])

    def revoked(self, call: Call) -> None:
        if call.body["event"].get("tokens", {}).get("bot"):
            self.uninstalled(call)

    def uninstalled(self, call: Call) -> None:
        at = datetime.fromtimestamp(call.body["event_time"], UTC)
        self.desk.slack.tokens.forget(call.body["team_id"], at=at)

    def step(self, call: Call) -> None:
        step.run(self.desk, call.stage, call.client, call.body)

    def nothing(self, call: Call) -> None:
        """Something that nobody listens to, from an earlier time perhaps."""
        told = call.body.get("event") or call.body
        log.info("nobody listens", type=told.get("type"))

    # --- by name

    @property
    def events(self) -> dict[str, Listener]:
        return {
            "app_home_opened": self.home,
            "app_mention": self.said,
            "app_uninstalled": self.uninstalled,
            "file_shared": self.file,
            "function_executed": self.step,
            "member_joined_channel": self.joined,
            "message": self.said,
            "reaction_added": self.reacted,
            "tokens_revoked": self.revoked,
            "user_change": self.changed,
        }

    @property
    def shortcuts(self) -> dict[str, Listener]:
        return {names.ATTACH: self.attach, names.MAKE_TASK: self.make_task, names.NEW_MEETING: self.new_meeting}


def app(desk: Desk, *, secret: str) -> App:
    """The Bolt app with everything registered."""
    house, logger = desk.slack.tokens.settings, logging.getLogger("slack_bolt.huihou")
    logger.setLevel(logging.CRITICAL)  # it would write down what people say
    bolt = App(
        logger=logger,
        client=WebClient(
            base_url=desk.slack.tokens.settings.slack.api_url, timeout=10, logger=logger, retry_handlers=[]
        ),
        process_before_response=True,
        request_verification_enabled=False,  # ours reads the house's clock
        before_authorize=Signed(secret, desk, logger),
        authorize=_Known(desk),  # type: ignore[arg-type]
        user_facing_authorize_error_message=plain(messages.refuse("slack/not_installed", house.locale).body),
    )
    _register(bolt, Listeners(desk, Tab(desk)))
    return bolt


def _register(bolt: App, ours: Listeners) -> None:
    for command in names.COMMANDS:
        bolt.command(command)(_heard(ours, ours.command))
    for event, listener in ours.events.items():
        bolt.event(event)(_heard(ours, listener))
    for callback, listener in ours.shortcuts.items():
        bolt.shortcut(callback)(_heard(ours, listener))
    bolt.action(ANY)(_heard(ours, ours.pressed))
    bolt.view(ANY)(_heard(ours, ours.submitted))
    bolt.view_closed(ANY)(_heard(ours, ours.nothing))
    bolt.options(ANY)(_heard(ours, ours.suggest))
    for rest in (bolt.event, bolt.shortcut, bolt.command):
        rest(ANY)(_heard(ours, ours.nothing))


def _heard(ours: Listeners, listener: Listener) -> Callable[[Ack, Payload, BoltContext], BoltResponse]:
    """With an answer for Slack in every case: 5xx where it is to come again."""

    def listen(ack: Ack, body: Payload, context: BoltContext) -> BoltResponse:
        try:
            key = ours.desk.slack.tokens.workspace_of(context.team_id or "", context.enterprise_id)
            call = Call(body, Stage(key, context.bot_user_id or ""), context.client, context)
            return ack(dict(listener(call) or {}) or "")
        except Busy:
            return BoltResponse(status=503, body="")
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            log.warning("not understood", type=body.get("type"), error=type(error).__name__, exc_info=error)
            return BoltResponse(status=400, body="", headers={"X-Slack-No-Retry": "1"})
        except Exception as error:
            log.exception("not heard", type=body.get("type"), error=type(error).__name__)
            return BoltResponse(status=500, body="")

    return listen
