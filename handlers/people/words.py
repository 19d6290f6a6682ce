"""How people and roles are named in this capability's commands: roles in both languages, people with or without @."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from handlers.grammar import Cursor, people_in_words
from handlers.refused import Refused
from handlers.who import ROLES
from messages import Offer
from storage.people import Person, Role

if TYPE_CHECKING:
    from handlers.context import Context

AND = frozenset({"and", "&", "和", "与", "及", "跟", "to", "给", "由", "是", "为"})


class _RoleName:
    """A role's name. Raises ``Refused`` for another word, which would pass for somebody's name otherwise."""

    kind = "choice"

    def take(self, cursor: Cursor, ctx: Context) -> str | None:
        role, word = ROLES.take(cursor, ctx), cursor.peek()
        if role is None and word is not None and not word.text.startswith("@"):
            raise Refused("people/no_role", word=word.text, roles=list(Role), buttons=[Offer("roles", "role list")])
        return role

    def chinese(self, text: str) -> tuple[str, int] | None:
        return ROLES.chinese(text)


class _Names:
    """Everybody named up to the end of the line; where nothing but people can stand, the @ may be left out."""

    kind = "people"

    def take(self, cursor: Cursor, ctx: Context) -> tuple[Person, ...] | None:
        found: list[Person] = []
        while (word := cursor.peek()) is not None:
            marked = people_in_words.take(cursor, ctx)
            if marked:
                found += marked
            elif word.text.casefold() in AND:
                cursor.next()
            else:
                person, length = ctx.person_at(cursor.folded[word.start :])
                found.append(person)
                cursor.skip_to(word.start + length)
        return tuple(dict.fromkeys(found)) or None


RoleName = Annotated[str, _RoleName()]
Names = Annotated[tuple["Person", ...], _Names()]
