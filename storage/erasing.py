"""Everything of one workspace, taken out for good; nothing else in the program deletes what was kept."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, ForeignKey, Select, String, Table, cast, delete, func, literal, select, union_all
from sqlalchemy.orm import Session

from storage.archive import Archive, ArchiveEntry, unnamed
from storage.base import Base
from storage.engines import take_time
from storage.files import File
from storage.meetings import Meeting
from storage.outbox import lane, outbox
from storage.rooms import Room
from storage.tickets import Ticket, TicketFile
from storage.workspace import Workspace


def erase(db: Session, workspace_id: int) -> list[str]:
    """Rows and promises, the journal among them. The digests of files that nobody else has: their bytes are yours.

    Every table must have been imported: one that is not known is not emptied.
    """
    take_time(db.connection())
    on_their_way = select(TicketFile.digest).join(Ticket, TicketFile.ticket_id == Ticket.id)
    theirs = {
        *db.scalars(select(File.digest).where(File.workspace_id == workspace_id)),
        *db.scalars(on_their_way.where(Ticket.workspace_id == workspace_id)),
        *db.scalars(_archived(workspace_id)),
    }
    lanes = lanes_of(workspace_id)
    db.execute(delete(outbox).where(outbox.c.lane.in_(lanes)))
    db.execute(delete(lane).where(lane.c.key.in_(lanes)))
    for table, condition in reversed(list(_doomed(workspace_id))):
        db.execute(delete(table).where(condition))
    return unnamed(db, theirs)


def _archived(workspace_id: int) -> Select[str]:
    """What was written for its archives."""
    of_meeting = select(ArchiveEntry.sha256).join(Archive, ArchiveEntry.archive_id == Archive.id)
    return of_meeting.join(Meeting, Archive.meeting_id == Meeting.id).where(Meeting.workspace_id == workspace_id)


def size(db: Session, workspace_id: int) -> dict[str, int]:
    """What would go, by table: to be told before somebody says yes."""
    counted = {
        table.name: db.scalar(select(func.count()).select_from(table).where(condition)) or 0
        for table, condition in _doomed(workspace_id)
    }
    return {name: count for name, count in counted.items() if count}


def whose(workspace_id: int) -> dict[Table, ColumnElement[bool]]:
    """By table, which rows are one workspace's."""
    return dict(_doomed(workspace_id))


def _doomed(workspace_id: int) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Each table that hangs on a workspace, those that others point at first, and which of its rows go."""
    home = Base.metadata.tables[Workspace.__tablename__]
    found: dict[Table, ColumnElement[bool]] = {home: home.c.id == workspace_id}
    yield home, found[home]
    for table in Base.metadata.sorted_tables:
        link = next(iter(sorted(_links(table, found), key=lambda one: one.column.table is not home)), None)
        if link is not None:
            above = select(link.column).where(found[link.column.table])
            found[table] = link.parent.in_(above)
            yield table, found[table]


def _links(table: Table, found: dict[Table, ColumnElement[bool]]) -> list[ForeignKey]:
    """What each of its rows must have: a link that may be empty says nothing of whose a row is."""
    links = table.foreign_keys if table not in found else ()
    return [link for link in links if not link.parent.nullable and link.column.table in found]


def lanes_of(workspace_id: int) -> ColumnElement[str]:
    """What is said in its rooms, what was heard there, and what the bot promised to itself."""
    of_rooms = (
        select(literal(kind) + cast(Room.id, String)).where(Room.workspace_id == workspace_id)
        for kind in ("room:", "in:")
    )
    return union_all(*of_rooms, select(literal(f"self:{workspace_id}"))).scalar_subquery()
