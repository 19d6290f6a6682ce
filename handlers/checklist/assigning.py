"""Who has a task."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.checklist.giving import owners_of, tell_new_owners
from handlers.checklist.picking import choose, line_again, of_phase, picked
from handlers.context import Context
from handlers.grammar import Cursor, MeetingNumber, PhaseNumber, Tasks
from handlers.permissions import allow, decide_own, free_task
from handlers.refused import Refused
from handlers.router import Router
from handlers.who import NOBODY, Owner, OwnerInWords, owner_in_words
from messages import Message, Offer, Question, Questions
from storage import checklist, people
from storage.checklist import Assignment, Task

router = Router("checklist")


def owner_in(ctx: Context, text: str) -> Owner:
    """Whom a form's field names; raises ``Refused`` for words that name nobody."""
    cursor = Cursor.over(text)
    owner = owner_in_words.take(cursor, ctx) or NOBODY
    if cursor.peek() is not None:
        raise Refused("people/unknown", word=cursor.rest(), buttons=[Offer("people", "people")])
    return owner


def assign_to(ctx: Context, tasks: Sequence[Task], who: Owner) -> None:
    """From now on these people have the tasks, and nobody else by name; without people, whoever holds the role.

    Whoever did not have one before is told.
    """
    before = owners_of(ctx, tasks)
    for task in tasks:
        rows = {row.person_id: row for row in checklist.assignments(ctx.db, task.id)}
        wanted = {person.id for person in who.people}
        for person_id in rows.keys() - wanted:
            ctx.db.delete(rows[person_id])
        ctx.db.flush()
        ctx.db.add_all(Assignment(task_id=task.id, person_id=one.id) for one in who.people if one.id not in rows)
        task.owner_role = who.role or task.owner_role
        checklist.look_at(task)
    ctx.db.flush()
    tell_new_owners(ctx, tasks, before)


@router.command("assign", zh="分配", also=("give", "指派", "交给"))
def assign(
    ctx: Context, tasks: Tasks = (), meeting: MeetingNumber = 0, phase: PhaseNumber = 0, who: OwnerInWords = NOBODY
) -> Message:
    """Who has it: assign T12 @li @wang · assign T12 me · assign phase 5 Li Na · assign T12 finance"""
    chosen = picked(ctx, tasks) or of_phase(ctx, phase, meeting=meeting)
    if not chosen:
        return choose(ctx, "", verb="assign")
    if not who:
        line = line_again(ctx, "assign", chosen, phase)
        form = Questions(line, [Question("who", "choice", required=True, choices=ctx.people_choices())])
        me = Offer("assign_me", f"{line} me")
        return ctx.words("checklist/assign_form", tasks=chosen, form=form, buttons=[me], private=True)
    allow(ctx, decide_own | free_task, ctx.meeting, chosen)
    assign_to(ctx, chosen, who)
    held = people.holders_of(ctx.db, ctx.meeting.id, who.role) if who.role else ()
    give = (
        [] if held or not who.role else [Offer("role_set", f"role set M{ctx.meeting.number} {who.role}", primary=True)]
    )
    return ctx.words(
        "checklist/assigned",
        tasks=chosen,
        who=who.people,
        role=who.role,
        holders=[people.get(ctx.db, row.person_id).name for row in held],
        phase=phase,
        buttons=[*give, Offer("undo", "undo")],
        about=ctx.refs(chosen),
        tone="good",
    )


@router.command("unassign", zh="取消分配", also=("take away",))
def unassign(ctx: Context, tasks: Tasks = ()) -> Message:
    """Back to whoever holds its role: unassign T12"""
    chosen = picked(ctx, tasks)
    if not chosen:
        return choose(ctx, "", verb="unassign")
    allow(ctx, decide_own, ctx.meeting, chosen)
    assign_to(ctx, chosen, NOBODY)
    owners = ctx.owners(chosen)
    return ctx.words(
        "checklist/unassigned", tasks=chosen, owners=owners, buttons=[Offer("undo", "undo")], about=ctx.refs(chosen)
    )
