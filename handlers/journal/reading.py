"""The journal in words: newest first, of the meeting, of a task, by somebody, or of the whole workspace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from handlers.command import Menu
from handlers.context import Context
from handlers.grammar import MeetingNumber, OneOf, PageNumber, People, Tasks
from handlers.journal.telling import said, tell
from handlers.permissions import admin, allow
from handlers.router import Router
from messages import Entry as Row
from messages import Message, Offer
from storage import journal, people, rooms, undo
from storage.journal import Entry
from storage.rooms import Room

router = Router("journal")

A_PAGE = 10
LONGEST = 200

Everything = Annotated[str, OneOf({"all": ("everything", "全部", "所有")})]


@router.command("log", zh="日志", also=("history", "历史", "journal", "记录"), menu=Menu.HELP)
def log(  # noqa: PLR0917  the words of a line stand in an order
    ctx: Context,
    everything: Everything = "",
    meeting: MeetingNumber = 0,
    tasks: Tasks = (),
    who: People = (),
    page: PageNumber = 1,
) -> Message:
    """What was done, by whom and when: log · log T12 · log @li · log all

    Everybody may read the journal of a meeting; ``log all`` is for admins. What somebody typed in a direct
    conversation with the bot is theirs: others see what it changed, and not the words.
    """
    if meeting:
        ctx.meeting_number(meeting)
    scope, line = _scope(ctx, everything, tasks, who)
    count = journal.count(ctx.db, ctx.workspace.id, **scope)
    pages = max(1, -(-count // A_PAGE))
    page = min(page, pages)
    found = journal.entries(ctx.db, ctx.workspace.id, **scope, limit=A_PAGE, offset=(page - 1) * A_PAGE)
    offers = [Offer("more", f"{line} page {page + 1}")] if page < pages else []
    return ctx.words(
        "journal/log",
        rows=_rows(ctx, found),
        count=count,
        page=page,
        pages=pages,
        meeting=ctx.subject,
        everything=bool(everything),
        named=ctx.tasks(tasks or ()),
        who=[person.name for person in who],
        buttons=[*offers, Offer("list", "list")],
    )


def _scope(ctx: Context, everything: str, tasks: Tasks, who: People) -> tuple[dict[str, Any], str]:
    """Which entries, and the command line that asks for them in any room."""
    people_named = " ".join(f"@#{person.id}" for person in who)
    scope: dict[str, Any] = {"person_ids": [person.id for person in who]}
    if everything:
        allow(ctx, admin, None)
        return scope, f"log all {people_named}".strip()
    if not tasks and len(ctx.thread) == 1:
        tasks = ctx.thread
    rows = ctx.tasks(tasks)
    scope |= {"meeting_id": ctx.meeting.id, "tasks": [task.id for task in rows]}
    return scope, " ".join(filter(None, ["log", *(ctx.refs(rows) or [f"M{ctx.meeting.number}"]), people_named]))


def _rows(ctx: Context, found: Sequence[Entry]) -> list[Row]:
    names = people.some(ctx.db, {entry.person_id for entry in found if entry.person_id})
    undone = journal.undoing(ctx.db, found)
    undid = journal.some(ctx.db, [entry.undoes for entry in found if entry.undoes])
    known = {(room.platform, room.external): room for room in rooms.of_workspace(ctx.db, ctx.workspace.id)}
    return [
        Row(
            {
                "entry": entry,
                "who": names[entry.person_id].name if entry.person_id in names else "",
                "line": _line(ctx, entry, known.get((entry.platform, entry.room))),
                "room": known.get((entry.platform, entry.room)),
                "told": tell(ctx, undo.net(entry.changes())),
                "undone": entry.id in undone,
                "undid": undid.get(entry.undoes or 0),
            }
        )
        for entry in found
    ]


def _line(ctx: Context, entry: Entry, room: Room | None) -> str:
    """What was typed; empty if it is not for this reader's eyes."""
    private = room is None or room.person_id is not None
    if private and entry.person_id != ctx.person.id:
        return ""
    line = said(ctx, entry)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
