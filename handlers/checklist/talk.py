"""Plain words: "发票都寄出了", "slides are all in". Acts alone only when one task is meant beyond doubt."""

from __future__ import annotations

import re

from handlers.checklist.actions import done, start
from handlers.checklist.evidence import attach, loose_files
from handlers.checklist.listing import show
from handlers.checklist.matching import Intent, intent
from handlers.checklist.picking import candidates, choose
from handlers.context import Context
from handlers.grammar import TaskRef, fold
from handlers.refused import Refused
from handlers.router import Router
from messages import Message

router = Router("checklist")

_NAMED = re.compile(r"(?<![A-Za-z0-9])(?:M(\d{1,5})-)?T(\d{1,5})(?![A-Za-z0-9])", re.IGNORECASE)


@router.otherwise
def talk(ctx: Context, line: str) -> Message:
    """A line without a verb. Raises ``Refused`` ("grammar/unknown") when it says nothing of any task."""
    text = line.strip()
    if not text:
        if ctx.files:
            return loose_files(ctx) if len(ctx.thread) != 1 else attach(ctx)
        raise Refused("grammar/empty")
    meant = intent(text)
    named = [TaskRef(int(number), int(meeting) if meeting else None) for meeting, number in _NAMED.findall(fold(text))]
    if named:
        return _named(ctx, tuple(dict.fromkeys(named)), text, meant)
    return _guess(ctx, text, meant)


def _named(ctx: Context, refs: tuple[TaskRef, ...], text: str, meant: Intent) -> Message:
    """As in "T12 搞定了": the id says which, the words say what; unclear words show the task instead."""
    if meant == Intent.DONE:
        return done(ctx, refs, _NAMED.sub("", text).strip() if ctx.files else "")
    if meant == Intent.START:
        return start(ctx, refs)

    return show(ctx, refs)


def _guess(ctx: Context, text: str, meant: Intent) -> Message:
    found = candidates(ctx, text)
    if meant == Intent.NONE:
        if not found:
            raise Refused("grammar/unknown", text=text)
        return choose(ctx, text, verb="show", found=found)
    if not found and len(ctx.thread) == 1 and len(text) <= 12:  # noqa: PLR2004  "好了", "all done!"
        return done(ctx) if meant == Intent.DONE else start(ctx)
    if not found:
        raise Refused("grammar/unknown", text=text)
    if found[0].sure:
        refs = (TaskRef(found[0].task.number),)
        return done(ctx, refs) if meant == Intent.DONE else start(ctx, refs)
    return choose(ctx, text, verb=str(meant), found=found)
