"""Rooms and people at the fake Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.slack_methods import Answer, Args, channel_of, direct, method, paged, user_of
from tests.fakes.slack_state import Refusal, Team

if TYPE_CHECKING:
    from tests.fakes.slack import FakeSlack


@method("conversations.open", "im:write")
def _open_direct(slack: FakeSlack, team: Team, args: Args) -> Answer:
    user = user_of(slack, team, str(args.get("users", "")))
    if user.deleted or user.is_bot:
        raise Refusal("user_disabled" if user.deleted else "cannot_dm_bot")
    return {"channel": {"id": direct(slack, user).id}}


@method("conversations.info", "channels:read")
def _info(slack: FakeSlack, team: Team, args: Args) -> Answer:
    channel = channel_of(slack, team, args)
    return {"channel": {**channel.drawn(), "is_member": team.bot_user in channel.members}}


@method("conversations.members", "channels:read")
def _members(slack: FakeSlack, team: Team, args: Args) -> Answer:
    return paged("members", channel_of(slack, team, args).members, args)


@method("conversations.history", "channels:history")
def _history(slack: FakeSlack, team: Team, args: Args) -> Answer:
    channel = channel_of(slack, team, args)
    if not channel.is_im and team.bot_user not in channel.members:
        raise Refusal("not_in_channel")
    roots = [one for one in reversed(channel.messages) if one.get("thread_ts") in {None, one["ts"]}]
    return paged("messages", [_told(one, args) for one in roots if _wanted(one, args)], args)


@method("conversations.replies", "channels:history")
def _replies(slack: FakeSlack, team: Team, args: Args) -> Answer:
    channel, root = channel_of(slack, team, args), args.get("ts")
    if channel.find(root) is None:
        raise Refusal("thread_not_found")
    found = [one for one in channel.messages if root in {one["ts"], one.get("thread_ts")}]
    return paged("messages", [_told(one, args) for one in found if one["ts"] == root or _wanted(one, args)], args)


def _wanted(message: Args, args: Args) -> bool:
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    return oldest < float(message["ts"]) < latest


def _told(message: Args, args: Args) -> Answer:
    """Metadata comes only to those who ask for all of it."""
    asked = str(args.get("include_all_metadata", "")).casefold() in {"true", "1"}
    return {key: value for key, value in message.items() if asked or key != "metadata"}


@method("users.info", "users:read")
def _user_info(slack: FakeSlack, team: Team, args: Args) -> Answer:
    user = user_of(slack, team, str(args.get("user", "")))
    return {"user": user.drawn(locale=str(args.get("include_locale", "")).casefold() in {"true", "1"})}


@method("users.list", "users:read")
def _users(slack: FakeSlack, team: Team, args: Args) -> Answer:
    return paged("members", [user.drawn() for user in slack.users.values() if user.team == team.id], args)
