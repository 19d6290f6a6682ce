"""All that a handler may touch: the transaction, who asks, from where, and the means to speak."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import messages
from handlers.expected import Programme
from handlers.hours import Hours
from handlers.ids import TaskRef
from handlers.names import find_person
from handlers.refused import Refused
from handlers.spoken import spoken
from handlers.workdays import Calendar
from messages import Message, Offer
from messages.markdown import plain
from storage import checklist, conversation, meetings, outbox, people, programme, templates, workspace
from storage.meetings import MeetingState
from storage.people import Person, Role

if TYPE_CHECKING:
    from handlers.reach import Reach
    from handlers.router import Router
    from storage.base import Session
    from storage.checklist import Task
    from storage.files import File, FileStore
    from storage.meetings import Meeting
    from storage.rooms import Room
    from storage.templates import Content
    from storage.workspace import Workspace

_LONGEST_STEM = 100
"""Of a promise's key, so that what is put behind it fits."""


def voice(
    db: Session,
    place: Workspace,
    room: Room,
    now: datetime,
    pace: Mapping[str, int] | None = None,
    *,
    nobody: Person | None = None,
) -> Context:
    """A context in which nobody asks: the bot speaks to a room; in a direct conversation, the person's language.

    ``nobody`` spares who speaks to many rooms making one for each.
    """
    reader = people.get(db, room.person_id) if room.person_id else nobody or people.nobody(place.id)
    return Context(db, place, reader, room, now, pace=pace or {})


