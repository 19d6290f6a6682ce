"""Messages at the fake Slack: posted, changed, deleted, answered through an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.slack_methods import Answer, Args, channel_of, checked, may_write, method, stamp, user_of
from tests.fakes.slack_state import Channel, Refusal, Team

if TYPE_CHECKING:
    from tests.fakes.slack import FakeSlack

MOST_USES, RESPONSE_SECONDS = 5, 1800


@method("chat.postMessage", "chat:write")
def _post(slack: FakeSlack, team: Team, args: Args) -> Answer:
    channel, body = may_write(slack, team, args), checked(args)
    thread = args.get("thread_ts")
    if thread and channel.find(thread) is None:
        raise Refusal("thread_not_found")
    if slack.strict and slack.clock - slack.last_post.get(channel.id, float("-inf")) < 1:
        return {"ok": False, "error": "ratelimited", "retry_after": 1}
    slack.last_post[channel.id] = slack.clock
    message = {
        "type": "message",
        "ts": stamp(slack),
        "user": team.bot_user,
        "bot_id": team.bot_id,
        "team": team.id,
        **body,
        **({"thread_ts": thread} if thread else {}),
        **({"metadata": args["metadata"]} if args.get("metadata") else {}),
    }
    channel.messages.append(message)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


@method("chat.update", "chat:write")
def _update(slack: FakeSlack, team: Team, args: Args) -> Answer:
    channel = may_write(slack, team, args)
    message, body = _own(team, channel, args, "cant_update_message"), checked(args)
    if len(body["text"]) > 4000:
        raise Refusal("msg_too_long")
    message.pop("blocks", None)
    more = {"metadata": args["metadata"]} if args.get("metadata") else {}
    message.update(body, edited={"user": team.bot_user, "ts": stamp(slack)}, **more)
    return {"channel": channel.id, "ts": message["ts"], "text": body["text"], "message": message}


@method("chat.delete", "chat:write")
def _delete(slack: FakeSlack, team: Team, args: Args) -> Answer:
    channel = channel_of(slack, team, args)
    channel.messages.remove(_own(team, channel, args, "cant_delete_message"))
    return {"channel": channel.id, "ts": args["ts"]}


def _own(team: Team, channel: Channel, args: Args, otherwise: str) -> dict[str, Any]:
    message = channel.find(args.get("ts"))
    if message is None:
        raise Refusal("message_not_found")
    if message.get("user") != team.bot_user:
        raise Refusal(otherwise)
    return message


@method("chat.postEphemeral", "chat:write")
def _ephemeral(slack: FakeSlack, team: Team, args: Args) -> Answer:
    channel, body = may_write(slack, team, args), checked(args)
    user = user_of(slack, team, str(args.get("user", "")))
    if not channel.is_im and user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    slack.ephemeral.append({"channel": channel.id, "user": user.id, "thread_ts": args.get("thread_ts"), **body})
    return {"message_ts": stamp(slack)}


@method("reactions.add", "reactions:write")
def _react(slack: FakeSlack, team: Team, args: Args) -> Answer:
    message = channel_of(slack, team, args).find(args.get("timestamp"))
    if message is None:
        raise Refusal("message_not_found")
    given = message.setdefault("reactions", [])
    if args["name"] in given:
        raise Refusal("already_reacted")
    given.append(args["name"])
    return {}


def respond(slack: FakeSlack, key: str, body: Answer) -> tuple[int, dict[str, str], Answer]:
    """What is posted to a response address: five times within thirty minutes."""
    address = slack.response_urls.get(key)
    if address is None or slack.clock - address.at > RESPONSE_SECONDS:
        return 404, {}, {"ok": False, "error": "expired_url"}
    if address.uses >= MOST_USES:
        return 404, {}, {"ok": False, "error": "used_url"}
    address.uses += 1
    channel = slack.channels[address.channel]
    if body.get("delete_original"):
        channel.messages = [message for message in channel.messages if message["ts"] != address.ts]
        return 200, {}, {"ok": True}
    try:
        said = checked(body)
    except Refusal as refusal:
        return 400, {}, refusal.body
    original = channel.find(address.ts) if body.get("replace_original") else None
    if original is not None:
        original.update(said)
    elif body.get("response_type") == "in_channel":
        bot = slack.teams[channel.team].bot_user
        channel.messages.append({"type": "message", "ts": stamp(slack), "user": bot, **said})
    else:
        slack.ephemeral.append({"channel": channel.id, "user": address.user, **said})
    return 200, {}, {"ok": True}
