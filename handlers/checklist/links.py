"""Links in a line, one after the other: they prove something as files do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from handlers.checklist import rules

if TYPE_CHECKING:
    from handlers.context import Context
    from handlers.grammar import Cursor

_BEHIND = ".,;:!?)、。"


class _Links:
    """``https://a https://b``; a comma may be part of a link, and stand behind it."""

    def take(self, cursor: Cursor, ctx: Context) -> tuple[str, ...] | None:  # noqa: ARG002
        found = []
        while (word := cursor.peek()) is not None:
            link = rules.link_in(cursor.original[word.start :], first=True)
            if not link:
                break
            found.append(link)
            rest = cursor.folded[word.start + len(link) :]
            cursor.skip_to(word.start + len(link) + len(rest) - len(rest.lstrip(_BEHIND)))
        return tuple(dict.fromkeys(found)) or None


Links = Annotated[tuple[str, ...], _Links()]
