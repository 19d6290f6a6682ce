"""Personal data goes when its time is over: shown first, confirmed by a button, and told in the next archive."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Annotated, Any

from handlers.context import Context
from handlers.grammar import MeetingNumber, Numbered, OneOf, OneWord
from handlers.permissions import admin, allow, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from handlers.stored import store as the_store
from messages import Entry, Message, Offer
from storage import archive
from storage.archive import Personal, Purge
from storage.files import FileStore
from storage.journal import Change
from storage.meetings import Meeting

router = Router("archive")

SHORTEST, LONGEST = 7, 3650
MOST_NAMED = 15

Days = Annotated[int, Numbered.like(r"(?:E\+)?\s*(\d{1,5})\s*(?:days?|天)?(?![\w-])")]
Confirm = Annotated[str, OneOf({"confirm": ("确认",)})]


@router.command("archive purge after", zh="归档 清除期限", also=("归档清除期限",))
def after(ctx: Context, days: Days = 0) -> Message:
    """How many days after a conference its personal data is to go: archive purge after 90"""
    if not days:
        return ctx.words("archive/purge_after", days=ctx.workspace.purge_days, changed=False)
    allow(ctx, admin, None)
    if not SHORTEST <= days <= LONGEST:
        raise Refused("archive/purge_days", least=SHORTEST, most=LONGEST)
    ctx.workspace.purge_days = days
    ctx.db.flush()
    archive.look_again(ctx.db, ctx.workspace.id, ctx.now)
    return ctx.words("archive/purge_after", days=days, changed=True, buttons=[Offer("undo", "undo")], tone="good")


@router.command("archive purge", zh="归档 清除", also=("purge", "清除个人信息", "归档清除"))
def purge(ctx: Context, meeting: MeetingNumber = 0, confirm: Confirm = "", digest: OneWord = "") -> Any:
    """See what personal data is still kept, and remove it for good: archive purge M1"""
    found = ctx.meeting_number(meeting or None)
    allow(ctx, run_meeting, found)
    held = archive.personal(ctx.db, found.id)
    if confirm and digest and ctx.promised:
        return remove(ctx, found, the_store(ctx), digest)
    if not held.any and not (confirm and _left(ctx, found)):
        return ctx.words("archive/purge_nothing", meeting=found, due=_due(ctx, found), last=_last(ctx, found))
    if held.any and (not confirm or digest != digest_of(held)):
        return preview(ctx, found, held, stale=bool(confirm))
    ctx.later(f"archive purge M{found.number} confirm {digest}", key=f"purge:{found.id}:{secrets.token_hex(8)}")
    return ctx.words("archive/purging", meeting=found)


def preview(ctx: Context, meeting: Meeting, held: Personal, *, stale: bool = False) -> Message:
    """What would go; the button names exactly this."""
    line = f"archive purge M{meeting.number} confirm {digest_of(held)}"
    return ctx.words(
        "archive/purge",
        meeting=meeting,
        marked=len(held.files),
        people=held.people,
        due=_due(ctx, meeting),
        stale=stale,
        more=max(0, len(held.files) - MOST_NAMED),
        rows=[Entry({"file": file}) for file in held.files[:MOST_NAMED]],
        buttons=[Offer("purge", line, primary=True), Offer("build", f"archive build M{meeting.number}")],
        tone="ask",
    )


def _last(ctx: Context, meeting: Meeting) -> Purge:
    return archive.last_purge(ctx.db, meeting.id) or Purge(files=0, people=0)


def _due(ctx: Context, meeting: Meeting) -> datetime:
    return archive.purge_due(ctx.workspace, meeting)


def _left(ctx: Context, meeting: Meeting) -> bool:
    """Whether bytes that were to go are still there: what removed them was cut off."""
    digests = archive.unused(ctx.db, {file.digest for file in archive.purged(ctx.db, meeting.id)})
    return any(the_store(ctx).has(one) for one in digests)


def digest_of(held: Personal) -> str:
    """Other data, another digest: who confirms one has seen exactly this."""
    said = repr((held.rows, [file.id for file in held.files]))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def remove(ctx: Context, meeting: Meeting, store: FileStore, digest: str) -> Generator[Message, None, Message]:
    """First the rows say so, for good; then the bytes go. Run again, it removes what was left."""
    held = archive.personal(ctx.db, meeting.id)
    if held.any and digest_of(held) == digest:
        _mark(ctx, meeting, held)
    digests = archive.unused(ctx.db, {file.digest for file in archive.purged(ctx.db, meeting.id)})
    yield ctx.words("archive/purging", meeting=meeting)
    for one in digests:
        store.remove(one)
    offers = [Offer("build", f"archive build M{meeting.number}", primary=True)]
    return ctx.words("archive/purged_now", meeting=meeting, last=_last(ctx, meeting), buttons=offers, tone="good")


def _mark(ctx: Context, meeting: Meeting, held: Personal) -> None:
    row = archive.purge(ctx.db, meeting.id)
    for file in held.files:
        file.purged_at, file.meeting_id = ctx.now, meeting.id
    archive.forget_people(ctx.db, meeting.id, row.at)
    row.at, row.person_id, row.files, row.people = ctx.now, ctx.person.id, len(held.files), held.people
    ctx.db.flush()


@router.after_undo
def stands(ctx: Context, changes: Sequence[Change]) -> None:
    """Raises ``Refused``: a version that was built may be in somebody's hands, and what was purged is gone."""
    if any(change.table == "workspace" and "purge_days" in (change.after or {}) for change in changes):
        archive.look_again(ctx.db, ctx.workspace.id, ctx.now)
    for change in changes:
        if change.table == "archive":
            raise Refused("archive/stands", buttons=[Offer("versions", "archive list")])
        if change.table == "purge" or (
            change.table == "file" and "purged_at" in (change.after or {}) and change.before
        ):
            raise Refused("archive/gone")
