"""The first question of every ask: which workspace, who, in which room, about which meeting; one instead of five."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from storage.meetings import Meeting
from storage.people import Account, Person
from storage.prepared import PreparedRows
from storage.rooms import Room
from storage.workspace import Workspace

_WHO = PreparedRows(
    select(Workspace, Person, Room, Meeting)
    .join(
        Account,
        and_(
            Account.workspace_id == Workspace.id,
            Account.platform == bindparam("platform"),
            Account.external == bindparam("account"),
        ),
    )
    .join(Person, Person.id == Account.person_id)
    .join(
        Room,
        and_(
            Room.workspace_id == Workspace.id,
            Room.platform == bindparam("platform"),
            Room.external == bindparam("room"),
        ),
    )
    .outerjoin(Meeting, Meeting.id == Room.meeting_id)
    .where(Workspace.key == bindparam("workspace")),
    *(Workspace, Person, Room, Meeting),
)


def known(
    db: Session, workspace: str, *, platform: str, account: str, room: str
) -> tuple[Workspace, Person, Room] | None:
    """By the workspace's key and the platform's own names of person and room; None while one is still to be met.

    The room's meeting, which most asks are about, is read along: the session then has it.
    """
    who = {"workspace": workspace, "platform": platform, "account": account, "room": room}
    row = next(_WHO.rows(db, who), None)
    if row is None:
        return None
    db.info["meeting"] = row[3]  # a session forgets what nobody holds
    return row[0], row[1], row[2]
