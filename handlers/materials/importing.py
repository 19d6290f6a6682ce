"""An agenda's spreadsheet becomes the programme, once somebody has seen what that changes and confirmed it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from handlers import expected
from handlers.context import Context
from handlers.custody import to_read
from handlers.dates.column import stands_first
from handlers.grammar import Files, MeetingNumber
from handlers.materials import lineup
from handlers.materials.agenda import Agenda, Item, Scene, agenda
from handlers.materials.applying import apply
from handlers.materials.permits import allow_tending
from handlers.materials.planning import Plan, Step, plan
from handlers.materials.saying import Confirmed
from handlers.names import plain
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets.naming import DatesAre
from handlers.stored import grids, previewed
from messages import Entry, Message, Offer
from storage import people
from storage.files import File
from storage.materials import Material

router = Router("materials")

MOST_SESSIONS = 1000
MOST_ROWS = 12
_AGENDA = re.compile(r"议程|日程|agenda|program(?:me)?|schedule", re.IGNORECASE)


@router.command(
    "programme import",
    zh="议程 导入",
    also=("导入议程", "导入日程", "import programme", "import agenda", "agenda import"),
)
def import_(
    ctx: Context, meeting: MeetingNumber = 0, refs: Files = (), digest: Confirmed = "", dates: DatesAre = ""
) -> Message:
    """Read the agenda from a spreadsheet, with a preview: programme import, with the file attached"""
    ctx.meeting_number(meeting or None)
    allow_tending(ctx)
    ctx.must_run()
    file = one_file(ctx, refs, line="programme import")
    found = _agenda(ctx, file, dates)
    changes = planned(ctx, found.items)
    if not digest or digest != changes.digest:
        return _preview(ctx, file, found, changes, stale=bool(digest))
    apply(ctx, changes)
    file.meeting_id, file.material = file.meeting_id or ctx.meeting.id, file.material or Material.AGENDA
    return _imported(ctx, file, changes)


@router.arrival
def arrived(ctx: Context) -> Message | None:
    """A spreadsheet that is called an agenda is previewed; one that is none after all is like any other file."""
    return previewed(ctx, _AGENDA.search, lambda file, _: import_(ctx, refs=(file.number,)))


def one_file(ctx: Context, refs: Sequence[int], *, line: str) -> File:
    """The one that came with the words, or that they name. Raises ``Refused``."""
    found = to_read(ctx, refs) if refs else list(ctx.files)
    here, line = f"{line} M{ctx.meeting.number}", ctx.spoken(line)
    if len(found) != 1:
        raise Refused("materials/one_file", count=len(found), line=line, upload=here)
    return found[0]


def scene(ctx: Context) -> Scene:
    days = expected.days(ctx.meeting)
    return Scene(days[0], days[-1], ctx.meeting_zone)


def _agenda(ctx: Context, file: File, dates: str) -> Agenda:
    found = agenda(grids(ctx, file), scene(ctx), dates=stands_first(dates))
    if not found.headed:
        raise Refused("materials/no_headings", file=file)
    if not found.items:
        raise Refused("materials/no_sessions_in", file=file, left_out=found.left_out[:MOST_ROWS])
    if len(found.items) > MOST_SESSIONS:
        raise Refused("materials/many_sessions", count=len(found.items), most=MOST_SESSIONS)
    return found


def planned(ctx: Context, items: Sequence[Item]) -> Plan:
    """What these items change, with the people of the workspace as contacts."""
    known = {plain(one.name): one.id for one in people.everyone(ctx.db, ctx.workspace.id)}
    contacts = {item.contact: known[plain(item.contact)] for item in items if plain(item.contact) in known}
    return plan(items, lineup.load(ctx), contacts)


def counts(found: Plan) -> dict[str, Any]:
    return {
        "added": len(found.of("added")),
        "changed": len(found.of("changed")),
        "unchanged": len(found.of("unchanged")),
        "sessions": len(found.steps),
        "speakers": len(found.cast),
        "absent": found.absent,
    }


def _preview(ctx: Context, file: File, found: Agenda, changes: Plan, *, stale: bool) -> Message:
    moving = [*changes.of("added"), *changes.of("changed")]
    here = f"programme import M{ctx.meeting.number} {file.ref}"
    confirm = Offer("confirm", f"{here} confirm {changes.digest} {found.order.line}".strip(), primary=True)
    turned = Offer("turned", f"{here} {found.order.turned}", facts={"dates": found.order})
    return ctx.words(
        "materials/preview",
        file=file,
        meeting=ctx.meeting,
        stale=stale,
        **counts(changes),
        left_out=found.left_out[:MOST_ROWS],
        remarks=found.remarks[:MOST_ROWS],
        more=[max(0, len(rows) - MOST_ROWS) for rows in (found.left_out, found.remarks, moving)],
        strangers=sorted({item.contact for item in changes.strangers if not re.search(r"\d{5}", item.contact)}),
        strange=len(changes.strangers),
        unknown=found.unknown,
        rows=[_entry(ctx, step) for step in moving[:MOST_ROWS]],
        dates=found.order,
        buttons=[
            confirm if moving else Offer("programme", "programme"),
            *([turned] if found.order.cell else []),
        ],
        tone="ask",
    )


def _entry(ctx: Context, step: Step) -> Entry:
    begin, end = (at.astimezone(ctx.meeting_zone) if at else None for at in (step.item.starts_at, step.item.ends_at))
    when = {"begin": begin, "end": f"{end:%H:%M}" if end else ""}
    facts = {"step": step, "new": step.session is None, "people": [one.draft.name for one in step.places], **when}
    return Entry({**facts, "values": step.values, "gone": len(step.gone), "renewed": step.renewed})


def _imported(ctx: Context, file: File, changes: Plan) -> Message:
    tending = bool(people.holders_of(ctx.db, ctx.meeting.id, people.Role.PROGRAMME))
    number = ctx.meeting.number
    return ctx.words(
        "materials/imported",
        file=file,
        meeting=ctx.meeting,
        **counts(changes),
        tended=tending,
        buttons=[
            Offer("materials", f"materials M{number}", primary=True),
            Offer("programme", f"programme M{number}"),
            Offer("undo", "undo"),
        ],
        tone="good",
    )
