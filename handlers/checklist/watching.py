"""Hearing of a task without having it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from handlers.checklist.picking import choose, picked
from handlers.context import Context
from handlers.grammar import Tasks
from handlers.router import Router
from messages import Message, Offer
from storage import checklist, rooms
from storage.checklist import Task, Watcher
from storage.rooms import Room

router = Router("checklist")

What = Literal["done", "round", "skipped", "carried", "reopened", "due"]


@router.command("watch", zh="关注", also=("follow",))
def watch(ctx: Context, tasks: Tasks = ()) -> Message:
    """Hear of a task without having it: watch T12"""
    return _watching(ctx, tasks, on=True)


@router.command("unwatch", zh="取消关注", also=("unfollow",))
def unwatch(ctx: Context, tasks: Tasks = ()) -> Message:
    """Hear of it no more: unwatch T12"""
    return _watching(ctx, tasks, on=False)


def _watching(ctx: Context, tasks: Tasks, *, on: bool) -> Message:
    chosen = picked(ctx, tasks)
    if not chosen:
        return choose(ctx, "", verb="watch" if on else "unwatch")
    for task in chosen:
        row = checklist.watcher(ctx.db, task.id, ctx.person.id)
        if on and row is None:
            ctx.db.add(Watcher(task_id=task.id, person_id=ctx.person.id))
        elif row is not None and not on:
            ctx.db.delete(row)
    return ctx.words(
        "checklist/watching",
        tasks=chosen,
        on=on,
        direct=bool(rooms.direct(ctx.db, [ctx.person.id])),
        buttons=[Offer("undo", "undo")],
        about=ctx.refs(chosen),
    )


def tell_watchers(
    ctx: Context, tasks: Sequence[Task], what: What, watching: Mapping[int, Sequence[int]] | None = None
) -> None:
    """Promise everybody who watches one of the tasks, but not who did it, a line in private. Flush before.

    ``watching`` are person ids by task id, where they are known already.
    """
    known = checklist.watchers(ctx.db, [task.id for task in tasks]) if watching is None else watching
    wanted = {person_id for task in tasks for person_id in known.get(task.id, ())} - {ctx.person.id}
    for room in rooms.direct(ctx.db, sorted(wanted)) if wanted else ():
        theirs = [task for task in tasks if room.person_id in known.get(task.id, ())]
        ctx.promise(f"watch:{room.id}:{theirs[0].id}:{theirs[0].version}", room, _told(ctx, room, theirs, what))


def _told(ctx: Context, room: Room, tasks: Sequence[Task], what: What) -> Message:
    refs = ctx.refs(tasks)
    offers = [Offer("show", f"show {refs[0]}")]
    voice = ctx.voice(room)
    return voice.words("checklist/watched", tasks=tasks, what=what, by=ctx.person.name, buttons=offers, about=refs)
