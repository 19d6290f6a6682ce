"""Slash commands: what others may see is said in the room, where it has a thread; the rest stands in the response."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk import WebClient

from bot.ask import Ask
from bot.dispatch import is_shown, promise_of
from bot.platforms.slack import receive, render, windows
from bot.platforms.slack.addresses import USES, post
from bot.platforms.slack.desk import ALONE, WHOLE_FORM, Desk, Stage
from bot.platforms.slack.receive import Payload
from bot.platforms.slack.windows import Pressed
from messages import Message

UNPROMISED = frozenset(f"common/refusals/{name}" for name in ("busy", "locked", "full"))
"""Answers to what could not even be written down, so that they cannot be promised either."""
Respond = Callable[..., Any]
SEEN: Mapping[str, Any] = {"response_type": "in_channel"}
"""The command is shown to everybody, the answer follows as a message."""


@dataclass(frozen=True)
class Commanded:
    """A command, and what it asks."""

    desk: Desk
    client: WebClient
    body: Payload
    ask: Ask

    @property
    def address(self) -> str:
        return str(self.body.get("response_url", ""))

    @property
    def elsewhere(self) -> bool:
        """Said in somebody else's conversation: the answer is shown to whoever asked."""
        return bool(self.body.get("channel_id") != self.ask.room)

    def is_promised(self, message: Message) -> bool:
        return self.ask.deferred and not is_shown(self.ask, message)


def run(desk: Desk, stage: Stage, client: WebClient, body: Payload) -> tuple[Mapping[str, Any] | None, Message | None]:
    """What stands in the response, and the answer if it was there in time; later it goes to the response address."""
    ask = desk.ask(stage, receive.command(body), window=WHOLE_FORM)
    if ask is None:
        return None, None
    given = _commanded(desk, stage, client, body, ask)
    desk.slack.addresses.keep(promise_of(ask), given.address)
    work = desk.pool.submit(desk.dispatch.answer, given.ask)
    try:
        message = work.result(desk.patient)
    except TooSlow:
        work.add_done_callback(lambda done: _late(given, done))
        return None, None
    return _shown(stage, given, message), message


def _commanded(desk: Desk, stage: Stage, client: WebClient, body: Payload, ask: Ask) -> Commanded:
    """What is for one person alone is not promised, nor anything where the bot is known not to be allowed to write."""
    given = Commanded(desk, client, body, ask if ask.direct else replace(ask, window=ALONE))
    if given.elsewhere or desk.is_paused(stage.key, ask.room):
        return replace(given, ask=replace(given.ask, deferred=False))
    return given


def _shown(stage: Stage, given: Commanded, message: Message) -> Mapping[str, Any] | None:
    if given.is_promised(message):
        return SEEN
    given.desk.slack.addresses.forget(promise_of(given.ask))
    pressed = Pressed(stage, given.client, given.body["trigger_id"], given.ask)
    if message.form is not None and windows.open_form(pressed, message):
        return None
    first, *more = drawn(given, message)
    if len(more) > USES or message.files:
        _promise(given, message)
        return None
    if more:
        given.desk.pool.submit(post, given.address, more)
    return first


def _late(given: Commanded, done: Future[Message]) -> None:
    message = done.result()
    if given.is_promised(message):
        return
    given.desk.slack.addresses.forget(promise_of(given.ask))
    pages = drawn(given, message)
    if len(pages) > USES or message.files:
        _promise(given, message)
    else:
        post(given.address, pages)


def drawn(given: Commanded, message: Message) -> list[dict[str, Any]]:
    """A page each, to be seen by everybody or by whoever asked. A form is opened by a button that asks once more."""
    alone = given.elsewhere or (message.private and not given.ask.direct)
    again = given.ask.line if message.form is not None and not message.refused else ""
    kind = "ephemeral" if alone else "in_channel"
    return [{"response_type": kind, **page} for page in render.message(message, again=again)]


def respond(say: Respond, told: Sequence[Message]) -> None:
    """To whoever pressed, where nothing could be promised."""
    for message in told:
        for page in render.message(message):
            say(**page, response_type="ephemeral", replace_original=False)


def _promise(given: Commanded, message: Message) -> None:
    ask = given.ask
    face = given.desk.faces.meet(ask.workspace, ask.account)
    if face is not None:
        given.desk.tell(ask, face.person_id, message, key=f"{ask.workspace}:{ask.event_id}:answer")
