"""Reminders of tasks that are no more: they may have gone out before the task was taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handlers.context import Context
from handlers.nudges import speaking
from handlers.router import Router
from messages import Message
from storage import nudges, outbox, rooms
from storage.journal import Change
from storage.meetings import Meeting
from storage.rooms import Room

router = Router("nudges")


@router.after_undo
def put_right(ctx: Context, changes: Sequence[Change]) -> None:
    """What was said today of tasks that an undo took away is taken back, or says only what is left."""
    gone = set(_refs(ctx, changes))
    for room in rooms.of_workspace(ctx.db, ctx.workspace.id) if gone else ():
        for key, message in _said_today(ctx, room):
            if gone & set(message.about):
                _put_right(ctx, room, key)


def _refs(ctx: Context, changes: Sequence[Change]) -> Iterator[str]:
    """``M1-T12`` of each task that was added and is no more."""
    added = [(change.table, change.id, change.after) for change in changes if change.before is None and change.after]
    numbers = {row_id: row["number"] for table, row_id, row in added if table == "meeting"}
    for table, _, row in added:
        if table == "task":
            meeting = ctx.db.get(Meeting, row["meeting_id"])
            yield f"M{meeting.number if meeting else numbers[row['meeting_id']]}-T{row['number']}"


def _said_today(ctx: Context, room: Room) -> Iterator[tuple[str, Message]]:
    voice = ctx.voice(room)
    stem = f"nudge:{room.id}:{voice.now.astimezone(voice.zone).date()}"
    for key, payload in outbox.beginning(ctx.db, stem):
        yield key, Message.known(payload)


def _put_right(ctx: Context, room: Room, key: str) -> None:
    """The ledger no longer has what is gone."""
    rows = nudges.of_messages(ctx.db, [key])[key]
    if not rows:
        ctx.withdraw(key, room)
        return
    tasks = nudges.tasks(ctx.db, [row.task_id for row in rows])
    speech = speaking.load(ctx.db, ctx.workspace, list(tasks.values()), ctx.now)
    speaking.edit(speech, key, rows, tasks, ctx.pace).promise()
