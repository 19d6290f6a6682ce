"""Letters of thanks: what they are made from, each as it was drafted, approved and sent, and what came back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Row, String, Text, UniqueConstraint, cast, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base
from storage.files import File
from storage.parties import Party


class Audience(StrEnum):
    """Whom letters are for, the highest first: who belongs to several gets the letter of the first.

    NO_SHOWS registered and did not come; nothing thanks them for coming.
    """

    SPEAKERS = "speakers"
    SPONSORS = "sponsors"
    PARTNERS = "partners"
    VOLUNTEERS = "volunteers"
    MEMBERS = "members"
    ATTENDEES = "attendees"
    NO_SHOWS = "no_shows"


BULK = frozenset({Audience.ATTENDEES, Audience.NO_SHOWS, Audience.MEMBERS})
"""Letters to many at once: each says how to get no more of them."""


class LetterState(StrEnum):
    """DRAFT waits for a person's eye; BLOCKED lacks something; SKIPPED is not to be written.

    APPROVED may go out; SENT was promised to the mail or the chat; PRINTED is on paper; POSTED is under way.
    """

    DRAFT = "draft"
    BLOCKED = "blocked"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    APPROVED = "approved"
    SENT = "sent"
    PRINTED = "printed"
    POSTED = "posted"


GONE = frozenset({LetterState.SENT, LetterState.PRINTED, LetterState.POSTED})
"""They are on their way, and are never written again."""


class Way(StrEnum):
    """How a letter reaches its reader."""

    MAIL = "mail"
    CHAT = "chat"
    PRINT = "print"


UNDER_WAY = text("state = 'sent' AND sent_at IS NULL")
"""Of a letter: promised, and nothing more is written down of it yet. They are few, however many letters there are."""


class LetterTemplate(Base):
    """An association's own words for an audience and a language; the newest that is not retired counts.

    ``parts`` are its texts by name (subject, title, salutation, body, closing, signature), each a small template.
    ``file_id`` is the DOCX, where staff edit one in a word processor.
    """

    __tablename__ = "letter_template"
    __table_args__ = (UniqueConstraint("workspace_id", "audience", "locale", "number"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    audience: Mapped[Audience] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    parts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    file_id: Mapped[int | None] = mapped_column(ForeignKey(File.id))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Fact(Base):
    """Something true of a meeting that letters may say: a figure, a decision, a link; ``source`` says how one knows."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("meeting_id", "name", "locale"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(50))
    locale: Mapped[str] = mapped_column(String(10), default="")
    value: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(200), default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Letter(Base):
    """One letter to one party: ``number`` is the L of ``L12`` in the meeting.

    ``content`` is the letter as every medium draws it (``messages.papers.Paper``), ``digest`` its SHA-256. ``facts``
    are those it was made from; ``template`` says by which version (``built-in/1``, ``own/3``). ``blocked`` names what
    is missing. ``approved_digest`` is that of the text that was approved: another text is not approved. ``key`` is the
    outbox's, by which one knows when it went.
    """

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        Index("ix_letter_under_way", "key", sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    number: Mapped[int]
    audience: Mapped[Audience] = mapped_column(String(20))
    party_id: Mapped[int] = mapped_column(ForeignKey(Party.id), index=True)
    locale: Mapped[str] = mapped_column(String(10))
    template: Mapped[str] = mapped_column(String(30))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    edited: Mapped[bool] = mapped_column(default=False)
    assisted: Mapped[bool] = mapped_column(default=False)
    blocked: Mapped[list[Any]] = mapped_column(JSON, default=list)
    state: Mapped[LetterState] = mapped_column(String(20), default=LetterState.DRAFT)
    reason: Mapped[str] = mapped_column(String(300), default="")
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    approved_digest: Mapped[str] = mapped_column(String(64), default="")
    way: Mapped[Way | None] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(300), default="")
    key: Mapped[str] = mapped_column(String(120), default="", index=True)
    tracking: Mapped[str] = mapped_column(String(100), default="")
    sent_at: Mapped[datetime | None]
    at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form

    @property
    def ref(self) -> str:
        return f"L{self.number}"


