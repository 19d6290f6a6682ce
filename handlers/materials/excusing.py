"""Why something that was expected will not come: somebody says so, whoever runs the meeting approves."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.expected import Cell, Standing
from handlers.grammar import MeetingNumber
from handlers.materials import desk
from handlers.materials.collecting import the_cell, which
from handlers.materials.naming import read
from handlers.materials.saying import ExpectedText
from handlers.permissions import allow, deciders, may, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import consents, meetings, rooms
from storage.consents import Excuse
from storage.rooms import Room

router = Router("materials")

LONGEST = 300
MOST_IN_KEY = 20
DECLINED = "declined"
"""What the button says for a speaker who does not want it; messages word it."""


@router.command(
    "materials skip",
    zh="资料 免交",
    also=("skip materials", "资料 不会有", "免交资料", "资料 例外", "archive excuse", "归档 例外"),
)
def skip(ctx: Context, meeting: MeetingNumber = 0, text: ExpectedText = "") -> Message:
    """Say why something will not come: materials skip slides/S3 the speaker declined"""
    ctx.meeting_number(meeting or None)
    found = desk.load(ctx).whole
    meant = read(text, found.matrix, found.lineup.sessions)
    open_ones = {Standing.MISSING, Standing.ASKED} if meant.every else set(Standing) - {Standing.HERE}
    cells = [one for one in meant.cells if one.standing in open_ones]
    if not cells or (len(cells) > 1 and not meant.every):
        every = f"materials skip M{ctx.meeting.number} {text.strip()} all" if cells and not meant.rest else ""
        raise which(ctx, found, cells or meant.cells, verb="materials skip", every=every)
    reason = meant.rest or ctx.fields.get("reason", "").strip()
    if not reason:
        return _ask(ctx, cells, text.strip())
    if len(reason) > LONGEST:
        raise Refused("materials/long_reason", most=LONGEST)
    if any(one.excuse and (one.excuse.person_id != ctx.person.id or one.excuse.approved_at) for one in cells):
        allow(ctx, run_meeting, ctx.meeting)
    rows = [_excuse(ctx, one, reason) for one in cells]
    ctx.db.flush()
    return _said(ctx, cells, rows)


def _ask(ctx: Context, cells: Sequence[Cell], text: str) -> Message:
    line = f"materials skip M{ctx.meeting.number} {text}"
    return ctx.words(
        "materials/why_not",
        cells=cells,
        form=Questions(line, [Question("reason", required=True)]),
        buttons=[Offer("declined", f"{line} {DECLINED}")],
        private=True,
    )


def _excuse(ctx: Context, cell: Cell, reason: str) -> Excuse:
    """Who may approve has approved by saying so."""
    row = consents.excuse(ctx.db, ctx.meeting.id, cell.key) or Excuse(meeting_id=ctx.meeting.id, cell=cell.key)
    row.reason, row.person_id, row.at = reason, ctx.person.id, ctx.now
    decides = _may_decide(ctx)
    row.approved_by, row.approved_at = (ctx.person.id, ctx.now) if decides else (None, None)
    ctx.db.add(row)
    return row


def _may_decide(ctx: Context) -> bool:
    return may(ctx, run_meeting, ctx.meeting)


def _said(ctx: Context, cells: Sequence[Cell], rows: Sequence[Excuse]) -> Message:
    decided = rows[0].approved_at is not None
    where = [] if decided else _tell(ctx, cells, rows)
    here = not decided and not where and ctx.room.person_id is None
    line = f"materials approve M{ctx.meeting.number} {' '.join(one.key for one in cells)}"
    return ctx.words(
        "materials/excused",
        cells=cells,
        reason=rows[0].reason,
        decided=decided,
        names=[one.name for one in deciders(ctx)],
        reached=bool(where),
        buttons=[
            *([Offer("approve", line, primary=True)] if here else []),
            Offer("check", f"archive check M{ctx.meeting.number}"),
            Offer("undo", "undo"),
        ],
        tone="good",
    )


def _tell(ctx: Context, cells: Sequence[Cell], rows: Sequence[Excuse]) -> list[Room]:
    """Those who decide hear of it in private; where they are heard from, if anywhere."""
    direct = rooms.direct(ctx.db, [one.id for one in deciders(ctx)])
    where = [room for room in direct if room.nudges]
    for room in where:
        voice = ctx.voice(room)
        message = _wanted(voice, ctx, cells, rows)
        key = f"excuse:{'+'.join(str(row.id) for row in rows[:MOST_IN_KEY])}:{room.id}:{int(ctx.now.timestamp())}"
        voice.promise(key, room, message, recheck="excuse", not_before=voice.quiet_until)
    return where


def _wanted(voice: Context, ctx: Context, cells: Sequence[Cell], rows: Sequence[Excuse]) -> Message:
    keys = f"M{ctx.meeting.number} {' '.join(one.key for one in cells)}"
    return voice.words(
        "materials/excuse_wanted",
        cells=cells,
        meeting=ctx.meeting,
        reason=rows[0].reason,
        name=ctx.person.name,
        buttons=[
            Offer("approve", f"materials approve {keys}", primary=True),
            Offer("decline", f"materials unskip {keys}"),
        ],
    )


@router.recheck("excuse")
def still_asked(ctx: Context, key: str, message: Message) -> Message | None:
    """Just before sending: where all was approved or taken back meanwhile, nobody is asked."""
    rows = [ctx.db.get(Excuse, int(number)) for number in key.split(":")[1].split("+")]
    return message if any(row is not None and row.approved_at is None for row in rows) else None


@router.command(
    "materials approve",
    zh="资料 批准",
    also=("approve materials", "批准免交", "资料 同意免交", "archive approve", "归档 批准"),
)
def approve(ctx: Context, meeting: MeetingNumber = 0, text: ExpectedText = "") -> Message:
    """Agree that something will not come: materials approve slides/S3"""
    ctx.meeting_number(meeting or None)
    allow(ctx, run_meeting, ctx.meeting)
    pairs = _excused(ctx, text, verb="materials approve")
    fresh = [(cell, row) for cell, row in pairs if row.approved_at is None]
    for _, row in fresh:
        row.approved_by, row.approved_at = ctx.person.id, ctx.now
    ctx.db.flush()
    _tell_asker(ctx, [cell for cell, _ in fresh], [row for _, row in fresh])
    return ctx.words(
        "materials/approved",
        cells=[cell for cell, _ in pairs],
        reason=pairs[0][1].reason,
        fresh=bool(fresh),
        buttons=[Offer("undo", "undo")] if fresh else [],
        tone="good",
    )


def _tell_asker(ctx: Context, cells: Sequence[Cell], rows: Sequence[Excuse]) -> None:
    """Whoever asked hears in private that it is approved, unless they approved it."""
    if not rows or rows[0].person_id == ctx.person.id:
        return
    for room in rooms.direct(ctx.db, [rows[0].person_id]):
        voice = ctx.voice(room)
        message = voice.words("materials/agreed", cells=cells, name=ctx.person.name, meeting=ctx.meeting)
        key = f"agreed:{rows[0].id}:{room.id}:{int(ctx.now.timestamp())}"
        voice.promise(key, room, message, not_before=voice.quiet_until)


@router.command("materials unskip", zh="资料 取消免交", also=("unskip materials", "取消免交", "资料 仍需提交"))
def unskip(ctx: Context, meeting: MeetingNumber = 0, text: ExpectedText = "") -> Message:
    """Say that it is expected after all: materials unskip slides/S3"""
    ctx.meeting_number(meeting or None)
    pairs = _excused(ctx, text, verb="materials unskip")
    if any(row.person_id != ctx.person.id for _, row in pairs):
        allow(ctx, run_meeting, ctx.meeting)
    for _, row in pairs:
        ctx.db.delete(row)
    ctx.db.flush()
    meetings.plan_materials(ctx.db, ctx.meeting.id)
    offers = [Offer("missing", f"materials missing M{ctx.meeting.number}"), Offer("undo", "undo")]
    return ctx.words("materials/expected", cells=[cell for cell, _ in pairs], buttons=offers, tone="good")


def _excused(ctx: Context, text: str, *, verb: str) -> list[tuple[Cell, Excuse]]:
    """The cells that are named, with their excuses. Raises ``Refused`` where one has none."""
    found = desk.load(ctx).whole
    known = {one.key: one for one in found.matrix.cells}
    keys = text.split()
    named = [known[key] for key in keys] if keys and all(key in known for key in keys) else []
    if not named:
        named = [one for one in read(text, found.matrix, found.lineup.sessions).cells if one.excuse]
    asked = [one for one in found.matrix.cells if one.excuse]
    if not named and not text.strip() and asked:
        raise which(ctx, found, asked, verb=verb)
    if not named:
        named = [the_cell(ctx, found, text, verb=verb)]
    pairs = [(one, row) for one in named if (row := consents.excuse(ctx.db, ctx.meeting.id, one.key))]
    if not pairs:
        offer = Offer("skip_cell", f"materials skip M{ctx.meeting.number} {found.said(ctx, named[0])}")
        raise Refused("materials/no_excuse", cell=named[0], buttons=[offer])
    return pairs
