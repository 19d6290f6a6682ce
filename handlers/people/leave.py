"""When somebody is away, and who covers: nudges go to the cover meanwhile."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Annotated
from zoneinfo import ZoneInfo

from handlers import dates
from handlers.context import Context
from handlers.grammar import OneOf, People, Text, TextSaying, fold
from handlers.people import rules
from handlers.permissions import allow_in_any, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer, Question, Questions
from storage import checklist, meetings, people, rooms, undo
from storage.journal import Change
from storage.people import Leave, Person

router = Router("people")

_ME = re.compile(r"me\b|我", re.IGNORECASE | re.ASCII)
Leaves = Annotated[str, TextSaying({"cover": "由", "replace": "替换"})]


@router.command("away", zh="请假", also=("休假", "出差", "on leave", "vacation"))
def away(ctx: Context, who: People = (), text: Leaves = "", cover: People = ()) -> Message:
    """Say when you are away and who covers: away 11-20..11-27 cover @wang"""
    person = _whose(ctx, who)
    if not text:
        return _mine(ctx, person)
    days, stands_in, replace = _read(ctx, person, text)
    stands_in = stands_in or (cover[0] if cover else None)
    if stands_in is not None and stands_in.id == person.id:
        raise Refused("people/own_cover", buttons=[Offer("no_cover", f"{_line(person, *days)}")])
    earlier = people.leaves_between(ctx.db, person.id, *days)
    if earlier and not replace:
        line = f"{_line(person, *days)}{f' cover @#{stands_in.id}' if stands_in else ''} replace"
        offers = [Offer("replace", line, primary=True), Offer("aways", "away list")]
        raise Refused("people/overlap", name=person.name, leaves=list(earlier), buttons=offers)
    for leave in earlier:
        ctx.db.delete(leave)
        if stands_in is None or leave.cover_id != stands_in.id:
            _tell(ctx, leave, person, "people/cover_over")
    return _keep(ctx, person, days, stands_in)


_WHO = ("who is away", "who's away", "who is on leave", "who's on leave", "who is off")
_SHEI = ("谁在请假", "谁请假", "有谁请假", "谁在休假", "谁休假", "今天谁请假", "今天谁不在")
Today = Annotated[str, OneOf({"today": ("?", "today?", "now", "now?", "今天", "今天?", "了", "了?", "呢", "呢?")})]


@router.command("away list", zh="请假 列表", also=("请假列表", *_WHO, *_SHEI))
def listing(ctx: Context, today: Today = "") -> Message:  # noqa: ARG001  it is said of today in any case
    """Who is away, now and soon: away list"""
    found = people.all_leaves_from(ctx.db, ctx.workspace.id, _today(ctx))
    return ctx.words("people/aways", person=None, rows=[_entry(ctx, leave) for leave in found])


@router.command("away cancel", zh="销假", also=("请假 取消", "取消请假", "撤销请假", "cancel leave"))
def cancel(ctx: Context, who: People = (), text: Text = "") -> Message:
    """Not away after all, or back again: away cancel"""
    person = _whose(ctx, who)
    today = _today(ctx)
    found = people.leaves_from(ctx.db, person.id, today)
    if text:
        with dates.offering(f"away cancel @#{person.id}"):
            first, last = _span(ctx, text)
        found = [leave for leave in found if leave.first <= last and leave.last >= first]
    if not found:
        raise Refused("people/no_leave", name=person.name, me=person.id == ctx.person.id)
    if len(found) > 1:
        return ctx.words("people/aways", person=person, rows=[_entry(ctx, leave) for leave in found])
    leave = found[0]
    ctx.db.delete(leave)
    ctx.db.flush()
    ctx.look_again()
    _tell(ctx, leave, person, "people/cover_over")
    me = person.id == ctx.person.id
    return ctx.words(
        "people/away_over", called=person.name, me=me, leave=leave, buttons=[Offer("undo", "undo")], tone="good"
    )


def _whose(ctx: Context, who: Sequence[Person]) -> Person:
    """Who is away: the one who asks, or somebody for whom a lead speaks. Raises ``Refused``."""
    person = who[0] if who else ctx.person
    if person.id != ctx.person.id:
        allow_in_any(ctx, run_meeting)
    return person


def _today(ctx: Context) -> date:
    return ctx.now.astimezone(ctx.zone).date()


def _line(person: Person, first: date, last: date) -> str:
    return f"away @#{person.id} {first}..{last}"


def _read(ctx: Context, person: Person, text: str) -> tuple[tuple[date, date], Person | None, bool]:
    """The days, the cover, and whether an earlier leave is to give way. Raises ``Refused``."""
    wish = rules.wish(text)
    cover, behind = _cover(ctx, wish.cover) if wish.cover else (None, "")
    said = " ".join(filter(None, [wish.before, rules.after_cover(behind)]))
    with dates.offering(f"away @#{person.id}", f" cover @#{cover.id}" if cover else ""):
        return _span(ctx, said), cover, wish.replace


def _span(ctx: Context, text: str) -> tuple[date, date]:
    return dates.span(text, now=ctx.now.astimezone(ctx.zone), month_first=ctx.month_first)


def _cover(ctx: Context, text: str) -> tuple[Person, str]:
    """Who is named at the beginning, and the rest; the 代 of 王代 belongs to the name only if somebody is called so."""
    text = text.lstrip("@＠")
    if myself := _ME.match(text):
        return ctx.person, text[myself.end() :]
    try:
        person, length = ctx.person_at(fold(text))
    except Refused as refused:
        shorter = rules.without_verb(text)
        if refused.name != "people/unknown" or shorter is None:
            raise
        name, behind = shorter
        return ctx.person_at(fold(name))[0], behind
    return person, text[length:]


def _keep(ctx: Context, person: Person, days: tuple[date, date], cover: Person | None) -> Message:
    leave = Leave(person_id=person.id, first=days[0], last=days[1], cover_id=cover.id if cover else None)
    ctx.db.add(leave)
    ctx.db.flush()
    ctx.look_again()
    _tell(ctx, leave, person, "people/cover")
    away_too = people.leaves_between(ctx.db, cover.id, *days) if cover else []
    return ctx.words(
        "people/away",
        called=person.name,
        me=person.id == ctx.person.id,
        leave=leave,
        cover=cover,
        reached=cover is None or any(room.nudges for room in rooms.direct(ctx.db, [cover.id])),
        due=_due(ctx, person, leave),
        away_too=list(away_too),
        never=any(rules.covers(other, *days) for other in away_too),
        for_others=_covered(ctx, person, leave),
        buttons=[Offer("undo", "undo"), Offer("aways", "away list")],
        tone="good",
    )


def _covered(ctx: Context, person: Person, leave: Leave) -> list[str]:
    """Whom the person covers in those days: nobody does now."""
    rows = people.covered_by(ctx.db, person.id, leave.first, leave.last)
    return list(dict.fromkeys(people.get(ctx.db, row.person_id).name for row in rows))


def _due(ctx: Context, person: Person, leave: Leave) -> int:
    """How many of the person's unfinished tasks come due meanwhile, over all meetings."""
    found = 0
    for meeting in meetings.running(ctx.db, ctx.workspace.id):
        zone = ZoneInfo(meeting.zone)
        tasks = [
            task
            for task in checklist.tasks(ctx.db, meeting.id)
            if not task.finished and leave.first <= task.due_at.astimezone(zone).date() <= leave.last
        ]
        owners = ctx.owners(tasks)
        found += sum(person in owners[task.id] for task in tasks)
    return found


