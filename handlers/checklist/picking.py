"""Which tasks are meant: those that were named, else those of the thread, else a choice of buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from handlers.checklist import rules
from handlers.checklist.matching import Candidate, Names, names_of, ranked
from handlers.checklist.rows import row_facts
from handlers.context import Context
from handlers.ids import TaskRef
from handlers.refused import Refused
from messages import Entry, Message, Offer
from storage import checklist
from storage.checklist import Listed, Staff, Task
from storage.meetings import Meeting

MOST_CHOICES = 5


AnyTask_co = TypeVar("AnyTask_co", bound=Listed, covariant=True)


@dataclass(frozen=True)
class Sheet(Generic[AnyTask_co]):
    """A meeting's whole checklist and who is who in it, read once for one command."""

    meeting: Meeting
    tasks: Sequence[AnyTask_co]
    staff: Staff

    def of(self, person_id: int) -> list[AnyTask_co]:
        """The unfinished tasks that a person has, the next one first."""
        mine = [task for task in self.tasks if not task.finished and person_id in self.staff.owners(task)]
        return sorted(mine, key=soonest)


def soonest(task: Listed) -> tuple[float, int]:
    return task.due_at.timestamp(), task.number


def read(ctx: Context) -> Sheet[Task]:
    """The checklist of the meeting that is spoken of."""
    meeting = ctx.meeting
    return Sheet(meeting, checklist.tasks(ctx.db, meeting.id), checklist.staff(ctx.db, meeting.id))


def _named(ctx: Context, refs: Sequence[TaskRef]) -> Sequence[TaskRef]:
    return refs or (ctx.thread if len(ctx.thread) == 1 else ())


def picked(ctx: Context, refs: Sequence[TaskRef]) -> list[Task]:
    """The named tasks; without a name the thread's only task; else none. A running meeting is needed."""
    tasks = ctx.tasks(_named(ctx, refs))
    if tasks:
        ctx.must_run()
        if len({task.meeting_id for task in tasks}) > 1:
            raise Refused("checklist/two_meetings")
    return tasks


def found_in(ctx: Context, refs: Sequence[TaskRef]) -> tuple[Sheet[Listed], list[Task]]:
    """As ``picked``, but with the whole checklist that they stand in, the other tasks at a glance."""
    named = _named(ctx, refs)
    numbers = sorted({ref.meeting or 0 for ref in named})
    if len({ctx.meeting_number(number or None).id for number in numbers}) > 1:
        raise Refused("checklist/two_meetings")
    meeting = ctx.meeting
    chosen = checklist.some(ctx.db, meeting.id, [ref.number for ref in named])
    ctx.must_run()
    for ref in named:
        if ref.number not in chosen:
            raise Refused("checklist/unknown", ref=f"T{ref.number}", meeting=meeting)
    tasks = [chosen.get(row.number, row) for row in checklist.outline(ctx.db, meeting.id)]
    once = dict.fromkeys(ref.number for ref in named)
    return Sheet(meeting, tasks, checklist.staff(ctx.db, meeting.id)), [chosen[number] for number in once]


def of_phase(ctx: Context, phase: int, *, meeting: int = 0) -> list[Task]:
    """Every unfinished task of a phase; none when no phase was named. Raises ``Refused`` where all are settled.

    ``meeting`` is its number, 0 for the room's.
    """
    if not phase:
        return []
    if meeting:
        ctx.meeting_number(meeting)
    ctx.must_run()
    most = len(ctx.content.phases)
    if phase > most:
        raise Refused("checklist/no_phase", number=phase, most=most)
    found = [task for task in checklist.tasks(ctx.db, ctx.meeting.id) if task.phase == phase and not task.finished]
    if not found:
        raise Refused("checklist/phase_settled", number=phase)
    return found


