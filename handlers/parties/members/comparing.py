"""What the conference has taught of members is shown: who is new, what has changed, and what is only a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from handlers.context import Context
from handlers.dates.column import DATES
from handlers.grammar import MeetingNumber, OneOf, PageNumber
from handlers.known import AnyParty
from handlers.parties.importing import must_keep
from handlers.parties.members.difference import Difference, Doubt, News, Part, Row, Side
from handlers.parties.members.gathering import difference
from handlers.parties.naming import FIELDS, NAMES
from handlers.permissions import approvers, approves_members, may
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid
from handlers.stored import handed_out
from messages import Attachment, Columns, Entry, Message, Offer
from messages.markdown import plain
from storage import members

router = Router("members")

PAGE, DOUBTS_SHOWN = 6, 4
_OF_UNITS = frozenset({"moved", "unit"})
"""Doubts that are about somebody's unit."""
AsFile = Annotated[str, OneOf({"file": ("表格", "文件", "清单", "sheet", "spreadsheet")})]
_NO_FIELDS = frozenset({"ignore", "first", "last", NAMES, DATES})
Which = Annotated[str, OneOf({name: FIELDS[name] for name in FIELDS if name not in _NO_FIELDS})]


@router.command(
    "members compare",
    zh="会员 比对",
    also=("compare members", "会员比对", "比对会员", "比对会员库", "核对会员库", "members difference"),
)
def compare(ctx: Context, meeting: MeetingNumber = 0, as_file: AsFile = "", page: PageNumber = 1) -> Message:
    """Compare the register of members with what the conference has taught: members compare · members compare file"""
    must_keep(ctx, meeting)
    found = difference(ctx)
    return shown(ctx, found, page=page, files=[whole(ctx, found)] if as_file else [])


