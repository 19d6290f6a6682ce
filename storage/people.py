"""People, their accounts on platforms, their roles in a meeting, and when they are away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import workspace
from storage.base import Base


class Role(StrEnum):
    """Who usually owns an item; a role is held by people, meeting by meeting."""

    LEAD = "lead"
    SECRETARY = "secretary"
    FINANCE = "finance"
    PROGRAMME = "programme"
    PUBLICITY = "publicity"
    SPONSORSHIP = "sponsorship"
    MEMBERSHIP = "membership"
    LOGISTICS = "logistics"
    VOLUNTEERS = "volunteers"
    RECORDS = "records"


KEEPERS_OF_LISTS = frozenset({Role.LEAD, Role.SECRETARY, Role.MEMBERSHIP, Role.LOGISTICS})
"""Who may have lists of people with their telephones."""
KEEPERS_OF_CONTACTS = KEEPERS_OF_LISTS | {Role.PROGRAMME, Role.PUBLICITY, Role.SPONSORSHIP, Role.VOLUNTEERS}
"""Who keeps the address book: also those who look after speakers, media, sponsors and volunteers."""


class Person(Base):
    """Somebody of the team. Empty ``locale`` and ``zone`` mean: as the room or the workspace has it.

    ``department`` is told by a platform that knows it, to tell people of one name apart. ``erased_at``: nothing is
    known any more of who that was; what they did stays done.
    """

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    locale: Mapped[str] = mapped_column(String(10), default="")
    zone: Mapped[str] = mapped_column(String(60), default="")
    department: Mapped[str] = mapped_column(String(100), default="")
    admin: Mapped[bool] = mapped_column(default=False)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    erased_at: Mapped[datetime | None]


class Account(Base):
    """A person as one platform knows them; ``password`` only where the browser asks for one (scrypt, salted)."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("workspace_id", "platform", "external"),)
    secret: ClassVar[frozenset[str]] = frozenset({"password"})
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    external: Mapped[str] = mapped_column(String(200))
    password: Mapped[str] = mapped_column(String(200), default="")


class LinkCode(Base):
    """A one-time code that proves two accounts belong to one person; only its digest is kept."""

    __tablename__ = "link_code"
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    expires_at: Mapped[datetime]


class LinkTry(Base):
    """A wrong code that somebody gave; they are counted, so that nobody can guess."""

    __tablename__ = "link_try"
    journalled: ClassVar[bool] = False
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]


