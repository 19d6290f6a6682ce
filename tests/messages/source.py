"""Which words the program asks for, read from its source: templates, refusals, and the labels shown with each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from messages.collect import HOME

ROOT = HOME.parent
DOCTORS = ("bot/doctor.py", *(f"bot/platforms/{name}/check.py" for name in ("slack", "wecom", "email")))
SEVERAL = {
    ("bot/dispatch.py", "f'common/{block}'"): "common/broken common/busy common/locked common/full common/away",
    (
        "bot/platforms/slack/desk.py",
        "f'slack/{reason}'",
    ): "slack/kind slack/empty slack/disguise slack/infected slack/unchecked slack/large "
    "slack/lost slack/unkept slack/elsewhere slack/nothing_to_attach",
    ("bot/leaving.py", "f'{platform}/heir'"): "slack/heir wecom/heir",
    ("bot/platforms/slack/render.py", "key"): "close cancel fill",
    ("bot/platforms/web/upload_page.py", "f'common/{block}'"): "common/locked common/full common/away",
    ("bot/platforms/web/tickets.py", "name"): "form_page upload_page archive_page export_page twins_page",
    (
        "bot/platforms/wecom/desk.py",
        "f'wecom/{reason}'",
    ): "wecom/kind wecom/empty wecom/disguise wecom/infected wecom/unchecked wecom/unkept wecom/large "
    "wecom/lost wecom/voice wecom/location wecom/link",
    ("bot/platforms/wecom/check.py", "name"): "wecom_address wecom_secret wecom_refused",
    (
        "bot/platforms/email/check.py",
        "f'email_{kind}'",
    ): "email_login email_certificate email_not_supported email_sender",
    ("bot/platforms/wecom/menu.py", "f'menu_{heading}'"): "menu_tasks menu_meetings menu_help",
    ("bot/outages.py", "f'{self.platform}/shut'"): "wecom/shut",
    ("bot/outages.py", "f'{self.platform}/open'"): "wecom/open",
    ("bot/unreachable.py", "name"): "slack/unreachable wecom/unreachable",
    ("bot/web.py", "f'web/{reason}'"): "web/demo_beyond_loopback web/no_secret",
    ("handlers/parties/changes.py", "f'parties/{name}'"): "parties/rule parties/field_name",
    ("handlers/attendance/importing.py", "name"): "attendance/imported attendance/dropped attendance/by_name",
    ("handlers/archive/documents.py", "name"): "archive/sheet_files archive/sheet_away archive/sheet_handover",
    ("handlers/checklist/actions.py", "f'checklist/{what}'"): "checklist/skipped checklist/carried",
    ("handlers/checklist/actions.py", "name"): "text reason",
    ("handlers/checklist/editing.py", "name"): "checklist/due checklist/edited checklist/added",
    (
        "handlers/checklist/picking.py",
        "verb",
    ): "approve assign attach carry done due edit reopen show skip start unassign unwatch wait watch note",
    ("handlers/materials/programme.py", "name"): "title speakers unit chair track hall date time contact",
    (
        "handlers/meetings/telling.py",
        "name",
    ): "name_zh name_en end start venue mode edition expected goals zone currency",
    ("handlers/minutes/deciding.py", "name"): "minutes/added minutes/edited",
    ("handlers/nudges/summary.py", "block"): "late coming",
    ("handlers/parties/keeping.py", "field"): "name latin title position member_no address postcode remark unit",
    ("handlers/parties/keeping.py", "name"): "contacts/added contacts/edited contacts/stopped contacts/resumed",
    ("handlers/parties/members/exporting.py", "name"): "members/unchanged members/empty",
    ("handlers/parties/members/exporting.py", "other"): "all changes",
    ("handlers/people/leave.py", "name"): "people/cover people/cover_over",
    ("handlers/thanks/echoes.py", "name"): "sending/posted sending/replied",
    ("handlers/command.py", "f'grammar/{block}'"): "grammar/too_much grammar/field grammar/missing",
    ("handlers/thanks/editing.py", "name"): "p1 p2 p3 p4 p5 p6 p7 p8 p9 p10 p11 p12",
    ("handlers/thanks/editing.py", "PARAGRAPHS[len(texts)]"): "p1 p2 p3 p4 p5 p6 p7 p8 p9 p10 p11 p12",
    ("handlers/thanks/wording.py", "part"): "subject title salutation body closing signature also footer",
    ("handlers/thanks/settling.py", "f'thanks/{_why_not(letter)}'"): "thanks/held thanks/rejected thanks/skipped",
    ("handlers/sponsors/keeping.py", "name"): "cash in_kind",
    ("handlers/sponsors/telling.py", "name"): "where when method",
    ("handlers/sponsors/telling.py", "refused.name"): "",
    ("handlers/settings/overview.py", "other[0]"): "english chinese",
    ("handlers/settings/reactions.py", "meaning"): "done started tomorrow",
    (
        "handlers/sheets/mapping.py",
        "f'{words.group}/no_headings'",
    ): "attendance/no_headings crew/no_headings members/no_headings parties/no_headings sponsors/no_headings",
    (
        "handlers/sheets/mapping.py",
        "f'{words.group}/nobody_named'",
    ): "attendance/nobody_named crew/nobody_named members/nobody_named parties/nobody_named sponsors/nobody_named",
    (
        "handlers/sheets/mapping.py",
        "f'{words.group}/no_column'",
    ): "attendance/no_column crew/no_column members/no_column parties/no_column sponsors/no_column",
    # these hand on what they were given, and that is read where it is given
    ("bot/cli/care.py", "one.name"): "",
    ("bot/cli/care.py", "f'level_{one.level}'"): "level_ok level_warn level_fail",
    ("bot/cli/operating.py", "refused.name"): "",
    ("bot/cli/person.py", "refused.name"): "",
    ("bot/cli/talk.py", "f'file_{unwanted.reason}'"): "file_kind file_empty file_disguise file_infected file_unchecked",
    ("bot/cli/talk.py", "block"): "",
    ("bot/cli/talk.py", "message"): "",
    ("bot/cli/words.py", "self.block"): "",
    ("bot/cli/words.py", "f'option_{option.name}'"): "",
    ("bot/cli/words.py", "f'cli/{name}'"): "",
    ("bot/cli/words.py", "name"): "",
    ("bot/dispatch.py", "refused.name"): "",
    ("bot/platforms/web/pages.py", "name"): "",
    ("bot/platforms/web/site.py", "f'web/{name}'"): "",
    ("handlers/context.py", "name"): "",
    ("handlers/meetings/changing.py", "fault.name"): "",
    ("handlers/meetings/founding.py", "fault.name"): "",
}
"""Names that are put together while the program runs, by file and expression: what they may come to."""


@dataclass(frozen=True)
class Said:
    """One name of words in the source. ``within`` is the template of the call that it stands in, if any."""

    kind: str
    name: str
    file: str
    unit: str
    within: str = ""

    @property
    def block(self) -> str:
        return self.name if self.kind in {"block", "row"} else f"{self.kind}_{self.name}"


def template_of(kind: str, name: str) -> str:
    """The file below messages/ in which a message or a refusal is worded, whether it is there or not."""
    if kind == "refusal":
        return f"{name.partition('/')[0]}/refusals.md.j2"
    return f"{name}.html.j2" if (HOME / f"{name}.html.j2").exists() else f"{name}.md.j2"


@cache
def said() -> tuple[Said, ...]:
    """Everything that the source names."""
    return tuple(chain.from_iterable(_of_file(file) for folder in ("bot", "handlers") for file in _files(folder)))


def _files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def _of_file(file: Path) -> Iterator[Said]:
    place = file.relative_to(ROOT).as_posix()
    for name, unit in _units(ast.parse(file.read_text(encoding="utf-8"))):
        yield from _walk(unit, place, name, "")


def _units(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """Functions, methods and the module's own lines, by the name that others call them by."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _units(node)
        elif isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield ast.unparse(target), node
        elif isinstance(node, ast.stmt):
            yield "", node


