"""A member who stands in the register twice loses one of the two rows: which one, the association's own system says."""

from __future__ import annotations

from typing import Annotated

from handlers.context import Context
from handlers.grammar import Numbered
from handlers.parties.importing import must_keep
from handlers.parties.members.comparing import of_row
from handlers.parties.members.gathering import difference
from handlers.permissions import allow, approves_members
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer
from storage.members import Member

router = Router("members")

RowNumber = Annotated[
    int, Numbered.like(r"(?:row|第)\s*(\d{1,6})\s*行?(?!\w)", least=1, english="row", chinese="第{}行")
]


@router.command("members strike", zh="会员 删重", also=("strike member", "会员删重"))
def strike(ctx: Context, row: RowNumber) -> Message:
    """Take out one of two rows of the register that are the same member: members strike row 12"""
    must_keep(ctx, 0)
    ctx.must_run()
    allow(ctx, approves_members, ctx.meeting)
    both = next((one.rows for one in difference(ctx).doubts if row in {each.number for each in one.rows}), ())
    gone = next((each for each in both if each.number == row), None)
    compare = Offer("compare", f"members compare M{ctx.meeting.number}", primary=True)
    if gone is None:
        raise Refused("members/once", number=row, buttons=[compare])
    ctx.db.delete(ctx.db.get_one(Member, gone.id))
    ctx.db.flush()
    left = next(each for each in both if each is not gone)
    return ctx.words(
        "members/struck",
        gone={"number": gone.number, "label": of_row(gone)},
        left={"number": left.number, "label": of_row(left)},
        buttons=[compare, Offer("undo", "undo")],
        tone="good",
        private=True,
    )
