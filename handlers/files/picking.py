"""Which files are meant, and what the person may do with them."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.permissions import LEADING, run_meeting
from handlers.permissions import Who as Standing
from handlers.refused import Refused
from messages import Offer
from storage import checklist, files, meetings, people
from storage.files import File


def picked(ctx: Context, numbers: Sequence[int], *, dropped: bool = False) -> list[File]:
    """The files that were named, all of one meeting, which is spoken of from then on. Raises ``Refused``.

    ``dropped``: also those that no longer count. What came outside of any meeting belongs to the room's.
    """
    found = []
    for number in dict.fromkeys(numbers):
        file = files.by_number(ctx.db, ctx.workspace.id, number)
        if file is None:
            raise Refused("files/unknown", ref=f"F{number}", buttons=[Offer("files", "files")])
        if file.dropped_at is not None and not dropped:
            back = [Offer("restore", f"file restore {file.ref}")]
            raise Refused("files/dropped", file=file, buttons=back)
        found.append(file)
    ids = {file.meeting_id for file in found if file.meeting_id}
    if len(ids) > 1:
        raise Refused("files/two_meetings")
    if ids:
        ctx.subject = meetings.get(ctx.db, ids.pop())
    return found


def needed(ctx: Context, numbers: Sequence[int], line: str) -> None:
    """Raises ``Refused`` where no file was named; ``line`` is how it would be said."""
    if not numbers:
        raise Refused("files/which", line=ctx.spoken(line), buttons=[Offer("files", "files")])


def leads(ctx: Context) -> bool:
    return run_meeting.holds(Standing(ctx.person.admin, ctx.roles(ctx.meeting)))


def takes_part(ctx: Context) -> bool:
    """Whether the person works on the meeting: by a role, or by a task."""
    if ctx.person.admin or ctx.roles(ctx.meeting):
        return True
    return any(ctx.person.id in who for who in checklist.staff(ctx.db, ctx.meeting.id).assigned.values())


def has_task_of(ctx: Context, file: File) -> bool:
    """Whether one of the tasks that the file proves is the person's."""
    tasks = checklist.proven_by(ctx.db, file.id)
    return any(ctx.person in who for who in ctx.owners(tasks).values())


def may_file(ctx: Context, found: Sequence[File]) -> None:
    """Say what files are and which tasks they prove: who works on the meeting, and who sent them."""
    if not takes_part(ctx) and any(file.person_id != ctx.person.id for file in found):
        raise _refused(ctx, found)


def may_settle(ctx: Context, found: Sequence[File]) -> None:
    """Label and drop: who sent them, who has the task, who leads."""
    if leads(ctx):
        return
    for file in found:
        if file.person_id != ctx.person.id and not has_task_of(ctx, file):
            raise _refused(ctx, [file])


def _refused(ctx: Context, found: Sequence[File]) -> Refused:
    file = next(file for file in found if file.person_id != ctx.person.id)
    holders = [row.person_id for row in people.holders(ctx.db, ctx.meeting.id) if row.role in LEADING]
    known = people.some(ctx.db, [*holders, file.person_id])
    names = list(dict.fromkeys(known[one].name for one in (file.person_id, *holders)))
    return Refused("files/not_yours", file=file, names=names)
