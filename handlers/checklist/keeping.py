"""Files that come: each is one thing to its meeting, is known again when it comes again, and has its version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from handlers import expected
from handlers.context import Context
from handlers.expected import Programme
from handlers.filing import PERSONAL, Filing, filed, plain, stem
from handlers.rolls import kind_of_file
from storage import checklist, files
from storage.checklist import Task
from storage.files import File
from storage.materials import Material

_AGAIN = re.compile(
    r"[\s._-]*(?:\(\d{1,2}\)|(?<![a-z0-9])v\d{1,2}(?:\.\d{1,2})?|版本? ?\d{1,2}|第[一二三四五六七八九\d]{1,2}[版稿]|"
    r"终稿|定稿|终版|最终版?|修订版?|修改版?|新版|副本|(?<![a-z0-9])(?:final|copy|revised|draft|new))$"
)
_BY_SESSION = frozenset({Material.SLIDES, Material.CONSENT, Material.MINUTES})
"""Of these one is enough of a session or a speaker: what comes later takes the place of what came before."""
_MANY = frozenset({Material.PHOTO, Material.VOUCHER})
"""Of these different ones may have the same name."""


@dataclass(frozen=True)
class Kept:
    """A file that came, or ``twin`` the one of the same bytes that was there before; nothing was added then."""

    file: File
    filing: Filing
    twin: bool = False


def keep(ctx: Context, came: Sequence[File], *, task: Task | None = None, caption: str = "") -> list[Kept]:
    """Each file is filed with the meeting, as far as it tells what it is; ``task``: for which it came.

    What came before in the same bytes is there already. A file that was named (``F7``) is filed for its new task.
    """
    found: dict[int, Kept] = {}
    if not came:
        return []
    scene = Scene(ctx.programme, expected.days(ctx.meeting), task, caption)
    for file in came:
        if file.id in found:
            continue
        twin = files.same(ctx.db, ctx.meeting.id, file.digest) if file.meeting_id is None else None
        if twin is not None and twin.id != file.id:
            ctx.db.delete(file)
            ctx.db.flush()
            filing = _file_away(ctx, twin, scene) if twin.material is None else Filing()
            found.setdefault(twin.id, Kept(twin, filing, twin=True))
        else:
            found[file.id] = Kept(file, _file_away(ctx, file, scene))
    return list(found.values())


@dataclass(frozen=True)
class Scene:
    """What files are told by, besides themselves."""

    programme: Programme
    days: Sequence[date]
    task: Task | None
    caption: str


def _file_away(ctx: Context, file: File, scene: Scene) -> Filing:
    """Fill in what the file is to the meeting, its kind only where that is more than a guess.

    What was said of it before stays, unless the task knows better.
    """
    tell = partial(
        filed,
        file.name,
        caption=scene.caption,
        media_type=file.media_type,
        programme=scene.programme,
        days=scene.days,
    )
    guess, filing = tell(), tell(task=scene.task.key if scene.task else "")
    if file.meeting_id is not None and file.material not in {None, guess.material}:
        return filing
    file.meeting_id, file.material = ctx.meeting.id, filing.material if filing.named else None
    for name, one in (("session_id", filing.session), ("speaker_id", filing.speaker), ("booth_id", filing.booth)):
        setattr(file, name, getattr(file, name) or (one.id if one else None))
    file.photo = (file.photo or filing.photo) if file.material in {None, Material.PHOTO} else None
    file.day = file.day or filing.day or (file.taken_on if file.taken_on in scene.days else None)
    file.personal = file.personal or file.material in PERSONAL or kind_of_file(file.name) is not None
    file.version = _version(ctx, file, scene.task)
    ctx.db.flush()
    return filing


def _version(ctx: Context, file: File, task: Task | None) -> int:
    """One more than the newest of what it takes the place of."""
    if file.material in _MANY or file.media_type.startswith("image/"):
        return 1
    of_task = checklist.proofs(ctx.db, task.id, task.round) if task else ()
    beside = files.some(ctx.db, [proof.file_id for proof in of_task if proof.file_id]).values()
    earlier = [
        other
        for other in {*files.of_material(ctx.db, ctx.meeting.id, file.material), *beside}
        if other.number < file.number and _replaces(file, other)
    ]
    return max((other.version for other in earlier), default=0) + 1


def _replaces(file: File, other: File) -> bool:
    """Whether it is the same thing again: of the same session and speaker, or of the same name."""
    about = (file.session_id, file.speaker_id)
    same_talk = file.material == other.material and about == (other.session_id, other.speaker_id) and any(about)
    return (same_talk and file.material in _BY_SESSION) or root(file.name) == root(other.name)


def root(name: str) -> str:
    """A name without what tells that it is a later one: v2, (1), 终稿, copy."""
    text = plain(stem(name)) or plain(name)
    while (shorter := _AGAIN.sub("", text)) not in {text, ""}:
        text = shorter
    return text
