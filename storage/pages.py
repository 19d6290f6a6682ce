"""What the pages in the browser ask across tables: who is there, what has changed, which file may be had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.checklist import UNFINISHED, Assignment, Task
from storage.conversation import Line
from storage.files import File
from storage.journal import Entry
from storage.people import KEEPERS_OF_LISTS, Account, Person, RoleHolder
from storage.rooms import Room


def accounts(db: Session, workspace_id: int, platform: str) -> Sequence[tuple[Account, Person]]:
    """Everybody who has an account there, in the order in which they came; merged people are left out."""
    question = (
        select(Account, Person)
        .join(Person, Account.person_id == Person.id)
        .where(Account.workspace_id == workspace_id, Account.platform == platform, Person.merged_into.is_(None))
    )
    return [(account, person) for account, person in db.execute(question.order_by(Account.id))]


def pulse(db: Session, workspace_id: int, meeting_id: int | None, now: datetime) -> tuple[int, ...]:
    """Numbers of which at least one differs when the checklist of a meeting, or who has what, looks different."""
    journal = db.scalar(select(func.max(Entry.id)).where(Entry.workspace_id == workspace_id)) or 0
    tasks = select(func.count(), func.coalesce(func.sum(Task.version), 0)).where(Task.meeting_id == meeting_id)
    count, versions = db.execute(tasks).one()
    late = select(func.count()).where(Task.meeting_id == meeting_id, Task.state.in_(UNFINISHED), Task.due_at < now)
    given = select(func.coalesce(func.max(Assignment.id), 0))
    return (meeting_id or 0, journal, count, versions, db.scalar(late) or 0, db.scalar(given) or 0)


def file(db: Session, workspace_id: int, digest: str, *, person_id: int, name: str = "") -> File | None:
    """A file of the workspace with these bytes, if this person may have it.

    What came into somebody else's direct conversation is theirs as long as it is of no meeting. What holds personal
    data is for who brought it, for admins, and for who keeps the meeting's lists. Of several with the same bytes it
    is the one of that name.
    """
    admin = select(Person.id).where(Person.id == person_id, Person.admin)
    keeps = select(RoleHolder.meeting_id).where(
        RoleHolder.person_id == person_id, RoleHolder.role.in_(KEEPERS_OF_LISTS)
    )
    question = (
        select(File)
        .outerjoin(Room, File.room_id == Room.id)
        .where(File.workspace_id == workspace_id, File.digest == digest)
        .where(File.meeting_id.is_not(None) | Room.person_id.is_(None) | (Room.person_id == person_id))
        .where(~File.personal | (File.person_id == person_id) | File.meeting_id.in_(keeps) | admin.exists())
    )
    return db.scalars(question.order_by((File.name != name), File.id).limit(1)).first()


def come(db: Session, platform: str) -> dict[int, int]:
    """How far the conversation in each room of a platform has come, by room id; silent rooms are left out."""
    question = select(Line.room_id, func.max(Line.seen)).join(Room, Line.room_id == Room.id)
    return dict(db.execute(question.where(Room.platform == platform).group_by(Line.room_id)).all())
