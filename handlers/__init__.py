"""What the bot does, one folder per capability."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from handlers import (
    archive,
    attendance,
    checklist,
    crew,
    files,
    help,  # noqa: A004  its name
    journal,
    materials,
    meetings,
    membership,
    minutes,
    nudges,
    outbox,
    parties,
    partners,
    people,
    rooms,
    settings,
    sponsors,
    templates,
    thanks,
)
from handlers.context import Context, voice
from handlers.router import Router
from storage import workspace

if TYPE_CHECKING:
    from storage.base import Session
    from storage.rooms import Room

CAPABILITIES = (
    meetings,
    checklist,
    files,
    materials,
    attendance,
    minutes,
    crew,
    membership,
    archive,
    thanks,
    parties,
    sponsors,
    partners,
    templates,
    nudges,
    people,
    rooms,
    settings,
    outbox,
    journal,
    help,
)
"""Everything the bot can do, in the order of its help."""

router = Router()
router.include(capability.router for capability in CAPABILITIES)


Unit = TypeVar("Unit")


@dataclass(frozen=True)
class Job(Generic[Unit]):
    """Work that comes due by time.

    ``due`` names the units (workspaces, or some at once) that have some; ``run`` does one, in one transaction, and must
    find nothing more to do when it is run again. One that fails is run again in the ``parts`` that it has.
    """

    name: str
    due: Callable[[Session, datetime], Sequence[Unit]]
    run: Callable[[Session, Unit, datetime, Mapping[str, int]], None]
    parts: Callable[[Unit], Sequence[Unit]] = lambda _unit: ()


JOBS: tuple[Job[Any], ...] = (
    Job("nudges", nudges.jobs.due, nudges.jobs.sweep, nudges.jobs.alone),
    Job("materials", materials.chasing.due, materials.chasing.chase),
    Job("cases", membership.reminding.due, membership.reminding.remind),
    Job("summaries", nudges.jobs.summaries_due, nudges.jobs.summarise),
    Job("letters", thanks.jobs.due, thanks.jobs.settle),
    Job("purges", archive.jobs.due, archive.jobs.offer),
)


def furnish(db: Session, workspace_id: int, now: datetime) -> None:
    """What every workspace has from its first day, and gets anew with a release that brings a newer one."""
    templates.seed(db, workspace_id, now)


def context_for_room(db: Session, room: Room, now: datetime) -> Context:
    """A context in which nobody asks: the bot itself speaks to a room, in the room's language and zone."""
    return voice(db, workspace.get(db, room.workspace_id), room, now)
