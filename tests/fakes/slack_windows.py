"""Windows, the Home tab, uploads and workflow steps at the fake Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bot.platforms.slack.oracle import faults
from tests.fakes import slack_files
from tests.fakes.slack_methods import Answer, Args, may_write, method, stamp, user_of
from tests.fakes.slack_state import File, Refusal, Team, View

if TYPE_CHECKING:
    from tests.fakes.slack import FakeSlack

TRIGGER_SECONDS = 3


def _view(args: Args) -> Answer:
    view = dict(args.get("view") or {})
    wrong = faults(view) if view.get("type") in {"modal", "home"} else ["type must be modal or home"]
    if wrong:
        raise Refusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] {fault}" for fault in wrong]})
    return view


def _spend(slack: FakeSlack, args: Args) -> None:
    trigger = slack.triggers.get(str(args.get("trigger_id")))
    if trigger is None:
        raise Refusal("invalid_trigger_id")
    if trigger[1]:
        raise Refusal("exchanged_trigger_id")
    if slack.clock - trigger[0] > TRIGGER_SECONDS:
        raise Refusal("expired_trigger_id")
    trigger[1] = True


@method("views.open")
def _open(slack: FakeSlack, team: Team, args: Args) -> Answer:
    body = _view(args)
    _spend(slack, args)
    view = View(slack.id("V"), team.id, "", body, slack.id("h"))
    slack.views[view.id] = view
    return {"view": view.drawn(team.bot_id)}


@method("views.push")
def _push(slack: FakeSlack, team: Team, args: Args) -> Answer:
    return _open(slack, team, args)


@method("views.update")
def _update_view(slack: FakeSlack, team: Team, args: Args) -> Answer:
    body, view = _view(args), slack.views.get(str(args.get("view_id")))
    if view is None or view.team != team.id:
        raise Refusal("not_found")
    if args.get("hash") and args["hash"] != view.hash:
        raise Refusal("hash_conflict")
    view.body, view.hash = body, slack.id("h")
    return {"view": view.drawn(team.bot_id)}


@method("views.publish")
def _publish(slack: FakeSlack, team: Team, args: Args) -> Answer:
    body, user = _view(args), user_of(slack, team, str(args.get("user_id", "")))
    before = slack.homes.get(user.id)
    if args.get("hash") and before is not None and args["hash"] != before.hash:
        raise Refusal("hash_conflict")
    slack.homes[user.id] = View(slack.id("V"), team.id, user.id, body, slack.id("h"))
    return {"view": slack.homes[user.id].drawn(team.bot_id)}


# --- files


@method("files.getUploadURLExternal", "files:write")
def _upload_url(slack: FakeSlack, team: Team, args: Args) -> Answer:
    size = int(args.get("length") or 0)
    if not size or not args.get("filename"):
        raise Refusal("invalid_arguments")
    file = File(slack.id("F"), str(args["filename"]), team.id, team.bot_user, size)
    slack.files[file.id] = file
    return {"upload_url": f"http://{slack.address}/upload/{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
def _complete(slack: FakeSlack, team: Team, args: Args) -> Answer:
    files = [_file(slack, team, one["id"]) for one in args.get("files") or ()]
    if not files or any(len(file.data) != file.size for file in files):
        raise Refusal("file_not_found")
    if args.get("channel_id"):
        _share(slack, team, files, args)
    for file in files:
        file.complete = True
    return {"files": [slack_files.drawn(slack, file) for file in files]}


def _share(slack: FakeSlack, team: Team, files: list[File], args: Args) -> None:
    channel = may_write(slack, team, {"channel": args["channel_id"]})
    message = {
        "type": "message",
        "ts": stamp(slack),
        "user": team.bot_user,
        "text": args.get("initial_comment") or "",
        "files": [{"id": file.id, "name": file.name} for file in files],
        **({"thread_ts": args["thread_ts"]} if args.get("thread_ts") else {}),
    }
    channel.messages.append(message)
    for file in files:
        file.shares[channel.id] = message["ts"]


def _file(slack: FakeSlack, team: Team, file_id: str) -> File:
    found = slack.files.get(file_id)
    if found is None or found.team != team.id:
        raise Refusal("file_not_found")
    return found


@method("files.info", "files:read")
def _file_info(slack: FakeSlack, team: Team, args: Args) -> Answer:
    return {"file": slack_files.drawn(slack, _file(slack, team, str(args.get("file", ""))))}


@method("functions.completeSuccess")
@method("functions.completeError")
def _complete_function(slack: FakeSlack, team: Team, args: Args) -> Answer:
    if not args.get("function_execution_id"):
        raise Refusal("invalid_arguments")
    return {}
