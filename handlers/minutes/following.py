"""What follows from a decision becomes a task of the meeting, as if somebody had added it."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers import dates
from handlers.context import Context
from handlers.grammar import MeetingNumber, Text
from handlers.ids import read
from handlers.minutes.deciding import chosen, ref
from handlers.minutes.naming import DecisionNumber
from handlers.permissions import allow, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from handlers.who import Someone
from messages import Message, Question, Questions
from storage.minutes import Decision, DecisionTask

router = Router("minutes")

LONGEST_TITLE = 200
MOST_WORDS = 5
"""Of a date before the words of a task: "11 December 2026 at 17:00"."""
_BLANK = re.compile(r"[\s,，]+")


@router.command("decision task", zh="决议 任务", also=("task from decision", "决议任务", "落实决议"))
def task(
    ctx: Context, meeting: MeetingNumber = 0, which: DecisionNumber = 0, who: Someone = (), what: Text = ""
) -> Message:
    """Make a task of what was decided: decision task D3 @li Friday Print the notice"""
    row = chosen(ctx, meeting, which)
    ctx.must_run()
    allow(ctx, run_meeting, ctx.meeting)
    owner = " ".join(f"@#{person.id}" for person in who)
    line = f"decision task {ref(ctx, row)} {owner}".strip()
    due, title = (ctx.fields["due"], what) if ctx.fields.get("due") else _taken_apart(ctx, what, line)
    if not title:
        return _form(ctx, row)
    added = _added(ctx, {"title": title, "due": due, "owner": owner})
    made = ctx.tasks(read(added.about[0], 0)[0])[0]
    ctx.db.add(DecisionTask(decision_id=row.id, task_id=made.id))
    ctx.db.flush()
    told = ctx.words("minutes/follows", decision=row, task=made, owners=ctx.owners([made])[made.id])
    return told.model_copy(update={"buttons": added.buttons, "about": added.about, "tone": "good"})


def _added(ctx: Context, fields: dict[str, str]) -> Message:
    """As if somebody had filled in the form of a new task. Raises ``Refused``."""
    if ctx.router is None:
        raise Refused("grammar/unknown", text=ctx.line)
    given = {name: value for name, value in fields.items() if value}
    return ctx.router.answer(replace(ctx, fields=given), "add")


def _taken_apart(ctx: Context, text: str, line: str) -> tuple[str, str]:
    """The date that stands before the words, the longest that is one, and the words.

    Raises ``Refused`` for one that can be two days, with ``line`` and either to press.
    """
    blanks = list(_BLANK.finditer(text))[:MOST_WORDS]
    for blank in reversed(blanks):
        phrase, words = text[: blank.start()], text[blank.end() :].strip()
        with dates.offering(line, f" {words}"):
            if _is_date(ctx, phrase):
                return phrase, words
    return "", text.strip()


def _is_date(ctx: Context, text: str) -> bool:
    try:
        dates.read(text, now=ctx.local_now, end=ctx.meeting_end, calendar=ctx.calendar, month_first=ctx.month_first)
    except Refused as refused:
        if refused.name == "dates/either":
            raise
        return False
    return True


def _form(ctx: Context, row: Decision) -> Message:
    asks = [
        Question("what", value=row.text[:LONGEST_TITLE], required=True),
        Question("who", "choice", choices=[("", ""), *ctx.people_choices()]),
        Question("due"),
    ]
    form = Questions(f"decision task {ref(ctx, row)}", asks)
    return ctx.words("minutes/task_form", decision=row, form=form, private=True)
