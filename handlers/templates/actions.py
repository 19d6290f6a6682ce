"""Looking at templates: list, show, export, compare. Nothing here changes anything."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar import PageNumber, PhaseNumber
from handlers.refused import Refused
from handlers.router import Router
from handlers.stored import given
from handlers.templates.difference import Change, difference
from handlers.templates.naming import TemplateKey, VersionNumber, chosen
from messages import Entry, Message, Offer
from storage import people, templates
from storage.templates import Content, Item, Template

router = Router("templates")

PAGE = 15
MOST_CHANGES = 40
YAML = "application/yaml"


@router.command("template list", zh="模板 列表", also=("templates", "模板列表", "模板"))
def listing(ctx: Context) -> Message:
    """The checklist templates of this workspace: template list"""
    rows = templates.newest_of_each(ctx.db, ctx.workspace.id)
    importers = people.some(ctx.db, [row.added_by for row in rows if row.added_by])
    entries = [
        Entry(
            {"template": row, "content": row.read(), "by": importers.get(row.added_by or 0)},
            [Offer("show", f"template show {row.key}"), Offer("export", f"template export {row.key}")],
        )
        for row in rows
    ]
    return ctx.words("templates/list", count=len(rows), rows=entries)


@router.command("template show", zh="模板 查看", also=("show template", "查看模板"))
def show(
    ctx: Context, key: TemplateKey = "", version: VersionNumber = 0, phase: PhaseNumber = 0, page: PageNumber = 1
) -> Message:
    """What a template consists of, phase by phase: template show after-meeting phase 3"""
    template = chosen(ctx, key, version)
    content = template.read()
    if not phase:
        return _overview(ctx, template, content)
    if phase > len(content.phases):
        raise Refused("templates/no_phase", number=phase, count=len(content.phases), buttons=[_show(template)])
    return _phase(ctx, template, content, phase, page)


@router.command("template export", zh="模板 导出", also=("export template", "导出模板"))
def export(ctx: Context, key: TemplateKey = "", version: VersionNumber = 0) -> Message:
    """Get a template as a YAML file to edit: template export after-meeting"""
    template = chosen(ctx, key, version)
    file = given(ctx, f"{template.key}-v{template.version}.yaml", template.source.encode(), YAML)
    return ctx.words("templates/export", template=template, files=[file])


@router.command("template diff", zh="模板 对比", also=("compare templates", "对比模板"))
def compare(ctx: Context, key: TemplateKey = "", old: VersionNumber = 0, new: VersionNumber = 0) -> Message:
    """What differs between two versions: template diff after-meeting 1 2"""
    later = chosen(ctx, key, new)
    if old == 0 and later.version == 1:
        raise Refused("templates/only_version", key=later.key, buttons=[_show(later)])
    earlier = chosen(ctx, later.key, old or later.version - 1)
    return ctx.words(
        "templates/diff",
        key=later.key,
        old=earlier.version,
        new=later.version,
        **changes(difference(earlier.read(), later.read())),
        buttons=[Offer("upgrade", "template upgrade"), Offer("export", f"template export {later.key}")],
    )


def changes(found: list[Change]) -> dict[str, object]:
    """The facts of a list of changes: rows for the first of them, how many there are, how many are left out."""
    rows = [Entry({"change": change}) for change in found[:MOST_CHANGES]]
    return {"rows": rows, "count": len(found), "left_out": max(0, len(found) - MOST_CHANGES)}


def _show(template: Template) -> Offer:
    return Offer("template_show", f"template show {template.key} {template.version}", primary=True)


def _overview(ctx: Context, template: Template, content: Content) -> Message:
    line = f"template show {template.key} {template.version}"
    return ctx.words(
        "templates/overview",
        template=template,
        content=content,
        items=len(list(content.items())),
        rows=[
            Entry({"number": n, "phase": phase}, [Offer("phase", f"{line} phase {n}", facts={"number": n})])
            for n, phase in enumerate(content.phases, 1)
        ],
        buttons=[Offer("export", f"template export {template.key} {template.version}")],
    )


def _phase(ctx: Context, template: Template, content: Content, number: int, page: int) -> Message:
    phase = content.phases[number - 1]
    pages = -(-len(phase.items) // PAGE)
    page = min(page, pages)
    first = (page - 1) * PAGE
    return ctx.words(
        "templates/phase",
        template=template,
        number=number,
        phase=phase,
        page=page,
        pages=pages,
        rows=[Entry(_item(content, item)) for item in phase.items[first : first + PAGE]],
        buttons=_turning(template, len(content.phases), number, page, pages),
    )


def _item(content: Content, item: Item) -> dict[str, object]:
    before = [found for key in item.after if (found := content.item(key))]
    return {"item": item, "after": [found.title for found in before]}


def _turning(template: Template, phases: int, number: int, page: int, pages: int) -> list[Offer]:
    line = f"template show {template.key} {template.version}"
    found = []
    if page < pages:
        found.append(Offer("more", f"{line} phase {number} page {page + 1}", primary=True))
    if number > 1:
        found.append(Offer("phase", f"{line} phase {number - 1}", facts={"number": number - 1}))
    if number < phases:
        found.append(Offer("phase", f"{line} phase {number + 1}", facts={"number": number + 1}))
    return [*found, Offer("overview", line)]
