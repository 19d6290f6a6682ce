"""One person, several accounts: a one-time code joins them."""

from __future__ import annotations

import secrets
from typing import Annotated

import messages
from handlers.context import Context
from handlers.grammar import TextSaying
from handlers.people import rules
from handlers.permissions import admin, allow
from handlers.refused import Refused
from handlers.router import Router
from handlers.who import Names
from messages import Message, Offer
from storage import joining, people, rooms
from storage.people import LinkCode, LinkTry, Person

router = Router("people")

Code = Annotated[str, TextSaying({"confirm": "确认"})]


@router.command("link", zh="关联账号", also=("关联", "绑定账号", "绑定", "link account"), secret=True)
def link(ctx: Context, text: Code = "") -> Message:
    """Be one person on two platforms: link gives a code, link CODE on the other platform takes it"""
    if not text:
        return _give(ctx)
    code = rules.code_in(rules.SURE.sub("", text))
    rules.few_tries(people.wrong_tries(ctx.db, ctx.person.id, since=ctx.now - rules.LASTS))
    found = people.link_code(ctx.db, rules.digest(ctx.workspace.key, code))
    if found is None or not rules.holds(found, ctx.now):
        return _wrong(ctx)
    if found.person_id == ctx.person.id:
        raise Refused("people/own_code", code=_shown(code))
    other = people.get(ctx.db, found.person_id)
    if not rules.SURE.search(text):
        return _preview(ctx, other, code)
    return _join(ctx, other)


def _give(ctx: Context) -> Message:
    """A new code; an earlier one is void."""
    code = "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.CODE))
    people.forget_codes(ctx.db, ctx.person.id)
    row = LinkCode(
        workspace_id=ctx.workspace.id,
        person_id=ctx.person.id,
        digest=rules.digest(ctx.workspace.key, code),
        expires_at=ctx.now + rules.LASTS,
    )
    ctx.db.add(row)
    return ctx.words("people/code", code=_shown(code), until=row.expires_at, private=True)


def _shown(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def _wrong(ctx: Context) -> Message:
    """A refusal that is not raised: the try must stay counted, so nothing may be rolled back."""
    ctx.db.add(LinkTry(person_id=ctx.person.id, at=ctx.now))
    ctx.db.flush()
    left = rules.MOST_TRIES - people.wrong_tries(ctx.db, ctx.person.id, since=ctx.now - rules.LASTS)
    return messages.refuse("people/wrong_code", ctx.locale, left=left)


def _preview(ctx: Context, other: Person, code: str) -> Message:
    """Who would become one, to be looked at first: somebody may have been talked into typing another's code."""
    offers = [Offer("confirm", f"link {_shown(code)} confirm", primary=True)]
    return ctx.words(
        "people/link_preview", mine=_who(ctx, ctx.person), other=_who(ctx, other), buttons=offers, private=True
    )


def _who(ctx: Context, person: Person) -> dict[str, object]:
    accounts = people.accounts_of(ctx.db, person.id)
    return {"name": person.name, "accounts": accounts, "admin": person.admin}


def _join(ctx: Context, other: Person) -> Message:
    """The older of the two remains; from here on it is who asks, so that it is who can undo."""
    stays, gone = sorted((ctx.person, other), key=lambda person: person.id)
    elsewhere = [room for room in rooms.direct(ctx.db, [other.id]) if room.id != ctx.room.id]
    joining.merge(ctx.db, gone, into=stays)
    ctx.person = stays
    ctx.look_again()
    who = _who(ctx, stays)
    for room in elsewhere:
        told = ctx.words("people/linked", who=who, buttons=[Offer("undo", "undo")])
        ctx.promise(f"linked:{gone.id}:{stays.id}:{room.id}:{int(ctx.now.timestamp())}", room, told)
    return ctx.words("people/linked", who=who, buttons=[Offer("undo", "undo")], tone="good", private=True)


@router.command("people merge", zh="人员 合并", also=("合并人员", "merge people"))
def merge(ctx: Context, who: Names = ()) -> Message:
    """Somebody who was added by name is the same as somebody who writes here: people merge @"Li Na" @lina"""
    allow(ctx, admin, None)
    if len(who) != 2:  # noqa: PLR2004  one and the other
        raise Refused("people/merge_two", buttons=[Offer("people", "people")])
    gone, stays = sorted(who, key=lambda person: bool(people.accounts_of(ctx.db, person.id)))
    if people.accounts_of(ctx.db, gone.id):
        raise Refused("people/both_write", people=[gone.name, stays.name])
    joining.merge(ctx.db, gone, into=stays)
    ctx.look_again()
    offers = [Offer("undo", "undo"), Offer("people", "people")]
    return ctx.words("people/merged", gone=gone.name, stays=stays.name, buttons=offers, tone="good")
