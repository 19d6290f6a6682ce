"""How complete an archive is, gap by gap, and what was approved not to come."""

from __future__ import annotations

from typing import Any

from handlers import dates
from handlers.archive import looking, rules
from handlers.archive.looking import Look
from handlers.archive.rules import Gap
from handlers.context import Context
from handlers.grammar import MeetingNumber, PageNumber
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import archive
from storage.archive import Stage
from storage.meetings import Meeting

router = Router("archive")

PAGE = 12
MOST_FILES = 5


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
        "excused": [gap.cell for gap in look.check.excused],
        "newest": archive.newest(ctx.db, look.meeting.id),
        "due": due(ctx, look.check.stage),
        "held": len(look.held.files),
    }


def due(ctx: Context, stage: Stage) -> Any:
    """By when the version of that stage is to be there."""
    return dates.resolve(rules.DUE[stage], end=ctx.meeting_end, calendar=ctx.calendar)


def _row(ctx: Context, meeting: Meeting, gap: Gap, owners: dict[str, list[str]]) -> Entry:
    line = f"M{meeting.number} {gap.key}"
    offers = [Offer("excuse", f"materials skip {line}")]
    if gap.asked:
        offers = [Offer("approve", f"materials approve {line}")] if looking.may_run(ctx, meeting) else []
    files = gap.cell.files
    more = max(0, len(files) - MOST_FILES)
    return Entry({"cell": gap.cell, "owners": owners[gap.key], "files": files[:MOST_FILES], "more": more}, offers)


def _ways_on(look: Look, page: int, pages: int) -> list[Offer]:
    line = f"M{look.meeting.number}"
    more = [Offer("more", f"archive check {line} page {page + 1}", primary=True)] if page < pages else []
    return [
        *more,
        Offer("build", f"archive build {line}", primary=not look.check.gaps),
        Offer("versions", f"archive list {line}"),
    ]