@dataclass
class Context:
    """One ask, while it is being answered.

    ``thread`` names the tasks of the message that was replied to; ``files`` came with the ask and are stored;
    ``pace`` tells how many milliseconds a platform wants between two messages in one room, ``reach`` what it can do
    with rooms.
    """

    db: Session
    workspace: Workspace
    person: Person
    room: Room
    now: datetime
    line: str = ""
    thread: tuple[TaskRef, ...] = ()
    files: tuple[File, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    pace: Mapping[str, int] = field(default_factory=dict)
    reach: Mapping[str, Reach] = field(default_factory=dict)
    store: FileStore | None = None
    pages: str | None = None
    """Where one-time pages begin for who asks: None where there are none, empty for who reads on them already."""
    reword: Callable[[str, str], str] | None = None
    """Asks a model: what is to be done, and to which text. Raises ``OSError``. None where nobody set one up."""
    subject: Meeting | None = None
    promised: bool = False
    """Whether the bot runs it for itself: what a long command says on its way is then committed as it goes."""
    undoes: int | None = None
    answer_key: str = ""
    """Under which the answer can be found again, to be replaced; empty where it cannot."""
    answer_recheck: str = ""
    """Who decides just before an answer that is promised goes out whether it is still wanted."""
    router: Router | None = None
    """Who is answering: help reads the commands there."""

    # --- language, zone, calendar

    @property
    def locale(self) -> str:
        """The person's language, else the room's, else the workspace's."""
        return messages.settle(self.person.locale or self.room.locale or self.workspace.locale)

    @property
    def zone(self) -> ZoneInfo:
        """The person's zone, else the room's, else the workspace's."""
        return ZoneInfo(self.person.zone or self.room.zone or self.workspace.zone)

    @property
    def month_first(self) -> bool:
        """Whether 6/7 is June 7 to the reader: in Chinese it is, in English to some only."""
        return self.locale.startswith("zh")

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(self.workspace.country, workspace.day_rules(self.db, self.workspace.id))

    # --- what the ask is about

    @property
    def meeting(self) -> Meeting:
        """The meeting this room works on, else the only one that runs. Raises ``Refused`` when neither is so."""
        if self.subject is None:
            self.subject = self._find_meeting()
        return self.subject

    def meeting_if_clear(self) -> Meeting | None:
        """The same; None when neither is so."""
        try:
            return self.meeting
        except Refused:
            return None

    def _find_meeting(self) -> Meeting:
        if self.room.meeting_id is not None:
            return meetings.get(self.db, self.room.meeting_id)
        running = meetings.running(self.db, self.workspace.id)
        likely = running if len(running) < 2 else self._likely(running)  # noqa: PLR2004  more than one is a question
        if len(likely) == 1:
            return likely[0]
        if not running:
            raise Refused("meetings/none", buttons=[Offer("meeting_new", "meeting new", primary=True)])
        offers = [Offer("meeting_use", f"meeting use M{row.number}", facts={"meeting": row}) for row in running[:8]]
        raise Refused("meetings/which", buttons=offers)

    def _likely(self, running: Sequence[Meeting]) -> Sequence[Meeting]:
        """Those that the message replied to speaks of; else, in a direct conversation, those that the person is in."""
        spoken = {ref.meeting for ref in self.thread if ref.meeting}
        if spoken:
            return [meeting for meeting in running if meeting.number in spoken]
        if self.room.person_id is None:
            return running
        mine = people.meetings_of(self.db, self.person.id)
        return [meeting for meeting in running if meeting.id in mine]

    def meeting_number(self, number: int | None) -> Meeting:
        """The meeting of that number, or this room's when no number was given."""
        if number is None:
            return self.meeting
        found = meetings.by_number(self.db, self.workspace.id, number)
        if found is None:
            raise Refused("meetings/unknown", number=number, buttons=[Offer("meetings", "meeting list")])
        self.subject = found
        return found

    def tasks(self, refs: Iterable[TaskRef]) -> list[Task]:
        """The tasks that were named, all of one meeting. Raises ``Refused`` for one that does not exist."""
        found = []
        for ref in refs:
            meeting = self.meeting_number(ref.meeting)
            task = checklist.get(self.db, meeting.id, ref.number)
            if task is None:
                raise Refused("checklist/unknown", ref=f"T{ref.number}", meeting=meeting)
            found.append(task)
        return found

    def refs(self, tasks: Iterable[Task]) -> list[str]:
        """``M2-T12`` of each task of the meeting: what a button says, whatever room it is pressed in."""
        return [f"M{self.meeting.number}-{task.ref}" for task in tasks]

    def must_run(self) -> None:
        """Raises ``Refused`` when the meeting is closed: reopen it before anything is changed."""
        if self.meeting.state == MeetingState.CLOSED:
            offer = Offer("meeting_reopen", f"meeting reopen M{self.meeting.number}")
            raise Refused("meetings/closed", meeting=self.meeting, buttons=[offer])

    @property
    def content(self) -> Content:
        """The template that the meeting's checklist is pinned to."""
        return templates.content(self.db, self.meeting.template_id)

    @property
    def programme(self) -> Programme:
        """The meeting's sessions, who is in them, and its stands."""
        where = (self.db, self.meeting.id)
        return Programme(
            programme.sessions(*where),
            programme.speakers(*where),
            programme.speakings(*where),
            programme.booths(*where),
        )

    @property
    def meeting_zone(self) -> ZoneInfo:
        """Where the meeting took place; due dates are meant there."""
        return ZoneInfo(self.meeting.zone)

    @property
    def meeting_end(self) -> datetime:
        """E, in the meeting's zone."""
        return self.meeting.ends_at.astimezone(self.meeting_zone)

    @property
    def local_now(self) -> datetime:
        """The present moment in the meeting's zone, where dates that people type are meant."""
        return self.now.astimezone(self.meeting_zone)

    def people_choices(self) -> list[tuple[str, str]]:
        """Everybody of the workspace, as a form's choices."""
        return [(f"@#{person.id}", person.name) for person in people.everyone(self.db, self.workspace.id)]

    def person_at(self, text: str) -> tuple[Person, int]:
        """Who is named at the beginning of ``text``, and how many characters name them. Raises ``Refused``."""
        return find_person(people.everyone(self.db, self.workspace.id), text, line=self.line)

    def look_again(self) -> None:
        """The next tick plans the nudges of every meeting that runs anew: people, hours or days have changed."""
        for meeting in meetings.running(self.db, self.workspace.id):
            checklist.look_again(self.db, meeting.id)

    # --- people

    def roles(self, meeting: Meeting) -> frozenset[Role]:
        return people.roles_of(self.db, meeting.id, self.person.id)

    def owners(self, tasks: Sequence[Task]) -> dict[int, list[Person]]:
        """Who has each task: those assigned by name, else whoever holds its role; by task id."""
        ids = checklist.owners(self.db, tasks, people.holding(self.db, {task.meeting_id for task in tasks}))
        known = people.some(self.db, {person_id for row in ids.values() for person_id in row})
        return {task_id: [known[person_id] for person_id in row] for task_id, row in ids.items()}

    # --- speaking

    def spoken(self, line: str) -> str:
        """A command line that the bot composed, as the reader would type it."""
        return spoken(self.router, line, self.locale) if self.router else line

    def voice(self, room: Room) -> Context:
        """The bot's own, in another room of the workspace, at the same moment."""
        return voice(self.db, self.workspace, room, self.now, self.pace)

    @property
    def quiet_until(self) -> datetime | None:
        """When this room's quiet hours end, if they hold now."""
        room = self.room
        hours = Hours(self.zone, room.morning, room.afternoon, room.quiet_from, room.quiet_to)
        return hours.quiet_until(self.now)

    def words(self, name: str, /, **facts: Any) -> Message:
        """The answer, in the language and zone of who asked."""
        return messages.write(name, self.locale, zone=self.zone.key, now=self.now, **facts)

    def promise(
        self,
        key: str,
        room: Room,
        message: Message,
        *,
        edits: str | None = None,
        recheck: str = "",
        thread: str = "",
        reader: str = "",
        not_before: datetime | None = None,
    ) -> bool:
        """To be said in a room after this transaction; False when the same key was promised before."""
        return outbox.promise(
            self.db,
            key,
            lane_key=outbox.lane_of(room.id),
            platform=room.platform,
            interval_ms=self.pace.get(room.platform),
            payload=message.kept(),
            now_ms=int(self.now.timestamp() * 1000),
            room_id=room.id,
            edits=edits,
            recheck=recheck,
            thread=thread,
            reader=reader,
            not_before=int(not_before.timestamp() * 1000) if not_before else 0,
        )

    def withdraw(self, key: str, room: Room) -> None:
        """What was promised to a room under that key no longer holds: it is taken back, or reads as struck through."""
        found = outbox.promised(self.db, key)
        if found is None:
            return
        said, stem = Message.known(found[0]), key[-_LONGEST_STEM:]
        words = plain(said.title or said.body).strip().partition("\n")[0]
        gone = messages.write("common/void", said.locale, text=words).model_copy(update={"withdrawn": True})
        next(n for n in count(1) if self.promise(f"{stem}:gone:{n}", room, gone, edits=key))

    def newest(self, stem: str) -> str:
        """The newest of the keys ``stem:1``, ``stem:2`` … under which something was promised; "" for none."""
        last = ""
        for key in (f"{stem}:{n}" for n in count(1)):
            if outbox.promised(self.db, key) is None:
                break
            last = key
        return last

    def replace(self, answer_key: str, message: Message) -> None:
        """Put the message in the place of an earlier answer in this room."""
        line = conversation.by_key(self.db, answer_key)
        if line is not None:
            conversation.edit(self.db, line, message.kept())
        elif outbox.promised(self.db, answer_key) is not None:
            stem = answer_key[-_LONGEST_STEM:]
            next(n for n in count(1) if self.promise(f"{stem}:for:{n}", self.room, message, edits=answer_key))

    def later(self, line: str, *, key: str) -> bool:
        """A command that the bot promises to itself: it runs after this transaction, as the same person.

        Its answer is then said in this room. The promise's body is not words but what platform ``self`` reads.
        """
        message = Message(
            name="later",
            locale=self.locale,
            body=json.dumps({"line": line, "person": self.person.id, "workspace": self.workspace.key}),
        )
        return outbox.promise(
            self.db,
            key,
            lane_key=f"self:{self.workspace.id}",
            platform="self",
            interval_ms=0,
            payload=message.kept(),
            now_ms=int(self.now.timestamp() * 1000),
            room_id=self.room.id,
        )
