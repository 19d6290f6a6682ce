"""Who holds which role in a meeting; tasks that nobody was given by name follow the role."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.people.words import RoleName
from handlers.permissions import allow, run_meeting
from handlers.router import Router
from handlers.who import Names
from messages import Entry, Message, Offer, Question, Questions
from storage import checklist, people
from storage.meetings import Meeting
from storage.people import Person, Role, RoleHolder

router = Router("people")


@router.command("role set", zh="角色 设置", also=("设置角色", "set role", "角色 分配", "分配角色"))
def role_set(ctx: Context, meeting: MeetingNumber = 0, role: RoleName = "", people: Names = ()) -> Message:
    """Who holds a role in this meeting: role set finance @li @wang"""
    where = _opened(ctx, meeting)
    if not role or not people:
        return _ask(ctx, f"role set M{where.number}", role, people)
    held = _holders(ctx, where, Role(role))
    return _change(ctx, where, Role(role), gone=[one for one in held if one not in people], new=people)


@router.command("role add", zh="角色 添加", also=("角色 增加", "添加角色", "增加角色", "add role"))
def role_add(ctx: Context, meeting: MeetingNumber = 0, role: RoleName = "", people: Names = ()) -> Message:
    """One more person for a role: role add finance @wang"""
    where = _opened(ctx, meeting)
    if not role or not people:
        return _ask(ctx, f"role add M{where.number}", role, people)
    return _change(ctx, where, Role(role), gone=(), new=people)


@router.command("role clear", zh="角色 清除", also=("角色 移除", "清除角色", "移除角色", "role remove", "clear role"))
def role_clear(ctx: Context, meeting: MeetingNumber = 0, role: RoleName = "", people: Names = ()) -> Message:
    """Take a role from everybody or from one: role clear finance · role clear finance @wang"""
    where = _opened(ctx, meeting)
    if not role:
        return _ask(ctx, f"role clear M{where.number}", role, people_too=False)
    held = _holders(ctx, where, Role(role))
    return _change(ctx, where, Role(role), gone=[one for one in held if one in people or not people], new=())


@router.command("role list", zh="角色 列表", also=("roles", "role", "角色", "角色列表", "list roles"))
def role_list(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """Who holds which role, and how many open tasks go with it: role list"""
    where = ctx.meeting_number(meeting or None)
    rows = [
        Entry(
            {"role": role, "people": [one.name for one in _holders(ctx, where, role)], "open": _open(ctx, where, role)},
            [Offer("role_set", f"role set M{where.number} {role}")],
        )
        for role in Role
    ]
    return ctx.words("people/roles", meeting=where, rows=rows)


def _opened(ctx: Context, number: int) -> Meeting:
    """The meeting whose roles the person may change. Raises ``Refused``."""
    meeting = ctx.meeting_number(number or None)
    allow(ctx, run_meeting, meeting)
    ctx.must_run()
    return meeting


def _ask(ctx: Context, line: str, role: str, people: Sequence[Person] = (), *, people_too: bool = True) -> Message:
    """A form for what was not said."""
    asks = [] if role else [Question("role", "choice", required=True, choices=[(one, one) for one in Role])]
    if people_too and not people:
        asks.append(Question("people", "choice", required=True, choices=ctx.people_choices()))
    form = Questions(" ".join(filter(None, [line, role, *(f"@#{one.id}" for one in people)])), asks)
    names = [one.name for one in people]
    return ctx.words("people/role_form", role=Role(role) if role else None, people=names, form=form, private=True)


def _holders(ctx: Context, meeting: Meeting, role: Role) -> list[Person]:
    rows = people.holders_of(ctx.db, meeting.id, role)
    known = people.some(ctx.db, [row.person_id for row in rows])
    return [known[row.person_id] for row in rows]


def _open(ctx: Context, meeting: Meeting, role: Role) -> int:
    """Unfinished tasks of the role that nobody was given by name."""
    tasks = [task for task in checklist.tasks(ctx.db, meeting.id) if task.owner_role == role and not task.finished]
    named = checklist.assignees(ctx.db, [task.id for task in tasks])
    return sum(not named[task.id] for task in tasks)


def _change(ctx: Context, meeting: Meeting, role: Role, *, gone: Sequence[Person], new: Sequence[Person]) -> Message:
    before = _holders(ctx, meeting, role)
    ids = {person.id for person in gone}
    for row in people.holders_of(ctx.db, meeting.id, role):
        if row.person_id in ids:
            ctx.db.delete(row)
    ctx.db.flush()
    added = [person for person in new if person not in before]
    ctx.db.add_all(RoleHolder(meeting_id=meeting.id, role=role, person_id=person.id) for person in added)
    ctx.db.flush()
    checklist.look_again(ctx.db, meeting.id)
    return ctx.words(
        "people/role_changed",
        meeting=meeting,
        role=role,
        people=[person.name for person in _holders(ctx, meeting, role)],
        gone=[person.name for person in gone],
        changed=bool(added or gone),
        open=_open(ctx, meeting, role),
        buttons=[*([Offer("undo", "undo")] if added or gone else []), Offer("roles", f"role list M{meeting.number}")],
        tone="good",
    )