def _walk(node: ast.AST, place: str, unit: str, within: str) -> Iterator[Said]:
    found = list(_of_call(node, place)) if isinstance(node, ast.Call) else []
    yield from (Said(kind, name, place, unit, within) for kind, name in found)
    templates = [template_of(kind, name) for kind, name in found if kind in {"template", "refusal"}]
    inside = templates[0] if len(templates) == 1 else within
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, place, unit, inside)


def _of_call(call: ast.Call, place: str) -> Iterator[tuple[str, str]]:
    name, owner = _called(call.func)
    if name == "Columns":
        yield from (("column", key) for key in _columns(call.args[0]))
    elif (name == "Entry" and not place.startswith(_OTHER_ENTRIES)) or (place, name) == _RENAMED:
        given = [keyword.value for keyword in call.keywords if keyword.arg == "block"]
        yield from (("row", block) for block in (_names(given[0], place) if given else ["row"]))
    elif name == "Question":
        hidden = len(call.args) > 1 and ast.unparse(call.args[1]) == "'hidden'"
        yield from (("field", field) for field in _names(call.args[0], place) if not hidden)
    elif (name, owner) == ("words", "") and place.startswith("bot/cli/") and isinstance(call.args[0], ast.Constant):
        yield from ((str(call.args[0].value), block) for block in _names(call.args[1], place))
    elif found := _speaks(name, owner, place):
        kind, prefix, position = found
        yield from ((kind, f"{prefix}{one}") for one in _names(call.args[position], place))


