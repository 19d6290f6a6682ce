"""Tasks of a meeting, who has them, what was noted and what proves them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple, Protocol

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    event,
    func,
    literal,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column
from sqlalchemy.orm.attributes import flag_modified, get_history

from storage.base import Base, columns
from storage.people import Role, RoleHolder
from storage.prepared import Prepared, PreparedRows
from storage.templates import Evidence, Priority, Repeats

LOOK_NOW = datetime(2000, 1, 1, tzinfo=UTC)
"""``next_nudge_at`` of a task that changed: the next tick looks at it and plans anew."""


class State(StrEnum):
    """OPEN: not begun. DOING: begun. WAITING: blocked, with a reason. DONE. NOT_APPLICABLE: with a reason.

    CARRIED: left to somebody beyond the meeting's close, who is named.
    """

    OPEN = "open"
    DOING = "doing"
    WAITING = "waiting"
    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    CARRIED = "carried"


UNFINISHED = frozenset({State.OPEN, State.DOING, State.WAITING})


class Task(Base):
    """``number`` is the T of ``T12``, stable within the meeting. ``due_rule`` is empty where the date is fixed.

    ``key`` names the template's item and is empty for a task that was added by hand. ``evidence`` and
    ``repeats`` are the JSON of the template's models, kept here so that a template's change cannot move them.
    """

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        Index(
            "ix_task_next_nudge_at",
            "next_nudge_at",
            sqlite_where=text("next_nudge_at IS NOT NULL"),
            postgresql_where=text("next_nudge_at IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},  # the journal remembers numbers of rows that were taken back
    )
    derived: ClassVar[frozenset[str]] = frozenset({"version", "next_nudge_at"})

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(60), default="")
    phase: Mapped[int]
    title_zh: Mapped[str] = mapped_column(String(300), default="")
    title_en: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[State] = mapped_column(String(20), default=State.OPEN)
    reason: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime]
    due_rule: Mapped[str] = mapped_column(String(40), default="")
    priority: Mapped[Priority] = mapped_column(String(10), default=Priority.NORMAL)
    owner_role: Mapped[Role | None] = mapped_column(String(20))
    optional: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[str] = mapped_column(Text, default="")
    repeats: Mapped[str] = mapped_column(Text, default="")
    round: Mapped[int] = mapped_column(default=1)
    carried_to: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    snoozed_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    next_nudge_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form

    @property
    def ref(self) -> str:
        """``T12``: how people name it."""
        return f"T{self.number}"

    @property
    def finished(self) -> bool:
        return self.state not in UNFINISHED

    def rule(self) -> Evidence:
        return Evidence.model_validate_json(self.evidence) if self.evidence else Evidence()

    def repetition(self) -> Repeats | None:
        return Repeats.model_validate_json(self.repeats) if self.repeats else None


_MOVES_NUDGES = ("state", "due_at", "snoozed_until", "owner_role", "priority", "round")


@event.listens_for(Task, "before_insert")
@event.listens_for(Task, "before_update")
def _look_again(_mapper: Mapper[Task], _connection: Any, task: Task) -> None:
    """Whatever bears on nudges asks the next tick to look; nobody has to remember to."""
    if any(get_history(task, name).has_changes() for name in _MOVES_NUDGES):
        look_at(task)


def look_at(task: Task) -> None:
    """Ask the next tick to plan it anew.

    Written also where that stands there already: a tick that has read what is about to change may be about to write
    when it looks next.
    """
    task.next_nudge_at = LOOK_NOW
    flag_modified(task, "next_nudge_at")


class Assignment(Base):
    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("task_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class Watcher(Base):
    """Somebody who wants to hear of a task without having it."""

    __tablename__ = "watcher"
    __table_args__ = (UniqueConstraint("task_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)


class Proof(Base):
    """One piece of evidence: ``kind`` as in the rule; ``value`` is the link, number or words; a file by its row.

    Two kinds are none: "override" keeps why somebody finished the task without its evidence, "request" that somebody
    asked for an approval.
    """

    __tablename__ = "proof"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), index=True)
    round: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class Outline(NamedTuple):
    """What a glance over a checklist needs of a task: a plain row, a fraction of the cost of a whole one."""

    id: int
    number: int
    key: str
    phase: int
    title_zh: str
    title_en: str
    state: State
    due_at: datetime
    owner_role: Role | None

    @property
    def ref(self) -> str:
        return f"T{self.number}"

    @property
    def finished(self) -> bool:
        return self.state not in UNFINISHED


Listed = Task | Outline


class Owned(Protocol):
    """A task, or as much of one as says whose it is."""

    @property
    def id(self) -> int: ...
    @property
    def meeting_id(self) -> int: ...
    @property
    def owner_role(self) -> Role | None: ...


_OF_MEETING = Task.meeting_id == bindparam("meeting")
_TASK = PreparedRows(select(Task).where(_OF_MEETING, Task.number == bindparam("number")), Task)
_SOME = select(Task).where(_OF_MEETING, Task.number.in_(bindparam("numbers", expanding=True)))
_TASKS = select(Task).where(_OF_MEETING).order_by(Task.phase, Task.number)
_PROOFS = PreparedRows(
    select(Proof).where(Proof.task_id == bindparam("task"), Proof.round == bindparam("round")).order_by(Proof.id), Proof
)
# The two questions of every command, of plain columns: asked through the classes they cost several times as much.
_task, _holder = columns(Task), columns(RoleHolder)
_OUTLINE = Prepared(
    select(*(_task[name] for name in Outline._fields))
    .where(_task.meeting_id == bindparam("meeting"))
    .order_by(_task.phase, _task.number)
)
_HAVING = {
    one: select(one.task_id, one.person_id).where(one.task_id.in_(bindparam("tasks", expanding=True))).order_by(one.id)
    for one in (Assignment, Watcher)
}
_STAFF = Prepared(
    union_all(
        *(
            select(literal(kind), row.id, row.task_id, literal(""), row.person_id)
            .join(Task.__table__, _task.id == row.task_id)
            .where(_task.meeting_id == bindparam("meeting"))
            for kind, row in (("assigned", columns(Assignment)), ("watching", columns(Watcher)))
        ),
        select(literal("holding"), _holder.id, literal(0), _holder.role, _holder.person_id).where(
            _holder.meeting_id == bindparam("meeting")
        ),
    )
)


def get(db: Session, meeting_id: int, number: int) -> Task | None:
    [task] = next(_TASK.rows(db, {"meeting": meeting_id, "number": number}), [None])
    return task


def tasks(db: Session, meeting_id: int) -> Sequence[Task]:
    """The whole checklist, in the order of the work."""
    return db.scalars(_TASKS, {"meeting": meeting_id}).all()


def outline(db: Session, meeting_id: int) -> list[Outline]:
    """The same at a glance."""
    return [*map(Outline._make, _OUTLINE.all(db, {"meeting": meeting_id}))]


def some(db: Session, meeting_id: int, numbers: Iterable[int]) -> dict[int, Task]:
    """The tasks of these numbers, as far as there are such."""
    wanted = [*numbers]
    if len(wanted) == 1:
        task = get(db, meeting_id, wanted[0])
        return {task.number: task} if task else {}
    found = db.scalars(_SOME, {"meeting": meeting_id, "numbers": wanted})
    return {task.number: task for task in found}


def next_number(db: Session, meeting_id: int) -> int:
    return (db.scalar(select(func.max(Task.number)).where(Task.meeting_id == meeting_id)) or 0) + 1


def assignees(db: Session, task_ids: Iterable[int]) -> dict[int, list[int]]:
    """Person ids by task id, in the order in which they were assigned."""
    return _people(db, Assignment, task_ids)


def owners(
    db: Session, tasks: Iterable[Owned], holding: Mapping[tuple[int, str], Sequence[int]]
) -> dict[int, list[int]]:
    """Person ids by task id: those assigned by name, else whoever holds the task's role by ``people.holding``."""
    wanted = list(tasks)
    named = assignees(db, [task.id for task in wanted])
    return {task.id: named[task.id] or [*holding.get((task.meeting_id, task.owner_role or ""), ())] for task in wanted}


