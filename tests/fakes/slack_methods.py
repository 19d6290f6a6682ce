"""The register of the fake Slack's methods, and what their answers share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.bot.platforms.slack.oracle import faults
from tests.fakes.slack_state import Channel, Refusal, Team, User

if TYPE_CHECKING:
    from tests.fakes.slack import FakeSlack

Args = Mapping[str, Any]
Answer = dict[str, Any]
Method = Callable[["FakeSlack", Team, Args], Answer]

MOST_TEXT = 40_000
METHODS: dict[str, tuple[str, Method]] = {}
"""By name: the scope that it takes, and what it does."""


def method(name: str, scope: str = "") -> Callable[[Method], Method]:
    def keep(found: Method) -> Method:
        METHODS[name] = (scope, found)
        return found

    return keep


def channel_of(slack: FakeSlack, team: Team, args: Args, key: str = "channel") -> Channel:
    """A direct message may be addressed by the user."""
    wanted = str(args.get(key, ""))
    if wanted.startswith("U"):
        return direct(slack, user_of(slack, team, wanted))
    found = slack.channels.get(wanted)
    if found is None or found.team != team.id or (found.is_private and team.bot_user not in found.members):
        raise Refusal("channel_not_found")
    return found


def may_write(slack: FakeSlack, team: Team, args: Args) -> Channel:
    channel = channel_of(slack, team, args)
    if channel.is_archived:
        raise Refusal("is_archived")
    if not channel.is_im and team.bot_user not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def checked(args: Args) -> Answer:
    """``text`` and ``blocks`` that Slack accepts."""
    text, blocks = str(args.get("text") or ""), args.get("blocks") or []
    if not text and not blocks:
        raise Refusal("no_text")
    if len(text) > MOST_TEXT:
        raise Refusal("msg_too_long")
    wrong = faults({"text": text, "blocks": blocks}) if blocks else []
    if wrong:
        raise Refusal("invalid_blocks", response_metadata={"messages": [f"[ERROR] {fault}" for fault in wrong]})
    return {"text": text, **({"blocks": blocks} if blocks else {})}


def stamp(slack: FakeSlack) -> str:
    return f"{int(slack.clock)}.{next(slack.count):06d}"


def user_of(slack: FakeSlack, team: Team, user_id: str) -> User:
    found = slack.users.get(user_id)
    if found is None or found.team != team.id:
        raise Refusal("user_not_found")
    return found


def direct(slack: FakeSlack, user: User) -> Channel:
    known = (one for one in slack.channels.values() if one.is_im and one.user == user.id)
    return next(known, None) or slack.add_channel(slack.id("D"), team=user.team, is_im=True, user=user.id)


def paged(key: str, found: list[Any], args: Args) -> Answer:
    at, most = int(args.get("cursor") or 0), int(args.get("limit") or 100)
    following = str(at + most) if at + most < len(found) else ""
    return {key: found[at : at + most], "has_more": bool(following), "response_metadata": {"next_cursor": following}}
