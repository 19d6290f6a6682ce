"""What is written for an archive itself: index, hand-over list, exceptions, how to verify it, bag-info.txt."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import messages
from handlers import sheets
from handlers.archive import tree
from handlers.archive.looking import Look
from handlers.archive.reading import Lost
from handlers.archive.rules import Gap
from handlers.archive.tree import Naming
from handlers.context import Context
from handlers.sheets import Grid
from messages import Columns
from storage import archive, bags, people
from storage.archive import Elsewhere
from storage.bags import Member, Sums
from storage.files import File

README = "README.html"
UP = "../" * 4
"""From the index to the top of the bag."""


@dataclass(frozen=True)
class Taken:
    """A file that goes into the archive: the row, where to, its sums."""

    file: File
    path: str
    sums: Sums


@dataclass(frozen=True)
class Content:
    """All that a version is made of. ``lost`` are files that could not be taken, and why; ``names`` those who sent."""

    look: Look
    number: int
    taken: Sequence[Taken]
    away: Sequence[tuple[Elsewhere, str]]
    lost: Sequence[tuple[File, Lost]]
    purged: Sequence[File]
    links: Sequence[tuple[str, str]]
    names: Mapping[int | None, str]
    owners: Mapping[str, Sequence[str]]

    @property
    def naming(self) -> Naming:
        return self.look.naming


def documents(ctx: Context, content: Content) -> dict[str, bytes]:
    """By their path in the bag; what says how to verify the whole stands at its top, too."""
    naming, locale, zone = content.naming, ctx.workspace.locale, content.look.meeting.zone
    facts = _facts(ctx, content)
    index = _index(ctx, content)
    handed = Grid(naming.word(tree.tree()["documents"]["handover"]), _handover(ctx, content))
    other = messages.page("archive/verifying_part", "en" if naming.chinese else "zh_CN", zone=zone, **facts)
    readme = messages.page("archive/readme", locale, zone=zone, other=other, **facts).encode()
    return {
        naming.document("index", ".xlsx"): sheets.written(index),
        naming.document("index", ".html"): messages.page(
            "archive/index", locale, zone=zone, grids=index, up=UP, **facts
        ).encode(),
        naming.document("index", ".json"): _json(content, facts),
        naming.document("handover", ".xlsx"): sheets.written([handed]),
        naming.document("exceptions", ".html"): messages.page(
            "archive/exceptions", locale, zone=zone, **facts
        ).encode(),
        f"{naming.folder('index')}/{README}": readme,
        README: readme,
    }


def _facts(ctx: Context, content: Content) -> dict[str, Any]:
    """What every page says of the archive."""
    return {
        "meeting": content.look.meeting,
        "number": content.number,
        "at": ctx.now,
        "now": ctx.now,
        "association": ctx.workspace.name,
        "check": content.look.check,
        "files": len(content.taken),
        "size": sum(one.sums.size for one in content.taken),
        "gaps": [_gap(content, gap) for gap in content.look.check.gaps],
        "excused": [_gap(content, gap) for gap in content.look.check.excused],
        "lost": content.lost,
        "purged": content.purged,
        "links": content.links,
        "away": content.away,
        "names": content.names,
        "index": content.naming.document("index", ".html"),
    }


def _gap(content: Content, gap: Gap) -> dict[str, Any]:
    return {"cell": gap.cell, "owners": content.owners.get(gap.key, ())}


def _table(ctx: Context, name: str, columns: Columns) -> Grid:
    """A sheet with headings in the association's language."""
    said = messages.write(name, ctx.workspace.locale, table=columns)
    found = said.table
    return Grid(said.title, [list(found.columns), *map(list, found.rows)] if found else [[said.body]])


def _index(ctx: Context, content: Content) -> list[Grid]:
    """The index: what is in the archive, and what stays elsewhere."""
    files = Columns(
        ("number", "title", "responsible", "reference", "date", "pages", "scope", "kept", "material", "size", "path",
         "sha256", "source", "remark"),
        [tuple(row.values()) for row in entries(content)],
    )  # fmt: skip
    kept = [(row.ref, row.name, str(row.size), row.url, path, row.sha256) for row, path in content.away]
    linked = [("", task, "", url, "", "") for task, url in content.links]
    away = Columns(("source", "title", "size", "url", "path", "sha256"), [*kept, *linked])
    return [_table(ctx, "archive/sheet_files", files), _table(ctx, "archive/sheet_away", away)]


