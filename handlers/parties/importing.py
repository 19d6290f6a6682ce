"""A list of people is shown as it is understood, with what it would change; once somebody confirms, it is done."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from handlers import stored
from handlers.cleaning.likeness import Pair
from handlers.context import Context
from handlers.custody import to_read
from handlers.grammar import Files, MeetingNumber
from handlers.parties import applying
from handlers.parties.columns import every, to_remember
from handlers.parties.likely import AT_ONCE, ask, told
from handlers.parties.naming import (
    NEXT,
    AsCapacity,
    ColumnNames,
    ImportNumber,
)
from handlers.parties.previewing import line_of, preview
from handlers.parties.proving import finishing, prove
from handlers.parties.reading import Reading, understood
from handlers.permissions import allow, allow_in_any, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets.layouts import headings_of
from handlers.sheets.mapping import MOST_SHOWN
from handlers.sheets.naming import Shown
from messages import Message, Offer
from storage import intakes, meetings
from storage.files import File
from storage.materials import Material, Scope
from storage.parties import Capacity, Intake

router = Router("parties")

PAIRS_SHOWN = 5
_CALLED = (
    (Capacity.SPONSOR_CONTACT, r"赞助商?联系人|sponsor[- _]?contact"),
    (Capacity.SPEAKER, r"讲者|演讲|主讲|speaker"),
    (Capacity.VIP, r"贵宾|vip"),
    (Capacity.SPONSOR, r"赞助|sponsor"),
    (Capacity.VOLUNTEER, r"志愿者|义工|volunteer"),
    (Capacity.STAFF, r"工作人员|会务人员|(?<![a-z])staff"),
    (Capacity.MEDIA, r"媒体|(?<![a-z])media(?![a-z])|(?<![a-z])press(?![a-z])"),
    (Capacity.PARTNER, r"合作|支持单位|协办|供应商|partner|supplier"),
    (Capacity.ATTENDEE, r"参会|與會|与会|attendee|participant"),
)
_ANOTHER_S = re.compile(
    r"权益|班次|排班|议程|日程|课件|签到|报名|benefit|shift|agenda|programme|check-?in", re.IGNORECASE
)
"""Lists of something else, whoever's."""
_MATERIALS = {
    Capacity.ATTENDEE: Material.ATTENDANCE,
    Capacity.SPEAKER: Material.GUEST,
    Capacity.VIP: Material.GUEST,
}


@router.command("people import", zh="人员 导入", also=("import people", "导入人员", "导入人员名单", "contacts import"))
def import_(
    ctx: Context,
    meeting: MeetingNumber = 0,
    *,
    said: AsCapacity | None = None,
    refs: Files = (),
    capacity: AsCapacity | None = None,
    digest: Shown = "",
    columns: ColumnNames | None = None,
) -> Message:
    """Bring in a list of speakers, sponsors, volunteers …, with a preview: people import F7 as speakers"""
    must_keep(ctx, meeting)
    ctx.must_run()
    named = dict(columns or {})
    file = one_file(ctx, refs)
    capacity = capacity or said or called(file.name)
    if (unread := named.pop("", "")) or capacity is None:
        raise Refused("parties/which_kind", text=unread, file=file, buttons=_kinds(ctx, file))
    return shown_or_done(ctx, file, capacity, named, digest)


def shown_or_done(
    ctx: Context, file: File, capacity: Capacity | None, named: Mapping[str, str], digest: str
) -> Message:
    """What the list would change; done where that is what was shown. ``capacity``: None for a list of members."""
    with _without_collecting():  # what was read is gone before it ends, and need not be looked through either
        return _shown_or_done(ctx, file, capacity, named, digest)


def _shown_or_done(
    ctx: Context, file: File, capacity: Capacity | None, named: Mapping[str, str], digest: str
) -> Message:
    found = understood(ctx, file, capacity, named, shown=bool(digest))
    if not digest or digest != found.digest or not (found.plan.added or found.plan.changed):
        return preview(ctx, found, stale=bool(digest) and digest != found.digest)
    return _imported(ctx, found)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Twenty thousand rows are many objects, none of them in a circle: looking for some takes as long as the work."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


@router.arrival
def arrived(ctx: Context) -> Message | None:
    """A list that is called one of speakers, sponsors, volunteers … is previewed; else it is like any other file."""
    return stored.previewed(
        ctx, _capacity_of_all, lambda file, capacity: import_(ctx, refs=(file.number,), capacity=capacity)
    )


def _capacity_of_all(name: str) -> Capacity | None:
    """Attendees are no people of the address book before they have come."""
    capacity = None if _ANOTHER_S.search(name) else called(name)
    return None if capacity is Capacity.ATTENDEE else capacity


def must_keep(ctx: Context, meeting: int) -> None:
    """Raises ``Refused`` for who may not see the address book of the meeting's people."""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)


