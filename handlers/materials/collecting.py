"""Files that are said to be what was expected: they are filed under it, and counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from handlers.context import Context
from handlers.custody import to_file
from handlers.expected import Cell, Standing
from handlers.grammar import MeetingNumber
from handlers.materials import desk
from handlers.materials.desk import Desk
from handlers.materials.naming import read
from handlers.materials.rules import is_fitting
from handlers.materials.saying import ExpectedText
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer
from storage.files import File
from storage.materials import Material

router = Router("materials")

MOST_OFFERED = 10
_FILE = re.compile(r"F\d{1,7}", re.IGNORECASE)


@router.command("materials add", zh="资料 补交", also=("add materials", "补交资料", "资料 上传", "资料 添加"))
def add(ctx: Context, meeting: MeetingNumber = 0, text: ExpectedText = "") -> Message:
    """Send what was missing: materials add slides/S3, with the file attached"""
    ctx.meeting_number(meeting or None)
    ctx.must_run()
    found = desk.load(ctx)
    cell = the_cell(ctx, found, text, verb="materials add")
    if cell.kind == "consent" and cell.session and cell.speaker:
        offer = Offer("consent", f"consent M{ctx.meeting.number} {cell.session.code} #{cell.speaker.id}", primary=True)
        raise Refused("materials/consent_is_said", cell=cell, buttons=[offer])
    given = _given(ctx, text)
    if not given:
        return _ask(ctx, found.said(ctx, cell), cell)
    for file in given:
        _file(found, cell, file)
    ctx.db.flush()
    return _kept(ctx, cell, given)


def the_cell(ctx: Context, found: Desk, text: str, *, verb: str) -> Cell:
    """The one that is meant. Raises ``Refused`` with a button for each of several."""
    meant = read(_without_files(text), found.matrix, found.lineup.sessions).cells
    open_ones = [one for one in meant if not one.settled] or list(meant)
    if len(open_ones) != 1:
        raise which(ctx, found, open_ones, verb=verb)
    return open_ones[0]


def which(ctx: Context, found: Desk, meant: Sequence[Cell], *, verb: str, every: str = "") -> Refused:
    """``every`` is the line that means all of them, where there is one."""
    offered = [one for one in (meant or found.matrix.missing) if one.standing != Standing.HERE][:MOST_OFFERED]
    line = f"{verb} M{ctx.meeting.number}"
    buttons = [Offer("cell", f"{line} {found.said(ctx, one)}", facts={"cell": one}) for one in offered]
    last = [Offer("every", every)] if every and len(meant) > 1 else []
    return Refused("materials/which_cell", verb=ctx.spoken(verb), none=not offered, buttons=[*buttons, *last])


def _without_files(text: str) -> str:
    return " ".join(word for word in text.split() if not _is_file(word))


def _is_file(word: str) -> bool:
    return _FILE.fullmatch(word) is not None


def _given(ctx: Context, text: str) -> list[File]:
    """What came along, and what is named by its number. Raises ``Refused``."""
    return [*ctx.files, *to_file(ctx, [int(word[1:]) for word in filter(_is_file, text.split())])]


def _ask(ctx: Context, said: str, cell: Cell) -> Message:
    """``said`` is the cell as a line says it."""
    line = f"materials add M{ctx.meeting.number} {said}"
    skip = Offer("skip_cell", f"materials skip M{ctx.meeting.number} {said}")
    return ctx.words("materials/send", cell=cell, line=line, upload=line, buttons=[skip], tone="ask", private=True)


def _file(found: Desk, cell: Cell, file: File) -> None:
    """Raises ``Refused`` for a file that cannot be that."""
    if not is_fitting(cell, file):
        raise Refused("materials/unfitting", cell=cell, file=file)
    said: dict[str, Any] = {
        "meeting_id": found.meeting.id,
        "material": _material(cell, file),
        "session_id": cell.session.id if cell.session else None,
        "speaker_id": cell.speaker.id if cell.speaker else None,
        "booth_id": cell.booth.id if cell.booth else None,
        "photo": cell.photo,
        "day": cell.day or file.day,
    }
    alike = [one.version for one in found.held.files if one.id != file.id and _same(one, said)]
    said["version"] = file.version if _same(file, said) else max(alike, default=0) + 1
    for name, value in said.items():
        if getattr(file, name) != value:
            setattr(file, name, value)


def _same(file: File, said: dict[str, Any]) -> bool:
    """Of slides and recordings, what came before of the same session is an earlier version."""
    versioned = said["session_id"] is not None
    return versioned and file.session_id == said["session_id"] and file.material == said["material"]


def _material(cell: Cell, file: File) -> Material:
    if cell.kind == "photo":
        return Material.PHOTO
    if cell.kind == "recording":
        return Material.AUDIO if file.media_type.startswith("audio/") else Material.VIDEO
    return Material.SLIDES


def _kept(ctx: Context, cell: Cell, given: Sequence[File]) -> Message:
    now = desk.load(ctx)
    here = next(one for one in now.matrix.cells if one.key == cell.key)
    owed = next((one for one in now.owed if one.session is not None and one.session is cell.session), None)
    offers = [Offer("missing", f"materials missing M{ctx.meeting.number}")] if now.matrix.missing else []
    return ctx.words(
        "materials/kept",
        cell=here,
        given=list(given),
        owed=owed,
        count=len(now.matrix.missing),
        buttons=[*offers, Offer("undo", "undo")],
        tone="good",
    )
