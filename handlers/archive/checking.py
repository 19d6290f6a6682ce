"""How complete an archive is, gap by gap; why something will not come, and who approves that."""

from __future__ import annotations

from typing import Any

from handlers import dates
from handlers.archive import looking, rules
from handlers.archive.looking import Look
from handlers.archive.rules import Gap
from handlers.context import Context
from handlers.grammar import MeetingNumber, OneWord, PageNumber, Text
from handlers.permissions import allow, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer, Question, Questions
from storage import archive, consents
from storage.archive import Stage
from storage.consents import Excuse
from storage.meetings import Meeting

router = Router("archive")

PAGE = 12
MOST_FILES = 5
LONGEST_REASON = 300


@router.command("archive check", zh="归档 检查", also=("check archive", "检查归档", "档案检查", "归档检查"))
def check(ctx: Context, meeting: MeetingNumber = 0, page: PageNumber = 1) -> Message:
    """What the archive still lacks, and who has it: archive check M1"""
    found = ctx.meeting_number(meeting or None)
    look = looking.look(ctx, found)
    gaps = look.check.gaps
    pages = max(1, -(-len(gaps) // PAGE))
    page = min(page, pages)
    shown = gaps[(page - 1) * PAGE : page * PAGE]
    owners = looking.owners(ctx, found, shown)
    return ctx.words(
        "archive/check",
        **_standing(ctx, look),
        page=page,
        pages=pages,
        rows=[_row(ctx, found, gap, owners) for gap in shown],
        buttons=_ways_on(look, page, pages),
    )


def _standing(ctx: Context, look: Look) -> dict[str, Any]:
    return {
        "meeting": look.meeting,
        "check": look.check,
        "excused": [_told(gap) for gap in look.check.excused],
        "newest": archive.newest(ctx.db, look.meeting.id),
        "due": due(ctx, look.check.stage),
        "held": len(look.held.files),
    }


def due(ctx: Context, stage: Stage) -> Any:
    """By when the version of that stage is to be there."""
    return dates.resolve(rules.DUE[stage], end=ctx.meeting_end, calendar=ctx.calendar)


def _told(gap: Gap) -> dict[str, Any]:
    return {"gap": gap, "cell": gap.cell, "count": len(gap.files), "excuse": gap.cell.excuse}


def _row(ctx: Context, meeting: Meeting, gap: Gap, owners: dict[str, list[str]]) -> Entry:
    line = f"M{meeting.number} {gap.key}"
    offers = [Offer("excuse", f"archive excuse {line}")]
    if gap.asked:
        offers = [Offer("approve", f"archive approve {line}")] if looking.may_run(ctx, meeting) else []
    more = max(0, len(gap.files) - MOST_FILES)
    facts = {**_told(gap), "owners": owners[gap.key], "files": gap.files[:MOST_FILES], "more": more}
    return Entry(facts, offers)


def _ways_on(look: Look, page: int, pages: int) -> list[Offer]:
    line = f"M{look.meeting.number}"
    more = [Offer("more", f"archive check {line} page {page + 1}", primary=True)] if page < pages else []
    return [
        *more,
        Offer("build", f"archive build {line}", primary=not look.check.gaps),
        Offer("versions", f"archive list {line}"),
    ]


@router.command("archive excuse", zh="归档 例外", also=("归档例外",))
def excuse(ctx: Context, meeting: MeetingNumber = 0, cell: OneWord = "", reason: Text = "") -> Message:
    """Say why something will not come: archive excuse class/audio nobody recorded it"""
    found = ctx.meeting_number(meeting or None)
    look = looking.look(ctx, found)
    if not cell:
        raise Refused("archive/which_gap", buttons=[Offer("check", f"archive check M{found.number}")])
    gap = rules.gap(look.check, cell)
    if not reason:
        line = f"archive excuse M{found.number} {gap.key}"
        return ctx.words(
            "archive/why", **_told(gap), form=Questions(line, [Question("reason", required=True)]), tone="ask"
        )
    if len(reason) > LONGEST_REASON:
        raise Refused("archive/long_reason", most=LONGEST_REASON)
    if gap.cell.excuse and (gap.cell.excuse.approved_at or gap.cell.excuse.person_id != ctx.person.id):
        allow(ctx, run_meeting, found)
    row = _kept(ctx, found, gap, reason)
    if looking.may_run(ctx, found):
        row.approved_by, row.approved_at = ctx.person.id, ctx.now
    return _excused(ctx, found, gap, row)


def _kept(ctx: Context, meeting: Meeting, gap: Gap, reason: str) -> Excuse:
    """A new reason is a new excuse: what was approved was the old one."""
    row = consents.excuse(ctx.db, meeting.id, gap.key)
    if row is None:
        row = Excuse(meeting_id=meeting.id, cell=gap.key)
        ctx.db.add(row)
    row.reason, row.person_id, row.at = reason, ctx.person.id, ctx.now
    row.approved_by = row.approved_at = None
    return row


def _excused(ctx: Context, meeting: Meeting, gap: Gap, row: Excuse) -> Message:
    line = f"M{meeting.number}"
    offers = [Offer("approve", f"archive approve {line} {gap.key}", primary=True)] if row.approved_at is None else []
    return ctx.words(
        "archive/excused",
        **{**_told(gap), "excuse": row},
        buttons=[*offers, Offer("check", f"archive check {line}"), Offer("undo", "undo")],
        tone="good" if row.approved_at else "ask",
    )


@router.command("archive approve", zh="归档 批准", also=("归档批准",))
def approve(ctx: Context, meeting: MeetingNumber = 0, cell: OneWord = "") -> Message:
    """Approve that something will not come: archive approve class/audio"""
    found = ctx.meeting_number(meeting or None)
    allow(ctx, run_meeting, found)
    if not cell:
        raise Refused("archive/which_gap", buttons=[Offer("check", f"archive check M{found.number}")])
    gap = rules.gap(looking.look(ctx, found).check, cell)
    row = gap.cell.excuse
    if row is None:
        raise Refused(
            "archive/no_excuse", **_told(gap), buttons=[Offer("excuse", f"archive excuse M{found.number} {gap.key}")]
        )
    if row.approved_at is None:
        row.approved_by, row.approved_at = ctx.person.id, ctx.now
    return _excused(ctx, found, gap, row)