class RoleHolder(Base):
    __tablename__ = "role_holder"
    __table_args__ = (UniqueConstraint("meeting_id", "role", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(String(20))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class Leave(Base):
    """Away from ``first`` to ``last``, both included; ``cover_id`` gets the nudges meanwhile."""

    __tablename__ = "leave"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    first: Mapped[date]
    last: Mapped[date]
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


def get(db: Session, person_id: int) -> Person:
    """The person; whoever was merged into another is that other."""
    person = db.get_one(Person, person_id)
    return person if person.merged_into is None else get(db, person.merged_into)


def account(db: Session, workspace_id: int, platform: str, external: str) -> Account | None:
    return db.scalar(
        select(Account).where(
            Account.workspace_id == workspace_id, Account.platform == platform, Account.external == external
        )
    )


def accounts_of(db: Session, person_id: int) -> Sequence[Account]:
    return db.scalars(select(Account).where(Account.person_id == person_id).order_by(Account.id)).all()


def met(db: Session, workspace_id: int, platform: str, external: str, *, name: str = "") -> Person:
    """The person behind an account; somebody new is added, and the first person of a workspace is its admin."""
    known = account(db, workspace_id, platform, external)
    if known is None and workspace.waited(db, workspace.get(db, workspace_id).key):
        known = account(db, workspace_id, platform, external)
    if known is not None:
        return get(db, known.person_id)
    first = db.scalar(select(Person.id).where(Person.workspace_id == workspace_id).limit(1)) is None
    person = Person(workspace_id=workspace_id, name=name or external, admin=first)
    db.add(person)
    db.flush()
    db.add(Account(workspace_id=workspace_id, person_id=person.id, platform=platform, external=external))
    db.flush()
    return person


def everyone(db: Session, workspace_id: int) -> Sequence[Person]:
    """All people of the workspace, by name, without those who were merged into another or erased."""
    question = select(Person).where(
        Person.workspace_id == workspace_id, Person.merged_into.is_(None), Person.erased_at.is_(None)
    )
    return db.scalars(question.order_by(Person.name, Person.id)).all()


def some(db: Session, ids: Iterable[int]) -> dict[int, Person]:
    """The people by the ids that were asked for."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.scalars(select(Person).where(Person.id.in_(wanted))).all()
    return {row.id: row if row.merged_into is None else get(db, row.merged_into) for row in rows}


def holding(db: Session, meeting_ids: Iterable[int]) -> dict[tuple[int, str], list[int]]:
    """Person ids by meeting and role."""
    found: dict[tuple[int, str], list[int]] = {}
    question = select(RoleHolder.meeting_id, RoleHolder.role, RoleHolder.person_id)
    question = question.where(RoleHolder.meeting_id.in_(list(meeting_ids))).order_by(RoleHolder.id)
    for meeting_id, role, person_id in db.execute(question):
        found.setdefault((meeting_id, role), []).append(person_id)
    return found


def roles_of(db: Session, meeting_id: int, person_id: int) -> frozenset[Role]:
    question = select(RoleHolder.role).where(RoleHolder.meeting_id == meeting_id, RoleHolder.person_id == person_id)
    return frozenset(Role(role) for role in db.scalars(question))


def meetings_of(db: Session, person_id: int) -> frozenset[int]:
    """The meetings in which a person holds a role."""
    return frozenset(db.scalars(select(RoleHolder.meeting_id).where(RoleHolder.person_id == person_id)))


def holders(db: Session, meeting_id: int) -> Sequence[RoleHolder]:
    return db.scalars(select(RoleHolder).where(RoleHolder.meeting_id == meeting_id).order_by(RoleHolder.id)).all()


def leaves_from(db: Session, person_id: int, day: date) -> Sequence[Leave]:
    return db.scalars(select(Leave).where(Leave.person_id == person_id, Leave.last >= day).order_by(Leave.first)).all()


def leaves_between(db: Session, person_id: int, first: date, last: date) -> Sequence[Leave]:
    """The person's leaves that share a day with this span."""
    question = select(Leave).where(Leave.person_id == person_id, Leave.first <= last, Leave.last >= first)
    return db.scalars(question.order_by(Leave.first)).all()


def covered_by(db: Session, person_id: int, first: date, last: date) -> Sequence[Leave]:
    """The leaves of others which the person covers on a day of this span."""
    question = select(Leave).where(Leave.cover_id == person_id, Leave.first <= last, Leave.last >= first)
    return db.scalars(question.order_by(Leave.first)).all()


def all_leaves_from(db: Session, workspace_id: int, day: date) -> Sequence[Leave]:
    """Everybody's leaves that are not over by that day, the earliest first."""
    question = select(Leave).join(Person, Leave.person_id == Person.id)
    question = question.where(Person.workspace_id == workspace_id, Leave.last >= day)
    return db.scalars(question.order_by(Leave.first, Leave.id)).all()


def admins(db: Session, workspace_id: int) -> Sequence[Person]:
    question = select(Person).where(
        Person.workspace_id == workspace_id, Person.admin.is_(True), Person.merged_into.is_(None)
    )
    return db.scalars(question.order_by(Person.id)).all()


def accounts(db: Session, workspace_id: int) -> dict[int, list[Account]]:
    """Every account of the workspace, by person."""
    found: dict[int, list[Account]] = {}
    for row in db.scalars(select(Account).where(Account.workspace_id == workspace_id).order_by(Account.id)):
        found.setdefault(row.person_id, []).append(row)
    return found


def holders_of(db: Session, meeting_id: int, role: Role) -> Sequence[RoleHolder]:
    question = select(RoleHolder).where(RoleHolder.meeting_id == meeting_id, RoleHolder.role == role)
    return db.scalars(question.order_by(RoleHolder.id)).all()


def forget_codes(db: Session, person_id: int) -> None:
    """Every code that the person was given is void."""
    db.execute(delete(LinkCode).where(LinkCode.person_id == person_id))


def wrong_tries(db: Session, person_id: int, *, since: datetime) -> int:
    question = select(func.count()).select_from(LinkTry)
    return db.scalar(question.where(LinkTry.person_id == person_id, LinkTry.at > since)) or 0


def link_code(db: Session, digest: str) -> LinkCode | None:
    return db.scalar(select(LinkCode).where(LinkCode.digest == digest))


def nobody(workspace_id: int) -> Person:
    """Who asks when nobody does: the bot itself, speaking in the room's language. Not a row."""
    return Person(workspace_id=workspace_id, name="", locale="", zone="", admin=False)
