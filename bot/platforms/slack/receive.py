"""A payload of Slack's → what was done, where and by whom. Pure: what that is to us is found out afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.slack.modal import given
from handlers.settings.emoji import canonical

Payload = Mapping[str, Any]

NUDGES = "nudges/"
ANYTHING_SAID = frozenset({"", "file_share", "thread_broadcast"})
"""Subtypes of messages in which somebody says something; all others tell of something."""
LONGEST_TITLE = 200
_LINK = re.compile(r"<(https?://[^<>|\s]+)(?:\|[^<>]*)?>", re.IGNORECASE)


@dataclass(frozen=True)
class Heard:
    """What somebody did.

    ``channel`` is empty where it was done outside of any; ``thread`` is the thread in which it was done, ``on`` the
    message that it is about. ``raw``: the line is as somebody typed it, with Slack's marks in it.
    """

    user: str
    line: str
    event_id: str
    channel: str = ""
    name: str = ""
    room_name: str = ""
    thread: str = ""
    on: str = ""
    raw: bool = False
    own: bool = False
    """Said in the conversation between this person and the bot."""
    only: str | None = None
    """Meant for the bot only if ``on`` is a message of its own whose name begins so."""
    fields: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Payload, ...] = ()


# --- what is typed


def command(body: Payload) -> Heard:
    return Heard(
        user=body["user_id"],
        name=str(body.get("user_name", "")),
        channel=body["channel_id"],
        room_name=_named_room(body.get("channel_name")),
        line=str(body.get("text", "")).strip() or "help",
        event_id=f"command:{body['trigger_id']}",
        raw=True,
    )


def _named_room(name: object) -> str:
    """Empty for what Slack calls every room of a kind."""
    return "" if name in {None, "directmessage", "privategroup"} else str(name)


def message(body: Payload, bot: str) -> Heard | None:
    """What is said to the bot: in their own conversation, with a mention, or in a thread; None for all else.

    A message is told of by up to three events; its own timestamp says that they are one.
    """
    event = body["event"]
    if str(event.get("subtype") or "") not in ANYTHING_SAID or event.get("bot_id") or not event.get("user"):
        return None
    own = event.get("channel_type") == "im"
    named = event["type"] == "app_mention" or bool(bot and f"<@{bot}" in str(event.get("text", "")))
    thread = str(event.get("thread_ts") or "")
    if not (own or named or thread):
        return None
    return Heard(
        user=event["user"],
        channel=event["channel"],
        line=str(event.get("text") or ""),
        event_id=said(event["channel"], event["ts"]),
        thread=thread,
        on=thread,
        only=None if own or named else "",
        raw=True,
        own=own,
        files=tuple(event.get("files") or ()),
    )


def said(channel: str, ts: str) -> str:
    """The id of a message that somebody wrote."""
    return f"said:{channel}:{ts}"


def reaction(body: Payload, bot: str, lines: Callable[[], Mapping[str, str]]) -> Heard | None:
    """A reaction to a message of the bot's that says something; whether that is a nudge is looked up later.

    ``lines`` gives what the names of emoji say.
    """
    event = body["event"]
    item = event.get("item") or {}
    if item.get("type") != "message" or event.get("item_user") != bot:
        return None
    line = lines().get(canonical(str(event.get("reaction", ""))))
    if line is None:
        return None
    return Heard(
        user=event["user"],
        channel=item["channel"],
        line=line,
        event_id=body["event_id"],
        thread=item["ts"],
        on=item["ts"],
        only=NUDGES,
    )


# --- what is pressed


def pressed(body: Payload) -> Iterator[Heard]:
    """One for each line that the action says: several boxes may have been ticked."""
    place, who = body.get("container") or {}, body["user"]
    about = _about(body)
    channel = str((body.get("channel") or {}).get("id") or place.get("channel_id") or about.get("room", ""))
    on = str(place.get("message_ts") or "")
    action = body["actions"][0]
    for line in lines(action):
        yield Heard(
            user=who["id"],
            name=str(who.get("username") or who.get("name") or ""),
            channel=channel,
            room_name=_named_room((body.get("channel") or {}).get("name")),
            line=line,
            event_id=f"press:{body['trigger_id']}:{line}",
            thread=str(place.get("thread_ts") or about.get("thread", "")),
            on="" if place.get("is_ephemeral") else on,
            raw=bool(action.get("selected_user")),
        )


def lines(action: Payload) -> list[str]:
    """The command lines that an action says.

    A button or an option carries its own; what picks a person, a channel or a day has the line in its ``action_id``,
    with ``{}`` where the choice goes.
    """
    if action["type"] == "checkboxes":
        return [str(one["value"]) for one in action.get("selected_options") or ()]
    chosen = action.get("selected_option") or {}
    line = str(chosen.get("value") or action.get("value") or "")
    if line:
        return [line]
    keys = ("selected_user", "selected_channel", "selected_conversation", "selected_date", "selected_time")
    picked = next((str(action[key]) for key in keys if action.get(key)), "")
    who = f"<@{picked}>" if action.get("selected_user") else picked
    template = str(action.get("action_id", ""))
    return [template.replace("{}", who)] if picked and "{}" in template else []


def _about(body: Payload) -> Mapping[str, str]:
    """Where a window belongs; nothing outside of windows."""
    view = body.get("view") or {}
    if view.get("type") != "modal":
        return {}
    try:
        return given(view).about
    except ValueError:
        return {}


# --- forms


def submitted(body: Payload) -> Heard:
    """Raises ``ValueError`` for a window that is not ours."""
    form, who = given(body["view"]), body["user"]
    mark = body.get("trigger_id") or body["view"].get("hash", "")
    return Heard(
        user=who["id"],
        name=str(who.get("username") or who.get("name") or ""),
        channel=form.about.get("room", ""),
        line=form.line,
        event_id=f"form:{body['view']['id']}:{mark}",
        thread=form.about.get("thread", ""),
        fields=form.fields,
    )


# --- shortcuts


def shortcut(body: Payload, line: str, *, files: Sequence[Payload] = ()) -> Heard:
    who, said_there = body["user"], body.get("message") or {}
    return Heard(
        user=who["id"],
        name=str(who.get("username") or who.get("name") or ""),
        channel=str((body.get("channel") or {}).get("id") or ""),
        line=line,
        event_id=f"shortcut:{body['trigger_id']}",
        thread=str(said_there.get("thread_ts") or said_there.get("ts") or ""),
        files=tuple(files),
    )


def links_of(body: Payload) -> list[str]:
    """The links in a message, each once; still with Slack's escapes in them."""
    text = str((body.get("message") or {}).get("text") or "")
    return list(dict.fromkeys(_LINK.findall(text)))


def title_of(body: Payload) -> str:
    """The first line of a message, short enough for a task's title; still with Slack's marks in it."""
    text = str((body.get("message") or {}).get("text") or "").strip()
    return text.split("\n", 1)[0][:LONGEST_TITLE]