class EchoKind(StrEnum):
    """What came back of a letter. SEALED: somebody put the seal on it, and says so."""

    REPLY = "reply"
    BOUNCE = "bounce"
    SEALED = "sealed"


class Echo(Base):
    """What is known of a letter after it went; ``text`` is what was answered, or the mail server's code."""

    __tablename__ = "echo"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey(Letter.id, ondelete="CASCADE"), index=True)
    kind: Mapped[EchoKind] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Suppression(Base):
    """An address (folded) to which nothing is mailed any more: it bounced, or its owner said so.

    Of somebody who was erased only a hash is kept (``veiled``).
    """

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("workspace_id", "email"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    email: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]

    @property
    def veiled(self) -> bool:
        return self.email.startswith("#")


class Letterhead(Base):
    """What stands at the head and the foot of an association's letters, in one language."""

    __tablename__ = "letterhead"
    __table_args__ = (UniqueConstraint("workspace_id", "locale"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    locale: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    postcode: Mapped[str] = mapped_column(String(12), default="")
    phone: Mapped[str] = mapped_column(String(50), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    signatory: Mapped[str] = mapped_column(String(100), default="")
    signatory_title: Mapped[str] = mapped_column(String(100), default="")


def message_id(key: str, digest: str, domain: str) -> str:
    """Of the mail that keeps the promise of that key: the same however often it is tried, and told from others' here.

    ``domain`` is the sender's; ``digest`` that of the letter.
    """
    return f"<{key.replace(':', '.')}.{digest[:12]}@{domain}>"


def next_number(db: Session, meeting_id: int) -> int:
    return (db.scalar(select(func.max(Letter.number)).where(Letter.meeting_id == meeting_id)) or 0) + 1


def of_meeting(db: Session, meeting_id: int, *audiences: Audience) -> Sequence[Letter]:
    """By number; with ``audiences`` only those to these."""
    question = select(Letter).where(Letter.meeting_id == meeting_id)
    if audiences:
        question = question.where(Letter.audience.in_(audiences))
    return db.scalars(question.order_by(Letter.number)).all()


def to_party(db: Session, meeting_id: int, party_id: int) -> Sequence[Letter]:
    """By number: two, where two parties were found to be one."""
    wanted = (Letter.meeting_id == meeting_id, Letter.party_id == party_id)
    return db.scalars(select(Letter).where(*wanted).order_by(Letter.number)).all()


def to_parties(db: Session, meeting_id: int, party_ids: Sequence[int], also: Sequence[int] = ()) -> Sequence[Letter]:
    """By number; ``also`` are letters (by id) to who was found to be one of them."""
    question = select(Letter).where(or_(Letter.party_id.in_(party_ids), Letter.id.in_(also)))
    # A sum has no index: else SQLite would go through all letters of the meeting, which are many and long.
    return db.scalars(question.where(Letter.meeting_id + 0 == meeting_id).order_by(Letter.number)).all()


def withdraw_approval(letter: Letter) -> None:
    """Whoever approved it has to be asked again."""
    letter.approved_by, letter.approved_at, letter.approved_digest = None, None, ""


def by_number(db: Session, meeting_id: int, number: int) -> Letter | None:
    return db.scalar(select(Letter).where(Letter.meeting_id == meeting_id, Letter.number == number))


def facts(db: Session, meeting_id: int) -> Sequence[Fact]:
    return db.scalars(select(Fact).where(Fact.meeting_id == meeting_id).order_by(Fact.name, Fact.locale)).all()


class Suppressed(frozenset[str]):
    """Folded addresses, some of them known by a hash only: asked whether one is in it, it knows both."""

    workspace_id: int

    def __contains__(self, email: object) -> bool:
        return super().__contains__(email) or super().__contains__(veiled(self.workspace_id, str(email)))


def suppressed(db: Session, workspace_id: int) -> Suppressed:
    """The folded addresses to which nothing is mailed."""
    found = Suppressed(db.scalars(select(Suppression.email).where(Suppression.workspace_id == workspace_id)))
    found.workspace_id = workspace_id
    return found


def suppressions(db: Session, workspace_id: int) -> Sequence[Suppression]:
    """The newest first."""
    rows = select(Suppression).where(Suppression.workspace_id == workspace_id)
    return db.scalars(rows.order_by(Suppression.at.desc(), Suppression.id.desc())).all()


def veiled(workspace_id: int, email: str) -> str:
    """The hash of a folded address, another in every workspace; it begins as no address does."""
    return f"#{hashlib.sha256(f'{workspace_id}/{email}'.encode()).hexdigest()}"


def letterheads(db: Session, workspace_id: int) -> dict[str, Letterhead]:
    """By language."""
    rows = db.scalars(select(Letterhead).where(Letterhead.workspace_id == workspace_id))
    return {row.locale: row for row in rows}


def templates(db: Session, workspace_id: int) -> dict[tuple[str, str], LetterTemplate]:
    """The one that counts for each audience and language: the newest that is not retired."""
    question = select(LetterTemplate).where(
        LetterTemplate.workspace_id == workspace_id, LetterTemplate.retired_at.is_(None)
    )
    rows = db.scalars(question.order_by(LetterTemplate.number))
    return {(row.audience, row.locale): row for row in rows}


def heads(db: Session, meeting_id: int) -> Sequence[Row[Any]]:
    """Of every letter, by number, what it takes to count them: all but what stands in them."""
    named = (Letter.id, Letter.number, Letter.audience, Letter.party_id, Letter.state, Letter.locale, Letter.edited)
    question = select(*named, Letter.blocked, Letter.reason, Letter.sent_at).where(Letter.meeting_id == meeting_id)
    return db.execute(question.order_by(Letter.number)).all()


def some(db: Session, letter_ids: Sequence[int]) -> dict[int, Letter]:
    """By id."""
    return {row.id: row for row in db.scalars(select(Letter).where(Letter.id.in_(letter_ids)).order_by(Letter.number))}


def forget(db: Session) -> None:
    """Hold no letters in memory any more: what was changed has been written."""
    for row in list(db):
        if isinstance(row, Letter):
            db.expunge(row)


def echoes(db: Session, letter_ids: Sequence[int]) -> Sequence[Echo]:
    """What came back of these letters, the oldest first."""
    return db.scalars(select(Echo).where(Echo.letter_id.in_(letter_ids)).order_by(Echo.id)).all()


def search(db: Session, meeting_id: int, words: str, most: int) -> Sequence[Letter]:
    """Letters to somebody of that name or unit, or that have all of the words in them, the newest first."""
    question = select(Letter).join(Party, Letter.party_id == Party.id).where(Letter.meeting_id == meeting_id)
    text = cast(Letter.content, Text)
    for word in words.split():
        inside = json.dumps(word, ensure_ascii=True)[1:-1]
        question = question.where(
            or_(
                Party.name.icontains(word, autoescape=True),
                Party.unit.icontains(word, autoescape=True),
                text.icontains(word, autoescape=True),
                text.icontains(inside, autoescape=True),
            )
        )
    return db.scalars(question.order_by(Letter.number.desc()).limit(most)).all()


def template_versions(db: Session, workspace_id: int, audience: Audience, locale: str) -> Sequence[LetterTemplate]:
    """All that there ever were for an audience and a language, the oldest first."""
    question = select(LetterTemplate).where(
        LetterTemplate.workspace_id == workspace_id,
        LetterTemplate.audience == audience,
        LetterTemplate.locale == locale,
    )
    return db.scalars(question.order_by(LetterTemplate.number)).all()
