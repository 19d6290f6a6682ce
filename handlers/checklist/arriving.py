"""Files come in: for a task that was named, or that they name themselves; else it is asked, once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from handlers.checklist import rules
from handlers.checklist.evidence import prove, still_missing
from handlers.checklist.keeping import Kept, keep
from handlers.checklist.links import Links
from handlers.checklist.picking import choose, names, picked
from handlers.checklist.placing import place
from handlers.context import Context
from handlers.custody import to_file
from handlers.grammar import Files, Tasks
from handlers.permissions import allow, work_on
from handlers.refused import Refused
from handlers.rolls import kind_of_file
from handlers.router import Router
from messages import Message, Offer
from storage import arrivals, checklist, files, meetings
from storage.arrivals import Arrival
from storage.checklist import State, Task
from storage.files import File
from storage.people import Person

router = Router("checklist")

EXPECTED = timedelta(minutes=10)
TOGETHER = timedelta(seconds=90)
"""What comes within this of the last one is asked about with it."""
MOST_LISTS = 3
MOST_TASKS = 5
_DAY = timedelta(days=1)


@router.command("attach", zh="附件", also=("evidence", "佐证", "附上"))
def attach(ctx: Context, tasks: Tasks = (), stored: Files = (), links: Links = ()) -> Message:
    """Add a link as proof, or files that come with these words or next: attach T12 https://…"""
    chosen = picked(ctx, tasks)
    found = [*ctx.files, *to_file(ctx, stored)]
    if not chosen:
        return arrive(ctx, found, links) if found or links else choose(ctx, "", verb="attach")
    if len(chosen) > 1:
        allow(ctx, work_on, ctx.meeting, chosen)
        raise Refused("checklist/attach_one", count=len(chosen))
    if not found and not links:
        return _ask_for_files(ctx, chosen[0])
    return _attach(ctx, chosen[0], keep(ctx, found, task=chosen[0]), links)


def _attach(ctx: Context, task: Task, kept: Sequence[Kept], links: Sequence[str] = (), *, why: str = "") -> Message:
    """Keep these with the task; ``why`` it, where nobody has named it: "name", "words", "expected"."""
    allow(ctx, work_on, ctx.meeting, [task])
    others = {one.file.id: _other_tasks(ctx, task, one.file) for one in kept}
    _prove(ctx, task, kept)
    for link in links:
        prove(ctx, task, "link", link)
    missing, refs, came = still_missing(ctx, task), ctx.refs([task]), [one.file for one in kept]
    offers = [] if missing or task.finished else [Offer("done", f"done {refs[0]}", primary=True)]
    move = [Offer("move", " ".join(["file move", *(file.ref for file in came)]))] if why else []
    return ctx.words(
        "checklist/attached",
        task=task,
        kept=[*(f"{one.file.ref} {one.file.name}" for one in kept if not one.twin), *links],
        twins=[one.file for one in kept if one.twin],
        later=[file for file in came if file.version > 1],
        others=[(file, others[file.id]) for file in came if others[file.id]],
        why=why,
        missing=missing,
        rule=task.rule(),
        buttons=[*_lists(ctx, came), *offers, *move, Offer("undo", "undo")],
        about=refs,
        tone="good",
    )


def _prove(ctx: Context, task: Task, kept: Sequence[Kept]) -> None:
    for one in kept:
        prove(ctx, task, "file", one.file.name, one.file)


def _other_tasks(ctx: Context, task: Task, file: File) -> list[Task]:
    """What the file proves besides: one file is one thing, however many tasks it is kept with."""
    return [other for other in checklist.proven_by(ctx.db, file.id) if other.id != task.id]


def _lists(ctx: Context, kept: Sequence[File]) -> list[Offer]:
    """Lists of people by their names can be counted, besides being kept."""
    number = ctx.meeting.number
    return [
        Offer("count", f"attendance import M{number} {file.ref}", facts={"file": file, "kind": kind})
        for file in kept
        if (kind := kind_of_file(file.name))
    ][:MOST_LISTS]


def _ask_for_files(ctx: Context, task: Task) -> Message:
    """What comes here next belongs to it. To whom asked alone: a page that it may lead to is theirs."""
    allow(ctx, work_on, ctx.meeting, [task])
    arrivals.expect(ctx.db, ctx.room.id, ctx.person.id, task_id=task.id, until=ctx.now + EXPECTED)
    refs = ctx.refs([task])
    return ctx.words(
        "checklist/attach",
        task=task,
        missing=still_missing(ctx, task),
        rule=task.rule(),
        minutes=EXPECTED.seconds // 60,
        upload=f"attach {refs[0]}",
        about=refs,
        tone="ask",
        private=True,
    )


# --- without a task


@dataclass
class _Sorted:
    """What came, by what becomes of it: kept with a task, or by itself, or here before, or to be asked about."""

    tasks: Sequence[Task]
    placed: dict[int, list[Kept]] = field(default_factory=dict)
    alone: list[File] = field(default_factory=list)
    twins: list[File] = field(default_factory=list)
    asked: list[File] = field(default_factory=list)
    likely: dict[int, Task] = field(default_factory=dict)
    guesses: set[int] = field(default_factory=set)


