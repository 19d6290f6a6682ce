"""How a template, a version and a "yes, do it" are named in a command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from handlers.grammar import Cursor, Numbered, OneOf
from handlers.plan import BUILT_IN
from handlers.refused import Refused
from messages import Offer
from storage import templates

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.templates import Template


class _Key:
    """``after-meeting``: a template's key, known here or not, unless it reads as something else."""

    _SHAPE = re.compile(r"[a-z0-9-]{1,60}")
    _OTHER = re.compile(r"[vpfm]?\d+|version|phase|page|confirm")

    def take(self, cursor: Cursor, ctx: Context) -> str | None:
        word = cursor.peek()
        key = word.text.casefold() if word else ""
        if not self._SHAPE.fullmatch(key):
            return None
        if key not in templates.keys(ctx.db, ctx.workspace.id) and self._OTHER.fullmatch(key):
            return None
        cursor.next()
        return key


TemplateKey = Annotated[str, _Key()]
VersionNumber = Annotated[int, Numbered.like(r"(?:version|v|第|版本)?\s*(\d{1,6})版?(?![\w-])")]
Confirm = Annotated[str, OneOf({"confirm": ("确认",)})]


def chosen(ctx: Context, key: str, number: int = 0) -> Template:
    """That version of that template, the newest unless one is named. Raises ``Refused`` when there is none."""
    newest = templates.newest(ctx.db, ctx.workspace.id, key or BUILT_IN)
    if newest is None:
        known = sorted(templates.keys(ctx.db, ctx.workspace.id))
        raise Refused("templates/unknown", key=key, known=known, buttons=[Offer("template_list", "template list")])
    if number in {0, newest.version}:
        return newest
    found = templates.version(ctx.db, ctx.workspace.id, newest.key, number)
    if found is None:
        show = Offer("template_show", f"template show {newest.key}")
        raise Refused("templates/no_version", key=newest.key, number=number, newest=newest.version, buttons=[show])
    return found
