"""The proof of a benefit: photos, screenshots, clippings or a link, kept with it, or taken out again."""

from __future__ import annotations

import re

from handlers.context import Context
from handlers.custody import to_file
from handlers.grammar import fold
from handlers.refused import Refused
from handlers.sponsors.desk import Account, photos, ref
from handlers.sponsors.telling import facts, shown
from messages import Message, Offer
from storage import files, sponsors
from storage.files import File
from storage.materials import Material, Scope
from storage.sponsors import Benefit

LONGEST_LINK, MOST_FILES = 500, 20
_FILE = re.compile(r"(?<!\w)F(\d{1,7})(?!\w)", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"'，。；]+", re.IGNORECASE)
_LINK_SAID = re.compile(r"(?<![a-z])links?(?![a-z])|链接|网址", re.IGNORECASE)
_DROP = re.compile(r"\s*(?:drop|remove|without|删除|去掉|撤下)\s*", re.IGNORECASE)


def prove(ctx: Context, row: Benefit, found: Account, words: str) -> Message:
    """Keep the files that came or were named, and the link; ask where there is neither."""
    if drop := _DROP.match(words):
        return _taken_out(ctx, row, found, words[drop.end() :])
    named = [int(number) for number in _FILE.findall(fold(words))]
    link = _LINK.search(words)
    came = to_file(ctx, named) if named else list(ctx.files)
    if not (came or link):
        return _ask(ctx, row, found, words)
    for file in came:
        sponsors.prove(ctx.db, row, _filed(ctx, row, file))
    if len(sponsors.proofs(ctx.db, [row])[row.id]) > MOST_FILES:
        raise Refused("sponsors/many_proofs", most=MOST_FILES)
    if link:
        row.link = _short(link[0])
    return shown(ctx, row, found, did="proven")


def _taken_out(ctx: Context, row: Benefit, found: Account, words: str) -> Message:
    """The files that were named no longer prove it, nor does the link where it, "link" or nothing at all was said."""
    wanted = {f"F{number}" for number in _FILE.findall(fold(words))}
    known = {file.ref: file for file in found.proofs(row)}
    missing = sorted(wanted - known.keys())
    link = _LINK.search(words)
    goes = bool(link or _LINK_SAID.search(fold(words)) or not words)
    other = link[0] != row.link if link else not row.link
    if (goes and other) or not (goes or wanted):
        missing.append(link[0] if link else words or "link")
    if missing:
        raise Refused("sponsors/no_such_proof", text=missing[0], benefit=row)
    sponsors.disprove(ctx.db, row, [known[one] for one in wanted])
    row.link = "" if goes else row.link
    return shown(ctx, row, found, did="unproven")


def _ask(ctx: Context, row: Benefit, found: Account, words: str) -> Message:
    """Photos of the sponsor's own stand are offered: they may be what is wanted."""
    if words.strip():
        raise Refused("sponsors/no_proof", text=words, upload=f"benefit {ref(ctx, row)} proof")
    kept = {file.id for file in found.proofs(row)}
    shots = [one for one in photos(ctx, found.party) if one.id not in kept]
    return ctx.words(
        "sponsors/proof_wanted",
        **facts(found, row),
        party=found.party,
        photos=len(shots),
        buttons=[Offer("photo", f"benefit {ref(ctx, row)} proof {one.ref}", facts={"file": one}) for one in shots],
        upload=f"benefit {ref(ctx, row)} proof",
        tone="ask",
    )


def _filed(ctx: Context, row: Benefit, file: File) -> File:
    """What it is to the meeting, as far as nobody has said so; what came before in the same bytes is there already.

    Raises ``Refused`` for what names attendees: that is nothing to send to a sponsor.
    """
    twin = files.same(ctx.db, ctx.meeting.id, file.digest) if file.meeting_id is None else None
    if twin is not None and twin.id != file.id:
        ctx.db.delete(file)
        ctx.db.flush()
        file = twin
    if file.personal:
        raise Refused("sponsors/personal_proof", file=file, upload=f"benefit {ref(ctx, row)} proof")
    file.meeting_id = ctx.meeting.id
    file.material = file.material or Material.BENEFIT
    file.scope = file.scope or Scope.INTERNAL
    return file


def _short(link: str) -> str:
    if len(link) > LONGEST_LINK:
        raise Refused("sponsors/long", name="link", most=LONGEST_LINK)
    return link
