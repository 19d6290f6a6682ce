"""Who has the computer needs no account in any chat: they ask as nobody, and may do whatever an admin may."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from bot.cli.words import language

if TYPE_CHECKING:
    from bot.app import App
    from handlers.context import Context
    from messages import Message
    from storage.journal import Change


def said(app: App, workspace_key: str, line: str, *, at_once: bool = False) -> Message:
    """The answer. What was changed is in the journal, by nobody.

    ``at_once``: what the bot would promise to itself is done here and now.
    """
    import messages
    from handlers.refused import Refused

    with asking(app, workspace_key, line) as ctx:
        ctx.promised = at_once
        try:
            return _answered(app, ctx, line)
        except Refused as refused:
            return messages.refuse(refused.name, ctx.locale, zone=ctx.zone.key, **{**refused.facts, "buttons": ()})


@contextmanager
def asking(app: App, workspace_key: str, line: str) -> Iterator[Context]:
    """Nobody asks, in a transaction of their own."""
    from handlers.context import Context
    from storage import people, workspace
    from storage.rooms import Room

    with app.database.write() as db:
        workspace.alone(db, workspace_key)
        place = workspace.by_key(db, workspace_key, locale=app.settings.locale, zone=app.settings.zone)
        nobody = people.nobody(place.id)
        nobody.admin, nobody.locale = True, language()
        here = Room(workspace_id=place.id, platform="console", external="", name="")
        able = app.dispatch
        yield Context(db, place, nobody, here, able.now(), line=line, pace=able.pace, reach=able.reach, store=app.files)


def _answered(app: App, ctx: Context, line: str) -> Message:
    """What a long command has done by each of its steps is kept."""
    from handlers import router
    from storage import journal

    changes = journal.watch(ctx.db)
    answer: Any = router.answer(ctx, line)
    steps = answer if isinstance(answer, Generator) else None
    while steps is not None:
        try:
            next(steps)
        except StopIteration as end:
            steps, answer = None, end.value
        _journal(ctx, line, changes)
        changes = journal.watch(ctx.db)
        if steps is not None:
            app.database.commit(ctx.db)
    _journal(ctx, line, changes)
    return cast("Message", answer)


def _journal(ctx: Context, line: str, changes: list[Change]) -> None:
    from handlers import router
    from storage import journal

    ctx.db.flush()
    match = router.find(line)
    told = f"{match.command.name} …" if match and match.command.secret else line
    if changes:
        journal.append(
            ctx.db,
            ctx.workspace.id,
            at=ctx.now,
            person_id=None,
            meeting_id=ctx.subject.id if ctx.subject else None,
            platform="console",
            room="",
            line=told,
            changes=changes,
        )
