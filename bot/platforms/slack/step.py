"""The step in Workflow Builder: a workflow begins a meeting's checklist."""

from __future__ import annotations

from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.platforms import NotNow
from bot.platforms.slack import troubles
from bot.platforms.slack.desk import Busy, Desk, Stage
from bot.platforms.slack.receive import Heard, Payload
from messages import Message
from messages.markdown import plain
from storage import checklist, meetings, workspace

log = structlog.get_logger()

BEGUN = "meetings/new"


def run(desk: Desk, stage: Stage, client: WebClient, body: Payload) -> None:
    """The lead says it in the channel, where the answer is promised; the workflow goes on with what was begun.

    Raises ``Busy`` while Slack cannot be told: it then comes again, and is told of the same.
    """
    event = body["event"]
    given, execution = event.get("inputs") or {}, event["function_execution_id"]
    title, end = str(given.get("title") or ""), str(given.get("end") or "")
    heard = Heard(
        user=str(given.get("lead") or ""),
        channel=str(given.get("channel") or ""),
        line="meeting new",
        event_id=f"step:{execution}",
        fields={"name": title, "end": end},
    )
    message = desk.hear(stage, heard)
    try:
        if message is not None and message.name == BEGUN:
            client.functions_completeSuccess(function_execution_id=execution, outputs=_begun(desk, stage))
        else:
            client.functions_completeError(function_execution_id=execution, error=_why(message))
    except SlackApiError as error:
        if isinstance(troubles.answer_to(error), OSError | NotNow):
            raise Busy from error
        log.warning("workflow not told", error=troubles.name_of(error))


def _begun(desk: Desk, stage: Stage) -> dict[str, Any]:
    with desk.slack.database.read() as db:
        place = workspace.find(db, stage.key)
        newest = meetings.all_of(db, place.id if place else 0)[-1]
        return {"meeting": f"M{newest.number}", "task_count": len(checklist.tasks(db, newest.id))}


def _why(message: Message | None) -> str:
    return plain(message.body) or plain(message.title) if message else "unknown lead"
