"""Days on end with twenty thousand checklists: a million tasks, ten thousand of them due at the same minute.

`python -m benchmarks.soak --minutes 60`, on SQLite or with `--database` on an empty database of PostgreSQL. Each
simulated day from Monday to Friday: a tick for the day's housekeeping and, on Mondays, the summaries of twenty thousand
checklists; the tick of the morning's tasks, its messages, commands of the teams, and what is promised at a calm moment.
Prints a line for each day, then what came of it.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

import handlers
from benchmarks.drain import Stopwatch, Taking
from benchmarks.process import resident
from bot.app import App, build
from bot.ask import Ask
from bot.clock import Clock
from bot.settings import Settings
from storage import outbox, people, rooms, templates, workspace
from storage.base import Base
from storage.checklist import Task
from storage.meetings import Meeting
from storage.people import Role, RoleHolder
from storage.rooms import Room
from storage.workspace import Workspace

ASSOCIATIONS, MEETINGS, TASKS = 500, 40, 50
DUE_A_DAY, AT_ONCE = 10_000, 5
"""So many tasks come due each morning, in so many of them the same room."""
COMMANDS, CALM = 200, 50
ENDED = datetime(2026, 6, 5, 10, tzinfo=UTC)
MORNING = datetime(2026, 6, 8, 1, 10, tzinfo=UTC)
"""A Monday, ten past nine in Shanghai: the hour of the morning's nudges."""
DAYS_A_WEEK = 5
SETTLED = 3
"""Days after which memory is to stay as it is."""


class MovedClock(Clock):
    """Stands where it was put."""

    moment = MORNING

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class Day:
    """Seconds of the first tick, of the one with tasks, ``reckoned`` by the processor, and of its messages; ms, MB."""

    first: float
    sweep: float
    reckoned: float
    said: int
    delivered: float
    commands: Sequence[float]
    pickups: Sequence[float]
    memory: float


