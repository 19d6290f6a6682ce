"""Slash commands: the answer stands in Slack's own response, its further pages go to the response address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.ask import Ask
from bot.platforms.slack import receive, render, windows
from bot.platforms.slack.desk import Desk, Stage
from bot.platforms.slack.receive import Payload
from bot.platforms.slack.windows import Pressed
from messages import Message

log = structlog.get_logger()

USES = 5
"""How often something may be posted to a response address."""
UNPROMISED = frozenset(f"common/refusals/{name}" for name in ("busy", "locked", "full"))
"""Answers to what could not even be written down, so that they cannot be promised either."""
Respond = Callable[..., Any]


def run(desk: Desk, stage: Stage, client: WebClient, body: Payload) -> tuple[Mapping[str, Any] | None, Message | None]:
    """What stands in the response, and the answer if it was there in time; later it goes to the response address."""
    ask = desk.ask(stage, receive.command(body), deferred=False)
    if ask is None:
        return None, None
    work = desk.pool.submit(desk.dispatch.answer, ask)
    try:
        message = work.result(desk.patient)
    except TooSlow:
        work.add_done_callback(lambda done: _late(desk, ask, body, done))
        return None, None
    if message.form is not None and windows.open_form(Pressed(stage, client, body["trigger_id"], ask), message):
        return None, message
    return _answer(desk, ask, body, message), message


def _answer(desk: Desk, ask: Ask, body: Payload, message: Message) -> Mapping[str, Any] | None:
    first, *more = drawn(ask, message, body)
    if len(more) > USES or message.files:
        _promise(desk, ask, message)
        return None
    if more:
        desk.pool.submit(respond_pages, str(body.get("response_url", "")), more)
    return first


def _late(desk: Desk, ask: Ask, body: Payload, done: Future[Message]) -> None:
    message = done.result()
    pages = drawn(ask, message, body)
    if len(pages) > USES or message.files:
        _promise(desk, ask, message)
    else:
        respond_pages(str(body.get("response_url", "")), pages)


def drawn(ask: Ask, message: Message, body: Payload) -> list[dict[str, Any]]:
    """A page each, to be seen by everybody or by whoever asked. A form is opened by a button that asks once more.

    What is asked for in somebody else's conversation is shown to whoever asked.
    """
    alone = (message.private and not ask.direct) or body.get("channel_id") != ask.room
    kind = "ephemeral" if alone else "in_channel"
    again = ask.line if message.form is not None and not message.refused else ""
    return [{"response_type": kind, **page} for page in render.message(message, again=again)]


def respond_pages(address: str, pages: Sequence[Mapping[str, Any]]) -> None:
    for page in pages:
        try:
            WebhookClient(address).send(**page)
        except (SlackClientError, OSError, ValueError) as error:
            log.warning("page not said", error=type(error).__name__)
            return


def respond(say: Respond, told: Sequence[Message]) -> None:
    """To whoever pressed, where nothing could be promised."""
    for message in told:
        for page in render.message(message):
            say(**page, response_type="ephemeral", replace_original=False)


def _promise(desk: Desk, ask: Ask, message: Message) -> None:
    face = desk.faces.meet(ask.workspace, ask.account)
    if face is not None:
        desk.tell(ask, face.person_id, message, key=f"{ask.workspace}:{ask.event_id}:answer")
