"""Windows at Slack: a form is opened within the three seconds of a trigger, and stays open until it is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

import messages
from bot.ask import Ask
from bot.platforms.slack import modal, troubles
from bot.platforms.slack.desk import WHOLE_FORM, Desk, Stage
from bot.platforms.slack.modal import View
from bot.platforms.slack.receive import Heard, submitted
from messages import Message
from messages.markdown import plain
from messages.message import Form

log = structlog.get_logger()

SPENT = frozenset({"exchanged_trigger_id"})
"""Another delivery of the same press has opened the window already."""


@dataclass(frozen=True)
class Pressed:
    """A press that may open a window. ``prefill`` stands in the form's fields of these names, if they are empty."""

    stage: Stage
    client: WebClient
    trigger: str
    ask: Ask
    prefill: Mapping[str, str] = field(default_factory=dict)

    @property
    def about(self) -> dict[str, str]:
        """Where the form's own answer belongs."""
        return {"room": self.ask.room, **({"thread": self.ask.answer_in} if self.ask.answer_in else {})}


def press(desk: Desk, pressed: Pressed) -> Message | None:
    """Answer it. A form is opened as a window; one that takes long is waited for in a window that says so."""
    work = desk.pool.submit(desk.dispatch.answer, pressed.ask)
    try:
        message = work.result(desk.quick)
    except TooSlow:
        _wait(desk, pressed, work)
        return None
    if message.form is not None and not open_form(pressed, message):
        _say_instead(desk, pressed, message)
    return message


def open_form(pressed: Pressed, message: Message) -> bool:
    """Whether the form stands in a window now."""
    try:
        view = modal.modal(_filled(message, pressed.prefill), pressed.about)
        pressed.client.views_open(trigger_id=pressed.trigger, view=view)
    except SlackApiError as error:
        log.info("window not opened", error=troubles.name_of(error))
        return troubles.name_of(error) in SPENT
    except (ValueError, OSError) as error:
        log.warning("window not opened", error=type(error).__name__)
        return False
    return True


def _say_instead(desk: Desk, pressed: Pressed, message: Message) -> None:
    """The form as a message: a button in it opens the window."""
    face = desk.faces.meet(pressed.stage.key, pressed.ask.account)
    if face is not None:
        key = f"{pressed.ask.workspace}:{pressed.ask.event_id}:form"
        desk.tell(pressed.ask, face.person_id, message.model_copy(update={"private": True}), key=key)


def _wait(desk: Desk, pressed: Pressed, work: Future[Message]) -> None:
    face = desk.faces.meet(pressed.stage.key, pressed.ask.account)
    locale = messages.settle(face.locale if face else desk.faces.locale)
    try:
        view = pressed.client.views_open(trigger_id=pressed.trigger, view=modal.loading(locale))["view"]
    except (SlackApiError, OSError):
        work.add_done_callback(lambda done: _late(desk, pressed, done))
        return
    work.add_done_callback(lambda done: _replace(desk, pressed, done, view))


def _late(desk: Desk, pressed: Pressed, done: Future[Message]) -> None:
    """No window could be opened: a form is said instead, everything else was promised."""
    message = done.result()
    if message.form is not None:
        _say_instead(desk, pressed, message)


def _replace(desk: Desk, pressed: Pressed, done: Future[Message], view: Mapping[str, Any]) -> None:
    """The form, or the answer to be read, where the loading window stands; somebody who closed it needs none."""
    message = done.result()
    drawn = modal.modal(_filled(message, pressed.prefill), pressed.about)
    try:
        pressed.client.views_update(view_id=view["id"], hash=view["hash"], view=drawn)
    except (SlackApiError, OSError) as error:
        log.info("window not replaced", error=type(error).__name__)
        if message.form is not None:
            _say_instead(desk, pressed, message)


def _filled(message: Message, prefill: Mapping[str, str]) -> Message:
    if message.form is None or not prefill:
        return message
    fields = tuple(
        one.model_copy(update={"value": prefill[one.name]}) if one.name in prefill and not one.value else one
        for one in message.form.fields
    )
    return message.model_copy(update={"form": Form(line=message.form.line, submit=message.form.submit, fields=fields)})


# --- what was sent


def submit(
    desk: Desk, stage: Stage, client: WebClient, body: Mapping[str, Any]
) -> tuple[dict[str, Any], Message | None]:
    """What Slack is answered, and the answer: the window stays open for what was not accepted."""
    try:
        heard = submitted(body)
    except ValueError:
        face = desk.faces.meet(stage.key, body["user"]["id"])
        locale = messages.settle(face.locale if face else desk.faces.locale)
        return _shown(messages.refuse("slack/stale", locale), {}), None
    ask = desk.ask(stage, heard, window=WHOLE_FORM)
    if ask is None:
        return {}, None
    work = desk.pool.submit(desk.dispatch.answer, ask)
    pressed = Pressed(stage, client, "", ask)
    try:
        message = work.result(desk.patient)
    except TooSlow:
        view = body["view"]
        shown = {"id": view["id"], "hash": None}
        work.add_done_callback(lambda done: desk.soon(lambda: _replace(desk, pressed, done, shown)))
        return {"response_action": "update", "view": modal.loading(messages.settle(desk.faces.locale))}, None
    return _response(body["view"], heard, message, pressed.about), message


def _response(view: View, heard: Heard, message: Message, about: Mapping[str, str]) -> dict[str, Any]:
    if message.refused and message.form is None:
        return modal.errors(view, message, field=_field(heard, message))
    return _shown(message, about) if message.form is not None else {}


def _shown(message: Message, about: Mapping[str, str]) -> dict[str, Any]:
    return {"response_action": "update", "view": modal.modal(message, about)}


def _field(heard: Heard, message: Message) -> str:
    """Which field a refusal is about: the one of which it quotes most."""
    words = plain(message.body)
    quoted = {name: len(value.strip()) for name, value in heard.fields.items() if value.strip() in words}
    return max(quoted, key=lambda name: quoted[name], default="")


# --- menus that ask while somebody types


def suggest(desk: Desk, stage: Stage, body: Mapping[str, Any]) -> dict[str, Any]:
    """The choices of the form that the menu belongs to, asked for once more as they are now."""
    try:
        form = modal.given(body["view"])
    except (KeyError, ValueError):
        return {"options": []}
    heard = Heard(body["user"]["id"], form.line, f"menu:{body['view']['id']}:{body['view'].get('hash', '')}")
    ask = desk.ask(stage, replace(heard, channel=form.about.get("room", "")), deferred=False)
    message = desk.dispatch.answer(ask) if ask else None
    fields = message.form.fields if message and message.form else ()
    name = str(body.get("block_id", "")).rsplit("/", 2)[0]
    choices = next((one.choices for one in fields if one.name == name), ())
    return modal.options(choices, str(body.get("value", "")))