def watchers(db: Session, task_ids: Iterable[int]) -> dict[int, list[int]]:
    return _people(db, Watcher, task_ids)


def _people(db: Session, table: type[Assignment | Watcher], task_ids: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {task_id: [] for task_id in task_ids}
    for task_id, person_id in db.execute(_HAVING[table], {"tasks": [*found]}):
        found[task_id].append(person_id)
    return found


@dataclass(frozen=True)
class Staff:
    """Who is who in a meeting, by id: assigned and watching by task, holders by role; in the order they came in."""

    assigned: dict[int, list[int]] = field(default_factory=dict)
    watching: dict[int, list[int]] = field(default_factory=dict)
    holding: dict[str, list[int]] = field(default_factory=dict)

    def owners(self, task: Listed) -> list[int]:
        """Those assigned by name, else whoever holds the task's role."""
        return self.assigned.get(task.id) or self.holding.get(task.owner_role or "", [])

    def roles(self, person_id: int) -> frozenset[Role]:
        return frozenset(Role(role) for role, holders in self.holding.items() if person_id in holders)


def staff(db: Session, meeting_id: int) -> Staff:
    """Everybody who has to do with a meeting's tasks, in one question."""
    found = Staff()
    for row in sorted(_STAFF.all(db, {"meeting": meeting_id})):
        kind, _, task_id, role, person_id = row
        known: dict[Any, list[int]] = getattr(found, kind)
        known.setdefault(role or task_id, []).append(person_id)
    return found


def assignments(db: Session, task_id: int) -> Sequence[Assignment]:
    return db.scalars(select(Assignment).where(Assignment.task_id == task_id).order_by(Assignment.id)).all()


def watcher(db: Session, task_id: int, person_id: int) -> Watcher | None:
    return db.scalar(select(Watcher).where(Watcher.task_id == task_id, Watcher.person_id == person_id))


def notes(db: Session, task_id: int) -> Sequence[Note]:
    return db.scalars(select(Note).where(Note.task_id == task_id).order_by(Note.id)).all()


def noted(db: Session, meeting_id: int, words: str) -> frozenset[int]:
    """Ids of the meeting's tasks that have a note in which these words occur."""
    question = select(Note.task_id).join(Task, Task.id == Note.task_id).where(Task.meeting_id == meeting_id)
    return frozenset(db.scalars(question.where(Note.text.icontains(words, autoescape=True))))


def proofs(db: Session, task_id: int, round_: int) -> Sequence[Proof]:
    """What was given for the task's present round."""
    return [proof for (proof,) in _PROOFS.rows(db, {"task": task_id, "round": round_})]


def of_kind(db: Session, task_id: int, kind: str) -> Sequence[Proof]:
    """What was given of that kind in all rounds, oldest first."""
    return db.scalars(select(Proof).where(Proof.task_id == task_id, Proof.kind == kind).order_by(Proof.id)).all()


def proven_by(db: Session, file_id: int) -> Sequence[Task]:
    """The tasks with which a file is kept, in whatever round."""
    question = select(Task).join(Proof, Proof.task_id == Task.id).where(Proof.file_id == file_id)
    return db.scalars(question.distinct().order_by(Task.number)).all()


def proving(db: Session, file_ids: Iterable[int]) -> dict[int, list[Task]]:
    """The tasks with which each of these files is kept, by the file's id; a file of none is not there."""
    wanted, found = list(file_ids), dict[int, list[Task]]()
    question = select(Proof.file_id, Task).join(Task, Proof.task_id == Task.id).where(Proof.file_id.in_(wanted))
    for file_id, task in db.execute(question.order_by(Task.number)) if wanted else ():
        tasks = found.setdefault(file_id or 0, [])
        if task not in tasks:
            tasks.append(task)
    return found


def proofs_of_file(db: Session, file_id: int) -> Sequence[Proof]:
    """Where it is kept as evidence, in whatever round of a task."""
    return db.scalars(select(Proof).where(Proof.file_id == file_id).order_by(Proof.id)).all()


def progress(db: Session, meeting_id: int) -> dict[int, tuple[int, int]]:
    """Finished and all tasks by phase."""
    question = select(Task.phase, Task.state, func.count()).where(Task.meeting_id == meeting_id)
    counts: dict[int, tuple[int, int]] = {}
    for phase, state, number in db.execute(question.group_by(Task.phase, Task.state)):
        finished, total = counts.get(phase, (0, 0))
        counts[phase] = (finished + (0 if state in UNFINISHED else number), total + number)
    return counts


def look_again(db: Session, meeting_id: int) -> None:
    """Ask the next tick to plan every unfinished task of the meeting anew: people, rooms or hours changed."""
    db.execute(
        update(Task)
        .where(Task.meeting_id == meeting_id, Task.state.in_(UNFINISHED))
        .values(next_nudge_at=LOOK_NOW)
        .execution_options(synchronize_session=False)
    )
