"""Stored files as handlers touch them: opened, read as lists, and made so that whoever is handed one can fetch it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from handlers.refused import Refused
from handlers.sheets import Grid, Unreadable, is_sheet, read, written
from messages import Attachment
from messages.markdown import plain, straight
from storage import files
from storage.materials import Material, Scope

if TYPE_CHECKING:
    from handlers.context import Context
    from messages import Message
    from storage.files import File, FileStore

T = TypeVar("T")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
LARGEST = 64 * 1024 * 1024
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
"""What not every disk takes in the name of a file."""


def store(ctx: Context) -> FileStore:
    """Raises ``Refused`` where no files are kept."""
    if ctx.store is None:
        raise Refused("common/no_files")
    return ctx.store


@contextmanager
def opened(ctx: Context, file: File) -> Iterator[BinaryIO]:
    """Its bytes, to be read anywhere. Raises ``Refused`` where they are no longer there."""
    try:
        with store(ctx).open(file.digest) as stream:
            yield stream
    except FileNotFoundError:
        raise Refused("common/file_gone", file=file) from None


def grids(ctx: Context, file: File) -> list[Grid]:
    """Its sheets. Raises ``Refused`` for what is no list."""
    try:
        with opened(ctx, file) as stream:
            return read(file.name, stream)
    except Unreadable as fault:
        raise Refused("common/no_list", file=file, reason=fault.reason) from None


def handed_out(
    ctx: Context, name: str, grids: Sequence[Grid], *, material: Material | None = None, personal: bool = False
) -> Attachment:
    """``name`` is what the file is; the meeting and the moment follow. One that is ``personal`` is not everybody's."""
    return attached(made(ctx, name, "xlsx", [written(grids)], XLSX, material=material, personal=personal))


def made(
    ctx: Context,
    name: str,
    ending: str,
    content: Iterable[bytes],
    media_type: str,
    *,
    material: Material | None = None,
    personal: bool = False,
) -> File:
    """A file of the meeting, for inside the association; its name as in ``handed_out``."""
    called = (
        f"{_UNFIT.sub(' ', plain(straight(name))).strip()}-M{ctx.meeting.number}-{ctx.local_now:%Y%m%d-%H%M}.{ending}"
    )
    file = _kept(ctx, called, content, media_type, room_id=ctx.room.id)
    file.meeting_id, file.material, file.personal, file.scope = ctx.meeting.id, material, personal, Scope.INTERNAL
    return file


def given(ctx: Context, name: str, content: bytes, media_type: str) -> Attachment:
    """What everybody of the workspace may have, and is of no meeting: kept once, however often it is asked for."""
    digest = sha256(content).hexdigest()
    known = files.of_nowhere(ctx.db, ctx.workspace.id, digest, name=name)
    return attached(known or _kept(ctx, name, [content], media_type, room_id=None))


def _kept(ctx: Context, name: str, content: Iterable[bytes], media_type: str, *, room_id: int | None) -> File:
    stored = store(ctx).put(content, limit=LARGEST)
    return files.add(
        ctx.db,
        ctx.workspace.id,
        name=name,
        digest=stored.digest,
        size=stored.size,
        media_type=media_type,
        person_id=ctx.person.id,
        room_id=room_id,
        at=ctx.now,
    )


def attached(file: File) -> Attachment:
    """A stored file, to be handed out."""
    return Attachment(name=file.name, digest=file.digest, media_type=file.media_type, size=file.size)


def previewed(
    ctx: Context, is_what: Callable[[str], T | None], preview: Callable[[File, T], Message]
) -> Message | None:
    """The preview of the one spreadsheet that came without a word, if its name says what it is; else None.

    ``is_what`` is asked by the name without its ending. A file that is called so and cannot be read so after all is
    like any other file: None.
    """
    file, *others = ctx.files
    what = None if others or not is_sheet(file.name) else is_what(PurePosixPath(file.name).stem)
    if what is None or ctx.meeting_if_clear() is None:
        return None
    try:
        return preview(file, what)
    except Refused:
        return None
