"""What is typed in this capability's commands beside rooms and people: a new group's name, a word that makes sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from handlers.grammar import Cursor, OneOf

if TYPE_CHECKING:
    from handlers.context import Context


class _NewName:
    """Everything up to the first @, or what stands in quotes."""

    kind = "text"

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        word = cursor.peek()
        if word is None:
            return None
        end = word.end
        if not cursor.folded.startswith('"', word.start):
            at = cursor.folded.find("@", word.start)
            end = at if at >= 0 else len(cursor.folded)
        cursor.skip_to(end)
        return cursor.original[word.start : end].strip(' "“”「」『』«»„,，、;；和与及') or None


NewName = Annotated[str, _NewName()]
Sure = Annotated[str, OneOf({"confirm": ("确认",)})]
NoMeeting = Annotated[str, OneOf({"none": ("nothing", "无", "不关联", "取消", "解除")})]
