"""A workspace: one association, its language, its zone and its calendar. Workspaces never mix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, ForeignKey, String, UniqueConstraint, bindparam, event, func, select
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from storage.base import Base
from storage.countries import country_of

ALONE = "alone"
"""In a session's ``info``: the workspace whose turn its transactions take."""
TURN = 0x5455524E  # "TURN": the first half of the locks' numbers
_TURN = select(func.pg_advisory_xact_lock(TURN, func.hashtext(bindparam("key"))))


class Workspace(Base):
    """``country`` is the ISO code whose public holidays are days off, with a part where that matters ("GB-ENG").

    ``photos_a_kind`` is how many photos of each kind each day of a meeting is to leave behind, ``purge_days`` how long
    after a conference its personal data is to go. ``reactions_…`` are the names of the emoji that mean it on a nudge,
    with blanks between them.
    """

    __tablename__ = "workspace"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    locale: Mapped[str] = mapped_column(String(10), default="zh_CN")
    zone: Mapped[str] = mapped_column(String(60), default="Asia/Shanghai")
    country: Mapped[str] = mapped_column(String(10), default="CN")
    nudges_a_day: Mapped[int] = mapped_column(default=3)
    purge_days: Mapped[int] = mapped_column(default=90)
    photos_a_kind: Mapped[int] = mapped_column(default=1)
    reactions_done: Mapped[str] = mapped_column(
        String(600), default="white_check_mark heavy_check_mark ballot_box_with_check"
    )
    reactions_started: Mapped[str] = mapped_column(String(600), default="eyes")
    reactions_tomorrow: Mapped[str] = mapped_column(String(600), default="zzz")

    @property
    def association(self) -> str:
        """Its name as letters may bear it; empty while nobody has named it and it is called by its key."""
        return "" if self.name == self.key else self.name


class DayRule(Base):
    """One day that the workspace works or has off, whatever the public calendar says."""

    __tablename__ = "day_rule"
    __table_args__ = (UniqueConstraint("workspace_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    day: Mapped[date]
    worked: Mapped[bool]


def get(db: Session, workspace_id: int) -> Workspace:
    return db.get_one(Workspace, workspace_id)


def find(db: Session, key: str) -> Workspace | None:
    return db.scalar(select(Workspace).where(Workspace.key == key))


def everyone(db: Session) -> Sequence[Workspace]:
    """All of them, the oldest first."""
    return db.scalars(select(Workspace).order_by(Workspace.id)).all()


def alone(db: Session, key: str) -> None:
    """Commands of one workspace are carried out one after another: this one, in each transaction of the session.

    What is numbered without a gap, its tasks and its journal's entries, then never clashes. On SQLite, which has one
    writer, that is so anyhow; on PostgreSQL whoever comes next waits until the transaction has ended.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.info[ALONE] = key
        db.connection()


def waited(db: Session, key: str) -> bool:
    """Take the workspace's turn in this transaction; whether others may have added something while that was waited for.

    Who adds what is there once asks a second time then.
    """
    if db.get_bind().dialect.name != "postgresql":
        return False
    db.execute(_TURN, {"key": key})
    return True


@event.listens_for(Session, "after_begin")
def _take_turn(db: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    key = db.info.get(ALONE)
    if key is not None:
        connection.execute(_TURN, {"key": key})


def by_key(db: Session, key: str, *, locale: str = "zh_CN", zone: str = "Asia/Shanghai") -> Workspace:
    """The workspace of that key; made with these settings when it is met for the first time."""
    found = find(db, key)
    if found is None and waited(db, key):
        found = find(db, key)
    if found is None:
        found = Workspace(key=key, name=key, locale=locale, zone=zone, country=country_of(zone))
        db.add(found)
        db.flush()
    return found


def day_rules(db: Session, workspace_id: int) -> dict[date, bool]:
    rows = db.execute(select(DayRule.day, DayRule.worked).where(DayRule.workspace_id == workspace_id))
    return {row.day: row.worked for row in rows}


def day_rules_of(db: Session, workspace_ids: Iterable[int]) -> dict[int, dict[date, bool]]:
    """The same of several workspaces, by id."""
    wanted = list(workspace_ids)
    found: dict[int, dict[date, bool]] = {workspace_id: {} for workspace_id in wanted}
    question = select(DayRule.workspace_id, DayRule.day, DayRule.worked).where(DayRule.workspace_id.in_(wanted))
    for workspace_id, day, worked in db.execute(question):
        found[workspace_id][day] = worked
    return found


def day_rule(db: Session, workspace_id: int, day: date) -> DayRule | None:
    return db.scalar(select(DayRule).where(DayRule.workspace_id == workspace_id, DayRule.day == day))


def mark_day(db: Session, workspace_id: int, day: date, *, worked: bool | None) -> None:
    """Say of one day whether it is worked; None leaves it to the public calendar again."""
    rule = day_rule(db, workspace_id, day)
    if worked is None:
        if rule is not None:
            db.delete(rule)
    elif rule is None:
        db.add(DayRule(workspace_id=workspace_id, day=day, worked=worked))
    else:
        rule.worked = worked
    db.flush()
