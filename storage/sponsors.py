"""Sponsors, what was promised to them line by line, and what they got."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.files import File
from storage.parties import Party


class Sponsor(Base):
    """A unit that paid for a part of a meeting, in ``cash`` or ``in_kind`` (its agreed value), in its currency.

    ``addressee_id`` is whom letters to it reach. ``dispute`` says what is not settled with it, if anything.
    """

    __tablename__ = "sponsor"
    __table_args__ = (UniqueConstraint("meeting_id", "party_id"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    party_id: Mapped[int] = mapped_column(ForeignKey(Party.id), index=True)
    tier: Mapped[str] = mapped_column(String(50), default="")
    contract_no: Mapped[str] = mapped_column(String(100), default="")
    cash: Mapped[Decimal | None]
    in_kind: Mapped[Decimal | None]
    addressee_id: Mapped[int | None] = mapped_column(ForeignKey(Party.id), index=True)
    dispute: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form

    @property
    def disputed(self) -> bool:
        return bool(self.dispute)


class BenefitState(StrEnum):
    """Of a sponsor benefit. WAIVED: the sponsor did not want it."""

    PROMISED = "promised"
    DELIVERED = "delivered"
    PARTLY = "partly"
    NOT_DELIVERED = "not_delivered"
    WAIVED = "waived"


class Benefit(Base):
    """One thing that a sponsor was promised: ``number`` is the B of ``B3`` in the meeting.

    ``promised`` and ``delivered`` are quantities in ``unit`` (places, prints, minutes); ``method`` says how they were
    counted. ``file_id`` is the first file that proves it, ``BenefitFile`` has the others. What fell short has an
    ``explanation`` and, where there is one, how it is made good.
    """

    __tablename__ = "benefit"
    __table_args__ = (UniqueConstraint("meeting_id", "number"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    sponsor_id: Mapped[int] = mapped_column(ForeignKey(Sponsor.id, ondelete="CASCADE"), index=True)
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(300))
    promised: Mapped[Decimal | None]
    unit: Mapped[str] = mapped_column(String(30), default="")
    delivered: Mapped[Decimal | None]
    where: Mapped[str] = mapped_column(String(200), default="")
    when: Mapped[str] = mapped_column(String(100), default="")
    method: Mapped[str] = mapped_column(String(200), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey(File.id))
    link: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[BenefitState] = mapped_column(String(20), default=BenefitState.PROMISED)
    explanation: Mapped[str] = mapped_column(String(300), default="")
    make_good: Mapped[str] = mapped_column(String(300), default="")
    told_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    told_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form

    @property
    def ref(self) -> str:
        return f"B{self.number}"


class BenefitFile(Base):
    """One more file that proves a benefit, beside the first: a photo of each print."""

    __tablename__ = "benefit_file"
    __table_args__ = (UniqueConstraint("benefit_id", "file_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    benefit_id: Mapped[int] = mapped_column(ForeignKey(Benefit.id, ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey(File.id))


def of_meeting(db: Session, meeting_id: int) -> Sequence[Sponsor]:
    """Without those of parties that were found to be another, who has it all."""
    question = select(Sponsor).join(Party, Sponsor.party_id == Party.id)
    question = question.where(Sponsor.meeting_id == meeting_id, Party.same_as.is_(None))
    return db.scalars(question.order_by(Sponsor.id)).all()


def benefits(db: Session, meeting_id: int) -> Sequence[Benefit]:
    """By number: a sponsor's stand in the order in which they were promised."""
    return db.scalars(select(Benefit).where(Benefit.meeting_id == meeting_id).order_by(Benefit.number)).all()


def proofs(db: Session, benefits: Iterable[Benefit]) -> dict[int, list[File]]:
    """The files that prove each benefit, by its id, the first one first; without what was dropped or purged."""
    rows = list(benefits)
    found: dict[int, list[int]] = {row.id: [row.file_id] if row.file_id else [] for row in rows}
    for more in db.scalars(select(BenefitFile).where(BenefitFile.benefit_id.in_(found)).order_by(BenefitFile.id)):
        found[more.benefit_id].append(more.file_id)
    kept = (File.dropped_at.is_(None), File.purged_at.is_(None))
    wanted = {file_id for some in found.values() for file_id in some}
    known = {file.id: file for file in db.scalars(select(File).where(File.id.in_(wanted), *kept))}
    return {row_id: [known[file_id] for file_id in some if file_id in known] for row_id, some in found.items()}


def prove(db: Session, benefit: Benefit, file: File) -> None:
    """The file is one of the proofs, once however often that is said; a first one that is gone makes room."""
    known = [one.id for one in proofs(db, [benefit])[benefit.id]]
    if file.id in known:
        return
    if benefit.file_id not in known:
        benefit.file_id = file.id
    else:
        db.add(BenefitFile(benefit_id=benefit.id, file_id=file.id))
    db.flush()


def disprove(db: Session, benefit: Benefit, gone: Iterable[File]) -> None:
    """These are no proofs any more; the next one becomes the first."""
    ids = {file.id for file in gone}
    wanted = (BenefitFile.benefit_id == benefit.id, BenefitFile.file_id.in_(ids))
    for row in db.scalars(select(BenefitFile).where(*wanted)).all():
        db.delete(row)
    db.flush()
    if benefit.file_id not in ids:
        return
    others = select(BenefitFile).where(BenefitFile.benefit_id == benefit.id).order_by(BenefitFile.id)
    following = db.scalars(others.limit(1)).first()
    benefit.file_id = following.file_id if following else None
    if following is not None:
        db.delete(following)
    db.flush()


def remove(db: Session, sponsor: Sponsor) -> None:
    """With what it was promised and what proves that, each in its own row of the journal."""
    rows = db.scalars(select(Benefit).where(Benefit.sponsor_id == sponsor.id)).all()
    ids = [row.id for row in rows]
    for more in db.scalars(select(BenefitFile).where(BenefitFile.benefit_id.in_(ids))).all():
        db.delete(more)
    db.flush()
    for row in rows:
        db.delete(row)
    db.flush()
    db.delete(sponsor)
    db.flush()


def by_number(db: Session, meeting_id: int, number: int) -> Benefit | None:
    return db.scalar(select(Benefit).where(Benefit.meeting_id == meeting_id, Benefit.number == number))


def of_party(db: Session, meeting_id: int, party_id: int) -> Sponsor | None:
    return db.scalar(select(Sponsor).where(Sponsor.meeting_id == meeting_id, Sponsor.party_id == party_id))


def next_number(db: Session, meeting_id: int) -> int:
    return (db.scalar(select(func.max(Benefit.number)).where(Benefit.meeting_id == meeting_id)) or 0) + 1
