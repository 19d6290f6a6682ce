"""What a person is entitled to: that everything about them is handed out, or erased for good."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Generator, Iterator
from typing import Any

from handlers.context import Context
from handlers.grammar import Text
from handlers.people import rules, whose
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Unreadable, is_sheet, read
from handlers.stored import store as the_store
from messages import Message, Offer
from storage import forgetting, migrations, people, workspace
from storage.base import SCRUB
from storage.files import File, FileStore
from storage.forgetting import Effect
from storage.journal import Erasure
from storage.subjects import Subject

router = Router("people")

_CONFIRMED = re.compile(r"\s*(?:confirm|确认)\s*([0-9a-f]{12})\s*$", re.IGNORECASE)
LARGEST = 32 * 1024 * 1024
"""Bytes of a list that is looked into for somebody."""
GROUPS = {
    "accounts": ("account",),
    "said": ("line",),
    "duties": ("assignment", "watcher", "role_holder", "leave"),
    "entries": ("party", "reach"),
    "came": ("attendee", "roll_row"),
    "spoke": ("speaker",),
    "crew": ("volunteer", "shift"),
    "letters": ("letter",),
    "cases": ("membership_case",),
}
"""What is told of, and the rows that it stands for."""


@router.command(
    "person erase",
    zh="个人信息 删除",
    also=("删除个人信息", "erase person", "forget person", "个人信息删除"),
    secret=True,
)
def erase(ctx: Context, text: Text = "") -> Any:
    """See what would be erased of one person, and erase it for good: person erase P12"""
    said = _CONFIRMED.search(text)
    confirmed = said[1] if said else ""
    done = forgetting.erasure(ctx.db, ctx.workspace.id, confirmed) if confirmed else None
    if done is not None:
        _remove(ctx, done)
        facts = {"subject": done.subject, "entries": len(done.entries), "unread": (), "shared": False}
        return ctx.words("people/erased", **facts, tone="good")
    subject, ref = whose.meant(ctx, "erase", text[: said.start()] if said else text)
    for row in people.some(ctx.db, subject.people).values():
        rules.keep_an_admin(row, people.admins(ctx.db, ctx.workspace.id))
    effect = forgetting.preview(ctx.db, subject)
    digest = digest_of(subject, effect)
    if confirmed != digest:
        return preview(ctx, subject, ref, effect, digest, stale=bool(confirmed))
    if migrations.is_ahead(ctx.db):
        raise Refused("people/newer")
    if ctx.promised:
        return carry_out(ctx, subject, ref, digest)
    ctx.later(f"person erase {ref} confirm {digest}", key=f"erase:{ctx.workspace.id}:{digest}:{secrets.token_hex(8)}")
    return ctx.words("people/erasing", ref=_shown(ref), private=True)


def preview(ctx: Context, subject: Subject, ref: str, effect: Effect, digest: str, *, stale: bool) -> Message:
    offers = [
        Offer("erase", f"person erase {ref} confirm {digest}", primary=True),
        Offer("export", f"person export {ref}"),
    ]
    counts = {name: sum(effect.rows[table] for table in tables) for name, tables in GROUPS.items()}
    return ctx.words(
        "people/erase",
        ref=ref,
        names=[*subject.names, *subject.shared],
        counts=counts,
        lists=len(effect.files),
        mentions=sum(effect.mentions.values()),
        shared=subject.shared,
        stale=stale,
        buttons=offers,
        private=True,
        tone="ask",
    )


def digest_of(subject: Subject, effect: Effect) -> str:
    """Other data, another digest. What is said meanwhile does not count: the question itself is."""
    rows = sorted((name, count) for name, count in effect.rows.items() if name not in {"line", "ticket", "arrival"})
    said = repr((subject, rows, effect.files))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def carry_out(ctx: Context, subject: Subject, ref: str, digest: str) -> Generator[Message, None, Message]:
    """Lists are looked through first, while nothing is locked; then all goes at once, and its bytes after."""
    store = the_store(ctx)
    known = list(forgetting.files(ctx.db, ctx.workspace.id))
    documents = forgetting.documents(ctx.db, ctx.workspace.id)
    yield ctx.words("people/erasing", ref=_shown(ref), private=True)
    naming = [file for file in known if _looked_into(file) and _names(store, file.digest, file.name, subject)]
    written = [digest_ for digest_ in documents if _names(store, digest_, "", subject)]
    unread = [file for file in known if file.personal and not _looked_into(file)]
    workspace.alone(ctx.db, ctx.workspace.key)
    effect = forgetting.erase(
        ctx.db,
        subject,
        by=None if ctx.person.id in subject.people else ctx.person.id,
        at=ctx.now,
        name=_shown(ref),
        digest=digest,
        files=[file.id for file in naming],
        documents=written,
    )
    ctx.look_again()
    ctx.db.info[SCRUB] = True
    yield ctx.words("people/erasing", ref=_shown(ref), private=True)
    done = forgetting.erasure(ctx.db, ctx.workspace.id, digest)
    if done is not None:
        _remove(ctx, done)
    return ctx.words(
        "people/erased",
        subject=_shown(ref),
        entries=len(effect.entries),
        unread=[file.ref for file in unread[:20]],
        shared=bool(subject.shared),
        private=True,
        tone="good",
    )


def _remove(ctx: Context, done: Erasure) -> None:
    """The bytes, also those that were left when this was cut off before."""
    store = the_store(ctx)
    for digest in forgetting.doomed(ctx.db, done):
        store.remove(digest)


def _shown(ref: str) -> str:
    """A name is not told again."""
    return ref if re.fullmatch(r"P\d+|@#\d+", ref) else "–"


def _looked_into(file: File) -> bool:
    return is_sheet(file.name) and file.size <= LARGEST


def _names(store: FileStore, digest: str, name: str, subject: Subject) -> bool:
    """Whether a list or a text names them; what cannot be read names nobody."""
    finder = subject.finder
    try:
        with store.open(digest) as stream:
            if name:
                return any(finder.mentions(row) for grid in read(name, stream) for row in grid.rows)
            return any(finder.mentions(text) for text in _plain(stream.read(LARGEST)))
    except (Unreadable, OSError):
        return False


def _plain(content: bytes) -> Iterator[str]:
    """What a document that was written for an archive says."""
    if content[:2] == b"PK":
        from io import BytesIO  # noqa: PLC0415

        try:
            yield from (cell for grid in read("x.xlsx", BytesIO(content)) for row in grid.rows for cell in row)
        except Unreadable:
            return
    else:
        yield content.decode("utf-8", "replace")