def entries(content: Content) -> Iterator[dict[str, str]]:
    """One row of the index for each file, in the order of the tree; what nobody knows is left empty."""
    naming = content.naming
    for number, one in enumerate(sorted(content.taken, key=lambda taken: taken.path), 1):
        file, years = one.file, tree.years(one.file.material)
        yield {
            "number": str(number),
            "title": one.path.rpartition("/")[2].rpartition(".")[0] or one.path.rpartition("/")[2],
            "responsible": content.names.get(file.person_id, ""),
            "reference": "",
            "date": f"{naming.day(file):%Y-%m-%d}",
            "pages": "",
            "scope": naming.word(tree.tree()["scopes"][file.scope]) if file.scope else "",
            "kept": naming.word(
                {"zh": f"{years}年", "en": f"{years} years"} if years else {"zh": "永久", "en": "for good"}
            ),
            "material": naming.word(tree.of_material(file.material)),
            "size": str(one.sums.size),
            "path": one.path,
            "sha256": one.sums.sha256,
            "source": file.ref,
            "remark": "",
        }


def _json(content: Content, facts: Mapping[str, Any]) -> bytes:
    """The index for programs; its keys are English whatever the language."""
    check, meeting = content.look.check, content.look.meeting
    said = {
        "meeting": {"code": f"M{meeting.number}", "zh": meeting.name_zh, "en": meeting.name_en},
        "version": content.number,
        "built": facts["at"].isoformat(),
        "complete": check.complete,
        "wanted": check.wanted,
        "files": list(entries(content)),
        "elsewhere": [
            {"url": row.url, "path": path, "size": row.size, "sha256": row.sha256} for row, path in content.away
        ],
        "links": [{"task": task, "url": url} for task, url in content.links],
        "gaps": [{"cell": gap.key, "owners": list(content.owners.get(gap.key, ()))} for gap in check.gaps],
        "excused": [
            {"cell": gap.key, "reason": gap.cell.excuse.reason if gap.cell.excuse else ""} for gap in check.excused
        ],
        "left_out": [{"file": file.ref, "name": file.name, "why": why} for file, why in content.lost],
        "purged": [{"file": file.ref, "material": file.material} for file in content.purged],
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _handover(ctx: Context, content: Content) -> list[list[str]]:
    """How much of each kind is handed over, and room for those who sign."""
    found: dict[str, list[Sums]] = {}
    for one in content.taken:
        place = one.path.removeprefix(f"{content.naming.root}/").partition("/")[0]
        found.setdefault(place, []).append(one.sums)
    rows = [
        (str(number), place, str(len(inside)), str(sum(sums.size for sums in inside)), "")
        for number, (place, inside) in enumerate(sorted(found.items()), 1)
    ]
    grid = _table(ctx, "archive/sheet_handover", Columns(("number", "folder", "count", "size", "remark"), rows))
    signed = messages.write("archive/signing", ctx.workspace.locale).body.splitlines()
    return [*grid.rows, [], *([line] for line in signed if line)]


def info(ctx: Context, content: Content, members: Sequence[Member]) -> bytes:
    """bag-info.txt, with the fields that RFC 8493 names."""
    look, naming = content.look, content.naming
    leads = [row.person_id for row in people.holders(ctx.db, look.meeting.id) if row.role in {"records", "lead"}]
    known = people.some(ctx.db, leads[:1])
    size = sum(one.sums.size for one in bags.payload(members))
    said = messages.write(
        "archive/bag", ctx.workspace.locale, meeting=look.meeting, number=content.number, check=look.check
    )
    return bags.info(
        [
            ("Source-Organization", ctx.workspace.name),
            ("Contact-Name", next((person.name for person in known.values()), "")),
            ("External-Description", naming.title),
            ("External-Identifier", f"{ctx.workspace.key}-M{look.meeting.number}"),
            ("Bagging-Date", f"{ctx.local_now:%Y-%m-%d}"),
            ("Bag-Size", _size(size)),
            ("Payload-Oxum", bags.oxum(members)),
            ("Bag-Group-Identifier", f"{ctx.workspace.key}-M{look.meeting.number}"),
            ("Bag-Count", "1 of 1"),
            ("Internal-Sender-Identifier", f"v{content.number}"),
            ("Internal-Sender-Description", said.body),
            ("Bag-Software-Agent", "Huihou"),
        ]
    )


def _size(count: int) -> str:
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 999.5:  # noqa: PLR2004  from there on three digits round to 1000, one of the next unit
            break
        size, unit = size / 1000, larger
    return f"{size:.3g} {unit}"


def links(ctx: Context, look: Look) -> list[tuple[str, str]]:
    """The links that prove tasks, by the task's title in the association's language."""
    chinese = look.naming.chinese
    return [
        ((task.title_zh if chinese else task.title_en) or task.title_zh or task.title_en, proof.value)
        for task, proof in archive.links(ctx.db, look.meeting.id)
    ]
