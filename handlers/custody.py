"""Which stored files a person may name, read, file and settle; asked wherever a file is named by its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from handlers.permissions import allow, keeps_lists, leaders, may, run_meeting
from handlers.refused import Refused
from messages import Offer
from storage import checklist, files, people

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.files import File


def numbered(ctx: Context, numbers: Sequence[int], *, dropped: bool = False) -> list[File]:
    """The files that were named. Raises ``Refused``.

    ``dropped``: also those that no longer count. One of no meeting is there for who brought it, and in the room to
    which it came.
    """
    return [_numbered(ctx, number, dropped=dropped) for number in dict.fromkeys(numbers)]


def _numbered(ctx: Context, number: int, *, dropped: bool) -> File:
    file = files.by_number(ctx.db, ctx.workspace.id, number)
    if file is None or (file.meeting_id is None and ctx.person.id != file.person_id and file.room_id != ctx.room.id):
        raise Refused("files/unknown", ref=f"F{number}", buttons=[Offer("files", "files")])
    if file.dropped_at is not None and not dropped:
        raise Refused("files/dropped", file=file, buttons=[Offer("restore", f"file restore {file.ref}")])
    return file


def to_file(ctx: Context, numbers: Sequence[int]) -> list[File]:
    """Those that the person may say something of in this meeting. Raises ``Refused``."""
    found = _here(ctx, numbers)
    may_file(ctx, found)
    return found


def to_read(ctx: Context, numbers: Sequence[int]) -> list[File]:
    """Those whose content the person may have in this meeting. Raises ``Refused``."""
    found = _here(ctx, numbers)
    for file in found:
        may_read(ctx, file)
    return found


def _here(ctx: Context, numbers: Sequence[int]) -> list[File]:
    found = numbered(ctx, numbers)
    if any(file.meeting_id not in {None, ctx.meeting.id} for file in found):
        raise Refused("files/two_meetings")
    return found


# --- rights, in the meeting that is spoken of


def takes_part(ctx: Context) -> bool:
    """Whether the person works on the meeting: by a role, or by a task."""
    if ctx.person.admin or ctx.roles(ctx.meeting):
        return True
    return any(ctx.person.id in who for who in checklist.staff(ctx.db, ctx.meeting.id).assigned.values())


def may_read(ctx: Context, file: File) -> None:
    """What was dropped is for who leads; what holds personal data for who keeps lists; else for who takes part."""
    if file.dropped_at is not None and not may(ctx, run_meeting, ctx.meeting):
        raise Refused("files/dropped", file=file, buttons=[])
    if file.person_id == ctx.person.id:
        return
    if file.personal:
        allow(ctx, keeps_lists, ctx.meeting)
    elif not takes_part(ctx):
        raise Refused("files/outsider", meeting=ctx.meeting)


def may_file(ctx: Context, found: Sequence[File]) -> None:
    """Say what files are and which tasks they prove: who works on the meeting, and who sent them."""
    if not takes_part(ctx) and any(file.person_id != ctx.person.id for file in found):
        raise _not_theirs(ctx, found)


def may_settle(ctx: Context, found: Sequence[File]) -> None:
    """Label and drop: who sent them, who has the task, who leads."""
    if may(ctx, run_meeting, ctx.meeting):
        return
    for file in found:
        if file.person_id != ctx.person.id and not _has_task_of(ctx, file):
            raise _not_theirs(ctx, [file])


def _has_task_of(ctx: Context, file: File) -> bool:
    """Whether one of the tasks that the file proves is the person's."""
    tasks = checklist.proven_by(ctx.db, file.id)
    return any(ctx.person in who for who in ctx.owners(tasks).values())


def _not_theirs(ctx: Context, found: Sequence[File]) -> Refused:
    file = next(file for file in found if file.person_id != ctx.person.id)
    holders = leaders(ctx.db, ctx.meeting.id)
    known = people.some(ctx.db, [*holders, file.person_id])
    names = list(dict.fromkeys(known[one].name for one in (file.person_id, *holders)))
    return Refused("files/not_yours", file=file, names=names)