def line_again(ctx: Context, verb: str, tasks: Sequence[Task], phase: int) -> str:
    """The verb with what it was said of, so that it means the same in any room."""
    return " ".join([verb, *([f"M{ctx.meeting.number} phase {phase}"] if phase else ctx.refs(tasks))])


def names(ctx: Context, tasks: Sequence[Task]) -> Names:
    """What people call the tasks: the template's names of each, and its titles."""
    return names_of(tasks, {item.key: item.words for _, item in ctx.content.items()})


def candidates(ctx: Context, text: str) -> list[Candidate]:
    """Unfinished tasks that the words may mean, the likeliest first; in a thread the thread's come first."""
    tasks = [task for task in checklist.tasks(ctx.db, ctx.meeting.id) if not task.finished]
    found = ranked(text, names(ctx, tasks))
    thread = {ref.number for ref in ctx.thread}
    return sorted(found, key=lambda candidate: candidate.task.number not in thread)


def of_thread(ctx: Context, *, finished: bool = False) -> list[Task]:
    """The unfinished tasks of the message that was replied to (or the ``finished`` ones), the person's own first."""
    tasks = [task for task in ctx.tasks(ctx.thread) if task.finished == finished]
    owners = ctx.owners(tasks) if tasks else {}
    return sorted(tasks, key=lambda task: ctx.person not in owners[task.id])


def choose(
    ctx: Context,
    text: str,
    *,
    verb: str,
    found: Sequence[Candidate] | None = None,
    whole: Sequence[Task] = (),
) -> Message:
    """One confirm button per candidate, and one for several at once (``whole``).

    Without a candidate, the person's own next tasks.
    """
    if verb != "show":
        ctx.must_run()
    if found is None:
        found = candidates(ctx, text) if text else []
    tasks = [candidate.task for candidate in found] or _others(ctx, verb)
    if not tasks:
        raise Refused("checklist/which", verb=verb, buttons=[Offer("list", "list")])
    shown = tasks[:MOST_CHOICES]
    owners = ctx.owners(shown)
    rows = [
        Entry(
            row_facts(ctx, task, owners[task.id]),
            [Offer(verb, f"{verb} {ref}{_proof(verb, task, text)}", primary=True)],
        )
        for task, ref in zip(shown, ctx.refs(shown), strict=True)
    ]
    return ctx.words(
        "checklist/choose",
        verb=verb,
        said=_spoken(ctx, verb),
        text=text,
        guessed=bool(found),
        rows_shown=len(rows),
        more=max(0, len(tasks) - MOST_CHOICES),
        rows=rows,
        buttons=[*_at_once(ctx, verb, whole), Offer("list", "list")],
        tone="ask",
        private=True,
    )


def _at_once(ctx: Context, verb: str, tasks: Sequence[Task]) -> list[Offer]:
    line = " ".join([verb, *ctx.refs(tasks)]) if tasks else ""
    return [Offer("all_of_mine", line, primary=True, facts={"count": len(tasks)})] if tasks else []


def _spoken(ctx: Context, verb: str) -> str:
    """The command's name in the reader's language."""
    commands = ctx.router.commands if ctx.router else []
    return next((command.verb(ctx.locale) for command in commands if command.name == verb), verb)


def _proof(verb: str, task: Task, text: str) -> str:
    """What the words hold of the task's evidence goes along with the button."""
    return "".join(f" {value}" for value in rules.proofs_said(task.rule(), text)) if verb == "done" else ""


def _others(ctx: Context, verb: str) -> list[Task]:
    """What else may be meant: the thread's tasks, what is done already, the person's own, everybody's."""
    if found := of_thread(ctx, finished=verb == "reopen"):
        return found
    sheet = read(ctx)
    if verb == "reopen":
        settled = [task for task in sheet.tasks if task.finished]
        return sorted(settled, key=lambda task: task.done_at.timestamp() if task.done_at else 0, reverse=True)
    return sheet.of(ctx.person.id) or sorted((task for task in sheet.tasks if not task.finished), key=soonest)
