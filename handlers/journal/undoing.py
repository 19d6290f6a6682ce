"""Taking back the last thing one did, while it is fresh and nobody has built on it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from handlers.command import Menu
from handlers.context import Context
from handlers.grammar import Numbered, Tasks
from handlers.journal import rules
from handlers.journal.telling import said, tell
from handlers.permissions import allow
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer
from storage import checklist, journal, people, undo
from storage.journal import Change, Entry
from storage.meetings import Meeting

if TYPE_CHECKING:
    from collections.abc import Sequence

router = Router("journal")

_EVER = datetime(1970, 1, 1, tzinfo=UTC)

_BEAR_ON_NUDGES = frozenset({"room", "person", "leave", "role_holder", "assignment", "workspace", "day_rule"})


EntryNumber = Annotated[
    int, Numbered.like(r"(?:no\.?|№)\s*(\d{1,9})", r"第\s*(\d{1,9})\s*条", english="no.", chinese="第 {} 条")
]


@router.command("undo", zh="撤销", also=("撤回", "take back"), menu=Menu.HELP)
def take_back(ctx: Context, entry: EntryNumber = 0, tasks: Tasks = ()) -> Message:
    """Take back the last thing you did, within 15 minutes: undo · undo T12

    In a thread, or with ids, the last thing you did to these tasks. What was undone is not undone again by a second
    ``undo``: that takes back what you did before it. A button names the entry, so that an old one undoes nothing new.
    """
    found = _numbered(ctx, entry) if entry else _newest(ctx, [task.id for task in ctx.tasks(tasks or ctx.thread)])
    changes = undo.net(found.changes())
    _put_back(ctx, found, changes)
    _look_again(ctx, changes)
    for tell_others in ctx.router.afterwards if ctx.router else ():
        tell_others(ctx, changes)
    ctx.undoes = found.id
    back = tell(ctx, [undo.inverse(change) for change in changes])
    named = [task for change in changes if change.table == "task" and (task := ctx.db.get(checklist.Task, change.id))]
    return ctx.words(
        "journal/undone",
        line=said(ctx, found),
        told=back,
        buttons=[*_before(ctx, found), Offer("log", "log")],
        about=ctx.refs(named) if named and found.meeting_id else (),
        tone="good",
    )


def _look_again(ctx: Context, changes: Sequence[Change]) -> None:
    """Nudges are planned anew where what was put back bears on them beyond the tasks themselves."""
    if any(change.table in _BEAR_ON_NUDGES for change in changes):
        ctx.look_again()


def _before(ctx: Context, entry: Entry) -> list[Offer]:
    """What the person did before that and may still take back."""
    since = ctx.now - rules.UNDO_WITHIN
    more = journal.last_of(ctx.db, ctx.workspace.id, ctx.person.id, since=since, before=entry.seq)
    facts = {"line": _short(said(ctx, more)), "number": more.seq} if more else {}
    return [Offer("before", f"undo no. {more.seq}", facts=facts)] if more else []


def _short(line: str) -> str:
    """What fits on a button."""
    return line if len(line) <= 24 else f"{line[:23]}…"  # noqa: PLR2004


def _newest(ctx: Context, tasks: Sequence[int]) -> Entry:
    """Raises ``Refused`` when the person has changed nothing that could still be taken back."""
    found = journal.last_of(ctx.db, ctx.workspace.id, ctx.person.id, since=ctx.now - rules.UNDO_WITHIN, tasks=tasks)
    if found is not None:
        return found
    last = journal.last_of(ctx.db, ctx.workspace.id, ctx.person.id, since=_EVER, tasks=tasks)
    until = rules.may_undo_until(last.at) if last else None
    raise _too_late(ctx, last, until, tasks=bool(tasks))


def _numbered(ctx: Context, number: int) -> Entry:
    """The entry of that number, if the person may still take it back. Raises ``Refused``."""
    found = journal.numbered(ctx.db, ctx.workspace.id, number)
    see = [Offer("log", "log")]
    if found is None or found.person_id != ctx.person.id:
        raise Refused("journal/not_yours", number=number, buttons=see)
    undone = journal.undoing(ctx.db, [found]).get(found.id)
    if undone is not None:
        raise Refused("journal/undone_before", at=undone.at, buttons=see)
    if found.undoes is not None:
        raise Refused("journal/is_undo", buttons=see)
    until = rules.may_undo_until(found.at)
    if until < ctx.now:
        raise _too_late(ctx, found, until)
    return found


def _too_late(ctx: Context, last: Entry | None, until: datetime | None, *, tasks: bool = False) -> Refused:
    """For a change that can no longer be taken back, or for none at all."""
    line = said(ctx, last) if last else ""
    return Refused("journal/nothing", last=last, line=line, until=until, tasks=tasks, buttons=[Offer("log", "log")])


def _put_back(ctx: Context, entry: Entry, changes: Sequence[Change]) -> None:
    """The rows as they were, if the person may. Raises ``Refused``; then dispatch lets nothing of it stand."""
    if not changes or entry.erased:
        raise Refused("journal/irretrievable", buttons=[Offer("log", "log")])
    meeting = ctx.db.get(Meeting, entry.meeting_id) if entry.meeting_id else None
    ctx.subject = meeting
    touched = {change.table for change in changes}
    if meeting is not None and "meeting" not in touched and touched != {"room"}:
        ctx.must_run()
    try:
        undo.revert(ctx.db, changes)
    except undo.Irretrievable:
        raise Refused("journal/irretrievable", buttons=[Offer("log", "log")]) from None
    except undo.Unknown:
        raise Refused("journal/newer", buttons=[Offer("log", "log")]) from None
    except undo.ChangedSince as met:
        raise _changed_since(ctx, entry, met) from None
    if meeting is not None and ctx.db.get(Meeting, meeting.id) is None:
        ctx.subject = meeting = None
    for need in rules.needed(changes):
        tasks = [task for task_id in need.tasks if (task := ctx.db.get(checklist.Task, task_id))]
        allow(ctx, need.rule, meeting, tasks)


def _changed_since(ctx: Context, entry: Entry, met: undo.ChangedSince) -> Refused:
    later = journal.touching(ctx.db, entry, met.table, met.id) if met.table else None
    task = ctx.db.get(checklist.Task, met.id) if met.table == "task" else None
    mine = later is not None and later.person_id == ctx.person.id
    who = people.get(ctx.db, later.person_id).name if later and later.person_id and not mine else ""
    ref = f"M{ctx.meeting.number}-{task.ref}" if task and entry.meeting_id else ""
    offers = [Offer("show", f"show {ref}"), Offer("log", f"log {ref}")] if ref else [Offer("log", "log")]
    return Refused(
        "journal/changed_since", task=task, who=who, mine=mine, at=later.at if later else None, buttons=offers
    )