def shown(
    ctx: Context,
    found: Difference,
    *,
    page: int = 1,
    files: Sequence[Attachment] = (),
    stale: Mapping[str, Sequence[str]] | None = None,
) -> Message:
    """A page of it. ``stale``: what is "new" and "gone" in it since it was seen, as ``P12 phone``."""
    if not members.everyone(ctx.db, ctx.workspace.id) and not found.news:
        raise Refused("members/empty", upload=f"members import M{ctx.meeting.number}")
    members.saw(ctx.db, ctx.meeting.id, found.digest, found.marks)
    pages = max(1, -(-len(found.news) // PAGE))
    page = min(page, pages)
    return ctx.words(
        "members/difference",
        added=len(found.added),
        changed=len(found.changed),
        unchanged=len(found.unchanged),
        absent=found.absent,
        guests=found.guests,
        waiting=found.waiting,
        questions=len(found.doubts),
        doubts=[facts(one) for one in found.doubts[:DOUBTS_SHOWN]],
        mistyped=len(found.slips),
        slips=[facts(one) for one in found.slips[:DOUBTS_SHOWN]],
        stale=stale is not None,
        fresh=[_mark(one) for one in (stale or {}).get("new", ())],
        gone=[_mark(one) for one in (stale or {}).get("gone", ())],
        may=may(ctx, approves_members, ctx.meeting),
        approvers=approvers(ctx, approves_members),
        page=page,
        pages=pages,
        rows=[_entry(one) for one in found.news[(page - 1) * PAGE : page * PAGE]],
        files=list(files),
        buttons=list(_ways_on(ctx, found, page, pages, as_file=not files)),
        tone="ask" if found.news else "plain",
        private=True,
    )


def _mark(mark: str) -> dict[str, str]:
    ref, field = mark.split(" ", 1)
    return {"ref": ref, "field": field}


def _ways_on(ctx: Context, found: Difference, page: int, pages: int, *, as_file: bool) -> Iterator[Offer]:
    here = f"members compare M{ctx.meeting.number}"
    if found.news and may(ctx, approves_members, ctx.meeting):
        yield Offer("apply", f"members apply M{ctx.meeting.number} confirm {found.digest}", primary=True)
    if page < pages:
        yield Offer("more", f"{here} page {page + 1}")
    if page > 1:
        yield Offer("back", f"{here} page {page - 1}")
    if any(one.why == "twin" for one in found.doubts):
        yield Offer("twins", "contact twins")
    if as_file:
        yield Offer("file", f"{here} file")
    if not found.news:
        yield Offer("export", f"members export M{ctx.meeting.number}")


def _entry(one: News) -> Entry:
    keep = [] if one.added else [Offer("keep", f"members keep {one.member.ref}", facts={"ref": one.member.ref})]
    return Entry({"label": label(one), "ref": one.member.ref, "added": one.added, "parts": one.parts}, keep)


def label(one: News) -> str:
    """The member as the register calls it, and with whom one deals there."""
    return of_row(one.row) if one.row else _joint({part.field: part.new for part in one.parts}, one.member)


def of_row(row: Row) -> str:
    return _joint(row.cells, row.member)


def _joint(cells: Mapping[str, str], member: Side) -> str:
    return (
        " · ".join(filter(None, (cells.get(name, "") for name in ("member_no", "unit", "name"))))
        or member.values["name"]
    )


def facts(one: Doubt) -> dict[str, Any]:
    return {
        "why": one.why,
        "ref": one.one.ref,
        "name": one.one.values["name"],
        "other": one.other.ref if one.other else "",
        "another": one.other.values["name"] if one.other else "",
        "value": one.value,
        "old": one.old,
        "rows": [{"number": row.number, "label": of_row(row)} for row in one.rows],
    }


# --- the whole of it, as a spreadsheet


def whole(ctx: Context, found: Difference) -> Attachment:
    """What the conference has taught of everybody, field by field, and who is as before; the questions too."""
    blank = [""] * 8
    head = ctx.words(
        "members/sheet",
        table=Columns(("kind", "member_no", "member", "party", "field", "old", "new", "source"), [blank]),
    )
    titles = list(head.table.columns) if head.table else []
    rows = [_line(ctx, one, part) for one in found.news for part in one.parts]
    for row in found.unchanged:
        who = " · ".join(filter(None, (row.cells.get("unit"), row.cells.get("name"))))
        rows.append([_said(ctx, "unchanged"), row.cells.get("member_no", ""), who, row.member.ref, "", "", "", ""])
    for doubt in (*found.slips, *found.doubts):
        told = plain(ctx.words("members/doubt", one=facts(doubt)).body)
        rows.append([_said(ctx, "question"), "", doubt.one.values["name"], doubt.one.ref, "", "", "", told])
    return handed_out(ctx, head.title, [Grid(head.title, [titles, *rows])], personal=True)


def _line(ctx: Context, one: News, part: Part) -> list[str]:
    cells = one.row.cells if one.row else {part.field: part.new for part in one.parts}
    who = " · ".join(filter(None, (cells.get("unit"), cells.get("name"))))
    told = ctx.words("members/part", part=part)
    return [
        _said(ctx, "added" if one.added else "changed"),
        cells.get("member_no", ""),
        who,
        one.member.ref,
        told.title,
        part.old,
        part.new,
        plain(told.body),
    ]


def _said(ctx: Context, what: str) -> str:
    return ctx.words("members/what", what=what).body


# --- what is to be left as it stands


@router.command("members keep", zh="会员 保留", also=("keep member", "会员保留"))
def keep(ctx: Context, party: AnyParty, which: Which = "") -> Message:
    """Leave a member, or one field, as the register has it: members keep P12 · members keep P12 phone"""
    must_keep(ctx, 0)
    found = difference(ctx)
    ours = [one for one in found.changed if party.id in {one.member.id, one.contact.id if one.contact else 0}]
    asked = [
        one
        for one in found.doubts
        if one.why in _OF_UNITS and party.id in {one.one.id, one.other.id if one.other else 0}
    ]
    parts = [part for one in ours for part in one.parts if which in {"", part.field}]
    if not parts and not (asked and which in {"", "unit"}):
        raise Refused("members/as_it_is", party=party, buttons=[Offer("compare", "members compare")])
    for row in members.of_party(ctx.db, ctx.workspace.id, party.id):
        told = {part.field: part.new for one in ours if one.row and one.row.id == row.id for part in one.parts}
        if asked:
            told["unit"] = asked[0].value
        row.settled = {**row.settled, **{name: value for name, value in told.items() if which in {"", name}}}
    ctx.db.flush()
    return ctx.words(
        "members/kept",
        party=party,
        fields=[part.field for part in parts] or ["unit"],
        buttons=[Offer("compare", f"members compare M{ctx.meeting.number}", primary=True), Offer("undo", "undo")],
        tone="good",
        private=True,
    )
