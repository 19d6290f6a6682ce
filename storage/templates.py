"""Checklist templates: what an aftermath consists of, in versions that running checklists pin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, bindparam, select
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from storage.base import Base, columns
from storage.people import Role
from storage.prepared import Prepared


class Priority(StrEnum):
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Words(Shape):
    """One text in both languages."""

    zh: str
    en: str

    def said(self, locale: str) -> str:
        """As it is said to a reader of that language."""
        return self.zh if locale == "zh_CN" else self.en


class NameList(Shape):
    """What colleagues call an item in chat, by language."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


FileType = Literal["photo", "document", "sheet", "audio", "video", "archive"]


class Evidence(Shape):
    """What must be there before an item is done. ``least`` counts files; ``unit`` names what a number counts."""

    kind: Literal["none", "file", "number", "link", "note", "approval"] = "none"
    types: tuple[FileType, ...] = ()
    least: int = 1
    unit: Words | None = None


class Repeats(Shape):
    """Comes again ``every`` 7d, 2w or 3m after its due date, up to ``until`` (a rule such as E+60) if given."""

    every: str
    until: str = ""


class Item(Shape):
    key: str
    title: Words
    how: Words
    due: str
    owner: Role
    because: Words | None = None
    priority: Priority = Priority.NORMAL
    evidence: Evidence = Evidence()
    after: tuple[str, ...] = ()
    optional: bool = False
    repeats: Repeats | None = None
    words: NameList = NameList()


class Phase(Shape):
    key: str
    title: Words
    window: Words | None = None
    items: tuple[Item, ...]


class Content(Shape):
    """A whole template. Keys of phases and items are unique; ``after`` names items and makes no circle."""

    key: str
    version: int
    title: Words
    phases: tuple[Phase, ...]

    def items(self) -> Iterator[tuple[int, Item]]:
        """Every item with the number of its phase, from 1, in order."""
        for number, phase in enumerate(self.phases, 1):
            for item in phase.items:
                yield number, item

    def item(self, key: str) -> Item | None:
        return next((item for _, item in self.items() if item.key == key), None)


def _digest(written: DefaultExecutionContext) -> str:
    text: str = written.get_current_parameters()["content"]  # type: ignore[no-untyped-call]
    return sha256(text.encode()).hexdigest()


class Template(Base):
    """One version, as it was imported: ``source`` is the YAML, ``content`` the same as JSON, ``digest`` its SHA-256."""

    __tablename__ = "template"
    __table_args__ = (UniqueConstraint("workspace_id", "key", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), default=_digest)
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    def read(self) -> Content:
        return _read(self.digest, lambda: self.content)


_known: dict[str, Content] = {}
"""By digest: a version never changes, and everybody reads the same one. Its text is too long to be read each time."""
MOST_KNOWN = 64


def _read(digest: str, text: Callable[[], str]) -> Content:
    found = _known.get(digest)
    if found is None:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        found = _known[digest] = Content.model_validate_json(text())
    return found


_template = columns(Template)
_DIGEST = Prepared(select(_template.digest).where(_template.id == bindparam("template")))
_CONTENT = select(_template.content).where(_template.id == bindparam("template"))


def get(db: Session, template_id: int) -> Template:
    return db.get_one(Template, template_id)


def content(db: Session, template_id: int) -> Content:
    """What a version says, without its source."""
    which = {"template": template_id}
    [(digest,)] = _DIGEST.all(db, which)
    return _read(digest, lambda: db.execute(_CONTENT, which).scalar_one())


def newest(db: Session, workspace_id: int, key: str) -> Template | None:
    question = select(Template).where(Template.workspace_id == workspace_id, Template.key == key)
    return db.scalar(question.order_by(Template.version.desc()).limit(1))


def version(db: Session, workspace_id: int, key: str, number: int) -> Template | None:
    return db.scalar(
        select(Template).where(Template.workspace_id == workspace_id, Template.key == key, Template.version == number)
    )


def newest_of_each(db: Session, workspace_id: int) -> Sequence[Template]:
    """The newest version of every template, by key."""
    newer = aliased(Template)
    beaten = select(newer.id).where(
        newer.workspace_id == workspace_id, newer.key == Template.key, newer.version > Template.version
    )
    question = select(Template).where(Template.workspace_id == workspace_id, ~beaten.exists())
    return db.scalars(question.order_by(Template.key)).all()


def keys(db: Session, workspace_id: int) -> frozenset[str]:
    return frozenset(db.scalars(select(Template.key).where(Template.workspace_id == workspace_id).distinct()))


def standing(db: Session, workspace_id: int, key: str) -> tuple[int, bool] | None:
    """The newest version's number and whether it came with the program, without its text; None if there is none."""
    question = select(Template.version, Template.added_by).where(
        Template.workspace_id == workspace_id, Template.key == key
    )
    row = db.execute(question.order_by(Template.version.desc()).limit(1)).first()
    return (row.version, row.added_by is None) if row else None


def add(
    db: Session, workspace_id: int, content: Content, source: str, *, at: datetime, by: int | None = None
) -> Template:
    """Keep a version, under the number that ``content`` has. ``by`` is None for what came with the program."""
    row = Template(
        workspace_id=workspace_id,
        key=content.key,
        version=content.version,
        source=source,
        content=content.model_dump_json(),
        added_at=at,
        added_by=by,
    )
    db.add(row)
    db.flush()
    return row
