"""Of whom an admin wants to have or to erase everything: by entry, member, address, number or name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from handlers.cleaning.mails import mails
from handlers.cleaning.phones import phones
from handlers.names import find_person
from handlers.permissions import admin, allow
from handlers.refused import Refused
from messages import Offer
from storage import owned, parties, people, subjects
from storage.parties import PartyKind

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.subjects import Subject

_ENTRY = re.compile(r"P(\d{1,9})", re.IGNORECASE)
_MEMBER = re.compile(r"@?#(\d{1,9})")


def meant(ctx: Context, verb: str, text: str) -> tuple[Subject, str]:
    """The one human who is meant, and how a command names them without telling who it is. Raises ``Refused``."""
    allow(ctx, admin, None)
    text = text.strip()
    if not text:
        raise Refused("people/whose_data", verb=verb)
    team = people.everyone(ctx.db, ctx.workspace.id)
    if entry := _ENTRY.fullmatch(text):
        return _one(ctx, verb, text, parties_=[_entry(ctx, int(entry[1]), text)])
    if member := _MEMBER.fullmatch(text):
        return _one(ctx, verb, text, people_=[one.id for one in team if one.id == int(member[1])])
    name = text.strip('"').casefold()
    found = [one.id for one in team if one.name.casefold() == name]
    if text.startswith("@"):
        person, length = find_person(team, text[1:], line=ctx.line)
        found = [person.id] if length == len(text) - 1 else []
    values = [*mails(text).found, *(phone.value for phone in phones(text).found)]
    book = [row for value in values for row in parties.reached_by(ctx.db, ctx.workspace.id, value)]
    likely = parties.beginning(ctx.db, ctx.workspace.id, name)
    book += [row for row in likely if name in {row.name.casefold(), row.latin.casefold()}]
    return _one(ctx, verb, text, people_=found, parties_=[row.id for row in book if row.kind == PartyKind.PERSON])


def _entry(ctx: Context, number: int, text: str) -> int:
    found = parties.by_number(ctx.db, ctx.workspace.id, number)
    if found is None:
        raise Refused("people/nobody_known", text=text)
    if found.kind != PartyKind.PERSON:
        raise Refused("people/no_human", party=found)
    return found.id


def _one(
    ctx: Context, verb: str, text: str, *, people_: Iterable[int] = (), parties_: Iterable[int] = ()
) -> tuple[Subject, str]:
    place = ctx.workspace.id
    every = [subjects.of(ctx.db, place, people=[one]) for one in people_]
    every += [subjects.of(ctx.db, place, parties=[one]) for one in parties_]
    different = {(one.people, one.parties): one for one in every}
    if len(different) > 1:
        refs = [ref(ctx, one) for one in different.values()]
        offers = [Offer("subject", f"person {verb} {one}", facts={"ref": one}) for one in refs[:5]]
        raise Refused("people/several_humans", text=text, refs=refs, buttons=offers)
    if different:
        [subject] = different.values()
        return subject, ref(ctx, subject)
    subject = subjects.on_lists(ctx.db, place, text.removeprefix("@"))
    if not any(owned.found(ctx.db, subject).values()):
        raise Refused("people/nobody_known", text=text)
    return subject, text


def ref(ctx: Context, subject: Subject) -> str:
    """``P12`` for who is in the address book, else ``@#5``."""
    if subject.parties:
        known = parties.some(ctx.db, subject.parties)
        return min((row.ref for row in known.values()), key=len)
    return f"@#{subject.people[0]}"
