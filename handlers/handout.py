"""A spreadsheet that is made on request: kept as one of the meeting's files, and handed to who asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from handlers.refused import Refused
from handlers.sheets import Grid, written
from messages import Attachment
from messages.markdown import plain
from storage import files
from storage.materials import Material, Scope

if TYPE_CHECKING:
    from handlers.context import Context

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 64 * 1024 * 1024


def handed_out(
    ctx: Context, name: str, grids: Sequence[Grid], *, material: Material | None = None, personal: bool = False
) -> Attachment:
    """``name`` is what the file is; the meeting and the moment follow. One that is ``personal`` is not everybody's."""
    if ctx.store is None:
        raise Refused("common/no_files")
    stored = ctx.store.put([written(grids)], limit=LARGEST)
    file = files.add(
        ctx.db,
        ctx.workspace.id,
        name=f"{plain(name)}-M{ctx.meeting.number}-{ctx.local_now:%Y%m%d-%H%M}.xlsx",
        digest=stored.digest,
        size=stored.size,
        media_type=XLSX,
        person_id=ctx.person.id,
        room_id=ctx.room.id,
        at=ctx.now,
    )
    file.meeting_id, file.material, file.personal, file.scope = ctx.meeting.id, material, personal, Scope.INTERNAL
    return Attachment(name=file.name, digest=stored.digest, media_type=XLSX, size=stored.size)
