"""What moves with a meeting's end, and what stands in the way of its close. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from handlers import dates
from handlers.refused import Refused
from handlers.workdays import Calendar
from storage.checklist import State, Task
from storage.meetings import Meeting, MeetingState


@dataclass(frozen=True)
class Shift:
    """One task and its new date."""

    task: Task
    due_at: datetime


@dataclass(frozen=True)
class Move:
    """What a new end does. ``finished`` and ``by_hand`` (dates that somebody set) are the tasks that stay."""

    starts_at: datetime
    ends_at: datetime
    shifts: tuple[Shift, ...]
    finished: tuple[Task, ...]
    by_hand: tuple[Task, ...]

    @property
    def digest(self) -> str:
        """Another plan, another digest: who confirms one has seen exactly this one."""
        told = [
            [_plain(self.starts_at), _plain(self.ends_at)],
            [[shift.task.number, _plain(shift.task.due_at), _plain(shift.due_at)] for shift in self.shifts],
            [task.number for task in self.finished],
            [[task.number, _plain(task.due_at)] for task in self.by_hand],
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]


def _plain(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def begins_before_it_ends(starts_at: datetime, ends_at: datetime) -> None:
    """Raises ``Refused`` for a meeting that would end before it begins."""
    if starts_at > ends_at:
        raise Refused("meetings/order", starts=starts_at, ends=ends_at)


def move(
    meeting: Meeting, tasks: Sequence[Task], *, ends_at: datetime, calendar: Calendar, starts_at: datetime | None = None
) -> Move:
    """What moving the end to ``ends_at``, aware and in the meeting's zone, would do; nothing is changed.

    The beginning moves by as much on the clocks there, unless ``starts_at`` says otherwise.
    """
    left = [task for task in tasks if not task.finished]
    ruled = [(task, dates.resolve(task.due_rule, end=ends_at, calendar=calendar)) for task in left if task.due_rule]
    return Move(
        starts_at=starts_at or _along(meeting, ends_at),
        ends_at=ends_at,
        shifts=tuple(Shift(task, due_at) for task, due_at in ruled if due_at != task.due_at),
        finished=tuple(task for task in tasks if task.finished),
        by_hand=tuple(task for task in left if not task.due_rule),
    )


def _along(meeting: Meeting, ends_at: datetime) -> datetime:
    zone = ends_at.tzinfo
    length = meeting.ends_at.astimezone(zone) - meeting.starts_at.astimezone(zone)
    return (ends_at - length).astimezone(UTC).astimezone(zone)


def same_clock(moment: datetime, old: str, new: str) -> datetime:
    """What the clocks showed in the zone ``old``, in the zone ``new``."""
    return moment.astimezone(ZoneInfo(old)).replace(tzinfo=ZoneInfo(new))


def apply(meeting: Meeting, plan: Move) -> None:
    """Change the meeting and the tasks as planned."""
    meeting.starts_at, meeting.ends_at = plan.starts_at, plan.ends_at
    for shift in plan.shifts:
        shift.task.due_at = shift.due_at


def unsettled(tasks: Sequence[Task]) -> list[Task]:
    """What a meeting cannot be closed over: all but done, not applicable with a reason, carried over to somebody."""
    return [task for task in tasks if not _settled(task)]


def _settled(task: Task) -> bool:
    match task.state:
        case State.DONE:
            return True
        case State.NOT_APPLICABLE:
            return bool(task.reason)
        case State.CARRIED:
            return task.carried_to is not None
    return False


def close(meeting: Meeting, tasks: Sequence[Task], *, by: int, at: datetime) -> None:
    """Raises ``Refused`` for a meeting that is closed already or has something left to do."""
    if meeting.state == MeetingState.CLOSED:
        raise Refused("meetings/already_closed", meeting=meeting)
    if left := unsettled(tasks):
        raise Refused("meetings/open", meeting=meeting, count=len(left))
    meeting.state, meeting.closed_at, meeting.closed_by = MeetingState.CLOSED, at, by


def reopen(meeting: Meeting) -> None:
    """Raises ``Refused`` for a meeting that is not closed."""
    if meeting.state != MeetingState.CLOSED:
        raise Refused("meetings/not_closed", meeting=meeting)
    meeting.state, meeting.closed_at, meeting.closed_by = MeetingState.CLOSING, None, None


def tally(tasks: Sequence[Task]) -> dict[State, int]:
    """How many tasks are in each state, those that occur, in the order of the states."""
    counts = Counter(task.state for task in tasks)
    return {state: counts[state] for state in State if counts[state]}