@dataclass
class Soak:
    """``minutes`` are real ones; ``url`` is an empty database."""

    url: str
    folder: Path
    minutes: float
    clock: MovedClock = field(default_factory=MovedClock)
    days: list[Day] = field(default_factory=list)

    def run(self) -> Iterator[Day]:
        self.platform = Taking(name="console")
        self.app = self._built()
        Base.metadata.create_all(self.app.database.writer)
        for number in range(ASSOCIATIONS):
            with self.app.database.write() as db:
                self._association(db, number)
        self.clock.moment = ENDED
        self.app.ticks.tick()  # plans the week's summary of every meeting
        gc.freeze()  # as the running bot does
        until = time.monotonic() + self.minutes * 60
        while time.monotonic() < until:
            self.days.append(self._day(len(self.days)))
            yield self.days[-1]
        self.app.database.close()

    def _built(self) -> App:
        settings = Settings(_env_file=None, data=self.folder, database_url=self.url, locale="en", asks_a_minute=0)
        app = build(settings, clock=self.clock)
        app.delivery.platforms = {"console": self.platform, "self": app.delivery.platforms["self"]}
        return app

    # --- who is there

    def _association(self, db: Session, number: int) -> None:
        place = workspace.by_key(db, f"association-{number}", locale="en")
        lead = people.met(db, place.id, "console", "ann", name="Ann")
        handlers.furnish(db, place.id, ENDED)
        template = templates.newest(db, place.id, "after-meeting")
        if template is None:
            raise SystemExit("a workspace without a template")
        db.flush()
        for meeting in range(1, MEETINGS + 1):
            made = self._meeting(place, template.id, meeting)
            db.add(made)
            db.flush()
            db.add(RoleHolder(meeting_id=made.id, role=Role.LEAD, person_id=lead.id))
            rooms.met(db, place.id, "console", f"room-{meeting}").meeting_id = made.id
            db.flush()
            db.execute(insert(Task), [self._task(made.id, task) for task in range(1, TASKS + 1)])

    def _meeting(self, place: Workspace, template: int, number: int) -> Meeting:
        return Meeting(
            workspace_id=place.id,
            number=number,
            name_zh="年会",
            name_en="Annual meeting",
            starts_at=ENDED - timedelta(days=2),
            ends_at=ENDED,
            zone="Asia/Shanghai",
            template_id=template,
            next_summary_at=None,
        )

    def _task(self, meeting: int, number: int) -> dict[str, object]:
        """Due in some later year, until its morning comes."""
        due = MORNING + timedelta(days=1000 + number)
        return {
            "meeting_id": meeting,
            "number": number,
            "phase": 1 + number % 7,
            "title_zh": f"任务 {number}",
            "title_en": f"Task {number}",
            "state": "open",
            "due_at": due,
            "next_nudge_at": due,
            "version": 1,
        }

    # --- what happens in a day

    def _day(self, number: int) -> Day:
        morning = MORNING + timedelta(days=number // DAYS_A_WEEK * 7 + number % DAYS_A_WEEK)
        self.clock.moment = morning
        first, _ = self._ticked()
        due = self._brought(number, morning)
        sweep, reckoned = self._ticked()
        said, delivered = self._delivered()
        commands = [self._command(number, row, task) for row, task in enumerate(due[:: len(due) // COMMANDS])]
        self._delivered()
        day = Day(first, sweep, reckoned, said, delivered, commands, self._pickups(number), resident(os.getpid()))
        self._closed(due)
        return day

    def _ticked(self) -> tuple[float, float]:
        begun, reckoning = time.perf_counter(), time.process_time()
        self.app.ticks.tick()
        return time.perf_counter() - begun, time.process_time() - reckoning

    def _brought(self, number: int, morning: datetime) -> list[int]:
        """The tasks of that morning, some of every association's, which is what changes from day to day."""
        groups = DUE_A_DAY // ASSOCIATIONS // AT_ONCE
        task = 1 + number * AT_ONCE % TASKS
        meetings = [1 + (number // (TASKS // AT_ONCE) * groups + row) % MEETINGS for row in range(groups)]
        wanted = (
            select(Task.id)
            .join(Meeting, Meeting.id == Task.meeting_id)
            .where(Meeting.number.in_(meetings), Task.number.between(task, task + AT_ONCE - 1))
        )
        with self.app.database.write() as db:
            found = list(db.scalars(wanted.order_by(Task.id)))
            for first in range(0, len(found), 1000):
                these = Task.id.in_(found[first : first + 1000])
                noon = morning + timedelta(hours=3)
                db.execute(update(Task).where(these).values(due_at=noon, next_nudge_at=morning, state="open"))
        return found

    def _delivered(self) -> tuple[int, float]:
        begun = time.perf_counter()
        return self.app.delivery.drain(), time.perf_counter() - begun

    def _command(self, day: int, row: int, task: int) -> float:
        with self.app.database.read() as db:
            question = (
                select(Workspace.key, Meeting.number, Task.number)
                .join(Meeting, Meeting.workspace_id == Workspace.id)
                .join(Task, Task.meeting_id == Meeting.id)
            )
            place, meeting, number = db.execute(question.where(Task.id == task)).one()
        line, event = f"done M{meeting}-T{number}", f"day-{day}-{row}"
        begun = time.perf_counter()
        answer = self.app.dispatch.answer(Ask("console", "ann", f"room-{meeting}", line, event, place, name="Ann"))
        if answer.refused:
            raise SystemExit(f"{line} was refused: {answer.body}")
        return (time.perf_counter() - begun) * 1000

    def _pickups(self, day: int) -> list[float]:
        """Milliseconds from a promise to the platform, while the bot's own workers run."""
        watch = Stopwatch()
        self.platform.heard = watch.hear
        self.app.delivery.stopping.clear()
        crew = threading.Thread(target=self.app.delivery.run, kwargs={"workers": 1})
        crew.start()
        for number in range(CALM):
            time.sleep(0.02)
            watch.promise(self.app.database, f"calm-{day}-{number}", "console", 1 + number, now=self.clock.now())
        watch.wait()
        self.app.delivery.stop()
        crew.join()
        return watch.delays()

    def _closed(self, due: Sequence[int]) -> None:
        """The evening: what nobody has checked off is put off beyond the soak."""
        with self.app.database.write() as db:
            for first in range(0, len(due), 1000):
                these = Task.id.in_(due[first : first + 1000])
                db.execute(update(Task).where(these).values(next_nudge_at=None))


def shown(number: int, day: Day) -> str:
    commands = statistics.median(day.commands)
    tick = f"sweep {day.sweep:.2f} s ({day.reckoned:.2f} of CPU)"
    return (
        f"day {number:3}: first tick {day.first:.2f} s, {tick}, {day.said:,} messages in {day.delivered:.1f} s, "
        f"commands {commands:.1f} ms, pickup at most {max(day.pickups):.0f} ms, {day.memory:.0f} MB"
    )


def summed(soak: Soak) -> str:
    """What came of it, beside what was wanted."""
    with soak.app.database.read() as db:
        tasks = db.scalar(select(func.count()).select_from(Task))
        lists = db.scalar(select(func.count()).select_from(Meeting))
        places = db.scalar(select(func.count()).select_from(Room))
        left = outbox.waiting(db)
    pickups = statistics.quantiles([one for day in soak.days for one in day.pickups], n=100, method="inclusive")
    later = [day.memory for day in soak.days[SETTLED:]] or [soak.days[-1].memory]
    return (
        f"{len(soak.days)} days, {lists:,} checklists, {tasks:,} tasks, {places:,} rooms, {left} messages left\n"
        f"sweep of {DUE_A_DAY:,} due: median {statistics.median(day.sweep for day in soak.days):.2f} s, "
        f"longest {max(day.sweep for day in soak.days):.2f} s (goal: under 2); "
        f"of CPU {statistics.median(day.reckoned for day in soak.days):.2f} s\n"
        f"first tick of the day: longest {max(day.first for day in soak.days):.2f} s\n"
        f"pickup p50 / p99: {pickups[49]:.0f} / {pickups[98]:.0f} ms (goal: p99 under 100)\n"
        f"memory from day {SETTLED + 1} on: {min(later):.0f} to {max(later):.0f} MB (goal: within a tenth)"
    )


def main() -> None:
    reader = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    reader.add_argument("--minutes", type=float, default=60)
    reader.add_argument("--database", default="", help="an empty database of PostgreSQL; nothing: SQLite in a file")
    given = reader.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(given.database or f"sqlite:///{folder}/soak.db", Path(folder), given.minutes)
        for number, day in enumerate(soak.run(), 1):
            print(shown(number, day), flush=True)
        print(summed(soak))


if __name__ == "__main__":
    main()
