"""Looking at files: lists of them, one of them, and the thing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from handlers.context import Context
from handlers.custody import may_read
from handlers.files.picking import needed, picked
from handlers.files.words import MATERIALS
from handlers.grammar import Cursor, Files, MeetingNumber, OneOf, PageNumber, Taker, Tasks, people_in_words
from handlers.ids import TaskRef
from handlers.refused import Refused
from handlers.router import Router
from handlers.who import owner_at
from messages import Attachment, Entry, Message, Offer
from storage import checklist, files, people, programme
from storage.checklist import Task
from storage.files import File
from storage.materials import Material
from storage.people import Person

router = Router("files")

PAGE = 15
page_number, meeting_number = (
    reader.__metadata__[0]  # type: ignore[attr-defined]
    for reader in (PageNumber, MeetingNumber)
)
tasks_in_words = Tasks.__metadata__[0]  # type: ignore[attr-defined]
WHICH = OneOf(
    {
        "unfiled": ("未归类", "未归档的", "没归类", "unsorted"),
        "dropped": ("已移除", "移除的", "removed"),
        "all": ("全部", "所有"),
    }
)
_FILLERS = OneOf({"of": ("from", "by", "for", "the", "files", "的", "文件", "来自")})


@dataclass(frozen=True)
class Wish:
    """Which files are to be listed; everything named must hold at once. ``meeting`` is its number."""

    meeting: int = 0
    task: TaskRef | None = None
    material: str = ""
    which: str = ""
    who: tuple[Person, ...] = ()
    page: int = 1

    @property
    def line(self) -> str:
        """The command that asks for the same, on its first page."""
        said = [f"M{self.meeting}", *([str(self.task)] if self.task else []), self.material, self.which]
        return " ".join(["files", *filter(None, said), *(f"@#{one.id}" for one in self.who)])


class _Wish:
    """Meeting, task, kind, sender and page in whatever order: ``slides @li``, ``M2 未归类 第2页``."""

    def take(self, cursor: Cursor, ctx: Context) -> Wish | None:
        wish = Wish()
        while cursor.peek() is not None:
            more = self._more(cursor, ctx, wish)
            if more is None:
                break
            wish = more
        return wish

    def _more(self, cursor: Cursor, ctx: Context, wish: Wish) -> Wish | None:
        """The wish with what stands here; None for what cannot be read."""
        readers: dict[str, Taker] = {"page": page_number, "material": MATERIALS, "which": WHICH}
        for name, reader in readers.items():
            said: Any = reader.take(cursor, ctx)
            if said:
                return replace(wish, **{name: said})
        if refs := tasks_in_words.take(cursor, ctx):
            return replace(wish, task=refs[0], meeting=refs[0].meeting or wish.meeting)
        if number := meeting_number.take(cursor, ctx):
            return replace(wish, meeting=number)
        if who := people_in_words.take(cursor, ctx):
            return replace(wish, who=(*wish.who, *who))
        if _FILLERS.take(cursor, ctx):
            return wish
        owner = owner_at(cursor, ctx)
        return replace(wish, who=(*wish.who, *owner.people)) if owner and owner.people else None

    def chinese(self, text: str) -> tuple[str, int] | None:
        return next((found for one in (page_number, MATERIALS, WHICH) if (found := one.chinese(text))), None)


@router.command("files", zh="文件", also=("file list", "list files", "文件 列表", "文件列表", "所有文件"))
def listing(ctx: Context, wish: Annotated[Wish, _Wish()] = Wish()) -> Message:
    """The files of the meeting: files · files T12 · files slides · files unfiled · files @li"""
    if wish.meeting:
        ctx.meeting_number(wish.meeting)
    wish = replace(wish, meeting=ctx.meeting.number)
    task = ctx.tasks([wish.task])[0] if wish.task else None
    dropped = wish.which == "dropped"
    every = [
        *files.of_meeting(ctx.db, ctx.meeting.id, dropped=dropped),
        *files.loose(ctx.db, ctx.meeting.id, room_id=ctx.room.id, person_id=ctx.person.id, dropped=dropped),
    ]
    every.sort(key=lambda file: file.number)
    proves = checklist.proving(ctx.db, [file.id for file in every])
    found = [file for file in reversed(every) if _wanted(wish, task, file, proves.get(file.id, ()))]
    pages = max(1, -(-len(found) // PAGE))
    page = min(wish.page, pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    known = people.some(ctx.db, {file.person_id for file in shown})
    back = [Offer("back", f"{wish.line} page {page - 1}")] if page > 1 else []
    more = [Offer("more", f"{wish.line} page {page + 1}")] if page < pages else []
    return ctx.words(
        "files/list",
        meeting=ctx.meeting,
        task=task,
        material=Material(wish.material) if wish.material else None,
        which=wish.which,
        who=list(wish.who),
        count=len(found),
        unfiled=sum(_unfiled(file, proves.get(file.id, ())) for file in every),
        page=page,
        pages=pages,
        rows=[_entry(ctx, file, proves.get(file.id, ()), known) for file in shown],
        buttons=[*back, *more, *_others(wish, every, proves)],
        about=ctx.refs([task]) if task else (),
    )


def _wanted(wish: Wish, task: Task | None, file: File, tasks: Sequence[Task]) -> bool:
    if wish.which == "dropped" and file.dropped_at is None:
        return False
    if wish.which == "unfiled" and not _unfiled(file, tasks):
        return False
    if wish.who and file.person_id not in {one.id for one in wish.who}:
        return False
    return (not wish.material or file.material == wish.material) and (
        task is None or task.id in {other.id for other in tasks}
    )


def _unfiled(file: File, tasks: Sequence[Task]) -> bool:
    """Nobody can tell what it is, and it proves nothing."""
    return file.dropped_at is None and file.material is None and not tasks


def _others(wish: Wish, every: Sequence[File], proves: Mapping[int, Sequence[Task]]) -> list[Offer]:
    left = sum(_unfiled(file, proves.get(file.id, ())) for file in every)
    unfiled = [Offer("unfiled", f"files M{wish.meeting} unfiled", facts={"count": left})]
    rest = [Offer("files", f"files M{wish.meeting}")]
    whole = replace(wish, page=1) == Wish(meeting=wish.meeting)
    return [*(unfiled if left and wish.which != "unfiled" else []), *([] if whole else rest)]


def _entry(ctx: Context, file: File, tasks: Sequence[Task], known: Mapping[int, Person]) -> Entry:
    facts = {"file": file, "tasks": tasks, "by": known[file.person_id].name, **about(ctx, file)}
    offers = [Offer("details", f"file show {file.ref}", facts={"file": file})]
    return Entry(facts, [*([Offer("move", f"file move {file.ref}")] if _unfiled(file, tasks) else []), *offers])


def about(ctx: Context, file: File) -> dict[str, object]:
    """What of the programme it is about, as rows."""
    tables = (
        ("session", programme.ProgrammeSession, file.session_id),
        ("speaker", programme.Speaker, file.speaker_id),
        ("booth", programme.Booth, file.booth_id),
    )
    return {name: ctx.db.get(table, row_id) if row_id else None for name, table, row_id in tables}


@router.command("file show", zh="文件 查看", also=("show file", "查看文件", "文件详情"))
def show(ctx: Context, stored: Files = ()) -> Message:
    """What one file is, which tasks it proves, and who may see it: file show F7"""
    needed(ctx, stored, "file show F7")
    file = picked(ctx, stored[:1], dropped=True)[0]
    tasks = checklist.proven_by(ctx.db, file.id)
    by = people.get(ctx.db, file.person_id)
    return ctx.words(
        "files/show",
        file=file,
        tasks=tasks,
        by=by.name,
        **about(ctx, file),
        buttons=_buttons(file),
        about=ctx.refs(tasks) if tasks else (),
    )


def _buttons(file: File) -> list[Offer]:
    if file.dropped_at is not None:
        return [Offer("restore", f"file restore {file.ref}", primary=True)]
    return [
        Offer("get", f"file get {file.ref}", primary=True),
        Offer("move", f"file move {file.ref}"),
        Offer("kind", f"file kind {file.ref}"),
        Offer("label", f"file label {file.ref}"),
        Offer("drop", f"file drop {file.ref}"),
    ]


@router.command("file get", zh="文件 取回", also=("get file", "取回文件", "下载文件", "文件 下载"))
def get(ctx: Context, stored: Files = ()) -> Message:
    """Send a file to you alone: file get F7"""
    needed(ctx, stored, "file get F7")
    found = picked(ctx, stored, dropped=True)
    for file in found:
        may_read(ctx, file)
    gone = [file for file in found if ctx.store is None or not ctx.store.has(file.digest)]
    if gone:
        raise Refused("files/gone", names=[file.name for file in gone])
    sent = [Attachment(name=one.name, digest=one.digest, media_type=one.media_type, size=one.size) for one in found]
    return ctx.words("files/get", found=found, files=sent, private=True)
