"""Shifts are noted one by one, and taken off again; two at the same time are asked about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from handlers import dates, expected
from handlers.context import Context
from handlers.crew import rules, times
from handlers.crew.naming import Anyway, ShiftNumber, ShiftTold
from handlers.crew.permits import allow_keeping
from handlers.crew.roster import member, row_of
from handlers.crew.rules import AROUND, Worked
from handlers.crew.showing import shown
from handlers.dates.printed import day_in
from handlers.grammar import MeetingNumber
from handlers.known import AnyPerson
from handlers.newcomers import retold
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import crew
from storage.crew import Shift, Volunteer
from storage.parties import Party

router = Router("crew")

LONGEST_POST = 100
LONGEST = {"place": 100, "note": 300}
_YEAR = re.compile(r"20\d\d")


@router.command("shift add", zh="班次 新增", also=("add shift", "班次", "新增班次", "班次 添加"))
def add(
    ctx: Context, meeting: MeetingNumber = 0, *, who: AnyPerson, anyway: Anyway = "", told: ShiftTold | None = None
) -> Message:
    """Note when somebody worked: shift add P7 3/8 9:00-12:30 registration desk · shift add P7 4 hours stage

    A shift that ends before it begins ended on the next day. Where only the length is known, say the length.
    """
    allow_keeping(ctx, meeting)
    said = {name: " ".join(text.split()) for name, text in (told or {}).items()}
    line = said.pop("", "") or _from_fields(ctx)
    if not line:
        return _form(ctx, who)
    if any(len(text) > LONGEST[name] for name, text in said.items()):
        raise Refused("crew/long", most=min(LONGEST[name] for name in said))
    worked = read(ctx, line)
    one = member(ctx, who)
    known = [Worked.of(shift) for shift in one.shifts]
    if not anyway:
        _must_be_new(ctx, who, worked, known, retold(line, said))
    keep(ctx, row_of(ctx, who), worked, **said)
    return shown(ctx, member(ctx, who), "shift", worked=worked)


def _from_fields(ctx: Context) -> str:
    """What a form says, as one would type it."""
    get = ctx.fields.get
    clocks = f"{get('from', '')}-{get('to', '')}" if get("from") and get("to") else ""
    length = f"{get('hours')}h" if get("hours") and not clocks else ""
    return " ".join(part for part in (get("day"), clocks or length, get("post")) if part)


def read(ctx: Context, line: str) -> Worked:
    """Raises ``Refused`` for what says no times or no day, and for a day that is far from the meeting."""
    days = expected.days(ctx.meeting)
    told = times.read(line, lambda text: day_in(text, days[0], days[-1], alone=True))
    if len(told.text) > LONGEST_POST:
        raise Refused("crew/long", most=LONGEST_POST)
    day = told.day or _other_day(ctx, told.before) or (days[0] if len(days) == 1 else None)
    if day and not _YEAR.search(told.before) and not days[0] - AROUND <= day <= days[-1] + AROUND:
        raise Refused("crew/far_day", day=day, meeting=ctx.meeting, first=days[0])
    if told.clocks is None:
        return rules.lasting(day if told.before else None, told.minutes, ctx.meeting_zone, told.text)
    if day is None:
        raise Refused("crew/no_day", first=days[0], last=days[-1])
    return rules.between(day, *told.clocks, ctx.meeting_zone, told.text)


def _other_day(ctx: Context, words: str) -> date | None:
    """``yesterday``, 上周六. Raises ``Refused`` for what names no day."""
    if not words:
        return None
    found = dates.occasion(words, now=ctx.local_now, calendar=ctx.calendar, month_first=True)
    return found.at.date()


def _must_be_new(ctx: Context, who: Party, new: Worked, known: Sequence[Worked], line: str) -> None:
    """Raises ``Refused`` where the shift is there already, or another was worked at the same time."""
    others = [one for one in known if one.when == new.when] or rules.overlapping(new, known)
    if others:
        again = Offer("anyway", f"shift add M{ctx.meeting.number} {who.ref} anyway {line}")
        see = Offer("show", f"volunteer show M{ctx.meeting.number} {who.ref}")
        told = [one.on(ctx.meeting_zone) for one in others]
        raise Refused("crew/overlap", party=who, new=new.on(ctx.meeting_zone), others=told, buttons=[again, see])


def keep(ctx: Context, row: Volunteer, worked: Worked, *, place: str = "", note: str = "") -> Shift:
    """One of theirs from now on."""
    shift = Shift(
        volunteer_id=row.id,
        text=worked.text,
        place=place,
        note=note,
        starts_at=worked.starts_at,
        ends_at=worked.ends_at,
        minutes=worked.minutes,
    )
    ctx.db.add(shift)
    ctx.db.flush()
    return shift


def _form(ctx: Context, who: Party) -> Message:
    one = member(ctx, who)
    days = expected.days(ctx.meeting)
    asks = [
        Question("day", value=days[0].isoformat() if len(days) == 1 else ""),
        Question("from"),
        Question("to"),
        Question("hours"),
        Question("post", value=one.row.role if one.row else ""),
        Question("place"),
        Question("note"),
    ]
    form = Questions(f"shift add M{ctx.meeting.number} {who.ref}", asks)
    return ctx.words("crew/shift_form", member=one, form=form, private=True)


@router.command("shift drop", zh="班次 撤回", also=("drop shift", "撤回班次", "删除班次", "班次 删除"))
def drop(ctx: Context, meeting: MeetingNumber = 0, number: ShiftNumber = 0) -> Message:
    """Take a shift off again, by its number: shift drop 17"""
    allow_keeping(ctx, meeting)
    shift = crew.shift(ctx.db, ctx.meeting.id, number)
    if shift is None:
        raise Refused(
            "crew/no_shift", number=number, buttons=[Offer("volunteers", f"volunteers M{ctx.meeting.number}")]
        )
    party = ctx.db.get_one(Party, ctx.db.get_one(Volunteer, shift.volunteer_id).party_id)
    gone = Worked.of(shift)
    ctx.db.delete(shift)
    ctx.db.flush()
    return shown(ctx, member(ctx, party), "unshift", worked=gone)
