"""Somebody has left for good: what they had goes to whoever leads the meeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.context import Context
from handlers.permissions import admin, allow
from handlers.refused import Refused
from handlers.router import Router
from handlers.who import Names
from messages import Message, Offer
from messages.markdown import plain
from storage import checklist, meetings, people, rooms
from storage.checklist import Assignment, Note, Task
from storage.meetings import Meeting
from storage.people import Person, Role, RoleHolder

router = Router("people")


@dataclass(frozen=True)
class Handed:
    """What went over in one meeting, and to whom."""

    meeting: Meeting
    tasks: Sequence[Task]
    roles: Sequence[Role]
    to: Sequence[Person]

    @property
    def refs(self) -> list[str]:
        return [f"M{self.meeting.number}-{task.ref}" for task in self.tasks]


@router.command("people left", zh="人员 离开", also=("人员离开", "人员 离职", "person left"))
def left(ctx: Context, who: Names = ()) -> Message:
    """Somebody has left, and their open tasks and roles go to the lead: people left @li"""
    allow(ctx, admin, None)
    person = _named(ctx, who)
    over = [_hand_over(ctx, meeting, person) for meeting in meetings.running(ctx.db, ctx.workspace.id)]
    handed = [one for one in over if one.tasks or one.roles]
    person.admin = False
    for room in rooms.direct(ctx.db, [person.id]):
        room.nudges = False
    ctx.db.flush()
    ctx.look_again()
    for one in handed:
        _tell(ctx, one, person)
    refs = [ref for one in handed for ref in one.refs]
    return ctx.words(
        "people/left",
        called=person.name,
        refs=refs,
        roles=list(dict.fromkeys(role for one in handed for role in one.roles)),
        to=list(dict.fromkeys(new.name for one in handed for new in one.to)),
        buttons=[Offer("undo", "undo"), Offer("people", "people")],
        about=refs,
        tone="good",
    )


def _named(ctx: Context, who: Sequence[Person]) -> Person:
    """Raises ``Refused`` for oneself: then nobody would be there to whom it could go."""
    me = any(one.id == ctx.person.id for one in who)
    if len(who) != 1 or me:
        raise Refused("people/left_who", me=me, buttons=[Offer("people", "people")])
    return who[0]


def _hand_over(ctx: Context, meeting: Meeting, person: Person) -> Handed:
    """To those who lead the meeting without them; where nobody does, to who says it."""
    holders = people.holders(ctx.db, meeting.id)
    leads = [people.get(ctx.db, one.person_id) for one in holders if one.role == Role.LEAD]
    to = [lead for lead in leads if lead.id != person.id] or [ctx.person]
    roles = _hand_roles(ctx, meeting, person, holders, to)
    tasks = [task for task in checklist.tasks(ctx.db, meeting.id) if not task.finished]
    named = checklist.assignees(ctx.db, [task.id for task in tasks])
    given = [task for task in tasks if _hand_task(ctx, task, named[task.id], person, to)]
    return Handed(meeting, given, roles, to)


def _hand_roles(
    ctx: Context, meeting: Meeting, person: Person, holders: Sequence[RoleHolder], to: Sequence[Person]
) -> list[Role]:
    """Those that nobody else holds; their tasks follow the role."""
    lonely = []
    for mine in (one for one in holders if one.person_id == person.id):
        others = {one.person_id for one in holders if one.role == mine.role} - {person.id}
        ctx.db.delete(mine)
        ctx.db.flush()
        if not others:
            lonely.append(Role(mine.role))
            ctx.db.add_all(RoleHolder(meeting_id=meeting.id, role=mine.role, person_id=new.id) for new in to)
    return lonely


def _hand_task(ctx: Context, task: Task, named: Sequence[int], person: Person, to: Sequence[Person]) -> bool:
    """True when it went over: whoever else has it by name keeps it."""
    if person.id not in named:
        return False
    for row in checklist.assignments(ctx.db, task.id):
        if row.person_id == person.id:
            ctx.db.delete(row)
    ctx.db.flush()
    if len(named) > 1:
        return False
    ctx.db.add_all(Assignment(task_id=task.id, person_id=new.id) for new in to)
    said = ctx.words("people/left_note", called=person.name, to=[new.name for new in to])
    ctx.db.add(Note(task_id=task.id, person_id=ctx.person.id, at=ctx.now, text=plain(said.body)))
    return True


def _tell(ctx: Context, handed: Handed, person: Person) -> None:
    """Those who have it now, where they talk with the bot, unless it is they who said it."""
    for room in rooms.direct(ctx.db, [new.id for new in handed.to if new.id != ctx.person.id]):
        voice = ctx.voice(room)
        facts = {"called": person.name, "refs": handed.refs, "roles": handed.roles, "meeting": handed.meeting}
        told = voice.words("people/handed", **facts, about=handed.refs, buttons=[Offer("mine", "list mine")])
        voice.promise(f"people/handed:{person.id}:{room.id}:{int(ctx.now.timestamp())}", room, told)