def _tell(ctx: Context, leave: Leave, person: Person, name: str) -> None:
    """The cover hears of it where they talk with the bot, unless it is they who said it.

    That they are to cover no longer holds where it is over.
    """
    if leave.cover_id is None or leave.cover_id == ctx.person.id:
        return
    cover = people.get(ctx.db, leave.cover_id)
    for room in rooms.direct(ctx.db, [cover.id]):
        told = ctx.voice(room).words(name, called=person.name, leave=leave, due=_due(ctx, person, leave))
        earlier = ctx.newest(f"people/cover:{leave.id}:{room.id}")
        if earlier and name == "people/cover_over":
            ctx.withdraw(earlier, room)
        next(n for n in count(1) if ctx.promise(f"{name}:{leave.id}:{room.id}:{n}", room, told))


@router.after_undo
def put_back(ctx: Context, changes: Sequence[Change]) -> None:
    """The cover hears that a leave is taken back, or stands again after all."""
    for change in changes:
        if change.table == "leave" and (change.before is None or change.after is None):
            leave = Leave(**undo.typed("leave", change.after or change.before or {}))
            name = "people/cover_over" if change.before is None else "people/cover"
            _tell(ctx, leave, people.get(ctx.db, leave.person_id), name)


def _mine(ctx: Context, person: Person) -> Message:
    """The person's leaves to come, and a form for another."""
    found = people.leaves_from(ctx.db, person.id, _today(ctx))
    others = [choice for choice in ctx.people_choices() if choice[0] != f"@#{person.id}"]
    asks = [Question("text", required=True), Question("cover", "choice", choices=[("", "–"), *others])]
    form = Questions(f"away @#{person.id}", asks)
    return ctx.words("people/aways", person=person, rows=[_entry(ctx, leave) for leave in found], form=form)


def _entry(ctx: Context, leave: Leave) -> Entry:
    known = people.some(ctx.db, [leave.person_id, *([leave.cover_id] if leave.cover_id else [])])
    facts = {
        "name": known[leave.person_id].name,
        "leave": leave,
        "cover": known[leave.cover_id].name if leave.cover_id else "",
        "days": (leave.last - leave.first).days + 1,
    }
    offer = Offer("away_cancel", f"away cancel @#{leave.person_id} {leave.first}..{leave.last}")
    mine = leave.person_id == ctx.person.id
    return Entry(facts, [offer] if mine or ctx.person.admin else [])