def arrive(ctx: Context, came: Sequence[File], links: Sequence[str] = (), *, caption: str = "") -> Message:
    """Files and links for which no task was named.

    What somebody said they would send files for has them; else each is kept where it surely belongs by its name and
    the words it came with, and about the others it is asked, together with those that came just before.
    """
    expected = arrivals.expected(ctx.db, ctx.room.id, ctx.person.id, at=ctx.now) if came else None
    if expected is not None and not expected.finished and not caption:
        ctx.subject = meetings.get(ctx.db, expected.meeting_id)
        ctx.must_run()
        return _attach(ctx, expected, keep(ctx, came, task=expected), links, why="expected")
    ctx.must_run()
    if expected is not None and (expected.finished or expected.meeting_id != ctx.meeting.id):
        expected = None
    found = _sort(ctx, came, caption)
    tasks = {task.id: task for task in found.tasks}
    if len(found.placed) == 1 and not (found.alone or found.asked or found.twins or links):
        ((task_id, kept),) = found.placed.items()
        return _attach(ctx, tasks[task_id], _for(ctx, tasks[task_id], kept), why="words" if caption else "name")
    for task_id, kept in found.placed.items():
        allow(ctx, work_on, ctx.meeting, [tasks[task_id]])
        _prove(ctx, tasks[task_id], _for(ctx, tasks[task_id], kept))
    return _told(ctx, found, links, expected)


def _sort(ctx: Context, came: Sequence[File], caption: str) -> _Sorted:
    found = _Sorted(checklist.tasks(ctx.db, ctx.meeting.id))
    called = names(ctx, found.tasks)
    for one in keep(ctx, came, caption=caption):
        where = place(one.file, one.filing, called, caption=caption)
        if one.twin and (one.file.material or checklist.proven_by(ctx.db, one.file.id)):
            found.twins.append(one.file)
        elif where.task is not None:
            found.placed.setdefault(where.task.id, []).append(one)
        elif where.sure:
            found.alone.append(one.file)
        else:
            found.asked.append(one.file)
            found.likely |= {task.id: task for task in where.likely}
            found.guesses |= {where.guess.id} if where.guess else set()
    return found


def _for(ctx: Context, task: Task, kept: Sequence[Kept]) -> list[Kept]:
    """The same, filed for the task."""
    return keep(ctx, [one.file for one in kept], task=task)


def _told(ctx: Context, found: _Sorted, links: Sequence[str], expected: Task | None) -> Message:
    """What was kept where, and the question about the rest."""
    tasks = {task.id: task for task in found.tasks}
    asked = _together(ctx, found.asked)
    moved = [*(one.file for kept in found.placed.values() for one in kept), *found.alone]
    given = " ".join([*(file.ref for file in asked), *links])
    offers, wanting = _candidates(ctx, found, asked, links, expected) if given else ([], True)
    move = [Offer("move", " ".join(["file move", *(file.ref for file in moved)]))] if moved else []
    about = ctx.refs([tasks[task_id] for task_id in found.placed])
    return ctx.words(
        "checklist/files_kept",
        placed=[(tasks[task_id], [one.file for one in kept]) for task_id, kept in found.placed.items()],
        alone=found.alone,
        twins=[(file, checklist.proven_by(ctx.db, file.id)) for file in found.twins],
        kept=asked,
        links=links,
        given=given,
        wanting=wanting,
        buttons=[*_lists(ctx, [*asked, *moved]), *offers, *move, *([Offer("undo", "undo")] if moved else [])],
        about=about,
        tone="ask" if given else "good",
    )


def _candidates(
    ctx: Context, found: _Sorted, asked: Sequence[File], links: Sequence[str], expected: Task | None
) -> tuple[list[Offer], bool]:
    """A button for each task that it may be by its name, else for those that wait for such things, one's own first.

    And whether there is any.
    """
    given = " ".join([*(file.ref for file in asked), *links])
    open_ = [task for task in found.tasks if not task.finished]
    wanting = [task for task in open_ if rules.wants(task.rule(), asked, links)]
    likely = {**({expected.id: expected} if expected else {}), **found.likely}
    owners = ctx.owners(wanting)
    rest = sorted(wanting, key=lambda task: _order(task, owners[task.id], ctx.person, found.guesses))
    chosen = (list(likely.values()) or rest)[:MOST_TASKS]
    offers = [
        Offer("attach_to", f"attach {ref} {given}", facts={"task": task})
        for task, ref in zip(chosen, ctx.refs(chosen), strict=True)
    ]
    return offers, bool(chosen)


def _order(
    task: Task, owners: Sequence[Person], person: Person, guesses: Collection[int]
) -> tuple[bool, bool, bool, float, int]:
    """One's own first, then where such things mostly go, then what is due soonest."""
    waits = task.state == State.WAITING
    return person not in owners, task.id not in guesses, waits, task.due_at.timestamp(), task.number


# --- one conversation


def _together(ctx: Context, asked: Sequence[File]) -> list[File]:
    """These with those that came just before and have no task yet; the question about those gives way to this one."""
    if not asked:
        return []
    before = arrivals.last(ctx.db, ctx.room.id, ctx.person.id, ctx.meeting.id, since=ctx.now - TOGETHER)
    known = files.some(ctx.db, before.files).values() if before else ()
    earlier = [file for file in known if file.dropped_at is None and not checklist.proven_by(ctx.db, file.id)]
    every = list({file.id: file for file in (*earlier, *asked)}.values())
    row = before if before is not None and earlier else None
    if row is None:
        row = Arrival(room_id=ctx.room.id, person_id=ctx.person.id, meeting_id=ctx.meeting.id, before=[])
        ctx.db.add(row)
    elif row.question and row.question != ctx.answer_key:
        row.before = [*row.before, row.question]
        below = ctx.words("checklist/asked_below", count=len(every))
        ctx.replace(row.question, below.model_copy(update={"withdrawn": True}))
    row.at, row.files, row.question = ctx.now, [file.id for file in every], ctx.answer_key
    ctx.answer_recheck = "files"
    return every


@router.recheck("files")
def still_asked(ctx: Context, key: str, message: Message) -> Message | None:
    """Just before sending: a question that a later one has taken in is not asked."""
    asked = arrivals.since(ctx.db, ctx.room.id, ctx.now - _DAY)
    return None if any(key in row.before for row in asked) else message
