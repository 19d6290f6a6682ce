"""Everything about one person in a zip: JSON for machines, a spreadsheet for people; told once, to who asked."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from handlers import handout
from handlers.context import Context
from handlers.grammar import Text
from handlers.people import whose
from handlers.router import Router
from handlers.sheets import Grid, written
from messages import Message
from storage import gathering, subjects
from storage.base import Session
from storage.subjects import Subject
from storage.tickets import Kind

router = Router("people")

READ_ME = """\
个人信息副本 / Copy of personal data
{ref} · {at:%Y-%m-%d %H:%M} UTC

person.json  机器可读，每个数据表一段。 For machines: one section for each table.
person.xlsx  同样的内容，每个数据表一页。 The same for people: one sheet for each table.

里面可能也有其他人的信息，请妥善保管。 Others may be named in it: keep it safe.
"""
LONGEST_CELL = 32_000
LONGEST_SHEET = 31


@router.command(
    "person export",
    zh="个人信息 导出",
    also=("导出个人信息", "export person", "个人信息导出"),
    secret=True,
)
def export(ctx: Context, text: Text = "") -> Message:
    """Hand out everything that is kept about one person, as a zip, once: person export P12"""
    subject, ref = whose.meant(ctx, "export", text)
    found = gathering.gather(ctx.db, subject)
    address = "" if ctx.pages is None else f"{ctx.pages}/export/{_token(ctx, subject, ref)}"
    return ctx.words(
        "people/export",
        ref=ref,
        names=[*subject.names, *subject.shared],
        tables=len(found),
        row_count=sum(map(len, found.values())),
        shared=bool(subject.shared),
        address=address,
        workspace=ctx.workspace.key,
        private=True,
    )


def _token(ctx: Context, subject: Subject, ref: str) -> str:
    value = json.dumps({"people": subject.people, "parties": subject.parties, "text": ref})
    return handout.token(ctx, Kind.EXPORT, name="people/export", line="person export", field="subject", value=value)


def packed(db: Session, workspace_id: int, wanted: str, now: datetime) -> bytes:
    """The zip; ``wanted`` is what the page's ticket says of whom it is."""
    said: dict[str, Any] = json.loads(wanted)
    subject = (
        subjects.of(db, workspace_id, people=said["people"], parties=said["parties"])
        if said["people"] or said["parties"]
        else subjects.on_lists(db, workspace_id, said["text"])
    )
    return zipped(db, subject, said["text"], now)


def zipped(db: Session, subject: Subject, ref: str, now: datetime) -> bytes:
    """All that is known of them. The JSON has every row; in the spreadsheet very long cells are cut."""
    found = gathering.gather(db, subject)
    whole = {"subject": ref, "at": now.isoformat(), "names": subject.names, "tables": found}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("README.txt", READ_ME.format(ref=ref, at=now))
        target.writestr("person.json", json.dumps(whole, ensure_ascii=False, indent=1, default=str))
        target.writestr("person.xlsx", written([_sheet(name, rows) for name, rows in found.items()]))
    return made.getvalue()


def _sheet(name: str, rows: list[dict[str, Any]]) -> Grid:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return Grid(name[:LONGEST_SHEET], [columns, *([_cell(row.get(column, "")) for column in columns] for row in rows)])


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text[:LONGEST_CELL]
