"""The change log of a cleaned list of people, as a spreadsheet: what became what, by which rule, who decided."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import cache
from typing import Any

from handlers import proven
from handlers.cleaning.phones import dialled
from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.parties import ledger
from handlers.parties.importing import must_keep
from handlers.parties.ledger import Ledger, Line
from handlers.parties.naming import PLURALS, TONGUES, AsCapacity
from handlers.parties.proving import TASK, finishing
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid, written
from handlers.stored import XLSX, attached, made
from messages import Columns, Message, Offer
from messages.markdown import plain
from storage import contacts, files, intakes, parties, people
from storage.files import File
from storage.parties import Capacity, Party, Reach, ReachKind

router = Router("parties")

AT_ONCE = 1000
"""People whose log is made while somebody waits."""
Word = Callable[..., str]


@router.command("people changes", zh="人员 变更记录", also=("change log", "变更记录", "清洗记录", "名单变更记录"))
def changes(ctx: Context, meeting: MeetingNumber = 0, capacity: AsCapacity = Capacity.ATTENDEE) -> Any:
    """What cleaning a list has changed, by which rule and by whom, as a spreadsheet: people changes as attendees"""
    must_keep(ctx, meeting)
    count = len(parties.of_meeting(ctx.db, ctx.meeting.id, capacity))
    if not count:
        raise Refused("parties/nobody_yet", capacity=capacity, buttons=[Offer("imports", "people imports")])
    if count <= AT_ONCE or ctx.promised:
        return make(ctx, capacity)
    line = f"people changes M{ctx.meeting.number} as {PLURALS[capacity]}"
    ctx.later(line, key=f"changes:{ctx.meeting.id}:{capacity}:{ctx.now:%Y-%m-%dT%H:%M}")
    return ctx.words("parties/changes_begun", capacity=capacity, count=count)


def make(ctx: Context, capacity: Capacity) -> Generator[Message, None, Message]:
    """While a long spreadsheet is written nothing is locked."""
    known = files.some(ctx.db, [one.file_id for one in intakes.that_hold(ctx.db, ctx.meeting.id, capacity)])
    found = ledger.of_meeting(ctx, capacity, known)
    counts = _counts(found)
    grids = [_final(ctx, found), _log(ctx, found), _lists(ctx, found, known), _remarks(ctx, found)]
    yield ctx.words("parties/changes_begun", capacity=capacity, count=counts["people"])
    name = ctx.words("parties/changes_name", capacity=capacity).body
    file = made(ctx, name, "xlsx", [written(grids)], XLSX, personal=True)
    kept = _keep(ctx, file, capacity)
    questions = intakes.open_questions(ctx.db, ctx.workspace.id)
    return ctx.words(
        "parties/changes",
        **counts,
        capacity=capacity,
        questions=questions,
        task=kept,
        files=[attached(file)],
        buttons=[
            *([Offer("twins", "contact twins", primary=True)] if questions else []),
            *(finishing(ctx) if kept else []),
            Offer("imports", "people imports"),
        ],
        private=True,
    )


def _counts(found: Ledger) -> dict[str, int]:
    return {
        "people": len(found.people),
        "lists": len(found.lists),
        "gone": sum(one is None for one in found.lists.values()),
        "uniform": found.count("uniform", "unit", "title"),
        "said": found.count("list", "hand"),
        "together": found.count("email", "mobile", "number", "merged"),
        "apart": found.count("apart"),
    }


def _keep(ctx: Context, file: File, capacity: Capacity) -> object:
    """The task that asks for the log, where it is open: it gets the file as its proof."""
    task = proven.open_task(ctx, TASK) if capacity == Capacity.ATTENDEE else None
    if task is not None:
        proven.keep(ctx, task, file)
    return task


# --- sheets


def _final(ctx: Context, found: Ledger) -> Grid:
    """The list as it stands now."""
    reaches = contacts.every_reach(ctx.db, ctx.workspace.id)
    head = Columns(
        ("whose", "name", "latin", "title", "position", "unit", "phone", "email", "language", "checked"), [[""] * 10]
    )
    rows = [_person(ctx, one, reaches.get(one.id, ()), found.units) for one in found.people]
    return _grid(ctx, "final", head, rows)


def _person(ctx: Context, one: Party, reaches: Sequence[Reach], units: Mapping[int, str]) -> list[str]:
    """What is used first stands first."""
    reaches = sorted(reaches, key=lambda row: row.place)
    unit = units.get(one.unit_id or 0, one.unit)
    mails = [row.value for row in reaches if row.kind == ReachKind.EMAIL]
    phones = [dialled(row.value) for row in reaches if row.kind != ReachKind.EMAIL]
    checked = f"{one.confirmed_at.astimezone(ctx.zone):%Y-%m-%d}" if one.confirmed_at else ""
    ways = ["; ".join(phones), "; ".join(mails)]
    return [one.ref, one.name, one.latin, one.title, one.position, unit, *ways, TONGUES.get(one.locale, ""), checked]


def _log(ctx: Context, found: Ledger) -> Grid:
    rule, what = _cached(ctx, "rule"), _cached(ctx, "field_name")
    known = {one.id: one for one in found.people}
    numbers = known | contacts.some(ctx.db, {one.whose for one in found.lines} - known.keys())
    who = people.some(ctx.db, {one.person for one in found.lines if one.person})
    head = Columns(("at", "source", "whose", "name", "what", "before", "after", "rule", "decided"), [[""] * 9])
    return _grid(ctx, "log", head, [_line(ctx, one, numbers, who, rule, what) for one in found.lines])


def _line(  # noqa: PLR0917  a row of nine cells, with what it is made of
    ctx: Context,
    one: Line,
    numbers: Mapping[int, Party],
    who: Mapping[int, object],
    rule: Word,
    what: Word,
) -> list[str]:
    person = getattr(who.get(one.person or 0), "name", "")
    return [
        f"{one.at.astimezone(ctx.zone):%Y-%m-%d %H:%M}",
        f"{one.intake.ref} · {one.number}" if one.intake else "",
        numbers[one.whose].ref if one.whose in numbers else "",
        one.name,
        what(field=one.field) if one.field else "",
        one.before,
        one.after,
        rule(rule=one.rule, why=one.why),
        person or rule(rule="automatic", why=""),
    ]


def _lists(ctx: Context, found: Ledger, known: Mapping[int, File]) -> Grid:
    who = people.some(ctx.db, {one.person_id for one in found.lists})
    head = Columns(("list", "file", "digest", "at", "decided", "added", "changed", "same", "left_out"), [[""] * 9])
    rows = []
    for one, drafts in found.lists.items():
        file, at = known[one.file_id], f"{one.at.astimezone(ctx.zone):%Y-%m-%d %H:%M}"
        left_out = str(len({fault.number for fault in drafts.faults if fault.left_out})) if drafts else "?"
        counts = [str(one.added), str(one.changed), str(one.same), left_out]
        rows.append([one.ref, file.name, file.digest, at, who[one.person_id].name, *counts])
    return _grid(ctx, "lists", head, rows)


def _remarks(ctx: Context, found: Ledger) -> Grid:
    """What in the lists was not taken, or asked about."""
    rows = [
        [one.ref, str(fault.number), plain(ctx.words("parties/fault", one=fault).body)]
        for one, drafts in found.lists.items()
        for fault in (drafts.faults if drafts else ())
    ]
    return _grid(ctx, "remarks", Columns(("list", "row", "remark"), [[""] * 3]), rows)


def _grid(ctx: Context, which: str, head: Columns, rows: Sequence[list[str]]) -> Grid:
    page = ctx.words("parties/sheet_changes", which=which, table=head)
    return Grid(page.title, [list(page.table.columns) if page.table else [], *rows])


def _cached(ctx: Context, name: str) -> Word:
    """A few sentences that stand in thousands of cells."""

    @cache
    def word(**facts: str) -> str:
        return plain(ctx.words(f"parties/{name}", **facts).body)

    return word
