"""Old entries of the journal go, some at a time, and the rest still verifies from where it then begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from storage import journal
from storage.base import Session
from storage.journal import Anchor, Change, Entry, EntryTask
from storage.workspace import Workspace


def old(db: Session, *, before: datetime) -> Sequence[tuple[int, str]]:
    """Id and key of the workspaces whose journal begins before then."""
    first = select(Entry.at).where(Entry.workspace_id == Workspace.id).order_by(Entry.seq).limit(1)
    question = select(Workspace.id, Workspace.key).where(first.scalar_subquery() < before)
    return [(place_id, key) for place_id, key in db.execute(question.order_by(Workspace.id))]


def prune(db: Session, workspace_id: int, *, before: datetime, now: datetime, most: int = 1000) -> bool:
    """The first entries, at most ``most``, up to the first that is not from before then; True if there may be more.

    The newest stays, whatever its age, so that there is always one that tells of the anchor. What was pruned is told
    by an entry of its own.
    """
    wanted = select(Entry.id, Entry.seq, Entry.hash, Entry.at).where(Entry.workspace_id == workspace_id)
    rows = db.execute(wanted.order_by(Entry.seq).limit(most + 1)).all()
    going = []
    for row in rows[:-1]:
        if row.at >= before:
            break
        going.append(row)
    if not going:
        return False
    free = {"synchronize_session": False}
    ids = select(Entry.id).where(Entry.workspace_id == workspace_id, Entry.seq <= going[-1].seq)
    db.execute(delete(EntryTask).where(EntryTask.entry_id.in_(ids)), execution_options=free)
    db.execute(
        delete(Entry).where(Entry.workspace_id == workspace_id, Entry.seq <= going[-1].seq), execution_options=free
    )
    anchor = db.get(Anchor, workspace_id) or Anchor(workspace_id=workspace_id)
    anchor.seq, anchor.hash, anchor.at = going[-1].seq, going[-1].hash, now
    db.add(anchor)
    db.flush()
    _tell(db, anchor)
    return len(going) == most


def _tell(db: Session, anchor: Anchor) -> None:
    after = {"seq": anchor.seq, "hash": anchor.hash}
    journal.append(
        db,
        anchor.workspace_id,
        at=anchor.at,
        person_id=None,
        meeting_id=None,
        platform="self",
        room="",
        line="",
        changes=[Change(Anchor.__tablename__, anchor.workspace_id, None, after)],
    )
