"""Who has the computer needs no account in any chat: they ask as nobody, and may do whatever an admin may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.words import language

if TYPE_CHECKING:
    from bot.app import App
    from messages import Message


def said(app: App, workspace_key: str, line: str) -> Message:
    """The answer. What was changed is in the journal, by nobody."""
    import messages
    from handlers import router
    from handlers.context import Context
    from handlers.refused import Refused
    from storage import journal, people, workspace
    from storage.rooms import Room

    with app.database.write() as db:
        workspace.alone(db, workspace_key)
        place = workspace.by_key(db, workspace_key, locale=app.settings.locale, zone=app.settings.zone)
        nobody = people.nobody(place.id)
        nobody.admin, nobody.locale = True, language()
        here = Room(workspace_id=place.id, platform="console", external="", name="")
        able = app.dispatch
        ctx = Context(db, place, nobody, here, able.now(), line=line, pace=able.pace, reach=able.reach)
        changes = journal.watch(db)
        try:
            message = router.answer(ctx, line)
        except Refused as refused:
            return messages.refuse(refused.name, ctx.locale, zone=ctx.zone.key, **{**refused.facts, "buttons": ()})
        db.flush()
        if changes:
            journal.append(
                db,
                place.id,
                at=ctx.now,
                person_id=None,
                meeting_id=ctx.subject.id if ctx.subject else None,
                platform=here.platform,
                room="",
                line=line,
                changes=changes,
            )
    return message
