"""Who is meant in a command: people with or without @ before their names, or a role and whoever holds it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from handlers.grammar import Cursor, OneOf, Word, fold, people_in_words
from handlers.names import apart_by, plain
from handlers.refused import Refused
from messages import Offer
from storage import people
from storage.people import Person, Role

if TYPE_CHECKING:
    from handlers.context import Context

ROLES = OneOf(
    {
        Role.LEAD: ("项目负责人", "总负责人", "负责人", "project lead", "leader", "总协调"),
        Role.SECRETARY: ("秘书长", "secretary general", "secretary-general", "sg", "秘书处"),
        Role.FINANCE: ("财务", "财务负责人", "会计", "treasurer", "accounts"),
        Role.PROGRAMME: ("议程", "日程", "学术", "program", "agenda", "内容"),
        Role.PUBLICITY: ("宣传", "传播", "媒体", "press", "media", "communications"),
        Role.SPONSORSHIP: ("商务", "赞助", "商务赞助", "商务/赞助", "招商", "sponsors", "sponsoring"),
        Role.MEMBERSHIP: ("会员", "会员服务", "members"),
        Role.LOGISTICS: ("会务", "后勤", "场地", "venue", "operations"),
        Role.VOLUNTEERS: ("志愿者", "志愿", "volunteer"),
        Role.RECORDS: ("档案", "资料", "归档", "archive", "documents"),
    }
)
_JOINT = re.compile(r"(?:(?:and|to|with|the)(?![\w.'-])|&|交给|给|由|和|与|及|跟)\s*", re.IGNORECASE | re.ASCII)
_AND = frozenset({"and", "&", "和", "与", "及", "跟", "to", "给", "由", "是", "为"})
_SAID_ROLE = re.compile(r"(?:role|角色)\s+", re.IGNORECASE)
_BEHIND_ROLE = re.compile(r"\s*(?:组|部门?|(?:team|group)(?![a-z]))", re.IGNORECASE)
_RUNS_ON = re.compile("[㐀-鿿](?<!的)")
_NAME = re.compile(r"[㐀-鿿·]{2,4}(?<![了的吗])|[A-Za-zÀ-ž][\w.'-]*(?: [A-Za-zÀ-ž][\w.'-]*){0,2}")
_BEGINS = re.compile(r'"|[㐀-鿿]|[^\W\d_]{2}')  # one Latin letter without an @ names nobody


@dataclass(frozen=True)
class Owner:
    """Who is to have something: people by name, else a role and whoever holds it, else nobody."""

    people: tuple[Person, ...] = ()
    role: Role | None = None

    def __bool__(self) -> bool:
        return bool(self.people or self.role)


NOBODY = Owner()


class _Owner:
    """Everybody named up to the end of the line, or one role: ``@li @wang``, ``李娜和罗敏``, ``to Li Na``, ``finance``.

    Raises Refused for a name that nobody here has.
    """

    kind = "people"

    def take(self, cursor: Cursor, ctx: Context) -> Owner | None:
        found: list[Person] = []
        while (word := cursor.peek()) is not None:
            if marked := people_in_words.take(cursor, ctx):
                found += marked
            elif owner := owner_at(cursor, ctx, role=not found):
                found += owner.people
                if owner.role:
                    return owner
            elif joint := _JOINT.match(cursor.folded, word.start):
                cursor.skip_to(joint.end())
            else:
                must_be_known(cursor.folded[word.start :])
                break
        return Owner(tuple(dict.fromkeys(found))) or None

    def chinese(self, text: str) -> tuple[str, int] | None:
        """As ``handlers.spoken`` asks: a role as a reader of Chinese calls it."""
        return ROLES.chinese(text)


def owner_at(cursor: Cursor, ctx: Context, *, role: bool = True) -> Owner | None:
    """The role or the one person of the workspace named here without an @; the cursor is then behind it.

    Raises Refused, with a button for each, where several may be meant.
    """
    word = cursor.peek()
    named = _role_at(cursor.folded, word.start) if word and role else None
    if word and named:
        _sure(cursor, ctx, word, named)
        cursor.skip_to(named[1])
        return Owner(role=named[0])
    if word is None or not _BEGINS.match(cursor.folded, word.start):
        return None
    try:
        person, length = ctx.person_at(cursor.folded[word.start :])
    except Refused as refused:
        if refused.name == "people/unknown":
            return None
        raise
    cursor.skip_to(word.start + length)
    return Owner((person,))


def must_be_known(text: str) -> None:
    """Raises Refused where the words look like somebody's name: nobody here is called so."""
    if _NAME.fullmatch(text.strip()):
        raise Refused(
            "grammar/nobody", word=text.strip(), buttons=[Offer("people", "people"), Offer("roles", "role list")]
        )


def _role_at(text: str, start: int) -> tuple[Role, int] | None:
    """The role named as a word of its own, and where it ends: ``finance``, ``财务组``, ``role finance``."""
    said = _SAID_ROLE.match(text, start)
    found = ROLES.at(text, said.end() if said else start)
    if found is None:
        return None
    behind = _BEHIND_ROLE.match(text, found[1])
    end = behind.end() if behind else found[1]
    return None if _RUNS_ON.match(text, end) else (Role(found[0]), end)


def _sure(cursor: Cursor, ctx: Context, word: Word, named: tuple[Role, int]) -> None:
    """Raises Refused where a person has the role's word for a name."""
    text = cursor.folded[word.start :]
    said = text[: named[1] - word.start].strip()
    same = [one for one in people.everyone(ctx.db, ctx.workspace.id) if plain(one.name) == plain(said)]
    if not same:
        return
    before, behind = ctx.line[: len(ctx.line) - len(text)], text[len(said) :]
    offers = [Offer("role", f"{before}role {named[0]}{behind}", facts={"role": named[0]})]
    for one in same:
        facts = {"person": one, "apart": apart_by(one, same)}
        offers.append(Offer("person", f"{before}@#{one.id}{behind}", facts=facts))
    ends_here = fold(ctx.line).endswith(text)
    raise Refused("people/role_or_person", word=said, buttons=offers if ends_here else [])


owner_in_words = _Owner()
OwnerInWords = Annotated[Owner, owner_in_words]


class _Names:
    """Everybody named up to the end of the line; where nothing but people can stand, the @ may be left out."""

    kind = "people"

    def take(self, cursor: Cursor, ctx: Context) -> tuple[Person, ...] | None:
        found: list[Person] = []
        while (word := cursor.peek()) is not None:
            marked = people_in_words.take(cursor, ctx)
            if marked:
                found += marked
            elif word.text.casefold() in _AND:
                cursor.next()
            else:
                person, length = ctx.person_at(cursor.folded[word.start :])
                found.append(person)
                cursor.skip_to(word.start + length)
        return tuple(dict.fromkeys(found)) or None


Names = Annotated[tuple[Person, ...], _Names()]


class _Someone:
    """The people named here; without an @ one of them, where a name of somebody known stands. What follows stays."""

    kind = "people"

    def take(self, cursor: Cursor, ctx: Context) -> tuple[Person, ...] | None:
        if marked := people_in_words.take(cursor, ctx):
            return marked
        owner = owner_at(cursor, ctx, role=False)
        return owner.people if owner else None


Someone = Annotated[tuple[Person, ...], _Someone()]
