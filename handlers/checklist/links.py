"""Links in a line, one after the other: they prove something as files do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from handlers.checklist import rules
from handlers.grammar import Cursor

if TYPE_CHECKING:
    from handlers.context import Context

_BEHIND = ".,;:!?)、。"


class _Links:
    """``https://a https://b``; a comma may be part of a link, and stand behind it."""

    def take(self, cursor: Cursor, ctx: Context) -> tuple[str, ...] | None:  # noqa: ARG002
        return self.read(cursor) or None

    @staticmethod
    def read(cursor: Cursor) -> tuple[str, ...]:
        found = []
        while (word := cursor.peek()) is not None:
            link = rules.link_in(cursor.original[word.start :], first=True)
            if not link:
                break
            found.append(link)
            rest = cursor.folded[word.start + len(link) :]
            cursor.skip_to(word.start + len(link) + len(rest) - len(rest.lstrip(_BEHIND)))
        return tuple(dict.fromkeys(found))


Links = Annotated[tuple[str, ...], _Links()]


def alone(text: str) -> tuple[str, ...]:
    """The links of a text that says nothing else; none where it does."""
    cursor = Cursor.over(text)
    found = _Links.read(cursor)
    return found if cursor.peek() is None else ()
