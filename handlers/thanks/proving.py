"""The tasks that ask for letters of thanks: once all of an audience are on their way, they offer to be finished."""

from __future__ import annotations

from handlers.context import Context
from handlers.permissions import may, run_meeting
from handlers.thanks.rules import SETTLED
from messages import Offer
from storage import checklist, letters
from storage.checklist import Task
from storage.letters import GONE, Audience

TASKS = {
    "thanks-attendees": frozenset({Audience.ATTENDEES, Audience.NO_SHOWS}),
    "thanks-speakers": frozenset({Audience.SPEAKERS}),
    "thanks-sponsors": frozenset({Audience.SPONSORS}),
    "thanks-crew": frozenset({Audience.VOLUNTEERS}),
    "thanks-partners": frozenset({Audience.PARTNERS}),
}
"""By the key of the item in the template: whose letters it asks for."""


def finishing(ctx: Context) -> list[Offer]:
    """A button for every task whose letters are all sent, on paper, or not to be written."""
    heads = letters.heads(ctx.db, ctx.meeting.id)
    offers = []
    for task in _open(ctx):
        states = [row.state for row in heads if row.audience in TASKS[task.key]]
        gone = sum(state in GONE for state in states)
        if gone and all(state in SETTLED for state in states):
            line = f"{_verb(ctx, task)} {ctx.refs([task])[0]} {_note(ctx, gone, len(states) - gone)}"
            offers.append(Offer("finish", line, facts={"task": task, "count": gone}))
    return offers


def _verb(ctx: Context, task: Task) -> str:
    """Some are done once somebody approves them: who may does so at once, everybody else asks for it."""
    approves = task.rule().kind == "approval" and may(ctx, run_meeting, ctx.meeting)
    return "approve" if approves else "done"


def _note(ctx: Context, count: int, left_out: int) -> str:
    return ctx.words("thanks/note", count=count, left_out=left_out).body


def _open(ctx: Context) -> list[Task]:
    return [task for task in checklist.tasks(ctx.db, ctx.meeting.id) if task.key in TASKS and not task.finished]
