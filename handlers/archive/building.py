"""A version of the archive is built: every file is read and proved, the rest is written, and rows are kept of all."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

from handlers.archive import documents, looking, reading, tree
from handlers.archive.documents import Content, Taken
from handlers.archive.looking import Look
from handlers.archive.reading import Lost
from handlers.context import Context
from handlers.grammar import MeetingNumber, Text
from handlers.refused import Refused
from handlers.router import Router
from handlers.stored import store as the_store
from messages import Message, Offer
from storage import archive, bags, people
from storage.archive import Archive
from storage.bags import Member, Sums
from storage.files import File, FileStore
from storage.meetings import Meeting, MeetingState

router = Router("archive")

LARGEST_DOCUMENT = 200_000_000
STEPS = 10
"""How often a long build says how far it has come."""
MOST_NAMED = 10


@router.command("archive build", zh="归档 生成", also=("build archive", "生成归档", "生成档案"))
def build(ctx: Context, meeting: MeetingNumber = 0, remark: Text = "") -> Any:
    """Build the next version of the archive: archive build M1"""
    found = ctx.meeting_number(meeting or None)
    looking.may_keep(ctx, found)
    if len(remark) > 300:  # noqa: PLR2004  as its column is
        raise Refused("archive/long_remark")
    if ctx.promised:
        return make(ctx, found, the_store(ctx), remark)
    look = looking.look(ctx, found)
    if not look.held.files and not look.held.elsewhere:
        raise Refused("archive/nothing", meeting=found, buttons=[Offer("check", f"archive check M{found.number}")])
    newest = archive.newest(ctx.db, found.id)
    number = newest.number + 1 if newest else 1
    # Two presses within a minute mean one version.
    key = f"archive:{found.id}:{number}:{ctx.now:%Y-%m-%dT%H:%M}"
    ctx.later(f"archive build M{found.number} {remark}".strip(), key=key)
    return ctx.words("archive/begun", meeting=found, count=len(look.held.files), number=number)


def make(ctx: Context, meeting: Meeting, store: FileStore, remark: str) -> Generator[Message, None, Message]:
    """The version, once every byte was read; meanwhile nothing is locked, and it says how far it has come."""
    look = looking.look(ctx, meeting)
    files = look.held.files
    wanted = {file.digest: file.size for file in files}
    done: dict[str, Sums | Lost] = {}
    yield ctx.words("archive/reading", meeting=meeting, done=0, total=len(wanted))
    for digest, found in reading.read(store, wanted):
        done[digest] = found
        if len(done) % max(1, len(wanted) // STEPS) == 0 and len(done) < len(wanted):
            yield ctx.words("archive/reading", meeting=meeting, done=len(done), total=len(wanted))
    before = archive.newest(ctx.db, meeting.id)
    content = _content(ctx, look, done, number=before.number + 1 if before else 1)
    members = _members(ctx, content, store)
    row = _kept(ctx, content, members, remark)
    return _built(ctx, content, row, before)


def _content(ctx: Context, look: Look, done: dict[str, Sums | Lost], *, number: int) -> Content:
    good = [file for file in look.held.files if isinstance(done[file.digest], Sums)]
    paths = tree.placed(look.naming, good)
    return Content(
        look=look,
        number=number,
        taken=[Taken(file, paths[file.id], sums) for file in good if isinstance(sums := done[file.digest], Sums)],
        away=[(row, _away(look, row)) for row in look.held.elsewhere],
        lost=[(file, why) for file in look.held.files if isinstance(why := done[file.digest], Lost)],
        purged=archive.purged(ctx.db, look.meeting.id),
        links=documents.links(ctx, look),
        names=_names(ctx, look, good),
        owners=looking.owners(ctx, look.meeting, (*look.check.gaps, *look.check.excused)),
    )


def _names(ctx: Context, look: Look, files: Sequence[File]) -> dict[int | None, str]:
    """Whoever sent a file, or approved that something does not come."""
    approved = {gap.cell.excuse.approved_by for gap in look.check.excused if gap.cell.excuse}
    ids = {file.person_id for file in files} | {person_id for person_id in approved if person_id}
    return {key: person.name for key, person in people.some(ctx.db, ids).items()}


def _away(look: Look, row: archive.Elsewhere) -> str:
    """Where what stays elsewhere has its place; its number keeps it apart from all others."""
    session = next((one for one in look.held.programme.sessions if one.id == row.session_id), None)
    below = [tree.clean(session.code)] if session else []
    return "/".join((look.naming.folder("recordings"), *below, tree.named(row.ref, row.name)))


def _members(ctx: Context, content: Content, store: FileStore) -> list[tuple[Member, int | None]]:
    """All of the bag, with the rows that they were. What is written for it is now in the store."""
    found: list[tuple[Member, int | None]] = [(Member(one.path, one.sums), one.file.id) for one in content.taken]
    found += [(Member(path, Sums(row.size, row.sha256, row.sha512), row.url), None) for row, path in content.away]
    for path, data in documents.documents(ctx, content).items():
        found.append((Member(path, _put(store, data)), None))
    data = documents.info(ctx, content, [member for member, _ in found])
    return [*found, (Member(bags.INFO, _put(store, data)), None)]


def _put(store: FileStore, data: bytes) -> Sums:
    store.put([data], limit=LARGEST_DOCUMENT)
    return bags.sums_of(data)


def _kept(ctx: Context, content: Content, members: list[tuple[Member, int | None]], remark: str) -> Archive:
    meeting, check = content.look.meeting, content.look.check
    row = Archive(
        meeting_id=meeting.id,
        number=content.number,
        name=content.naming.bag(content.number),
        stage=int(check.stage),
        sealed=meeting.state == MeetingState.CLOSED,
        files=len(content.taken),
        size=sum(member.sums.size for member, _ in members if not member.url),
        complete=check.complete,
        wanted=check.wanted,
        gaps=[gap.key for gap in check.gaps],
        left_out=[[file.ref, str(why)] for file, why in content.lost],
        remark=remark,
        person_id=ctx.person.id,
        at=ctx.now,
    )
    ctx.db.add(row)
    ctx.db.flush()
    archive.add_entries(ctx.db, row.id, members)
    return row


def _built(ctx: Context, content: Content, row: Archive, before: Archive | None) -> Message:
    meeting, check = content.look.meeting, content.look.check
    line = f"M{meeting.number}"
    offers = [
        Offer("get", f"archive get {line} v{row.number}", primary=True),
        Offer("check", f"archive check {line}"),
        Offer("verify", f"archive verify {line}"),
        Offer("versions", f"archive list {line}"),
    ]
    return ctx.words(
        "archive/built",
        meeting=meeting,
        row=row,
        before=before,
        change=_change(ctx, row, before) if before else None,
        check=check,
        lost=content.lost[:MOST_NAMED],
        more_lost=max(0, len(content.lost) - MOST_NAMED),
        purged=len(content.purged),
        buttons=offers,
        tone="warn" if content.lost else "good",
    )


def _change(ctx: Context, row: Archive, before: Archive) -> dict[str, list[str]]:
    """What was added, changed and is gone since the version before: names of files, by their places."""
    old, new = (dict(archive.sums_of_files(ctx.db, one.id).values()) for one in (before, row))
    return {
        "added": list(_last(path for path in new if path not in old)),
        "changed": list(_last(path for path in new if path in old and old[path] != new[path])),
        "gone": list(_last(path for path in old if path not in new)),
    }


def _last(paths: Iterator[str]) -> Iterator[str]:
    return (path.rpartition("/")[2] for path in sorted(paths))
