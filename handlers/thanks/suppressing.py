"""Addresses to which nothing is mailed any more: looked at, and taken off once they are known to be right."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar import OneWord
from handlers.permissions import allow_in_any, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import letters

router = Router("thanks")

MOST = 30


@router.command("thanks suppressed", zh="致谢 停发名单", also=("suppression list", "停发名单", "致谢停发名单"))
def listing(ctx: Context) -> Message:
    """The addresses to which nothing is mailed any more, each with what came back: thanks suppressed"""
    allow_in_any(ctx, keeps_contacts)
    rows = letters.suppressions(ctx.db, ctx.workspace.id)
    known = [row for row in rows if not row.veiled]
    return ctx.words(
        "sending/suppressed",
        count=len(rows),
        erased=len(rows) - len(known),
        left_out=max(0, len(known) - MOST),
        rows=[Entry({"row": row}, [Offer("resume", f"thanks resume {row.email}")]) for row in known[:MOST]],
        private=True,
    )


@router.command("thanks resume", zh="致谢 恢复发送", also=("致谢恢复发送", "恢复发送"))
def resume(ctx: Context, email: OneWord = "") -> Message:
    """Mail may go to an address again, as it is known to be right: thanks resume li@example.org"""
    allow_in_any(ctx, keeps_contacts)
    rows = letters.suppressions(ctx.db, ctx.workspace.id)
    found = next((row for row in rows if row.email == email.casefold()), None)
    if found is None:
        raise Refused("sending/not_suppressed", email=email, buttons=[Offer("suppressed", "thanks suppressed")])
    ctx.db.delete(found)
    ctx.db.flush()
    return ctx.words("sending/resumed", email=found.email, buttons=[Offer("undo", "undo")], tone="good", private=True)
