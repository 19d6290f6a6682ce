"""A difference that was seen goes into the register: approved by who may, at once, and only what they saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.parties.importing import must_keep
from handlers.parties.members.comparing import shown
from handlers.parties.members.difference import Difference, News
from handlers.parties.members.gathering import difference
from handlers.permissions import allow, approves_members
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets.naming import Shown
from messages import Message, Offer
from storage import members, people
from storage.members import Member, MemberUpdate

router = Router("members")


@router.command(
    "members apply",
    zh="会员 入库",
    also=("apply members", "update members", "会员入库", "更新会员库", "会员 更新", "会员更新"),
)
def apply(ctx: Context, meeting: MeetingNumber = 0, digest: Shown = "") -> Message:
    """Put the difference that you have seen into the register: members apply shows it first"""
    must_keep(ctx, meeting)
    ctx.must_run()
    allow(ctx, approves_members, ctx.meeting)
    found = difference(ctx)
    if not found.news:
        raise Refused("members/nothing", update=_last(ctx), who=_who(ctx), buttons=_ways_on(ctx))
    if not digest:
        return shown(ctx, found)
    if digest != found.digest:
        return shown(ctx, found, stale=_since(ctx, digest, found))
    update = _applied(ctx, found)
    return ctx.words(
        "members/applied",
        update=update,
        questions=len(found.doubts),
        buttons=[*_ways_on(ctx, primary=True), Offer("undo", "undo")],
        tone="good",
        private=True,
    )


def _ways_on(ctx: Context, *, primary: bool = False) -> list[Offer]:
    return [
        Offer("export", f"members export M{ctx.meeting.number}", primary=primary),
        Offer("compare", f"members compare M{ctx.meeting.number}"),
    ]


def _last(ctx: Context) -> MemberUpdate | None:
    found = [one for one in members.updates(ctx.db, ctx.workspace.id) if one.meeting_id == ctx.meeting.id]
    return found[0] if found else None


def _who(ctx: Context) -> str:
    update = _last(ctx)
    return people.get(ctx.db, update.person_id).name if update else ""


def _since(ctx: Context, digest: str, found: Difference) -> Mapping[str, Sequence[str]]:
    """What of it is new, or another, since that digest was seen, and what is gone."""
    sight = members.sight(ctx.db, ctx.meeting.id, digest)
    before = sight.marks if sight else {}
    now = found.marks
    return {
        "new": [one for one, mark in now.items() if before.get(one) != mark] if sight else [],
        "gone": [one for one in before if one not in now],
    }


def _applied(ctx: Context, found: Difference) -> MemberUpdate:
    update = MemberUpdate(
        workspace_id=ctx.workspace.id,
        meeting_id=ctx.meeting.id,
        number=members.next_update(ctx.db, ctx.workspace.id),
        digest=found.digest,
        added=len(found.added),
        changed=len(found.changed),
        person_id=ctx.person.id,
        at=ctx.now,
    )
    ctx.db.add(update)
    ctx.db.flush()
    rows = members.some(ctx.db, [one.row.id for one in found.changed if one.row])
    for one in found.changed:
        assert one.row is not None  # noqa: S101  else it would be a new one
        row = rows[one.row.id]
        row.cells = {**row.cells, **_cells(one)}
        row.update_id = update.id
    for number, one in enumerate(found.added, members.next_number(ctx.db, ctx.workspace.id)):
        ctx.db.add(
            Member(
                workspace_id=ctx.workspace.id,
                number=number,
                party_id=one.member.id,
                cells=_cells(one),
                update_id=update.id,
            )
        )
    ctx.db.flush()
    return update


def _cells(one: News) -> dict[str, str]:
    return {part.field: part.new for part in one.parts}