def _speaks(name: str, owner: str, place: str) -> tuple[str, str, int] | None:
    """Whether the call names words: of which kind, what comes before the name, and which argument it is."""
    for names, owners, places, kind, prefix, position in _SPEAKERS:
        if name in names.split() and (not owners or owner in owners.split()) and place.startswith(places):
            return kind, prefix, position
    return None


_RENAMED = ("handlers/journal/reading.py", "Row")
"""Where a row of a message goes by another name, because the journal has entries of its own."""
_OTHER_ENTRIES = "bot/platforms/wecom/"
"""Where an entry is one of the settings, and no row of a message."""
_IN_CONTEXT = (
    *("handlers/", "bot/leaving.py", "bot/outages.py", "bot/platforms/slack/", "bot/platforms/wecom/"),
    *("bot/unreachable.py", "bot/platforms/email/"),
)
_SPEAKERS = (
    # called, on, in, → kind, prefix, argument
    ("Refused", "", "", "refusal", "", 0),
    ("Offer", "", "", "button", "", 0),
    ("words", "ctx voice self ctx.voice(room)", _IN_CONTEXT, "template", "", 0),
    ("write page", "messages", "", "template", "", 0),
    ("refuse", "messages", "", "refusal", "", 0),
    ("page", "site self", "bot/platforms/web/", "template", "web/", 1),
    ("part", "site self", "bot/platforms/web/", "template", "web/", 0),
    ("_part", "", "bot/platforms/web/", "template", "web/", 1),
    ("show drawn", "", "bot/cli/", "template", "cli/", 0),
    ("Trouble", "", "bot/cli/", "refusal", "cli/", 0),
    ("words", "self", "bot/platforms/console/", "chat", "", 0),
    ("Finding", "", DOCTORS, "doctor", "", 0),
)


def _called(function: ast.expr) -> tuple[str, str]:
    """``words`` and ``ctx`` of ``ctx.words``."""
    if isinstance(function, ast.Attribute):
        return function.attr, ast.unparse(function.value)
    return ast.unparse(function), ""


def _columns(keys: ast.expr) -> list[str]:
    assert isinstance(keys, ast.Tuple), f"columns are named one by one: {ast.unparse(keys)}"
    return [str(ast.literal_eval(key)) for key in keys.elts]


def _names(value: ast.expr, place: str) -> list[str]:
    """What an expression may come to."""
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if isinstance(value, ast.IfExp):
        return [*_names(value.body, place), *_names(value.orelse, place)]
    found = SEVERAL.get((place, ast.unparse(value)))
    assert found is not None, f"{place} names {ast.unparse(value)}: say in SEVERAL what that may be"
    _resolved.add((place, ast.unparse(value)))
    return found.split()


_resolved: set[tuple[str, str]] = set()


def left_over_names() -> set[tuple[str, str]]:
    """Lines of ``SEVERAL`` that the source no longer needs."""
    said()
    return set(SEVERAL) - _resolved


# --- what is shown with what


def shown_with(label: Said) -> set[str]:
    """The templates and refusals that a label may be shown with: its call's, its function's, or its users'."""
    return {label.within} if label.within else _spoken_near(label.file, label.unit)


@cache
def _spoken_near(file: str, unit: str) -> set[str]:
    seen: set[tuple[str, str]] = set()
    found: set[str] = set()
    waiting = [(file, unit)]
    while waiting:
        here = waiting.pop()
        own = _spoken().get(here, set())
        found |= own.union(*(_spoken().get((here[0], used), set()) for used in _uses()[here]))
        if not own and here not in seen:
            waiting += [user for user, used in _uses().items() if here[1] in used and _near(here, user)]
        seen.add(here)
    return found


def _near(unit: tuple[str, str], user: tuple[str, str]) -> bool:
    """What begins with an underscore is used in its own file, everything else in its own capability."""
    (file, name), (other, _) = unit, user
    return file == other if name.startswith("_") else Path(file).parent == Path(other).parent


@cache
def _spoken() -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for one in said():
        if one.kind in {"template", "refusal"}:
            found.setdefault((one.file, one.unit), set()).add(template_of(one.kind, one.name))
    return found


@cache
def _uses() -> dict[tuple[str, str], set[str]]:
    """The names that each function, by file and name, speaks of."""
    found: dict[tuple[str, str], set[str]] = {}
    for file in (*_files("bot"), *_files("handlers")):
        for name, unit in _units(ast.parse(file.read_text(encoding="utf-8"))):
            found.setdefault((file.relative_to(ROOT).as_posix(), name), set()).update(_used(unit))
    return found


def _used(unit: ast.stmt) -> Iterator[str]:
    for node in ast.walk(unit):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
