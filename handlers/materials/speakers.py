"""The speakers of a meeting: what has come of each and what has not, how their letter stands, and the next step."""

from __future__ import annotations

from handlers import presenters
from handlers.context import Context
from handlers.grammar import MeetingNumber, PageNumber, Text
from handlers.materials import desk, lineup
from handlers.materials.programme import speaker_named
from handlers.names import plain
from handlers.newcomers import known_or_new
from handlers.permissions import allow, keeps_contacts, may
from handlers.presenters import Presenter
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import parties
from storage.parties import Capacity, PartyKind

router = Router("materials")

PAGE, MOST_NAMED = 8, 8


@router.command("speakers", zh="讲者", also=("speaker list", "讲者 列表", "讲者列表", "讲者名单", "演讲嘉宾"))
def list_(ctx: Context, meeting: MeetingNumber = 0, page: PageNumber = 1, more: Text = "") -> Message:
    """Each speaker with sessions, what is missing of them, and how their letter stands: speakers"""
    if more and ctx.router:
        return ctx.router.in_words(ctx, ctx.line)
    ctx.meeting_number(meeting or None)
    found = sorted(_all(ctx), key=lambda one: not one.missing)
    pages = max(1, -(-len(found) // PAGE))
    page, here = min(page, pages), f"speakers M{ctx.meeting.number}"
    keeps = may(ctx, keeps_contacts, ctx.meeting)
    return ctx.words(
        "materials/speakers",
        meeting=ctx.meeting,
        count=len(found),
        lacking=sum(bool(one.missing) for one in found),
        strangers=sum(one.party is None for one in found),
        page=page,
        pages=pages,
        rows=[_entry(ctx, one, keeps=keeps) for one in found[(page - 1) * PAGE : page * PAGE]],
        buttons=[
            *([Offer("more", f"{here} page {page + 1}")] if page < pages else []),
            *([Offer("back", f"{here} page {page - 1}")] if page > 1 else []),
            Offer("materials", f"materials M{ctx.meeting.number}"),
            *([Offer("draft", f"thanks draft M{ctx.meeting.number} speakers")] if found and keeps else []),
        ],
    )


def _entry(ctx: Context, one: Presenter, *, keeps: bool) -> Entry:
    return Entry({"one": one, "keeps": keeps}, [Offer("show", f"speaker show {_line(ctx, one)}")])


def _all(ctx: Context) -> list[Presenter]:
    return presenters.of_meeting(ctx.db, ctx.workspace, ctx.meeting)


def _line(ctx: Context, one: Presenter) -> str:
    return f"M{ctx.meeting.number} {one.party.ref if one.party else f'#{one.names[0].id}'}"


@router.command("speaker show", zh="讲者 查看", also=("show speaker", "查看讲者"))
def show(ctx: Context, meeting: MeetingNumber = 0, who: Text = "") -> Message:
    """A speaker whole: sessions, photo, slides, recording, consent, letter, and what comes next: speaker show Li Wei"""
    ctx.meeting_number(meeting or None)
    one = _named(ctx, who)
    keeps = may(ctx, keeps_contacts, ctx.meeting)
    return ctx.words(
        "materials/speaker",
        meeting=ctx.meeting,
        one=one,
        keeps=keeps,
        buttons=[*_steps(ctx, one, keeps=keeps), Offer("speakers", f"speakers M{ctx.meeting.number}")],
    )


def _named(ctx: Context, who: str) -> Presenter:
    """By ``P12``, ``#3``, or the whole name. Raises ``Refused`` for nobody and for several, with a button for each."""
    found, wanted = _all(ctx), plain(who.strip().lstrip("@"))
    same = [one for one in found if wanted and wanted in _names(one)]
    if len(same) == 1:
        return same[0]
    offers = [
        Offer("speaker", f"speaker show {_line(ctx, one)}", facts={"speaker": one.party or one.names[0]})
        for one in (same or found)[:MOST_NAMED]
    ]
    raise Refused(
        "materials/which_speaker",
        text=who.strip(),
        count=len(same),
        buttons=[*offers, Offer("speakers", f"speakers M{ctx.meeting.number}")],
    )


def _names(one: Presenter) -> set[str]:
    own = {plain(one.party.ref), plain(one.party.name), plain(one.party.latin)} if one.party else set()
    return own | {name for row in one.names for name in (plain(row.name), f"#{row.id}")}


def _steps(ctx: Context, one: Presenter, *, keeps: bool) -> list[Offer]:
    """What is missing first, then the name and title, then the letter."""
    line = f"M{ctx.meeting.number}"
    if not keeps:
        return []
    if one.party is None:
        return [Offer("add", f"speaker add {line} #{one.names[0].id}", primary=True)]
    found = desk.load(ctx)
    offers = [
        Offer("consent", f"consent {line} #{cell.speaker.id}")
        if cell.kind == "consent" and cell.speaker
        else Offer("cell", f"materials add {line} {found.said(ctx, cell)}", facts={"cell": cell})
        for cell in one.missing[:4]
    ]
    if not one.party.confirmed_at:
        offers.append(Offer("confirm", f"contact confirm {one.party.ref}"))
    if one.letter is None:
        offers.append(Offer("draft", f"thanks draft {line} speakers"))
    else:
        offers.append(Offer("letter", f"thanks show {line} {one.letter.ref}"))
    return offers


@router.command("speaker add", zh="讲者 添加", also=("add speaker", "添加讲者", "新增讲者", "讲者 新增"))
def add(ctx: Context, meeting: MeetingNumber = 0, who: Text = "") -> Message:
    """Put a speaker of the programme into the address book, so that a letter can go: speaker add Li Wei"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    ctx.must_run()
    text, _, chosen = who.partition(" as ")
    row = speaker_named(ctx, lineup.load(ctx), text)
    line = f"speaker add M{ctx.meeting.number} #{row.id} as"
    party = known_or_new(ctx, chosen or row.name, PartyKind.PERSON, lambda other: f"{line} {other}")
    if not party.confirmed_at and party.unit_id is None:
        party.unit, party.position = party.unit or row.unit, party.position or row.position
    parties.takes(ctx.db, ctx.meeting.id, party.id, Capacity.SPEAKER)
    ctx.db.flush()
    one = _named(ctx, party.ref)
    steps = _steps(ctx, one, keeps=True)
    return ctx.words(
        "materials/speaker_added",
        meeting=ctx.meeting,
        one=one,
        keeps=True,
        buttons=[*steps[:4], Offer("edit", f"contact edit {party.ref}"), Offer("undo", "undo")],
        tone="good",
    )
