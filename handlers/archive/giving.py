"""The versions of an archive: which there are, how to have one, whether its bytes are still what they were."""

from __future__ import annotations

import re
import secrets
from collections.abc import Generator
from typing import Annotated, Any
from urllib.parse import urlsplit

from handlers import handout
from handlers.archive import checking, looking, reading
from handlers.archive.reading import Lost
from handlers.context import Context
from handlers.grammar import Details, MeetingNumber, Numbered
from handlers.refused import Refused
from handlers.router import Router
from handlers.stored import store as the_store
from messages import Entry, Message, Offer
from storage import archive, people, programme
from storage.archive import Archive, Elsewhere, Stage
from storage.meetings import Meeting
from storage.tickets import Kind

router = Router("archive")

VersionNumber = Annotated[int, Numbered.like(r"(?:version|v|第|版本)\s*(\d{1,6})版?(?![\w-])", least=1)]

MOST_NAMED = 20
STEPS = 10
LARGEST = 1 << 50
_SUMS = {"sha256": 64, "sha512": 128}


@router.command("archive list", zh="归档 列表", also=("archives", "archive", "归档列表", "归档", "档案"))
def versions(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """The versions of a meeting's archive, and when the next is due: archive list M1"""
    found = ctx.meeting_number(meeting or None)
    rows = archive.versions(ctx.db, found.id)
    known = people.some(ctx.db, [row.person_id for row in rows])
    line = f"M{found.number}"
    return ctx.words(
        "archive/list",
        meeting=found,
        count=len(rows),
        sealed=archive.is_sealed(ctx.db, found.id),
        dues=[checking.due(ctx, stage) for stage in Stage],
        rows=[
            Entry({"row": row, "by": known[row.person_id].name}, [Offer("get", f"archive get {line} v{row.number}")])
            for row in reversed(rows)
        ],
        buttons=[Offer("check", f"archive check {line}"), Offer("build", f"archive build {line}", primary=not rows)],
    )


def chosen(ctx: Context, meeting: Meeting, number: int) -> Archive:
    """That version, else the newest. Raises ``Refused`` when there is none."""
    build = [Offer("build", f"archive build M{meeting.number}", primary=True)]
    newest = archive.newest(ctx.db, meeting.id)
    if newest is None:
        raise Refused("archive/none", meeting=meeting, buttons=build)
    found = archive.by_number(ctx.db, meeting.id, number) if number else newest
    if found is None:
        offers = [Offer("versions", f"archive list M{meeting.number}")]
        raise Refused("archive/no_version", number=number, newest=newest.number, buttons=offers)
    if gone := archive.purged_from(ctx.db, found.id):
        raise Refused("archive/purged", number=found.number, count=gone, buttons=build)
    return found


@router.command("archive get", zh="归档 下载", also=("get archive", "下载归档", "下载档案"), secret=True)
def get(ctx: Context, meeting: MeetingNumber = 0, version: VersionNumber = 0) -> Message:
    """Download a version of the archive: archive get M1 v2

    The address opens its page for a day, for whoever has it: so it is told to who asks alone.
    """
    found = ctx.meeting_number(meeting or None)
    looking.may_keep(ctx, found)
    row = chosen(ctx, found, version)
    address = "" if ctx.pages is None else f"{ctx.pages}/archive/{_token(ctx, found, row)}"
    facts = {"meeting": found, "row": row, "address": address, "workspace": ctx.workspace.key}
    return ctx.words("archive/get", **facts, private=True)


def _token(ctx: Context, meeting: Meeting, row: Archive) -> str:
    line = f"archive get M{meeting.number} v{row.number}"
    return handout.token(ctx, Kind.ARCHIVE, name="archive/get", line=line, field="archive", value=str(row.id))


@router.command("archive verify", zh="归档 校验", also=("verify archive", "校验归档", "校验档案"))
def verify(ctx: Context, meeting: MeetingNumber = 0, version: VersionNumber = 0) -> Any:
    """Read every byte of an archive again and name what is no longer as it was: archive verify M1"""
    found = ctx.meeting_number(meeting or None)
    looking.may_keep(ctx, found)
    row = chosen(ctx, found, version)
    if ctx.promised:
        return prove(ctx, found, row)
    line = f"archive verify M{found.number} v{row.number}"
    ctx.later(line, key=f"verify:{row.id}:{secrets.token_hex(8)}")
    return ctx.words("archive/verifying", meeting=found, row=row, done=0)


def prove(ctx: Context, meeting: Meeting, row: Archive) -> Generator[Message, None, Message]:
    """Every byte of a version against its sums; it does not stop at the first that is wrong."""
    store = the_store(ctx)
    inside = [member for member in archive.members(ctx.db, row.id) if not member.url]
    wanted = {member.sums.sha256: member.sums for member in inside}
    lost: dict[str, Lost] = {}
    yield ctx.words("archive/verifying", meeting=meeting, row=row, done=0)
    sizes = {digest: sums.size for digest, sums in wanted.items()}
    for number, (digest, found) in enumerate(reading.read(store, sizes), 1):
        if found != wanted[digest]:
            lost[digest] = found if isinstance(found, Lost) else Lost.CHANGED
        if number % max(1, len(wanted) // STEPS) == 0 and number < len(wanted):
            yield ctx.words("archive/verifying", meeting=meeting, row=row, done=number)
    wrong = [(member.path, lost[member.sums.sha256]) for member in inside if member.sums.sha256 in lost]
    return ctx.words(
        "archive/verified",
        meeting=meeting,
        row=row,
        count=len(inside),
        wrong=wrong[:MOST_NAMED],
        more=max(0, len(wrong) - MOST_NAMED),
        buttons=[Offer("versions", f"archive list M{meeting.number}")],
        tone="warn" if wrong else "good",
    )


# --- what stays elsewhere

Fields = Annotated[
    dict[str, str],
    Details(
        {
            "name": ("名称", "文件名"),
            "size": ("大小", "字节"),
            "sha256": ("sha-256",),
            "sha512": ("sha-512",),
            "session": ("场次",),
        }
    ),
]


@router.command("archive elsewhere", zh="归档 外存", also=("归档外存",))
def elsewhere(ctx: Context, meeting: MeetingNumber = 0, fields: Fields | None = None) -> Message:
    """Let a large recording stay where it is: archive elsewhere M1 https://… size: 1234 sha256: … sha512: …

    Without its size and both sums nobody could tell whether it is still the same, and no bag could list it.
    """
    found = ctx.meeting_number(meeting or None)
    looking.may_keep(ctx, found)
    given = fields or {}
    row = _elsewhere(ctx, found, given)
    ctx.db.add(row)
    ctx.db.flush()
    offers = [Offer("build", f"archive build M{found.number}"), Offer("undo", "undo")]
    return ctx.words("archive/elsewhere", row=row, session=given.get("session", ""), buttons=offers, tone="good")


def _elsewhere(ctx: Context, meeting: Meeting, given: dict[str, str]) -> Elsewhere:
    url = given.get("", "").strip("<>")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Refused("archive/no_address") from None
    if parts.scheme not in {"http", "https"} or not parts.netloc or re.search(r"\s", url):
        raise Refused("archive/no_address")
    for name, length in _SUMS.items():
        if not re.fullmatch(f"[0-9a-fA-F]{{{length}}}", given.get(name, "")):
            raise Refused("archive/no_sum", name=name, length=length)
    size = given.get("size", "").replace(",", "")
    if not size.isdecimal() or not 0 < int(size) < LARGEST:
        raise Refused("archive/no_size")
    return Elsewhere(
        meeting_id=meeting.id,
        number=archive.next_elsewhere(ctx.db, meeting.id),
        url=url,
        name=(given.get("name") or parts.path.rpartition("/")[2] or parts.netloc)[:255],
        size=int(size),
        sha256=given["sha256"].lower(),
        sha512=given["sha512"].lower(),
        session_id=_session(ctx, meeting, given.get("session", "")),
        person_id=ctx.person.id,
        at=ctx.now,
    )


def _session(ctx: Context, meeting: Meeting, code: str) -> int | None:
    if not code:
        return None
    for row in programme.sessions(ctx.db, meeting.id):
        if row.code.casefold() == code.casefold():
            return row.id
    raise Refused("archive/no_session", code=code)
