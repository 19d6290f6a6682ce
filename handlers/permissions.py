"""Who may do what: small named predicates, composed with ``|``. A button grants nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.refused import Refused
from storage import meetings, people
from storage.people import KEEPERS_OF_CONTACTS, KEEPERS_OF_LISTS, Role

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.base import Session
    from storage.checklist import Task
    from storage.meetings import Meeting
    from storage.people import Person

LEADING = frozenset({Role.LEAD, Role.SECRETARY})


@dataclass(frozen=True)
class Who:
    """What bears on permission: workspace admin, roles in the meeting, whether the task is theirs or nobody's."""

    admin: bool = False
    roles: frozenset[Role] = frozenset()
    has_task: bool = False
    nobody_has_it: bool = False


@dataclass(frozen=True)
class Rule:
    name: str
    holds: Callable[[Who], bool]

    def __or__(self, other: Rule) -> Rule:
        return Rule(f"{self.name}|{other.name}", lambda who: self.holds(who) or other.holds(who))


admin = Rule("admin", lambda who: who.admin)
leads = Rule("leads", lambda who: bool(who.roles & LEADING))
has_it = Rule("has_it", lambda who: who.has_task)
free_task = Rule("free_task", lambda who: who.nobody_has_it)

run_meeting = admin | leads
"""Plan, assign, override, close: whoever leads the meeting, the secretary general, an admin."""
work_on = run_meeting | has_it | free_task
"""Start, finish, wait, snooze: also whoever has the task, and anybody while nobody has it."""
decide_own = run_meeting | has_it
"""Move the date, hand over, carry: whoever has it, or runs the meeting."""
keeps_lists = run_meeting | Rule("lists", lambda who: bool(who.roles & KEEPERS_OF_LISTS))
"""Lists of people with their telephones: also whoever looks after members, and who let them in."""

keeps_contacts = keeps_lists | Rule("contacts", lambda who: bool(who.roles & KEEPERS_OF_CONTACTS))
"""The address book, and what each in it was to a meeting: also whoever looks after some of them."""

sees_money = run_meeting | Rule("money", lambda who: bool(who.roles & {Role.SPONSORSHIP, Role.FINANCE}))
"""What a sponsor pays: also whoever looks after sponsors, and finance."""

rates_partners = run_meeting | Rule("rates", lambda who: Role.LOGISTICS in who.roles)
"""How good a venue or a supplier was stays in the house: who rates them, and reads the ratings."""

approves_members = run_meeting | Rule("joining", lambda who: Role.MEMBERSHIP in who.roles)
"""Take somebody in, and change the register: whoever runs the meeting, and who looks after its members."""

keeps_records = run_meeting | Rule("records", lambda who: Role.RECORDS in who.roles)
"""Build an archive, hand it out, say what stays elsewhere: also whoever keeps the records."""


def may(ctx: Context, rule: Rule, meeting: Meeting) -> bool:
    """Whether the rule holds for the person by their roles in the meeting."""
    return rule.holds(Who(ctx.person.admin, ctx.roles(meeting)))


def allow(ctx: Context, rule: Rule, meeting: Meeting | None, tasks: Sequence[Task] = ()) -> None:
    """Raises ``Refused`` unless the rule holds for the person, for every one of the tasks."""
    roles = ctx.roles(meeting) if meeting is not None else frozenset()
    if rule.holds(Who(ctx.person.admin, roles)):
        return
    owners = ctx.owners(tasks)
    for task in tasks:
        theirs = any(person.id == ctx.person.id for person in owners[task.id])
        if not rule.holds(Who(ctx.person.admin, roles, theirs, not owners[task.id])):
            names = [person.name for person in owners[task.id]]
            raise Refused("people/not_yours", task=task, owners=names, may=who_may(ctx, rule, meeting))
    if not tasks:
        raise Refused("people/not_allowed", rule=rule.name, may=who_may(ctx, rule, meeting))


def allow_in_any(ctx: Context, rule: Rule) -> None:
    """For what belongs to no single meeting. Raises ``Refused`` unless the rule holds by a role in one that runs."""
    if not holds_in_any(ctx.db, ctx.workspace.id, ctx.person, rule):
        running = meetings.running(ctx.db, ctx.workspace.id)
        raise Refused("people/not_allowed", rule=rule.name, may=who_may(ctx, rule, *running))


def may_change_contacts(ctx: Context) -> None:
    """What somebody of the address book was to the meeting. Raises ``Refused``, also once the meeting is closed."""
    allow(ctx, keeps_contacts, ctx.meeting)
    ctx.must_run()


def holds_in_any(db: Session, workspace_id: int, person: Person, rule: Rule) -> bool:
    """Whether the rule holds for the person by a role in a meeting that runs."""
    running = meetings.running(db, workspace_id)
    roles = frozenset(role for meeting in running for role in people.roles_of(db, meeting.id, person.id))
    return rule.holds(Who(person.admin, roles))


def leaders(db: Session, meeting_id: int) -> list[int]:
    """Ids of those who lead a meeting, in the order in which they were named."""
    return [holder.person_id for holder in people.holders(db, meeting_id) if holder.role in LEADING]


def deciders(ctx: Context) -> list[Person]:
    """Whom one asks for an approval: those who lead the meeting; where nobody does, the admins."""
    leads = people.some(ctx.db, leaders(ctx.db, ctx.meeting.id))
    return list(leads.values()) or list(people.admins(ctx.db, ctx.workspace.id))


def approvers(ctx: Context, rule: Rule) -> list[str]:
    """Names of those who may, by their roles in the meeting; then the admins."""
    ids = [
        one.person_id for one in people.holders(ctx.db, ctx.meeting.id) if rule.holds(Who(roles=frozenset({one.role})))
    ]
    known = people.some(ctx.db, ids)
    found = {person_id: known[person_id].name for person_id in ids}
    return list((found | {one.id: one.name for one in people.admins(ctx.db, ctx.workspace.id)}).values())


def who_may(ctx: Context, rule: Rule, *meetings: Meeting | None) -> list[str]:
    """Names of those to whom one can turn instead: who leads, then the admins."""
    found: dict[int, str] = {}
    if rule.holds(Who(roles=LEADING)):
        ids = [one for meeting in meetings if meeting is not None for one in leaders(ctx.db, meeting.id)]
        known = people.some(ctx.db, ids)
        found = {person_id: known[person_id].name for person_id in ids}
    if rule.holds(Who(admin=True)):
        found |= {person.id: person.name for person in people.admins(ctx.db, ctx.workspace.id)}
    return list(found.values())
