"""An edited YAML file becomes a new version, once somebody has seen what that changes and confirmed it."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar import Files
from handlers.permissions import admin, allow
from handlers.refused import Refused
from handlers.router import Router
from handlers.stored import opened
from handlers.templates.actions import changes
from handlers.templates.difference import difference
from handlers.templates.naming import Confirm, VersionNumber
from handlers.templates.reading import LARGEST, decode, read, renumbered
from messages import Message, Offer
from storage import files, meetings, templates
from storage.files import File
from storage.templates import Content, Template

router = Router("templates")

MOST_MEETINGS = 5


@router.command("template import", zh="模板 导入", also=("import template", "导入模板"))
def import_(ctx: Context, refs: Files = (), confirm: Confirm = "", version: VersionNumber = 0) -> Message:
    """Make an edited YAML file the newest version: template import, with the file attached"""
    allow(ctx, admin, None)
    file = _file(ctx, refs)
    text = decode(_bytes(ctx, file))
    content = read(text)
    newest = templates.newest(ctx.db, ctx.workspace.id, content.key)
    number = newest.version + 1 if newest else 1
    found = difference(newest.read(), content) if newest else []
    if newest and not found:
        return ctx.words("templates/same", template=newest, buttons=[Offer("show", f"template show {newest.key}")])
    # A confirmation for version 3 is none for version 4: somebody else imported in between.
    if not confirm or version not in {0, number}:
        return _preview(ctx, file, content, newest, changes(found))
    stored = content.model_copy(update={"version": number})
    row = templates.add(ctx.db, ctx.workspace.id, stored, renumbered(text, number), at=ctx.now, by=ctx.person.id)
    return _imported(ctx, row)


def _file(ctx: Context, refs: tuple[int, ...]) -> File:
    found = [files.by_number(ctx.db, ctx.workspace.id, number) for number in refs] if refs else list(ctx.files)
    if len(found) != 1:
        raise Refused("templates/one_file", count=len(found), buttons=[Offer("template_export", "template export")])
    if found[0] is None:
        raise Refused("templates/no_such_file", ref=f"F{refs[0]}")
    return found[0]


def _bytes(ctx: Context, file: File) -> bytes:
    """At most one byte more than a template may have."""
    with opened(ctx, file) as stream:
        return stream.read(LARGEST + 1)


def _preview(ctx: Context, file: File, content: Content, newest: Template | None, found: dict[str, object]) -> Message:
    number = newest.version + 1 if newest else 1
    return ctx.words(
        "templates/preview",
        file=file,
        content=content,
        newest=newest,
        number=number,
        items=len(list(content.items())),
        made_from=content.version,
        **found,
        buttons=[Offer("confirm", f"template import {file.ref} confirm v{number}", primary=True)],
        tone="ask",
    )


def _imported(ctx: Context, row: Template) -> Message:
    running = [
        meeting
        for meeting in meetings.running(ctx.db, ctx.workspace.id)
        if templates.get(ctx.db, meeting.template_id).key == row.key
    ]
    offers = [
        Offer("upgrade", f"template upgrade M{meeting.number}", facts={"meeting": meeting})
        for meeting in running[:MOST_MEETINGS]
    ]
    return ctx.words(
        "templates/imported",
        template=row,
        content=row.read(),
        running=len(running),
        buttons=[*offers, Offer("show", f"template show {row.key}")],
        tone="good",
    )
