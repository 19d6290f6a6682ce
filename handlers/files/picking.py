"""Which files are meant."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.custody import numbered
from handlers.refused import Refused
from messages import Offer
from storage import meetings
from storage.files import File


def picked(ctx: Context, numbers: Sequence[int], *, dropped: bool = False) -> list[File]:
    """The files that were named, all of one meeting, which is spoken of from then on. Raises ``Refused``.

    ``dropped``: also those that no longer count. What came outside of any meeting belongs to the room's.
    """
    found = numbered(ctx, numbers, dropped=dropped)
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