def one_file(ctx: Context, refs: tuple[int, ...], verb: str = "people import") -> File:
    """The list that came with the words, or that they name. Raises ``Refused``."""
    found = to_read(ctx, refs) if refs else list(ctx.files)
    if len(found) != 1:
        raise Refused("parties/one_file", count=len(found), upload=f"{verb} M{ctx.meeting.number}", verb=verb)
    return found[0]


def called(name: str) -> Capacity | None:
    """What the people of a list were, by the list's name."""
    return next((one for one, words in _CALLED if re.search(words, name, re.IGNORECASE)), None)


def _kinds(ctx: Context, file: File) -> list[Offer]:
    return [Offer("kind", line_of(ctx, "people import", file, one), facts={"capacity": one}) for one in Capacity]


def _imported(ctx: Context, found: Reading) -> Message:
    intake = intakes.begin(ctx.db, _values(ctx, found))
    applying.apply(ctx.db, intake, found.plan, found.book, found.capacity)
    said = to_remember(found.columns, found.capacity, found.how)
    intakes.remember(ctx.db, ctx.workspace.id, headings_of(found.columns), said, how=found.how)
    if found.capacity:
        _label(found.file, found.capacity, ctx.meeting.id)
    else:
        found.file.meeting_id, found.file.personal, found.file.scope = None, True, Scope.INTERNAL
    ctx.db.flush()
    pairs, following = _asked(ctx, intake), NEXT.get(found.capacity) if found.capacity else None
    if found.capacity:
        prove(ctx, found.file, found.capacity)
    return ctx.words(
        "parties/imported",
        pairs=told(ctx.db, pairs or (), PAIRS_SHOWN),
        questions=len(pairs or ()),
        later=pairs is None,
        intake=intake,
        capacity=found.capacity,
        file=found.file,
        left_out=found.left_out,
        buttons=[
            *(finishing(ctx) if found.capacity else [Offer("compare", f"members compare M{ctx.meeting.number}")]),
            *([Offer("twins", "contact twins", primary=True)] if pairs else []),
            *([Offer("following", f"{following} M{ctx.meeting.number}")] if following else []),
            Offer("imports", "people imports"),
            Offer("undo", f"people import undo {intake.ref}"),
        ],
        tone="good",
    )


def _asked(ctx: Context, intake: Intake) -> Sequence[Pair] | None:
    """Who of them may be somebody who is there already; None where that takes long and follows by itself."""
    if intake.added <= AT_ONCE:
        return ask(ctx.db, intake)
    ctx.later(f"people import questions {intake.ref}", key=f"intake:{intake.id}:questions")
    return None


@router.command("people import questions", zh="人员 导入查重", also=("导入查重",))
def questions(ctx: Context, number: ImportNumber = 0) -> Message:
    """Ask who of a list may be somebody who is there already: people import questions I3"""
    intake = intake_of(ctx, number)
    allow_for(ctx, intake)
    pairs = [] if intake.undone_at else ask(ctx.db, intake)
    return ctx.words(
        "parties/questions",
        intake=intake,
        pairs=told(ctx.db, pairs, PAIRS_SHOWN),
        questions=len(pairs),
        buttons=[Offer("twins", "contact twins") if pairs else Offer("imports", "people imports")],
    )


def allow_for(ctx: Context, intake: Intake) -> None:
    """Raises ``Refused`` for who may not see whom the import brought."""
    if intake.meeting_id is None:
        allow_in_any(ctx, keeps_contacts)
        return
    ctx.subject = meetings.get(ctx.db, intake.meeting_id)
    allow(ctx, keeps_contacts, ctx.subject)


def _values(ctx: Context, found: Reading) -> dict[str, Any]:
    return {
        "workspace_id": ctx.workspace.id,
        "number": intakes.next_number(ctx.db, ctx.workspace.id),
        "meeting_id": ctx.meeting.id if found.capacity else None,
        "capacity": found.capacity,
        "file_id": found.file.id,
        "columns": found.columns.sheet.headings,
        "layout": [] if found.capacity else every(found.columns),
        "added": len(found.plan.added),
        "changed": len(found.plan.changed),
        "same": found.plan.same,
        "person_id": ctx.person.id,
        "at": ctx.now,
    }


def _label(file: File, capacity: Capacity, meeting_id: int) -> None:
    """What the file is to the meeting; what somebody has said of it stays."""
    file.meeting_id = file.meeting_id or meeting_id
    file.material = file.material or _MATERIALS.get(capacity, Material.OTHER)
    file.scope = file.scope or Scope.INTERNAL
    file.personal = True


def intake_of(ctx: Context, number: int) -> Intake:
    """Raises ``Refused`` where there is no such import."""
    found = intakes.by_number(ctx.db, ctx.workspace.id, number)
    if found is None:
        known = [one.ref for one in intakes.all_of(ctx.db, ctx.workspace.id) if one.undone_at is None]
        raise Refused(
            "parties/no_import", number=number, known=known[:MOST_SHOWN], buttons=[Offer("imports", "people imports")]
        )
    return found
