"""Whether a workspace's journal is as it was written, from where it begins now to its last entry."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from storage import chain
from storage.base import Session
from storage.journal import GENESIS, Anchor, Entry, Erasure


def verify(db: Session, workspace_id: int) -> tuple[int, list[int]]:
    """How many entries there are, and the numbers of those that do not fit the chain.

    What was erased must be told by a later entry, as must how many entries were pruned: the anchor that is not told
    of counts as the entry whose hash it holds.
    """
    begin = db.get(Anchor, workspace_id)
    first, previous = (begin.seq, begin.hash) if begin else (0, GENESIS)
    broken: list[int] = []
    erased: set[int] = set()
    told: set[int] = set()
    pruned: dict[str, Any] = {}
    count = first
    question = select(Entry).where(Entry.workspace_id == workspace_id).order_by(Entry.seq)
    for entry in db.scalars(question, execution_options={"yield_per": 500}):
        count += 1
        held = _held(entry)
        if held is None or entry.seq != count or entry.previous != previous or entry.hash != chain.link(vars(entry)):
            broken.append(entry.seq)
        else:
            told |= _told(held)
            pruned = _pruned(held) or pruned
            if chain.any_erased(held):
                erased.add(entry.seq)
        previous = entry.hash
    if begin is not None and (pruned.get("seq"), pruned.get("hash")) != (begin.seq, begin.hash):
        broken.append(begin.seq)
    return count - first, sorted({*broken, *(erased - told)})


def _held(entry: Entry) -> dict[str, Any] | None:
    """The body, if it is the one that was hashed, and line and room are those in it."""
    try:
        held = chain.opened(entry.body)
        whole = chain.digest(entry.body) == entry.digest and chain.shown(held) == (entry.line, entry.room)
    except chain.Unfit:
        return None
    return held if whole else None


def _told(held: dict[str, Any]) -> set[int]:
    """The entries of which this one tells that something in them was erased."""
    rows = [one["after"] or {} for one in chain.changes(held) if one["table"] == Erasure.__tablename__]
    return {seq for row in rows for seq in row.get("entries", ())}


def _pruned(held: dict[str, Any]) -> dict[str, Any]:
    found = [one["after"] or {} for one in chain.changes(held) if one["table"] == Anchor.__tablename__]
    return found[-1] if found else {}
