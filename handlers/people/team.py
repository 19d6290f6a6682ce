"""Who is in the team: looking at everybody, adding somebody, names, and who is an admin."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.command import Menu
from handlers.context import Context
from handlers.grammar import PageNumber, People, Text
from handlers.people import rules
from handlers.permissions import LEADING, admin, allow, allow_in_any, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from handlers.who import Names
from messages import Entry, Message, Offer
from storage import people
from storage.meetings import Meeting
from storage.people import Person, Role

router = Router("people")

PAGE = 15
_BETWEEN = re.compile(r"[、,，;；\n]")


@router.command(
    "people",
    zh="人员",
    also=("people list", "人员 列表", "team", "成员", "团队", "admins", "管理员"),
    menu=Menu.MEETINGS,
)
def everybody(ctx: Context, page: PageNumber = 1) -> Message:
    """Everybody with their roles, accounts and leave: people"""
    meeting = ctx.meeting_if_clear()
    everyone = people.everyone(ctx.db, ctx.workspace.id)
    pages = max(1, -(-len(everyone) // PAGE))
    page = min(page, pages)
    return ctx.words(
        "people/list",
        meeting=meeting,
        count=len(everyone),
        page=page,
        pages=pages,
        rows=_rows(ctx, meeting, everyone[(page - 1) * PAGE : page * PAGE]),
        buttons=[Offer("more", f"people page {page + 1}", primary=True)] if page < pages else [],
    )


def _rows(ctx: Context, meeting: Meeting | None, shown: Sequence[Person]) -> list[Entry]:
    roles: dict[int, list[Role]] = {}
    for holder in people.holders(ctx.db, meeting.id) if meeting else ():
        roles.setdefault(holder.person_id, []).append(Role(holder.role))
    accounts = people.accounts(ctx.db, ctx.workspace.id)
    today = ctx.now.astimezone(ctx.zone).date()
    leaves = {leave.person_id: leave for leave in reversed(people.all_leaves_from(ctx.db, ctx.workspace.id, today))}
    gives = meeting is not None and (ctx.person.admin or bool(ctx.roles(meeting) & LEADING))
    return [
        Entry(
            {
                "person": person,
                "me": person.id == ctx.person.id,
                "roles": roles.get(person.id, []),
                "platforms": list(dict.fromkeys(account.platform for account in accounts.get(person.id, ()))),
                "leave": leaves.get(person.id),
                "cover": _cover(ctx, leaves.get(person.id)),
            },
            [Offer("role_add", f"role add M{meeting.number} @#{person.id}")] if meeting and gives else [],
        )
        for person in shown
    ]


def _cover(ctx: Context, leave: people.Leave | None) -> str:
    return people.get(ctx.db, leave.cover_id).name if leave and leave.cover_id else ""


@router.command("people add", zh="人员 添加", also=("添加人员", "添加成员", "add people", "add person"))
def add(ctx: Context, text: Text) -> Message:
    """Somebody who does not write here yet, so that tasks can be given to them: people add Li Na, Wang Wu"""
    allow_in_any(ctx, run_meeting)
    known = [*people.everyone(ctx.db, ctx.workspace.id)]
    added = []
    for name in filter(str.strip, _BETWEEN.split(text)):
        added.append(Person(workspace_id=ctx.workspace.id, name=rules.named(name, known), admin=False))
        known.append(added[-1])
    if not added:
        raise Refused("people/no_name", text=text)
    ctx.db.add_all(added)
    ctx.db.flush()
    offers = [Offer("undo", "undo"), Offer("people", "people")]
    return ctx.words("people/added", names=[person.name for person in added], buttons=offers, tone="good")


@router.command("people rename", zh="人员 改名", also=("改名", "人员 重命名", "rename"))
def rename(ctx: Context, people_named: People = (), name: Text = "") -> Message:
    """Change your name here, or as an admin somebody's: people rename @li Li Na"""
    person = people_named[0] if people_named else ctx.person
    if person.id != ctx.person.id:
        allow(ctx, admin, None)
    if len(people_named) > 1 or not name:
        raise Refused("people/rename_how", person=person)
    others = [one for one in people.everyone(ctx.db, ctx.workspace.id) if one.id != person.id]
    before, person.name = person.name, rules.named(name, others)
    return ctx.words("people/renamed", before=before, called=person.name, buttons=[Offer("undo", "undo")], tone="good")


@router.command("admin add", zh="管理员 添加", also=("添加管理员", "设为管理员", "add admin", "make admin"))
def admin_add(ctx: Context, who: Names) -> Message:
    """Make somebody an admin: admin add @li"""
    allow(ctx, admin, None)
    for person in who:
        person.admin = True
    return _admins(ctx, who)


@router.command("admin remove", zh="管理员 移除", also=("移除管理员", "取消管理员", "撤销管理员", "remove admin"))
def admin_remove(ctx: Context, who: Names) -> Message:
    """Take the rights of an admin back: admin remove @li"""
    allow(ctx, admin, None)
    for person in who:
        rules.keep_an_admin(person, people.admins(ctx.db, ctx.workspace.id))
        person.admin = False
    return _admins(ctx, who)


def _admins(ctx: Context, who: Sequence[Person]) -> Message:
    ctx.db.flush()
    return ctx.words(
        "people/admins",
        who=[person.name for person in who],
        is_admin=who[0].admin,
        admins=[person.name for person in people.admins(ctx.db, ctx.workspace.id)],
        buttons=[Offer("undo", "undo")],
        tone="good",
    )
