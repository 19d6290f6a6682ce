"""A page for whoever asks, and for nobody else: what is too private, too large or too much for a chat."""

from __future__ import annotations

from handlers.context import Context
from messages import Message
from messages.message import Field, Form
from storage import people, tickets
from storage.tickets import Kind


def token(ctx: Context, kind: Kind, *, name: str, line: str, field: str = "", value: str = "") -> str:
    """What the page's address ends with. ``field`` and ``value``: what it is told of the file to make, if any."""
    hidden = (Field(name=field, label=field, kind="hidden", value=value),) if field else ()
    form = Form(line=line, submit="", fields=hidden)
    mine = people.accounts_of(ctx.db, ctx.person.id)
    return tickets.issue(
        ctx.db,
        ctx.workspace.id,
        kind=kind,
        person_id=ctx.person.id,
        room_id=ctx.room.id,
        platform=ctx.room.platform,
        account=next((one.external for one in mine if one.platform == ctx.room.platform), ""),
        payload=Message(name=name, locale=ctx.locale, form=form).kept(),
        now=ctx.now,
    )
