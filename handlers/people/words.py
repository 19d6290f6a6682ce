"""How roles are named in this capability's commands: in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from handlers.grammar import Cursor
from handlers.refused import Refused
from handlers.who import ROLES
from messages import Offer
from storage.people import Role

if TYPE_CHECKING:
    from handlers.context import Context


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


RoleName = Annotated[str, _RoleName()]
